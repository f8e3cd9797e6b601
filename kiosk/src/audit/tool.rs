//! `kiosk audit`: an export that others can verify, and verifying: this terminal's own lines, or an export from anywhere.
//!
//! An export begins with `after SEQUENCE DIGEST`, the head that its first line follows; then a line each, `DIGEST TEXT`. Several exports, each
//! following the one before, are one: so arrives what is posted to the auditor. `deploy/audit.md` tells how to verify one without this program.

use std::path::Path;

use super::vouch::Vouchers;
use super::{Broken, Head, Line, Verifier, after_line, exported_line};
use crate::journal::{Journal, JournalError};

/// Why there is nothing to say.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// It is no export.
    #[error("line {0} is not that of an export")]
    Export(usize),
    /// No such line is kept here.
    #[error("line {0} is not kept here")]
    Unknown(i64),
    /// It was kept here once.
    #[error(
        "line {from} is no longer kept here: lines up to {base} were pruned, after an export of them had been acknowledged. Lines are kept \
         from {} on; those before are where that export is", .base + 1
    )]
    Pruned {
        /// What was asked for.
        from: i64,
        /// The last that is gone.
        base: i64,
    },
    /// All of them are exported.
    #[error("no line is left that nobody has exported")]
    AllExported,
}

/// Where an export begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the first line that is kept.
    Kept,
    /// With the first that nobody has exported.
    Unexported,
    /// With this one.
    Line(i64),
}

/// Lines that are read at one moment. Between two such moments nothing is held: an export that stands in a pager overnight would keep the
/// write-ahead log of a running terminal from ever beginning anew, until the disk is full.
const AT_ONCE: usize = 4_000;

/// Lines of this terminal as an export, up to the one that is the newest now; `each` is given one line of it at a time, and may take as long as
/// it likes. Returns after which line lines are kept here: the start, where none were pruned. What is pruned before it was given is not skipped:
/// [`ToolError::Pruned`] says so, after what was.
///
/// # Errors
/// [`ToolError::Journal`], [`ToolError::Unknown`], [`ToolError::Pruned`], [`ToolError::AllExported`].
pub fn export(directory: &Path, start: Start, mut each: impl FnMut(&str)) -> Result<Head, ToolError> {
    let journal = Journal::look(directory)?;
    let Beginning { base, before, last } = beginning(&journal, start)?;
    each(after_line(&before).trim_end());
    let mut from = before.sequence + 1;
    while from <= last {
        let lines = part(&journal, from, last)?;
        // Fewer than were there: somebody has cut them off since, and whoever verifies is told.
        let Some(newest) = lines.last() else { break };
        from = newest.sequence + 1;
        lines.iter().for_each(|line| each(exported_line(line).trim_end()));
    }
    Ok(base)
}

/// Where an export begins and ends.
struct Beginning {
    /// After which line lines are kept here.
    base: Head,
    /// The head that its first line follows.
    before: Head,
    /// Its last line's number.
    last: i64,
}

fn beginning(journal: &Journal, start: Start) -> Result<Beginning, ToolError> {
    let moment = journal.moment()?;
    let marks = moment.marks()?;
    let (base, last) = (marks.base.sequence, marks.head.sequence);
    let from = match start {
        Start::Kept => base + 1,
        Start::Unexported if marks.unexported() == 0 => return Err(ToolError::AllExported),
        Start::Unexported => marks.exported.sequence.max(base) + 1,
        Start::Line(from) => from.max(1),
    };
    if from <= base {
        return Err(ToolError::Pruned { from, base });
    }
    let before = match moment.line(from - 1)? {
        _ if from > last => return Err(ToolError::Unknown(from)),
        _ if from == base + 1 => marks.base.clone(),
        Some(Line { sequence, digest, .. }) => Head { sequence, digest },
        None => return Err(ToolError::Unknown(from - 1)),
    };
    Ok(Beginning { base: marks.base, before, last })
}

/// The next lines. One that is missing though nothing was pruned up to there is left to whoever verifies.
fn part(journal: &Journal, from: i64, to: i64) -> Result<Vec<Line>, ToolError> {
    let moment = journal.moment()?;
    let base = moment.marks()?.base.sequence;
    if from <= base {
        return Err(ToolError::Pruned { from, base });
    }
    Ok(moment.lines_up_to(from, to, AT_ONCE)?)
}

/// Verifies this terminal's lines, from the first that is kept, and what stands beside them; `kept` is a head that was kept elsewhere.
///
/// # Errors
/// [`ToolError::Journal`].
pub fn verify(directory: &Path, kept: Option<Head>) -> Result<(Head, Vec<Broken>), ToolError> {
    let journal = Journal::look(directory)?;
    let moment = journal.moment()?;
    let marks = moment.marks()?;
    let mut verifier = Verifier::new(marks.base.clone(), kept);
    let mut vouchers = Vouchers::new(marks.base, marks.exported);
    // From the very first: what stands before the mark does not belong there.
    moment.lines(i64::MIN, |line| {
        verifier.take(&line);
        vouchers.take(&line);
    })?;
    let (head, mut wrong) = verifier.end();
    wrong.extend(vouchers.end());
    Ok((head, wrong))
}

/// After which line lines are kept: the start, where none were pruned.
///
/// # Errors
/// [`ToolError::Journal`].
pub fn base(directory: &Path) -> Result<Head, ToolError> {
    Ok(Journal::look(directory)?.marks()?.base)
}

/// Verifies an export.
///
/// # Errors
/// [`ToolError::File`], [`ToolError::Export`].
pub fn verify_export(file: &Path, kept: Option<Head>) -> Result<(Head, Vec<Broken>), ToolError> {
    let text = std::fs::read_to_string(file).map_err(|error| ToolError::File(file.display().to_string(), error))?;
    let mut lines = (1..).zip(text.lines());
    let first = lines.next().and_then(|(_, line)| after(line)).ok_or(ToolError::Export(1))?;
    let mut verifier = Verifier::new(first, kept);
    for (n, line) in lines {
        match after(line) {
            Some(head) => verifier.part(head),
            None => verifier.take(&exported(line).ok_or(ToolError::Export(n))?),
        }
    }
    Ok(verifier.end())
}

fn after(line: &str) -> Option<Head> {
    let (sequence, digest) = line.strip_prefix("after ")?.split_once(' ')?;
    Some(Head { sequence: sequence.parse().ok()?, digest: digest.to_owned() })
}

fn exported(line: &str) -> Option<Line> {
    let (digest, text) = line.split_once(' ')?;
    let sequence = text.strip_prefix("seq=")?.split(' ').next()?.parse().ok()?;
    Some(Line { sequence, text: text.to_owned(), digest: digest.to_owned() })
}

/// A head as it is written down: `SEQUENCE:DIGEST`.
///
/// # Errors
/// The text is not of that form.
pub fn head(text: &str) -> Result<Head, String> {
    let none = || "SEQUENCE:DIGEST is expected, as it is printed where an export is verified".to_owned();
    let (sequence, digest) = text.split_once(':').ok_or_else(none)?;
    Ok(Head { sequence: sequence.parse().map_err(|_| none())?, digest: digest.to_owned() })
}
