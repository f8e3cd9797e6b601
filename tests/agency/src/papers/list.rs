//! P02 缴费清单: the months of one insurance, with what was paid and the sum in capitals.

use contract::format::fen_to_text;
use contract::problem::ProblemCode;

use super::{Head, Paper, Table, fact, in_capitals, person};
use crate::calls::Refusal;
use crate::language::Language;
use crate::records::Asked;
use crate::records::contributions::mark;
use crate::records::history::History;

pub fn compose(asked: &Asked<'_>) -> Result<Paper, Refusal> {
    let insurance = asked.choice("insurance")?;
    let (from, to) = asked.months("period")?;
    let mut months = asked.all_months()?;
    months.retain(|month| month.insurance == insurance && (from..=to).contains(&month.period));
    if months.is_empty() {
        return Err(ProblemCode::NoRecords.into());
    }
    let sums = History::of(&months, insurance, from, to);
    let paid_fen = sums.personal_fen + sums.employer_fen;
    let mut facts = person(asked);
    facts.extend([
        fact("险种", asked.insurance(insurance)),
        fact("清单期间", Language::Zh.span(from, to)),
        fact("期内缴费月数", format!("{} 个月", sums.paid)),
        fact("期内欠缴月数", format!("{} 个月", sums.arrears)),
        fact("期内实缴合计", in_capitals(paid_fen)),
    ]);
    let rows = months.iter().map(|month| {
        let money = [month.base_fen, month.personal_fen, month.employer_fen, month.personal_fen + month.employer_fen];
        let status = mark(month.status, Language::Zh);
        let status = if status.is_empty() { "已缴" } else { status };
        [month.period.dashed()].into_iter().chain(money.map(fen_to_text)).chain([status.to_owned()]).collect()
    });
    let totals = [sums.personal_fen, sums.employer_fen, paid_fen].map(fen_to_text);
    Ok(Paper {
        title: "社会保险缴费清单",
        subtitle: String::new(),
        facts,
        table: Table {
            title: "缴费明细",
            legend: "金额单位：元",
            columns: vec![
                Head::left("缴费月份", 15),
                Head::right("缴费基数", 18),
                Head::right("个人缴纳", 18),
                Head::right("单位缴纳", 18),
                Head::right("合计", 18),
                Head::right("状态", 13),
            ],
            rows: rows.collect(),
            totals: ["合计".to_owned(), String::new()].into_iter().chain(totals).chain([String::new()]).collect(),
        },
        notes: vec!["欠缴月份的金额为零，补缴到账后计入。".to_owned()],
    })
}
