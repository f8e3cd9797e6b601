//! What a terminal would say after a power cut, compared with what the world outside had seen by then.
//!
//! A cut falls between an earliest and a latest moment. What must be known is measured at the latest, what must not be claimed at the earliest.

use std::collections::BTreeSet;
use std::path::Path;

use contract::message::Outcome;
use kiosk::clock::Now;
use kiosk::crypto::person::PersonKey;
use kiosk::journal::{Journal, JournalError, Row};
use kiosk::kept::Shelf;
use kiosk::session::ActKind;

use super::replay::Image;
use super::trace::Story;
use super::{Kind, is_done};
use crate::ground::TERMINAL;

/// What is wrong with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// An act whose effect may have begun has no row, what the citizen was told stands otherwise, the audit does not say that records were
    /// shown which had been, or the key is gone under which a person stands there: nobody finds them any more.
    Lost,
    /// An act id that somebody outside has seen would be given again.
    Doubled,
    /// A row says what had not happened, or that it did not happen though it had.
    Untrue,
    /// The audit's chain is broken, or tells otherwise than the journal.
    Audit,
    /// The terminal does not start on it, or what it has kept of the agency's is half a file.
    Unreadable,
}

/// What a terminal finds.
#[derive(Clone, Debug)]
pub struct Found {
    /// The act's outcome once the terminal has started, or [`NO_ROW`]; of a visit without an act [`NOTED`], or `no line`.
    pub outcome: String,
    /// How far the act had got; empty where there is no row.
    pub phase: String,
    /// Everything that is wrong.
    pub wrong: BTreeSet<Wrong>,
    /// In words, for whoever looks.
    pub why: String,
}

/// The act never came into the journal.
pub const NO_ROW: &str = "no row";
/// The audit says that records were shown.
pub const NOTED: &str = "noted";

/// Some minutes later.
const NOW: Now = Now { elapsed_ms: 1, unix_ms: 1_795_399_500_000 };

/// Starts on the image, which lies in `folder`, as the terminal does, and judges what it finds.
#[must_use]
pub fn judge(image: &Image, folder: &Path, story: &Story, kind: &Kind) -> Found {
    // What stands there before the start settles it; a file that is not one yet has no rows.
    let phase = Journal::look(folder).and_then(|journal| journal.rows()).unwrap_or_default();
    let phase = phase.into_iter().find(|row| row.act == story.act).map(|row| row.phase).unwrap_or_default();
    match look(image, folder, story, kind) {
        Ok(found) => Found { phase, ..found },
        Err(why) => {
            Found { outcome: "does not start".to_owned(), phase, wrong: BTreeSet::from([Wrong::Unreadable]), why }
        }
    }
}

fn look(image: &Image, folder: &Path, story: &Story, kind: &Kind) -> Result<Found, String> {
    let text = |error: JournalError| error.to_string();
    kept(folder)?;
    let journal = Journal::open(folder, "ffffffff", TERMINAL, NOW).map_err(text)?;
    let has_key = PersonKey::read(folder).is_ok();
    // Makes one where there is none, and takes no half of one.
    PersonKey::open(folder).map_err(|why| why.to_string())?;
    let rows = journal.rows().map_err(text)?;
    let mut wrong = BTreeSet::new();
    wrong.extend((!has_key && rows.iter().any(|row| row.person.is_some())).then_some(Wrong::Lost));
    let row = rows.iter().find(|row| row.act == story.act);
    let noted = records_noted(&journal).map_err(text)?;
    let without = match (kind.act, noted) {
        (Some(_), _) => NO_ROW,
        (None, 0) => "no line",
        (None, _) => NOTED,
    };
    let outcome = row.map_or(without, |row| row.outcome.as_deref().unwrap_or("open"));
    let ended = Outcome::parse(outcome);
    let (epoch, next) = (journal.epoch().map_err(text)?, journal.next_sequence().map_err(text)?);
    if story.sent.is_some_and(|sent| sent <= image.latest) {
        let same_epoch = story.act.starts_with(&format!("{TERMINAL}-{epoch}-"));
        wrong.extend(row.is_none().then_some(Wrong::Lost));
        wrong.extend((same_epoch && next <= sequence(&story.act)).then_some(Wrong::Doubled));
    }
    let seen = story.shown.iter().filter(|at| **at <= image.latest).count();
    wrong.extend((noted < seen).then_some(Wrong::Lost));
    // What somebody was told must stand there, or what is known since.
    let must_know = story.told.iter().rposition(|(at, _)| *at <= image.latest);
    let knows = |from: usize| story.told.iter().skip(from).any(|(_, told)| Some(*told) == ended);
    wrong.extend(must_know.filter(|from| !knows(*from)).map(|_| Wrong::Lost));
    // The row stands from the moment of the cut, which may have been the earliest.
    let done = kind.act.zip(ended).is_some_and(|(act, outcome)| is_done(act, outcome));
    if done && story.happened.is_none_or(|happened| image.earliest <= happened) {
        wrong.insert(Wrong::Untrue);
    }
    let not_done = kind.act.is_some_and(|act| ended == Some(act.not_done()));
    if not_done && story.happened.is_some_and(|happened| happened <= image.latest) {
        wrong.insert(Wrong::Untrue);
    }
    wrong.extend(parcels(&journal, image, story, kind, ended).map_err(text)?);
    let audit = audit(&journal, folder, &rows);
    wrong.extend(audit.as_ref().err().map(|_| Wrong::Audit));
    let records = format!("records seen {seen} times, noted {noted}");
    let key = if has_key { "" } else { " no key for persons," };
    let why = format!("{outcome}, next {next},{key} {records}, {}", audit.err().unwrap_or_default());
    Ok(Found { outcome: outcome.to_owned(), phase: String::new(), wrong, why })
}

/// The old one, the new one, or none: never a part of one. Whose it is does not matter here.
fn kept(folder: &Path) -> Result<(), String> {
    let shelf = Shelf::at(folder, "", u64::MAX);
    shelf.catalogue().map(drop).map_err(|why| format!("the catalogue that was kept {why}"))?;
    shelf.calendar().map(drop).map_err(|why| format!("the calendar that was kept {why}"))
}

fn sequence(act: &str) -> u64 {
    act.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
}

/// What goes later goes, once: a case that is queued is in the outbox, one that is not to be filed is not; and a filed case has its records there,
/// or the agency has them.
fn parcels(
    journal: &Journal,
    image: &Image,
    story: &Story,
    kind: &Kind,
    ended: Option<Outcome>,
) -> Result<Option<Wrong>, JournalError> {
    let parcels = journal.parcels()?;
    let is_there = |what: &str| parcels.iter().any(|[kind, key, ..]| kind == what && *key == story.act);
    let records = || is_there("archive") || story.recorded.is_some_and(|at| at <= image.latest);
    Ok(match ended {
        Some(Outcome::Queued) if !is_there("case") => Some(Wrong::Lost),
        Some(Outcome::Filed) if kind.act == Some(ActKind::Case) && !records() => Some(Wrong::Lost),
        Some(Outcome::NotFiled) if is_there("case") => Some(Wrong::Untrue),
        _ => None,
    })
}

/// How often the audit says that records were shown.
fn records_noted(journal: &Journal) -> Result<usize, JournalError> {
    let mut times = 0;
    journal.moment()?.lines(1, |line| times += usize::from(line.text.contains(" event=records_shown ")))?;
    Ok(times)
}

/// The chain is whole, and each act was begun once and ended as its row says.
fn audit(journal: &Journal, folder: &Path, rows: &[Row]) -> Result<(), String> {
    let (_, broken) = kiosk::audit::tool::verify(folder, None).map_err(|error| error.to_string())?;
    if let Some(broken) = broken.first() {
        return Err(broken.to_string());
    }
    let mut lines = Vec::new();
    let read = journal.moment().and_then(|moment| moment.lines(1, |line| lines.push(line.text)));
    read.map_err(|error| error.to_string())?;
    let of = |event: &str| lines.iter().filter(|text| text.contains(event)).collect::<Vec<_>>();
    if of(" event=act_begun ").len() != rows.len() {
        return Err(format!("{} acts were begun, {} have rows", of(" event=act_begun ").len(), rows.len()));
    }
    for row in rows {
        let ended = of(&format!(" event=act_ended act={} ", row.act));
        let told = ended.last().and_then(|text| text.rsplit_once(" outcome=")).map(|(_, outcome)| outcome);
        if of(&format!(" event=act_begun act={} ", row.act)).len() != 1 || told != row.outcome.as_deref() {
            return Err(format!("{} ended as {told:?} there", row.act));
        }
    }
    Ok(())
}
