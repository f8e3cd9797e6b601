//! Everything we may ask of the world.

use std::collections::BTreeMap;
use std::fmt;

use contract::field::Value;
use contract::format::Date;
use contract::message::{AnswerQuestionnaire, Evaluate, FileCase, Outcome};
use hal::Private;
use hal::card::authority::Challenged;
use hal::card::{Authority, Insertion};
use hal::receipt::Receipt;
use hal::staff::Challenge;

use super::evidence::ProofShown;
use super::funnel::FunnelStep;
use super::input::Ticket;
use crate::agency::Question;
use crate::crypto::person::Pseudonym;
use crate::events::Event;
use crate::input_method::Key;

/// Everything we may ask of the world. What carries a ticket returns exactly one [`super::Completion`].
pub enum Effect {
    /// Talk to the card.
    Card(Ticket, CardCommand),
    /// Power the card down.
    ReleaseCard,
    /// Wait for a code that is shown from now on.
    Scan(Ticket),
    /// Wait for an identity document that is laid down from now on, and read it.
    ReadDocument(Ticket),
    /// Wait for a staff card that is presented from now on, and have it sign this.
    AwaitStaff(Ticket, Challenge),
    /// Have a card's challenge answered, in the name of the visit of this token.
    Authorize(Ticket, String, Challenged),
    /// Ask the agency something that has no consequence.
    Ask(Ticket, Question),
    /// Do something that has a consequence.
    Act(Ticket, Act),
    /// A key for the input method.
    Press(Ticket, Key),
    /// Stop what this ticket names; it still completes once.
    Cancel(Ticket),
    /// Drop everything outside `State` that belongs to this visit.
    EndVisit(u64),
    /// The citizen is being shown how this act ended.
    Told {
        /// Its id.
        act: ActId,
        /// As the page says.
        outcome: Outcome,
    },
    /// Seal this and have it delivered when it can be. Completes when it is on the disk; without a ticket nobody waits for that.
    Post(Option<Ticket>, Post),
    /// Count what has become of an item; of nobody in particular.
    Count {
        /// On which day.
        day: Date,
        /// Item id.
        item: String,
        /// What.
        step: FunnelStep,
    },
    /// Write into the log, and into the audit where that keeps it.
    Log(Event),
    /// The same; completes when it is on the disk.
    Keep(Ticket, Event),
}

impl fmt::Debug for Effect {
    /// The kind only: what is inside may be somebody's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(ticket, command) => write!(f, "Card({ticket:?}, {command:?})"),
            Self::ReleaseCard => f.write_str("ReleaseCard"),
            Self::Scan(ticket) => write!(f, "Scan({ticket:?})"),
            Self::ReadDocument(ticket) => write!(f, "ReadDocument({ticket:?})"),
            Self::AwaitStaff(ticket, _) => write!(f, "AwaitStaff({ticket:?})"),
            Self::Authorize(ticket, ..) => write!(f, "Authorize({ticket:?})"),
            Self::Ask(ticket, _) => write!(f, "Ask({ticket:?})"),
            Self::Act(ticket, act) => write!(f, "Act({ticket:?}, {})", act.id.text),
            Self::Press(ticket, _) => write!(f, "Press({ticket:?})"),
            Self::Cancel(ticket) => write!(f, "Cancel({ticket:?})"),
            Self::EndVisit(visit) => write!(f, "EndVisit({visit})"),
            Self::Told { act, outcome } => write!(f, "Told({}, {})", act.text, outcome.as_str()),
            Self::Post(ticket, _) => write!(f, "Post({ticket:?})"),
            Self::Count { step, .. } => write!(f, "Count({})", step.as_str()),
            Self::Log(event) => write!(f, "Log({event:?})"),
            Self::Keep(ticket, event) => write!(f, "Keep({ticket:?}, {event:?})"),
        }
    }
}

/// What can be asked of the card reader.
#[derive(Debug)]
pub enum CardCommand {
    /// Read what is free.
    Begin(Insertion),
    /// Authenticate the terminal and read the rest.
    Finish(Insertion, Authority),
    /// How many PIN tries are left?
    Tries(Insertion),
    /// Verify the PIN; spends a try.
    Verify(Insertion, Private<String>),
    /// Draw in a card that was forgotten at the slot, and keep it.
    Keep,
}

/// Names an act on every side and through every retry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActId {
    /// `{terminal}-{epoch}-{sequence}`.
    pub text: String,
    /// Counts acts since the journal was made.
    pub sequence: u64,
}

/// Something with a consequence. Only `app::clerk` performs one.
pub struct Act {
    /// Its id.
    pub id: ActId,
    /// Token of the visit it belongs to; the open one, where nobody is asked who they are.
    pub visit_token: String,
    /// Item id.
    pub item: String,
    /// Whom it concerns, under the terminal's key; nobody, where nobody is asked who they are.
    pub person: Option<Pseudonym>,
    /// What is to be done.
    pub body: ActBody,
}

/// What is to be done.
pub enum ActBody {
    /// Print this slip.
    Slip(Receipt),
    /// Have the agency issue a document and print it.
    Certificate {
        /// Names the sign-in.
        session: Private<String>,
        /// Digest the answer must carry.
        subject: String,
        /// Item version the citizen saw.
        item_version: u32,
        /// The citizen's answers.
        inputs: BTreeMap<String, Value>,
    },
    /// File a case.
    Case(Box<Filing>),
    /// Give the card in the reader another PIN.
    CardPin(ChangePin),
    /// Leave a question that no text answers, in these words. It is nobody's.
    Question(String),
}

/// A case that is about to be filed.
pub struct Filing {
    /// Names the sign-in.
    pub session: Private<String>,
    /// Digest the answer must carry.
    pub subject: String,
    /// Version of the catalogue the citizen saw.
    pub catalogue: String,
    /// Item version the citizen saw.
    pub item_version: u32,
    /// The citizen's answers.
    pub inputs: BTreeMap<String, Value>,
    /// Digest of what the citizen agreed to.
    pub consent: String,
    /// The words of it, as they stood on the glass.
    pub consent_words: String,
    /// What shows who it is: what was presented, a witness where there was one, and an authority.
    pub evidence: Vec<ProofShown>,
    /// Language of the answer.
    pub language: &'static str,
    /// Whether it may go later where it cannot be filed at once.
    pub may_wait: bool,
}

impl Filing {
    /// What the agency is sent.
    #[must_use]
    pub fn message(&self, visit: String, item: String) -> FileCase {
        FileCase {
            visit,
            session: self.session.reveal().clone(),
            catalogue: self.catalogue.clone(),
            item,
            item_version: self.item_version,
            inputs: self.inputs.clone(),
            consent: self.consent.clone(),
            language: self.language.to_owned(),
        }
    }
}

/// Something that may go to the agency later: sealed at once, and delivered when it can be.
pub enum Post {
    /// How satisfied somebody is.
    Evaluation(Evaluate),
    /// What somebody has answered to a questionnaire.
    Answers(AnswerQuestionnaire),
    /// What was typed when a visit ran out of time. Nobody has agreed to it.
    Draft {
        /// Under which a window finds it.
        code: String,
        /// As it would have been filed.
        typed: Box<FileCase>,
    },
}

/// Which card, and its PINs; they go to the card and to nobody else.
pub struct ChangePin {
    /// As it lies in the reader.
    pub card: Insertion,
    /// What the citizen says it is.
    pub old: Private<String>,
    /// What it is to be.
    pub new: Private<String>,
}

impl ActBody {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> ActKind {
        match self {
            Self::Slip(_) => ActKind::Slip,
            Self::Certificate { .. } => ActKind::Certificate,
            Self::Case(_) => ActKind::Case,
            Self::CardPin(_) => ActKind::CardPin,
            Self::Question(_) => ActKind::Question,
        }
    }
}

/// The kinds of act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActKind {
    /// A slip on the receipt printer.
    Slip,
    /// A document on the page printer.
    Certificate,
    /// A case at the agency.
    Case,
    /// A new PIN on the card.
    CardPin,
    /// A question at the agency.
    Question,
}

impl ActKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Slip, Self::Certificate, Self::Case, Self::CardPin, Self::Question];

    /// As it stands in journal and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slip => "slip",
            Self::Certificate => "certificate",
            Self::Case => "case",
            Self::CardPin => "card_pin",
            Self::Question => "question",
        }
    }

    /// How it ends where nothing came of it.
    #[must_use]
    pub const fn not_done(self) -> Outcome {
        match self {
            Self::Slip | Self::Certificate => Outcome::NotPrinted,
            Self::Case | Self::Question => Outcome::NotFiled,
            Self::CardPin => Outcome::NotChanged,
        }
    }

    /// The kind of that name in journal and messages.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Every place at which it makes a difference that the power goes, in the order in which an act passes them. The matrix of
    /// crashes is made from this list.
    #[must_use]
    pub const fn boundaries(self) -> &'static [Boundary] {
        use Boundary::{
            Acknowledged, Asked, Drawn, Intended, Issued, Noted, Performed, Sending, Settled, Told, Wanted,
        };
        match self {
            Self::Slip | Self::CardPin | Self::Question => {
                &[Wanted, Intended, Sending, Performed, Settled, Told, Acknowledged, Noted]
            }
            Self::Certificate => {
                &[Wanted, Intended, Drawn, Issued, Sending, Performed, Settled, Told, Acknowledged, Noted]
            }
            Self::Case => &[Wanted, Intended, Sending, Performed, Settled, Told, Acknowledged, Noted, Asked],
        }
    }
}

/// A place in the course of an act, between two steps that a crash can tear apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boundary {
    /// It is wanted; nothing on disk knows of it.
    Wanted,
    /// The intent is durable.
    Intended,
    /// The agency has issued the document; the journal does not say so.
    Drawn,
    /// The journal says so, and the document is here.
    Issued,
    /// The journal says that it goes out now; nothing has.
    Sending,
    /// It is done, or known not to be; the journal does not say so.
    Performed,
    /// The outcome is durable; nobody has been told.
    Settled,
    /// The citizen's page has its result; the agency has not been told.
    Told,
    /// The agency has acknowledged the outcome; the journal does not say so.
    Acknowledged,
    /// The journal says so: nothing is left to do.
    Noted,
    /// Of an act whose end was unknown: the agency has said what became of it; the journal does not say so.
    Asked,
}

impl Boundary {
    /// Its name; for those that are phases, as it stands in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Intended => "intended",
            Self::Drawn => "drawn",
            Self::Issued => "issued",
            Self::Sending => "sending",
            Self::Performed => "performed",
            Self::Settled => "settled",
            Self::Told => "told",
            Self::Acknowledged => "acknowledged",
            Self::Noted => "noted",
            Self::Asked => "asked",
        }
    }
}
