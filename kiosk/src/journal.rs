//! What happened, on disk: acts ("was it printed? was it filed?") and the lines of the audit. One SQLite file in WAL mode with
//! `synchronous=FULL`: what `begin` has returned from survives a power cut. The only room that names the database crate.
//!
//! Acts are written by `app::clerk`, each change together with its line of the audit; all other lines by `app::recorder`, over a connection
//! of its own. Nothing personal is ever stored here: an act names a visit token, an item and an outcome.

mod audit;
pub mod tool;

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

use contract::format::Date;
use contract::message::Outcome;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::audit::Algorithm;
use crate::clock::Now;
use crate::events::{Event, Name};
use crate::session::{Act, FunnelStep};
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
                       (kiosk journal list --open; compare with paper and agency). Then start again: a new journal begins, with ids of \
                       its own. Do not put an older copy in its place.";

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

/// One act, as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Act id.
    pub act: String,
    /// `slip`, `certificate`, `case` or `card_pin`.
    pub kind: String,
    /// Item id.
    pub item: String,
    /// How far it got: `intended`, then what the kind's boundaries say, then `settled`.
    pub phase: String,
    /// How it ended; `None` while unresolved.
    pub outcome: Option<String>,
    /// Fault or problem code behind an outcome that is not `printed`.
    pub code: Option<String>,
    /// Whether the agency has acknowledged the outcome.
    pub reported: bool,
    /// When the intent was written, in milliseconds since 1970.
    pub begun_ms: i64,
    /// When it was last settled.
    pub settled_ms: Option<i64>,
}

impl Row {
    /// Whether nobody knows how it ended.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.outcome.as_deref().is_none_or(|outcome| outcome == Outcome::Unknown.as_str())
    }
}

/// The journal.
pub struct Journal {
    db: Connection,
    teller: Teller,
}

/// Its name in the terminal's folder.
const FILE: &str = "journal.sqlite";

/// How long one connection waits for the other's transaction.
const BUSY: Duration = Duration::from_secs(5);

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS installation (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    epoch    TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS acts (
    sequence   INTEGER PRIMARY KEY,
    act        TEXT NOT NULL UNIQUE,
    visit      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    item       TEXT NOT NULL,
    phase      TEXT NOT NULL,
    outcome    TEXT,
    code       TEXT,
    reported   INTEGER NOT NULL DEFAULT 0,
    begun_ms   INTEGER NOT NULL,
    settled_ms INTEGER
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
        let opened = Self::open_file(&directory.join(FILE), fresh_epoch, terminal, now);
        opened.map_err(|error| error.at(directory))
    }

    fn open_file(file: &Path, fresh_epoch: &str, terminal: &str, now: Now) -> Result<Self, JournalError> {
        let db = connect(file)?;
        whole(&db)?;
        db.execute_batch(SCHEMA)?;
        db.execute_batch(audit::SCHEMA)?;
        db.execute("INSERT OR IGNORE INTO installation VALUES (1, ?1)", [fresh_epoch])?;
        db.execute("INSERT INTO runs (begun_ms) VALUES (?1)", [now.unix_ms])?;
        let teller =
            Teller { run: db.last_insert_rowid(), terminal: terminal.to_owned(), algorithm: Algorithm::Sha256 };
        let mut journal = Self { db, teller };
        journal.give_up_unsettled(now)?;
        Ok(journal)
    }

    fn give_up_unsettled(&mut self, now: Now) -> Result<(), JournalError> {
        let unsettled = self.select("WHERE outcome IS NULL ORDER BY sequence")?;
        for (_, row) in unsettled {
            self.settle(&row.act, Outcome::Unknown, Some("terminal.restarted"), now)?;
        }
        Ok(())
    }

    /// A second connection to the same file, for another thread.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn beside(&self) -> Result<Self, JournalError> {
        let file = self.db.path().unwrap_or_default();
        Ok(Self { db: connect(Path::new(file))?, teller: self.teller.clone() })
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

    /// The first sequence number not yet used.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn next_sequence(&self) -> Result<u64, JournalError> {
        let last: Option<i64> = self.db.query_row("SELECT max(sequence) FROM acts", [], |row| row.get(0))?;
        Ok(u64::try_from(last.unwrap_or(0)).unwrap_or(0) + 1)
    }

    /// Writes the intent, and its line of the audit, which is returned. When this has returned, the act may be performed.
    ///
    /// # Errors
    /// [`JournalError::Twice`], [`JournalError::Use`].
    pub fn begin(&mut self, act: &Act, visit: u64, now: Now) -> Result<Event, JournalError> {
        let kind = act.body.kind().as_str();
        let begun =
            Event::ActBegun { act: Name::from(act.id.text.as_str()), kind, item: Name::from(act.item.as_str()), visit };
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        let known =
            transaction.query_row("SELECT 1 FROM acts WHERE act = ?1", [&act.id.text], |_| Ok(())).optional()?;
        if known.is_some() {
            return Err(JournalError::Twice(act.id.text.clone()));
        }
        transaction.execute(
            "INSERT INTO acts (sequence, act, visit, kind, item, phase, begun_ms) VALUES (?1, ?2, ?3, ?4, ?5, 'intended', ?6)",
            params![
                i64::try_from(act.id.sequence).unwrap_or(i64::MAX),
                act.id.text,
                act.visit_token,
                kind,
                act.item,
                now.unix_ms
            ],
        )?;
        teller.add(&transaction, &begun, now)?;
        transaction.commit()?;
        Ok(begun)
    }

    /// Notes that an act has crossed one of its kind's boundaries.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn advance(&self, act: &str, phase: &str) -> Result<(), JournalError> {
        self.db.execute("UPDATE acts SET phase = ?2 WHERE act = ?1 AND outcome IS NULL", [act, phase])?;
        Ok(())
    }

    /// Writes the outcome, and its line of the audit, which is returned.
    ///
    /// # Errors
    /// [`JournalError::NotOpen`], [`JournalError::Use`].
    pub fn settle(&mut self, act: &str, outcome: Outcome, code: Option<&str>, now: Now) -> Result<Event, JournalError> {
        let settled = "UPDATE acts SET phase = 'settled', outcome = ?2, code = ?3, settled_ms = ?4 WHERE act = ?1";
        self.ended(settled, act, outcome, code, now)
    }

    fn ended(
        &mut self,
        update: &str,
        act: &str,
        outcome: Outcome,
        code: Option<&str>,
        now: Now,
    ) -> Result<Event, JournalError> {
        let ended = Event::ActEnded { act: Name::from(act), outcome };
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        if transaction.execute(update, params![act, outcome.as_str(), code, now.unix_ms])? == 0 {
            return Err(JournalError::NotOpen(act.to_owned()));
        }
        teller.add(&transaction, &ended, now)?;
        transaction.commit()?;
        Ok(ended)
    }

    /// Notes that the agency has acknowledged the outcome.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn reported(&self, act: &str) -> Result<(), JournalError> {
        self.db.execute("UPDATE acts SET reported = 1 WHERE act = ?1", [act])?;
        Ok(())
    }

    /// Every settled act the agency has not acknowledged, with its visit token, oldest first; at most a hundred at once.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn unreported(&self) -> Result<Vec<(String, Row)>, JournalError> {
        self.select("WHERE outcome IS NOT NULL AND reported = 0 ORDER BY sequence LIMIT 100")
    }

    /// Cases of which nobody knows whether they were filed and that were begun before this moment, with their visit token; at most a
    /// hundred at once.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn unknown_cases(&self, begun_before_ms: i64) -> Result<Vec<(String, Row)>, JournalError> {
        let unknown = "WHERE kind = 'case' AND outcome = 'unknown'";
        self.select(&format!("{unknown} AND begun_ms < {begun_before_ms} ORDER BY sequence LIMIT 100"))
    }

    /// What was unknown is known now; the agency is told once more.
    ///
    /// # Errors
    /// [`JournalError::NotOpen`], [`JournalError::Use`].
    pub fn resolve(&mut self, act: &str, outcome: Outcome, now: Now) -> Result<Event, JournalError> {
        let resolved = "UPDATE acts SET outcome = ?2, code = ?3, settled_ms = ?4, reported = 0 \
                        WHERE act = ?1 AND outcome = 'unknown'";
        self.ended(resolved, act, outcome, None, now)
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

    /// Opens what is there only to look at it; a running terminal is not disturbed.
    ///
    /// # Errors
    /// [`JournalError::Open`].
    pub fn look(directory: &Path) -> Result<Self, JournalError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(directory.join(FILE), flags);
        let db = opened.map_err(|error| JournalError::Use(error).at(directory))?;
        Ok(Self { db, teller: Teller::default() })
    }

    /// Every act, oldest first.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn rows(&self) -> Result<Vec<Row>, JournalError> {
        Ok(self.select("ORDER BY sequence")?.into_iter().map(|(_, row)| row).collect())
    }

    fn select(&self, which: &str) -> Result<Vec<(String, Row)>, JournalError> {
        let columns = "visit, act, kind, item, phase, outcome, code, reported, begun_ms, settled_ms";
        let mut query = self.db.prepare(&format!("SELECT {columns} FROM acts {which}"))?;
        let rows = query.query_map([], |row| {
            let act = Row {
                act: row.get(1)?,
                kind: row.get(2)?,
                item: row.get(3)?,
                phase: row.get(4)?,
                outcome: row.get(5)?,
                code: row.get(6)?,
                reported: row.get(7)?,
                begun_ms: row.get(8)?,
                settled_ms: row.get(9)?,
            };
            Ok((row.get(0)?, act))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A damaged file is not served with: what it no longer tells of an act would be asked of nobody, and the chain of the audit would go on from
/// a line that may not be the last. Looks at every page: a million lines take a quarter of a second once they are read.
fn whole(db: &Connection) -> Result<(), rusqlite::Error> {
    let said: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said == "ok" {
        return Ok(());
    }
    Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), Some(said)))
}

fn connect(file: &Path) -> Result<Connection, JournalError> {
    let db = Connection::open(file)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    Ok(db)
}
