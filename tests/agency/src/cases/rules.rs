//! Whether somebody may file an item, and what comes of it: one file an item. Each is asked twice: [`before`] when the form is prefilled,
//! so that nobody types in vain, and [`grant`] when it is filed, because time has passed. Everything that stands in the way is told at once
//! (优化营商环境条例 36). Must never write: what is granted is booked by the life of the case.

mod activation;
mod archive;
mod certification;
mod complaint;
mod contact;
mod declaration;
mod dispute;
mod enrolment;
mod evaluation;
mod loss;
mod transfer;
mod unemployment;
mod withdrawal;

use std::collections::BTreeMap;

use contract::catalogue::Text;
use contract::field::Value;
use contract::format::Date;
use contract::message::{Cell, Defect};
use contract::problem::{Problem, ProblemCode};

use super::{Ask, Change, Outcome, Told, kept};
use crate::calls::{Refusal, problem_of};
use crate::cases::effect::Fact;
use crate::clock;
use crate::rules::parameters::NATIONAL;
use crate::rules::retirement::{self, Retirement};

/// From this age on one may work (劳动法 15).
const WORKING_AGE_YEARS: u32 = 16;

/// What can be said before anything is typed.
pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    // Contact data, cards and files are kept here for everybody, records only for those of the enterprises' scheme.
    let item = ask.item.id.as_str();
    if ask.person.civil_service && !matches!(item, "F02" | "F11" | "F13" | "F17" | "F18" | "F19" | "F20") {
        return Err(ProblemCode::CivilService.into());
    }
    match item {
        "F01" => certification::before(ask),
        "F02" => contact::before(ask),
        "F04" => enrolment::before(ask),
        "F05" => declaration::before(ask),
        "F08" => transfer::before(ask),
        "F09" => unemployment::before(ask),
        "F11" => activation::before(ask),
        "F13" => loss::before(ask),
        "F16" => dispute::before(ask),
        // From anybody, about anything.
        "F17" | "F18" => Ok(()),
        "F19" => archive::before(ask),
        "F20" => withdrawal::before(ask),
        _ => Err(ProblemCode::BadRequest.into()),
    }
}

/// What comes of it. The answers have passed the fields' checks and [`before`] has been asked.
pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    match ask.item.id.as_str() {
        "F01" => certification::grant(ask),
        "F02" => contact::grant(ask, inputs),
        "F04" => enrolment::grant(ask, inputs),
        "F05" => declaration::grant(ask, inputs),
        "F08" => transfer::grant(ask, inputs),
        "F09" => unemployment::grant(ask, inputs),
        "F11" => activation::grant(ask),
        "F13" => loss::grant(ask, inputs),
        "F16" => dispute::grant(ask, inputs),
        "F17" => evaluation::grant(ask, inputs),
        "F18" => complaint::grant(ask, inputs),
        "F19" => archive::grant(ask, inputs),
        "F20" => withdrawal::grant(ask, inputs),
        _ => Err(ProblemCode::BadRequest.into()),
    }
}

/// Collects what stands in the way.
#[derive(Default)]
struct Hurdles(Vec<Defect>);

/// One condition: what is wrong where it is not met, and what mends it, in both languages; the rule behind it.
struct Condition {
    wrong: (&'static str, &'static str),
    basis: &'static str,
    remedy: (&'static str, &'static str),
}

impl Hurdles {
    fn unless(&mut self, ask: &Ask<'_>, met: bool, condition: &Condition) {
        if !met {
            let say = |(zh, en): (&str, &str)| ask.language.say(zh, en).to_owned();
            let (text, remedy) = (say(condition.wrong), say(condition.remedy));
            self.0.push(Defect { field: String::new(), text, basis: condition.basis.to_owned(), remedy });
        }
    }

    fn field(&mut self, field: &str, text: String, basis: &str, remedy: String) {
        self.0.push(Defect { field: field.to_owned(), text, basis: basis.to_owned(), remedy });
    }

    /// Refuses with everything that was found.
    fn or(self, code: ProblemCode) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Refusal::Problem(Box::new(Problem { defects: self.0, ..problem_of(code) })))
    }
}

/// Refuses where a case of this item waits for its decision.
fn none_undecided(ask: &Ask<'_>, code: ProblemCode) -> Result<(), Refusal> {
    let undecided = kept::undecided_of(ask.db, ask.person.person, &ask.item.id)?;
    if undecided.is_empty() { Ok(()) } else { Err(code.into()) }
}

/// Old enough to work.
fn of_working_age(ask: &Ask<'_>) -> Result<bool, Refusal> {
    let (years, _) = retirement::age(ask.person.birth(ask.today)?, ask.today)?;
    Ok(years >= WORKING_AGE_YEARS)
}

/// Not yet at the statutory retirement age.
fn before_retirement(ask: &Ask<'_>) -> Result<bool, Refusal> {
    let birth = ask.person.birth(ask.today)?;
    let (_, national) = ask.rules.parameters.select(NATIONAL, clock::month_of(ask.today))?;
    let statutory: Retirement = retirement::retirement(national, clock::month_of(birth), ask.person.track)?;
    Ok(ask.today < statutory.date(birth)?)
}

const WORKING_AGE: Condition = Condition {
    wrong: ("未满 16 周岁", "You are under 16"),
    basis: "劳动法 第十五条",
    remedy: ("年满 16 周岁后再申请", "Apply when you are 16"),
};

const RETIREMENT_AGE: Condition = Condition {
    wrong: ("已达到法定退休年龄", "You have reached the statutory retirement age"),
    basis: "全国人大常委会关于实施渐进式延迟法定退休年龄的决定",
    remedy: ("到养老待遇窗口咨询待遇申领或延长缴费", "Ask the pensions window about your pension or paying on"),
};

fn told(zh: &str, en: &str, value: Cell) -> Told {
    Told { label: Text { zh: zh.to_owned(), en: en.to_owned() }, value }
}

fn change(fact: Fact, value: impl Into<String>) -> Change {
    Change { fact, value: value.into() }
}

fn text<'a>(inputs: &'a BTreeMap<String, Value>, id: &str) -> Result<&'a str, Refusal> {
    Ok(crate::catalogue::text(inputs, id)?)
}

fn date(inputs: &BTreeMap<String, Value>, id: &str) -> Result<Date, Refusal> {
    match inputs.get(id) {
        Some(Value::Date(date)) => Ok(*date),
        _ => Err(ProblemCode::BadRequest.into()),
    }
}
