//! A new PIN for the card: what it is about, the old PIN, the new one twice, and what came of it; one question a page. Knows no item.
//!
//! What was typed stands in the entry that is open and goes with it: into the act, which takes it to the card, or away when its page is left
//! or hidden. The kiosk never spends the last try, and after a cut it tries nothing: only the citizen's next entry settles which PIN holds.

use contract::catalogue::Kind;
use contract::field::FieldError;
use contract::format::{Identity, NEW_PIN_DIGITS, check_new_pin, stands_in};
use contract::message::Outcome;
use contract::problem::{Problem, ProblemCode};
use contract::site::{Limits, PIN_TRIES_KEPT};
use hal::card::Tries;
use hal::{Code, Private};
use ui::Intent;

use super::context::{Context, Refusal};
use super::effect::{ActKind, CardCommand, ChangePin};
use super::input::{ActEnd, ActFailure, Completion, Ticket};
use super::page::PageName;
use super::state::{Acting, Form, Home, Message, Notice, Scene};
use super::visit::Visit;
use super::{acting, item};

/// The card is about to get a new PIN.
pub struct CardPin {
    /// The item.
    pub form: Form,
    /// How far it is.
    pub step: Step,
}

/// How far it is.
pub enum Step {
    /// Which PIN this is about, and what a new one must be.
    Facts,
    /// How many tries are left?
    Tries(Ticket),
    /// Digits are being typed.
    Entry(Entry),
    /// The card says that the new one holds.
    Changed,
}

/// Digits are being typed.
pub struct Entry {
    /// Which PIN is asked for.
    pub which: Which,
    /// Digits so far.
    pub typed: Private<String>,
    /// Why what was typed before was not taken.
    pub wrong: Option<Wrong>,
    /// What the card says of the old one.
    pub tries: Tries,
    old: Private<String>,
    new: Private<String>,
}

/// Which PIN is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one that the card has.
    Old,
    /// The one that it is to have.
    New,
    /// That one once more.
    Again,
}

/// Why a PIN was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The card says that it is not its own.
    Old,
    /// The policy for new ones.
    Rule(FieldError),
    /// It stands in the holder's ID number.
    IdNumber,
    /// It is the old one.
    Same,
    /// The second was another than the first.
    Differs,
}

impl Entry {
    fn of(which: Which, tries: Tries, wrong: Option<Wrong>) -> Self {
        let none = || Private::new(String::new());
        Self { which, typed: none(), wrong, tries, old: none(), new: none() }
    }

    /// Fewest and most digits.
    pub(crate) fn digits(&self, limits: &Limits) -> (usize, usize) {
        let count = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
        match self.which {
            Which::Old => (count(limits.pin_digits_min), count(limits.pin_digits_max)),
            Which::New | Which::Again => (NEW_PIN_DIGITS, NEW_PIN_DIGITS),
        }
    }
}

impl CardPin {
    const fn facts(form: Form) -> Scene {
        Scene::CardPin(Self { form, step: Step::Facts })
    }

    const fn entry(form: Form, entry: Entry) -> Scene {
        Scene::CardPin(Self { form, step: Step::Entry(entry) })
    }

    /// Which page it is.
    pub(super) const fn page_name(&self) -> PageName {
        match &self.step {
            Step::Facts => PageName::PinFacts,
            Step::Tries(_) => PageName::PinReading,
            Step::Entry(Entry { which: Which::Old, .. }) => PageName::OldPin,
            Step::Entry(Entry { which: Which::New, .. }) => PageName::NewPin,
            Step::Entry(Entry { which: Which::Again, .. }) => PageName::NewPinAgain,
            Step::Changed => PageName::PinChanged,
        }
    }

    pub(super) const fn was_wrong(&self) -> bool {
        matches!(&self.step, Step::Entry(Entry { wrong: Some(_), .. }))
    }
}

/// First what it is about. Without a card in the reader there is nothing to change.
pub(super) fn begin(visit: &Visit, form: Form) -> Scene {
    if visit.card.as_ref().is_some_and(|card| card.insertion.is_some()) {
        return CardPin::facts(form);
    }
    let problem = Problem { code: ProblemCode::NotHere, route: None, defects: Vec::new() };
    Scene::message(Message::Problem(problem))
}

pub(super) fn tap(visit: &Visit, pin: CardPin, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let CardPin { form, step } = pin;
    match (step, intent) {
        (Step::Facts, Intent::Confirm) => ask_tries(visit, form, cx),
        (Step::Facts, Intent::Back) => Scene::Home(form.home),
        (Step::Entry(entry), intent) => typed(visit, form, entry, intent, cx),
        (Step::Changed, Intent::Confirm) if form.item.kind == Kind::Filing => {
            item::go_on(visit, Form { pin_changed: true, ..form }, cx)
        }
        (Step::Changed, Intent::Confirm) => Scene::Home(Home::default()),
        (step, _) => {
            cx.refuse(Refusal::NotOffered);
            Scene::CardPin(CardPin { form, step })
        }
    }
}

fn ask_tries(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    let Some(card) = visit.card.as_ref().and_then(|card| card.insertion) else {
        cx.refuse(Refusal::NotExpected);
        return CardPin::facts(form);
    };
    let ticket = cx.card(visit.number, CardCommand::Tries(card));
    Scene::CardPin(CardPin { form, step: Step::Tries(ticket) })
}

/// The card has said how often its PIN may still be wrong, or not.
pub(super) fn told(visit: &Visit, pin: CardPin, completion: Completion, cx: &mut Context<'_>) -> Scene {
    match (pin.step, completion) {
        (Step::Tries(_), Completion::Tries(Ok(tries))) => ask_old(visit, pin.form, tries, None),
        (Step::Tries(_), Completion::Tries(Err(error))) => Scene::message(Message::Card(error.code())),
        (step, _) => {
            cx.refuse(Refusal::NotExpected);
            Scene::CardPin(CardPin { step, ..pin })
        }
    }
}

/// The old PIN, unless that would spend the last try; a card that tells no number gets one attempt an insertion.
fn ask_old(visit: &Visit, form: Form, tries: Tries, wrong: Option<Wrong>) -> Scene {
    match tries {
        Tries::Left(0) => Scene::message(Message::PinLocked),
        Tries::Left(1..=PIN_TRIES_KEPT) => Scene::message(Message::LastTry),
        Tries::NotTold if visit.has_spent_its_attempt() => Scene::message(Message::WrongUntold),
        Tries::Left(_) | Tries::NotTold => CardPin::entry(form, Entry::of(Which::Old, tries, wrong)),
    }
}

fn typed(visit: &Visit, form: Form, mut entry: Entry, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let (fewest, most) = entry.digits(&cx.terminal.site.limits);
    let length = entry.typed.reveal().len();
    match intent {
        Intent::Digit(digit @ 0..=9) if length < most => entry.typed.reveal_mut().push(char::from(b'0' + digit)),
        Intent::Erase if length > 0 => {
            entry.typed.reveal_mut().pop();
        }
        Intent::Clear if length > 0 => entry.typed = Private::new(String::new()),
        Intent::Confirm if length >= fewest => return confirm(visit, form, entry, cx),
        Intent::Back => return back(form, entry),
        _ => cx.refuse(Refusal::NotOffered),
    }
    CardPin::entry(form, entry)
}

/// One question back; what was typed for it is gone.
fn back(form: Form, entry: Entry) -> Scene {
    let before = match entry.which {
        Which::Old => return CardPin::facts(form),
        Which::New => Entry::of(Which::Old, entry.tries, None),
        Which::Again => Entry { old: entry.old, ..Entry::of(Which::New, entry.tries, None) },
    };
    CardPin::entry(form, before)
}

fn confirm(visit: &Visit, form: Form, entry: Entry, cx: &mut Context<'_>) -> Scene {
    let Entry { which, typed, tries, old, new, .. } = entry;
    let next = |which, wrong| Entry::of(which, tries, wrong);
    let then = match which {
        Which::Old => Entry { old: typed, ..next(Which::New, None) },
        Which::New => match weakness(visit, &typed, &old, cx) {
            Some(wrong) => Entry { old, ..next(Which::New, Some(wrong)) },
            None => Entry { old, new: typed, ..next(Which::Again, None) },
        },
        Which::Again if typed != new => Entry { old, ..next(Which::New, Some(Wrong::Differs)) },
        Which::Again => return change(visit, form, old, new, cx),
    };
    CardPin::entry(form, then)
}

fn weakness(visit: &Visit, new: &Private<String>, old: &Private<String>, cx: &Context<'_>) -> Option<Wrong> {
    let id_number = visit.person.as_ref().map_or("", |person| person.id_number.reveal().as_str());
    let birth = Identity::parse(id_number, cx.now.date(), false).ok().and_then(|identity| identity.birth);
    match check_new_pin(new.reveal(), birth) {
        Err(rule) => Some(Wrong::Rule(rule.into())),
        Ok(()) if stands_in(new.reveal(), id_number) => Some(Wrong::IdNumber),
        Ok(()) => (new == old).then_some(Wrong::Same),
    }
}

fn change(visit: &Visit, form: Form, old: Private<String>, new: Private<String>, cx: &mut Context<'_>) -> Scene {
    match visit.card.as_ref().and_then(|card| card.insertion) {
        Some(card) => acting::card_pin(visit, form, ChangePin { card, old, new }, cx),
        None => {
            cx.refuse(Refusal::NotExpected);
            CardPin::facts(form)
        }
    }
}

/// The clerk has said what became of it.
pub(super) fn ended(visit: &mut Visit, acting: Acting, end: ActEnd) -> Scene {
    let Acting { review, kind, id, .. } = acting;
    match (review, end.outcome, &end.failure) {
        (Some(review), Outcome::Changed, _) => Scene::CardPin(CardPin { form: review.form, step: Step::Changed }),
        (Some(review), Outcome::NotChanged, Some(ActFailure::WrongPin(tries))) => {
            if *tries == Tries::NotTold {
                visit.pin_spent = visit.card.as_ref().and_then(|card| card.insertion);
            }
            ask_old(visit, review.form, *tries, Some(Wrong::Old))
        }
        _ => Scene::message(Message::Acted(kind, id, end)),
    }
}

/// Whether this visit waits for its card without anybody knowing which PIN it has; whoever brings it back must be told before they type.
pub(crate) fn is_open(visit: &Visit) -> bool {
    visit.paused.as_deref().is_some_and(Scene::leaves_pin_open)
}

impl Scene {
    /// A page that is hidden holds no digits; what it is about is asked anew.
    pub(super) fn without_pins(self) -> Self {
        match self {
            Self::CardPin(CardPin { form, step: Step::Entry(_) }) => CardPin::facts(form),
            other => other,
        }
    }

    /// The card has accepted what was typed just now: that is its PIN.
    pub(super) fn settled_by_entry(self) -> Self {
        if self.leaves_pin_open() { Self::message(Message::PinSettled) } else { self }
    }

    fn leaves_pin_open(&self) -> bool {
        matches!(self, Self::Notice(Notice { message: Message::Acted(ActKind::CardPin, _, end), .. })
            if end.outcome == Outcome::Unknown)
    }

    /// Whether it tells of a card that left in the middle of a command: its removal is on the way.
    pub(super) fn tells_of_a_gone_card(&self) -> bool {
        let Self::Notice(Notice { message, .. }) = self else { return false };
        match message {
            Message::Card(code) => *code == Code::CardGone,
            Message::Acted(ActKind::CardPin, _, end) => end.failure == Some(ActFailure::Device(Code::CardGone)),
            _ => false,
        }
    }
}
