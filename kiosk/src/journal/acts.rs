//! Acts: one row each, from the intent to its outcome and to what the citizen was told, under one act id. Every change of an outcome is one
//! transaction with its line of the audit and with what becomes of the act's parcel.

use contract::message::{Outcome, ParcelKind};
use rusqlite::{OptionalExtension, params};

use super::outbox::{self, Content};
use super::{Journal, JournalError, maybe_text, text};
use crate::clock::Now;
use crate::events::{By, Event, Name};
use crate::session::{Act, ActKind, Boundary, Brought, HOUR_MS};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS acts (
    sequence   INTEGER PRIMARY KEY,
    act        TEXT NOT NULL,
    visit      TEXT NOT NULL,
    person     TEXT,
    kind       TEXT NOT NULL,
    item       TEXT NOT NULL,
    copy       INTEGER NOT NULL,
    phase      TEXT NOT NULL,
    outcome    TEXT,
    code       TEXT,
    by         TEXT,
    told       TEXT,
    reported   INTEGER NOT NULL DEFAULT 0,
    begun_ms   INTEGER NOT NULL,
    settled_ms INTEGER
);
DROP INDEX IF EXISTS acts_open;
CREATE INDEX IF NOT EXISTS acts_unsure ON acts (begun_ms) WHERE outcome IN ('unknown', 'queued');
CREATE INDEX IF NOT EXISTS acts_unreported ON acts (sequence) WHERE reported = 0 AND outcome IS NOT NULL;
";

/// Acts of which it is not known how they ended, or which are still on their way.
pub(super) const OPEN: &str = "(outcome IS NULL OR outcome IN ('unknown', 'queued'))";

/// The same without the one that is being performed: in the words of the index, which a statement must have to use it. No intent is in that index,
/// and an act is found by the number in its id: each index more is one page more to write before anything may be done.
/// Whoever wants them by their place writes `+sequence`: by that name alone the database would walk through all acts.
const UNSURE: &str = "outcome IN ('unknown', 'queued')";

/// Phase of a settled act whose last line of the audit is pruned, as long as something keeps it here.
pub(super) const UNLISTED: &str = "unlisted";

/// A case whose own parcel was refused is not to be found out: the agency does not know it, and staff may send it once more.
const NOT_REFUSED: &str =
    "NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.kind = 'case' AND key = acts.act AND state = 'refused')";

/// Its records are held under its id from the intent on. Where none are, the id has rotted, whatever it reads now, or theirs has.
const RECORDED: &str = "EXISTS (SELECT 1 FROM outbox WHERE outbox.kind = 'archive' AND key = acts.act)";

/// It is said to go by itself, and nothing of it is on its way: the key of its parcel has rotted.
const STRANDED: &str = "outcome = 'queued' AND NOT EXISTS \
     (SELECT 1 FROM outbox WHERE outbox.kind = 'case' AND key = acts.act AND state = 'ready')";

/// Which copy it is, among the acts since the visit's first one (`?8`): an index of visits would be one page more to write with every intent. What
/// is in nobody's name has another token than the rest of its visit, and stands between; what is in a principal's has the same one as the agent's own.
const INTENT: &str = "
INSERT INTO acts (sequence, act, visit, person, kind, item, copy, phase, begun_ms)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, 1 + count(*), 'intended', ?7 FROM acts
WHERE sequence >= ?8 AND visit = ?3 AND person IS ?4 AND kind = ?5 AND item = ?6
    AND ifnull(outcome, '') NOT LIKE 'not_%'";

/// Rows that one question gives at most.
pub const AT_MOST: usize = 100;

/// One act, as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Counts acts since the journal was made.
    pub sequence: i64,
    /// Act id.
    pub act: String,
    /// Token of its visit.
    pub visit: String,
    /// Whom it concerns, under the terminal's key; `None` for nobody.
    pub person: Option<String>,
    /// `slip`, `certificate`, `case`, `question` or `card_pin`.
    pub kind: String,
    /// Item id.
    pub item: String,
    /// Which of its kind and item in its visit and in the same name: the second slip is a copy.
    pub copy: i64,
    /// How far it got: `intended`, then what the kind's boundaries say, then `settled`, then `unlisted` where its line of the
    /// audit goes before it.
    pub phase: String,
    /// How it ended; `None` while unresolved.
    pub outcome: Option<String>,
    /// Fault or problem code behind an outcome that is not `printed`.
    pub code: Option<String>,
    /// Who said how it ended; see [`By`].
    pub by: Option<String>,
    /// The outcome that the citizen was shown; `None` where nobody was there any more.
    pub told: Option<String>,
    /// Whether the agency has acknowledged the outcome.
    pub reported: bool,
    /// When the intent was written, in milliseconds since 1970.
    pub begun_ms: i64,
    /// When it was last settled.
    pub settled_ms: Option<i64>,
}

impl Row {
    /// Whether it is not known how it ended, or it is still on its way.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let open = [Outcome::Unknown, Outcome::Queued].map(Outcome::as_str);
        self.outcome.as_deref().is_none_or(|outcome| open.contains(&outcome))
    }
}

/// The number at the end of an act id, which is its place; `None`, which is no act's, for what is no act id.
pub(super) fn place_of(act: &str) -> Option<i64> {
    act.rsplit_once('-').and_then(|(_, number)| number.parse().ok())
}

impl Journal {
    /// Settles acts that a crash left unresolved. Nothing goes out before the journal says that it does: what had not come so far was not
    /// done; of all else nobody can know from here whether the paper came out.
    /// Returns the kinds of those that are unknown now.
    pub(super) fn give_up_unsettled(&mut self, now: Now) -> Result<Vec<ActKind>, JournalError> {
        let mut unknown = Vec::new();
        for row in self.select("WHERE outcome IS NULL ORDER BY sequence")? {
            let kind = ActKind::parse(&row.kind);
            let before = |kind: ActKind| (row.phase != Boundary::Sending.as_str()).then(|| kind.not_done());
            let outcome = kind.and_then(before).unwrap_or(Outcome::Unknown);
            // By its place: one whose id has rotted must not keep the terminal from starting.
            let (which, code) = ((row.sequence, row.act.as_str()), Some("terminal.restarted"));
            self.ended(which, outcome, code, &By::Terminal, None, now)?;
            unknown.extend(kind.filter(|_| outcome == Outcome::Unknown));
        }
        Ok(unknown)
    }

    /// The first sequence number not yet used.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn next_sequence(&self) -> Result<u64, JournalError> {
        let last: Option<i64> = self.db.query_row("SELECT max(sequence) FROM acts", [], |row| row.get(0))?;
        Ok(u64::try_from(last.unwrap_or(0)).unwrap_or(0) + 1)
    }

    /// Writes the intent, its line of the audit, which is returned, and the records that are held for it. When this has returned, the act
    /// may be performed.
    ///
    /// # Errors
    /// [`JournalError::Twice`], [`JournalError::Use`].
    pub fn begin(&mut self, act: &Act, visit: u64, records: Option<&Content>, now: Now) -> Result<Event, JournalError> {
        let kind = act.body.kind().as_str();
        let [name, item] = [&act.id.text, &act.item].map(|text| Name::from(text.as_str()));
        // The line goes to the agency with the records of the case: under the visit's number they would lie beside those of whoever signed in.
        let told_visit = if act.person.is_some() { visit } else { 0 };
        let begun = Event::ActBegun { act: name, kind, item, visit: told_visit };
        let teller = self.teller.clone();
        let sequence = i64::try_from(act.id.sequence).unwrap_or(i64::MAX);
        let (_, first) =
            *self.visit.insert(self.visit.filter(|(number, _)| *number == visit).unwrap_or((visit, sequence)));
        let transaction = self.transaction()?;
        if transaction.prepare_cached("SELECT 1 FROM acts WHERE sequence = ?1")?.exists([sequence])? {
            return Err(JournalError::Twice(act.id.text.clone()));
        }
        let person = act.person.as_ref().map(|person| person.as_str());
        transaction.prepare_cached(INTENT)?.execute(params![
            sequence,
            act.id.text,
            act.visit_token,
            person,
            kind,
            act.item,
            now.unix_ms,
            first
        ])?;
        if let Some(records) = records {
            outbox::hold(&transaction, &act.id.text, records, now)?;
        }
        teller.add(&transaction, &begun, now)?;
        transaction.commit()?;
        Ok(begun)
    }

    /// Notes that an act has crossed one of its kind's boundaries. One that somebody has settled meanwhile must not go on.
    ///
    /// # Errors
    /// [`JournalError::NotOpen`], [`JournalError::Use`].
    pub fn advance(&self, act: &str, phase: &str) -> Result<(), JournalError> {
        let update = "UPDATE acts SET phase = ?3 WHERE sequence = ?1 AND act = ?2 AND outcome IS NULL";
        if self.db.prepare_cached(update)?.execute(params![place_of(act), act, phase])? == 0 {
            return Err(JournalError::NotOpen(act.to_owned()));
        }
        Ok(())
    }

    /// Writes the outcome, and its line of the audit, which is returned; with it the parcel in which the act goes on its way, where it does.
    ///
    /// # Errors
    /// [`JournalError::NotOpen`], [`JournalError::Use`].
    pub fn settle(
        &mut self,
        act: &str,
        outcome: Outcome,
        code: Option<&str>,
        parcel: Option<(ParcelKind, &Content)>,
        now: Now,
    ) -> Result<Event, JournalError> {
        let sequence = self.sequence(act)?.ok_or_else(|| JournalError::NotOpen(act.to_owned()))?;
        self.ended((sequence, act), outcome, code, &By::Terminal, parcel, now)
    }

    /// What was unknown or on its way is known now; the agency is told once more.
    ///
    /// # Errors
    /// [`JournalError::NotOpen`], [`JournalError::Use`].
    pub fn resolve(
        &mut self,
        act: &str,
        outcome: Outcome,
        code: Option<&str>,
        by: &By,
        now: Now,
    ) -> Result<Event, JournalError> {
        let sequence = self.sequence(act)?.ok_or_else(|| JournalError::NotOpen(act.to_owned()))?;
        self.ended((sequence, act), outcome, code, by, None, now)
    }

    fn ended(
        &mut self,
        (sequence, act): (i64, &str),
        outcome: Outcome,
        code: Option<&str>,
        by: &By,
        parcel: Option<(ParcelKind, &Content)>,
        now: Now,
    ) -> Result<Event, JournalError> {
        let ended = Event::ActEnded { act: Name::from(act), by: by.clone(), outcome };
        let update = format!(
            "UPDATE acts SET phase = 'settled', outcome = ?2, code = ?3, by = ?4, settled_ms = ?5, reported = 0 \
             WHERE sequence = ?1 AND {OPEN}"
        );
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        let by = by.to_string();
        let changed = params![sequence, outcome.as_str(), code, by, now.unix_ms];
        if transaction.prepare_cached(&update)?.execute(changed)? == 0 {
            return Err(JournalError::NotOpen(act.to_owned()));
        }
        outbox::follow(&transaction, act, outcome)?;
        if let Some((kind, content)) = parcel {
            outbox::put(&transaction, kind, act, content, "ready", now)?;
        }
        teller.add(&transaction, &ended, now)?;
        transaction.commit()?;
        Ok(ended)
    }

    /// The citizen has been shown this outcome.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn told(&self, act: &str, outcome: Outcome) -> Result<(), JournalError> {
        let update = "UPDATE acts SET told = ?3 WHERE sequence = ?1 AND act = ?2";
        self.db.execute(update, params![place_of(act), act, outcome.as_str()])?;
        Ok(())
    }

    /// Notes that the agency has acknowledged this outcome of the act at this place.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn reported(&self, sequence: i64, outcome: Outcome) -> Result<(), JournalError> {
        // Somebody of the staff may have entered another one meanwhile.
        let update = "UPDATE acts SET reported = 1 WHERE sequence = ?1 AND outcome = ?2";
        self.db.execute(update, params![sequence, outcome.as_str()])?;
        Ok(())
    }

    /// Settled acts after this one that the agency has not acknowledged, oldest first; at most [`AT_MOST`].
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn unreported(&self, after: i64) -> Result<Vec<Row>, JournalError> {
        let unreported = format!("WHERE outcome IS NOT NULL AND reported = 0 AND sequence > {after}");
        self.select(&format!("{unreported} ORDER BY sequence LIMIT {AT_MOST}"))
    }

    /// Cases of which nobody knows whether they were filed, oldest first; at most [`AT_MOST`]. Not one whose own parcel was refused, and not one
    /// whose id has rotted: the agency knows no case of that name, and it would count as not filed. Staff find that one out
    /// ([`Self::unknown_for`]).
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn unknown_cases(&self) -> Result<Vec<Row>, JournalError> {
        let unknown = format!("WHERE {UNSURE} AND kind = 'case' AND outcome = 'unknown' AND {RECORDED}");
        self.select(&format!("{unknown} AND {NOT_REFUSED} ORDER BY +sequence LIMIT {AT_MOST}"))
    }

    /// Documents of which nobody knows whether they were printed and that were begun after this moment; at most [`AT_MOST`].
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn unknown_documents(&self, begun_after_ms: i64) -> Result<Vec<Row>, JournalError> {
        let unknown = format!("WHERE {UNSURE} AND kind = 'certificate' AND outcome = 'unknown'");
        self.select(&format!("{unknown} AND begun_ms > {begun_after_ms} ORDER BY begun_ms LIMIT {AT_MOST}"))
    }

    /// Acts of which somebody must find out how they ended, oldest first.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn to_find_out(&self) -> Result<Vec<Row>, JournalError> {
        self.select(&format!("WHERE {UNSURE} AND (outcome = 'unknown' OR {STRANDED}) ORDER BY +sequence"))
    }

    /// Every act, oldest first.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn rows(&self) -> Result<Vec<Row>, JournalError> {
        self.select("ORDER BY sequence")
    }

    /// Of how many acts nobody knows how they ended that were begun that long ago, or as far ahead, by a clock that was set back since; what is
    /// on its way is known to be, and of a case whose own parcel was refused staff hear otherwise.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn unknown_for(&self, ms: i64, now: Now) -> Result<usize, JournalError> {
        let unknown = format!("{UNSURE} AND (outcome = 'unknown' AND {NOT_REFUSED} OR {STRANDED})");
        let old = "begun_ms NOT BETWEEN ?1 AND ?2";
        // One follows the other, and each start settles what it finds: one without an outcome is among the newest.
        let performed = format!("sequence > (SELECT max(sequence) FROM acts) - {AT_MOST} AND outcome IS NULL");
        let count = format!("SELECT count(*) FROM acts WHERE {unknown} AND {old}");
        let count = format!("SELECT ({count}) + (SELECT count(*) FROM acts WHERE {performed} AND {old})");
        let around = [now.unix_ms.saturating_sub(ms), now.unix_ms.saturating_add(ms)];
        let count: i64 = self.db.query_row(&count, around, |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Cases and questions of today and of the last hour of which something came, or may have. Looks at every row: once a start.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn brought(&self, now: Now) -> Result<Brought, JournalError> {
        let since = "FROM acts WHERE kind IN ('case', 'question') AND ifnull(outcome, '') NOT LIKE 'not_%' \
                     AND begun_ms BETWEEN ?1 AND ?2";
        let today = format!("SELECT count(*) {since} AND person IS NOT NULL");
        let today: i64 = self.db.query_row(&today, [now.midnight_ms(), now.unix_ms], |row| row.get(0))?;
        let mut of_nobody =
            self.db.prepare(&format!("SELECT ?2 - begun_ms {since} AND person IS NULL ORDER BY begun_ms"))?;
        let ago = of_nobody.query_map([now.unix_ms - HOUR_MS, now.unix_ms], |row| row.get(0))?;
        Ok(Brought { cases_today: u64::try_from(today).unwrap_or(0), of_nobody_ago_ms: ago.collect::<Result<_, _>>()? })
    }

    /// One act.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn row(&self, act: &str) -> Result<Option<Row>, JournalError> {
        let id = self.sequence(act)?;
        Ok(id.map(|id| self.select(&format!("WHERE sequence = {id}"))).transpose()?.and_then(|mut rows| rows.pop()))
    }

    /// The place of an act. One that is open and whose id has rotted is found by what the list shows of it, so that staff can enter its end.
    fn sequence(&self, act: &str) -> Result<Option<i64>, JournalError> {
        let mut query = self.db.prepare_cached("SELECT sequence FROM acts WHERE sequence = ?1 AND act = ?2")?;
        let found: Option<i64> = query.query_row(params![place_of(act), act], |row| row.get(0)).optional()?;
        if found.is_some() {
            return Ok(found);
        }
        let open = self.select(&format!("WHERE {OPEN}"))?;
        Ok(open.into_iter().find(|row| row.act == act).map(|row| row.sequence))
    }

    fn select(&self, which: &str) -> Result<Vec<Row>, JournalError> {
        let columns = "act, visit, person, kind, item, copy, phase, outcome, code, by, told, reported, begun_ms, settled_ms, sequence";
        let mut query = self.db.prepare(&format!("SELECT {columns} FROM acts {which}"))?;
        let rows = query.query_map([], |row| {
            Ok(Row {
                sequence: row.get(14)?,
                act: text(row, 0)?,
                visit: text(row, 1)?,
                person: maybe_text(row, 2)?,
                kind: text(row, 3)?,
                item: text(row, 4)?,
                copy: row.get(5)?,
                phase: text(row, 6)?,
                outcome: maybe_text(row, 7)?,
                code: maybe_text(row, 8)?,
                by: maybe_text(row, 9)?,
                told: maybe_text(row, 10)?,
                reported: row.get(11)?,
                begun_ms: row.get(12)?,
                settled_ms: row.get(13)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
