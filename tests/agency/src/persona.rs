//! Reads tests/personas.toml, the one table of invented people; its head explains the columns. The card emulator and the
//! journeys may call it too. Must never fill in what the table does not say.

use std::path::Path;

use contract::format::{Date, Identity, Period};
use serde::Deserialize;

use crate::rules::exact::Exact;
use crate::rules::retirement::Track;

/// What the agency knows of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    /// In use.
    Normal,
    /// Reported lost.
    Lost,
    /// Social function not activated, or suspended.
    Frozen,
    /// Past its date.
    Expired,
}

impl CardState {
    /// The state as it stands in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Lost => "lost",
            Self::Frozen => "frozen",
            Self::Expired => "expired",
        }
    }

    /// The way back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Normal, Self::Lost, Self::Frozen, Self::Expired].into_iter().find(|state| state.as_str() == text)
    }
}

/// How a person is insured: decides insurances and rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsuredAs {
    /// Pension, unemployment, work injury; the employer pays its part.
    Employed,
    /// Pension only; the person pays both parts.
    Flexible,
    /// Was employed.
    Unemployed,
    /// Was employed, has retired.
    Pensioner,
    /// Not at all.
    None,
}

impl InsuredAs {
    /// As it stands in the table of people and in the register.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Employed => "employed",
            Self::Flexible => "flexible",
            Self::Unemployed => "unemployed",
            Self::Pensioner => "pensioner",
            Self::None => "none",
        }
    }

    /// The way back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Employed, Self::Flexible, Self::Unemployed, Self::Pensioner, Self::None];
        all.into_iter().find(|one| one.as_str() == text)
    }
}

/// Sex, as the register has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
}

/// One invented person with one card. Columns: see the head of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Persona {
    pub id_number: String,
    pub name: String,
    pub sex: Sex,
    pub ethnic_group: String,
    pub phone: String,
    pub known: bool,
    pub specification: String,
    pub card_number: String,
    pub card_id: String,
    pub issued: Date,
    pub expires: Date,
    pub pin: String,
    pub tells_tries: bool,
    pub card_state: CardState,
    pub insured_as: InsuredAs,
    pub months: u16,
    pub ended: u16,
    pub base_fen: i64,
    pub arrears: Vec<u16>,
    pub made_up: Vec<u16>,
    pub transferred: Vec<u16>,
    #[serde(default)]
    pub address: String,
    #[serde(default)]
    pub postcode: String,
    #[serde(default)]
    pub employer: String,
    #[serde(default)]
    pub female_type: Option<Track>,
    #[serde(default)]
    pub civil_service: bool,
    #[serde(default)]
    pub bank_account: String,
    #[serde(default)]
    pub unemployment_drawn: u16,
    #[serde(default)]
    pub last_certified: Option<Date>,
    #[serde(default)]
    pub pension: Option<Assessment>,
}

impl Persona {
    /// From which age the retirement counts: a fact of the register (see the head of the table).
    #[must_use]
    pub fn track(&self) -> Track {
        self.female_type.unwrap_or(Track::M)
    }
}

/// What was decided when a pension began (核定).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The first month that was paid.
    pub from: Period,
    /// 计发基数 at that time.
    pub base_fen: i64,
    /// 平均缴费指数.
    pub index: Exact,
    /// What the account held.
    pub balance_fen: i64,
}

/// The day of birth that an ID number tells; none where it is no number of a person.
#[must_use]
pub fn birth(id_number: &str, today: Date) -> Option<Date> {
    Identity::parse(id_number, today, false).ok().and_then(|identity| identity.birth)
}

/// Why the table could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {why}")]
pub struct PersonaError {
    file: String,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    persona: Vec<Persona>,
}

/// Everybody, in the order of the table.
///
/// # Errors
/// The file is not there or not such a table.
pub fn read(file: &Path) -> Result<Vec<Persona>, PersonaError> {
    let error = |why: String| PersonaError { file: file.display().to_string(), why };
    let text = std::fs::read_to_string(file).map_err(|source| error(source.to_string()))?;
    toml::from_str::<Table>(&text).map(|table| table.persona).map_err(|source| error(source.to_string()))
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    pub(crate) fn everybody() -> Vec<Persona> {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../personas.toml")).unwrap()
    }

    #[test]
    fn a_persona_cannot_be_anybodys_card() {
        let today = Date::new(2026, 11, 23).unwrap();
        let everybody = everybody();
        assert_eq!(everybody.len(), 13);
        for person in &everybody {
            let id = Identity::parse(&person.id_number, today, false).ok().unwrap();
            assert!(id.male.is_none_or(|male| male == (person.sex == Sex::Male)), "{}", person.card_number);
            assert!(
                person.card_id.len() == 32 && person.card_id.starts_with("190001D156000005"),
                "{}",
                person.card_number
            );
            assert!(person.card_number.len() == 9 && (4..=16).contains(&person.pin.len()), "{}", person.card_number);
            assert_eq!(person.expires < today, person.card_state == CardState::Expired, "{}", person.card_number);
            assert_eq!(person.female_type.is_some(), person.sex == Sex::Female, "{}", person.card_number);
            assert_eq!(person.pension.is_some(), person.insured_as == InsuredAs::Pensioner, "{}", person.card_number);
            assert!(["2.0", "3.00"].contains(&person.specification.as_str()), "{}", person.card_number);
        }
        assert!(everybody.iter().take(2).all(|person| person.card_state == CardState::Normal && person.known));
    }
}
