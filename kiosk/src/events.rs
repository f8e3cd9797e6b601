//! The closed list of log events. A field is a number, a code from a closed list or an id that names no person; a new
//! event is a new variant here, and nowhere else does the terminal log.

use contract::message::Outcome;
use contract::problem::ProblemCode;
use hal::Code;

/// Everything the terminal may write into its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program runs.
    Started,
    /// A visit began.
    VisitOpened {
        /// Counts visits since the program started.
        visit: u64,
    },
    /// A visit ended.
    VisitEnded {
        /// Which one.
        visit: u64,
        /// Why.
        why: VisitEnd,
    },
    /// A page was shown.
    PageShown {
        /// Its stable name.
        page: &'static str,
    },
    /// An input did not apply and was refused.
    Refused {
        /// Why.
        reason: &'static str,
    },
    /// A device reports a fault.
    Fault {
        /// Which.
        code: Code,
    },
    /// A device works again.
    FaultCleared {
        /// Which device.
        device: &'static str,
    },
    /// A card that nobody took was kept.
    CardKept {
        /// Cards in the bin now.
        count: u16,
    },
    /// A contact of the cabinet has changed. Who stands before it is not written down.
    Contact {
        /// What it stands for.
        sensor: &'static str,
        /// Whether that is so now.
        active: bool,
    },
    /// The agency said no, or nothing.
    AgencyRefused {
        /// Its reason.
        code: ProblemCode,
    },
    /// The agency could not be reached or understood.
    AgencyFailed {
        /// How.
        how: &'static str,
    },
    /// An answer did not belong to this visit or this person.
    BindingMismatch {
        /// Which visit.
        visit: u64,
    },
    /// An act was written into the journal and begins.
    ActBegun {
        /// Its id.
        act: String,
    },
    /// An act ended.
    ActEnded {
        /// Its id.
        act: String,
        /// How.
        outcome: Outcome,
    },
    /// The journal could not be written; the act was not performed.
    JournalFailed,
}

/// Why a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitEnd {
    /// The citizen said so.
    Left,
    /// The card was taken before anybody was identified.
    CardTaken,
    /// The card did not come back within the grace.
    CardNotBack,
    /// Another card was inserted.
    OtherCard,
    /// Somebody else's credential was presented.
    OtherPerson,
    /// Nobody answered the warning.
    Idle,
    /// It took longer than a visit may.
    TooLong,
    /// The building's fire alarm.
    FireAlarm,
    /// Power or cabinet forbid to go on.
    Suspended(Code),
}

impl VisitEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::CardTaken => "card_taken",
            Self::CardNotBack => "card_not_back",
            Self::OtherCard => "other_card",
            Self::OtherPerson => "other_person",
            Self::Idle => "idle",
            Self::TooLong => "too_long",
            Self::FireAlarm => "fire_alarm",
            Self::Suspended(code) => code.as_str(),
        }
    }

    /// What its person should be told about it, if they did not end it themselves.
    #[must_use]
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Suspended(code) => Some(code),
            _ => None,
        }
    }
}

/// Writes an event into the log.
pub fn write(event: &Event) {
    use tracing::{info, warn};
    match event {
        Event::Started => info!(event = "started"),
        Event::VisitOpened { visit } => info!(event = "visit_opened", visit),
        Event::VisitEnded { visit, why } => info!(event = "visit_ended", visit, why = why.as_str()),
        Event::PageShown { page } => info!(event = "page_shown", page),
        Event::Refused { reason } => info!(event = "refused", reason),
        Event::Fault { code } => warn!(event = "fault", code = code.as_str()),
        Event::FaultCleared { device } => info!(event = "fault_cleared", device),
        Event::CardKept { count } => warn!(event = "card_kept", count),
        Event::Contact { sensor, active } => info!(event = "contact", sensor, active),
        Event::AgencyRefused { code } => info!(event = "agency_refused", code = code.as_str()),
        Event::AgencyFailed { how } => warn!(event = "agency_failed", how),
        Event::BindingMismatch { visit } => warn!(event = "binding_mismatch", visit),
        Event::ActBegun { act } => info!(event = "act_begun", act),
        Event::ActEnded { act, outcome } => info!(event = "act_ended", act, outcome = outcome.as_str()),
        Event::JournalFailed => warn!(event = "journal_failed"),
    }
}

/// Sends the log to standard error, one JSON-free line an event; the service manager keeps it.
pub fn to_stderr() {
    let filter = tracing_subscriber::EnvFilter::new("kiosk=info");
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    // A second call keeps the first writer.
    let _already_set = lines.with_target(false).try_init();
}
