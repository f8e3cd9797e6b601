//! Q09 办件进度 and Q12 业务档案: a person's own cases as tables; `records` asks here.

use std::cmp::Reverse;

use contract::message::{CaseStage, Cell, CellKind, Column, Figure, Row, Table};
use contract::problem::ProblemCode;

use super::{Kept, kept};
use crate::calls::Refusal;
use crate::clock;
use crate::language::Language;
use crate::records::{Asked, text};

/// As many as a page of records has (see `contract::message::Table`).
const ROWS_MAX: usize = 36;

/// How much of a manifest's digest is shown: enough to compare by eye.
const MANIFEST_DIGITS: usize = 12;

/// Q09: the latest cases and how far they are, newest first.
pub fn progress(asked: &Asked<'_>) -> Result<Table, Refusal> {
    let all = kept::of_person(asked.db, asked.person.person)?;
    let left_out = left_out(asked, all.len(), ("凭取件码可查更早的", "ask for older ones by their codes"));
    let cases = shown(all);
    let open = cases.iter().filter(|case| case.is_open()).count();
    let closed = cases.len() - open;
    let promised = |case: &Kept| case.due_by_promise.filter(|_| case.is_open());
    Ok(Table {
        scope: format!("{}{left_out}", asked.say("本人最近办件", "Your latest cases")),
        figures: vec![count(asked, "办理中", "Under way", open), count(asked, "已办结", "Closed", closed)],
        columns: columns(asked, [("进度", "Stage"), ("申请日期", "Filed"), ("承诺办结", "Promised")]),
        rows: rows(asked, &cases, |case| {
            [text(&case.filed.to_string()), promised(case).map_or(Cell::None, |day| text(&day.to_string()))]
        })?,
        as_of: asked.as_of_today(),
    })
}

/// Q12: the cases that were closed in those months, each with the manifest of its file.
pub fn archive(asked: &Asked<'_>) -> Result<Table, Refusal> {
    let (from, to) = asked.months("period")?;
    let mut all = kept::of_person(asked.db, asked.person.person)?;
    all.retain(|case| !case.is_open() && (from..=to).contains(&clock::month_of(case.changed())));
    let left_out = left_out(asked, all.len(), ("查更早的请选较短期间", "choose a shorter time for older ones"));
    let cases = shown(all);
    Ok(Table {
        scope: format!("{} {}{left_out}", asked.say("办结月份", "Closed in"), asked.language.span(from, to)),
        figures: vec![count(asked, "归档办件", "Cases on file", cases.len())],
        columns: columns(asked, [("结果", "Result"), ("办结日期", "Closed"), ("归档清单", "Manifest")]),
        rows: rows(asked, &cases, |case| [text(&case.changed().to_string()), text(&manifest(case))])?,
        as_of: asked.as_of_today(),
    })
}

/// As many as a page holds, newest first; an open one is not left out for a closed one. Figures count what is shown.
fn shown(mut cases: Vec<Kept>) -> Vec<Kept> {
    cases.sort_by_key(|case| !case.is_open());
    cases.truncate(ROWS_MAX);
    cases.sort_by_key(|case| Reverse(case.seq));
    cases
}

/// Says how many there are where a page does not hold them all, and how the rest is found.
fn left_out(asked: &Asked<'_>, all: usize, how: (&str, &str)) -> String {
    if all <= ROWS_MAX {
        return String::new();
    }
    match asked.language {
        Language::Zh => format!("（共 {all} 件，列出 {ROWS_MAX} 件，{}）", how.0),
        Language::En => format!(" ({ROWS_MAX} of {all}; {})", how.1),
    }
}

fn count(asked: &Asked<'_>, zh: &str, en: &str, cases: usize) -> Figure {
    asked.figure(zh, en, text(&cases.to_string()))
}

/// Every list begins with code, item and stage.
fn columns(asked: &Asked<'_>, last: [(&str, &str); 3]) -> Vec<Column> {
    let all = [("取件码", "Code"), ("事项", "Item")].into_iter().chain(last);
    all.map(|(zh, en)| asked.column(zh, en, CellKind::Text)).collect()
}

/// A row a case; none at all is told as such.
fn rows(asked: &Asked<'_>, cases: &[Kept], last: impl Fn(&Kept) -> [Cell; 2]) -> Result<Vec<Row>, Refusal> {
    if cases.is_empty() {
        return Err(ProblemCode::NoRecords.into());
    }
    let name = |item: &str| asked.catalogue.item(item).map(|item| item.name.in_language(asked.language.tag()));
    let row = |case: &Kept| {
        let item = text(name(&case.item).unwrap_or(&case.item));
        let first = [text(&case.pick_up), item, text(stage_name(case.stage, asked.language))];
        Row { cells: first.into_iter().chain(last(case)).collect(), mark: String::new() }
    };
    Ok(cases.iter().map(row).collect())
}

/// The short digest of what lies in a case's file: number, request, consent, and every stage with its day. It changes if any of them does.
fn manifest(case: &Kept) -> String {
    let mut file = format!("{}\n{}\n{}\n", case.number, case.request, case.consent);
    for (stage, day) in &case.stages {
        file.push_str(&format!("{} {day}\n", stage.as_str()));
    }
    let digest = contract::message::content_digest(file.as_bytes());
    let digits = digest.split_once(':').map(|(_, digits)| digits).unwrap_or_default();
    digits.get(..MANIFEST_DIGITS).unwrap_or_default().to_ascii_uppercase()
}

/// A stage in words.
pub const fn stage_name(stage: CaseStage, language: Language) -> &'static str {
    match stage {
        CaseStage::Submitted => language.say("已提交", "Filed"),
        CaseStage::Correction => language.say("待补正", "To be mended"),
        CaseStage::Refused => language.say("不予受理", "Not accepted"),
        CaseStage::Accepted => language.say("已受理", "Accepted"),
        CaseStage::InReview => language.say("审查中", "In review"),
        CaseStage::Approved => language.say("已批准", "Granted"),
        CaseStage::Rejected => language.say("不予批准", "Not granted"),
        CaseStage::Delivered => language.say("已办结", "Done"),
        CaseStage::Withdrawn => language.say("已撤回", "Withdrawn"),
    }
}
