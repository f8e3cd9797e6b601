//! The rows of cases: reading and finding. Writing stands in `file` and `life`. A row that cannot be read is a broken database, never a
//! case with a fact less.

use contract::format::Date;
use contract::message::{CaseName, CaseStage};
use rusqlite::{Connection, Error, OptionalExtension, Params, Row};

use super::Kept;
use crate::store::meaning;

const CASE: &str =
    "SELECT seq, number, pick_up, key, person, item, request, consent, outcome, stage, filed, accepted, due_law,
    due_promise, next_on, ordered FROM cases";

/// The case of this name. Of two with one pick-up code, only the newest can be open.
pub fn by_name(db: &Connection, name: &CaseName) -> Result<Option<Kept>, Error> {
    match name {
        CaseName::Number(number) => one(db, "WHERE number = ?1", [number]),
        CaseName::Key(key) => one(db, "WHERE key = ?1", [key]),
        CaseName::PickUp(code) => one(db, "WHERE pick_up = ?1 ORDER BY seq DESC LIMIT 1", [code]),
    }
}

/// The case at this place.
pub fn by_seq(db: &Connection, seq: i64) -> Result<Option<Kept>, Error> {
    one(db, "WHERE seq = ?1", [seq])
}

/// A person's cases, newest first.
pub fn of_person(db: &Connection, person: i64) -> Result<Vec<Kept>, Error> {
    all(db, "WHERE person = ?1 ORDER BY seq DESC", [person])
}

/// A person's cases of an item that are not decided yet.
pub fn undecided_of(db: &Connection, person: i64, item: &str) -> Result<Vec<Kept>, Error> {
    let mut cases = all(db, "WHERE person = ?1 AND item = ?2", (person, item))?;
    cases.retain(Kept::is_undecided);
    Ok(cases)
}

/// Those whose stage changes by itself until this day.
pub fn due(db: &Connection, today: Date) -> Result<Vec<Kept>, Error> {
    all(db, "WHERE next_on <> '' AND next_on <= ?1 ORDER BY next_on, seq", [today.to_string()])
}

fn one(db: &Connection, which: &str, of: impl Params) -> Result<Option<Kept>, Error> {
    let found = db.prepare(&format!("{CASE} {which}"))?.query_row(of, read).optional()?;
    found.map(|case| with_stages(db, case)).transpose()
}

fn all(db: &Connection, which: &str, of: impl Params) -> Result<Vec<Kept>, Error> {
    let mut statement = db.prepare(&format!("{CASE} {which}"))?;
    let found: Vec<Kept> = statement.query_map(of, read)?.collect::<Result<_, _>>()?;
    found.into_iter().map(|case| with_stages(db, case)).collect()
}

fn with_stages(db: &Connection, mut case: Kept) -> Result<Kept, Error> {
    let mut statement = db.prepare("SELECT stage, day FROM case_stages WHERE of_case = ?1 ORDER BY seq")?;
    let stages = statement
        .query_map([case.seq], |row| Ok((meaning(row, 0, CaseStage::parse)?, meaning(row, 1, Date::parse_iso)?)))?;
    case.stages = stages.collect::<Result<_, _>>()?;
    Ok(case)
}

fn read(row: &Row<'_>) -> Result<Kept, Error> {
    Ok(Kept {
        seq: row.get(0)?,
        number: row.get(1)?,
        pick_up: row.get(2)?,
        key: row.get(3)?,
        person: row.get(4)?,
        item: row.get(5)?,
        request: row.get(6)?,
        consent: row.get(7)?,
        outcome: meaning(row, 8, |json| serde_json::from_str(json).ok())?,
        stage: meaning(row, 9, CaseStage::parse)?,
        filed: meaning(row, 10, Date::parse_iso)?,
        accepted: day(row, 11)?,
        due_by_law: day(row, 12)?,
        due_by_promise: day(row, 13)?,
        next_on: day(row, 14)?,
        ordered: or_none(row, 15, CaseStage::parse)?,
        stages: Vec::new(),
    })
}

fn day(row: &Row<'_>, column: usize) -> Result<Option<Date>, Error> {
    or_none(row, column, Date::parse_iso)
}

/// Empty is none.
fn or_none<T>(row: &Row<'_>, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Error> {
    let text: String = row.get(column)?;
    if text.is_empty() { Ok(None) } else { meaning(row, column, parse).map(Some) }
}
