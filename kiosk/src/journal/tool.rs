//! `kiosk journal`: was it printed? was it filed? For staff, technicians and whoever reconciles with the agency. Knows acts and outcomes, nobody's
//! name.

use std::fmt::Write as _;

use super::{Journal, JournalError, Row};
use crate::clock::Now;

/// How old an act of unknown outcome may be before somebody must have looked: one working day, with its night.
pub const OVERDUE_MS: i64 = 24 * 3_600_000;

/// Headings of [`list`].
pub const HEADINGS: &str = "act\tbegun\tkind\titem\tphase\toutcome\tcode\ttold";

/// A line an act, oldest first, with tabs between its columns; with `open`, only those of which nobody knows how they ended.
///
/// # Errors
/// [`JournalError::Use`].
pub fn list(journal: &Journal, open: bool) -> Result<Vec<String>, JournalError> {
    let rows = journal.rows()?;
    Ok(rows.iter().filter(|row| !open || row.is_open()).map(line).collect())
}

fn line(row: &Row) -> String {
    let columns = [
        row.act.as_str(),
        &moment(row.begun_ms),
        &row.kind,
        &row.item,
        &row.phase,
        row.outcome.as_deref().unwrap_or("-"),
        row.code.as_deref().unwrap_or("-"),
        if row.reported { "told" } else { "not told" },
    ];
    columns.join("\t")
}

/// Acts of unknown outcome for longer than [`OVERDUE_MS`].
///
/// # Errors
/// [`JournalError::Use`].
pub fn overdue(journal: &Journal, now: Now) -> Result<usize, JournalError> {
    let old = |row: &&Row| row.is_open() && now.unix_ms.saturating_sub(row.begun_ms) > OVERDUE_MS;
    Ok(journal.rows()?.iter().filter(old).count())
}

/// Everything that is known of one act, with its lines of the audit; `None` where there is none of that id.
///
/// # Errors
/// [`JournalError::Use`].
pub fn show(journal: &Journal, act: &str) -> Result<Option<String>, JournalError> {
    let Some(row) = journal.rows()?.into_iter().find(|row| row.act == act) else { return Ok(None) };
    let mut text = String::new();
    let told = if row.reported { "yes" } else { "not yet" };
    for (name, value) in [
        ("act", row.act.as_str()),
        ("kind", &row.kind),
        ("item", &row.item),
        ("begun", &moment(row.begun_ms)),
        ("phase", &row.phase),
        ("outcome", row.outcome.as_deref().unwrap_or("not settled")),
        ("code", row.code.as_deref().unwrap_or("-")),
        ("settled", &row.settled_ms.map_or_else(|| "-".to_owned(), moment)),
        ("agency told", told),
    ] {
        let _never_fails = writeln!(text, "{name:<12} {value}");
    }
    // Another field follows the act's in each of its lines.
    let of_it = format!(" act={act} ");
    journal.audit(1, |line| {
        if line.text.contains(&of_it) {
            let _never_fails = writeln!(text, "{}", line.text);
        }
    })?;
    Ok(Some(text))
}

/// A moment in the hall: `2026-11-23 10:00`.
fn moment(unix_ms: i64) -> String {
    let now = Now { elapsed_ms: 0, unix_ms };
    format!("{} {}", now.date(), now.time_of_day())
}
