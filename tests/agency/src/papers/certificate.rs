//! P01 参保证明（个人专用）(domain 4.2), and the table of months that it shares with the annual statement.

use std::collections::BTreeMap;

use contract::format::{Period, fen_to_text};
use contract::problem::ProblemCode;

use super::{DASH, Fact, Head, Paper, Table, fact, month_or_dash, person};
use crate::calls::Refusal;
use crate::clock::months_between;
use crate::language::Language;
use crate::persona::InsuredAs;
use crate::records::contributions::mark;
use crate::records::enrolment::status;
use crate::records::history::History;
use crate::records::{Asked, INSURANCES};
use crate::rules::{INJURY, PENSION, UNEMPLOYMENT};
use crate::store::Contribution;

pub fn compose(asked: &Asked<'_>) -> Result<Paper, Refusal> {
    let (from, to) = asked.months("period")?;
    let all = asked.all_months()?;
    if !all.iter().any(|month| (from..=to).contains(&month.period)) {
        return Err(ProblemCode::NoRecords.into());
    }
    let mut facts = person(asked);
    facts.push(fact("证明期间", Language::Zh.span(from, to)));
    facts.push(employer(asked));
    facts.extend(INSURANCES.into_iter().map(|insurance| insured(asked, &all, insurance, (from, to))));
    Ok(Paper {
        title: "社会保险参保证明",
        subtitle: "（个人专用）".to_owned(),
        facts,
        table: months_table(&all, from, to),
        notes: vec![
            "本证明反映证明期间内本机构登记的参保缴费记录，欠缴月份不计入月数和金额；累计月数计至证明期间末月。"
                .to_owned(),
            "参保状态为开具日上一个月的状态。".to_owned(),
        ],
    })
}

pub fn employer(asked: &Asked<'_>) -> Fact {
    let of_none = if asked.person.insured_as == InsuredAs::Flexible { "灵活就业" } else { DASH };
    let employer = &asked.person.employer;
    fact("单位名称", if employer.is_empty() { of_none } else { employer })
}

/// One insurance in a line: its status, since when, and how many months.
fn insured(asked: &Asked<'_>, all: &[Contribution], insurance: &str, (from, to): (Period, Period)) -> Fact {
    let label = match insurance {
        PENSION => "养老保险",
        UNEMPLOYMENT => "失业保险",
        _ => "工伤保险",
    };
    let ever = History::ever(all, insurance, to);
    if ever.first.is_none() {
        return fact(label, "未参保");
    }
    let within = History::of(all, insurance, from, to);
    let until_now = History::ever(all, insurance, asked.this_month());
    let (status, _) = status(asked, insurance, &until_now);
    let (first, months) = (month_or_dash(ever.first), within.paid);
    fact(label, format!("{status}，首次缴费 {first}，期内 {months} 个月，累计 {} 个月", ever.paid))
}

/// Every month of a span, also those without a record, with what each insurance was paid.
pub fn months_table(all: &[Contribution], from: Period, to: Period) -> Table {
    let mut by_month: BTreeMap<Period, BTreeMap<&str, &Contribution>> = BTreeMap::new();
    for month in all.iter().filter(|month| (from..=to).contains(&month.period)) {
        by_month.entry(month.period).or_default().insert(&month.insurance, month);
    }
    let mut sums = [0_i64; PAID.len()];
    let rows = months_between(from, to).map(|period| {
        let month = by_month.get(&period);
        let paid = PAID.map(|(insurance, share)| month.and_then(|month| month.get(insurance)).map(|row| share(row)));
        for (sum, fen) in sums.iter_mut().zip(paid) {
            *sum += fen.unwrap_or(0);
        }
        let pension = month.and_then(|month| month.values().next());
        let base = pension.map(|row| row.base_fen);
        let marked = pension.map_or("", |row| mark(row.status, Language::Zh));
        let money = [base].into_iter().chain(paid).map(|fen| fen.map_or_else(|| DASH.to_owned(), fen_to_text));
        [period.dashed()].into_iter().chain(money).chain([marked.to_owned()]).collect()
    });
    let rows = rows.collect();
    let totals = sums.map(fen_to_text);
    Table {
        title: "逐月缴费情况",
        legend: "金额单位：元",
        columns: vec![
            Head::left("月份", 12),
            Head::right("缴费基数", 15),
            Head::right("养老个人", 14),
            Head::right("养老单位", 14),
            Head::right("失业个人", 12),
            Head::right("失业单位", 12),
            Head::right("工伤单位", 12),
            Head::right("标记", 9),
        ],
        rows,
        totals: ["合计".to_owned(), String::new()].into_iter().chain(totals).chain([String::new()]).collect(),
    }
}

type Share = fn(&Contribution) -> i64;

/// The columns of money, in their order.
const PAID: [(&str, Share); 5] = [
    (PENSION, |month| month.personal_fen),
    (PENSION, |month| month.employer_fen),
    (UNEMPLOYMENT, |month| month.personal_fen),
    (UNEMPLOYMENT, |month| month.employer_fen),
    (INJURY, |month| month.employer_fen),
];
