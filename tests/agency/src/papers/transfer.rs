//! P05 基本养老保险参保缴费凭证: what somebody takes along who goes on contributing elsewhere (domain 4.3).

use contract::field::Value;
use contract::format::fen_to_text;
use contract::problem::ProblemCode;

use super::{DASH, Head, Paper, Table, fact, in_capitals, person};
use crate::calls::Refusal;
use crate::persona::InsuredAs;
use crate::records::Asked;
use crate::records::account::{self, Year};
use crate::records::history::History;
use crate::rules::{PENSION, REGION};

/// The agency's own, as the new place needs them. Invented, as the hall.
const ADDRESS: &str = "示范区政务路1号";
const POSTCODE: &str = "190000";
const PHONE: &str = "12333";

pub fn compose(asked: &Asked<'_>) -> Result<Paper, Refusal> {
    let history = may_leave(asked)?;
    let destination = match asked.inputs.get("region") {
        Some(Value::Text(region)) if region != REGION => region.as_str(),
        // Nobody transfers to where they are.
        _ => return Err(ProblemCode::NotEligible.into()),
    };
    let ledger = account::ledger(asked.rules, &asked.all_months()?, asked.this_month())?;
    let balance_fen = ledger.last().map_or(0, |year| year.closing_fen);
    let span = history.first.zip(history.last);
    let span = span.map_or_else(|| DASH.to_owned(), |(first, last)| format!("{} 至 {}", first.dashed(), last.dashed()));
    let mut facts = person(asked);
    facts.extend([
        fact("联系地址", if asked.person.address.is_empty() { DASH } else { &asked.person.address }),
        fact("转往地区划代码", destination),
        fact("本地参保起止", span),
        fact("本地实际缴费", format!("{} 个月", history.paid)),
        fact("个人账户储存额", in_capitals(balance_fen)),
        fact("经办机构区划", REGION),
        fact("经办机构电话", PHONE),
        fact("经办机构地址", ADDRESS),
        fact("邮政编码", POSTCODE),
    ]);
    Ok(Paper {
        title: "基本养老保险参保缴费凭证",
        subtitle: String::new(),
        facts,
        table: years_table(&ledger),
        notes: vec![
            "请妥善保管本凭证，在新参保地申请关系转移时提交；遗失可重新打印。".to_owned(),
            "关系转出前，养老保险关系和个人账户保留在本地，个人账户继续计息。".to_owned(),
            "申请提交不等于转移完成，以新参保地告知合并为准。".to_owned(),
        ],
    })
}

/// Only who has stopped contributing here, owes nothing and draws no pension yet (国办发〔2009〕66号).
fn may_leave(asked: &Asked<'_>) -> Result<History, Refusal> {
    if asked.person.insured_as == InsuredAs::Pensioner {
        return Err(ProblemCode::NotEligible.into());
    }
    let history = History::ever(&asked.all_months()?, PENSION, asked.this_month());
    if history.first.is_none() {
        return Err(ProblemCode::NoRecords.into());
    }
    if history.arrears > 0 {
        return Err(ProblemCode::Arrears.into());
    }
    if history.goes_on(asked.last_full_month()) {
        return Err(ProblemCode::NotEligible.into());
    }
    Ok(history)
}

/// The years with something booked, and the running one.
fn years_table(ledger: &[Year]) -> Table {
    let row = |year: &Year| {
        let (rate, interest) = match &year.interest {
            Some((rate, fen)) => (rate.clone(), fen_to_text(*fen)),
            None => ("未公布".to_owned(), DASH.to_owned()),
        };
        let [base, credited, closing] = [year.base_fen, year.credited_fen, year.closing_fen].map(fen_to_text);
        vec![year.year.to_string(), year.months.to_string(), base, credited, rate, interest, closing]
    };
    Table {
        title: "个人账户逐年记录",
        legend: "金额单位：元",
        columns: vec![
            Head::left("年度", 10),
            Head::right("月数", 8),
            Head::right("月缴费基数", 18),
            Head::right("本年记入", 16),
            Head::right("记账利率", 12),
            Head::right("本年利息", 16),
            Head::right("累计储存额", 20),
        ],
        rows: ledger.iter().map(row).collect(),
        totals: Vec::new(),
    }
}
