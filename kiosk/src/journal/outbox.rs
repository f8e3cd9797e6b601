//! What waits for the agency, in the journal's file: parcels in the order in which they were made, each under its kind and key once.
//!
//! A parcel of a case is held from the moment of the intent, in the act's own transaction, and becomes ready when the case is known to be
//! filed; where it was not filed, it goes. So there is no filed case without its records, whenever the power fails. Nothing is dropped for
//! want of room: whoever puts something in asks first ([`Journal::waiting`]).

use contract::message::{Outcome, ParcelKind};
use rusqlite::{Connection, params};

use super::{Journal, JournalError, acts, maybe_text, text};
use crate::clock::Now;
use crate::crypto::seal::{self, Recipient, SealError};
use crate::events::{By, Event, Name};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS outbox (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    kind      TEXT NOT NULL,
    key       TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    content   BLOB NOT NULL,
    state     TEXT NOT NULL,
    made_ms   INTEGER NOT NULL,
    refused   TEXT,
    recipient TEXT,
    UNIQUE (kind, key)
);
-- What is in a parcel stands before its state: counting must not walk through it.
CREATE INDEX IF NOT EXISTS outbox_states ON outbox (state, sequence);
";

/// Sealed or signed content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// How.
    pub algorithm: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// To which key ([`Recipient::digest`]); none where it is not sealed.
    pub recipient: Option<String>,
}

impl Content {
    /// Seals `plain`. To whom is noted here and now: the configuration may name another key before it goes.
    ///
    /// # Errors
    /// [`SealError::Machine`].
    pub fn sealed(to: &Recipient, plain: &[u8]) -> Result<Self, SealError> {
        Ok(Self { algorithm: seal::ALGORITHM, bytes: to.seal(plain)?, recipient: Some(to.digest().to_owned()) })
    }
}

/// A parcel that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its place.
    pub sequence: i64,
    /// What is in it.
    pub kind: ParcelKind,
    /// Names it, with its kind.
    pub key: String,
    /// How it is sealed.
    pub algorithm: String,
    /// To which key; none where it is not sealed.
    pub recipient: Option<String>,
    /// The bytes.
    pub content: Vec<u8>,
}

/// Puts a parcel in; one of the same kind and key is replaced and keeps its place. Only inside a transaction that may write.
pub(super) fn put(
    db: &Connection,
    kind: ParcelKind,
    key: &str,
    content: &Content,
    state: &str,
    now: Now,
) -> Result<(), rusqlite::Error> {
    db.execute(
        "INSERT INTO outbox (kind, key, algorithm, content, state, made_ms, recipient) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
         ON CONFLICT (kind, key) DO UPDATE SET algorithm = ?3, content = ?4, state = ?5, recipient = ?7",
        params![kind.as_str(), key, content.algorithm, content.bytes, state, now.unix_ms, content.recipient],
    )
    .map(drop)
}

/// A file of an earlier release does not know to whom its parcels are sealed: they go without, and staff hear of those that are refused for it.
pub(super) fn name_recipients_in_an_older_file(db: &Connection) -> Result<(), rusqlite::Error> {
    let sql = "SELECT count(*) FROM pragma_table_info('outbox') WHERE name = 'recipient'";
    if db.query_row(sql, [], |row| row.get::<_, i64>(0))? == 0 {
        db.execute_batch("ALTER TABLE outbox ADD COLUMN recipient TEXT")?;
    }
    Ok(())
}

/// Holds the records of a case that is about to be filed. Only inside the intent's transaction.
pub(super) fn hold(db: &Connection, act: &str, records: &Content, now: Now) -> Result<(), rusqlite::Error> {
    put(db, ParcelKind::Archive, act, records, "held", now)
}

/// What becomes of an act's parcels with its outcome. Only inside the outcome's transaction.
pub(super) fn follow(db: &Connection, act: &str, outcome: Outcome) -> Result<(), rusqlite::Error> {
    let records = match outcome {
        Outcome::Filed => "UPDATE outbox SET state = 'ready' WHERE kind = 'archive' AND key = ?1 AND state = 'held'",
        // A case that was refused on its way may still be sent again, and filed: then its records must be there.
        Outcome::NotFiled => {
            "DELETE FROM outbox WHERE kind = 'archive' AND key = ?1 AND state = 'held' AND NOT EXISTS \
             (SELECT 1 FROM outbox AS refused WHERE refused.kind = 'case' AND refused.key = ?1 AND refused.state = 'refused')"
        }
        _ => return Ok(()),
    };
    db.execute(records, [act]).map(drop)
}

/// What a parcel is called where people can read it.
pub(super) const SHOWN: &str = "CASE kind WHEN 'draft' THEN 'no.' || sequence ELSE key END";

/// Kinds that this release knows, for a statement.
pub(super) fn known_kinds() -> String {
    format!("('{}')", ParcelKind::ALL.map(ParcelKind::as_str).join("', '"))
}

impl Journal {
    /// Puts in a parcel that may go at once.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn post(&mut self, kind: ParcelKind, key: &str, content: &Content, now: Now) -> Result<(), JournalError> {
        let transaction = self.transaction()?;
        put(&transaction, kind, key, content, "ready", now)?;
        Ok(transaction.commit()?)
    }

    /// The records of an act whose end is about to be told, more complete than those that are held for it.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn complete(&mut self, act: &str, records: &Content) -> Result<(), JournalError> {
        let update = "UPDATE outbox SET algorithm = ?2, content = ?3, recipient = ?4 \
                      WHERE kind = 'archive' AND key = ?1 AND state = 'held'";
        self.db.execute(update, params![act, records.algorithm, records.bytes, records.recipient])?;
        Ok(())
    }

    /// The oldest parcel that may go, after that of this place. One of a kind that this release does not know holds up nobody: it counts among
    /// those of which staff hear ([`Journal::refused_parcels`]), and goes with a release that knows it.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn next_parcel(&self, after: i64) -> Result<Option<Waiting>, JournalError> {
        let select = "SELECT sequence, kind, key, algorithm, recipient, content FROM outbox \
                      WHERE state = 'ready' AND sequence > ?1 ORDER BY sequence";
        let mut query = self.db.prepare(select)?;
        let mut rows = query.query([after])?;
        while let Some(row) = rows.next()? {
            let Some(kind) = ParcelKind::parse(&text(row, 1)?) else { continue };
            return Ok(Some(Waiting {
                sequence: row.get(0)?,
                kind,
                key: text(row, 2)?,
                algorithm: text(row, 3)?,
                recipient: maybe_text(row, 4)?,
                // What is no bytes opens for nobody: whoever gets it says so.
                content: row.get_ref(5)?.as_bytes().unwrap_or_default().to_vec(),
            }));
        }
        Ok(None)
    }

    /// The place of the oldest parcel that may go, after this one, and of which `goes` says so: what is in those before it is not read.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn next_place(&self, after: i64, goes: impl Fn(i64) -> bool) -> Result<Option<i64>, JournalError> {
        let select = format!(
            "SELECT sequence FROM outbox WHERE state = 'ready' AND sequence > ?1 AND kind IN {} ORDER BY sequence",
            known_kinds()
        );
        let mut query = self.db.prepare(&select)?;
        let mut rows = query.query([after])?;
        while let Some(row) = rows.next()? {
            let sequence = row.get(0)?;
            if goes(sequence) {
                return Ok(Some(sequence));
            }
        }
        Ok(None)
    }

    /// Whether the parcel of this place goes by itself and was made that long ago, or as far ahead, by a clock that was set back since.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn goes_for(&self, sequence: i64, ms: i64, now: Now) -> Result<bool, JournalError> {
        let select = "SELECT 1 FROM outbox WHERE sequence = ?1 AND state = 'ready' AND made_ms NOT BETWEEN ?2 AND ?3";
        let asked = [sequence, now.unix_ms.saturating_sub(ms), now.unix_ms.saturating_add(ms)];
        Ok(self.db.prepare_cached(select)?.exists(asked)?)
    }

    /// The agency has it.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn delivered(&self, sequence: i64) -> Result<(), JournalError> {
        self.db.execute("DELETE FROM outbox WHERE sequence = ?1", [sequence])?;
        Ok(())
    }

    /// The agency will not take it, ever, or files nothing of the case in it: it stays, with the reason, and lets the others pass. The case that
    /// was in it is unknown from here: staff find out.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn refused(&mut self, parcel: &Waiting, why: &str, now: Now) -> Result<Option<Event>, JournalError> {
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        let update = "UPDATE outbox SET state = 'refused', refused = ?2 WHERE sequence = ?1";
        transaction.execute(update, params![parcel.sequence, why])?;
        let unknown = "UPDATE acts SET outcome = 'unknown', code = ?2, by = 'agency', reported = 0 \
                       WHERE sequence = ?3 AND act = ?1 AND outcome = 'queued'";
        let which = params![parcel.key, why, acts::place_of(&parcel.key)];
        let case = parcel.kind == ParcelKind::Case && transaction.execute(unknown, which)? > 0;
        let act = Name::from(parcel.key.as_str());
        let told = case.then_some(Event::ActEnded { act, by: By::Agency, outcome: Outcome::Unknown });
        if let Some(event) = &told {
            teller.add(&transaction, event, now)?;
        }
        transaction.commit()?;
        Ok(told)
    }

    /// How many parcels are on their way, held ones too. Those that were refused are not: they go nowhere.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn waiting(&self) -> Result<u64, JournalError> {
        let count: i64 =
            self.db.query_row("SELECT count(*) FROM outbox WHERE state <> 'refused'", [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Kind, key, state and reason of every parcel, oldest first; nothing of what is in it. A draft stands there by its place: its key is the
    /// number with which a window opens it.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn parcels(&self) -> Result<Vec<[String; 4]>, JournalError> {
        let reason = format!("CASE WHEN kind IN {} THEN '-' ELSE 'unknown_kind' END", known_kinds());
        let select = format!("SELECT kind, {SHOWN}, state, coalesce(refused, {reason}) FROM outbox ORDER BY sequence");
        let mut query = self.db.prepare(&select)?;
        let rows = query.query_map([], |row| Ok([text(row, 0)?, text(row, 1)?, text(row, 2)?, text(row, 3)?]))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
