//! P04 待遇证明: how a pension was assessed, or what was paid in the last twelve months (domain 4.4).

use contract::format::{fen_to_text, mask_bank};
use contract::problem::ProblemCode;

use super::{Head, Paper, Table, fact, in_capitals, person};
use crate::calls::Refusal;
use crate::records::Asked;
use crate::rules::PENSION;
use crate::store::{self, Benefit, Pension};

/// The answer to "which certificate?" that asks for the assessment.
const ASSESSMENT: &str = "assessment";

/// Months on a certificate of payment.
const MONTHS: usize = 12;

pub fn compose(asked: &Asked<'_>) -> Result<Paper, Refusal> {
    let pension = store::pension(asked.db, asked.person.person)?.ok_or(ProblemCode::NoAssessment)?;
    let account = mask_bank(&asked.person.bank_account);
    let mut facts = person(asked);
    facts.extend([fact("待遇起始月份", pension.from.dashed()), fact("发放账户", account)]);
    facts.push(fact("每月待遇合计", in_capitals(pension.basic_fen + pension.account_fen)));
    let (title, table) = if asked.choice("kind")? == ASSESSMENT {
        facts.push(fact("缴费年限", format!("{} 年 {} 个月", pension.months / 12, pension.months % 12)));
        ("养老保险待遇核定证明", assessment(&pension))
    } else {
        let mut paid = store::benefits(asked.db, asked.person.person)?;
        paid.retain(|month| month.insurance == PENSION);
        paid.truncate(MONTHS);
        paid.reverse();
        ("养老保险待遇领取证明", payments(&paid))
    };
    let note = "待遇金额为核定时的金额，调整另行公布。".to_owned();
    Ok(Paper { title, subtitle: String::new(), facts, table, notes: vec![note] })
}

fn assessment(pension: &Pension) -> Table {
    const LAW: &str = "国发〔2005〕38号";
    let row = |what: &str, how: &str, value: String, source: &str| {
        vec![what.to_owned(), how.to_owned(), value, source.to_owned()]
    };
    let yuan = fen_to_text;
    Table {
        title: "待遇构成",
        legend: "金额单位：元",
        columns: vec![Head::left("项目", 22), Head::left("公式", 34), Head::right("结果", 18), Head::right("依据", 26)],
        rows: vec![
            row("计发基数", "C", yuan(pension.base_fen), "核定时本省公布"),
            row("平均缴费指数", "i", pension.index.clone(), LAW),
            row("累计缴费月数", "n", pension.months.to_string(), "社会保险法第十六条"),
            row("个人账户储存额", "B", yuan(pension.balance_fen), "社会保险法第十四条"),
            row("基础养老金", "J = C × (1 + i) ÷ 2 × n ÷ 12 × 1%", yuan(pension.basic_fen), LAW),
            row("计发月数", "N", pension.divisor.clone(), LAW),
            row("个人账户养老金", "G = B ÷ N", yuan(pension.account_fen), LAW),
        ],
        totals: row("每月合计", "J + G", yuan(pension.basic_fen + pension.account_fen), ""),
    }
}

fn payments(paid: &[Benefit]) -> Table {
    let row = |month: &Benefit| {
        vec![month.period.dashed(), "基本养老金".to_owned(), fen_to_text(month.amount_fen), "已发放".to_owned()]
    };
    let sum = paid.iter().map(|month| month.amount_fen).sum();
    Table {
        title: "最近十二个月发放情况",
        legend: "金额单位：元",
        columns: vec![
            Head::left("发放月份", 20),
            Head::left("待遇项目", 30),
            Head::right("发放金额", 30),
            Head::right("状态", 20),
        ],
        rows: paid.iter().map(row).collect(),
        totals: vec!["合计".to_owned(), String::new(), fen_to_text(sum), String::new()],
    }
}
