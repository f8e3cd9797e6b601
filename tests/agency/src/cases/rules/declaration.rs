//! F05 灵活就业缴费申报: which months, on which base, and what they come to. The money is the tax authority's: a QR code leads there
//! (社会保险法 60; 社会保险费征缴暂行条例 6).

use std::collections::BTreeMap;

use contract::field::Value;
use contract::format::{Period, fen_to_text};
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{Condition, Hurdles, change, text, told};
use crate::calls::Refusal;
use crate::cases::effect::{self, Fact};
use crate::cases::{Ask, Outcome};
use crate::persona::InsuredAs;
use crate::rules::contribution::flex_contribution;
use crate::rules::{PENSION, REGION, RuleError};
use crate::{clock, store};

const FLEXIBLE: Condition = Condition {
    wrong: ("未登记为灵活就业参保人员", "You are not enrolled as a flexible worker"),
    basis: "社会保险法 第六十条",
    remedy: ("先办理灵活就业参保登记，登记办结后再申报", "Enrol first, and declare when that is granted"),
};

/// What an enrolment in the medical insurance too is called.
const WITH_MEDICAL: &str = "110+310";

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    let mut hurdles = Hurdles::default();
    hurdles.unless(ask, ask.person.insured_as == InsuredAs::Flexible, &FLEXIBLE);
    hurdles.or(ProblemCode::NotEligible)?;
    // Every choice of months begins with this one.
    none_declared(ask, &[clock::month_of(ask.today)])
}

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let count: u16 = text(inputs, "months")?.parse().map_err(|_| ProblemCode::BadRequest)?;
    let base_fen = match inputs.get("base") {
        Some(Value::Fen(fen)) => *fen,
        _ => return Err(ProblemCode::BadRequest.into()),
    };
    let first = clock::month_of(ask.today);
    let months: Vec<Period> = (0..count).filter_map(|ahead| first.plus_months(ahead)).collect();
    none_declared(ask, &months)?;
    let enrolled = effect::last(ask.db, ask.person.person, Fact::Enrolled)?.unwrap_or_else(|| PENSION.to_owned());
    let (mut total_fen, mut hurdles) = (0_i64, Hurdles::default());
    for month in &months {
        total_fen = total_fen.saturating_add(monthly(ask, *month, base_fen, &enrolled, "base", &mut hurdles)?);
        if !hurdles.0.is_empty() {
            break;
        }
    }
    hurdles.or(ProblemCode::InputInvalid)?;
    let declared = months.iter().map(|month| change(Fact::Declared, month.to_string()));
    Ok(Outcome {
        figures: vec![
            told("申报起始月份", "From", Cell::Period(first)),
            told("申报月数", "Months", Cell::Months(count.into())),
            told("应缴金额", "To pay", Cell::Fen(total_fen)),
        ],
        pointer: format!("tax-pay:{REGION}/{{case}}?fen={total_fen}"),
        changes: declared.chain([change(Fact::Base, base_fen.to_string())]).collect(),
        ..Outcome::default()
    })
}

/// What a month costs by the figures of that month. A base out of bounds is a hurdle of its field that names the bounds.
pub fn monthly(
    ask: &Ask<'_>,
    month: Period,
    base_fen: i64,
    enrolled: &str,
    field: &str,
    hurdles: &mut Hurdles,
) -> Result<i64, Refusal> {
    let (_, set) = ask.rules.parameters.select(REGION, month)?;
    match flex_contribution(set, InsuredAs::Flexible, base_fen) {
        Ok(paid) if enrolled == WITH_MEDICAL => Ok(paid.total_fen),
        Ok(paid) => Ok(paid.pension_fen),
        Err(RuleError::BaseBelowMin | RuleError::BaseAboveMax) => {
            let bound = |fen: Option<i64>| fen_to_text(fen.unwrap_or_default());
            let (min, max) = (bound(set.base_min_fen), bound(set.base_max_fen));
            let month = month.dashed();
            let text = ask.language.say("基数不在上下限之内", "The base is out of bounds");
            let remedy = match ask.language.tag() {
                "en" => format!("{min} to {max} yuan in {month}"),
                _ => format!("{month} 为 {min} 至 {max} 元"),
            };
            hurdles.field(field, text.to_owned(), "国办发〔2019〕13号", remedy);
            Ok(0)
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses months that were declared or paid.
fn none_declared(ask: &Ask<'_>, months: &[Period]) -> Result<(), Refusal> {
    let Some((first, last)) = months.first().zip(months.last()) else { return Err(ProblemCode::BadRequest.into()) };
    let paid = store::contributions(ask.db, ask.person.person, *first, *last)?;
    let mut taken = paid.iter().any(|month| month.insurance == PENSION && store::counts(month));
    for month in months {
        taken |= effect::is_set(ask.db, ask.person.person, Fact::Declared, &month.to_string())?;
    }
    if taken { Err(ProblemCode::AlreadyDeclared.into()) } else { Ok(()) }
}
