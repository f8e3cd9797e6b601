//! What moves with a person to another province: part of the pooled fund, and the account's principal.

use super::RuleError;
use super::exact::Exact;
use super::parameters::Parameters;

/// The first year from which pooled money moves (国办发〔2009〕66号: since 1998-01-01).
pub const FIRST_YEAR: u16 = 1998;

/// The last year in which 11 % were booked to accounts (国发〔2005〕38号 took effect on 2006-01-01).
const LAST_YEAR_OF_OLD_RATE: u16 = 2005;

/// Months of one year with one base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferYear {
    /// Which year.
    pub year: u16,
    /// How many months, 0 to 12.
    pub months: u32,
    /// The actual base, a month.
    pub base_fen: i64,
}

/// What moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// From the pooled fund.
    pub pooled_fen: i64,
    /// Booked to the account, without its interest.
    pub account_principal_fen: i64,
}

/// Transfer between provinces (国办发〔2009〕66号; 社会保险经办条例 12 to 16): 12 % of the bases since 1998, and the booked shares.
///
/// # Errors
/// [`RuleError::Range`]: more than 12 months, a negative base, or a year before 1998: what was paid then stands in the old ledger and does
/// not follow from a base. [`RuleError::NoParams`]: the set does not say.
pub fn transfer(set: &Parameters, years: &[TransferYear]) -> Result<Transfer, RuleError> {
    if years.iter().any(|row| row.year < FIRST_YEAR || row.months > 12) {
        return Err(RuleError::Range);
    }
    let paid = |row: &TransferYear| Ok(Exact::whole(row.base_fen)? * Exact::whole(row.months.into())?);
    let booked = |row: &TransferYear| {
        let old = row.year <= LAST_YEAR_OF_OLD_RATE;
        let rate = if old { &set.transfer_account_rate_1998_2005 } else { &set.transfer_account_rate_2006 };
        Ok(paid(row)? * rate.as_ref().ok_or(RuleError::NoParams)?)
    };
    let all: Exact = years.iter().map(paid).sum::<Result<_, RuleError>>()?;
    let account: Exact = years.iter().map(booked).sum::<Result<_, RuleError>>()?;
    let pool_rate = set.transfer_pool_rate.as_ref().ok_or(RuleError::NoParams)?;
    Ok(Transfer { pooled_fen: (all * pool_rate).to_whole()?, account_principal_fen: account.to_whole()? })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rules::built_in;

    #[test]
    fn money_of_the_old_ledger_is_computed_from_a_base() {
        let (national, city) = (built_in("national"), built_in("synthetic-a-2026"));
        let row = |year, months| [TransferYear { year, months, base_fen: 100_000 }];
        assert_eq!(transfer(&national, &row(1997, 12)), Err(RuleError::Range));
        assert_eq!(transfer(&national, &row(2026, 13)), Err(RuleError::Range));
        assert_eq!(transfer(&city, &row(2026, 1)), Err(RuleError::NoParams));
    }
}
