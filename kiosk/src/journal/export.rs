//! Lines of the audit on their way to the auditor: which are due, and what becomes of them when the agency has them. One parcel of them is on
//! its way at a time, so that the outbox keeps its room for what citizens have left, and the same lines never go twice at once.
//!
//! They are due once a day, up to where the day began, and at once while many stand. A parcel that was refused counts for nothing: the next
//! day its lines go again, in another.

use rusqlite::{Connection, OptionalExtension, params};

use super::outbox::{self, Content, Waiting};
use super::retention::{self, acknowledge};
use super::{Journal, JournalError, text};
use crate::audit::{Head, after_line, exported_line};
use crate::clock::Now;
use crate::events::{By, Event};
use contract::message::ParcelKind;

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS audit_exports (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    key      TEXT NOT NULL,
    first    INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    digest   TEXT NOT NULL,
    noted    INTEGER NOT NULL
);
";

/// Lines that are due, as an export of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The first of them; it follows the last that is exported.
    pub first: i64,
    /// The last.
    pub last: Head,
    /// The export.
    pub text: String,
    /// More are due after these.
    pub more: bool,
}

/// Lines that have been posted and are not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Their parcel's.
    pub key: String,
    /// The first of them.
    pub first: i64,
    /// The last.
    pub last: Head,
    /// How many days had been noted by then.
    noted: i64,
    /// Whether the parcel is still on its way.
    pub on_its_way: bool,
}

fn posted(db: &Connection) -> Result<Option<Posted>, rusqlite::Error> {
    let select = "SELECT key, first, sequence, digest, noted, EXISTS \
                  (SELECT 1 FROM outbox WHERE kind = ?1 AND outbox.key = audit_exports.key AND state = 'ready') FROM audit_exports";
    db.query_row(select, [ParcelKind::AuditLines.as_str()], |row| {
        let last = Head { sequence: row.get(2)?, digest: text(row, 3)? };
        Ok(Posted { key: text(row, 0)?, first: row.get(1)?, last, noted: row.get(4)?, on_its_way: row.get(5)? })
    })
    .optional()
}

/// How many days have been noted, and which line was the newest when the last of them was.
fn today(db: &Connection) -> Result<(i64, i64), rusqlite::Error> {
    let select = "SELECT number, sequence FROM audit_days ORDER BY number DESC LIMIT 1";
    let today = db.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(today.unwrap_or_default())
}

/// Nothing more is posted while something is on its way, or on the day on which it was refused.
fn may_post(db: &Connection) -> Result<bool, rusqlite::Error> {
    let (today, _) = today(db)?;
    Ok(posted(db)?.is_none_or(|posted| !posted.on_its_way && posted.noted < today))
}

impl Journal {
    /// The lines that are due, at most so many bytes of them; `None` where none are. `at_once_lines` that are not exported are due before the
    /// day is over.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn due_lines(&self, at_once_lines: u64, most_bytes: usize) -> Result<Option<Part>, JournalError> {
        let moment = self.moment()?;
        let marks = moment.marks()?;
        let (_, day_began) = today(&self.db)?;
        let to = if marks.unexported() >= at_once_lines { marks.head.sequence } else { day_began };
        if to <= marks.exported.sequence || !may_post(&self.db)? {
            return Ok(None);
        }
        let first = marks.exported.sequence + 1;
        let mut part = Part { first, text: after_line(&marks.exported), last: marks.exported, more: false };
        let select = "SELECT sequence, text, digest FROM audit WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence";
        let mut query = self.db.prepare(select)?;
        for read in query.query_map([first, to], super::audit::line)? {
            let line = read?;
            let told = exported_line(&line);
            if part.text.len() + told.len() > most_bytes {
                part.more = true;
                break;
            }
            part.text.push_str(&told);
            part.last = Head { sequence: line.sequence, digest: line.digest };
        }
        Ok((part.last.sequence >= first).then_some(part))
    }

    /// Puts a part, sealed, into the outbox under this key, in place of one that was refused. Not done where something else has happened since
    /// it was read: more is acknowledged, or another part is on its way.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn post_part(&mut self, part: &Part, key: &str, content: &Content, now: Now) -> Result<(), JournalError> {
        let transaction = self.transaction()?;
        let follows = retention::marks(&transaction)?.exported.sequence + 1 == part.first;
        if !follows || !may_post(&transaction)? {
            return Ok(());
        }
        let kind = ParcelKind::AuditLines.as_str();
        transaction.execute("DELETE FROM outbox WHERE kind = ?1", [kind])?;
        outbox::put(&transaction, ParcelKind::AuditLines, key, content, "ready", now)?;
        let (noted, _) = today(&transaction)?;
        transaction.execute(
            "INSERT OR REPLACE INTO audit_exports (only_row, key, first, sequence, digest, noted) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            params![key, part.first, part.last.sequence, part.last.digest, noted],
        )?;
        Ok(transaction.commit()?)
    }

    /// The agency has this parcel of lines: it is forgotten, and they count as exported; the event is returned. `None` where they do not: it is
    /// no parcel that was posted last, or somebody has acknowledged more meanwhile.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn part_delivered(&mut self, parcel: &Waiting, now: Now) -> Result<Option<Event>, JournalError> {
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        let posted = posted(&transaction)?.filter(|posted| posted.key == parcel.key);
        // By its place: one whose key has rotted would be sent again for ever.
        transaction.execute("DELETE FROM outbox WHERE sequence = ?1", [parcel.sequence])?;
        let exported = retention::marks(&transaction)?.exported.sequence;
        let mut told = None;
        if let Some(posted) = posted {
            transaction.execute("DELETE FROM audit_exports", [])?;
            // What somebody has acknowledged by hand in between is more than this.
            if posted.first <= exported + 1 && posted.last.sequence > exported {
                told = match acknowledge(&transaction, &teller, &posted.last, &By::Agency, now) {
                    Ok(event) => event,
                    Err(why) => match why.of_the_journal() {
                        Some(error) => return Err(error),
                        // They no longer stand here as they were posted: whoever verifies finds out why.
                        None => None,
                    },
                };
            }
        }
        transaction.commit()?;
        Ok(told)
    }

    /// Lines that have been posted and are not acknowledged, if there are such.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn posted_lines(&self) -> Result<Option<Posted>, JournalError> {
        Ok(posted(&self.db)?)
    }
}
