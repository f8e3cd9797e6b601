//! The PIN: typed on the glass, verified by the card, then the agency is asked who this is.
//!
//! The kiosk never spends the last try, and a card that will not tell how many are left gets one attempt an insertion.

use contract::catalogue::Evidence;
use contract::message::{Proof, SignIn, SignedIn};
use contract::site::PIN_TRIES_KEPT;
use hal::Private;
use hal::card::{CardError, Holder, Tries, Verified};
use ui::Intent;

use super::card::{agency_notice, failed, notice};
use super::context::{Context, Refusal};
use super::effect::CardCommand;
use super::evidence::Presented;
use super::input::Completion;
use super::sign_in::{NotAdmitted, admit};
use super::state::{Checking, Home, Message, Pin, Scene, Serving, Stage};
use super::visit::Visit;
use super::{ending, item};
use crate::agency::Question;
use crate::events::VisitEnd;

pub(super) fn tap(visit: &Visit, mut pin: Pin, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let limits = &cx.terminal.site.limits;
    let length = pin.entry.reveal().len() as u64;
    let card = visit.card.as_ref().and_then(|card| card.insertion);
    match (intent, card) {
        (Intent::Digit(digit @ 0..=9), _) if length < limits.pin_digits_max => {
            pin.entry.reveal_mut().push(char::from(b'0' + digit));
        }
        (Intent::Erase, _) if length > 0 => {
            pin.entry.reveal_mut().pop();
        }
        (Intent::Clear, _) if length > 0 => pin.entry = Private::new(String::new()),
        (Intent::Confirm, Some(insertion)) if length >= limits.pin_digits_min => {
            let ticket = cx.card(visit.number, CardCommand::Verify(insertion, pin.entry));
            return Scene::Checking(Checking { ticket, pin_right: false, tries: pin.tries });
        }
        _ => cx.refuse(Refusal::NotOffered),
    }
    Scene::Pin(pin)
}

/// Card or agency have answered.
pub(super) fn checked(visit: Box<Visit>, checking: Checking, completion: Completion, cx: &mut Context<'_>) -> Stage {
    match completion {
        Completion::Verified(Ok(Verified::Right)) if !checking.pin_right => right(visit, checking.tries, cx),
        Completion::Verified(Ok(Verified::Wrong(left))) if !checking.pin_right => {
            wrong(visit, checking.tries, left, cx)
        }
        Completion::Verified(Ok(Verified::Locked)) if !checking.pin_right => over(visit, Message::PinLocked, cx),
        Completion::Verified(Err(error)) => failed(visit, error, cx),
        Completion::SignedIn(Ok(answer)) if checking.pin_right => signed_in(visit, answer, cx),
        Completion::SignedIn(Err(error)) => agency_notice(visit, &error, cx),
        _ => {
            cx.refuse(Refusal::NotExpected);
            Stage::Serving(Serving { visit, scene: Scene::Checking(checking) })
        }
    }
}

fn right(mut visit: Box<Visit>, tries: Tries, cx: &mut Context<'_>) -> Stage {
    if let Some(person) = &mut visit.person {
        person.proved_ms = cx.now.elapsed_ms;
    }
    if let Some(paused) = visit.paused.take() {
        return Stage::Serving(Serving { visit, scene: paused.settled_by_entry() });
    }
    let Some((id, holder)) = visit.card.as_ref().and_then(|card| card.id.as_ref().zip(card.holder.as_ref())) else {
        return failed(visit, CardError::Gone, cx);
    };
    let question = Question::SignIn(SignIn {
        visit: visit.token.clone(),
        terminal: cx.terminal.site.terminal.id.clone(),
        proof: proof(id, holder),
    });
    let ticket = cx.ask(visit.number, question);
    Stage::Serving(Serving { visit, scene: Scene::Checking(Checking { ticket, pin_right: true, tries }) })
}

/// What a card shows that has accepted its PIN.
fn proof(id: &Private<String>, holder: &Holder) -> Proof {
    Proof::CardPin {
        card_id: id.reveal().clone(),
        id_number: holder.id_number.reveal().clone(),
        name: holder.name.reveal().clone(),
    }
}

fn wrong(visit: Box<Visit>, before: Tries, left: Tries, cx: &mut Context<'_>) -> Stage {
    let message = match (before, left) {
        (_, Tries::Left(0)) => Message::PinLocked,
        (_, Tries::Left(1..=PIN_TRIES_KEPT)) => Message::LastTry,
        (Tries::NotTold, _) | (_, Tries::NotTold) => Message::WrongUntold,
        (Tries::Left(_), Tries::Left(_)) => {
            let pin = Pin { entry: Private::new(String::new()), tries: left, wrong: true };
            return Stage::Serving(Serving { visit, scene: Scene::Pin(pin) });
        }
    };
    over(visit, message, cx)
}

/// No further attempt. A visit that only waited for its PIN is over too: nobody has shown that they are its person.
pub(super) fn over(mut visit: Box<Visit>, message: Message, cx: &mut Context<'_>) -> Stage {
    if visit.paused.is_none() {
        return notice(visit, message, cx);
    }
    let card = visit.card.take();
    let (look, document) = (visit.look, visit.document);
    let _stage_of_old = ending::end(visit, None, VisitEnd::CardNotBack, cx);
    let mut fresh = ending::open(look, cx);
    fresh.document = document.for_next();
    fresh.card = card.map(|card| super::VisitCard { insertion: card.insertion, id: None, holder: None });
    notice(fresh, message, cx)
}

fn signed_in(mut visit: Box<Visit>, answer: SignedIn, cx: &mut Context<'_>) -> Stage {
    let card = visit.card.as_mut().and_then(|card| card.id.as_ref().zip(card.holder.take()));
    let Some((id, holder)) = card else { return failed(visit, CardError::Gone, cx) };
    let presented = Presented::of(Evidence::CardPin, &proof(id, &holder));
    match admit(&mut visit, Some(holder), presented, answer, cx) {
        Ok(()) => {}
        Err(NotAdmitted::Mismatch) => return notice(visit, Message::Mismatch, cx),
        Err(NotAdmitted::OtherPerson) => return ending::end(visit, None, VisitEnd::OtherPerson, cx),
    }
    let scene = match visit.wanted.take() {
        Some(form) => item::admitted(&visit, *form, cx),
        None => Scene::Home(Home::default()),
    };
    Stage::Serving(Serving { visit, scene })
}
