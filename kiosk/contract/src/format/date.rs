//! Calendar days, proleptic Gregorian, years 1 to 9999.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A calendar day. Ordered by time; ISO in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// That day, if there is one.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let ok = (1..=9999).contains(&year) && (1..=days_in(year, month)).contains(&day);
        ok.then_some(Self { year, month, day })
    }

    /// Reads `yyyy-mm-dd`.
    #[must_use]
    pub fn parse_iso(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        Self::new(digits(year, 4)?, u8::try_from(digits(month, 2)?).ok()?, u8::try_from(digits(day, 2)?).ok()?)
    }

    /// Reads `yyyymmdd`.
    #[must_use]
    pub fn parse_compact(text: &str) -> Option<Self> {
        let (year, rest) = text.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        Self::new(digits(year, 4)?, u8::try_from(digits(month, 2)?).ok()?, u8::try_from(digits(day, 2)?).ok()?)
    }

    /// The day that many days after 1970-01-01; the first or last representable day beyond the range.
    #[must_use]
    pub fn from_days_since_1970(days: i64) -> Self {
        // Years of 365.2425 days, counted in eras of 400 years that begin on 1 March, so that a leap day comes last.
        let day = days.clamp(-719_162, 2_932_896) + 719_468;
        let (era, in_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
        let year_of_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
        let day_of_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self {
            year: u16::try_from(year).unwrap_or(1),
            month: u8::try_from(month).unwrap_or(1),
            day: u8::try_from(day).unwrap_or(1),
        }
    }

    /// How many days after 1970-01-01 it is; negative before.
    #[must_use]
    pub fn days_since_1970(self) -> i64 {
        // The way back of `from_days_since_1970`: years begin on 1 March.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let march_month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * march_month + 2) / 5 + i64::from(self.day) - 1;
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
    }

    /// 1 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// As it is shown: `2026年07月01日`.
    #[must_use]
    pub fn long_zh(self) -> String {
        format!("{:04}年{:02}月{:02}日", self.year, self.month, self.day)
    }
}

/// Exactly `count` ASCII digits.
pub(super) fn digits(text: &str, count: usize) -> Option<u16> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Date {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse_iso(&text).ok_or("not a day as yyyy-mm-dd")
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Date {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        super::string_schema(r"^\d{4}-\d{2}-\d{2}$", "A day, yyyy-mm-dd")
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Date {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_day_is_counted_wrong() {
        for (days, iso) in [(0, "1970-01-01"), (11_016, "2000-02-29"), (20_780, "2026-11-23"), (-1, "1969-12-31")] {
            assert_eq!(Date::from_days_since_1970(days).to_string(), iso);
            assert_eq!(Date::parse_iso(iso).map(Date::days_since_1970), Some(days));
        }
        assert!(
            Date::new(2026, 2, 29).is_none() && Date::new(1900, 2, 29).is_none() && Date::new(2000, 2, 29).is_some()
        );
        // 400 years and the ends of what there is: every day comes back as itself.
        let ends = [-719_162, -719_161, 2_932_895, 2_932_896];
        for days in (-60_000..90_000).chain(ends) {
            assert_eq!(Date::from_days_since_1970(days).days_since_1970(), days);
        }
    }
}
