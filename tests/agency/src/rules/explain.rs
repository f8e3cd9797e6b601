//! An estimate as rows that a citizen can follow: what goes in, each formula, its value, and the law it comes from. The rows only tell
//! what `pension` has computed; a number is never computed twice.

use contract::catalogue::Text;

use super::RuleError;
use super::parameters::Parameters;
use super::pension::{self, Career};

/// What a row comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepValue {
    /// Money, in fen.
    Fen(i64),
    /// A number, as it is shown.
    Number(String),
}

/// One row of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub label: Text,
    /// Its symbol, or how it follows from the symbols of rows above: the same in every language.
    pub formula: String,
    /// What it comes to.
    pub value: StepValue,
    /// Law and clause, or the table the figure was taken from.
    pub source: String,
}

const FORMULAS: &str = "国发〔2005〕38号 第六部分";

/// The estimate of item Q11, step by step: inputs first, the total last. `base_source`: where 计发基数 was taken from, as the source
/// of the region's set.
///
/// # Errors
/// As [`pension::pension_estimate`].
pub fn pension_estimate(set: &Parameters, career: &Career, base_source: &str) -> Result<Vec<Step>, RuleError> {
    let estimate = pension::pension_estimate(set, career)?;
    let number = |text: String| StepValue::Number(text);
    Ok(vec![
        step("计发基数", "Pension base", "C", StepValue::Fen(career.pension_base_fen), base_source),
        step("平均缴费指数", "Average contribution index", "i", number(career.index.decimal(4)), FORMULAS),
        step("累计缴费月数", "Months contributed", "n", number(career.months.to_string()), "社会保险法 第十六条"),
        step("个人账户储存额", "Account balance", "B", StepValue::Fen(career.balance_fen), "社会保险法 第十四条"),
        step(
            "基础养老金",
            "Basic pension",
            "J = C × (1 + i) ÷ 2 × n ÷ 12 × 1%",
            StepValue::Fen(estimate.basic_fen),
            FORMULAS,
        ),
        step(
            "计发月数",
            "Divisor",
            &divisor_formula(set, career),
            number(estimate.divisor.decimal(1)),
            "国发〔2005〕38号 附件",
        ),
        step("个人账户养老金", "Account pension", "G = B ÷ N", StepValue::Fen(estimate.account_fen), FORMULAS),
        step("每月合计", "Total a month", "J + G", StepValue::Fen(estimate.total_fen), "社会保险法 第十五条"),
    ])
}

/// On a birthday the table's own figure, between two the way from one to the other.
fn divisor_formula(set: &Parameters, career: &Career) -> String {
    let Career { age_years: years, age_months: months, .. } = *career;
    let at = |age: u32| set.divisors.get(&age.to_string()).copied().unwrap_or_default();
    if months == 0 {
        return format!("N({years})");
    }
    let (here, next) = (at(years), at(years.saturating_add(1)));
    format!("N = {here} − ({here} − {next}) × {months} ÷ 12")
}

fn step(zh: &str, en: &str, formula: &str, value: StepValue, source: &str) -> Step {
    let label = Text { zh: zh.to_owned(), en: en.to_owned() };
    Step { label, formula: formula.to_owned(), value, source: source.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rules::built_in;
    use crate::rules::exact::Exact;

    /// Worked case rul-pension-estimate-001 of tests/vectors/rules.json.
    const PERSON: (i64, &str, u32, i64) = (1_257_700, "0.9", 330, 18_642_055);

    fn career(age_years: u32, age_months: u32) -> Career {
        let (pension_base_fen, index, months, balance_fen) = PERSON;
        Career { pension_base_fen, index: Exact::parse(index).unwrap(), months, balance_fen, age_years, age_months }
    }

    #[test]
    fn the_steps_end_with_another_sum_than_the_estimate() {
        let national = &built_in("national");
        let steps = pension_estimate(national, &career(60, 8), "invented").unwrap();
        let estimate = pension::pension_estimate(national, &career(60, 8)).unwrap();
        assert_eq!(steps.last().unwrap().value, StepValue::Fen(estimate.total_fen));
        assert_eq!(estimate.total_fen, 467_383);
        let formulas: Vec<_> = steps.iter().map(|step| step.formula.as_str()).collect();
        assert_eq!(formulas[5], "N = 139 − (139 − 132) × 8 ÷ 12");
        for step in &steps {
            let told = [&step.label.zh, &step.label.en, &step.formula, &step.source];
            assert!(told.iter().all(|text| !text.is_empty()), "{step:?}");
        }
    }

    #[test]
    fn a_birthday_is_explained_with_the_next_age() {
        let steps = pension_estimate(&built_in("national"), &career(70, 0), "invented").unwrap();
        assert_eq!((steps[5].formula.as_str(), &steps[5].value), ("N(70)", &StepValue::Number("56.0".to_owned())));
    }
}
