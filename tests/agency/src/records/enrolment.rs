//! Q01 参保信息: each insurance, whether it goes on, since when, and with whom.

use contract::message::{Cell, CellKind, Row};
use contract::problem::ProblemCode;

use super::history::History;
use super::{Asked, INSURANCES, PENSION, Records, UNEMPLOYMENT, months, text};
use crate::calls::Refusal;
use crate::persona::InsuredAs;

pub fn answer(asked: &Asked<'_>) -> Result<Records, Refusal> {
    let all = asked.all_months()?;
    let last = asked.last_full_month();
    let histories = INSURANCES.map(|insurance| (insurance, History::ever(&all, insurance, last)));
    if histories.iter().all(|(_, history)| history.first.is_none()) {
        return Err(ProblemCode::NoRecords.into());
    }
    let paid = |code: &str| {
        let history = histories.iter().find(|(insurance, _)| *insurance == code);
        months(history.map_or(0, |(_, history)| history.paid))
    };
    Ok(Records {
        scope: asked.say("在本地的全部险种", "All insurances kept here").to_owned(),
        figures: vec![
            asked.figure("养老保险累计缴费", "Pension, paid in all", paid(PENSION)),
            asked.figure("失业保险累计缴费", "Unemployment, paid in all", paid(UNEMPLOYMENT)),
        ],
        columns: vec![
            asked.column("险种", "Insurance", CellKind::Text),
            asked.column("参保状态", "Status", CellKind::Text),
            asked.column("首次参保", "First", CellKind::Period),
            asked.column("本次参保", "Since", CellKind::Period),
            asked.column("单位", "Employer", CellKind::Text),
        ],
        rows: histories.iter().map(|(insurance, history)| row(asked, insurance, history)).collect(),
        as_of: asked.as_of_last_month(),
    })
}

fn row<'a>(asked: &Asked<'a>, insurance: &'a str, history: &History) -> Row {
    let month = |period: Option<_>| period.map_or(Cell::None, Cell::Period);
    let (zh, en) = status(asked, insurance, history);
    let employer = match (asked.person.insured_as, history.first) {
        (_, None) => Cell::None,
        (InsuredAs::Flexible, _) => text(asked.say("灵活就业", "Self-insured")),
        _ => text(&asked.person.employer),
    };
    let label = text(asked.insurance(insurance));
    let cells = vec![label, text(asked.say(zh, en)), month(history.first), month(history.since), employer];
    Row { cells, mark: String::new() }
}

/// 参保状态 in the last full month, in both languages.
pub fn status(asked: &Asked<'_>, insurance: &str, history: &History) -> (&'static str, &'static str) {
    if history.first.is_none() {
        ("未参保", "Not enrolled")
    } else if insurance == PENSION && asked.person.insured_as == InsuredAs::Pensioner {
        ("领取待遇", "Draws a pension")
    } else if history.goes_on(asked.last_full_month()) {
        ("参保缴费", "Enrolled, paying")
    } else {
        ("暂停缴费", "Payment suspended")
    }
}
