//! Working days: weekends and holidays off, make-up days (调休) on. Due dates come from here and nowhere else. A day beyond the
//! years that are published is refused, not guessed.

use std::collections::BTreeSet;

use contract::format::Date;
use contract::message::{OpenSpan, OpeningHours, WorkingDays};
use serde::Deserialize;

use super::hours::{Hours, Place};
use super::{BadRules, RuleError};

const FILE: &str = "calendar.toml";

/// The days that are not what their weekday says, and the hours of a working day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    #[serde(default)]
    source: String,
    from: Option<Date>,
    to: Option<Date>,
    holidays: BTreeSet<Date>,
    make_up_workdays: BTreeSet<Date>,
    #[serde(default)]
    hours: Vec<Hours>,
}

impl Calendar {
    /// Reads and checks a calendar for use: with a source, first and last day, and hours.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, BadRules> {
        let unreadable = |error: toml::de::Error| BadRules::Unreadable { file: FILE, why: error.to_string() };
        let calendar: Self = toml::from_str(text).map_err(unreadable)?;
        calendar.check()?;
        Ok(calendar)
    }

    fn check(&self) -> Result<(), BadRules> {
        need(!self.source.trim().is_empty(), "source", "empty", "the notice that says so")?;
        let (Some(from), Some(to)) = (self.from, self.to) else {
            return need(false, "from, to", "missing", "the first and last day that is published");
        };
        need(from <= to, "to", &to.to_string(), "not before `from`")?;
        for day in self.holidays.iter().chain(&self.make_up_workdays) {
            need((from..=to).contains(day), "a day", &day.to_string(), "a day from `from` to `to`")?;
        }
        for day in &self.make_up_workdays {
            need(is_weekend(*day), "make_up_workdays", &day.to_string(), "a Saturday or Sunday")?;
            need(!self.holidays.contains(day), "make_up_workdays", &day.to_string(), "a day that is no holiday")?;
        }
        for place in [Place::Window, Place::Line12333] {
            let hours = self.hours_of(place);
            need(
                hours.is_some_and(Hours::is_in_order),
                "hours",
                &format!("{hours:?}"),
                "one row a place, times that rise",
            )?;
        }
        Ok(())
    }

    /// The hours of a place on a working day; there are some for every place, which is checked when the calendar is read.
    #[must_use]
    pub fn hours_of(&self, place: Place) -> Option<&Hours> {
        self.hours.iter().find(|hours| hours.place == place)
    }

    /// What is published of a year: only days that are published.
    ///
    /// # Errors
    /// [`RuleError::NoParams`]: no day of that year is.
    pub fn year(&self, year: u16) -> Result<WorkingDays, RuleError> {
        let (first, last) = Date::new(year, 1, 1).zip(Date::new(year, 12, 31)).ok_or(RuleError::Range)?;
        let (from, to) = self.from.zip(self.to).ok_or(RuleError::NoParams)?;
        let (from, to) = (first.max(from), last.min(to));
        if from > to {
            return Err(RuleError::NoParams);
        }
        let of_year = |days: &BTreeSet<Date>| days.range(from..=to).copied().collect();
        let hours = |hours: &Hours| OpeningHours {
            place: hours.place.as_str().to_owned(),
            from,
            to,
            spans: hours
                .open
                .iter()
                .map(|(opens, closes)| OpenSpan { opens: opens.to_string(), closes: closes.to_string() })
                .collect(),
        };
        Ok(WorkingDays {
            year,
            source: self.source.clone(),
            holidays: of_year(&self.holidays),
            make_up_days: of_year(&self.make_up_workdays),
            opening_hours: self.hours.iter().map(hours).collect(),
        })
    }

    /// Whether windows work on that day (国务院 yearly notice on holidays and make-up days).
    ///
    /// # Errors
    /// [`RuleError::NoParams`]: the day lies outside the years that are published.
    pub fn is_working_day(&self, date: Date) -> Result<bool, RuleError> {
        if self.from.is_some_and(|first| date < first) || self.to.is_some_and(|last| date > last) {
            return Err(RuleError::NoParams);
        }
        let off = is_weekend(date) || self.holidays.contains(&date);
        Ok(self.make_up_workdays.contains(&date) || !off)
    }

    /// The `n`-th working day strictly after a date; the date itself for none.
    ///
    /// # Errors
    /// [`RuleError::NoParams`] as above, [`RuleError::Range`] beyond the last day of all.
    pub fn nth_working_day(&self, after: Date, n: u32) -> Result<Date, RuleError> {
        let (mut day, mut left) = (after, n);
        while left > 0 {
            day = day_after(day)?;
            left -= u32::from(self.is_working_day(day)?);
        }
        Ok(day)
    }

    /// When a case is due: a limit of that many working days, counted from the working day after it was accepted (社会保险经办条例 6,
    /// 10, 18, 20, 24 name the limits). What is corrected is corrected before that day, so it takes nothing from the limit.
    ///
    /// # Errors
    /// As [`Self::nth_working_day`].
    pub fn due_date(&self, accepted: Date, working_days: u32) -> Result<Date, RuleError> {
        self.nth_working_day(accepted, working_days)
    }
}

/// The next day.
fn day_after(date: Date) -> Result<Date, RuleError> {
    let next = Date::from_days_since_1970(date.days_since_1970() + 1);
    if next > date { Ok(next) } else { Err(RuleError::Range) }
}

fn is_weekend(date: Date) -> bool {
    // 1970-01-01 was a Thursday: with Monday as 0, that is 3.
    (date.days_since_1970() + 3).rem_euclid(7) >= 5
}

fn need(right: bool, key: &str, found: &str, should: &str) -> Result<(), BadRules> {
    if right { Ok(()) } else { Err(BadRules::wrong(FILE, "calendar", key, found, should)) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../calendar.toml");

    #[test]
    fn a_due_date_is_promised_in_a_year_that_is_not_published() {
        let calendar = Calendar::parse(TEXT).unwrap();
        let day = |text| Date::parse_iso(text).unwrap();
        assert_eq!(calendar.due_date(day("2027-12-20"), 10), Err(RuleError::NoParams));
        assert_eq!(calendar.is_working_day(day("2025-12-31")), Err(RuleError::NoParams));
        assert_eq!(calendar.due_date(day("2026-11-23"), 0), Ok(day("2026-11-23")));
        let endless = Calendar { from: None, to: None, ..calendar };
        assert_eq!(endless.nth_working_day(day("9999-12-30"), 5), Err(RuleError::Range));
    }

    #[test]
    fn a_calendar_is_pushed_with_a_slip_of_the_pen() {
        for (good, bad, told) in [
            ("source = \"国", "source = \" \" # \"", "source is empty"),
            ("from = \"2026-01-01\"", "", "from, to is missing"),
            ("to = \"2027-12-31\"", "to = \"2025-12-31\"", "to is 2025-12-31"),
            ("to = \"2027-12-31\"", "to = \"2027-06-30\"", "a day is 2027-09-15"),
            ("\"2026-05-09\"", "\"2026-05-08\"", "make_up_workdays is 2026-05-08; right would be a Saturday or Sunday"),
            (
                "\"2026-05-09\"",
                "\"2026-05-02\"",
                "make_up_workdays is 2026-05-02; right would be a day that is no holiday",
            ),
            ("\"12333\"", "\"window\"", "right would be one row a place"),
            ("\"13:30\"", "\"11:30\"", "right would be one row a place, times that rise"),
            ("\"13:30\"", "\"24:00\"", "not a time of day as 09:30"),
        ] {
            assert!(TEXT.contains(good), "{good}");
            let said = Calendar::parse(&TEXT.replacen(good, bad, 1)).unwrap_err().to_string();
            assert!(said.starts_with("calendar.toml: ") && said.contains(told), "{bad}: {said}");
        }
    }
}
