//! F17 服务评价: of a case that is named by its slip, once, by whoever holds the slip. The case that this filing is itself is nobody's.

use std::collections::BTreeMap;

use contract::field::Value;
use contract::message::{CaseName, Satisfaction};
use contract::problem::ProblemCode;

use super::{change, text};
use crate::calls::Refusal;
use crate::cases::effect::Fact;
use crate::cases::{Ask, Outcome, evaluation, kept};

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let name = text(inputs, "case")?.to_owned();
    let name = if name.len() == 8 { CaseName::PickUp(name) } else { CaseName::Number(name) };
    let case = kept::by_name(ask.db, &name)?.filter(|case| case.item != ask.item.id).ok_or(ProblemCode::CaseUnknown)?;
    let level = Satisfaction::parse(text(inputs, "level")?).ok_or(ProblemCode::BadRequest)?;
    let said = text(inputs, "text").unwrap_or_default();
    if evaluation::is_there(ask.db, case.seq)? {
        return Err(ProblemCode::AlreadyEvaluated.into());
    }
    let written = format!("{} {} {said}", case.seq, level.as_str());
    Ok(Outcome { changes: vec![change(Fact::Evaluated, written)], ..Outcome::default() })
}
