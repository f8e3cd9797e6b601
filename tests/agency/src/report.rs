//! Opinions as raw counts, in CSV (RFC 4180) for whoever computes indices (GB/T 19038) and follows up what was bad (好差评). Reads the
//! agency's database beside it; names cases, never people.

use std::collections::BTreeMap;
use std::path::Path;

use contract::catalogue::{Catalogue, Provider};
use contract::message::Satisfaction;
use rusqlite::{Connection, Error, Row};

/// Counts of questionnaires: one line a set, version, question, option, terminal and day. Where the question is `*`, the sheets themselves are
/// counted, `offered` and `returned`.
///
/// # Errors
/// The database of this directory cannot be read.
pub fn questionnaires(data: &Path) -> Result<String, Error> {
    answers(&open(data)?)
}

/// How cases were evaluated: one line an item, terminal and day of filing, with all its cases and how many were given each level.
///
/// # Errors
/// The database of this directory cannot be read.
pub fn evaluations(data: &Path, catalogue: &Catalogue) -> Result<String, Error> {
    levels(&open(data)?, catalogue)
}

/// 差评, one line each, the oldest first.
///
/// # Errors
/// The database of this directory cannot be read.
pub fn bad_evaluations(data: &Path) -> Result<String, Error> {
    bad(&open(data)?)
}

fn open(data: &Path) -> Result<Connection, Error> {
    let db = Connection::open(data.join("agency.db"))?;
    // The agency may be writing.
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(db)
}

pub(crate) fn answers(db: &Connection) -> Result<String, Error> {
    let sql = "SELECT set_id, version, question, option, terminal, day, times FROM answers
               ORDER BY set_id, version, terminal, day, question, option";
    let cells = |row: &Row<'_>| {
        let (version, times): (u32, i64) = (row.get(1)?, row.get(6)?);
        let texts = [row.get(0)?, version.to_string(), row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
        Ok(texts.into_iter().chain([times.to_string()]).collect())
    };
    Ok(csv("set,version,question,option,terminal,day,count", &all(db, sql, cells)?))
}

pub(crate) fn levels(db: &Connection, catalogue: &Catalogue) -> Result<String, Error> {
    let mut counts: BTreeMap<[String; 3], [u32; 6]> = BTreeMap::new();
    let sql = "SELECT item, key, filed, points FROM cases LEFT JOIN evaluations ON of_case = seq";
    let cases: Vec<([String; 3], Option<u8>)> =
        all(db, sql, |row| Ok(([row.get(0)?, terminal_of(&row.get::<_, String>(1)?), row.get(2)?], row.get(3)?)))?;
    let opinion = |id: &str| catalogue.item(id).is_some_and(|item| item.provider == Provider::Evaluation);
    // Nobody is asked what they think of having said what they think.
    for (of, points) in cases.into_iter().filter(|([item, ..], points)| points.is_some() || !opinion(item)) {
        let [cases, levels @ ..] = counts.entry(of).or_default();
        *cases += 1;
        let given = Satisfaction::ALL.iter().position(|level| Some(level.points()) == points);
        if let Some(times) = given.and_then(|n| levels.get_mut(n)) {
            *times += 1;
        }
    }
    let line = |(of, counts): ([String; 3], [u32; 6])| of.into_iter().chain(counts.map(|n| n.to_string())).collect();
    let levels = Satisfaction::ALL.map(Satisfaction::as_str).join(",");
    Ok(csv(&format!("item,terminal,day,cases,{levels}"), &counts.into_iter().map(line).collect::<Vec<_>>()))
}

pub(crate) fn bad(db: &Connection) -> Result<String, Error> {
    let sql = "SELECT number, item, key, evaluations.day, points, ifnull(reason, ''), ifnull(CAST(reasons_version AS TEXT), ''), text
               FROM evaluations JOIN cases ON seq = evaluations.of_case LEFT JOIN reasons ON reasons.of_case = seq
               WHERE points <= 2 ORDER BY evaluations.day, number";
    let cells = |row: &Row<'_>| {
        let points: u8 = row.get(4)?;
        let level = Satisfaction::ALL.into_iter().find(|level| level.points() == points);
        let level = level.map_or("", Satisfaction::as_str).to_owned();
        let terminal = terminal_of(&row.get::<_, String>(2)?);
        Ok(vec![row.get(0)?, row.get(1)?, terminal, row.get(3)?, level, row.get(5)?, row.get(6)?, row.get(7)?])
    };
    Ok(csv("case,item,terminal,day,level,reason,reasons_version,text", &all(db, sql, cells)?))
}

/// A case is filed under the terminal's act id: terminal, epoch, sequence.
fn terminal_of(key: &str) -> String {
    key.rsplitn(3, '-').last().unwrap_or_default().to_owned()
}

fn all<T>(db: &Connection, sql: &str, read: impl FnMut(&Row<'_>) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    db.prepare(sql)?.query_map([], read)?.collect()
}

fn csv(head: &str, lines: &[Vec<String>]) -> String {
    let line = |cells: &Vec<String>| cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",");
    std::iter::once(head.to_owned()).chain(lines.iter().map(line)).collect::<Vec<_>>().join("\n")
}

/// In quotes where it must be. What a spreadsheet would compute begins with an apostrophe: somebody may have typed it on purpose.
fn cell(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}
