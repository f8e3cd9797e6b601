//! F16 权益记录异议: there must be a record to dispute (社会保险法 74; 个人信息保护法 46; 政府信息公开条例 41).

use std::collections::BTreeMap;

use contract::field::Value;
use contract::format::Period;
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{text, told};
use crate::calls::Refusal;
use crate::cases::{Ask, Outcome};
use crate::{catalogue, clock, store};

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    let months = store::contributions(ask.db, ask.person.person, Period::default(), clock::month_of(ask.today))?;
    if months.is_empty() { Err(ProblemCode::NoRecords.into()) } else { Ok(()) }
}

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let insurance = text(inputs, "insurance")?;
    let (from, to) = catalogue::months(inputs, "period")?;
    let months = store::contributions(ask.db, ask.person.person, from, to)?;
    if !months.iter().any(|month| month.insurance == insurance) {
        return Err(ProblemCode::NoRecords.into());
    }
    Ok(Outcome {
        figures: vec![told("异议起始月份", "From", Cell::Period(from)), told("异议截止月份", "To", Cell::Period(to))],
        ..Outcome::default()
    })
}
