//! The closed list of events: the one source of what the terminal writes into its log and its audit. A new event is a new row here; nowhere
//! else does the terminal log. `kiosk/EVENTS.md` is this list for people.
//!
//! A field is a number, a word of a closed list, or a name that stands for no person: another type does not compile ([`Logged`] is
//! implemented in this file only). The log takes nothing from other crates, whatever they say.

mod by;
mod visit_end;

use std::sync::OnceLock;

use contract::catalogue::Evidence;
use contract::format::{holds_number, is_card_number};
use contract::message::Outcome;
use contract::problem::ProblemCode;
use hal::Code;

pub use by::By;
pub use visit_end::VisitEnd;

use crate::crypto::person::Pseudonym;

/// What may stand in a field. Private, so that no other file can admit a type.
trait Logged {
    /// What it is, for the list.
    const KIND: &'static str;
    /// How it is written: letters, digits and `-._:` only, so that a line can be cut at its blanks.
    fn text(&self) -> String;
}

macro_rules! logged {
    ($($type:ty, $kind:literal, $text:expr;)+) => {
        $(impl Logged for $type {
            const KIND: &'static str = $kind;
            fn text(&self) -> String {
                let text: fn(&$type) -> String = $text;
                text(self)
            }
        })+
    };
}

logged! {
    u64, "number", |number| number.to_string();
    u16, "number", |number| number.to_string();
    bool, "yes or no", |yes| if *yes { "yes" } else { "no" }.to_owned();
    &'static str, "word", |word| word.replace(' ', "_");
    Code, "fault code", |code| code.as_str().to_owned();
    ProblemCode, "problem code", |code| code.as_str().to_owned();
    Outcome, "outcome", |outcome| outcome.as_str().to_owned();
    VisitEnd, "why a visit ended", |why| why.as_str().to_owned();
    Evidence, "kind of evidence", |evidence| evidence.as_str().to_owned();
    Name, "machine's name", |name| name.0.clone();
    By, "who says so", |by| by.to_string();
    LineDigest, "digest of a line of the audit", |digest| digest.0.clone();
    Pseudonym, "person under the terminal's key", |person| person.as_str().to_owned();
}

/// A name made by a machine: of an act, an item or a source file. What has other signs becomes a question mark, and so does what may be
/// somebody's ID, account, telephone or card number by its looks; of shorter numbers, and of those cut apart, whoever makes one must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        let machine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(machine);
        let fits = fits && !holds_number(text) && !is_card_number(text);
        Self(if fits { text } else { "?" }.to_owned())
    }
}

/// The digest of a line of the audit: its algorithm, a colon, hexadecimal digits. Anything else becomes a question mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDigest(String);

impl From<&str> for LineDigest {
    fn from(text: &str) -> Self {
        let hexadecimal = |digits: &str| {
            (1..=128).contains(&digits.len()) && digits.bytes().all(|byte| b"0123456789abcdef".contains(&byte))
        };
        let fits = text.split_once(':').is_some_and(|(algorithm, digits)| {
            algorithm.bytes().all(|byte| byte.is_ascii_alphanumeric()) && hexadecimal(digits)
        });
        Self(if fits { text } else { "?" }.to_owned())
    }
}

/// Whose doing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The terminal itself, or what happens to it.
    Terminal,
    /// Whoever stands before it: the person concerned, or their agent from [`Event::ActsFor`] on.
    Citizen,
    /// A member of staff.
    Staff,
}

impl Actor {
    /// Stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Citizen => "citizen",
            Self::Staff => "staff",
        }
    }
}

/// An event for people.
pub struct Described {
    /// Stable name.
    pub name: &'static str,
    /// Whose doing it is.
    pub actor: Actor,
    /// Whether the audit keeps it; what it does not keep is in the log only.
    pub audited: bool,
    /// What it means.
    pub means: &'static str,
    /// Name, kind and meaning of each field.
    pub fields: &'static [(&'static str, &'static str, &'static str)],
}

macro_rules! is_audited {
    (audit) => {
        true
    };
    (log) => {
        false
    };
}

macro_rules! is_warning {
    (info) => {
        false
    };
    (warn) => {
        true
    };
}

macro_rules! events {
    ($(
        $(#[doc = $means:literal])+
        $variant:ident $({ $($(#[doc = $told:literal])+ $field:ident: $type:ty,)+ })? => $name:literal, $actor:ident, $kept:ident, $level:ident;
    )+) => {
        /// Everything the terminal may write down.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $($(#[doc = $means])+ $variant $({ $($(#[doc = $told])+ $field: $type,)+ })?,)+
        }

        /// Every event, as `kiosk/EVENTS.md` tells it.
        pub const DESCRIBED: &[Described] = &[$(Described {
            name: $name,
            actor: Actor::$actor,
            audited: is_audited!($kept),
            means: concat!($($means),+),
            fields: &[$($((stringify!($field), <$type as Logged>::KIND, concat!($($told),+)),)+)?],
        },)+];

        impl Event {
            /// `event=NAME`, and ` FIELD=TEXT` for each field.
            #[must_use]
            pub fn line(&self) -> String {
                let (name, fields): (&str, Vec<(&str, String)>) = match self {
                    $(Self::$variant $({ $($field,)+ })? => ($name, vec![$($((stringify!($field), $field.text()),)+)?]),)+
                };
                fields.iter().fold(format!("event={name}"), |line, (field, text)| format!("{line} {field}={text}"))
            }

            /// Whose doing it is as a rule, where the audit keeps it.
            const fn kept(&self) -> Option<Actor> {
                match self {
                    $(Self::$variant $({ $($field: _,)+ })? => if is_audited!($kept) { Some(Actor::$actor) } else { None },)+
                }
            }

            const fn is_warning(&self) -> bool {
                match self { $(Self::$variant $({ $($field: _,)+ })? => is_warning!($level),)+ }
            }
        }
    };
}

events! {
    /// The program runs.
    Started => "started", Terminal, audit, info;
    /// A thread has panicked. The program begins anew, or ends after too many; the next start tells of it (`begun_anew`).
    Panicked {
        /// In which file.
        place: Name,
        /// On which line of it.
        line: u64,
    } => "panicked", Terminal, log, warn;
    /// The program runs again after a panic.
    BegunAnew {
        /// In which file that was.
        place: Name,
        /// On which line of it.
        line: u64,
        /// How many there have been within two minutes.
        times: u64,
    } => "begun_anew", Terminal, audit, warn;
    /// The terminal begins with what the agency had made public before: it was kept on the disk.
    Remembered {
        /// `catalogue` or `calendar`.
        what: &'static str,
        /// How many hours ago the agency last said so; 0 for less than one, and where the clock has been set back.
        hours: u64,
    } => "remembered", Terminal, audit, info;
    /// What was kept of the agency's on the disk cannot be used; the terminal begins without it.
    NotRemembered {
        /// `catalogue` or `calendar`.
        what: &'static str,
        /// `disk`, `too_large`, `damaged` or `refused`.
        why: &'static str,
    } => "not_remembered", Terminal, audit, warn;
    /// What the agency makes public could not be kept on the disk; the next start may be without it.
    NotKept {
        /// `catalogue` or `calendar`.
        what: &'static str,
    } => "not_kept", Terminal, log, warn;
    /// A visit began.
    VisitOpened {
        /// Counts visits since the program started.
        visit: u64,
    } => "visit_opened", Citizen, audit, info;
    /// It is known who the visit's person is.
    SignedIn {
        /// Which visit.
        visit: u64,
        /// What they showed.
        by: Evidence,
        /// Who it is, for whoever knows the number already.
        person: Pseudonym,
    } => "signed_in", Citizen, audit, info;
    /// From here the visit's person acts for somebody who has authorised them.
    ActsFor {
        /// Which visit.
        visit: u64,
        /// For whom, for whoever knows the number already.
        person: Pseudonym,
    } => "acts_for", Citizen, audit, info;
    /// A member of staff has seen the visit's person; the agency knows who.
    Witnessed {
        /// Which visit.
        visit: u64,
    } => "witnessed", Staff, audit, info;
    /// Records of the person concerned were shown, or were about to be when the visit ended.
    RecordsShown {
        /// Which visit.
        visit: u64,
        /// Which item's.
        item: Name,
    } => "records_shown", Citizen, audit, info;
    /// A document was checked without the agency; whose it is, nobody was asked.
    CheckedOffline {
        /// Which visit.
        visit: u64,
        /// For which item.
        item: Name,
        /// `seal-signed`, `seal-wrong`, `seal-unknown-key`, `no-seal` or `code-only`.
        found: &'static str,
    } => "checked_offline", Citizen, audit, info;
    /// A visit ended.
    VisitEnded {
        /// Which one.
        visit: u64,
        /// Why.
        why: VisitEnd,
    } => "visit_ended", Citizen, audit, info;
    /// A page was shown.
    PageShown {
        /// Its stable name.
        page: &'static str,
    } => "page_shown", Terminal, log, info;
    /// An input did not apply and was refused.
    Refused {
        /// Why.
        reason: &'static str,
    } => "refused", Terminal, log, info;
    /// A device reports a fault, or something else is wrong.
    Fault {
        /// Which.
        code: Code,
    } => "fault", Terminal, audit, warn;
    /// A device works again, or something else that was wrong no longer is.
    FaultCleared {
        /// Which device; what no device has, by its fault code.
        device: &'static str,
    } => "fault_cleared", Terminal, audit, info;
    /// A card that nobody took was kept.
    CardKept {
        /// Cards in the bin now.
        count: u16,
    } => "card_kept", Terminal, audit, warn;
    /// A contact of the cabinet has changed. Who stands before it is not written down.
    Contact {
        /// What it stands for.
        sensor: &'static str,
        /// Whether that is so now.
        active: bool,
    } => "contact", Terminal, audit, info;
    /// The agency said no.
    AgencyRefused {
        /// Its reason.
        code: ProblemCode,
    } => "agency_refused", Terminal, audit, info;
    /// The agency could not be reached or understood, or offers nothing that can be done here today.
    AgencyFailed {
        /// How.
        how: &'static str,
    } => "agency_failed", Terminal, log, warn;
    /// An answer did not belong to this visit or this person; nothing of it was shown.
    BindingMismatch {
        /// Which visit.
        visit: u64,
    } => "binding_mismatch", Terminal, audit, warn;
    /// An act was written into the journal and begins.
    ActBegun {
        /// Its id.
        act: Name,
        /// `slip`, `certificate`, `case`, `question` or `card_pin`.
        kind: &'static str,
        /// Which item's.
        item: Name,
        /// Which visit; 0 in nobody's name.
        visit: u64,
    } => "act_begun", Citizen, audit, info;
    /// An act ended, or it became known how.
    ActEnded {
        /// Its id.
        act: Name,
        /// `terminal`, `agency`, `printer`, or a member of staff by 工号, whose doing it is then.
        by: By,
        /// How.
        outcome: Outcome,
    } => "act_ended", Terminal, audit, info;
    /// The journal could not be written, or something not sealed for it: an act was not begun, or what was to stand there is owed or missing.
    JournalFailed => "journal_failed", Terminal, log, warn;
    /// Something that could wait is with the agency.
    ParcelDelivered {
        /// What was in it.
        kind: &'static str,
    } => "parcel_delivered", Terminal, audit, info;
    /// The agency does not take what was kept for it. It stays here; an opinion is forgotten.
    ParcelRefused {
        /// What is in it.
        kind: &'static str,
        /// Why.
        code: ProblemCode,
    } => "parcel_refused", Terminal, audit, warn;
    /// Somebody has a refused parcel sent again.
    ParcelSentAgain {
        /// What is in it.
        kind: &'static str,
        /// Its name; of a draft, none.
        key: Name,
        /// Who, by 工号.
        by: By,
    } => "parcel_sent_again", Staff, audit, info;
    /// Somebody has taken care of a refused parcel otherwise, and it is forgotten.
    ParcelDropped {
        /// What was in it.
        kind: &'static str,
        /// Its name; of a draft, none.
        key: Name,
        /// Who, by 工号.
        by: By,
    } => "parcel_dropped", Staff, audit, info;
    /// Lines of the audit are kept elsewhere, too: from here on they are not missed if this disk breaks, and may be pruned once they are old.
    AuditAcknowledged {
        /// Up to which line.
        up_to: u64,
        /// Of that line.
        digest: LineDigest,
        /// `agency`, which has them sealed to the auditor, or a member of staff by 工号, whose doing it is then.
        by: By,
    } => "audit_acknowledged", Terminal, audit, info;
    /// The oldest lines of the audit were deleted here, with the acts that they told of; both were old, and the lines are kept elsewhere.
    AuditPruned {
        /// Up to which line; the chain goes on from it.
        up_to: u64,
        /// Of that line.
        digest: LineDigest,
        /// How many acts went with them.
        acts: u64,
    } => "audit_pruned", Terminal, audit, info;
    /// What was to be kept here could not be written for a while, and there was no more room to let it wait.
    EventsLost {
        /// How many events.
        count: u64,
    } => "events_lost", Terminal, audit, warn;
}

impl Event {
    /// Whose doing it is, where the audit keeps it. What somebody of the staff says is theirs, also where it is a machine's word as a rule.
    #[must_use]
    pub const fn audited(&self) -> Option<Actor> {
        match self {
            Self::ActEnded { by: By::Staff(_), .. } | Self::AuditAcknowledged { by: By::Staff(_), .. } => {
                Some(Actor::Staff)
            }
            other => other.kept(),
        }
    }
}

/// Takes what is to be kept. It must not wait.
type Keeper = Box<dyn Fn(&Event) + Send + Sync>;

/// As with the log, one for the whole program.
static AUDIT: OnceLock<Keeper> = OnceLock::new();

/// From here on, what the audit keeps is handed to `keeper`, in the order in which it is written.
pub fn keep_with(keeper: impl Fn(&Event) + Send + Sync + 'static) {
    // A second call keeps the first keeper, as with the log.
    let _already_set = AUDIT.set(Box::new(keeper));
}

/// Writes an event into the log, and into the audit if that keeps it.
pub fn write(event: &Event) {
    log(event);
    if let Some(keep) = AUDIT.get().filter(|_| event.audited().is_some()) {
        keep(event);
    }
}

/// Writes an event into the log only: the journal keeps its own in the audit, with the act they are about.
pub fn log(event: &Event) {
    let line = event.line();
    if event.is_warning() {
        tracing::warn!("{line}");
    } else {
        tracing::info!("{line}");
    }
}

/// Sends the log to standard error, one line an event; the service manager keeps it. What is not written here is not written: a dependency
/// may put anything into its own lines.
pub(crate) fn to_stderr() {
    // A second call keeps the first writer.
    let _already_set = tracing::subscriber::set_global_default(lines(std::io::stderr));
}

fn lines<W>(writer: W) -> impl tracing::Subscriber + Send + Sync + 'static
where
    W: for<'writer> tracing_subscriber::fmt::MakeWriter<'writer> + Send + Sync + 'static,
{
    let filter = tracing_subscriber::EnvFilter::new("kiosk::events=info");
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).with_target(false).finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_writes_into_the_log() {
        let file = std::env::temp_dir().join(format!("kiosk-log-{}", std::process::id()));
        tracing::subscriber::with_default(lines(std::fs::File::create(&file).unwrap()), || {
            tracing::error!(target: "reqwest", "GET /v1/people/190001196705120015");
            tracing::warn!(target: "kiosk::agency", "no event");
            log(&Event::Started);
        });
        let told = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(file).unwrap();
        assert!(told.ends_with(" event=started\n") && told.lines().count() == 1, "{told}");
    }
}
