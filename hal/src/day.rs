//! A calendar day as cards and documents carry it. Pure.

/// A calendar day, already checked to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// 1900 to 2199.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31, as the month allows.
    pub day: u8,
}

impl Day {
    /// From a number YYYYMMDD; `None` where there is no such day.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
        let exists = (1900..=2199).contains(&year) && (1..=days_in(year, month)).contains(&day);
        let small = |part: u32| u8::try_from(part).ok();
        exists.then_some(())?;
        Some(Self { year: u16::try_from(year).ok()?, month: small(month)?, day: small(day)? })
    }

    /// From eight ASCII digits YYYYMMDD.
    #[must_use]
    pub fn from_digits(text: &str) -> Option<Self> {
        let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten().and_then(Self::from_number)
    }
}

/// Days in a month of the Gregorian calendar; 0 for a month that there is not.
const fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

impl zeroize::Zeroize for Day {
    /// Leaves no day at all; only for one that is about to be freed.
    fn zeroize(&mut self) {
        self.year.zeroize();
        self.month.zeroize();
        self.day.zeroize();
    }
}
