//! Q10 资格认证: when the last one was, and by when the next is due (社会保险经办条例 26; 人社厅发〔2018〕107号).

use contract::format::{Date, Period};
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{Asked, Table, pair_columns, text};
use crate::calls::Refusal;
use crate::clock;
use crate::store;

/// At least once in so many months (人社厅发〔2018〕107号).
const EVERY_MONTHS: u16 = 12;

/// The month by the end of which the next one is due. Whoever draws a benefit and was never certified is due at once.
pub fn due(last: Option<Date>, this_month: Period) -> Period {
    last.and_then(|day| clock::month_of(day).plus_months(EVERY_MONTHS)).unwrap_or(this_month)
}

pub fn answer(asked: &Asked<'_>) -> Result<Table, Refusal> {
    if store::benefits(asked.db, asked.person.person)?.is_empty() {
        return Err(ProblemCode::NotEligible.into());
    }
    let this_month = asked.this_month();
    let last = asked.person.last_certified;
    let due = due(last, this_month);
    let state = if due < this_month {
        asked.say("已逾期，请尽快认证", "Overdue, please certify soon")
    } else if due == this_month {
        asked.say("本月内应认证", "Due this month")
    } else {
        asked.say("未到期", "Not due yet")
    };
    let certified = last.map_or(Cell::None, |day| text(&asked.language.day(day)));
    Ok(Table {
        scope: asked.say("领取社会保险待遇资格认证", "Life certification for benefits").to_owned(),
        figures: vec![
            asked.figure("下次应认证月份", "Next due", Cell::Period(due)),
            asked.figure("认证情况", "State", text(state)),
        ],
        columns: pair_columns(),
        rows: vec![
            asked.pair("上次认证日期", "Last certified", certified),
            asked.pair("下次应认证月份", "Next due, by the end of", Cell::Period(due)),
            asked.pair("认证情况", "State", text(state)),
            asked.pair("认证周期", "How often", text(asked.say("每 12 个月至少一次", "Once in 12 months at least"))),
        ],
        as_of: asked.as_of_today(),
    })
}
