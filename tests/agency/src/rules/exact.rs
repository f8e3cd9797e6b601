//! Exact numbers that are never negative: rates, indices, divisors, and money on its way through a formula. Every rule computes
//! with these and rounds once, at its output. The only file that names the crate behind them.
//!
//! Their length is not bounded on purpose: an average index sums fractions whose denominators are decades of wages, and the
//! common denominator of a working life outgrows 128 bits. So nothing overflows; what does not fit money is refused at the output.

use std::iter::Sum;
use std::ops::{Add, Mul};

use num_rational::BigRational;
use serde::Deserialize;

use super::RuleError;

/// Digits of a decimal text; more than any published rate has, and few enough for `i64`.
const DIGITS_MAX: usize = 18;

/// A fraction, 0 or more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Exact(BigRational);

impl Exact {
    /// A count or an amount in fen.
    ///
    /// # Errors
    /// [`RuleError::Range`]: negative.
    pub fn whole(number: i64) -> Result<Self, RuleError> {
        if number < 0 { Err(RuleError::Range) } else { Ok(Self(BigRational::from_integer(number.into()))) }
    }

    /// Reads `0.0262` or `139`: digits, at most one point with digits on both sides.
    ///
    /// # Errors
    /// [`RuleError::Range`]: anything else, also a sign or more than 18 digits.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(part) || whole.len() + part.len() > DIGITS_MAX {
            return Err(RuleError::Range);
        }
        let digits: i64 = format!("{whole}{part}").parse().map_err(|_| RuleError::Range)?;
        let places = u32::try_from(part.len()).map_err(|_| RuleError::Range)?;
        Self::whole(digits)?.over(&power_of_ten(places))
    }

    /// This divided by that.
    ///
    /// # Errors
    /// [`RuleError::Range`]: by zero.
    pub fn over(&self, divisor: &Self) -> Result<Self, RuleError> {
        if divisor.0 == BigRational::default() { Err(RuleError::Range) } else { Ok(Self(&self.0 / &divisor.0)) }
    }

    /// This less that.
    ///
    /// # Errors
    /// [`RuleError::Range`]: the rest would be negative.
    pub fn less(&self, other: &Self) -> Result<Self, RuleError> {
        if other > self { Err(RuleError::Range) } else { Ok(Self(&self.0 - &other.0)) }
    }

    /// Rounded HALF_UP to that many decimal places.
    #[must_use]
    pub fn rounded(&self, places: u32) -> Self {
        let shift = power_of_ten(places).0;
        Self((&self.0 * &shift).round() / shift)
    }

    /// Rounded HALF_UP to a whole number: the output of a rule, in fen.
    ///
    /// # Errors
    /// [`RuleError::Range`]: more than `i64` holds.
    pub fn to_whole(&self) -> Result<i64, RuleError> {
        self.0.round().to_integer().try_into().map_err(|_| RuleError::Range)
    }

    /// As text, rounded HALF_UP to that many decimal places, all of them shown: `0.6333`.
    #[must_use]
    pub fn decimal(&self, places: u32) -> String {
        let shifted = (&self.0 * power_of_ten(places).0).round().to_integer();
        let width = usize::try_from(places).unwrap_or_default();
        let digits = format!("{shifted:0>least$}", least = width + 1);
        match digits.split_at_checked(digits.len() - width) {
            Some((whole, part)) if !part.is_empty() => format!("{whole}.{part}"),
            _ => digits,
        }
    }

    /// Numerator and denominator in lowest terms, where both fit `i64`.
    #[must_use]
    pub fn parts(&self) -> Option<(i64, i64)> {
        Some((self.0.numer().try_into().ok()?, self.0.denom().try_into().ok()?))
    }
}

fn power_of_ten(places: u32) -> Exact {
    Exact(
        (0..places).fold(BigRational::from_integer(1.into()), |power, _| power * BigRational::from_integer(10.into())),
    )
}

impl Add for Exact {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Mul for Exact {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Mul<&Self> for Exact {
    type Output = Self;

    fn mul(self, other: &Self) -> Self {
        Self(self.0 * &other.0)
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self(BigRational::default()), Add::add)
    }
}

impl TryFrom<String> for Exact {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).map_err(|_| "not a decimal number as 0.0262")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_from_something_that_is_no_number() {
        for junk in ["", ".", "1.", ".5", "-1", "+1", "1e3", "0.0.1", "１", "1234567890123456789", "0,5"] {
            assert_eq!(Exact::parse(junk), Err(RuleError::Range), "{junk}");
        }
        assert_eq!(Exact::parse("0.0262").unwrap().parts(), Some((131, 5000)));
    }

    #[test]
    fn half_a_fen_goes_down_or_a_leading_zero_is_lost() {
        for (text, places, shown) in
            [("137.25", 1, "137.3"), ("0.05", 1, "0.1"), ("0.04", 1, "0.0"), ("2.5", 0, "3"), ("7", 4, "7.0000")]
        {
            assert_eq!(Exact::parse(text).unwrap().decimal(places), shown);
            assert_eq!(Exact::parse(text).unwrap().rounded(places), Exact::parse(shown).unwrap());
        }
    }

    #[test]
    fn a_sum_grows_beyond_money_or_a_divisor_is_zero() {
        let most = Exact::whole(i64::MAX).unwrap();
        let sum: Exact = [most.clone(), most.clone()].into_iter().sum();
        assert_eq!((sum.to_whole(), most.to_whole()), (Err(RuleError::Range), Ok(i64::MAX)));
        assert_eq!(most.over(&Exact::whole(0).unwrap()), Err(RuleError::Range));
        assert_eq!(Exact::whole(0).unwrap().less(&most), Err(RuleError::Range));
        assert_eq!(Exact::whole(-1), Err(RuleError::Range));
    }
}
