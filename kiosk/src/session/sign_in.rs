//! The one place where the agency's answer to a sign-in makes somebody the visit's person, or whom the person acts for; `pin`, `identify`
//! and `item` bring what was presented.
//! Must never: take an answer about another, nor join two people's credentials.

use contract::message::SignedIn;
use hal::Private;
use hal::card::Holder;

use super::context::Context;
use super::evidence::Presented;
use super::health::{agency_answers, catalogue_in_force};
use super::visit::{Person, Principal, Visit};
use crate::events::Event;

/// Why nobody is signed in by it.
pub(super) enum NotAdmitted {
    /// The answer is not about this visit and this person.
    Mismatch,
    /// The visit is somebody else's.
    OtherPerson,
}

/// Makes the holder of what was presented the visit's person; a chip tells who that is, or the agency where only it can.
///
/// # Errors
/// See [`NotAdmitted`]; the visit is as it was.
pub(super) fn admit(
    visit: &mut Visit,
    holder: Option<Holder>,
    presented: Presented,
    answer: SignedIn,
    cx: &mut Context<'_>,
) -> Result<(), NotAdmitted> {
    agency_answers(cx);
    catalogue_in_force(&answer.catalogue, cx);
    let about = |holder: &Holder| visit.is_about(&answer.binding, holder.id_number.reveal());
    let Some(Holder { name, id_number }) = holder.filter(about) else {
        cx.log(Event::BindingMismatch { visit: visit.number });
        return Err(NotAdmitted::Mismatch);
    };
    let subject = answer.binding.subject;
    if visit.person.as_ref().is_some_and(|person| person.subject != subject) {
        return Err(NotAdmitted::OtherPerson);
    }
    let pseudonym = cx.terminal.person_key.of(id_number.reveal());
    let by = presented.evidence;
    visit.person = Some(Person {
        name,
        pseudonym: pseudonym.clone(),
        id_number,
        subject,
        session: Private::new(answer.session),
        proved_ms: cx.now.elapsed_ms,
        presented,
        seen: None,
        only: answer.only,
        only_because: answer.only_because,
        news: answer.news,
    });
    cx.log(Event::SignedIn { visit: visit.number, by, person: pseudonym });
    Ok(())
}

/// Lets the visit's person act for the holder, as far as the authority goes.
///
/// # Errors
/// [`NotAdmitted::Mismatch`], also where the agency does not say how far that is; the visit is as it was.
pub(super) fn act_for(
    visit: &mut Visit,
    holder: Holder,
    digest: String,
    answer: SignedIn,
    cx: &mut Context<'_>,
) -> Result<(), NotAdmitted> {
    agency_answers(cx);
    catalogue_in_force(&answer.catalogue, cx);
    let about = visit.is_about(&answer.binding, holder.id_number.reveal());
    if !about || answer.only.is_empty() || visit.person.is_none() {
        cx.log(Event::BindingMismatch { visit: visit.number });
        return Err(NotAdmitted::Mismatch);
    }
    let pseudonym = cx.terminal.person_key.of(holder.id_number.reveal());
    visit.principal = Some(Principal {
        name: holder.name,
        pseudonym: pseudonym.clone(),
        subject: answer.binding.subject,
        session: Private::new(answer.session),
        digest,
        only: answer.only,
    });
    cx.log(Event::ActsFor { visit: visit.number, person: pseudonym });
    Ok(())
}
