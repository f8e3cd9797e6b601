//! Who is there at an hour: the window, or a person at 12333. Whatever sends a citizen to somebody asks here first, so that nobody is
//! sent to a closed door.

use std::fmt;

use contract::format::Date;
use serde::Deserialize;

use super::RuleError;
use super::calendar::Calendar;

/// Where a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Place {
    /// The hall's windows.
    #[serde(rename = "window")]
    Window,
    /// The national telephone line.
    #[serde(rename = "12333")]
    Line12333,
}

impl Place {
    /// As it stands in tables and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Line12333 => "12333",
        }
    }
}

/// A time of day, to the minute. `hh:mm` in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeOfDay {
    minutes: u16,
}

impl TimeOfDay {
    /// 00:00.
    pub const MIDNIGHT: Self = Self { minutes: 0 };

    /// That time, if there is one: 00:00 to 23:59.
    #[must_use]
    pub fn new(hour: u8, minute: u8) -> Option<Self> {
        (hour < 24 && minute < 60).then(|| Self { minutes: u16::from(hour) * 60 + u16::from(minute) })
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let read = || {
            let (hour, minute) = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2)?;
            Self::new(hour.parse().ok()?, minute.parse().ok()?)
        };
        read().ok_or("not a time of day as 09:30")
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

/// When a place is open on a working day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Which place.
    pub place: Place,
    /// From when until when, in order.
    pub open: Vec<(TimeOfDay, TimeOfDay)>,
}

impl Hours {
    /// Whether there are times, and each is later than the one before.
    pub(super) fn is_in_order(&self) -> bool {
        let times: Vec<_> = self.open.iter().flat_map(|(opens, closes)| [opens, closes]).collect();
        !times.is_empty() && times.is_sorted_by(|earlier, later| earlier < later)
    }
}

/// Whether a place can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Open.
    Now {
        /// When it closes.
        until: TimeOfDay,
    },
    /// Closed.
    Next {
        /// The day it opens again.
        date: Date,
        /// The time it opens.
        at: TimeOfDay,
    },
}

impl Calendar {
    /// Whether a place is open at that moment, and otherwise when it opens next (社会保险经办条例 29: windows, telephone and terminals are
    /// routes of one service).
    ///
    /// # Errors
    /// [`RuleError::NoParams`]: no hours, or the next opening lies beyond the years that are published.
    pub fn opening(&self, place: Place, date: Date, now: TimeOfDay) -> Result<Opening, RuleError> {
        let hours = self.hours_of(place).ok_or(RuleError::NoParams)?;
        if self.is_working_day(date)?
            && let Some((opens, closes)) = hours.open.iter().find(|(_, closes)| now < *closes)
        {
            let open = *opens <= now;
            return Ok(if open { Opening::Now { until: *closes } } else { Opening::Next { date, at: *opens } });
        }
        let date = self.nth_working_day(date, 1)?;
        let (at, _) = hours.open.first().ok_or(RuleError::NoParams)?;
        Ok(Opening::Next { date, at: *at })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_citizen_is_sent_to_a_closed_door() {
        let calendar = crate::rules::read().unwrap().calendar;
        let at = |hour, minute| TimeOfDay::new(hour, minute).unwrap();
        let next = |date, at| Opening::Next { date: Date::parse_iso(date).unwrap(), at };
        let (morning, afternoon) = (at(9, 0), at(13, 30));
        for (date, now, expected) in [
            ("2026-11-23", at(8, 59), next("2026-11-23", morning)),
            ("2026-11-23", at(9, 0), Opening::Now { until: at(12, 0) }),
            ("2026-11-23", at(12, 0), next("2026-11-23", afternoon)),
            ("2026-11-23", at(17, 0), next("2026-11-24", morning)),
            ("2026-09-30", at(18, 0), next("2026-10-08", morning)),
            ("2026-10-10", at(10, 0), Opening::Now { until: at(12, 0) }),
            ("2026-11-21", at(10, 0), next("2026-11-23", morning)),
        ] {
            let date = Date::parse_iso(date).unwrap();
            assert_eq!(calendar.opening(Place::Window, date, now), Ok(expected), "{date} {now}");
        }
        let last = Date::new(2027, 12, 31).unwrap();
        assert_eq!(calendar.opening(Place::Line12333, last, at(20, 0)), Err(RuleError::NoParams));
    }
}
