//! Elapsed time and hall time. The only file of the terminal that reads wall time; everything else is handed a [`Now`].

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use contract::format::{Date, Period};

/// The moment at which an input is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since the terminal's program started; never jumps.
    pub elapsed_ms: u64,
    /// Milliseconds since 1970 in UTC; may jump when the clock is set.
    pub unix_ms: i64,
}

/// Hall time is fixed UTC+8, whatever the machine thinks.
const HALL_OFFSET_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

impl Now {
    /// Today in the hall.
    #[must_use]
    pub fn date(self) -> Date {
        let days = (self.unix_ms + HALL_OFFSET_MS).div_euclid(DAY_MS);
        Date::from_days_since_1970(days)
    }

    /// When today began in the hall, in milliseconds since 1970.
    #[must_use]
    pub const fn midnight_ms(self) -> i64 {
        self.unix_ms - (self.unix_ms + HALL_OFFSET_MS).rem_euclid(DAY_MS)
    }

    /// This month in the hall.
    #[must_use]
    pub fn month(self) -> Period {
        let date = self.date();
        // A date always has a month from 1 to 12 and a year a period can hold.
        Period::new(date.year(), date.month()).unwrap_or_default()
    }

    /// A moment of that clock in the hall, `2026-11-23 14:05`.
    #[must_use]
    pub fn moment(unix_ms: i64) -> String {
        let now = Self { elapsed_ms: 0, unix_ms };
        format!("{} {}", now.date(), now.time_of_day())
    }

    /// Time of day in the hall, `14:05`.
    #[must_use]
    pub fn time_of_day(self) -> String {
        let minutes = (self.unix_ms + HALL_OFFSET_MS).rem_euclid(DAY_MS) / 60_000;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// Tells the time, and how long to sleep until a moment.
pub trait Clock: Send {
    /// The present moment.
    fn now(&self) -> Now;

    /// How long to wait in real time until `elapsed_ms`; zero when it has come.
    fn wait_until(&self, elapsed_ms: u64) -> Duration;
}

/// The machine's clocks.
#[derive(Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Elapsed time counts from here.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }
}

/// Milliseconds since the machine was started; goes on when the program begins anew. 0 where the machine does not tell.
#[must_use]
pub fn uptime_ms() -> u64 {
    let told = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    let (seconds, hundredths) = told.split(' ').next().and_then(|told| told.split_once('.')).unwrap_or_default();
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    number(seconds) * 1000 + number(hundredths) * 10
}

/// How long the machine has run since which of its starts: time that no command sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uptime {
    /// Another at each start of the machine; empty where it does not tell.
    pub boot: String,
    /// Milliseconds since then.
    pub ms: u64,
}

impl Uptime {
    /// As the machine tells it.
    #[must_use]
    pub fn now() -> Self {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Self { boot: boot.trim().to_owned(), ms: uptime_ms() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads wall time")]
    fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now {
            elapsed_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            unix_ms: i64::try_from(wall.as_millis()).unwrap_or(i64::MAX),
        }
    }

    fn wait_until(&self, elapsed_ms: u64) -> Duration {
        Duration::from_millis(elapsed_ms.saturating_sub(self.now().elapsed_ms))
    }
}
