//! Working days and opening hours, so that a terminal sends nobody to a closed door (社会保险经办条例 29).

use serde::{Deserialize, Serialize};

use crate::format::Date;

/// Name of the hall's windows in [`OpeningHours::place`].
pub const WINDOW: &str = "window";
/// Name of the telephone line in [`OpeningHours::place`].
pub const LINE_12333: &str = "12333";

/// Asks for the working days of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarRequest {
    /// The terminal's id, as in its certificate.
    pub terminal: String,
    /// Which year. One that is not published is answered with `no_records`: a guessed day is a promise.
    pub year: u16,
}

/// The days of a year that are not what their weekday says, and when a person answers. Saturdays and Sundays are days off unless they are
/// make-up days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkingDays {
    /// The year.
    pub year: u16,
    /// The notice that says so.
    pub source: String,
    /// Days off that would be working days or are feasts, ISO, in order.
    pub holidays: Vec<Date>,
    /// 调休: Saturdays and Sundays on which is worked, ISO, in order.
    pub make_up_days: Vec<Date>,
    /// On working days.
    pub opening_hours: Vec<OpeningHours>,
}

/// When a person answers, on working days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpeningHours {
    /// Where: `window` or `12333`.
    pub place: String,
    /// First day on which these hours hold, ISO.
    pub from: Date,
    /// Last day, ISO.
    pub to: Date,
    /// In order.
    pub spans: Vec<OpenSpan>,
}

/// From when until when on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSpan {
    /// `hh:mm`.
    pub opens: String,
    /// `hh:mm`.
    pub closes: String,
}

/// Whether a place can be gone to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Somebody is there.
    Now {
        /// Until when, `hh:mm`.
        until: String,
    },
    /// Somebody will be.
    Next {
        /// On which day.
        on: Date,
        /// From when, `hh:mm`.
        at: String,
    },
}

impl WorkingDays {
    /// Whether a place is open on that day at that time (`hh:mm`), and otherwise when it opens next. `None` where the answer would be a
    /// guess: no such place, or a day beyond those that are published.
    #[must_use]
    pub fn opening(&self, place: &str, day: Date, time: &str) -> Option<Opening> {
        let here = self.opening_hours.iter().filter(|hours| hours.place == place);
        let hours = |day: Date| here.clone().find(|hours| (hours.from..=hours.to).contains(&day));
        let spans = if self.works_on(day) { hours(day)?.spans.as_slice() } else { &[] };
        if let Some(span) = spans.iter().find(|span| time < span.closes.as_str()) {
            let until = span.closes.clone();
            let next = Opening::Next { on: day, at: span.opens.clone() };
            return Some(if span.opens.as_str() <= time { Opening::Now { until } } else { next });
        }
        // The longest feast has eight days off.
        let following = (1..=16).map(|days| Date::from_days_since_1970(day.days_since_1970() + days));
        let next = following.into_iter().find(|day| hours(*day).is_none() || self.works_on(*day))?;
        let first = hours(next)?.spans.first()?;
        Some(Opening::Next { on: next, at: first.opens.clone() })
    }

    fn works_on(&self, day: Date) -> bool {
        // 1970-01-01 was a Thursday: with Monday as 0, that is 3.
        let weekend = (day.days_since_1970() + 3).rem_euclid(7) >= 5;
        self.make_up_days.contains(&day) || !(weekend || self.holidays.contains(&day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citizen_is_sent_to_a_closed_door_or_to_a_guess() {
        let day = |text: &str| Date::parse_iso(text).unwrap();
        let span = |opens: &str, closes: &str| OpenSpan { opens: opens.to_owned(), closes: closes.to_owned() };
        let calendar = WorkingDays {
            year: 2026,
            source: String::new(),
            holidays: (1..=7).map(|n| day(&format!("2026-10-0{n}"))).collect(),
            make_up_days: vec![day("2026-10-10")],
            opening_hours: vec![OpeningHours {
                place: WINDOW.to_owned(),
                from: day("2026-01-01"),
                to: day("2026-12-31"),
                spans: vec![span("09:00", "12:00"), span("13:30", "17:00")],
            }],
        };
        let now = |until: &str| Some(Opening::Now { until: until.to_owned() });
        let next = |on: &str, at: &str| Some(Opening::Next { on: day(on), at: at.to_owned() });
        for (on, time, expected) in [
            ("2026-11-23", "08:59", next("2026-11-23", "09:00")),
            ("2026-11-23", "09:00", now("12:00")),
            ("2026-11-23", "12:00", next("2026-11-23", "13:30")),
            ("2026-11-23", "17:00", next("2026-11-24", "09:00")),
            ("2026-09-30", "18:00", next("2026-10-08", "09:00")),
            ("2026-10-10", "10:00", now("12:00")),
            ("2026-11-21", "10:00", next("2026-11-23", "09:00")),
            ("2026-12-31", "17:00", None),
            ("2027-01-04", "10:00", None),
        ] {
            assert_eq!(calendar.opening(WINDOW, day(on), time), expected, "{on} {time}");
        }
        assert_eq!(calendar.opening(LINE_12333, day("2026-11-23"), "10:00"), None);
    }
}
