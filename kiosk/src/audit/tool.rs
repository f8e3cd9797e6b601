//! `kiosk audit`: an export that others can verify, and verifying: this terminal's own lines, or an export from anywhere.
//!
//! An export begins with `after SEQUENCE DIGEST`, the head that its first line follows; then a line each, `DIGEST TEXT`. `deploy/audit.md` tells how to
//! verify one without this program.

use std::path::Path;

use super::{Broken, Head, Line, Verifier};
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
}

/// Every line from `from` on, as an export; `each` is given one line of it at a time.
///
/// # Errors
/// [`ToolError::Journal`], [`ToolError::Unknown`].
pub fn export(directory: &Path, from: i64, mut each: impl FnMut(&str)) -> Result<(), ToolError> {
    let before = from.max(1) - 1;
    let mut head = (before == 0).then(Head::default);
    let mut begun = false;
    // The line before is read for its digest.
    Journal::look(directory)?.audit(before.max(1), |line| {
        if line.sequence == before {
            head = Some(Head { sequence: before, digest: line.digest });
        } else if let Some(Head { sequence, digest }) = &head {
            if !std::mem::replace(&mut begun, true) {
                each(&format!("after {sequence} {digest}"));
            }
            each(&format!("{} {}", line.digest, line.text));
        }
    })?;
    if begun { Ok(()) } else { Err(ToolError::Unknown(from)) }
}

/// Verifies this terminal's lines; `kept` is a head that was kept elsewhere.
///
/// # Errors
/// [`ToolError::Journal`].
pub fn verify(directory: &Path, kept: Option<Head>) -> Result<(Head, Vec<Broken>), ToolError> {
    let mut verifier = Verifier::new(Head::default(), kept);
    Journal::look(directory)?.audit(1, |line| verifier.take(&line))?;
    Ok(verifier.end())
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
        verifier.take(&exported(line).ok_or(ToolError::Export(n))?);
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
/// It is none.
pub fn head(text: &str) -> Result<Head, String> {
    let none = || "SEQUENCE:DIGEST is expected, as `kiosk audit verify` prints it".to_owned();
    let (sequence, digest) = text.split_once(':').ok_or_else(none)?;
    Ok(Head { sequence: sequence.parse().map_err(|_| none())?, digest: digest.to_owned() })
}
