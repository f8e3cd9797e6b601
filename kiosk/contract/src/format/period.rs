//! Months (yyyymm), as contributions count them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::date::digits;

/// A month. `yyyymm` in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    year: u16,
    month: u8,
}

/// Why a text is not a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodError {
    /// Not six characters.
    Length,
    /// Not digits.
    Charset,
    /// No such month or year.
    Month,
}

/// Why two months are not a range of records that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeError {
    /// The last month is before the first.
    Order,
    /// The last month has not come yet.
    Future,
}

impl Default for Period {
    fn default() -> Self {
        Self { year: 1970, month: 1 }
    }
}

impl Period {
    /// That month, if there is one: years 1900 to 2199.
    #[must_use]
    pub fn new(year: u16, month: u8) -> Option<Self> {
        ((1900..=2199).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// Reads `yyyymm`.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of [`PeriodError`].
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        if text.chars().count() != 6 {
            return Err(PeriodError::Length);
        }
        let (year, month) = text.split_at_checked(4).ok_or(PeriodError::Charset)?;
        let year = digits(year, 4).ok_or(PeriodError::Charset)?;
        let month = digits(month, 2).ok_or(PeriodError::Charset)?;
        u8::try_from(month).ok().and_then(|month| Self::new(year, month)).ok_or(PeriodError::Month)
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    fn index(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }

    fn from_index(index: i32) -> Option<Self> {
        let year = u16::try_from(index.div_euclid(12)).ok()?;
        Self::new(year, u8::try_from(index.rem_euclid(12)).ok()? + 1)
    }

    /// That many months earlier.
    #[must_use]
    pub fn minus_months(self, months: u16) -> Option<Self> {
        Self::from_index(self.index() - i32::from(months))
    }

    /// That many months later.
    #[must_use]
    pub fn plus_months(self, months: u16) -> Option<Self> {
        Self::from_index(self.index() + i32::from(months))
    }

    /// How many months from here to `last`, both included; 0 where `last` is earlier.
    #[must_use]
    pub fn months_until(self, last: Self) -> u32 {
        u32::try_from(last.index() - self.index() + 1).unwrap_or(0)
    }

    /// Checks a range of records, both months included, and counts its months (domain 1.7: first <= last <= now). How many
    /// are too many is for the caller to say.
    ///
    /// # Errors
    /// What is wrong with the range.
    pub fn check_range(first: Self, last: Self, now: Self) -> Result<u32, RangeError> {
        if last < first {
            Err(RangeError::Order)
        } else if last > now {
            Err(RangeError::Future)
        } else {
            Ok(first.months_until(last))
        }
    }

    /// As it is shown in tables: `2026-07`.
    #[must_use]
    pub fn dashed(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}", self.year, self.month)
    }
}

impl TryFrom<String> for Period {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).map_err(|_| "not a month as yyyymm")
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Period {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        super::string_schema(r"^\d{6}$", "A month, yyyymm")
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Period {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn december_runs_into_month_thirteen() {
        let december = Period::parse("202512").unwrap();
        let january = december.plus_months(1).unwrap();
        assert_eq!((january.year(), january.month()), (2026, 1));
        assert_eq!(january.minus_months(1), Some(december));
        assert_eq!((december.months_until(january), january.months_until(december)), (2, 0));
        assert_eq!((december.to_string(), december.dashed()), ("202512".into(), "2025-12".into()));
        assert!(Period::new(1900, 1).unwrap().minus_months(1).is_none());
        assert!(Period::new(2199, 12).unwrap().plus_months(u16::MAX).is_none());
    }

    #[test]
    fn a_message_smuggles_in_month_thirteen() {
        assert!(
            serde_json::from_str::<Period>("\"202613\"").is_err() && serde_json::from_str::<Period>("202607").is_err()
        );
        let july: Period = serde_json::from_str("\"202607\"").unwrap();
        assert_eq!(serde_json::to_string(&july).unwrap(), "\"202607\"");
    }
}
