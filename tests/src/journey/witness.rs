//! The six witnesses: pages, journal, audit, agency, paper, log. The first five must tell the same story; only journal and audit know of each other.
//! The log must tell nobody's.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{Ending, Journey, Play, paper, testimony};
use crate::until::until;

/// Every act under which a document was issued.
const ISSUES: &str = "SELECT act, code, digest FROM issues JOIN documents USING (code)";

/// Who else writes into a journey's log, and how their lines begin: libfaketime tells what it finds of a program that was killed.
const OTHERS: [(&str, &str); 2] = [("clock-ten-years-off", "libfaketime: "), ("clock-an-hour-off", "libfaketime: ")];

/// Hears all six; the first that tells another story is quoted.
pub(super) fn judge(Journey { name, ending, .. }: &Journey, play: &mut Play) -> Result<(), String> {
    if !play.terminal.runs() {
        return Err(format!("the terminal has died; see {}", play.terminal.log.display()));
    }
    let pages = play.terminal.pages()?;
    let wanted: Vec<&str> = ending.pages.split_whitespace().collect();
    if pages != wanted {
        return Err(format!("pages: wanted {}\n         but saw {}", wanted.join(" "), pages.join(" ")));
    }
    journal(ending, play)?;
    audit(play)?;
    agency(ending, play)?;
    let (receipts, sheets) = (paper::receipts(&play.ground).len(), paper::documents(&play.ground).len());
    if (receipts, sheets) != (ending.receipts, ending.sheets) {
        return Err(format!(
            "paper: wanted {} receipts and {} documents, but {receipts} and {sheets} came out",
            ending.receipts, ending.sheets
        ));
    }
    log(name, play)
}

/// Names and numbers of nobody stand in the log, and no line that is not ours. `name` is a journey's, or an item's id.
pub(super) fn log(name: &str, play: &Play) -> Result<(), String> {
    let found = out_of_place(name, &testimony::log(&play.terminal.log)?)?;
    if found.is_empty() { Ok(()) } else { Err(format!("log: it holds {}", found.join(", "))) }
}

fn out_of_place(name: &str, log: &str) -> Result<Vec<String>, String> {
    let of_others = |line: &String| OTHERS.iter().any(|(whose, by)| *whose == name && line.starts_with(*by));
    let strange = testimony::strange(log).into_iter().filter(|line| !of_others(line));
    Ok(testimony::leaked(log)?.into_iter().chain(strange).collect())
}

/// Waits until no act of the journal is unresolved.
pub(crate) fn settled(play: &Play) -> Result<(), String> {
    let open = "SELECT act, kind, item FROM acts WHERE outcome IS NULL";
    until("all acts to be settled", Duration::from_secs(20), || {
        rows(play, "terminal/journal.sqlite", open).ok().filter(Vec::is_empty)
    })
    .map(drop)
}

/// Waits until a receipt has come out.
pub(super) fn paper_is_out(play: &Play) -> Result<(), String> {
    until("a receipt to come out", Duration::from_secs(20), || paper::receipts(&play.ground).pop()).map(drop)
}

/// Waits until the agency has issued a document.
pub(super) fn issued(play: &Play) -> Result<(), String> {
    until("a document to be issued", Duration::from_secs(20), || {
        rows(play, "agency/agency.db", ISSUES).ok().filter(|rows| !rows.is_empty())
    })
    .map(drop)
}

/// Waits until a document has come out of the page printer.
pub(super) fn sheet_is_out(play: &Play) -> Result<(), String> {
    until("a sheet to come out", Duration::from_secs(20), || paper::documents(&play.ground).pop()).map(drop)
}

/// As many documents as acts have come out, in the order of the journal, each under its own act.
pub(super) fn sheets_in_order(play: &Play) -> Result<(), String> {
    let acts = rows(play, "terminal/journal.sqlite", "SELECT act, NULL, NULL FROM acts ORDER BY sequence")?;
    let acts: Vec<_> = acts.into_iter().map(|(act, ..)| Some(act)).collect();
    let sheets: Vec<_> = paper::documents(&play.ground).iter().map(|file| testimony::job_of(file)).collect();
    if acts == sheets { Ok(()) } else { Err(format!("sheets came out of {sheets:?}, acts were {acts:?}")) }
}

fn journal(ending: &Ending, play: &Play) -> Result<(), String> {
    let told = rows(play, "terminal/journal.sqlite", "SELECT kind, item, outcome FROM acts ORDER BY sequence")?;
    same("journal", ending, &told)
}

/// Every act of the journal stands in the audit: begun once, ended as the journal says. Nothing else does, and no line was changed.
pub(super) fn audit(play: &Play) -> Result<(), String> {
    let (_, wrong) =
        kiosk::audit::tool::verify(&play.ground.path("terminal"), None).map_err(|error| error.to_string())?;
    if let Some(broken) = wrong.first() {
        return Err(format!("audit: {broken}"));
    }
    let read = |query: &str| rows(play, "terminal/journal.sqlite", query).ok();
    // An act that begins between two looks stands in one of them only.
    let (lines, acts) = until("the journal to stand still", Duration::from_secs(10), || {
        let acts = read("SELECT act, outcome, NULL FROM acts ORDER BY sequence")?;
        let lines = read("SELECT text, NULL, NULL FROM audit ORDER BY sequence")?;
        let still = read("SELECT act, outcome, NULL FROM acts ORDER BY sequence")? == acts;
        still.then_some((lines, acts))
    })?;
    let of = |event: &str| lines.iter().filter(|(text, ..)| text.contains(event)).collect::<Vec<_>>();
    if of(" event=act_begun ").len() != acts.len() {
        return Err(format!("audit: {} acts, but the journal has {}", of(" event=act_begun ").len(), acts.len()));
    }
    for (act, outcome, _) in &acts {
        let ended = of(&format!(" event=act_ended act={act} "));
        let told = ended.last().and_then(|(text, ..)| text.rsplit_once(" outcome=")).map_or("", |(_, told)| told);
        if of(&format!(" event=act_begun act={act} ")).len() != 1 || told != outcome {
            return Err(format!("audit: {act} ended as {told:?}, but the journal says {outcome:?}"));
        }
    }
    Ok(())
}

/// What somebody does who can write the file: runs `sql` on it.
///
/// # Errors
/// The file or the statement is wrong, or nothing was changed.
pub fn tamper(file: &Path, sql: &str) -> Result<(), String> {
    let database = Connection::open(file).map_err(|error| error.to_string())?;
    match database.execute(sql, []) {
        Ok(1..) => Ok(()),
        Ok(0) => Err("nothing was changed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// What somebody does who can write the file and knows what to write: runs several statements on it.
///
/// # Errors
/// The file or a statement is wrong.
pub fn rewrite(file: &Path, sql: &str) -> Result<(), String> {
    let database = Connection::open(file).map_err(|error| error.to_string())?;
    database.execute_batch(sql).map_err(|error| error.to_string())
}

/// The agency learns an outcome shortly after the citizen does.
fn agency(ending: &Ending, play: &Play) -> Result<(), String> {
    let acts = "SELECT kind, item, outcome FROM acts ORDER BY rowid";
    let all_told = until("the agency to be told", Duration::from_secs(10), || {
        rows(play, "agency/agency.db", acts).ok().filter(|told| told.len() >= ending.journal.len())
    });
    same("agency", ending, &all_told.or_else(|_| rows(play, "agency/agency.db", acts))?)?;
    let documents = rows(play, "agency/agency.db", ISSUES)?.len();
    if documents == ending.documents {
        Ok(())
    } else {
        Err(format!("agency: wanted {} documents, but it has issued {documents}", ending.documents))
    }
}

type Told = Vec<(String, String, String)>;

fn same(witness: &str, ending: &Ending, told: &Told) -> Result<(), String> {
    let wanted: Told = ending
        .journal
        .iter()
        .map(|(kind, item, outcome)| (kind.to_string(), item.to_string(), outcome.to_string()))
        .collect();
    if *told == wanted { Ok(()) } else { Err(format!("{witness}: wanted {wanted:?}, but it says {told:?}")) }
}

/// Three columns of text, read beside the running program.
pub(crate) fn rows(play: &Play, file: &str, query: &str) -> Result<Told, String> {
    rows_in(&play.ground.path(file), query)
}

/// The same of a file anywhere.
pub(crate) fn rows_in(path: &Path, query: &str) -> Result<Told, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = Connection::open_with_flags(path, flags).map_err(|error| format!("{}: {error}", path.display()))?;
    let read = || -> rusqlite::Result<Told> {
        let mut statement = database.prepare(query)?;
        let text = |value: Option<String>| value.unwrap_or_default();
        let rows = statement.query_map([], |row| Ok((text(row.get(0)?), text(row.get(1)?), text(row.get(2)?))))?;
        rows.collect()
    };
    read().map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_log_of_a_journey_names_somebody_or_holds_a_line_of_another_program() {
        let others = "libfaketime: In ft_shm_create(), non-fatal sem_open issue";
        let log = format!("2026-11-23T02:00:00.000001Z  INFO event=started\n{others}\nlink lost to 林知远\n");
        let found = |name: &str| out_of_place(name, &log).unwrap();
        assert_eq!(found("clock-an-hour-off"), ["林知远", "link lost to 林知远"]);
        assert_eq!(found("wrong-pin"), ["林知远", others, "link lost to 林知远"]);
        // What is spared is spared in a journey that there is.
        let names: Vec<&str> = crate::journey::all().iter().map(|journey| journey.name).collect();
        assert!(OTHERS.iter().all(|(name, _)| names.contains(name)));
    }
}
