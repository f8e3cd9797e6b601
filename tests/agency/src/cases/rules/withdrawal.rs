//! F20 撤回办件: one's own, before it is decided; so a change that was not one's own is stopped within its holding period.

use std::collections::BTreeMap;

use contract::field::Value;
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{archive, change, text, told};
use crate::calls::Refusal;
use crate::cases::effect::Fact;
use crate::cases::{Ask, Outcome, kept};

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    let undecided = kept::of_person(ask.db, ask.person.person)?.iter().any(|case| case.is_undecided());
    if undecided { Ok(()) } else { Err(ProblemCode::NoRecords.into()) }
}

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let case = archive::own(ask, text(inputs, "case")?)?;
    if !case.is_undecided() {
        return Err(ProblemCode::CaseClosed.into());
    }
    Ok(Outcome {
        figures: vec![told("已撤回的办件", "Withdrawn", Cell::Text(case.pick_up))],
        changes: vec![change(Fact::Withdrawn, case.seq.to_string())],
        ..Outcome::default()
    })
}
