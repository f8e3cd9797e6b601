//! What is paid in: bounds of the base, shares, what lateness costs, and which months count.

use std::collections::{BTreeMap, BTreeSet};

use contract::format::Period;
use serde::Deserialize;

use super::RuleError;
use super::exact::Exact;
use super::parameters::Parameters;
use crate::persona::InsuredAs;

/// Between which bases one may contribute, a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaseBounds {
    /// The lowest.
    pub min_fen: i64,
    /// The highest.
    pub max_fen: i64,
}

/// Bounds of the base, from the province's average wage: 60 % to 300 %, rounded to the yuan as they are published (国办发〔2019〕13号).
///
/// # Errors
/// [`RuleError::NoParams`]: the set does not say. [`RuleError::Range`]: a negative or an enormous wage.
pub fn bounds(set: &Parameters, average_fen: i64) -> Result<BaseBounds, RuleError> {
    let shares = set.base_bounds.as_ref().ok_or(RuleError::NoParams)?;
    let yuan = Exact::whole(average_fen)?.over(&Exact::whole(100)?)?;
    let bound = |share: &Exact| (yuan.clone() * share).to_whole()?.checked_mul(100).ok_or(RuleError::Range);
    Ok(BaseBounds { min_fen: bound(&shares.min)?, max_fen: bound(&shares.max)? })
}

/// What a flexible worker pays a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlexContribution {
    /// For the pension.
    pub pension_fen: i64,
    /// For medical insurance.
    pub medical_fen: i64,
    /// Both.
    pub total_fen: i64,
}

/// A flexible worker's contribution on a base of their choice (社会保险法 10, 60; 国办发〔2019〕13号; the rates are the region's).
///
/// # Errors
/// [`RuleError::NotApplicable`]: insured otherwise. [`RuleError::BaseBelowMin`], [`RuleError::BaseAboveMax`]: a base out of
/// bounds, which themselves are allowed. [`RuleError::NoParams`]: the set has no such rates or bounds.
pub fn flex_contribution(
    set: &Parameters,
    insured_as: InsuredAs,
    base_fen: i64,
) -> Result<FlexContribution, RuleError> {
    if insured_as != InsuredAs::Flexible {
        return Err(RuleError::NotApplicable);
    }
    if base_fen < set.base_min_fen.ok_or(RuleError::NoParams)? {
        return Err(RuleError::BaseBelowMin);
    }
    if base_fen > set.base_max_fen.ok_or(RuleError::NoParams)? {
        return Err(RuleError::BaseAboveMax);
    }
    let pension_fen = part_fen(base_fen, set.flex_pension.as_ref())?;
    let medical_fen = part_fen(base_fen, set.flex_medical.as_ref())?;
    let total_fen = pension_fen.checked_add(medical_fen).ok_or(RuleError::Range)?;
    Ok(FlexContribution { pension_fen, medical_fen, total_fen })
}

/// What an employment pays a month: one amount a rate of the set, each rounded by itself (社会保险法 12, 23, 35, 44, 53).
///
/// # Errors
/// [`RuleError::NoParams`]: the set has no rates. [`RuleError::Range`]: a negative or an enormous base.
pub fn contribution_split(set: &Parameters, base_fen: i64) -> Result<BTreeMap<&str, i64>, RuleError> {
    if set.rates.is_empty() {
        return Err(RuleError::NoParams);
    }
    set.rates.iter().map(|(share, rate)| Ok((share.as_str(), part_fen(base_fen, Some(rate))?))).collect()
}

/// 滞纳金 after so many days: simple, 0.05 % a day (社会保险法 86).
///
/// # Errors
/// [`RuleError::NoParams`]: the set does not say. [`RuleError::Range`]: a negative or an enormous principal.
pub fn late_fee(set: &Parameters, principal_fen: i64, days: u32) -> Result<i64, RuleError> {
    let rate = set.late_fee_per_day.clone().ok_or(RuleError::NoParams)?;
    part_fen(principal_fen, Some(&(rate * Exact::whole(days.into())?)))
}

/// What an employer who declares nothing is deemed to have declared: 110 % of the month before (社会保险法 62).
///
/// # Errors
/// As [`late_fee`].
pub fn deemed_declaration(set: &Parameters, last_fen: i64) -> Result<i64, RuleError> {
    part_fen(last_fen, set.deemed_declaration.as_ref())
}

fn part_fen(whole_fen: i64, rate: Option<&Exact>) -> Result<i64, RuleError> {
    (Exact::whole(whole_fen)? * rate.ok_or(RuleError::NoParams)?).to_whole()
}

/// What became of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthKind {
    /// Paid in time (●).
    Paid,
    /// Paid late; counts alike (补缴).
    MadeUp,
    /// Brought from another place (○).
    Transferred,
    /// 视同缴费: counts as paid, but apart.
    Deemed,
    /// Not paid (△).
    Arrears,
}

impl MonthKind {
    const ALL: [Self; 5] = [Self::Paid, Self::MadeUp, Self::Transferred, Self::Deemed, Self::Arrears];

    /// As it stands in the register.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::MadeUp => "made_up",
            Self::Transferred => "transferred",
            Self::Deemed => "deemed",
            Self::Arrears => "arrears",
        }
    }

    /// The way back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A month of one insurance at one place. The place is not told: overlapping places count once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthRow<'a> {
    /// aae140.
    pub insurance: &'a str,
    /// Which month.
    pub period: Period,
    /// What became of it.
    pub kind: MonthKind,
}

/// How many months count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct PaidMonths {
    /// Distinct months paid.
    pub paid: usize,
    /// Distinct months deemed paid that were not paid as well.
    pub deemed: usize,
}

/// The months that count, for each insurance (社会保险法 16, 19: years add up over places; 国发〔2005〕38号: deemed years apart).
#[must_use]
pub fn paid_months<'a>(rows: &[MonthRow<'a>]) -> BTreeMap<&'a str, PaidMonths> {
    let mut distinct: BTreeMap<&str, [BTreeSet<Period>; 2]> = BTreeMap::new();
    for row in rows {
        let [paid, deemed] = distinct.entry(row.insurance).or_default();
        match row.kind {
            MonthKind::Paid | MonthKind::MadeUp | MonthKind::Transferred => paid.insert(row.period),
            MonthKind::Deemed => deemed.insert(row.period),
            MonthKind::Arrears => false,
        };
    }
    let count = |[paid, deemed]: &[BTreeSet<Period>; 2]| PaidMonths {
        paid: paid.len(),
        deemed: deemed.difference(paid).count(),
    };
    distinct.iter().map(|(insurance, months)| (*insurance, count(months))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rules::built_in;

    #[test]
    fn a_figure_is_made_up_where_the_region_has_none() {
        let (national, city) = (&built_in("national"), &built_in("synthetic-a-2026"));
        assert_eq!(flex_contribution(national, InsuredAs::Flexible, 1), Err(RuleError::NoParams));
        assert_eq!(contribution_split(national, 1), Err(RuleError::NoParams));
        assert_eq!(deemed_declaration(city, 1), Err(RuleError::NoParams));
        assert_eq!(bounds(city, 1), Err(RuleError::NoParams));
        assert_eq!(bounds(national, i64::MAX), Err(RuleError::Range));
        assert_eq!(late_fee(national, -1, 1), Err(RuleError::Range));
    }

    #[test]
    fn a_month_counts_twice() {
        let period = Period::new(2026, 1).unwrap();
        let row = |kind| MonthRow { insurance: "110", period, kind };
        let rows = [MonthKind::Deemed, MonthKind::Transferred, MonthKind::MadeUp, MonthKind::Paid].map(row);
        assert_eq!(paid_months(&rows)["110"], PaidMonths { paid: 1, deemed: 0 });
    }
}
