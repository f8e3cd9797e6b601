//! The database: one SQLite file, one connection behind one mutex. A call is short and there are few terminals, so calls wait
//! for one another and block their worker thread; a pool or `spawn_blocking` would only hide the order of events. Only the
//! calls use it, each through [`Store::call`]: all of it happens, or none of it but the audit line. What has a consequence is answered
//! when it is on the disk, for which nobody else waits: the disk takes longer than any call.

mod register;

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use contract::format::Period;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, ffi, params};

use crate::clock;
use crate::rules::contribution::MonthKind;
pub use register::{
    Benefit, Card, Pension, Person, agent_of, benefits, cards, number_ends_with, pension, person_by_number,
    person_by_place, session_opens, signed_in,
};

/// The database.
pub struct Store {
    connection: Mutex<Connection>,
    /// The write-ahead log, in which a commit is kept until it reaches the file; none in memory.
    log: Option<File>,
}

/// Calls with a consequence for somebody: once answered, what they did outlasts a power cut, and so does everything before it. A call that
/// only looks does not wait for the disk: a cut may cost its audit line; a process that dies costs nothing.
const LASTING: [&str; 9] = ["file", "withdraw", "issue", "act", "evaluate", "answers", "witness", "parcel", "question"];

/// One line of the audit, but for its result.
#[derive(Clone, Debug, Default)]
pub struct AuditLine {
    pub terminal: String,
    pub visit: String,
    pub what: &'static str,
    pub item: String,
    pub act: String,
    /// 工号 of a member of staff, where one has a part in it.
    pub staff: String,
    /// Id of the request, where a second one must not come: one that the line has doubled has the same.
    pub request: String,
}

/// One month of one insurance.
pub struct Contribution {
    pub insurance: String,
    pub period: Period,
    pub base_fen: i64,
    pub personal_fen: i64,
    pub employer_fen: i64,
    pub status: MonthKind,
}

/// Whether a month counts: everything but arrears.
pub fn counts(contribution: &Contribution) -> bool {
    contribution.status != MonthKind::Arrears
}

impl Store {
    /// Opens `agency.db` in this directory, which is made if it is not there.
    pub fn open(directory: &Path) -> Result<Self, rusqlite::Error> {
        // A directory that cannot be made shows itself in the next line.
        let _ = std::fs::create_dir_all(directory);
        let store = Self::with(Connection::open(directory.join("agency.db"))?)?;
        let log = File::open(directory.join("agency.db-wal")).map_err(|_| not_kept())?;
        Ok(Self { log: Some(log), ..store })
    }

    /// A database that nobody keeps: of a stand-in, of a test.
    pub fn in_memory() -> Result<Self, rusqlite::Error> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(connection: Connection) -> Result<Self, rusqlite::Error> {
        // NORMAL: the log is brought to the disk before it goes into the file, and otherwise by `call`.
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
        connection.execute_batch(include_str!("store.sql"))?;
        widen_an_older_audit(&connection)?;
        Ok(Self { connection: Mutex::new(connection), log: None })
    }

    /// Does one thing in one transaction.
    pub fn transact<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic in another call has rolled its transaction back: what the mutex guards is whole.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Does a call and writes its audit line in the same transaction; a call that is refused leaves the line alone.
    pub fn call<T, E: From<rusqlite::Error>>(
        &self,
        line: &AuditLine,
        work: impl FnOnce(&Connection) -> Result<T, E>,
        result: impl FnOnce(&Result<T, E>) -> &'static str,
    ) -> Result<T, E> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut transaction = connection.transaction()?;
        let savepoint = transaction.savepoint()?;
        let done = work(&savepoint);
        if done.is_ok() {
            savepoint.commit()?;
        } else {
            drop(savepoint);
        }
        write_audit(&transaction, line, result(&done))?;
        transaction.commit()?;
        drop(connection);
        if let Some(log) = self.log.as_ref().filter(|_| LASTING.contains(&line.what)) {
            log.sync_data().map_err(|_| not_kept())?;
        }
        done
    }
}

/// A file of an earlier release has an audit without staff, or without requests; what stands in it stays.
fn widen_an_older_audit(db: &Connection) -> Result<(), rusqlite::Error> {
    let sql = "SELECT count(*) FROM pragma_table_info('audit') WHERE name = ?1";
    for column in ["staff", "request"] {
        if db.query_row(sql, [column], |row| row.get::<_, i64>(0))? == 0 {
            db.execute_batch(&format!("ALTER TABLE audit ADD COLUMN {column} TEXT NOT NULL DEFAULT ''"))?;
        }
    }
    Ok(())
}

/// The disk does not keep what it is given.
fn not_kept() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR_FSYNC), None)
}

fn write_audit(db: &Connection, line: &AuditLine, result: &str) -> Result<(), rusqlite::Error> {
    let sql = "INSERT INTO audit (at, terminal, visit, what, item, act, result, staff, request)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let AuditLine { terminal, visit, what, item, act, staff, request } = line;
    let row = params![clock::audit_time(), terminal, visit, what, item, act, result, staff, request];
    db.prepare(sql)?.execute(row)?;
    Ok(())
}

/// A person's months between two, both included, newest first.
pub fn contributions(
    db: &Connection,
    person: i64,
    from: Period,
    to: Period,
) -> Result<Vec<Contribution>, rusqlite::Error> {
    let sql = "SELECT insurance, period, base_fen, personal_fen, employer_fen, status FROM contributions
               WHERE person = ?1 AND period BETWEEN ?2 AND ?3 ORDER BY period DESC, insurance";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map(params![person, from.to_string(), to.to_string()], |row| {
        Ok(Contribution {
            insurance: row.get(0)?,
            period: meaning(row, 1, month)?,
            base_fen: row.get(2)?,
            personal_fen: row.get(3)?,
            employer_fen: row.get(4)?,
            status: meaning(row, 5, MonthKind::parse)?,
        })
    })?;
    rows.collect()
}

/// A text of a column, as what it means. What cannot be read is a broken database, never a default.
pub fn meaning<T>(row: &Row<'_>, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T, rusqlite::Error> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| rusqlite::Error::InvalidColumnType(column, String::new(), Type::Text))
}

fn month(text: &str) -> Option<Period> {
    Period::parse(text).ok()
}
