//! What was said of a case: once, and without who said it (GB/T 39734; DB2203/T 8-2024 5.1.3).

use contract::format::Date;
use contract::message::{Evaluate, Satisfaction};
use contract::problem::ProblemCode;
use rusqlite::{Connection, Error, params};

use crate::calls::Refusal;

/// Whether somebody has evaluated this case.
pub fn is_there(db: &Connection, case: i64) -> Result<bool, Error> {
    let count: i64 = db.query_row("SELECT count(*) FROM evaluations WHERE of_case = ?1", [case], |row| row.get(0))?;
    Ok(count > 0)
}

/// Keeps what a granted evaluation says: case, level and text, with blanks between.
pub fn keep_written(db: &Connection, written: &str, day: Date) -> Result<(), Refusal> {
    let mut parts = written.splitn(3, ' ');
    let case = parts.next().and_then(|seq| seq.parse().ok());
    let level = parts.next().and_then(Satisfaction::parse);
    let unreadable = || Refusal::Broken("an evaluation that was granted".to_owned());
    let (case, level) = case.zip(level).ok_or_else(unreadable)?;
    keep(db, case, level, parts.next().unwrap_or_default(), day)
}

/// Keeps an evaluation, if it is the first one.
pub fn keep(db: &Connection, case: i64, level: Satisfaction, text: &str, day: Date) -> Result<(), Refusal> {
    if is_there(db, case)? {
        return Err(ProblemCode::AlreadyEvaluated.into());
    }
    let row = params![case, level.points(), text, day.to_string()];
    db.execute("INSERT INTO evaluations (of_case, points, text, day) VALUES (?1, ?2, ?3, ?4)", row)?;
    Ok(())
}

/// Keeps why somebody is not satisfied with this case, where they have said so.
pub fn keep_reason(db: &Connection, case: i64, said: &Evaluate) -> Result<(), Error> {
    let Some((reason, version)) = said.reason.as_ref().zip(said.reasons_version) else { return Ok(()) };
    let sql = "INSERT INTO reasons (of_case, reason, reasons_version) VALUES (?1, ?2, ?3)";
    db.execute(sql, params![case, reason, version]).map(drop)
}
