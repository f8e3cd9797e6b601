//! Q04 待遇发放: what was paid, month by month, and to which account (masked).

use contract::format::mask_bank;
use contract::message::{Cell, CellKind, Row};
use contract::problem::ProblemCode;

use super::{Asked, PENSION, Table, months, text};
use crate::calls::Refusal;
use crate::store;

pub fn answer(asked: &Asked<'_>) -> Result<Table, Refusal> {
    let insurance = asked.choice("insurance")?;
    let (from, to) = asked.months("period")?;
    if insurance == PENSION && store::pension(asked.db, asked.person.person)?.is_none() {
        return Err(ProblemCode::NoAssessment.into());
    }
    let mut paid = store::benefits(asked.db, asked.person.person)?;
    paid.retain(|month| month.insurance == insurance && (from..=to).contains(&month.period));
    if paid.is_empty() {
        return Err(ProblemCode::NoRecords.into());
    }
    let (what, comma) = (asked.say("待遇", " benefits"), asked.say("，", ", "));
    let row = |month: &store::Benefit| Row {
        cells: vec![Cell::Period(month.period), Cell::Fen(month.amount_fen)],
        mark: String::new(),
    };
    Ok(Table {
        scope: format!("{}{what}{comma}{}", asked.insurance(insurance), asked.language.span(from, to)),
        figures: vec![
            asked.figure(
                "期内发放合计",
                "Paid in this period",
                Cell::Fen(paid.iter().map(|month| month.amount_fen).sum()),
            ),
            asked.figure("期内发放月数", "Months paid in this period", months(paid.len())),
            asked.figure(
                "发放账户尾号",
                "Account ending in",
                text(mask_bank(&asked.person.bank_account).trim_start_matches('*')),
            ),
        ],
        columns: vec![
            asked.column("发放月份", "Month", CellKind::Period),
            asked.column("发放金额", "Amount", CellKind::Fen),
        ],
        rows: paid.iter().map(row).collect(),
        as_of: asked.as_of_last_month(),
    })
}
