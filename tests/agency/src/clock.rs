//! What day it is. The only file that asks the system for the time; halls keep UTC+8 the whole year.

use contract::format::{Date, Period};
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};

use crate::rules::hours::TimeOfDay;

const HALL_SECONDS_EAST: i64 = 8 * 3600;

/// The day of the server: fixed for tests, or the system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Taken for today instead of the system's date.
    pub fixed: Option<Date>,
}

impl Clock {
    /// Today, in the hall.
    pub fn today(self) -> Date {
        let days = (unix_seconds() + HALL_SECONDS_EAST).div_euclid(86_400);
        self.fixed.unwrap_or_else(|| Date::from_days_since_1970(days))
    }

    /// What time it is in the hall, also where today is fixed.
    pub fn time_of_day(self) -> TimeOfDay {
        let minutes = (unix_seconds() + HALL_SECONDS_EAST).rem_euclid(86_400) / 60;
        let part = |number: i64| u8::try_from(number).ok();
        let time = part(minutes / 60).zip(part(minutes % 60)).and_then(|(hour, minute)| TimeOfDay::new(hour, minute));
        time.unwrap_or(TimeOfDay::MIDNIGHT)
    }
}

/// The system's time, in seconds since 1970, for the age of a sign-in.
pub fn unix_seconds() -> i64 {
    Timestamp::now().as_second()
}

/// The system's time as it stands in the audit, even where today is fixed: an audit tells when things happened.
pub fn audit_time() -> String {
    audit_time_before(0)
}

/// That many seconds earlier, as it would stand in the audit: texts that sort by time.
pub fn audit_time_before(seconds: i64) -> String {
    let then = Timestamp::from_second(unix_seconds().saturating_sub(seconds)).unwrap_or(Timestamp::UNIX_EPOCH);
    then.to_zoned_datetime(TimeZone::fixed(offset(8))).strftime("%FT%T+08:00").to_string()
}

/// The month of a day.
pub fn month_of(date: Date) -> Period {
    Period::new(date.year(), date.month()).unwrap_or_default()
}

/// Last day of a month.
pub fn last_day(period: Period) -> Option<Date> {
    (28..=31).rev().find_map(|day| Date::new(period.year(), period.month(), day))
}

/// All months between two, both included.
pub fn months_between(from: Period, to: Period) -> impl Iterator<Item = Period> {
    std::iter::successors(Some(from), |month| month.plus_months(1)).take_while(move |month| *month <= to)
}

/// The same day that many months later, or the last day of that month.
pub fn months_later(date: Date, months: u16) -> Option<Date> {
    let period = month_of(date).plus_months(months)?;
    Date::new(period.year(), period.month(), date.day()).or_else(|| last_day(period))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_30_november_is_valid_until_30_february() {
        let issued = Date::new(2026, 11, 30).unwrap();
        assert_eq!(months_later(issued, 3).unwrap().to_string(), "2027-02-28");
        assert_eq!(last_day(Period::new(2028, 2).unwrap()).unwrap().day(), 29);
    }
}
