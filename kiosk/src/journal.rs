//! What happened, on disk: acts ("was it printed? was it filed?"), the lines of the audit, and what waits for the agency. One SQLite file in
//! WAL mode with `synchronous=FULL`: what `begin` has returned from survives a power cut. The only room that names the database crate.
//!
//! Acts and outbox are written by `app::clerk`, each change of an act together with its line of the audit; all other lines by `app::recorder`,
//! over a connection of its own. Nothing personal is ever stored here in the clear: an act names a visit token, an item, an outcome and a
//! pseudonym; the outbox holds what is sealed.

mod acts;
mod audit;
pub mod export;
pub mod outbox;
pub mod refused;
pub mod retention;
pub mod tool;

use std::fs::{File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use contract::format::Date;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params};

pub use acts::{AT_MOST, Row};
pub use audit::Moment;

use crate::audit::Algorithm;
use crate::clock::Now;
use crate::session::{ActKind, FunnelStep};
use audit::Teller;

/// Why the journal failed. Whatever the reason, the act must not be performed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be opened, read or written: which, and what to do.
    #[error("{file}: the journal cannot be used: {why}. {remedy}")]
    Open {
        /// Which.
        file: String,
        /// What the database says.
        why: String,
        /// What somebody has to do.
        remedy: &'static str,
    },
    /// It could not be read or written.
    #[error("the journal cannot be used: {0}")]
    Use(#[from] rusqlite::Error),
    /// The folder cannot be made.
    #[error("{folder}: the journal's folder cannot be made: {why}. {remedy}", remedy = UNWRITABLE)]
    Folder {
        /// Which.
        folder: String,
        /// What the machine says.
        why: std::io::Error,
    },
    /// There is no such act, or its end is known: nothing was written, and the audit has no line of it.
    #[error("act {0} is not in the journal, or its end is known")]
    NotOpen(String),
    /// The act id is already there.
    #[error("act {0} is already in the journal")]
    Twice(String),
}

/// What to do where it cannot be opened or written.
const UNWRITABLE: &str =
    "Check that its disk is mounted writable and has room, and that this user may read and write there.";

/// What to do where the file is damaged. Nothing of ours deletes or replaces it, for acts of unknown outcome may stand in it; and an older
/// copy would give act ids again that others have seen.
const DAMAGED: &str = "Nothing was changed. Move it and its -wal away and keep them: acts whose end nobody knows may stand there \
                       (kiosk journal list --open; compare with paper and agency), and what was still to go to the agency, which from \
                       there goes nowhere by itself (kiosk journal outbox; outbox save writes each into a file, sealed: hand it over). \
                       Both read it under its own name in the storage.directory of a --site of its own. Then start again: a new journal \
                       begins, with ids of its own. Do not put an older copy in its place.";

impl JournalError {
    /// The same, with the file in the terminal's folder and what to do about it.
    #[must_use]
    pub fn at(self, directory: &Path) -> Self {
        let Self::Use(error) = &self else { return self };
        let remedy = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DAMAGED,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "Another program uses it: end that first.",
            _ => UNWRITABLE,
        };
        Self::Open { file: directory.join(FILE).display().to_string(), why: error.to_string(), remedy }
    }
}

/// The journal.
pub struct Journal {
    db: Connection,
    teller: Teller,
    interrupted: Vec<ActKind>,
    /// The visit whose act was begun last, and the sequence number of its first act; no visit outlives a run.
    visit: Option<(u64, i64)>,
    /// Held as long as a terminal runs on this folder; see [`alone`].
    _alone: Option<File>,
}

/// Its name in the terminal's folder.
const FILE: &str = "journal.sqlite";

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS installation (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    epoch    TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS funnel (
    day   TEXT NOT NULL,
    item  TEXT NOT NULL,
    step  TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (day, item, step)
);
";

impl Journal {
    /// Opens or makes the journal in `directory`. Acts that a crash left unresolved are settled as unknown: from here
    /// nobody can know whether the paper came out. Of cases the agency is asked later, by the act id.
    ///
    /// # Errors
    /// [`JournalError::Folder`], [`JournalError::Open`]: not writable, or damaged.
    pub fn open(directory: &Path, fresh_epoch: &str, terminal: &str, now: Now) -> Result<Self, JournalError> {
        // Only the terminal's user may look at what was done here.
        let folder = |why| JournalError::Folder { folder: directory.display().to_string(), why };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(folder)?;
        let opened = Self::open_file(directory, fresh_epoch, terminal, now);
        opened.map_err(|error| error.at(directory))
    }

    fn open_file(directory: &Path, fresh_epoch: &str, terminal: &str, now: Now) -> Result<Self, JournalError> {
        let alone = alone(directory)?;
        let db = connect(&directory.join(FILE), OpenFlags::default())?;
        whole(&db)?;
        db.execute_batch(SCHEMA)?;
        for schema in [acts::SCHEMA, audit::SCHEMA, outbox::SCHEMA, retention::SCHEMA, export::SCHEMA] {
            db.execute_batch(schema)?;
        }
        outbox::name_recipients_in_an_older_file(&db)?;
        db.execute("INSERT OR IGNORE INTO installation VALUES (1, ?1)", [fresh_epoch])?;
        let mut journal = Self { _alone: Some(alone), ..Self::run(db, terminal, now)? };
        journal.interrupted = journal.give_up_unsettled(now)?;
        Ok(journal)
    }

    /// What writes lines from here on is a run of its own: its elapsed time is no other's.
    fn run(db: Connection, terminal: &str, now: Now) -> Result<Self, JournalError> {
        db.execute("INSERT INTO runs (begun_ms) VALUES (?1)", [now.unix_ms])?;
        let teller =
            Teller { run: db.last_insert_rowid(), terminal: terminal.to_owned(), algorithm: Algorithm::Sha256 };
        Ok(Self { db, teller, interrupted: Vec::new(), visit: None, _alone: None })
    }

    /// Kinds of act in the middle of which the last run ended: of each, something may still be on its way.
    #[must_use]
    pub fn interrupted(&self) -> &[ActKind] {
        &self.interrupted
    }

    /// A second connection to the same file, for another thread.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn beside(&self) -> Result<Self, JournalError> {
        let db = connect(Path::new(self.db.path().unwrap_or_default()), OpenFlags::default())?;
        Ok(Self { db, teller: self.teller.clone(), interrupted: Vec::new(), visit: None, _alone: None })
    }

    fn transaction(&mut self) -> Result<Transaction<'_>, JournalError> {
        Ok(self.db.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// The random epoch made with this database; part of every act id.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn epoch(&self) -> Result<String, JournalError> {
        Ok(self.db.query_row("SELECT epoch FROM installation", [], |row| row.get(0))?)
    }

    /// Counts once more what has become of an item on that day.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn count(&self, day: Date, item: &str, step: FunnelStep) -> Result<(), JournalError> {
        self.db.execute(
            "INSERT INTO funnel VALUES (?1, ?2, ?3, 1) ON CONFLICT DO UPDATE SET times = times + 1",
            params![day.to_string(), item, step.as_str()],
        )?;
        Ok(())
    }

    /// Day, item, step and how often, in this order.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn funnel(&self) -> Result<Vec<(String, String, String, i64)>, JournalError> {
        let mut query = self.db.prepare("SELECT day, item, step, times FROM funnel ORDER BY day, item, step")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Opens what is there to enter something beside a running terminal, as a run of its own. Makes no journal where there is none.
    ///
    /// # Errors
    /// [`JournalError::Open`], [`JournalError::Use`].
    pub fn enter(directory: &Path, terminal: &str, now: Now) -> Result<Self, JournalError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let entered = connect(&directory.join(FILE), flags).and_then(|db| {
            whole(&db)?;
            Self::run(db, terminal, now)
        });
        entered.map_err(|error| error.at(directory))
    }

    /// Opens what is there only to look at it; a running terminal is not disturbed.
    ///
    /// # Errors
    /// [`JournalError::Open`].
    pub fn look(directory: &Path) -> Result<Self, JournalError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(directory.join(FILE), flags);
        let db = opened.map_err(|error| JournalError::Use(error).at(directory))?;
        Ok(Self { db, teller: Teller::default(), interrupted: Vec::new(), visit: None, _alone: None })
    }

    /// Does to the file what a disk that rots does.
    #[cfg(test)]
    #[allow(clippy::unwrap_used)]
    pub(crate) fn spoil(&self, sql: &str) {
        self.db.execute_batch(sql).unwrap();
    }
}

/// The folder, locked: one terminal runs on it. A second would settle what the first is about to do as not done, and drop its records. The lock
/// goes with whoever holds it, also where it begins anew as the same process. What staff enter beside a running terminal needs none.
fn alone(directory: &Path) -> Result<File, rusqlite::Error> {
    use rusqlite::ffi::{Error, SQLITE_BUSY, SQLITE_CANTOPEN};
    let failed = |code, why: String| rusqlite::Error::SqliteFailure(Error::new(code), Some(why));
    let folder = File::open(directory).map_err(|why| failed(SQLITE_CANTOPEN, why.to_string()))?;
    match folder.try_lock() {
        Ok(()) => Ok(folder),
        Err(TryLockError::WouldBlock) => Err(failed(SQLITE_BUSY, "a terminal runs on its folder already".to_owned())),
        Err(TryLockError::Error(why)) => Err(failed(SQLITE_CANTOPEN, why.to_string())),
    }
}

/// Text as it stands in a column, where one stands there. What is none, because a bit has flipped or somebody has written it, is read as well as
/// can be: an error would hold up all that comes after it. What was read so finds nothing when it is looked for: whatever is changed is named by
/// its place.
fn maybe_text(row: &rusqlite::Row<'_>, column: usize) -> Result<Option<String>, rusqlite::Error> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    })
}

/// The same where some should stand; nothing is empty.
fn text(row: &rusqlite::Row<'_>, column: usize) -> Result<String, rusqlite::Error> {
    Ok(maybe_text(row, column)?.unwrap_or_default())
}

/// A damaged file is not served with: what it no longer tells of an act would be asked of nobody, and the chain of the audit would go on from
/// a line that may not be the last. Looks at every page: a million lines take a quarter of a second once they are read.
fn whole(db: &Connection) -> Result<(), rusqlite::Error> {
    let said: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said == "ok" {
        return Ok(());
    }
    // It answers in several lines; a finding is one.
    let said = said.replace('\n', " ");
    Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), Some(said)))
}

/// One connection waits for the other's transaction for five seconds, as the database crate has it.
fn connect(file: &Path, flags: OpenFlags) -> Result<Connection, JournalError> {
    let db = Connection::open_with_flags(file, flags)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    Ok(db)
}
