//! F01 领取待遇资格认证: whoever draws a benefit, once in twelve months (社会保险经办条例 26; 人社厅发〔2018〕107号).

use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{change, told};
use crate::calls::Refusal;
use crate::cases::effect::Fact;
use crate::cases::{Ask, Outcome};
use crate::records::certification::due;
use crate::{clock, store};

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    if store::benefits(ask.db, ask.person.person)?.is_empty() {
        return Err(ProblemCode::NoAssessment.into());
    }
    let this_month = clock::month_of(ask.today);
    if this_month < due(ask.person.last_certified, this_month) {
        return Err(ProblemCode::NotDue.into());
    }
    Ok(())
}

pub fn grant(ask: &Ask<'_>) -> Result<Outcome, Refusal> {
    let next = due(Some(ask.today), clock::month_of(ask.today));
    Ok(Outcome {
        figures: vec![told("下次应认证月份", "Next due", Cell::Period(next))],
        changes: vec![change(Fact::LastCertified, ask.today.to_string())],
        ..Outcome::default()
    })
}
