//! `kiosk journal`: was it printed? was it filed? For staff, technicians and whoever reconciles with the agency. Knows acts and outcomes, nobody's
//! name; whoever knows an ID number already can find what concerns it.

use std::fmt::Write as _;

use contract::message::Outcome;
use serde_json::json;

use super::{Journal, JournalError, Row};
use crate::clock::Now;
use crate::crypto::person::Pseudonym;
use crate::events::By;

/// How old an act of unknown outcome may be before somebody must have looked: one working day, with its night.
pub const OVERDUE_MS: i64 = 24 * 3_600_000;

/// Headings of [`list`].
pub const HEADINGS: &str = "act\tbegun\tkind\titem\tcopy\tphase\toutcome\tby\tcode\tcitizen told\tagency told";

/// Which acts.
#[derive(Debug, Default)]
pub struct Which {
    /// Only those of which nobody knows how they ended.
    pub open: bool,
    /// Only those that concern this person.
    pub person: Option<Pseudonym>,
}

impl Which {
    fn takes(&self, row: &Row) -> bool {
        let concerns = |person: &Pseudonym| row.person.as_deref() == Some(person.as_str());
        (!self.open || row.is_open()) && self.person.as_ref().is_none_or(concerns)
    }
}

/// A line an act, oldest first, with tabs between its columns.
///
/// # Errors
/// [`JournalError::Use`].
pub fn list(journal: &Journal, which: &Which) -> Result<Vec<String>, JournalError> {
    let rows = journal.rows()?;
    Ok(rows.iter().filter(|row| which.takes(row)).map(line).collect())
}

fn line(row: &Row) -> String {
    let columns = [
        row.act.as_str(),
        &Now::moment(row.begun_ms),
        &row.kind,
        &row.item,
        &row.copy.to_string(),
        &row.phase,
        row.outcome.as_deref().unwrap_or("-"),
        row.by.as_deref().unwrap_or("-"),
        row.code.as_deref().unwrap_or("-"),
        row.told.as_deref().unwrap_or("nothing"),
        if row.reported { "yes" } else { "not yet" },
    ];
    columns.join("\t")
}

/// A JSON object an act, oldest first, for whoever counts on.
///
/// # Errors
/// [`JournalError::Use`].
pub fn export(journal: &Journal, which: &Which) -> Result<Vec<String>, JournalError> {
    let object = |row: &Row| {
        json!({
            "act": row.act, "visit": row.visit, "person": row.person, "kind": row.kind, "item": row.item, "copy": row.copy,
            "phase": row.phase, "outcome": row.outcome, "by": row.by, "code": row.code, "told": row.told,
            "reported": row.reported, "begun_ms": row.begun_ms, "settled_ms": row.settled_ms,
        })
        .to_string()
    };
    Ok(journal.rows()?.iter().filter(|row| which.takes(row)).map(object).collect())
}

/// Acts of unknown outcome for longer than [`OVERDUE_MS`].
///
/// # Errors
/// [`JournalError::Use`].
pub fn overdue(journal: &Journal, now: Now) -> Result<usize, JournalError> {
    journal.unknown_for(OVERDUE_MS, now)
}

/// What somebody must find out, an act a line: what to look at, and what may be entered.
///
/// # Errors
/// [`JournalError::Use`].
pub fn to_find_out(journal: &Journal) -> Result<Vec<String>, JournalError> {
    let parcels = journal.parcels()?;
    let is_refused =
        |row: &Row| parcels.iter().any(|[kind, key, state, _]| kind == "case" && *key == row.act && state == "refused");
    let is_recorded = |row: &Row| parcels.iter().any(|[kind, key, ..]| kind == "archive" && *key == row.act);
    let how = |row: &Row| {
        let [yes, no] = outcomes(&row.kind);
        let look = match row.kind.as_str() {
            "slip" | "certificate" => "ask whoever took the paper, look into the tray",
            "case" if is_refused(row) => {
                "the agency has refused it, see kiosk journal outbox: where that is mended, kiosk journal outbox send-again; \
                 what is entered here is final, and it is not sent again"
            }
            _ if row.outcome.as_deref() == Some(Outcome::Queued.as_str()) => {
                "nothing carries it any more: hand over what was saved of its parcel, or ask the agency by the act id"
            }
            "case" if !is_recorded(row) => {
                "its id, or that of its records, is damaged, and the terminal does not ask by it: ask the agency by both \
                 (kiosk journal outbox shows the second), and enter not_filed only where it knows neither"
            }
            "case" => "the terminal asks the agency by itself; where that cannot be, ask it by the act id",
            "card_pin" => "only the card's owner can find out which PIN holds",
            _ => "ask the agency by the act id",
        };
        format!("{}\t{}\t{}\t{look}\t{} or {}", row.act, Now::moment(row.begun_ms), row.kind, yes.as_str(), no.as_str())
    };
    Ok(journal.to_find_out()?.iter().map(how).collect())
}

/// How an act of this kind can have ended.
fn outcomes(kind: &str) -> [Outcome; 2] {
    match kind {
        "slip" | "certificate" => [Outcome::Printed, Outcome::NotPrinted],
        "card_pin" => [Outcome::Changed, Outcome::NotChanged],
        _ => [Outcome::Filed, Outcome::NotFiled],
    }
}

/// Why what somebody found out cannot be entered.
#[derive(Debug, thiserror::Error)]
pub enum CannotEnter {
    /// No such act.
    #[error("no act {0} in this terminal's journal")]
    NoAct(String),
    /// It is known how it ended, or it is still running.
    #[error("act {0}: its end is known, or it is still running")]
    Known(String),
    /// An act of this kind cannot end so.
    #[error("a {kind} ends as {yes} or {no}")]
    Outcome {
        /// Its kind.
        kind: String,
        /// Done.
        yes: &'static str,
        /// Not done.
        no: &'static str,
    },
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Enters what a member of staff has found out about an act of unknown outcome. Their number stands in the journal and in the audit, and the
/// agency is told.
///
/// # Errors
/// See [`CannotEnter`]; nothing is changed then.
pub fn enter(journal: &mut Journal, act: &str, found: Outcome, staff: &By, now: Now) -> Result<(), CannotEnter> {
    let row = journal.row(act)?.ok_or_else(|| CannotEnter::NoAct(act.to_owned()))?;
    // What the list asks for, and nothing else: what is queued and carried by a parcel may still be filed.
    if !journal.to_find_out()?.iter().any(|open| open.sequence == row.sequence) {
        return Err(CannotEnter::Known(row.act));
    }
    let [yes, no] = outcomes(&row.kind);
    if found != yes && found != no {
        return Err(CannotEnter::Outcome { kind: row.kind, yes: yes.as_str(), no: no.as_str() });
    }
    Ok(journal.resolve(act, found, None, staff, now).map(drop)?)
}

/// Everything that is known of one act, with its lines of the audit; `None` where there is none of that id.
///
/// # Errors
/// [`JournalError::Use`].
pub fn show(journal: &Journal, act: &str) -> Result<Option<String>, JournalError> {
    let Some(row) = journal.row(act)? else { return Ok(None) };
    let mut text = String::new();
    let told = if row.reported { "yes" } else { "not yet" };
    for (name, value) in [
        ("act", row.act.as_str()),
        ("kind", &row.kind),
        ("item", &row.item),
        ("copy", &row.copy.to_string()),
        ("person", row.person.as_deref().unwrap_or("nobody")),
        ("begun", &Now::moment(row.begun_ms)),
        ("phase", &row.phase),
        ("outcome", row.outcome.as_deref().unwrap_or("not settled")),
        ("said by", row.by.as_deref().unwrap_or("-")),
        ("code", row.code.as_deref().unwrap_or("-")),
        ("settled", &row.settled_ms.map_or_else(|| "-".to_owned(), Now::moment)),
        ("citizen told", row.told.as_deref().unwrap_or("nothing: nobody was there any more, or not yet")),
        ("agency told", told),
    ] {
        let _never_fails = writeln!(text, "{name:<12} {value}");
    }
    // Another field follows the act's in each of its lines.
    let of_it = format!(" act={act} ");
    journal.moment()?.lines(1, |line| {
        if line.text.contains(&of_it) {
            let _never_fails = writeln!(text, "{}", line.text);
        }
    })?;
    Ok(Some(text))
}
