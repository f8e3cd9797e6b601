//! F04 灵活就业参保登记: from 16 to the statutory retirement age, without an employer, on a base within the bounds of the month it begins in
//! (社会保险法 10, 58; 社会保险经办条例 6; 国办发〔2019〕13号).

use std::collections::BTreeMap;

use contract::field::{FieldType, Value};
use contract::format::Period;
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{Condition, Hurdles, RETIREMENT_AGE, WORKING_AGE, change, date, none_undecided, text, told};
use super::{before_retirement, declaration, of_working_age};
use crate::calls::Refusal;
use crate::cases::effect::Fact;
use crate::cases::{Ask, Outcome};
use crate::clock;
use crate::persona::InsuredAs;

const EMPLOYER: Condition = Condition {
    wrong: ("单位正在为您缴纳职工社会保险", "An employer is paying for you"),
    basis: "社会保险法 第十条",
    remedy: ("由原单位办理停保后再申请", "Apply when the employer has signed you off"),
};

const PENSIONER: Condition = Condition {
    wrong: ("已领取基本养老金", "You draw a pension"),
    basis: "社会保险法 第十六条",
    remedy: ("领取待遇后不再缴费，无需办理", "Nothing more is paid; there is nothing to do"),
};

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    if ask.person.insured_as == InsuredAs::Flexible {
        return Err(ProblemCode::AlreadyDone.into());
    }
    none_undecided(ask, ProblemCode::AlreadyDone)?;
    let mut hurdles = Hurdles::default();
    hurdles.unless(ask, of_working_age(ask)?, &WORKING_AGE);
    hurdles.unless(ask, before_retirement(ask)?, &RETIREMENT_AGE);
    hurdles.unless(ask, ask.person.insured_as != InsuredAs::Employed, &EMPLOYER);
    hurdles.unless(ask, ask.person.insured_as != InsuredAs::Pensioner, &PENSIONER);
    hurdles.or(ProblemCode::NotEligible)
}

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let insurance = text(inputs, "insurance")?;
    let start = clock::month_of(date(inputs, "start")?);
    let base_fen = tier_fen(ask, text(inputs, "tier")?)?;
    let mut hurdles = Hurdles::default();
    begins_now(ask, start, &mut hurdles);
    // A month in which nobody can begin has no bounds for the base to be in.
    let monthly = if hurdles.0.is_empty() {
        declaration::monthly(ask, start, base_fen, insurance, "tier", &mut hurdles)?
    } else {
        0
    };
    hurdles.or(ProblemCode::InputInvalid)?;
    Ok(Outcome {
        figures: vec![
            told("开始月份", "From", Cell::Period(start)),
            told("每月缴费基数", "Base a month", Cell::Fen(base_fen)),
            told("每月应缴", "To pay a month", Cell::Fen(monthly)),
        ],
        changes: vec![
            change(Fact::InsuredAs, InsuredAs::Flexible.as_str()),
            change(Fact::Enrolled, insurance),
            change(Fact::Base, base_fen.to_string()),
        ],
        ..Outcome::default()
    })
}

/// Months that have passed are generally not paid by individuals (人社部发〔2016〕132号); later than the next month is another day's business.
fn begins_now(ask: &Ask<'_>, start: Period, hurdles: &mut Hurdles) {
    let this_month = clock::month_of(ask.today);
    if start != this_month && Some(start) != this_month.plus_months(1) {
        let text = ask.language.say("只能从本月或下月开始参保", "It can begin this month or the next");
        let remedy = ask.language.say("填写本月或下月的日期", "Enter a day of this or the next month");
        hurdles.field("start", text.to_owned(), "人社部发〔2016〕132号", remedy.to_owned());
    }
}

/// The base of a tier, as the catalogue has it.
fn tier_fen(ask: &Ask<'_>, value: &str) -> Result<i64, Refusal> {
    let tiers = ask.item.inputs.iter().filter_map(|field| match &field.kind {
        FieldType::Tier { tiers } => Some(tiers),
        _ => None,
    });
    let tier = tiers.flatten().find(|tier| tier.value == value);
    Ok(tier.ok_or(ProblemCode::BadRequest)?.amount_fen)
}
