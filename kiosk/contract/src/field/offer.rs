//! What a field offers to a finger: options, tiers, ready-made spans of months; and whether a field can be answered at all.

use serde::{Deserialize, Serialize};

use super::{FieldType, Value};
use crate::catalogue::Choice;
use crate::format::Period;

/// A ready-made range of months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "span", rename_all = "snake_case")]
pub enum Span {
    /// January of this year to the last full month; in January there is none, and it is not offered.
    ThisYear,
    /// January to December of the year before.
    LastYear,
    /// That many months up to the last full month, 1 to 36 (domain: 36 months a page at most).
    LastMonths {
        /// 1 to 36.
        months: u16,
    },
    /// That many months with the one that still runs: for what happens on a day, and not for what is booked by the month.
    ToNow {
        /// 1 to 36.
        months: u16,
    },
}

impl Span {
    /// The months meant, seen from `this_month` (which is not full yet). `None` where there is no such month.
    #[must_use]
    pub fn resolve(self, this_month: Period) -> Option<(Period, Period)> {
        let last_full = this_month.minus_months(1)?;
        match self {
            Self::ThisYear => {
                let first = Period::new(this_month.year(), 1)?;
                (first <= last_full).then_some((first, last_full))
            }
            Self::LastYear => {
                let year = this_month.year().checked_sub(1)?;
                Some((Period::new(year, 1)?, Period::new(year, 12)?))
            }
            Self::ToNow { months } => Some((this_month.minus_months(months.checked_sub(1)?)?, this_month)),
            Self::LastMonths { months } => Some((last_full.minus_months(months.checked_sub(1)?)?, last_full)),
        }
    }
}

impl Span {
    const fn fits(self, most_months: u16) -> bool {
        match self {
            Self::ThisYear | Self::LastYear => most_months >= 12,
            Self::LastMonths { months } | Self::ToNow { months } => months > 0 && months <= most_months,
        }
    }
}

impl FieldType {
    /// Whether it is answered with a tap on what is offered; everything else is typed.
    #[must_use]
    pub const fn is_chosen(&self) -> bool {
        matches!(self, Self::Choice { .. } | Self::Tier { .. } | Self::MonthRange { .. } | Self::Pledge { .. })
    }

    /// The answers it offers in this month, in order; none where it is typed.
    #[must_use]
    pub fn offers(&self, this_month: Period) -> Vec<Value> {
        match self {
            Self::Choice { options } => options.iter().map(|option| Value::Text(option.value.clone())).collect(),
            Self::Tier { tiers } => tiers.iter().map(|tier| Value::Text(tier.value.clone())).collect(),
            Self::MonthRange { spans, .. } => {
                let resolved = spans.iter().filter_map(|span| span.resolve(this_month));
                resolved.map(|(from, to)| Value::MonthRange { from, to }).collect()
            }
            Self::Pledge { .. } => vec![Value::Accepted],
            _ => Vec::new(),
        }
    }

    /// What is wrong with the field itself, and what would be right.
    pub(crate) fn flaw(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Choice { options } if !(2..=6).contains(&options.len()) => {
                Some(("has no choice", "offer two to six"))
            }
            Self::Choice { options } if twice(options.iter().map(|option| &option.value)) => Some(TWICE),
            Self::Tier { tiers } if !(2..=6).contains(&tiers.len()) => Some(("has no choice", "offer two to six")),
            Self::Tier { tiers } if twice(tiers.iter().map(|tier| &tier.value)) => Some(TWICE),
            Self::MonthRange { spans, .. } if !(1..=6).contains(&spans.len()) => {
                Some(("offers no span", "offer one to six"))
            }
            Self::MonthRange { spans, most_months } if !spans.iter().all(|span| span.fits(*most_months)) => {
                Some(("offers a span of no months or of too many", "1 month to most_months"))
            }
            Self::Text { min_chars, max_chars } | Self::ChineseName { min_chars, max_chars }
                if *min_chars == 0 || min_chars > max_chars =>
            {
                Some(("nothing fits", "min_chars of at least 1 and not above max_chars"))
            }
            Self::FreeText { max_chars: 0 } => Some(("nothing fits", "max_chars of at least 1")),
            Self::Amount { min_fen, max_fen, step_fen } if *min_fen < 0 || min_fen > max_fen || *step_fen < 1 => {
                Some(("nothing fits", "0 <= min_fen <= max_fen and step_fen of at least 1"))
            }
            // It would stand on the glass in the clear; the card's own PIN has pages of its own.
            Self::Pin {} => Some(("a PIN is not typed in a form", "leave it out")),
            Self::Reference { accepts } if accepts.is_empty() => Some(("nothing fits", "accept at least one kind")),
            Self::Pledge { words } if words.zh.is_empty() => Some(("pledges nothing", "write what is pledged")),
            _ => None,
        }
    }
}

const TWICE: (&str, &str) = ("offers a value twice", "give each option a value of its own");

fn twice<'a>(values: impl Iterator<Item = &'a String>) -> bool {
    let mut known = std::collections::BTreeSet::new();
    !values.into_iter().all(|value| known.insert(value))
}

/// The words of a chosen option.
#[must_use]
pub fn label_of<'a>(options: &'a [Choice], value: &str, language: &str) -> Option<&'a str> {
    options.iter().find(|option| option.value == value).map(|option| option.label.in_language(language))
}
