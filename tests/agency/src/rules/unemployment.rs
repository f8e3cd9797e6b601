//! Unemployment benefit: how many months, how much, and what is left. Whether somebody lost work against their will and is registered
//! (社会保险法 45) is not for a formula; the caller has asked.

use super::RuleError;
use super::parameters::Parameters;

/// Months that must have been paid (社会保险法 45: one year).
const PAID_MIN_MONTHS: u32 = 12;

/// The last month of a spell that is paid at the first amount; regions that differ within a spell do so after one year.
const STAGE1_MONTHS: u32 = 12;

/// A person's benefit, seen from the next month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Benefit {
    /// Months granted, with those carried over.
    pub granted: u32,
    /// Months not drawn yet; never 0.
    pub left: u32,
    /// Which month of the spell comes next, from 1.
    pub next_month_no: u32,
    /// 1 for months 1 to 12 of the spell, 2 after.
    pub stage: u8,
    /// The next month's amount; `None` where the set has no amounts, as the law itself.
    pub amount_fen: Option<i64>,
    /// All amounts that are left.
    pub total_left_fen: Option<i64>,
}

/// The benefit after `paid_months` of contribution, of which `drawn` months were drawn; `carried_over` are unused months of an earlier
/// spell (社会保险法 45, 46; 失业保险条例 17). A region's own schedule goes before the law's bands, which are upper limits.
///
/// # Errors
/// [`RuleError::NotEligible`]: less than a year paid. [`RuleError::Exhausted`]: all drawn. [`RuleError::NoParams`]: the set does not say.
pub fn unemployment(set: &Parameters, paid_months: u32, drawn: u32, carried_over: u32) -> Result<Benefit, RuleError> {
    if paid_months < PAID_MIN_MONTHS {
        return Err(RuleError::NotEligible);
    }
    let cap = set.ui_cap.ok_or(RuleError::NoParams)?;
    let granted = schedule(set, paid_months)?.saturating_add(carried_over).min(cap);
    let left = granted.checked_sub(drawn).filter(|left| *left > 0).ok_or(RuleError::Exhausted)?;
    let next_month_no = drawn.saturating_add(1);
    let first_stage = |months: u32| i64::from(months.min(STAGE1_MONTHS));
    let stage1_left = first_stage(granted) - first_stage(drawn);
    let total = |(stage1, stage2): (i64, i64)| {
        let stage2_left = i64::from(left) - stage1_left;
        stage1.checked_mul(stage1_left)?.checked_add(stage2.checked_mul(stage2_left)?)
    };
    let stage = if next_month_no <= STAGE1_MONTHS { 1 } else { 2 };
    Ok(Benefit {
        granted,
        left,
        next_month_no,
        stage,
        amount_fen: if stage == 1 { set.ui_stage1_fen } else { set.ui_stage2_fen },
        total_left_fen: set.ui_stage1_fen.zip(set.ui_stage2_fen).and_then(total),
    })
}

/// Months for that much contribution, before what is carried over.
fn schedule(set: &Parameters, paid_months: u32) -> Result<u32, RuleError> {
    if let Some((first, step)) = set.ui_months_first.zip(set.ui_months_step) {
        let further_years = (paid_months / 12).saturating_sub(1);
        return Ok(first.saturating_add(step.saturating_mul(further_years)));
    }
    let band = set.ui_bands.iter().rfind(|band| band.from_months <= paid_months);
    band.map(|band| band.max_months).ok_or(RuleError::NoParams)
}
