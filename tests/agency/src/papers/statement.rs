//! P03 个人权益记录单: one closed year of one person (社会保险法 74; domain 4.1).

use contract::format::{Period, fen_to_text, mask_phone};
use contract::problem::ProblemCode;
use rusqlite::params;

use super::certificate::{employer, months_table};
use super::{DASH, Paper, fact, month_or_dash, person};
use crate::calls::{Call, Refusal};
use crate::clock;
use crate::records::Asked;
use crate::records::account::{self, Year};
use crate::records::history::History;
use crate::rules::parameters::NATIONAL;
use crate::rules::{PENSION, RuleError};
use crate::store::Person;

pub fn compose(asked: &Asked<'_>) -> Result<Paper, Refusal> {
    let wanted = asked.year()?;
    let all = asked.all_months()?;
    let first = all.first().map(|month| month.period.year()).ok_or(ProblemCode::NoRecords)?;
    if first >= asked.today.year() || wanted >= asked.today.year() {
        return Err(ProblemCode::NoClosedYear.into());
    }
    let (january, december) = Period::new(wanted, 1).zip(Period::new(wanted, 12)).ok_or(RuleError::Range)?;
    if !all.iter().any(|month| (january..=december).contains(&month.period)) {
        return Err(ProblemCode::NoRecords.into());
    }
    let ledger = account::ledger(asked.rules, &all, asked.this_month())?;
    let year = ledger.into_iter().find(|year| year.year == wanted).unwrap_or_default();
    let ever = History::ever(&all, PENSION, december);
    let mut facts = person(asked);
    facts.extend([
        fact("单位名称", employer(asked).value),
        fact("首次参保", month_or_dash(ever.first)),
        fact("联系地址", known(&asked.person.address)),
        fact("邮政编码", known(&asked.person.postcode)),
        fact("联系电话", mask_phone(&asked.person.phone)),
    ]);
    facts.extend(account_facts(&year)?);
    facts.push(fact("累计缴费月数", format!("{} 个月（养老保险，至本年末）", ever.paid)));
    Ok(Paper {
        title: "社会保险个人权益记录单",
        subtitle: format!("{wanted} 年度"),
        facts,
        table: months_table(&all, january, december),
        notes: vec![
            "养老个人账户按年计息，记账利率由国家统一公布。".to_owned(),
            "对记录有异议的，可凭本单及证明材料到窗口申请核查（社会保险法第七十四条）。".to_owned(),
        ],
    })
}

/// Whether last year's statement can be printed and this person has not been given it yet.
pub fn is_new(call: &Call<'_>, person: &Person) -> Result<bool, rusqlite::Error> {
    let year = call.today.year() - 1;
    let closed = call.agency.rules.parameters.select(NATIONAL, clock::month_of(call.today));
    if closed.is_ok_and(|(_, set)| set.account_rate(year).is_err()) {
        return Ok(false);
    }
    let booked = "SELECT count(*) FROM contributions WHERE person = ?1 AND period BETWEEN ?2 AND ?3";
    let booked: i64 =
        call.db
            .query_row(booked, params![person.person, format!("{year}01"), format!("{year}12")], |row| row.get(0))?;
    // What was asked for stands with the document: item, version and inputs.
    let given = "SELECT count(*) FROM documents WHERE person = ?1 AND request LIKE ?2";
    let given: i64 =
        call.db.query_row(given, params![person.person, format!("[\"P03\",%\"{year}\"%")], |row| row.get(0))?;
    Ok(booked > 0 && given == 0)
}

/// A year whose rate is not out is not closed.
fn account_facts(year: &Year) -> Result<[super::Fact; 5], ProblemCode> {
    let (rate, interest_fen) = year.interest.as_ref().ok_or(ProblemCode::NoClosedYear)?;
    let yuan = |fen: i64| format!("{} 元", fen_to_text(fen));
    Ok([
        fact("上年末累计储存额", yuan(year.opening_fen)),
        fact("本年记入本金", yuan(year.credited_fen)),
        fact("本年记入利息", format!("{}（年利率 {rate}）", yuan(*interest_fen))),
        fact("本年末累计储存额", yuan(year.closing_fen)),
        fact("本年账户月数", format!("{} 个月", year.months)),
    ])
}

fn known(text: &str) -> &str {
    if text.is_empty() { DASH } else { text }
}
