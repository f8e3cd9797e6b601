//! The audit's lines in the journal's file. What an act leaves in both is one transaction, so that neither can tell of an act that the
//! other does not know.
//!
//! Here lines are only added; the oldest go one way only, which stands in `retention`. They stand in the order in which they were written: an
//! act's may come before what happened a moment earlier in its visit and waits for the thread `audit`; `elapsed_ms` tells.
//!
//! Who reads them: `kiosk audit`, and whoever verifies an export of it with tools of their own.

use contract::format::Date;
use contract::message::ParcelKind;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::outbox::{self, Content};
use super::retention::{self, Marks};
use super::{Journal, JournalError, text};
use crate::audit::{Algorithm, Head, Line};
use crate::clock::Now;
use crate::events::Event;

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS runs (
    run      INTEGER PRIMARY KEY,
    begun_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS audit (
    sequence INTEGER PRIMARY KEY,
    text     TEXT NOT NULL,
    digest   TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS heads (
    day      TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL
);
";

/// What stands in every line of one run of the program.
#[derive(Clone, Debug, Default)]
pub struct Teller {
    /// Counts starts of the program on this journal.
    pub run: i64,
    /// The terminal's id.
    pub terminal: String,
    /// With what lines are chained from here.
    pub algorithm: Algorithm,
}

impl Teller {
    /// Adds the line of an event that the audit keeps; others are nothing to it. Only inside a transaction that may write.
    pub(super) fn add(&self, db: &Connection, event: &Event, now: Now) -> Result<(), rusqlite::Error> {
        let Some(actor) = event.audited() else { return Ok(()) };
        let Now { elapsed_ms, unix_ms } = now;
        let told = format!(
            "run={} elapsed_ms={elapsed_ms} unix_ms={unix_ms} terminal={} actor={} {}",
            self.run,
            self.terminal,
            actor.as_str(),
            event.line()
        );
        let line = Line::after(&head(db)?, self.algorithm, &told);
        let values = params![line.sequence, line.text, line.digest];
        db.prepare_cached("INSERT INTO audit (sequence, text, digest) VALUES (?1, ?2, ?3)")?.execute(values).map(drop)
    }
}

/// The newest line; where all were pruned, the last of these.
pub(super) fn head(db: &Connection) -> Result<Head, rusqlite::Error> {
    let last = "SELECT sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1";
    let newest = |row: &Row<'_>| Ok(Head { sequence: row.get(0)?, digest: text(row, 1)? });
    let head = db.prepare_cached(last)?.query_row([], newest).optional()?;
    head.map_or_else(|| retention::base(db), Ok)
}

/// From a row of sequence, text and digest.
pub(super) fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line { sequence: row.get(0)?, text: text(row, 1)?, digest: text(row, 2)? })
}

/// The audit as it stands at one moment, whatever a running terminal writes or prunes meanwhile.
pub struct Moment<'a>(Transaction<'a>);

impl Moment<'_> {
    /// Where the chain stands.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn marks(&self) -> Result<Marks, JournalError> {
        Ok(retention::marks(&self.0)?)
    }

    /// One line.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn line(&self, sequence: i64) -> Result<Option<Line>, JournalError> {
        let select = "SELECT sequence, text, digest FROM audit WHERE sequence = ?1";
        Ok(self.0.query_row(select, [sequence], line).optional()?)
    }

    /// Before which line pruning stands still, because the chain does not hold there; `None` where nothing stops it.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn stands_still(&self, keep_days: u64, now: Now) -> Result<Option<i64>, JournalError> {
        Ok(retention::stands_still(&self.0, keep_days, now)?)
    }

    /// Every line from this one on, in order.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn lines(&self, from: i64, mut each: impl FnMut(Line)) -> Result<(), JournalError> {
        let select = "SELECT sequence, text, digest FROM audit WHERE sequence >= ?1 ORDER BY sequence";
        let mut query = self.0.prepare(select)?;
        for read in query.query_map([from], line)? {
            each(read?);
        }
        Ok(())
    }

    /// Lines from one number to another, in order; only the first so many of them.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn lines_up_to(&self, from: i64, to: i64, at_most: usize) -> Result<Vec<Line>, JournalError> {
        let select =
            "SELECT sequence, text, digest FROM audit WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence LIMIT ?3";
        let mut query = self.0.prepare(select)?;
        let at_most = i64::try_from(at_most).unwrap_or(i64::MAX);
        let rows = query.query_map([from, to, at_most], line)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Journal {
    /// Adds what happened, in this order and all at once.
    ///
    /// # Errors
    /// [`JournalError::Use`]: nothing of it is kept.
    pub fn note(&mut self, happened: &[(Event, Now)]) -> Result<(), JournalError> {
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        for (event, now) in happened {
            teller.add(&transaction, event, *now)?;
        }
        Ok(transaction.commit()?)
    }

    /// The newest line, and whether a head has been sent on that day.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn head_on(&self, day: Date) -> Result<(Head, bool), JournalError> {
        let sent = self.db.query_row("SELECT 1 FROM heads WHERE day = ?1", [day.to_string()], |_| Ok(())).optional()?;
        Ok((head(&self.db)?, sent.is_some()))
    }

    /// Puts a day's head into the outbox, once.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn post_head(&mut self, day: Date, sequence: i64, content: &Content, now: Now) -> Result<(), JournalError> {
        // Of this journal and no other: one that takes the place of a damaged one has a head of its own on the same day.
        let key = format!("head-{}-{day}", self.epoch()?);
        let transaction = self.transaction()?;
        transaction.execute("INSERT INTO heads (day, sequence) VALUES (?1, ?2)", params![day.to_string(), sequence])?;
        outbox::put(&transaction, ParcelKind::AuditHead, &key, content, "ready", now)?;
        Ok(transaction.commit()?)
    }

    /// The newest lines of one act, in order.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn lines_of(&self, act: &str) -> Result<Vec<String>, JournalError> {
        // An act that runs has written its lines just now; the whole audit is half a year long.
        let select =
            "SELECT text FROM (SELECT sequence, text FROM audit ORDER BY sequence DESC LIMIT 64) ORDER BY sequence";
        let mut query = self.db.prepare(select)?;
        let lines = query.query_map([], |row| text(row, 0))?.collect::<Result<Vec<String>, _>>()?;
        let of_it = format!(" act={act} ");
        Ok(lines.into_iter().filter(|line| line.contains(&of_it)).collect())
    }

    /// The audit as it stands now.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn moment(&self) -> Result<Moment<'_>, JournalError> {
        Ok(Moment(self.db.unchecked_transaction()?))
    }
}
