//! What a pension of an employee comes to: its parts, the average index it rests on, and the account it draws on (国发〔2005〕38号,
//! part 6). Money is rounded to a fen at the end of each part, and a total is the sum of the parts as they are shown.

use super::RuleError;
use super::exact::Exact;
use super::parameters::Parameters;

/// 计发月数 for an age at retirement (国发〔2005〕38号, annex); between whole ages linear, one decimal, as provinces have computed since
/// ages rise by months.
///
/// # Errors
/// [`RuleError::Range`]: an age that the table of the set does not hold, or more than 11 months.
pub fn divisor(set: &Parameters, years: u32, months: u32) -> Result<Exact, RuleError> {
    let at = |age: u32| set.divisors.get(&age.to_string()).copied().ok_or(RuleError::Range);
    if set.divisors.is_empty() {
        return Err(RuleError::NoParams);
    }
    if months > 11 {
        return Err(RuleError::Range);
    }
    let share = Exact::whole(months.into())?.over(&Exact::whole(12)?)?;
    let rest = Exact::whole(1)?.less(&share)?;
    let here = Exact::whole(at(years)?.into())? * rest;
    // On a birthday the next age does not matter, and for the last one there is none.
    let next = if months == 0 { 0 } else { at(years.saturating_add(1))? };
    Ok((here + Exact::whole(next.into())? * share).rounded(1))
}

/// 基础养老金, in fen: `C × (1 + i) ÷ 2 × years × 1 %`, years to the month (国发〔2005〕38号, part 6).
///
/// # Errors
/// [`RuleError::Range`]: a negative or an enormous amount.
pub fn basic_pension(pension_base_fen: i64, index: &Exact, months: u32) -> Result<i64, RuleError> {
    let middle = (Exact::whole(1)? + index.clone()).over(&Exact::whole(2)?)?;
    (Exact::whole(pension_base_fen)? * middle * years(months)? * Exact::parse("0.01")?).to_whole()
}

/// 个人账户养老金, in fen: the balance over the divisor (国发〔2005〕38号, part 6; 社会保险法 15).
///
/// # Errors
/// [`RuleError::Range`]: a negative balance or no divisor.
pub fn account_pension(balance_fen: i64, divisor: &Exact) -> Result<i64, RuleError> {
    Exact::whole(balance_fen)?.over(divisor)?.to_whole()
}

/// 过渡性养老金, in fen: `C × i × deemed years × coefficient` (国发〔2005〕38号, part 6; the coefficient is the province's, 1.0 to 1.4 %).
///
/// # Errors
/// [`RuleError::Range`]: a negative or an enormous amount.
pub fn transition_pension(
    pension_base_fen: i64,
    index: &Exact,
    deemed_months: u32,
    coefficient: &Exact,
) -> Result<i64, RuleError> {
    (Exact::whole(pension_base_fen)? * index * years(deemed_months)? * coefficient).to_whole()
}

fn years(months: u32) -> Result<Exact, RuleError> {
    Exact::whole(months.into())?.over(&Exact::whole(12)?)
}

/// What an estimate is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Career {
    /// 计发基数, C.
    pub pension_base_fen: i64,
    /// 平均缴费指数, i.
    pub index: Exact,
    /// Months paid.
    pub months: u32,
    /// What the account holds at retirement.
    pub balance_fen: i64,
    /// Age at retirement: whole years.
    pub age_years: u32,
    /// And months, 0 to 11.
    pub age_months: u32,
}

/// What a pension would come to, a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// 计发月数.
    pub divisor: Exact,
    /// 基础养老金.
    pub basic_fen: i64,
    /// 个人账户养老金.
    pub account_fen: i64,
    /// Both.
    pub total_fen: i64,
}

/// The estimate of item Q11, without a transitional part (国发〔2005〕38号, part 6; 社会保险法 15).
///
/// # Errors
/// As [`divisor`], [`basic_pension`] and [`account_pension`].
pub fn pension_estimate(set: &Parameters, career: &Career) -> Result<Estimate, RuleError> {
    let divisor = divisor(set, career.age_years, career.age_months)?;
    let basic_fen = basic_pension(career.pension_base_fen, &career.index, career.months)?;
    let account_fen = account_pension(career.balance_fen, &divisor)?;
    let total_fen = basic_fen.checked_add(account_fen).ok_or(RuleError::Range)?;
    Ok(Estimate { divisor, basic_fen, account_fen, total_fen })
}

/// Months with one base, and the average wage of their year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Average {
    /// The base, a month.
    pub base_fen: i64,
    /// The average wage, a month.
    pub wage_fen: i64,
    /// How many months.
    pub months: u32,
}

/// 平均缴费指数: the mean, over all months, of base over wage (国发〔2005〕38号, part 6: 本人指数化月平均缴费工资).
///
/// # Errors
/// [`RuleError::Range`]: no month at all, a wage of nothing, a negative amount.
pub fn contribution_index(rows: &[Average]) -> Result<Exact, RuleError> {
    let months = |row: &Average| Exact::whole(row.months.into());
    let weighted = |row: &Average| Ok(Exact::whole(row.base_fen)?.over(&Exact::whole(row.wage_fen)?)? * months(row)?);
    let sum: Exact = rows.iter().map(weighted).sum::<Result<_, RuleError>>()?;
    sum.over(&rows.iter().map(months).sum::<Result<_, _>>()?)
}

/// How the deposits of a year earn interest; which one holds is the province's to say (国发〔2005〕38号 leaves it open).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterestMethod {
    /// Only what was there when the year began earns.
    Annual,
    /// 月积数: the deposit of month k also earns (12 - k) twelfths of the rate.
    Monthly,
}

/// A year of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountYear {
    /// Credited this year.
    pub interest_fen: i64,
    /// What is there when it ends.
    pub end_fen: i64,
}

/// The interest of a year (社会保险法 14; 人社部发〔2017〕31号): deposits of the same amount in each of `deposit_months`.
///
/// # Errors
/// [`RuleError::Range`]: a month that is not 1 to 12, a negative or an enormous amount.
pub fn account_interest(
    method: InterestMethod,
    start_fen: i64,
    deposit_fen: i64,
    deposit_months: &[u32],
    rate: &Exact,
) -> Result<AccountYear, RuleError> {
    if deposit_months.iter().any(|month| !(1..=12).contains(month)) {
        return Err(RuleError::Range);
    }
    let (start, deposit) = (Exact::whole(start_fen)?, Exact::whole(deposit_fen)?);
    let earning_months: u32 = match method {
        InterestMethod::Annual => 0,
        InterestMethod::Monthly => deposit_months.iter().map(|month| 12 - month).sum(),
    };
    let earning = start + deposit * years(earning_months)?;
    let interest_fen = (earning * rate).to_whole()?;
    let count = i64::try_from(deposit_months.len()).map_err(|_| RuleError::Range)?;
    let deposits_fen = deposit_fen.checked_mul(count);
    let end_fen = deposits_fen.and_then(|fen| fen.checked_add(start_fen)?.checked_add(interest_fen));
    Ok(AccountYear { interest_fen, end_fen: end_fen.ok_or(RuleError::Range)? })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rules::built_in;

    #[test]
    fn a_divisor_is_guessed_where_the_table_has_a_hole() {
        let (national, city) = (built_in("national"), built_in("synthetic-a-2026"));
        for (years, months) in [(47, 0), (46, 1), (47, 6), (70, 1), (60, 12), (u32::MAX, 1)] {
            assert_eq!(divisor(&national, years, months), Err(RuleError::Range), "{years} {months}");
        }
        assert_eq!(divisor(&city, 60, 0), Err(RuleError::NoParams));
    }

    #[test]
    fn an_index_has_no_months_or_a_year_has_no_wage() {
        let row = |wage_fen, months| Average { base_fen: 1, wage_fen, months };
        for rows in [&[][..], &[row(1, 0)], &[row(0, 1)], &[row(-1, 1)]] {
            assert_eq!(contribution_index(rows), Err(RuleError::Range));
        }
    }

    #[test]
    fn interest_is_computed_for_month_thirteen_or_a_rate_that_is_not_out() {
        let national = built_in("national");
        let rate = national.account_rate(2025).unwrap();
        let year = |month| account_interest(InterestMethod::Monthly, 0, 100, &[month], rate);
        assert_eq!((year(0), year(13)), (Err(RuleError::Range), Err(RuleError::Range)));
        let enormous = account_interest(InterestMethod::Annual, i64::MAX, i64::MAX, &[1, 2], rate);
        assert_eq!((enormous, national.account_rate(2026)), (Err(RuleError::Range), Err(RuleError::NoParams)));
    }
}
