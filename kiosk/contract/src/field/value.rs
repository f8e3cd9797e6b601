//! A checked value, as it goes into a request.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::format::{Date, Period};

/// How a pledge is entered.
pub(super) const YES: &str = "yes";

/// A checked value: `{"type":"fen","value":123450}`. `Debug` tells the type only: values are personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", content = "value", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Value {
    /// Characters, brought into their one form: X in capitals, no blanks at the ends.
    Text(String),
    /// A day.
    Date(Date),
    /// Months, both included.
    MonthRange {
        /// First month.
        from: Period,
        /// Last month.
        to: Period,
    },
    /// Money.
    Fen(i64),
    /// The pledge was given.
    Accepted,
    /// It was right and stays in the kiosk: a PIN.
    Withheld,
}

impl Value {
    /// As a person could have typed it: the same check makes the same value of it again. Empty for what is withheld.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
            Self::MonthRange { from, to } => format!("{from}-{to}"),
            Self::Fen(fen) => yuan(*fen),
            Self::Accepted => YES.to_owned(),
            Self::Withheld => String::new(),
        }
    }
}

/// Yuan with two places and no commas. What is below zero cannot be typed, and fails the check.
pub(super) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Date(_) => "Date",
            Self::MonthRange { .. } => "MonthRange",
            Self::Fen(_) => "Fen",
            Self::Accepted => "Accepted",
            Self::Withheld => "Withheld",
        })
    }
}
