//! The language a visitor asked for. What people read is written in both, side by side where it is made: the agency has no table of words,
//! because its texts are sentences about records.

use contract::format::{Date, Period};

/// Chinese, or English for those who cannot read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Zh,
    En,
}

impl Language {
    /// The language of a tag: `en` is English, anything else Chinese.
    pub fn of(tag: &str) -> Self {
        if tag == "en" { Self::En } else { Self::Zh }
    }

    /// The tag, as the catalogue's texts know it.
    pub const fn tag(self) -> &'static str {
        self.say("zh", "en")
    }

    /// The text in this language.
    pub const fn say<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// A day: `2026年07月01日`, `2026-07-01`.
    pub fn day(self, date: Date) -> String {
        match self {
            Self::Zh => date.long_zh(),
            Self::En => date.to_string(),
        }
    }

    /// Two months and all between: `2025-11 至 2026-10`.
    pub fn span(self, from: Period, to: Period) -> String {
        format!("{} {} {}", from.dashed(), self.say("至", "to"), to.dashed())
    }

    /// Months as years and months, as ages are told: `60岁8个月`.
    pub fn age(self, years: u16, months: u16) -> String {
        match self {
            Self::Zh if months == 0 => format!("{years}岁"),
            Self::Zh => format!("{years}岁{months}个月"),
            Self::En => format!("{years} years {months} months"),
        }
    }
}
