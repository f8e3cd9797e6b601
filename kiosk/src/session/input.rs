//! Everything that can happen.

use std::fmt;
use std::sync::Arc;

use contract::catalogue::Catalogue;
use contract::message::{
    AnswersKept, Bulletin, Case, CodeSent, Evaluated, Hits, Outcome, PolicyText, Prefilled, QueryResult, QuestionKept,
    SignedIn, WitnessChallenge, Witnessed, WorkingDays,
};
use hal::card::{Authority, Begun, CardError, CardEvent, Holder, Tries, Verified};
use hal::id::{Document, IdError};
use hal::pad::Key;
use hal::scanner::ScanError;
use hal::sensors::Change;
use hal::staff::{Signed, StaffError};
use hal::{Code, Private, Progress};
use ui::Tap;

use crate::agency::AgencyError;
use crate::input_method::{Composition, InputMethodError};

/// Names one effect. State holds it until exactly one result returns; a result with another ticket is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// Number of the visit; 0 for what belongs to the terminal itself.
    pub visit: u64,
    /// Counts effects since the program started.
    pub seq: u64,
}

/// A device is fine, or what is wrong with it.
pub type DeviceHealth = Result<(), Code>;

/// A device beside the card reader, whose health the terminal knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// Receipt printer.
    Receipt,
    /// Page printer.
    Page,
    /// Resident-ID reader.
    Id,
    /// Reader for staff cards.
    Staff,
    /// Code scanner.
    Scanner,
    /// Number pad.
    Pad,
    /// Board of contacts and relays.
    Sensors,
    /// Lights of the LED class.
    Lights,
    /// Power supply; mains lost is a fault of its own.
    Ups,
    /// The disk, as far as what must be kept goes.
    Store,
    /// Room for what waits for the agency.
    Outbox,
    /// Acts of which somebody must find out how they ended.
    Books,
    /// The machine's clock, as far as the agency's tells.
    Clock,
    /// Room for lines of the audit that nobody has exported.
    Audit,
}

impl Device {
    /// Every such device.
    pub const ALL: [Self; 14] = [
        Self::Receipt,
        Self::Page,
        Self::Id,
        Self::Staff,
        Self::Scanner,
        Self::Pad,
        Self::Sensors,
        Self::Lights,
        Self::Ups,
        Self::Store,
        Self::Outbox,
        Self::Books,
        Self::Clock,
        Self::Audit,
    ];

    /// Stable name for logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Page => "page",
            Self::Id => "id",
            Self::Staff => "staff",
            Self::Scanner => "scanner",
            Self::Pad => "pad",
            Self::Sensors => "sensors",
            Self::Lights => "lights",
            Self::Ups => "ups",
            Self::Store => "store",
            Self::Outbox => "outbox",
            Self::Books => "books",
            Self::Clock => "clock",
            Self::Audit => "audit",
        }
    }
}

/// Everything that can happen.
#[derive(Debug)]
pub enum Input {
    /// News from the card reader.
    Card(CardEvent),
    /// A device is fine, or what is wrong with it.
    Health(Device, DeviceHealth),
    /// A contact of the cabinet has opened or closed.
    Contact(Change),
    /// A key of the number pad.
    Key(Key),
    /// An effect ended.
    Done(Ticket, Completion),
    /// An effect goes on.
    Progress(Ticket, Progress),
    /// A finger.
    Tap(Tap),
    /// A deadline may have come.
    Due,
}

impl Input {
    /// The kind's name, for tables.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Card(CardEvent::ReaderReady) => "card reader ready",
            Self::Card(CardEvent::ReaderLost(_)) => "card reader lost",
            Self::Card(CardEvent::Inserted(_)) => "card inserted",
            Self::Card(CardEvent::Removed(_)) => "card removed",
            Self::Card(CardEvent::Mute) => "card mute",
            Self::Health(..) => "device health",
            Self::Contact(_) => "contact",
            Self::Key(_) => "key",
            Self::Done(_, completion) => completion.name(),
            Self::Progress(..) => "progress",
            Self::Tap(tap) => tap.intent.name(),
            Self::Due => "due",
        }
    }
}

/// How an effect ended.
pub enum Completion {
    /// First phase of reading.
    CardBegun(Result<Begun, CardError>),
    /// Second phase of reading.
    CardFinished(Result<Holder, CardError>),
    /// PIN tries left.
    Tries(Result<Tries, CardError>),
    /// PIN verified or not.
    Verified(Result<Verified, CardError>),
    /// A forgotten card has been kept: how many lie in the bin now.
    CardKept(Result<u16, CardError>),
    /// What the agency offers.
    Catalogue(Result<Arc<Catalogue>, AgencyError>),
    /// On which days, and when, a person answers.
    Calendar(Result<Box<WorkingDays>, AgencyError>),
    /// The agency's answer to a card's challenge.
    Authority(Result<Authority, AgencyError>),
    /// A code was shown, or not.
    Scanned(Result<Private<String>, ScanError>),
    /// An identity document was read, or not.
    DocumentRead(Result<Document, IdError>),
    /// A one-time code is on its way, or not.
    CodeSent(Result<CodeSent, AgencyError>),
    /// The agency knows the person, or not.
    SignedIn(Result<SignedIn, AgencyError>),
    /// A challenge for a witness, or none.
    WitnessChallenge(Result<WitnessChallenge, AgencyError>),
    /// A staff card has signed, or not.
    StaffSigned(Result<Signed, StaffError>),
    /// A witness is kept, or not.
    Witnessed(Result<Witnessed, AgencyError>),
    /// Records.
    Queried(Result<QueryResult, AgencyError>),
    /// What is known already of a form.
    Prefilled(Result<Prefilled, AgencyError>),
    /// An evaluation is kept, or not.
    Evaluated(Result<Evaluated, AgencyError>),
    /// Answers to a questionnaire are counted, or not.
    AnswersKept(Result<AnswersKept, AgencyError>),
    /// What may go later is sealed and on the disk, or it is not; or the audit has what was to be kept, or it has not.
    Posted(bool),
    /// Texts that hold what was typed.
    Found(Result<Hits, AgencyError>),
    /// A whole text.
    Text(Result<Box<PolicyText>, AgencyError>),
    /// What the agency publishes of itself.
    Bulletin(Result<Bulletin, AgencyError>),
    /// The input method has answered a key.
    Composed(Result<Composition, InputMethodError>),
    /// An act ended; its row is settled.
    Acted(ActEnd),
}

impl Completion {
    /// Whether somebody has just done what was waited for, or has something new to do: a warning of before is answered.
    pub(super) const fn answers_warning(&self) -> bool {
        matches!(self, Self::Scanned(Ok(_)) | Self::DocumentRead(Ok(_)) | Self::StaffSigned(Ok(_)) | Self::Acted(_))
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::CardBegun(_) => "card begun",
            Self::CardFinished(_) => "card finished",
            Self::Tries(_) => "tries told",
            Self::Verified(_) => "PIN verified",
            Self::CardKept(_) => "card kept",
            Self::Catalogue(_) => "catalogue",
            Self::Calendar(_) => "calendar",
            Self::Authority(_) => "authority",
            Self::Scanned(_) => "scanned",
            Self::DocumentRead(_) => "document read",
            Self::CodeSent(_) => "code sent",
            Self::SignedIn(_) => "signed in",
            Self::WitnessChallenge(_) => "witness challenge",
            Self::StaffSigned(_) => "staff signed",
            Self::Witnessed(_) => "witnessed",
            Self::Queried(_) => "records",
            Self::Prefilled(_) => "prefilled",
            Self::Evaluated(_) => "evaluated",
            Self::AnswersKept(_) => "answers kept",
            Self::Posted(_) => "posted",
            Self::Found(_) => "texts found",
            Self::Text(_) => "text",
            Self::Bulletin(_) => "bulletin",
            Self::Composed(_) => "composed",
            Self::Acted(_) => "act ended",
        }
    }
}

impl fmt::Debug for Completion {
    /// The kind only: what is inside may be somebody's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActEnd {
    /// As it stands in the journal.
    pub outcome: Outcome,
    /// Why it is not `printed`.
    pub failure: Option<ActFailure>,
    /// Slips or sheets that came out. That they did is the device's word; of how many sheets a document has, the agency's.
    pub papers: u32,
    /// The case that was filed; in the message about a slip that did not come out, the one that it was to repeat.
    pub case: Option<Box<Case>>,
    /// The question that was left, or that a slip was to repeat.
    pub question: Option<Box<QuestionKept>>,
}

/// Why an act is not known to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActFailure {
    /// A device.
    Device(Code),
    /// The agency.
    Agency(AgencyError),
    /// The document is not the one that was announced, or not this person's.
    Mismatch,
    /// The card says that the old PIN is wrong, and how many tries are left; 0 means that it is locked.
    WrongPin(Tries),
    /// The journal could not be written, so nothing was begun.
    Journal,
}

impl ActFailure {
    /// Stable name for journal and log.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Device(code) => code.as_str(),
            Self::Agency(error) => error.as_str(),
            Self::Mismatch => "mismatch",
            Self::WrongPin(_) => "wrong_pin",
            Self::Journal => "journal",
        }
    }
}
