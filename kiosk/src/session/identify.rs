//! Who is it, without a card: what proves it is presented here, after this page has appeared and not before. Knows kinds of evidence, no
//! item. A card needs none of this: whoever inserts one goes on in `card`, and finds what they wanted again.

use contract::catalogue::{Admission, Evidence, Item};
use contract::message::{CodeSent, Proof, SendCode, SignIn, SignedIn};
use contract::problem::ProblemCode;
use hal::card::Holder;
use hal::id::{Document, Field, IdError};
use hal::scanner::ScanError;
use hal::{Code, Private, Progress};
use ui::Intent;

use super::context::{Context, Refusal};
use super::effect::Effect;
use super::evidence::Presented;
use super::health::{agency_answers, agency_failed};
use super::input::{Completion, DeviceHealth, Ticket};
use super::sign_in::{NotAdmitted, admit};
use super::state::{Form, LaidDown, Message, Review, Scene, Serving, Stage};
use super::terminal::Health;
use super::visit::Visit;
use super::{ending, item};
use crate::agency::{AgencyError, Question};
use crate::events::VisitEnd;

/// Who is it?
pub struct Identify {
    /// What follows.
    pub wanted: Wanted,
    /// How far it is.
    pub at: At,
}

/// What follows when it is known who it is.
pub enum Wanted {
    /// An item that somebody who is not signed in has opened.
    Item(Box<Form>),
    /// A filing that wants a proof which is fresh.
    Review(Box<Review>),
}

/// How far it is.
pub enum At {
    /// What will be presented?
    Ways {
        /// Why the last one did not do.
        told: Option<Told>,
    },
    /// The code of an electronic card is waited for.
    ECard(Ticket),
    /// An identity document is waited for.
    Document {
        /// What comes back.
        ticket: Ticket,
        /// What stands in its way.
        blocked: Option<Code>,
    },
    /// A one-time code is being sent.
    Sending(Ticket, Holder),
    /// It is being typed.
    Code(Typing),
    /// The agency is asked who it is.
    Asking(Asking),
}

/// Why something that was presented did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The device says so.
    Device(Code),
    /// The agency says so.
    Agency(ProblemCode),
}

/// A one-time code is being typed.
pub struct Typing {
    /// Whose.
    pub holder: Holder,
    /// Where it went, masked.
    pub phone: String,
    /// How many digits it has.
    pub digits: u8,
    /// So far.
    pub entry: Private<String>,
    /// The last one was wrong.
    pub wrong: bool,
}

/// The agency is asked who it is.
pub struct Asking {
    /// What comes back.
    pub ticket: Ticket,
    /// What was presented.
    pub presented: Presented,
    /// Whose document it is; `None` where only the agency can tell. The telephone and the length of the code, to type it again.
    pub typed: Option<Typing>,
}

impl Identify {
    /// Its first page.
    pub(super) const fn ways(wanted: Wanted) -> Self {
        Self { wanted, at: At::Ways { told: None } }
    }

    /// The result it waits for.
    #[must_use]
    pub const fn ticket(&self) -> Option<Ticket> {
        match &self.at {
            At::ECard(ticket) | At::Document { ticket, .. } | At::Sending(ticket, _) => Some(*ticket),
            At::Asking(asking) => Some(asking.ticket),
            At::Ways { .. } | At::Code(_) => None,
        }
    }

    /// Whether the machine works; where something is to be presented, a person does.
    pub(super) const fn is_working(&self) -> bool {
        matches!(self.at, At::Sending(..) | At::Asking(_))
    }

    fn with(self, at: At) -> Scene {
        Scene::Identify(Self { wanted: self.wanted, at })
    }
}

impl Wanted {
    /// The item that asks who it is.
    pub(crate) fn item(&self) -> &Item {
        match self {
            Self::Item(form) => &form.item,
            Self::Review(review) => &review.form.item,
        }
    }

    /// Whether a card is among what the item takes as proof here.
    pub(crate) fn takes_a_card(&self, health: &Health) -> bool {
        accepts(self.item(), Evidence::CardPin, health).is_some()
    }
}

/// The ways besides a card: each with what stands in its way. What this terminal has no device for is left out.
pub(crate) fn ways(wanted: &Wanted, health: &Health) -> Vec<(Evidence, Option<Code>)> {
    let way = |evidence: Evidence| Some((evidence, accepts(wanted.item(), evidence, health)?.err()));
    Evidence::ALL.into_iter().filter(|evidence| *evidence != Evidence::CardPin).filter_map(way).collect()
}

/// Whether a proof of who one is works here for an item; `None` where the item does not take it, or this site has not the devices for it.
pub(crate) fn accepts(item: &Item, evidence: Evidence, health: &Health) -> Option<DeviceHealth> {
    let works = device(evidence, health)?;
    match item.admits(evidence) {
        Admission::No => None,
        Admission::Yes => Some(works),
        Admission::WithWitness => Some(works.and(health.staff?)),
    }
}

/// Before which device it is presented, and whether that works; `None` where the site has none.
const fn device(evidence: Evidence, health: &Health) -> Option<DeviceHealth> {
    match evidence {
        Evidence::CardPin => Some(health.card),
        Evidence::ECard => health.scanner,
        Evidence::IdCode => health.id,
        Evidence::Witness | Evidence::Face => None,
    }
}

/// Whether this site has a way to prove who one is for an item, be it out of order now.
pub(super) fn has_a_way(item: &Item, health: &Health) -> bool {
    Evidence::ALL.into_iter().any(|evidence| accepts(item, evidence, health).is_some())
}

pub(super) fn tap(visit: &Visit, identify: Identify, intent: Intent, cx: &mut Context<'_>) -> Scene {
    match (&identify.at, intent) {
        (At::Ways { .. }, Intent::Choose(n)) => choose(visit, identify, n, cx),
        (At::Ways { .. }, Intent::Back) => match identify.wanted {
            Wanted::Item(form) => Scene::Home(form.home),
            Wanted::Review(review) => Scene::Review(*review),
        },
        (At::ECard(ticket) | At::Document { ticket, .. }, Intent::Back) => {
            cx.push(Effect::Cancel(*ticket));
            Scene::Identify(Identify::ways(identify.wanted))
        }
        (At::Code(_), Intent::Back) => Scene::Identify(Identify::ways(identify.wanted)),
        (At::Code(_), _) => type_code(visit, identify, intent, cx),
        _ => {
            cx.refuse(Refusal::NotOffered);
            Scene::Identify(identify)
        }
    }
}

fn choose(visit: &Visit, identify: Identify, n: u16, cx: &mut Context<'_>) -> Scene {
    match ways(&identify.wanted, &cx.terminal.health).get(usize::from(n)) {
        Some((Evidence::ECard, None)) => {
            let ticket = cx.scan(visit.number);
            identify.with(At::ECard(ticket))
        }
        Some((Evidence::IdCode, None)) => {
            let ticket = cx.ticket(visit.number);
            cx.push(Effect::ReadDocument(ticket));
            identify.with(At::Document { ticket, blocked: None })
        }
        _ => {
            cx.refuse(Refusal::NotOffered);
            Scene::Identify(identify)
        }
    }
}

fn type_code(visit: &Visit, mut identify: Identify, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let At::Code(mut typing) = identify.at else { return Scene::Identify(identify) };
    let typed = typing.entry.reveal().len();
    match intent {
        Intent::Digit(digit @ 0..=9) if typed < usize::from(typing.digits) => {
            typing.entry.reveal_mut().push(char::from(b'0' + digit));
            typing.wrong = false;
        }
        Intent::Erase if typed > 0 => drop(typing.entry.reveal_mut().pop()),
        Intent::Clear if typed > 0 => typing.entry = Private::new(String::new()),
        Intent::Confirm if typed == usize::from(typing.digits) => {
            let proof = Proof::IdCode {
                id_number: typing.holder.id_number.reveal().clone(),
                name: typing.holder.name.reveal().clone(),
                code: typing.entry.reveal().clone(),
            };
            let asking = sign_in(visit, Evidence::IdCode, proof, Some(typing), cx);
            return Scene::Identify(Identify { wanted: identify.wanted, at: At::Asking(asking) });
        }
        _ => cx.refuse(Refusal::NotOffered),
    }
    identify.at = At::Code(typing);
    Scene::Identify(identify)
}

fn sign_in(visit: &Visit, evidence: Evidence, proof: Proof, typed: Option<Typing>, cx: &mut Context<'_>) -> Asking {
    let (presented, terminal) = (Presented::of(evidence, &proof), cx.terminal.site.terminal.id.clone());
    let ticket = cx.ask(visit.number, Question::SignIn(SignIn { visit: visit.token.clone(), terminal, proof }));
    Asking { ticket, presented, typed }
}

/// News from the device before which something is to be presented.
pub(super) fn progress(identify: &mut Identify, progress: Progress, cx: &mut Context<'_>) {
    match (&mut identify.at, progress) {
        (At::Document { blocked, .. }, Progress::Blocked(code)) => *blocked = Some(code),
        (At::Document { blocked, .. }, Progress::Resumed) => *blocked = None,
        // A code that cannot be read is held on, and read or not.
        (At::Document { .. } | At::ECard(_), _) => {}
        _ => cx.refuse(Refusal::NotExpected),
    }
}

/// Device or agency have answered.
pub(super) fn ended(mut visit: Box<Visit>, identify: Identify, completion: Completion, cx: &mut Context<'_>) -> Stage {
    let Identify { wanted, at } = identify;
    let scene = match (at, completion) {
        (At::ECard(_), Completion::Scanned(result)) => scanned(&visit, wanted, result, cx),
        (At::Document { .. }, Completion::DocumentRead(result)) => {
            // It lies there whatever comes of it, and is to be taken along.
            if result.is_ok() {
                visit.document = LaidDown::Own;
            }
            read(&visit, wanted, result, cx)
        }
        (At::Sending(_, holder), Completion::CodeSent(result)) => sent(&visit, wanted, holder, result, cx),
        (At::Asking(asking), Completion::SignedIn(result)) => return asked(visit, wanted, asking, result, cx),
        (at, _) => {
            cx.refuse(Refusal::NotExpected);
            Scene::Identify(Identify { wanted, at })
        }
    };
    Stage::Serving(Serving { visit, scene })
}

fn scanned(visit: &Visit, wanted: Wanted, result: Result<Private<String>, ScanError>, cx: &mut Context<'_>) -> Scene {
    let at = match result {
        Ok(code) => {
            let proof = Proof::ECard { code: code.reveal().clone() };
            At::Asking(sign_in(visit, Evidence::ECard, proof, None, cx))
        }
        Err(error) => At::Ways { told: Some(Told::Device(error.code())) },
    };
    Scene::Identify(Identify { wanted, at })
}

fn read(visit: &Visit, wanted: Wanted, result: Result<Document, IdError>, cx: &mut Context<'_>) -> Scene {
    let at = match result {
        Ok(document) => {
            let text = |field| Private::from(document.text(field));
            // Some foreigners' cards have no name in Chinese characters.
            let chinese = !document.text(Field::Name).is_empty();
            let name = text(if chinese { Field::Name } else { Field::LatinName });
            let holder = Holder { name, id_number: text(Field::Number) };
            let question = Question::SendCode(SendCode {
                visit: visit.token.clone(),
                terminal: cx.terminal.site.terminal.id.clone(),
                id_number: holder.id_number.reveal().clone(),
                name: holder.name.reveal().clone(),
            });
            At::Sending(cx.ask(visit.number, question), holder)
        }
        Err(error) => At::Ways { told: Some(Told::Device(error.code())) },
    };
    Scene::Identify(Identify { wanted, at })
}

fn sent(
    visit: &Visit,
    wanted: Wanted,
    holder: Holder,
    result: Result<CodeSent, AgencyError>,
    cx: &mut Context<'_>,
) -> Scene {
    match result {
        Ok(sent) if !visit.is_about(&sent.binding, holder.id_number.reveal()) => item::mismatch(visit, cx),
        Ok(sent) => {
            agency_answers(cx);
            let entry = Private::new(String::new());
            let typing = Typing { holder, phone: sent.phone, digits: sent.digits.clamp(4, 8), entry, wrong: false };
            Scene::Identify(Identify { wanted, at: At::Code(typing) })
        }
        Err(error) => refused(wanted, &error, cx),
    }
}

/// The agency says no: what can be tried again is, everything else is a message.
fn refused(wanted: Wanted, error: &AgencyError, cx: &mut Context<'_>) -> Scene {
    agency_failed(error, cx);
    match error.problem() {
        Some(code @ (ProblemCode::ECardInvalid | ProblemCode::TooManyCodes)) => {
            Scene::Identify(Identify { wanted, at: At::Ways { told: Some(Told::Agency(code)) } })
        }
        _ => Scene::message(Message::of(error)),
    }
}

fn asked(
    mut visit: Box<Visit>,
    wanted: Wanted,
    asking: Asking,
    result: Result<SignedIn, AgencyError>,
    cx: &mut Context<'_>,
) -> Stage {
    let (mut answer, typed) = match (result, asking.typed) {
        (Ok(answer), typed) => (answer, typed),
        (Err(error), Some(typing)) if error.problem() == Some(ProblemCode::CodeWrong) => {
            agency_failed(&error, cx);
            let typing = Typing { entry: Private::new(String::new()), wrong: true, ..typing };
            let scene = Scene::Identify(Identify { wanted, at: At::Code(typing) });
            return Stage::Serving(Serving { visit, scene });
        }
        (Err(error), _) => {
            let scene = refused(wanted, &error, cx);
            return Stage::Serving(Serving { visit, scene });
        }
    };
    let told = answer
        .person
        .take()
        .map(|person| Holder { name: Private::new(person.name), id_number: Private::new(person.id_number) });
    let holder = typed.map(|typing| typing.holder).or(told);
    let scene = match (admit(&mut visit, holder, asking.presented, answer, cx), wanted) {
        (Ok(()), Wanted::Item(form)) => item::admitted(&visit, *form, cx),
        (Ok(()), Wanted::Review(review)) => Scene::Review(*review),
        (Err(NotAdmitted::Mismatch), _) => Scene::message(Message::Mismatch),
        // The visit is over, and whoever presented the second credential begins anew.
        (Err(NotAdmitted::OtherPerson), _) => return ending::end(visit, None, VisitEnd::OtherPerson, cx),
    };
    Stage::Serving(Serving { visit, scene })
}

/// A card came instead: what it was for is kept, and what was waited for is let go.
pub(super) fn instead(identify: Identify, cx: &mut Context<'_>) -> Option<Box<Form>> {
    if let Some(ticket) = identify.ticket() {
        cx.push(Effect::Cancel(ticket));
    }
    match identify.wanted {
        Wanted::Item(form) => Some(form),
        Wanted::Review(_) => None,
    }
}
