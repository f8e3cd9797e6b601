//! Q06 失业待遇: months granted, drawn and left, and what the next one comes to. Whether the conditions still hold (社会保险法 51) is not
//! for this page.

use contract::message::Cell;
use contract::problem::ProblemCode;

use super::history::History;
use super::{Asked, Table, UNEMPLOYMENT, pair_columns, text};
use crate::calls::Refusal;
use crate::persona::InsuredAs;
use crate::rules::{REGION, unemployment};
use crate::store;

pub fn answer(asked: &Asked<'_>) -> Result<Table, Refusal> {
    if asked.person.insured_as != InsuredAs::Unemployed {
        return Err(ProblemCode::NotEligible.into());
    }
    let paid = History::ever(&asked.all_months()?, UNEMPLOYMENT, asked.this_month()).paid;
    let (_, set) = asked.rules.parameters.select(REGION, asked.this_month())?;
    let paid_months = u32::try_from(paid).unwrap_or(u32::MAX);
    let benefit = unemployment::unemployment(set, paid_months, asked.person.unemployment_drawn, 0)?;
    let drawn = store::benefits(asked.db, asked.person.person)?;
    let first = drawn.iter().rfind(|month| month.insurance == UNEMPLOYMENT).map(|month| month.period);
    let amount = benefit.amount_fen.map_or(Cell::None, Cell::Fen);
    let stage = match benefit.stage {
        1 => asked.say("第一阶段（第 1 至 12 个月）", "First (months 1 to 12)"),
        _ => asked.say("第二阶段（第 13 个月起）", "Second (from month 13 on)"),
    };
    Ok(Table {
        scope: asked.say("失业保险金，本次核定", "Unemployment benefit, this grant").to_owned(),
        figures: vec![
            asked.figure("核定月数", "Months granted", Cell::Months(benefit.granted)),
            asked.figure("剩余月数", "Months left", Cell::Months(benefit.left)),
            asked.figure("下月金额", "Next month's amount", amount.clone()),
        ],
        columns: pair_columns(),
        rows: vec![
            asked.pair("失业保险累计缴费", "Contributed in all", Cell::Months(paid_months)),
            asked.pair("核定月数", "Months granted", Cell::Months(benefit.granted)),
            asked.pair("首次发放月份", "First month paid", first.map_or(Cell::None, Cell::Period)),
            asked.pair("已领月数", "Months drawn", Cell::Months(asked.person.unemployment_drawn)),
            asked.pair("剩余月数", "Months left", Cell::Months(benefit.left)),
            asked.pair("下月所在阶段", "Stage of the next month", text(stage)),
            asked.pair("下月金额", "Next month's amount", amount),
            asked.pair("剩余金额合计", "All that is left", benefit.total_left_fen.map_or(Cell::None, Cell::Fen)),
        ],
        as_of: asked.as_of_last_month(),
    })
}
