//! F09 失业登记: of working age and without work (就业促进法 35; 社会保险法 50 counts the benefit from this day).

use std::collections::BTreeMap;

use contract::field::Value;
use contract::format::{Date, Period};
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{Condition, Hurdles, RETIREMENT_AGE, WORKING_AGE, before_retirement, change, date, of_working_age, told};
use crate::calls::Refusal;
use crate::cases::effect::{self, Fact};
use crate::cases::{Ask, Outcome};
use crate::persona::InsuredAs;
use crate::{clock, store};

const NO_WORK: Condition = Condition {
    wrong: ("单位正在为您缴纳职工社会保险", "An employer is paying for you"),
    basis: "就业促进法 第三十五条",
    remedy: ("由原单位办理停保后再登记", "Register when the employer has signed you off"),
};

const NOT_SELF_EMPLOYED: Condition = Condition {
    wrong: ("已登记为灵活就业参保人员", "You are enrolled as a flexible worker"),
    basis: "就业促进法 第三十五条",
    remedy: ("停止灵活就业参保后再登记", "Register when you have suspended that"),
};

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    if effect::last(ask.db, ask.person.person, Fact::Unemployed)?.is_some() {
        return Err(ProblemCode::AlreadyDone.into());
    }
    let insured_as = ask.person.insured_as;
    let mut hurdles = Hurdles::default();
    hurdles.unless(ask, of_working_age(ask)?, &WORKING_AGE);
    hurdles.unless(ask, before_retirement(ask)? && insured_as != InsuredAs::Pensioner, &RETIREMENT_AGE);
    hurdles.unless(ask, insured_as != InsuredAs::Employed, &NO_WORK);
    hurdles.unless(ask, insured_as != InsuredAs::Flexible, &NOT_SELF_EMPLOYED);
    hurdles.or(ProblemCode::NotEligible)
}

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let ended = date(inputs, "ended")?;
    let mut hurdles = Hurdles::default();
    if let Some(last) = last_paid(ask)?.filter(|last| ended < *last) {
        let text = ask.language.say("早于单位最后一个月的缴费记录", "It is before the last month an employer paid");
        let remedy = match ask.language.tag() {
            "en" => format!("A day from {last} on, or ask for the record to be checked (F16)"),
            _ => format!("填写 {} 或之后的日期；记录有误请办理权益记录异议", last.long_zh()),
        };
        hurdles.field("ended", text.to_owned(), "社会保险法 第五十条", remedy);
    }
    hurdles.or(ProblemCode::InputInvalid)?;
    Ok(Outcome {
        figures: vec![told("登记日期", "Registered on", Cell::Text(ask.language.day(ask.today)))],
        changes: vec![change(Fact::Unemployed, ended.to_string())],
        ..Outcome::default()
    })
}

/// First day of the last month that was paid.
fn last_paid(ask: &Ask<'_>) -> Result<Option<Date>, Refusal> {
    let months = store::contributions(ask.db, ask.person.person, Period::default(), clock::month_of(ask.today))?;
    let last = months.iter().find(|month| store::counts(month)).map(|month| month.period);
    Ok(last.and_then(|month| Date::new(month.year(), month.month(), 1)))
}
