//! How long lines of the audit stay in the journal's file, and what becomes of them: up to which line an export is acknowledged, from which
//! line on they are kept, and on how many days this terminal has run. The only file that deletes lines.
//!
//! A line goes when it is exported and old, and not before. Old is what both say: its own time, and the days that have been noted since it was
//! written. A clock can be set forward by ten years at once; days are noted one by one, half a day of running or a start of the machine apart
//! ([`Journal::note_day_of`]). Lines go from the beginning on, in one transaction with a line that says so, with the acts that they tell of, and
//! with the mark from which the chain goes on ([`Marks::base`]). A part of the chain that does not hold is evidence, and stays.

use contract::format::Date;
use rusqlite::{Connection, OptionalExtension, params};

use super::acts::{OPEN, UNLISTED, place_of};
use super::audit::{head, line};
use super::{Journal, JournalError, Teller, text};
use crate::audit::{Head, Verifier, field};
use crate::clock::{Now, Uptime};
use crate::events::{By, Event, LineDigest};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS audit_marks (
    name     TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL,
    digest   TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS audit_days (
    number   INTEGER PRIMARY KEY,
    day      TEXT NOT NULL UNIQUE,
    sequence INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS audit_day_noted (
    only_row  INTEGER PRIMARY KEY CHECK (only_row = 1),
    boot      TEXT NOT NULL,
    uptime_ms INTEGER NOT NULL
);
";

/// Between two days that are noted within one start of the machine: half a day of running. So a wall clock that leaps from day to day makes
/// none of them old, however often the program starts meanwhile. After a start of the machine a day counts at once, for a terminal that is
/// switched off every night runs on a day, too: whoever wants half a year to have passed starts the machine 184 times, and each start shows.
const DAYS_APART_MS: u64 = 12 * 3_600_000;

/// The line up to which lines were pruned.
const BASE: &str = "base";
/// The line up to which an export is acknowledged.
const EXPORTED: &str = "exported";

/// Lines that go in one transaction: nobody waits a quarter of a second for their slip because the audit is tidied.
const AT_ONCE: i64 = 10_000;

const DAY_MS: i64 = 24 * 3_600_000;

/// Where the chain stands at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    /// After which line lines are kept: what stood before was pruned. The start, where nothing was.
    pub base: Head,
    /// Up to which line an export is acknowledged. The start, where none is.
    pub exported: Head,
    /// The newest line.
    pub head: Head,
}

impl Marks {
    /// How many lines nobody has exported. Lines have no gaps, so that none needs to be counted.
    #[must_use]
    pub fn unexported(&self) -> u64 {
        u64::try_from(self.head.sequence - self.exported.sequence.max(self.base.sequence)).unwrap_or(0)
    }
}

/// What was pruned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// As it stands in the audit.
    pub event: Event,
    /// There may be more to prune.
    pub more: bool,
}

/// Why an export is not acknowledged; nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum CannotAcknowledge {
    /// There is no such line.
    #[error(
        "line {0} does not stand here: look whether this is the export of another terminal, or of another journal of this one"
    )]
    NoLine(i64),
    /// The line has another digest.
    #[error(
        "line {0} stands here with another digest: the export tells otherwise than this terminal. Keep both, acknowledge nothing, and \
         find out with kiosk audit verify which was changed"
    )]
    Other(i64),
    /// More has been acknowledged before.
    #[error("lines up to {exported} are acknowledged already; this would go back to line {asked}")]
    Backwards {
        /// Up to where now.
        asked: i64,
        /// Up to where before.
        exported: i64,
    },
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<rusqlite::Error> for CannotAcknowledge {
    fn from(error: rusqlite::Error) -> Self {
        Self::Journal(error.into())
    }
}

pub(super) fn base(db: &Connection) -> Result<Head, rusqlite::Error> {
    Ok(mark(db, BASE)?.unwrap_or_default())
}

fn mark(db: &Connection, name: &str) -> Result<Option<Head>, rusqlite::Error> {
    let select = "SELECT sequence, digest FROM audit_marks WHERE name = ?1";
    db.query_row(select, [name], |row| Ok(Head { sequence: row.get(0)?, digest: text(row, 1)? })).optional()
}

fn set(db: &Connection, name: &str, at: &Head) -> Result<(), rusqlite::Error> {
    let set = "INSERT INTO audit_marks VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET sequence = ?2, digest = ?3";
    db.execute(set, params![name, at.sequence, at.digest]).map(drop)
}

/// Where the chain stands; whoever reads lines with it does so in the same transaction.
pub(super) fn marks(db: &Connection) -> Result<Marks, rusqlite::Error> {
    let exported = mark(db, EXPORTED)?.unwrap_or_default();
    Ok(Marks { base: base(db)?, exported, head: head(db)? })
}

/// The digest of a line that is kept, or of the last one that was pruned.
fn digest(db: &Connection, sequence: i64) -> Result<Option<String>, rusqlite::Error> {
    let base = base(db)?;
    if base.sequence == sequence {
        return Ok(Some(base.digest));
    }
    db.query_row("SELECT digest FROM audit WHERE sequence = ?1", [sequence], |row| text(row, 0)).optional()
}

/// Notes that an export is kept elsewhere, and by whose word. Only inside a transaction that may write. `None` where that stands already.
pub(super) fn acknowledge(
    db: &Connection,
    teller: &Teller,
    up_to: &Head,
    by: &By,
    now: Now,
) -> Result<Option<Event>, CannotAcknowledge> {
    let exported = marks(db)?.exported;
    if exported == *up_to && up_to.sequence > 0 {
        return Ok(None);
    }
    let stands = digest(db, up_to.sequence)?.filter(|_| up_to.sequence > 0);
    if up_to.sequence < exported.sequence {
        return Err(CannotAcknowledge::Backwards { asked: up_to.sequence, exported: exported.sequence });
    }
    match stands {
        None => Err(CannotAcknowledge::NoLine(up_to.sequence)),
        Some(digest) if digest != up_to.digest => Err(CannotAcknowledge::Other(up_to.sequence)),
        Some(digest) => {
            set(db, EXPORTED, up_to)?;
            let (up_to, digest) = (number(up_to.sequence), LineDigest::from(digest.as_str()));
            let event = Event::AuditAcknowledged { up_to, digest, by: by.clone() };
            teller.add(db, &event, now)?;
            Ok(Some(event))
        }
    }
}

fn is_noted(db: &Connection, day: Date) -> Result<bool, rusqlite::Error> {
    let select = "SELECT 1 FROM audit_days WHERE day = ?1";
    Ok(db.query_row(select, [day.to_string()], |_| Ok(())).optional()?.is_some())
}

/// Whether enough has passed, by what no command sets, since a day was noted last.
fn may_note(db: &Connection, uptime: &Uptime) -> Result<bool, rusqlite::Error> {
    let select = "SELECT uptime_ms FROM audit_day_noted WHERE boot = ?1";
    let noted: Option<i64> = db.query_row(select, [&uptime.boot], |row| row.get(0)).optional()?;
    Ok(noted.is_none_or(|noted| uptime.ms.saturating_sub(number(noted)) >= DAYS_APART_MS))
}

fn number(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// The newest line that was written so long ago that as many days have been noted since, and one more: its own day has passed, too.
fn aged(db: &Connection, keep_days: u64) -> Result<i64, rusqlite::Error> {
    let select = "SELECT sequence FROM audit_days ORDER BY number DESC LIMIT 1 OFFSET ?1";
    let days = i64::try_from(keep_days).unwrap_or(i64::MAX);
    Ok(db.query_row(select, [days], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Whether the line's own time does not speak against its age. What claims to come from later than now was written by a clock that was wrong,
/// and says nothing.
fn is_old(text: &str, keep_days: u64, now: Now) -> bool {
    let keep_ms = i64::try_from(keep_days).unwrap_or(i64::MAX).saturating_mul(DAY_MS);
    let written: Option<i64> = field(text, "unix_ms").and_then(|ms| ms.parse().ok());
    written.is_some_and(|written| written > now.unix_ms || written.saturating_add(keep_ms) <= now.unix_ms)
}

/// Whether a line says who has acknowledged an export up to there: a mark alone, which anybody can write who can write the file, lets nothing go.
fn is_vouched(db: &Connection, exported: &Head) -> Result<bool, rusqlite::Error> {
    let told = format!(" event=audit_acknowledged up_to={} digest={} ", exported.sequence, exported.digest);
    let select = "SELECT 1 FROM audit WHERE sequence > ?1 AND instr(text, ?2) > 0 LIMIT 1";
    Ok(db.query_row(select, params![exported.sequence, told], |_| Ok(())).optional()?.is_some())
}

/// Up to which line lines may go, with the acts whose ends stand there and the moments of these. Follows the chain: what does not hold stays.
struct Going {
    base: Head,
    ended: Vec<(String, i64)>,
    /// What comes next is old enough, and does not hold.
    is_broken: bool,
}

fn going(db: &Connection, from: Head, to: i64, keep_days: u64, now: Now) -> Result<Going, rusqlite::Error> {
    let mut going = Going { base: from.clone(), ended: Vec::new(), is_broken: false };
    let mut verifier = Verifier::new(from.clone(), None);
    let select = "SELECT sequence, text, digest FROM audit WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence";
    let mut query = db.prepare(select)?;
    for read in query.query_map([from.sequence, to], line)? {
        let line = read?;
        verifier.take(&line);
        going.is_broken = verifier.is_broken();
        if going.is_broken || !is_old(&line.text, keep_days, now) {
            break;
        }
        if field(&line.text, "event") == Some("act_ended") {
            let of = |name| field(&line.text, name);
            let settled_ms = of("unix_ms").and_then(|ms| ms.parse().ok());
            going.ended.extend(of("act").map(str::to_owned).zip(settled_ms));
        }
        going.base = Head { sequence: line.sequence, digest: line.digest };
    }
    Ok(going)
}

/// Before which line all that is to be pruned comes to a stop, because the chain does not hold there.
pub(super) fn stands_still(db: &Connection, keep_days: u64, now: Now) -> Result<Option<i64>, rusqlite::Error> {
    let Marks { base, exported, .. } = marks(db)?;
    let to = aged(db, keep_days)?.min(exported.sequence);
    let Going { base, is_broken, .. } = going(db, base, to, keep_days, now)?;
    Ok(is_broken.then_some(base.sequence + 1))
}

/// An act goes with the line that told its last end, if that end is known and the agency has heard of it; else it is marked, and goes later. The
/// newest stays as long as it is that, whatever it is: the next act's number follows from it.
fn forget(db: &Connection, ended: &[(String, i64)]) -> Result<u64, rusqlite::Error> {
    let mark = format!(
        "UPDATE acts SET phase = '{UNLISTED}' WHERE sequence = ?1 AND act = ?2 AND settled_ms = ?3 AND NOT {OPEN}"
    );
    let mut mark = db.prepare(&mark)?;
    for (act, settled_ms) in ended {
        mark.execute(params![place_of(act), act, settled_ms])?;
    }
    let delete = format!(
        "DELETE FROM acts WHERE phase = '{UNLISTED}' AND reported = 1 AND NOT {OPEN} \
         AND sequence < (SELECT max(sequence) FROM acts)"
    );
    Ok(db.execute(&delete, [])? as u64)
}

impl Journal {
    /// Where the chain stands.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn marks(&self) -> Result<Marks, JournalError> {
        Ok(marks(&self.db)?)
    }

    /// Notes that the terminal runs on this day; a day is noted once, however often the clock comes back to it, and a new one only half a day
    /// of running after the last, or after another start of the machine. Returns whether the day stands noted; where it does not, it may be asked again at any time.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn note_day_of(&mut self, day: Date, uptime: &Uptime) -> Result<bool, JournalError> {
        if is_noted(&self.db, day)? {
            return Ok(true);
        }
        if !may_note(&self.db, uptime)? {
            return Ok(false);
        }
        let transaction = self.transaction()?;
        let note = "INSERT OR IGNORE INTO audit_days (day, sequence) SELECT ?1, ifnull(max(sequence), 0) FROM audit";
        transaction.execute(note, [day.to_string()])?;
        let ms = i64::try_from(uptime.ms).unwrap_or(i64::MAX);
        let set = "INSERT INTO audit_day_noted VALUES (1, ?1, ?2) ON CONFLICT DO UPDATE SET boot = ?1, uptime_ms = ?2";
        transaction.execute(set, params![uptime.boot, ms])?;
        transaction.commit()?;
        Ok(true)
    }

    /// Notes that an export up to this line is kept elsewhere, with the line of the audit that says by whose word; the event is returned, or
    /// `None` where that stands already.
    ///
    /// # Errors
    /// See [`CannotAcknowledge`].
    pub fn acknowledge(&mut self, up_to: &Head, by: &By, now: Now) -> Result<Option<Event>, CannotAcknowledge> {
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        let event = acknowledge(&transaction, &teller, up_to, by, now)?;
        transaction.commit()?;
        Ok(event)
    }

    /// Deletes the oldest lines that are exported and older than so many days, a bounded number at once; `None` where there are none.
    ///
    /// # Errors
    /// [`JournalError::Use`]: nothing has gone, and no line says that anything has.
    pub fn prune(&mut self, keep_days: u64, now: Now) -> Result<Option<Pruned>, JournalError> {
        // Nothing is locked as long as nothing can go, which is nearly always.
        let Marks { base, exported, .. } = marks(&self.db)?;
        if aged(&self.db, keep_days)?.min(exported.sequence) <= base.sequence {
            return Ok(None);
        }
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        let Marks { base, exported, .. } = marks(&transaction)?;
        let most = base.sequence.saturating_add(AT_ONCE);
        let to = aged(&transaction, keep_days)?.min(exported.sequence).min(most);
        let going = going(&transaction, base.clone(), to, keep_days, now)?;
        if going.base.sequence <= base.sequence || !is_vouched(&transaction, &exported)? {
            return Ok(None);
        }
        let acts = forget(&transaction, &going.ended)?;
        transaction.execute("DELETE FROM audit WHERE sequence <= ?1", [going.base.sequence])?;
        transaction.execute("DELETE FROM heads WHERE sequence <= ?1", [going.base.sequence])?;
        // What no question needs any more: as many days as are counted, and the one before.
        let days = "DELETE FROM audit_days WHERE number < (SELECT max(number) FROM audit_days) - ?1";
        transaction.execute(days, [i64::try_from(keep_days).unwrap_or(i64::MAX)])?;
        set(&transaction, BASE, &going.base)?;
        let digest = LineDigest::from(going.base.digest.as_str());
        let event = Event::AuditPruned { up_to: number(going.base.sequence), digest, acts };
        teller.add(&transaction, &event, now)?;
        transaction.commit()?;
        Ok(Some(Pruned { event, more: going.base.sequence == most }))
    }
}

impl CannotAcknowledge {
    /// As a failure of the journal, where nobody asked for this line in particular.
    pub(super) fn of_the_journal(self) -> Option<JournalError> {
        match self {
            Self::Journal(error) => Some(error),
            Self::NoLine(_) | Self::Other(_) | Self::Backwards { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Now = Now { elapsed_ms: 5, unix_ms: 1_795_000_000_000 };

    fn day(number: i64) -> Date {
        Date::from_days_since_1970(20_000 + number)
    }

    fn hours(boot: &str, hours: u64) -> Uptime {
        Uptime { boot: boot.to_owned(), ms: hours * 3_600_000 }
    }

    #[test]
    fn a_clock_that_leaps_from_day_to_day_makes_everything_old() {
        let folder = std::env::temp_dir().join(format!("days-{}", std::process::id()));
        let _from_last_time = std::fs::remove_dir_all(&folder);
        let first = Journal::open(&folder, "0d15ea5e", "hall-1", NOW).unwrap();
        // `date` one day on, the program started again, 200 times: it knows only what the file says.
        let again = |n: &i64| first.beside().unwrap().note_day_of(day(*n), &hours("a", 1)).unwrap();
        assert_eq!((0..200).filter(again).collect::<Vec<_>>(), [0], "half a year in an afternoon");
        // Every ten minutes the wall clock says that it is tomorrow, for two days.
        let mut journal = first;
        let leaps = |n: &i64| {
            let uptime = Uptime { boot: "b".to_owned(), ms: n.unsigned_abs() * 600_000 };
            journal.note_day_of(day(1_000 + n), &uptime).unwrap()
        };
        assert_eq!((0..288).filter(leaps).count(), 4, "a quarter of a year in two days");
        // Started at three in the afternoon, midnight comes soon; the new day is noted in its middle, and the next when it begins.
        let mut noted = |hour: u64| {
            let today = day(2_000 + i64::try_from((hour + 15) / 24).unwrap());
            journal.note_day_of(today, &hours("c", hour)).unwrap()
        };
        assert!((0..9).all(&mut noted));
        assert_eq!((9..33).find(|hour| noted(*hour)), Some(12));
        assert!(noted(33));
        // Each start of the machine may bring one.
        assert!(journal.note_day_of(day(3_000), &hours("d", 0)).unwrap());
        assert!(!journal.note_day_of(day(3_001), &hours("d", 11)).unwrap());
        assert!(journal.note_day_of(day(3_001), &hours("e", 0)).unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
