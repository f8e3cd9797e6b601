//! What stands where after a crash, and what is wrong with it. Pure: facts in, findings out. Judged by what the world, the journal, the agency and
//! the glass say of each other; of the boundary only what it promises by its meaning.

use std::fmt;

use contract::message::Outcome;
use kiosk::events::By;
use kiosk::session::{ActKind, Boundary};

/// What stands where, once the terminal has been started again, has come to rest and has served the next visit.
#[derive(Clone, Debug)]
pub struct Stand {
    /// What was being done.
    pub kind: ActKind,
    /// Where the power went.
    pub boundary: Boundary,
    /// The act's rows in the journal.
    pub journal: Vec<Kept>,
    /// What the agency has been told of it.
    pub agency: Vec<Heard>,
    /// Under how many acts the agency has issued a document.
    pub drawn: usize,
    /// How often it was done: papers that came out, PINs that hold, cases and questions in the agency's books.
    pub done: usize,
    /// The page on the glass when the power went.
    pub glass: String,
    /// What is wrong with the audit, or where it disagrees with the journal.
    pub audit: Option<String>,
    /// The highest sequence of an act that anybody had seen before the next visit.
    pub seen: u64,
    /// The one that visit's act got, if it came to one.
    pub next: Option<u64>,
    /// Why the next visit was not served.
    pub not_served: Option<String>,
}

/// A row of the journal.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Empty where it has none.
    pub outcome: String,
    /// Whether the agency's acknowledgement is noted.
    pub told: bool,
    /// Who has said so.
    pub by: String,
}

/// A row of the agency's.
#[derive(Clone, Debug)]
pub struct Heard {
    /// What it was told last.
    pub outcome: String,
    /// How often it was told.
    pub times: u64,
}

/// What a crash has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Something happened or was known, and is not known any more.
    Lost(String),
    /// Something stands twice.
    Doubled(String),
    /// Somebody says what is not so.
    Untrue(String),
    /// Whoever came next was not served.
    NotServed(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(what) => write!(f, "LOST: {what}."),
            Self::Doubled(what) => write!(f, "DOUBLED: {what}."),
            Self::Untrue(what) => write!(f, "UNTRUE: {what}."),
            Self::NotServed(why) => write!(f, "NOT SERVED: {why}."),
        }
    }
}

/// How an act of this kind ends when it is done.
#[must_use]
pub const fn good_outcome(kind: ActKind) -> Outcome {
    match kind {
        ActKind::Slip | ActKind::Certificate => Outcome::Printed,
        ActKind::Case | ActKind::Question => Outcome::Filed,
        ActKind::CardPin => Outcome::Changed,
    }
}

/// The page that tells the citizen so.
const fn good_page(kind: ActKind) -> &'static str {
    match kind {
        ActKind::Slip | ActKind::Certificate => "printed",
        ActKind::Case => "filed",
        ActKind::Question => "question-left",
        ActKind::CardPin => "pin-changed",
    }
}

/// Who can be asked later what became of it, so that nothing may stay unknown. A page printer knows only the jobs that it has had.
pub(super) fn can_be_asked(kind: ActKind, boundary: Boundary) -> Option<By> {
    match kind {
        ActKind::Case => Some(By::Agency),
        ActKind::Certificate => (boundary >= Boundary::Performed).then_some(By::Printer),
        ActKind::Slip | ActKind::CardPin | ActKind::Question => None,
    }
}

/// Everything that is wrong.
#[must_use]
pub fn judge(stand: &Stand) -> Vec<Finding> {
    let lost = lost(stand).into_iter().map(|what| Finding::Lost(what.to_owned()));
    let doubled = doubled(stand).into_iter().map(|what| Finding::Doubled(what.to_owned()));
    let untrue = untrue(stand).into_iter().map(Finding::Untrue);
    lost.chain(doubled).chain(untrue).chain(stand.not_served.clone().map(Finding::NotServed)).collect()
}

fn lost(stand: &Stand) -> Vec<&'static str> {
    let Stand { kind, boundary, journal, agency, done, drawn, .. } = stand;
    let unknown = journal.iter().any(|row| row.outcome == Outcome::Unknown.as_str());
    let asked = can_be_asked(*kind, *boundary).is_some();
    let said = [
        (journal.is_empty() && *boundary >= Boundary::Intended, "the journal does not know what was begun"),
        (journal.is_empty() && done + drawn > 0, "the journal does not know what was done"),
        (journal.iter().any(|row| row.outcome.is_empty()), "the act stays unsettled"),
        (unknown && *boundary >= Boundary::Settled && !asked, "the outcome was durable, and is forgotten"),
        (unknown && asked, "nobody has asked what became of it"),
        (*boundary >= Boundary::Performed && *done == 0, "it was done, and is gone"),
        (journal.iter().any(|row| !row.told), "the journal does not know that the agency has been told"),
        (agency.len() < journal.len(), "the agency was not told"),
    ];
    said.into_iter().filter_map(|(is_so, what)| is_so.then_some(what)).collect()
}

fn doubled(stand: &Stand) -> Vec<&'static str> {
    let Stand { boundary, journal, agency, done, drawn, seen, next, .. } = stand;
    let noted = *boundary == Boundary::Noted && agency.iter().any(|told| told.times > 1);
    let said = [
        (journal.len() > 1, "the journal has it twice"),
        (agency.len() > 1, "the agency was told of two acts"),
        (*done > 1, "it was done twice"),
        (*drawn > 1, "the document was issued under two acts"),
        (noted, "the agency was told again what it had acknowledged"),
        (next.is_some_and(|next| next <= *seen), "the next act has an id that was used before"),
    ];
    said.into_iter().filter_map(|(is_so, what)| is_so.then_some(what)).collect()
}

fn untrue(stand: &Stand) -> Vec<String> {
    let Stand { kind, boundary, journal, agency, done, glass, audit, .. } = stand;
    let (good, not_done) = (good_outcome(*kind).as_str(), kind.not_done().as_str());
    let mut said = Vec::new();
    if *boundary < Boundary::Intended && !journal.is_empty() {
        said.push("the journal tells of an act that was never begun".to_owned());
    }
    // It died before it could write that down itself.
    let later = [Boundary::Performed, Boundary::Asked].contains(boundary);
    let asked = can_be_asked(*kind, *boundary).filter(|_| later).map(|by| by.to_string());
    for Kept { outcome, by, .. } in journal {
        let outcome = outcome.as_str();
        if outcome == good && asked.as_ref().is_some_and(|asked| asked != by) {
            said.push(format!("the journal says that it was {by} who said {outcome}, and only another could"));
        }
        if outcome == good && *done == 0 || outcome == not_done && *done > 0 {
            said.push(format!("the journal says {outcome}, and it was done {done} times"));
        }
        if ![good, not_done, Outcome::Unknown.as_str(), ""].contains(&outcome) {
            said.push(format!("the journal says {outcome}, which is no end of a {}", kind.as_str()));
        }
    }
    if let Some(told) = agency.iter().find(|told| journal.iter().all(|row| row.outcome != told.outcome)) {
        said.push(format!("the agency was told {}, which the journal does not say", told.outcome));
    }
    if glass == good_page(*kind) && (*done == 0 || journal.iter().all(|row| row.outcome != good)) {
        said.push(format!("the citizen was told {glass}"));
    }
    said.extend(audit.clone());
    said
}

/// Headings of [`Stand::columns`].
pub const HEADINGS: [&str; 5] = ["glass", "journal", "agency has heard", "in the world", "next act"];

impl Stand {
    /// As it is printed.
    #[must_use]
    pub fn columns(&self) -> [String; 5] {
        let rows = self.journal.iter().map(|row| format!("{}{}", row.outcome, if row.told { ", told" } else { "" }));
        let heard = self.agency.iter().map(|told| format!("{} x{}", told.outcome, told.times));
        let or_nothing = |text: String| if text.is_empty() { "-".to_owned() } else { text };
        let world = match self.kind {
            ActKind::Slip => format!("{} slips", self.done),
            ActKind::Certificate => format!("{} issued, {} papers", self.drawn, self.done),
            ActKind::Case => format!("{} cases", self.done),
            ActKind::CardPin => format!("{} new PINs", self.done),
            ActKind::Question => format!("{} questions", self.done),
        };
        let next = self.next.map_or_else(|| "none".to_owned(), |next| next.to_string());
        [
            self.glass.clone(),
            or_nothing(rows.collect::<Vec<_>>().join("; ")),
            or_nothing(heard.collect::<Vec<_>>().join("; ")),
            world,
            format!("{next} after {}", self.seen),
        ]
    }
}
