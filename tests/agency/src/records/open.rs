//! What anybody may ask without saying who they are. V01 证明核验: what was printed, told from the snapshot and not from records that have
//! gone on since (domain 4.5). Names and numbers are masked: whoever holds the paper can compare, nobody else learns them.

use std::collections::BTreeMap;

use contract::field::Value;
use contract::format::{Date, mask_id_shared, mask_name};
use contract::message::{Figure, Row, StepState};
use contract::problem::ProblemCode;
use rusqlite::OptionalExtension;

use super::{Table, pair_columns, text};
use crate::calls::{Call, Refusal, cases};
use crate::cases::list::stage_name;
use crate::catalogue;
use crate::language::Language;
use crate::seal;

/// One question of anybody. The answers in it have passed the item's checks.
pub struct Asked<'a> {
    pub call: &'a Call<'a>,
    pub inputs: &'a BTreeMap<String, Value>,
    pub language: Language,
}

/// The answer to an item of kind query that takes no proof.
pub fn answer(item: &str, asked: &Asked<'_>) -> Result<Table, Refusal> {
    match item {
        "V01" => verify(asked),
        "Q09S" => progress(asked),
        _ => Err(ProblemCode::BadRequest.into()),
    }
}

/// Q09S 凭回执查进度: whoever has the slip and the last characters of the number on it; nothing but how far it is.
fn progress(asked: &Asked<'_>) -> Result<Table, Refusal> {
    let (name, tail) = (catalogue::text(asked.inputs, "case")?, catalogue::text(asked.inputs, "tail")?);
    let case = cases::by_slip(asked.call, name, tail, asked.language)?;
    let say = |zh, en| asked.language.say(zh, en);
    let row = |label: &str, value: &str| Row { cells: vec![text(label), text(value)], mark: String::new() };
    let day = |text: &str| Date::parse_iso(text).map_or_else(|| text.to_owned(), |day| asked.language.day(day));
    let due =
        [(say("承诺办结日", "Promised by"), &case.due_by_promise), (say("法定办结日", "Due by law"), &case.due_by_law)];
    let due = due.into_iter().filter(|(_, day)| !day.is_empty()).map(|(label, due)| row(label, &day(due)));
    let state = |state| match state {
        StepState::Done => say("已完成", "Done"),
        StepState::Now => say("正在办", "Under way"),
        StepState::Next => say("还未开始", "Not begun"),
    };
    let steps = case
        .steps
        .iter()
        .map(|step| row(&step.name, &if step.on.is_empty() { state(step.state).to_owned() } else { day(&step.on) }));
    let item = asked.call.agency.catalogue.item(&case.item);
    Ok(Table {
        scope: item.map_or_else(String::new, |item| item.name.in_language(asked.language.tag()).to_owned()),
        figures: vec![Figure {
            label: say("进度", "Stage").to_owned(),
            value: text(stage_name(case.stage, asked.language)),
        }],
        columns: pair_columns(),
        rows: due.chain(steps).collect(),
        as_of: case.next.join(" "),
    })
}

/// What is kept of a document for whoever verifies it.
struct Snapshot {
    item: String,
    name: String,
    id_number: String,
    issued: String,
    valid_until: String,
}

fn verify(asked: &Asked<'_>) -> Result<Table, Refusal> {
    let code = code(asked)?;
    let snapshot = snapshot(asked, &code)?.ok_or(ProblemCode::DocumentUnknown)?;
    let until = Date::parse_iso(&snapshot.valid_until);
    let until = until.ok_or_else(|| Refusal::Broken("a day of a document".to_owned()))?;
    let good = asked.call.today <= until;
    let say = |zh, en| asked.language.say(zh, en);
    let verdict = if good {
        say("真实，在有效期内", "Genuine and in force")
    } else {
        say("真实，已过有效期", "Genuine, no longer in force")
    };
    let item = asked.call.agency.catalogue.item(&snapshot.item);
    let kind = item.map_or(snapshot.item.as_str(), |item| item.name.in_language(asked.language.tag()));
    let day = |text: &str| Date::parse_iso(text).map_or_else(String::new, |day| asked.language.day(day));
    let row = |label: &str, value: &str| Row { cells: vec![text(label), text(value)], mark: String::new() };
    Ok(Table {
        scope: say("与出具时的存档核对", "Compared with what was kept when it was issued").to_owned(),
        figures: vec![Figure { label: say("结果", "Result").to_owned(), value: text(verdict) }],
        columns: pair_columns(),
        rows: vec![
            row(say("证明", "Document"), kind),
            row(say("验证码", "Code"), &code),
            row(say("姓名", "Name"), &mask_name(&snapshot.name)),
            row(say("证件号码", "ID number"), &mask_id_shared(&snapshot.id_number)),
            row(say("出具日期", "Issued"), &day(&snapshot.issued)),
            row(say("有效期至", "In force until"), &asked.language.day(until)),
        ],
        as_of: say(
            "请与纸面逐项核对；内容不符的不是本机构出具。",
            "Compare each line with the paper; what differs was not issued here.",
        )
        .to_owned(),
    })
}

/// The verification code: typed, or out of a signed text, whose signature must be ours.
fn code(asked: &Asked<'_>) -> Result<String, Refusal> {
    let given = catalogue::text(asked.inputs, "code")?;
    if !given.contains('|') {
        return Ok(given.to_owned());
    }
    let sealed = seal::verify(given, asked.call.agency.seal.accepted()).map_err(|_| ProblemCode::DocumentUnknown)?;
    Ok(sealed.code)
}

fn snapshot(asked: &Asked<'_>, code: &str) -> Result<Option<Snapshot>, Refusal> {
    let sql = "SELECT d.request, p.name, p.id_number, d.issued_on, d.valid_until
               FROM documents d JOIN persons p ON p.person = d.person WHERE d.code = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        let request: String = row.get(0)?;
        let (name, id_number, issued, valid_until) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        Ok((request, Snapshot { item: String::new(), name, id_number, issued, valid_until }))
    };
    let Some((request, snapshot)) = asked.call.db.query_row(sql, [code], read).optional()? else { return Ok(None) };
    // Item, version, inputs: see `calls::documents`.
    let request: (String, u32, serde_json::Value) =
        serde_json::from_str(&request).map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(Some(Snapshot { item: request.0, ..snapshot }))
}
