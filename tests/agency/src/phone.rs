//! People's telephones, as far as an agency meets them: the codes of electronic cards that they show, and the messages that reach them.
//! In life an application of the ministry makes the codes and a telephone company carries the messages; here both lie in the agency's
//! database, where the hall looks. Must never be reachable by a call of the contract.

use std::path::Path;

use contract::format::hex;
use rusqlite::{Connection, Error, OptionalExtension, params};

use crate::{clock, random};

/// How long a code is shown before the telephone draws another (domain 3: 60 s).
const SHOWN_S: i64 = 60;

/// What a telephone does not do.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The agency's database cannot be used.
    #[error("database: {0}")]
    Store(#[from] Error),
    /// The machine has no randomness.
    #[error("no randomness")]
    Random,
}

/// A fresh code of the electronic card of persona `n` (from 1), as the telephone shows it. `data` is the agency's directory.
///
/// # Errors
/// See [`PhoneError`].
pub fn e_card(data: &Path, n: usize) -> Result<String, PhoneError> {
    let code = random::bytes::<20>().map(|bytes| format!("EC{}", hex(&bytes))).map_err(|_| PhoneError::Random)?;
    let person = i64::try_from(n).unwrap_or(-1);
    let row = params![code, person, clock::unix_seconds()];
    open(data)?.execute("INSERT INTO e_cards (code, person, at) VALUES (?1, ?2, ?3)", row)?;
    Ok(code)
}

/// The newest message that reached this number; `None` where there is none.
///
/// # Errors
/// See [`PhoneError`].
pub fn message(data: &Path, phone: &str) -> Result<Option<String>, PhoneError> {
    let sql = "SELECT text FROM messages WHERE phone = ?1 ORDER BY seq DESC LIMIT 1";
    Ok(open(data)?.query_row(sql, [phone], |row| row.get(0)).optional()?)
}

fn open(data: &Path) -> Result<Connection, Error> {
    let db = Connection::open(data.join("agency.db"))?;
    // The agency may be writing.
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(db)
}

/// Whose electronic card shows this code now, by place in the register. It is used up.
pub fn holder(db: &Connection, code: &str) -> Result<Option<i64>, Error> {
    let sql = "DELETE FROM e_cards WHERE code = ?1 AND at >= ?2 RETURNING person";
    db.query_row(sql, params![code, clock::unix_seconds() - SHOWN_S], |row| row.get(0)).optional()
}

/// Sends a message.
pub fn deliver(db: &Connection, phone: &str, text: &str) -> Result<(), Error> {
    let row = params![phone, text, clock::unix_seconds()];
    db.execute("INSERT INTO messages (phone, text, at) VALUES (?1, ?2, ?3)", row).map(drop)
}
