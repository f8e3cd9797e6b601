//! `agency draft`: what a window opens when somebody comes with a number of eight digits: what they had typed at a terminal when their time was
//! over. Nobody has agreed to it yet, so it is shown and never filed by itself.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::opener::{Opener, OpenerError};

/// Why nothing is opened.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The database cannot be read.
    #[error("database: {0}")]
    Store(#[from] rusqlite::Error),
    /// Nobody has left a draft under this number there.
    #[error("no draft {0} from this terminal")]
    None(String),
    /// It cannot be opened.
    #[error(transparent)]
    Sealed(#[from] OpenerError),
}

/// The draft of this number, as JSON. `terminal` is where it was typed: two terminals may have drawn the same number.
///
/// # Errors
/// See [`DraftError`].
pub fn open(data: &Path, certs: &Path, terminal: &str, number: &str) -> Result<String, DraftError> {
    let db = Connection::open_with_flags(data.join("agency.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // As it is read out: in two halves.
    let number: String = number.chars().filter(char::is_ascii_digit).collect();
    let sql = "SELECT content FROM parcels WHERE kind = 'draft' AND terminal = ?1 AND key = ?2";
    let sealed: Option<Vec<u8>> = db.query_row(sql, params![terminal, number], |row| row.get(0)).optional()?;
    let opened = Opener::of(certs).open(&sealed.ok_or(DraftError::None(number))?)?;
    Ok(String::from_utf8_lossy(&opened).into_owned())
}
