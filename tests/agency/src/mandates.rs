//! Authorities to act for somebody else (`../mandates.toml`): who, for whom, for which items, until when. Must never tell whether it is the
//! number, the person or the time that does not fit.

use contract::format::Date;
use serde::{Deserialize, Deserializer};

use crate::store::Person;

/// An authority, as it was registered at a window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// Ten digits.
    pub number: String,
    /// Place in the register of whom it concerns.
    pub principal: i64,
    /// Place in the register of who may act.
    pub agent: i64,
    /// Ids of the items it covers.
    pub items: Vec<String>,
    /// The first day.
    #[serde(deserialize_with = "day")]
    pub from: Date,
    /// The last day.
    #[serde(deserialize_with = "day")]
    pub until: Date,
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let text = String::deserialize(from)?;
    Date::parse_iso(&text).ok_or_else(|| serde::de::Error::custom("not a day as yyyy-mm-dd"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    mandate: Vec<Mandate>,
}

/// All of them.
///
/// # Errors
/// The table that is built in is no TOML.
pub fn read() -> Result<Vec<Mandate>, toml::de::Error> {
    toml::from_str::<Table>(include_str!("../mandates.toml")).map(|table| table.mandate)
}

/// The one of this number, if it lets this agent act for this person today.
pub fn between<'a>(
    all: &'a [Mandate],
    number: &str,
    agent: &Person,
    principal: &Person,
    today: Date,
) -> Option<&'a Mandate> {
    all.iter().find(|mandate| {
        mandate.number == number
            && (mandate.agent, mandate.principal) == (agent.person, principal.person)
            && (mandate.from..=mandate.until).contains(&today)
    })
}
