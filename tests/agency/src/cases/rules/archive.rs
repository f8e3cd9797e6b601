//! F19 档案利用申请: a copy from the file of one's own closed case (档案法 28; 政府信息公开条例 33).

use std::collections::BTreeMap;

use contract::field::Value;
use contract::message::{CaseName, Cell};
use contract::problem::ProblemCode;

use super::{Condition, Hurdles, text, told};
use crate::calls::Refusal;
use crate::cases::{Ask, Kept, Outcome, kept};

const CLOSED: Condition = Condition {
    wrong: ("该办件尚未办结，档案还未归档", "That case is still open; its file is not complete"),
    basis: "社会保险业务档案管理规定",
    remedy: ("办结后再申请", "Ask when it is closed"),
};

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    let closed = kept::of_person(ask.db, ask.person.person)?.iter().any(|case| !case.is_open());
    if closed { Ok(()) } else { Err(ProblemCode::NoRecords.into()) }
}

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let case = own(ask, text(inputs, "case")?)?;
    let mut hurdles = Hurdles::default();
    hurdles.unless(ask, !case.is_open(), &CLOSED);
    hurdles.or(ProblemCode::NotEligible)?;
    Ok(Outcome {
        figures: vec![told("档案所属办件", "File of case", Cell::Text(case.pick_up))], ..Outcome::default()
    })
}

/// The case of that number or pick-up code, if it is this person's; whether it is somebody else's is not told.
pub(super) fn own(ask: &Ask<'_>, name: &str) -> Result<Kept, Refusal> {
    let name = if name.len() == 8 { CaseName::PickUp(name.to_owned()) } else { CaseName::Number(name.to_owned()) };
    let case = kept::by_name(ask.db, &name)?.filter(|case| case.person == ask.person.person);
    Ok(case.ok_or(ProblemCode::CaseUnknown)?)
}
