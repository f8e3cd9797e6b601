//! When somebody retires, how early or late they may, and how long they must have contributed. Whether a woman's age is 50 or 55 is a
//! fact of her record; no rule here derives it from anything.

use contract::format::{Date, Period};
use serde::Deserialize;

use super::RuleError;
use super::parameters::Parameters;
use crate::clock;

/// How far from the statutory age one may choose to retire, in months (人社部发〔2024〕94号).
const FLEXIBLE_MONTHS: u16 = 36;

/// Whose age rises how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Track {
    /// Men.
    M,
    /// Women whose age was 55 (管理技术岗位).
    F55,
    /// Women whose age was 50 (工人岗位).
    F50,
}

impl Track {
    /// As it stands in tables and in the register.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::M => "M",
            Self::F55 => "F55",
            Self::F50 => "F50",
        }
    }

    /// The way back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::M, Self::F55, Self::F50].into_iter().find(|one| one.as_str() == text)
    }
}

/// When somebody reaches the statutory age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// Months later than before 2025.
    pub delay_months: u16,
    /// The statutory age: whole years.
    pub age_years: u16,
    /// And months, 0 to 11.
    pub age_months: u16,
    /// The month in which it is reached.
    pub month: Period,
}

impl Retirement {
    const fn months_of_life(&self) -> u16 {
        self.age_years * 12 + self.age_months
    }

    /// The day on which somebody born on that day reaches the age; the month's last where it has no such day.
    ///
    /// # Errors
    /// [`RuleError::Range`]: beyond the years that are known.
    pub fn date(&self, birth: Date) -> Result<Date, RuleError> {
        clock::months_later(birth, self.months_of_life()).ok_or(RuleError::Range)
    }
}

/// The statutory age of somebody born in that month (全国人大常委会关于实施渐进式延迟法定退休年龄的决定, 2024-09-13, annex): one month for
/// every `step` months of birth from `first_birth_year` on.
///
/// # Errors
/// [`RuleError::NoParams`]: the set does not say how this age rises. [`RuleError::Range`]: beyond the years that are known.
pub fn retirement(set: &Parameters, birth: Period, track: Track) -> Result<Retirement, RuleError> {
    let delay = set.delayed_retirement.get(&track).ok_or(RuleError::NoParams)?;
    let first = Period::new(delay.first_birth_year, 1).ok_or(RuleError::Range)?;
    // January of the first year counts as 1: its months until itself, both included.
    let born_after = u16::try_from(first.months_until(birth)).map_err(|_| RuleError::Range)?;
    let delay_months = born_after.div_ceil(delay.step.max(1)).min(delay.max);
    let months = delay.base_age.checked_mul(12).and_then(|months| months.checked_add(delay_months));
    let months = months.ok_or(RuleError::Range)?;
    let month = birth.plus_months(months).ok_or(RuleError::Range)?;
    Ok(Retirement { delay_months, age_years: months / 12, age_months: months % 12, month })
}

/// Between which days one may retire by choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlexWindow {
    /// Three years early, but not before the age that held before 2025.
    pub earliest: Date,
    /// Three years late, if the employer agrees.
    pub latest: Date,
}

/// Flexible retirement (人社部发〔2024〕94号, from the decision of 2024-09-13, article 3). The minimum contribution must be met to go
/// early: see [`gap`].
///
/// # Errors
/// As [`retirement`].
pub fn flex_window(set: &Parameters, birth: Date, track: Track) -> Result<FlexWindow, RuleError> {
    let statutory = retirement(set, clock::month_of(birth), track)?;
    let months = statutory.months_of_life();
    let before_2025 = months - statutory.delay_months;
    let at = |months| clock::months_later(birth, months).ok_or(RuleError::Range);
    Ok(FlexWindow {
        earliest: at(months.saturating_sub(FLEXIBLE_MONTHS).max(before_2025))?,
        latest: at(months.checked_add(FLEXIBLE_MONTHS).ok_or(RuleError::Range)?)?,
    })
}

/// Months of contribution that a pension needs, by the year of retirement (社会保险法 16; the decision of 2024-09-13, article 2).
///
/// # Errors
/// [`RuleError::NoParams`]: the set does not say.
pub fn min_months(set: &Parameters, retire_year: u16) -> Result<u32, RuleError> {
    let rule = set.min_months.ok_or(RuleError::NoParams)?;
    let steps = (u32::from(retire_year) + 1).saturating_sub(u32::from(rule.first_year));
    Ok(rule.base.saturating_add(rule.step.saturating_mul(steps)).min(rule.max))
}

/// What is missing to a pension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When the statutory age is reached.
    pub retire_month: Period,
    /// Months that are needed then.
    pub min_months: u32,
    /// Months still to be paid; 0 where there are enough.
    pub gap: u32,
}

/// How many months are still to be paid until the statutory age (社会保险法 16; the decision of 2024-09-13, article 2).
///
/// # Errors
/// As [`retirement`].
pub fn gap(set: &Parameters, birth: Period, track: Track, paid_months: u32) -> Result<Gap, RuleError> {
    let retire_month = retirement(set, birth, track)?.month;
    let min_months = min_months(set, retire_month.year())?;
    Ok(Gap { retire_month, min_months, gap: min_months.saturating_sub(paid_months) })
}

/// Completed years and months of life (社会保险法 10, 16 and 社会保险经办条例 6 ask for an age). A month is complete on the day of the
/// month that one was born on; where it has no such day, on the first of the next.
///
/// # Errors
/// [`RuleError::Range`]: not born yet.
pub fn age(birth: Date, on: Date) -> Result<(u32, u32), RuleError> {
    if on < birth {
        return Err(RuleError::Range);
    }
    let months = |date: Date| u32::from(date.year()) * 12 + u32::from(date.month());
    let completed = months(on) - months(birth) - u32::from(on.day() < birth.day());
    Ok((completed / 12, completed % 12))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rules::built_in;

    #[test]
    fn somebody_is_born_where_no_rule_reaches() {
        let (national, city) = (built_in("national"), built_in("synthetic-a-2026"));
        let born = |year| Period::new(year, 1).unwrap();
        assert_eq!(retirement(&national, born(2199), Track::M), Err(RuleError::Range));
        assert_eq!(retirement(&national, born(1900), Track::M).unwrap().delay_months, 0);
        assert_eq!(retirement(&city, born(1980), Track::M), Err(RuleError::NoParams));
        assert_eq!(age(Date::new(2026, 11, 24).unwrap(), Date::new(2026, 11, 23).unwrap()), Err(RuleError::Range));
    }
}
