//! Reads tests/personas.toml, the one table of invented people; its head explains the columns. The card emulator and the
//! journeys may call it too. Must never fill in what the table does not say.

use std::path::Path;

use serde::Deserialize;

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
    pub issued: contract::format::Date,
    pub expires: contract::format::Date,
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
    use contract::format::{Date, Identity};

    pub(crate) fn everybody() -> Vec<Persona> {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../personas.toml")).unwrap()
    }

    #[test]
    fn a_persona_cannot_be_anybodys_card() {
        let today = Date::new(2026, 11, 23).unwrap();
        let everybody = everybody();
        assert_eq!(everybody.len(), 9);
        for person in &everybody {
            let id = Identity::parse(&person.id_number, today, false).ok().unwrap();
            assert!(id.male.is_none_or(|male| male == (person.sex == Sex::Male)), "{}", person.card_number);
            assert!(
                person.card_id.len() == 32 && person.card_id.starts_with("190001D156000005"),
                "{}",
                person.card_number
            );
            assert!(person.card_number.len() == 9 && (4..=8).contains(&person.pin.len()), "{}", person.card_number);
            assert_eq!(person.expires < today, person.card_state == CardState::Expired, "{}", person.card_number);
            assert!(["2.0", "3.00"].contains(&person.specification.as_str()), "{}", person.card_number);
        }
        assert!(everybody.iter().take(2).all(|person| person.card_state == CardState::Normal && person.known));
    }
}
