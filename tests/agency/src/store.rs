//! The database: one SQLite file, one connection behind one mutex. A call is short and there are few terminals, so calls wait
//! for one another and block their worker thread; a pool or `spawn_blocking` would only hide the order of events. Only the
//! calls use it, each through [`Store::call`]: all of it happens, or none of it but the audit line.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use contract::format::Period;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::clock;

/// The database.
pub struct Store {
    connection: Mutex<Connection>,
}

/// One line of the audit, but for its result.
#[derive(Clone, Debug, Default)]
pub struct AuditLine {
    pub terminal: String,
    pub visit: String,
    pub what: &'static str,
    pub item: String,
    pub act: String,
}

/// Somebody in the register.
pub struct Person {
    /// Place in the table of people.
    pub person: i64,
    pub id_number: String,
    pub name: String,
    pub male: bool,
}

/// One month of one insurance.
pub struct Contribution {
    pub insurance: String,
    pub period: Period,
    pub base_fen: i64,
    pub personal_fen: i64,
    pub employer_fen: i64,
    pub status: String,
}

/// Whether a month counts: everything but arrears.
pub fn counts(contribution: &Contribution) -> bool {
    contribution.status != "arrears"
}

impl Store {
    /// Opens `agency.db` in this directory, which is made if it is not there.
    pub fn open(directory: &Path) -> Result<Self, rusqlite::Error> {
        // A directory that cannot be made shows itself in the next line.
        let _ = std::fs::create_dir_all(directory);
        Self::with(Connection::open(directory.join("agency.db"))?)
    }

    /// A database that nobody keeps, for tests.
    #[cfg(test)]
    pub fn in_memory() -> Result<Self, rusqlite::Error> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(connection: Connection) -> Result<Self, rusqlite::Error> {
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        connection.execute_batch(include_str!("store.sql"))?;
        Ok(Self { connection: Mutex::new(connection) })
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
        done
    }
}

fn write_audit(db: &Connection, line: &AuditLine, result: &str) -> Result<(), rusqlite::Error> {
    db.execute(
        "INSERT INTO audit (at, terminal, visit, what, item, act, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![clock::audit_time(), line.terminal, line.visit, line.what, line.item, line.act, result],
    )?;
    Ok(())
}

/// The person of this number.
pub fn person_by_number(db: &Connection, id_number: &str) -> Result<Option<Person>, rusqlite::Error> {
    let sql = "SELECT person, id_number, name, male FROM persons WHERE id_number = ?1";
    db.query_row(sql, [id_number], read_person).optional()
}

/// The person of this session, if it is this visit's, this terminal's and younger than `age_max_s` seconds.
pub fn person_of_session(
    db: &Connection,
    session: &str,
    visit: &str,
    terminal: &str,
    age_max_s: i64,
) -> Result<Option<Person>, rusqlite::Error> {
    let sql = "SELECT p.person, p.id_number, p.name, p.male FROM sessions s JOIN persons p ON p.person = s.person
               WHERE s.session = ?1 AND s.visit = ?2 AND s.terminal = ?3 AND s.at >= ?4";
    let since = clock::unix_seconds() - age_max_s;
    db.query_row(sql, params![session, visit, terminal, since], read_person).optional()
}

fn read_person(row: &Row<'_>) -> Result<Person, rusqlite::Error> {
    Ok(Person { person: row.get(0)?, id_number: row.get(1)?, name: row.get(2)?, male: row.get(3)? })
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
            period: Period::parse(&row.get::<_, String>(1)?).unwrap_or_default(),
            base_fen: row.get(2)?,
            personal_fen: row.get(3)?,
            employer_fen: row.get(4)?,
            status: row.get(5)?,
        })
    })?;
    rows.collect()
}
