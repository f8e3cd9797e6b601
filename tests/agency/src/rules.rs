//! The rules of social insurance, as pure functions: what somebody is owed, owes, or may do, from figures that are handed in. The
//! calls use them; tests/vectors/rules.json judges them. Every result is an estimate until an official decides it.
//!
//! | Room | What stands in it |
//! |---|---|
//! | [`exact`] | fractions: every rule computes exactly and rounds HALF_UP once, at its output |
//! | [`parameters`] | dated figures of a region (parameters.toml), chosen by the month concerned |
//! | [`calendar`], [`hours`] | working days, due dates, and who is there at an hour (calendar.toml) |
//! | [`retirement`] | statutory age, flexible window, minimum contribution, age |
//! | [`pension`] | the parts of a pension, the average index, the account's interest |
//! | [`contribution`] | bases, shares, late fees, months that count |
//! | [`unemployment`], [`transfer`] | benefit months and amounts; what moves with a person |
//! | [`explain`] | an estimate as rows that a citizen can follow |
//!
//! Must never: ask what day it is, touch a file or a socket once they are read, or keep a figure that differs by region or year.

pub mod calendar;
pub mod contribution;
pub mod exact;
pub mod explain;
pub mod hours;
pub mod parameters;
pub mod pension;
pub mod retirement;
pub mod transfer;
pub mod unemployment;

use std::fmt::Display;

use calendar::Calendar;
use parameters::ParameterSets;

/// Whose figures hold in this hall: an invented city.
pub const REGION: &str = "190001";
/// Its province.
pub const PROVINCE: &str = "190000";

/// 城镇职工基本养老保险 (aae140).
pub const PENSION: &str = "110";
/// 失业保险.
pub const UNEMPLOYMENT: &str = "210";
/// 工伤保险.
pub const INJURY: &str = "410";

/// Why a rule gives no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The contribution base is below the region's lower bound.
    #[error("base below the lower bound")]
    BaseBelowMin,
    /// The contribution base is above the region's upper bound.
    #[error("base above the upper bound")]
    BaseAboveMax,
    /// The rule is not for people of this kind.
    #[error("not applicable")]
    NotApplicable,
    /// A condition of the right is not met.
    #[error("not eligible")]
    NotEligible,
    /// The right has been used up.
    #[error("exhausted")]
    Exhausted,
    /// No figure is in force for this region and month, or the calendar of that year is not published yet.
    #[error("no parameters")]
    NoParams,
    /// A number or day is outside what the rule knows.
    #[error("out of range")]
    Range,
}

/// Why the agency does not start: a table is wrong. Names the file, the place, what was found and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRules {
    /// Not such a table at all.
    #[error("{file}: {why}")]
    Unreadable {
        /// Which file.
        file: &'static str,
        /// Line, key and reason, in the reader's words.
        why: String,
    },
    /// A value that cannot be right.
    #[error("{file}: {set}: {key} is {found}; right would be {right}")]
    Wrong {
        /// Which file.
        file: &'static str,
        /// Which set of it.
        set: String,
        /// Which key of the set.
        key: String,
        /// What stands there.
        found: String,
        /// What may stand there.
        right: String,
    },
}

impl BadRules {
    /// A value of a set that cannot be right.
    fn wrong(file: &'static str, set: &str, key: &str, found: impl Display, right: &str) -> Self {
        let [set, key, right] = [set, key, right].map(str::to_owned);
        Self::Wrong { file, set, key, found: found.to_string(), right }
    }
}

/// The figures and days that the rules are asked with.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Dated figures of each region.
    pub parameters: ParameterSets,
    /// Working days and opening hours.
    pub calendar: Calendar,
}

/// Reads and checks the tables that are built in.
///
/// # Errors
/// See [`BadRules`].
pub fn read() -> Result<Rules, BadRules> {
    Ok(Rules {
        parameters: ParameterSets::parse(include_str!("../parameters.toml"))?,
        calendar: Calendar::parse(include_str!("../calendar.toml"))?,
    })
}

/// A set that is built in, for the tests of the rooms.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
fn built_in(set: &str) -> parameters::Parameters {
    read().unwrap().parameters.named(set).unwrap().clone()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use contract::format::{Date, Period};
    use pension::Average;

    #[test]
    fn a_table_that_is_built_in_cannot_be_read() {
        let rules = read().map_err(|wrong| wrong.to_string()).unwrap();
        for (month, name) in
            [("202507", "synthetic-a-2025"), ("202606", "synthetic-a-2025"), ("202607", "synthetic-a-2026")]
        {
            let (found, _) = rules.parameters.select("190001", Period::parse(month).unwrap()).unwrap();
            assert_eq!(found, name);
        }
        let first_office_day = rules.calendar.nth_working_day(Date::new(2026, 12, 31).unwrap(), 1).unwrap();
        assert_eq!(first_office_day.to_string(), "2027-01-04");
    }

    #[test]
    fn a_citys_bounds_do_not_follow_from_its_provinces_average_wage() {
        let sets = read().unwrap().parameters;
        for month in ["202507", "202607"].map(|month| Period::parse(month).unwrap()) {
            let (_, national) = sets.select(parameters::NATIONAL, month).unwrap();
            let (_, province) = sets.select("190000", month).unwrap();
            let (_, city) = sets.select("190001", month).unwrap();
            let average_fen = province.average_wage_fen(month.year() - 1).unwrap();
            let bounds = contribution::bounds(national, average_fen).unwrap();
            assert_eq!((Some(bounds.min_fen), Some(bounds.max_fen)), (city.base_min_fen, city.base_max_fen));
        }
    }

    #[test]
    fn thirty_years_of_wages_are_too_much_for_an_index() {
        let sets = read().unwrap().parameters;
        let (_, province) = sets.select("190000", Period::parse("202607").unwrap()).unwrap();
        // A fen more than the invented wages, which are rounder than real ones. The sum was computed apart; its denominator has
        // 533 bits.
        let wage_fen = |year| province.average_wage_fen(year).unwrap() + 1;
        let year = |year| Average { base_fen: 823_001, wage_fen: wage_fen(year), months: 12 };
        let rows: Vec<_> = (1996..=2025).map(year).collect();
        let index = pension::contribution_index(&rows).unwrap();
        assert_eq!((index.decimal(4).as_str(), index.parts()), ("1.2540", None));
    }
}
