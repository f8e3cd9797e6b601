//! What the terminal knows. One variant a stage, holding only what that stage may know; a person's data stands in
//! [`Visit`] and in scenes of a visit, and dies with them whole.

use std::collections::{BTreeMap, BTreeSet};

use contract::catalogue::Item;
use contract::field::Value;
use contract::message::{Case, Defect, QuestionKept, Table};
use hal::card::{Insertion, Tries};
use hal::{Code, Private};
use ui::{Look, ScreenId};

use super::card_pin::CardPin;
use super::effect::{ActId, ActKind};
use super::identify::Identify;
use super::info::Info;
use super::input::Ticket;
pub use super::message::{Message, Notice};
use super::offline::Checked;
use super::questionnaire::Filling;
use super::rate::{Rated, Rating};
use super::scan::Scanning;
use super::terminal::Terminal;
use super::typed::Typed;
use super::visit::Visit;
use super::witness::Witness;

/// Everything.
pub struct State {
    /// What outlives visits.
    pub terminal: Terminal,
    /// Where we are.
    pub stage: Stage,
    /// Number of the screen now shown.
    pub screen: ScreenId,
}

/// Where we are.
pub enum Stage {
    /// Nobody is here, or somebody who has only touched the glass.
    Welcome(Option<Box<Visit>>),
    /// Somebody is here.
    Serving(Serving),
    /// The card left, or the reader did; personal content is hidden.
    Gone(Gone),
    /// The visit is over; what is still to be taken?
    Farewell(Farewell),
    /// The building's fire alarm: nobody is served, everybody is sent out.
    Evacuation(Evacuation),
}

/// Somebody is here.
pub struct Serving {
    /// Whose visit.
    pub visit: Box<Visit>,
    /// Which page.
    pub scene: Scene,
}

/// One page of a visit.
pub enum Scene {
    /// The card is being read.
    Reading(Reading),
    /// The PIN is being typed.
    Pin(Pin),
    /// PIN and person are being checked.
    Checking(Checking),
    /// Who is it, without a card?
    Identify(Identify),
    /// A member of staff is to see the person.
    Witness(Witness),
    /// What can be done here.
    Home(Home),
    /// Is somebody on the telephone telling the citizen what to do? Asked before what could be abused so.
    Caution(Form),
    /// An item asks its questions.
    Form(Form),
    /// A question is answered with a code.
    Scanning(Scanning),
    /// Records, or what is known already, are on their way.
    Fetching {
        /// What comes back.
        ticket: Ticket,
        /// The item.
        form: Form,
    },
    /// Records, or what is known already, are here; that they are shown is written down first.
    Noting {
        /// What comes back.
        ticket: Ticket,
        /// The item, with what is known already.
        form: Form,
        /// The records, where these are shown.
        table: Option<Box<Table>>,
    },
    /// Records are shown.
    Table(Shown),
    /// A document was checked without the agency.
    Checked(Checked),
    /// With or without amounts?
    SlipChoice(Shown),
    /// Everything that is about to be filed.
    Review(Review),
    /// The card is about to get a new PIN.
    CardPin(CardPin),
    /// Something with a consequence runs.
    Acting(Acting),
    /// A case is filed.
    Filed(Filed),
    /// How satisfied, and why not?
    Rating(Rating),
    /// A few questions more, of one's own will.
    Questionnaire(Box<Filling>),
    /// What was said is on its way.
    Rated(Rated),
    /// Something public.
    Info(Box<Info>),
    /// A message.
    Notice(Notice),
}

impl Scene {
    /// A message to somebody who is signed in; it stays until it is read.
    pub(super) const fn message(message: Message) -> Self {
        Self::Notice(Notice { message, until_ms: None })
    }
}

/// The card is being read.
pub struct Reading {
    /// What comes back.
    pub ticket: Ticket,
    /// How far it is.
    pub doing: Doing,
}

/// How far reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// First phase.
    Begin,
    /// The agency answers the card's challenge.
    Authority,
    /// Second phase.
    Finish,
    /// How many tries are left?
    Tries,
}

/// The PIN is being typed.
pub struct Pin {
    /// Digits so far.
    pub entry: Private<String>,
    /// What the card says.
    pub tries: Tries,
    /// Whether an attempt has just failed.
    pub wrong: bool,
}

/// PIN and person are being checked.
pub struct Checking {
    /// What comes back.
    pub ticket: Ticket,
    /// The card has accepted the PIN; the agency is being asked.
    pub pin_right: bool,
    /// What the card said before the attempt.
    pub tries: Tries,
}

/// Where on the home page the citizen is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The group that is open; `None` for the first page.
    pub group: Option<String>,
    /// First tile of the page now shown.
    pub first_tile: usize,
}

/// An item asks its questions.
#[derive(Clone)]
pub struct Form {
    /// The item.
    pub item: Box<Item>,
    /// Where its tile was: the way back leads there.
    pub home: Home,
    /// Answers so far, by field key; the next question is the first field without one.
    pub answers: BTreeMap<String, Value>,
    /// Ids of the answers that the agency knew already: nobody was asked.
    pub known: BTreeSet<String>,
    /// Ids of the optional fields that were left out.
    pub skipped: BTreeSet<String>,
    /// Id of an answered field that is being changed.
    pub changing: Option<String>,
    /// What the agency found wrong with the answers, all at once; each goes with its answer.
    pub defects: Vec<Defect>,
    /// What is being typed for the question that is open.
    pub typed: Box<Typed>,
    /// The card has got its new PIN, where the item wants that first.
    pub pin_changed: bool,
}

impl Form {
    /// Nothing is answered yet.
    pub(super) fn of(item: Box<Item>, home: Home) -> Self {
        Self {
            item,
            home,
            answers: BTreeMap::new(),
            known: BTreeSet::new(),
            skipped: BTreeSet::new(),
            changing: None,
            defects: Vec::new(),
            typed: Box::default(),
            pin_changed: false,
        }
    }
}

/// Everything that is about to be filed.
#[derive(Clone)]
pub struct Review {
    /// All answers.
    pub form: Form,
    /// First row of the page now shown.
    pub first_row: usize,
}

impl Review {
    /// Its first page.
    pub(super) const fn of(form: Form) -> Self {
        Self { form, first_row: 0 }
    }
}

/// A case is filed.
pub struct Filed {
    /// The item.
    pub item: Box<Item>,
    /// What the agency says.
    pub case: Box<Case>,
}

/// Records are shown.
pub struct Shown {
    /// What was asked.
    pub form: Form,
    /// What came.
    pub table: Box<Table>,
    /// First row of the page now shown; survives a change of text size.
    pub first_row: usize,
}

/// Something with a consequence runs.
pub struct Acting {
    /// What comes back.
    pub ticket: Ticket,
    /// Its id.
    pub id: ActId,
    /// Item id.
    pub item: String,
    /// What it is.
    pub kind: ActKind,
    /// What it is part of, so that it can be mended or gone on with; `None` for what is only printed.
    pub review: Option<Box<Review>>,
    /// The case that a slip repeats; its page is left, and its number must not be lost with it.
    pub case: Option<Box<Case>>,
    /// The question that a slip repeats.
    pub question: Option<Box<QuestionKept>>,
    /// The device has taken it.
    pub accepted: bool,
    /// Waits for somebody.
    pub blocked: Option<Code>,
}

/// The card left, or the reader did.
pub struct Gone {
    /// Whose visit; its `paused` scene is hidden.
    pub visit: Box<Visit>,
    /// Until when the card may come back.
    pub until_ms: u64,
    /// Why.
    pub cause: Cause,
}

/// Why the card is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody took it.
    CardPulled,
    /// The reader was lost.
    ReaderLost,
    /// One is in, or was put in, and could not be read: theirs or another.
    Unreadable,
}

/// The visit is over.
pub struct Farewell {
    /// Language and text size of who leaves.
    pub look: Look,
    /// A card still lies in the reader.
    pub card_in: Option<Insertion>,
    /// Somebody else's card, which waits until the number of a draft has stood its time.
    pub next: Option<Insertion>,
    /// Slips to take.
    pub slips: u32,
    /// Sheets to take.
    pub sheets: u32,
    /// An identity document that may still lie there.
    pub document: LaidDown,
    /// What became of what was typed, where the time was over.
    pub draft: Option<Draft>,
    /// Why the visit ended, where its person did not end it.
    pub why: Option<Code>,
    /// When the welcome page comes back, once the card is out.
    pub until_ms: u64,
    /// When a motor takes in the card that nobody has taken; `None` where there is no motor, or once it has tried.
    pub keep_at_ms: Option<u64>,
}

/// An identity document that was read and may still lie on its reader, which does not tell when it is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaidDown {
    /// None.
    #[default]
    None,
    /// Of whoever is here.
    Own,
    /// Of whoever was here before, whom a card cut short.
    Before,
}

impl LaidDown {
    /// Whether it is asked for.
    #[must_use]
    pub const fn is_there(self) -> bool {
        !matches!(self, Self::None)
    }

    /// What is left of it for the next visit: it is asked for once more, and not from visit to visit for ever.
    #[must_use]
    pub const fn for_next(self) -> Self {
        match self {
            Self::Own => Self::Before,
            Self::None | Self::Before => Self::None,
        }
    }
}

/// What was typed when the time was over, and a window can go on with.
pub enum Draft {
    /// It is being sealed; its number is not told before it is on the disk.
    Sealing {
        /// What comes back.
        ticket: Ticket,
        /// Under which a window will find it.
        code: String,
    },
    /// A window finds it under this number.
    Kept(String),
    /// It could not be kept.
    Lost,
}

/// The building's fire alarm.
pub struct Evacuation {
    /// Language and text size of whoever was here.
    pub look: Look,
    /// A card still lies in the reader.
    pub card_in: Option<Insertion>,
    /// An identity document that may still lie there.
    pub document: LaidDown,
}

impl State {
    /// A terminal that has just started.
    #[must_use]
    pub const fn new(terminal: Terminal) -> Self {
        Self { terminal, stage: Stage::Welcome(None), screen: ScreenId(1) }
    }
}
