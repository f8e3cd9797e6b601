//! What the witnesses say after a visit, read as it stands before anything is compared: pages, journal, audit, the agency's database, the
//! paper, the log, the card. `sentences` judges it. Must never compare: a falsified testimony is how a judge is tried.

use std::path::Path;

use kiosk::events::DESCRIBED;

use super::{Play, paper, witness};
use crate::people;
use crate::terminal::child::STRANGERS;

/// An act, as one side has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Act {
    /// Its id.
    pub id: String,
    /// `slip`, `certificate`, `case`, `card_pin` or `question`.
    pub kind: String,
    /// Item id.
    pub item: String,
    /// How it ended; empty while nobody has said.
    pub outcome: String,
    /// Why it is not done, where it is not.
    pub code: String,
}

/// A case at the agency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filed {
    /// Act id under which it was filed.
    pub act: String,
    /// Item id.
    pub item: String,
    /// Digest of everything that was asked for, the visit included.
    pub request: String,
}

/// Something that went, or goes, to the agency by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parcel {
    /// `archive`, `case`, `draft`, `evaluation`, `answers` or what becomes of the audit.
    pub kind: String,
    /// Names it, with its kind; of an archive or a case the act id.
    pub key: String,
    /// `held`, `ready` or `refused` where it waits here; empty where the agency has it.
    pub state: String,
}

/// Which PINs a card takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holds {
    /// The one it had when the visit began.
    pub old: bool,
    /// The one that was chosen in the visit.
    pub new: bool,
}

/// Everything that was said. Lists are whole, from the terminal's first day on; `before` tells where this visit begins.
#[derive(Clone, Debug, Default)]
pub struct Testimony {
    /// Pages of this visit, in order, repeats left out.
    pub pages: Vec<String>,
    /// How many acts the journal had before it.
    pub before: usize,
    /// The journal.
    pub journal: Vec<Act>,
    /// Act and outcome of each line of the audit that tells an end, in order.
    pub ended: Vec<(String, String)>,
    /// Act and outcome of which the journal says that somebody was shown it.
    pub shown: Vec<(String, String)>,
    /// Whether the power went: then the terminal may not have come to write that down.
    pub cut: bool,
    /// What is wrong with the audit, if anything is.
    pub broken_audit: Option<String>,
    /// The agency's book of acts.
    pub book: Vec<Act>,
    /// The agency's cases.
    pub cases: Vec<Filed>,
    /// Acts under which questions lie at the agency.
    pub questions: Vec<String>,
    /// Acts under which documents were issued.
    pub issues: Vec<String>,
    /// Act and request id of each call by which the agency was asked to take a case or a question; of one that the line has doubled, twice.
    pub asked: Vec<(String, String)>,
    /// Kind of each parcel of which the audit says that the agency has it.
    pub handed: Vec<String>,
    /// What waits in the terminal.
    pub waiting: Vec<Parcel>,
    /// The agency's parcels.
    pub parcels: Vec<Parcel>,
    /// The act that stands on each receipt; `None` on a torn one.
    pub receipts: Vec<Option<String>>,
    /// The act that each document's job was named after.
    pub documents: Vec<Option<String>>,
    /// What was shown that belongs to somebody else, each with its page.
    pub strangers: Vec<String>,
    /// What stands in the log that belongs to somebody, and its lines that are no events of ours.
    pub leaked: Vec<String>,
    /// Whether a thread has panicked.
    pub panicked: bool,
    /// What is on the glass; nothing where the terminal is dead.
    pub labels: String,
    /// The visitor's card, where its PIN was to be changed.
    pub card: Option<Holds>,
    /// Whether everything could be reached, and all had the time to hear of everything.
    pub at_rest: bool,
}

/// A terminal's log.
///
/// # Errors
/// There is none, or not even the start stands in it: whatever happened, it would be clean.
pub(super) fn log(file: &Path) -> Result<String, String> {
    let log = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    if log.contains(" event=started") { Ok(log) } else { Err(format!("{}: nothing has started", file.display())) }
}

/// Which of the words that a terminal was to watch for stood on which page; its files are in `folder`.
fn strangers(folder: &Path) -> Result<Vec<String>, String> {
    let file = folder.join(STRANGERS);
    let met = std::fs::read_to_string(&file).map_err(|error| format!("nobody watches: {}: {error}", file.display()))?;
    Ok(met.lines().map(str::to_owned).collect())
}

/// Hears all, of a terminal that was told for which words to watch. The storm adds what only it knows: the card, and whether all is at rest.
///
/// # Errors
/// A witness cannot be heard.
pub fn hear(play: &mut Play, pages: Vec<String>, before: usize) -> Result<Testimony, String> {
    let log = log(&play.terminal.log)?;
    let labels = if play.terminal.runs() { play.terminal.line("labels")? } else { String::new() };
    let own = |query: &str| witness::rows(play, "terminal/journal.sqlite", query);
    let theirs = |query: &str| witness::rows(play, "agency/agency.db", query);
    let keys = |query: &str| theirs(query).map(|rows| rows.into_iter().map(|(key, ..)| key).collect::<Vec<_>>());
    let journal = "SELECT act, kind || ' ' || item || ' ' || coalesce(code, ''), outcome FROM acts ORDER BY sequence";
    let cases = theirs("SELECT key, item, request FROM cases ORDER BY seq")?;
    let told = |event: &str| {
        own(&format!("SELECT text, NULL, NULL FROM audit WHERE text LIKE '% event={event} %' ORDER BY sequence"))
    };
    let lines = told("act_ended")?;
    let asked = "SELECT act, request, NULL FROM audit WHERE what IN ('file', 'question') AND act <> '' ORDER BY seq";
    Ok(Testimony {
        pages,
        before,
        journal: own(journal)?.into_iter().map(act).collect(),
        ended: lines.iter().filter_map(|(line, ..)| Some((word(line, "act=")?, word(line, "outcome=")?))).collect(),
        shown: own("SELECT act, told, NULL FROM acts WHERE told IS NOT NULL ORDER BY sequence")?
            .into_iter()
            .map(|(act, told, _)| (act, told))
            .collect(),
        cut: false,
        broken_audit: witness::audit(play).err(),
        book: theirs("SELECT act, kind || ' ' || item || ' ', outcome FROM acts ORDER BY rowid")?
            .into_iter()
            .map(act)
            .collect(),
        cases: cases.into_iter().map(|(act, item, request)| Filed { act, item, request }).collect(),
        questions: keys("SELECT key, NULL, NULL FROM questions")?,
        issues: keys("SELECT act, NULL, NULL FROM issues")?,
        asked: theirs(asked)?.into_iter().map(|(act, request, _)| (act, request)).collect(),
        // After the journal, and there after here: what goes meanwhile is seen on one side at least.
        handed: told("parcel_delivered")?.iter().filter_map(|(line, ..)| word(line, "kind=")).collect(),
        waiting: own("SELECT kind, key, state FROM outbox ORDER BY sequence")?.into_iter().map(parcel).collect(),
        parcels: theirs("SELECT kind, key, NULL FROM parcels ORDER BY rowid")?.into_iter().map(parcel).collect(),
        receipts: paper::receipts(&play.ground).iter().map(|file| act_on(file)).collect(),
        documents: paper::documents(&play.ground).iter().map(|file| job_of(file)).collect(),
        strangers: strangers(&play.ground.path("terminal"))?,
        leaked: leaked(&log)?.into_iter().chain(strange(&log)).collect(),
        panicked: log.contains("panicked"),
        labels,
        card: None,
        at_rest: false,
    })
}

fn act((id, about, outcome): (String, String, String)) -> Act {
    let mut words = about.split(' ').map(str::to_owned);
    let mut next = || words.next().unwrap_or_default();
    Act { id, kind: next(), item: next(), code: next(), outcome }
}

fn parcel((kind, key, state): (String, String, String)) -> Parcel {
    Parcel { kind, key, state }
}

/// What stands behind `name` in a line of the audit.
fn word(line: &str, name: &str) -> Option<String> {
    line.split(' ').find_map(|word| word.strip_prefix(name)).map(str::to_owned)
}

/// The act whose number stands at the foot of a receipt.
fn act_on(receipt: &Path) -> Option<String> {
    let bytes = std::fs::read(receipt).unwrap_or_default();
    let head = format!("{}-", crate::ground::TERMINAL);
    let at = bytes.windows(head.len()).rposition(|window| window == head.as_bytes())?;
    let of_an_id = |byte: &&u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || **byte == b'-';
    let id: Vec<u8> = bytes.get(at..)?.iter().take_while(of_an_id).copied().collect();
    String::from_utf8(id).ok()
}

/// The name of the job of which a document came out.
pub(super) fn job_of(document: &Path) -> Option<String> {
    let name = document.file_stem()?;
    let folder = document.parent()?.parent()?.join("jobs");
    let job = std::fs::read_to_string(folder.join(name)).ok()?;
    Some(job.trim().to_owned()).filter(|job| !job.is_empty())
}

/// Names, numbers, cards and telephones of anybody.
pub(super) fn leaked(log: &str) -> Result<Vec<String>, String> {
    let everybody = agency::persona::read(&people::file()).map_err(|error| error.to_string())?;
    let words =
        everybody.into_iter().flat_map(|person| [person.name, person.id_number, person.card_number, person.phone]);
    Ok(words.filter(|word| log.contains(word)).collect())
}

/// Whole lines of a log that are neither an event of the closed list nor the hall's own.
#[must_use]
pub fn strange(log: &str) -> Vec<String> {
    // The last may just be being written.
    let (whole, _) = log.rsplit_once('\n').unwrap_or_default();
    let halls = |line: &str| ["hall: ", "fuse: ", "strangers: "].iter().any(|by| line.starts_with(by));
    let ours = |line: &str| {
        let name = line.split_once(" event=").and_then(|(_, event)| event.split(' ').next());
        name.is_some_and(|name| DESCRIBED.iter().any(|event| event.name == name))
    };
    whole.lines().filter(|line| !halls(line) && !ours(line)).map(str::to_owned).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_that_was_never_there_has_seen_nothing_wrong() {
        let folder = std::env::temp_dir().join(format!("hall-testimony-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("kiosk.log");
        assert!(log(&file).is_err() && strangers(&folder).is_err());
        std::fs::write(folder.join(STRANGERS), "").unwrap();
        std::fs::write(&file, "").unwrap();
        assert!(log(&file).is_err() && strangers(&folder).unwrap().is_empty());
        std::fs::write(&file, "2026-11-23T02:00:00.000001Z  INFO event=started\n").unwrap();
        assert!(log(&file).is_ok());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
