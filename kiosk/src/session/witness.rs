//! A member of staff sees the person (工作人员见证), before something is filed that no card and no code can vouch for. The agency makes a
//! challenge, the staff card signs it, the agency says whose card that is. Knows no item; never says who the witness is but by number.

use contract::format::from_hex;
use contract::message::{AskWitness, Witness as Vouched, WitnessChallenge, Witnessed};
use contract::problem::ProblemCode;
use hal::staff::{Signed, StaffError};
use hal::{Code, Progress};
use ui::Intent;

use super::context::{Context, Refusal};
use super::effect::Effect;
use super::evidence;
use super::health::{agency_answers, agency_failed};
use super::identify::Told;
use super::input::{Completion, Ticket};
use super::item;
use super::state::{Message, Review, Scene};
use super::terminal::Health;
use super::visit::{Seen, Visit};
use crate::agency::{AgencyError, Question};
use crate::events::Event;

/// A member of staff is to see the person.
pub struct Witness {
    /// What is filed afterwards.
    pub review: Box<Review>,
    /// How far it is.
    pub at: WitnessAt,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WitnessAt {
    /// The agency is asked for a challenge.
    Asking(Ticket),
    /// A staff card is waited for.
    Staff {
        /// What comes back.
        ticket: Ticket,
        /// What stands in its way.
        blocked: Option<Code>,
    },
    /// The agency is asked whose card it was.
    Vouching {
        /// What comes back.
        ticket: Ticket,
        /// Of what was sent; see [`super::evidence::digest`].
        digest: String,
    },
    /// Why nothing came of it.
    Failed(Told),
}

impl Witness {
    /// The result it waits for.
    #[must_use]
    pub const fn ticket(&self) -> Option<Ticket> {
        match self.at {
            WitnessAt::Asking(ticket) | WitnessAt::Staff { ticket, .. } | WitnessAt::Vouching { ticket, .. } => {
                Some(ticket)
            }
            WitnessAt::Failed(_) => None,
        }
    }

    /// Whether the machine works; where a staff card is waited for, a person does.
    pub(super) const fn is_working(&self) -> bool {
        matches!(self.at, WitnessAt::Asking(_) | WitnessAt::Vouching { .. })
    }

    fn with(self, at: WitnessAt) -> Scene {
        Scene::Witness(Self { at, ..self })
    }
}

/// What stands in the way of a witness here, if anything does.
pub(crate) fn possible(health: &Health) -> Result<(), Code> {
    health.staff.unwrap_or(Err(Code::StaffOffline))
}

/// The page that asks for one.
pub(super) fn begin(visit: &Visit, review: Review, cx: &mut Context<'_>) -> Scene {
    let review = Box::new(review);
    if let Err(code) = possible(&cx.terminal.health) {
        return Scene::Witness(Witness { review, at: WitnessAt::Failed(Told::Device(code)) });
    }
    let item = &review.form.item;
    let session = visit.asks_as(item).session.reveal().clone();
    let question = AskWitness { visit: visit.token.clone(), session, item: item.id.clone() };
    let ticket = cx.ask(visit.number, Question::AskWitness(question));
    Scene::Witness(Witness { review, at: WitnessAt::Asking(ticket) })
}

pub(super) fn tap(visit: &Visit, witness: Witness, intent: Intent, cx: &mut Context<'_>) -> Scene {
    match (&witness.at, intent) {
        (WitnessAt::Staff { ticket, .. }, Intent::Back) => {
            cx.push(Effect::Cancel(*ticket));
            Scene::Review(*witness.review)
        }
        (WitnessAt::Failed(_), Intent::Back) => Scene::Review(*witness.review),
        (WitnessAt::Failed(_), Intent::Choose(0)) => begin(visit, *witness.review, cx),
        _ => {
            cx.refuse(Refusal::NotOffered);
            Scene::Witness(witness)
        }
    }
}

/// The person has gone from the page: meanwhile nobody is seen. What a staff card has signed already, it has signed.
pub(super) fn put_off(witness: Witness, cx: &mut Context<'_>) -> Scene {
    match witness.at {
        WitnessAt::Asking(ticket) | WitnessAt::Staff { ticket, .. } => {
            cx.push(Effect::Cancel(ticket));
            Scene::Review(*witness.review)
        }
        WitnessAt::Vouching { .. } | WitnessAt::Failed(_) => Scene::Witness(witness),
    }
}

/// News from the reader for staff cards.
pub(super) fn progress(witness: &mut Witness, progress: Progress, cx: &mut Context<'_>) {
    match (&mut witness.at, progress) {
        (WitnessAt::Staff { blocked, .. }, Progress::Blocked(code)) => *blocked = Some(code),
        (WitnessAt::Staff { blocked, .. }, Progress::Resumed) => *blocked = None,
        _ => cx.refuse(Refusal::NotExpected),
    }
}

/// Agency or reader have answered.
pub(super) fn ended(visit: &mut Visit, witness: Witness, completion: Completion, cx: &mut Context<'_>) -> Scene {
    match (&witness.at, completion) {
        (WitnessAt::Asking(_), Completion::WitnessChallenge(result)) => challenged(visit, witness, result, cx),
        (WitnessAt::Staff { .. }, Completion::StaffSigned(result)) => signed(visit, witness, result, cx),
        (WitnessAt::Vouching { digest, .. }, Completion::Witnessed(result)) => {
            let digest = digest.clone();
            vouched(visit, witness, digest, result, cx)
        }
        _ => {
            cx.refuse(Refusal::NotExpected);
            Scene::Witness(witness)
        }
    }
}

fn challenged(
    visit: &Visit,
    witness: Witness,
    result: Result<WitnessChallenge, AgencyError>,
    cx: &mut Context<'_>,
) -> Scene {
    match result {
        Ok(asked) if !visit.is_ours(&witness.review.form.item, &asked.binding) => item::mismatch(visit, cx),
        Ok(asked) => match from_hex(&asked.challenge) {
            Some(challenge) => {
                agency_answers(cx);
                let ticket = cx.ticket(visit.number);
                cx.push(Effect::AwaitStaff(ticket, challenge));
                witness.with(WitnessAt::Staff { ticket, blocked: None })
            }
            None => refused(witness, &AgencyError::Garbled, cx),
        },
        Err(error) => refused(witness, &error, cx),
    }
}

fn signed(visit: &Visit, witness: Witness, result: Result<Signed, StaffError>, cx: &mut Context<'_>) -> Scene {
    let Signed { staff, algorithm, signature } = match result {
        Ok(signed) => signed,
        Err(error) => return witness.with(WitnessAt::Failed(Told::Device(error.code()))),
    };
    let item = &witness.review.form.item;
    let question = Vouched {
        visit: visit.token.clone(),
        session: visit.asks_as(item).session.reveal().clone(),
        item: item.id.clone(),
        staff,
        algorithm: algorithm.as_str().to_owned(),
        signature: signature.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let digest = evidence::digest(&question);
    let ticket = cx.ask(visit.number, Question::Witness(question));
    witness.with(WitnessAt::Vouching { ticket, digest })
}

/// Seen: the page that files comes back as it was.
fn vouched(
    visit: &mut Visit,
    witness: Witness,
    digest: String,
    result: Result<Witnessed, AgencyError>,
    cx: &mut Context<'_>,
) -> Scene {
    let item = &witness.review.form.item;
    match result {
        Ok(kept) if !visit.is_ours(item, &kept.binding) => item::mismatch(visit, cx),
        Ok(_) => {
            agency_answers(cx);
            let seen = Seen { item: item.id.clone(), at_ms: cx.now.elapsed_ms, digest };
            if let Some(person) = &mut visit.person {
                person.seen = Some(seen);
            }
            cx.log(Event::Witnessed { visit: visit.number });
            Scene::Review(*witness.review)
        }
        Err(error) => refused(witness, &error, cx),
    }
}

/// Another card may do; everything else is a message.
fn refused(witness: Witness, error: &AgencyError, cx: &mut Context<'_>) -> Scene {
    agency_failed(error, cx);
    match error.problem() {
        Some(code @ ProblemCode::WitnessRefused) => witness.with(WitnessAt::Failed(Told::Agency(code))),
        _ => Scene::message(Message::of(error)),
    }
}
