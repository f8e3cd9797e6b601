//! What a granted case changes. Changes are kept apart from the register, which is filled anew at each start, and laid over it: at the
//! grant, and again by [`lay_over`] at the start. Must never change anything for a case that is not granted.

use contract::format::{Date, Period};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Ask, Kept};
use crate::store;

/// What can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Phone,
    Address,
    Postcode,
    /// The day of the last 领取待遇资格认证, ISO.
    LastCertified,
    /// `InsuredAs` as in the register.
    InsuredAs,
    /// What a flexible worker is enrolled in: `110` or `110+310`.
    Enrolled,
    /// The base a flexible worker chose, in fen.
    Base,
    /// A month for which contributions were declared, yyyymm.
    Declared,
    /// What was said of another case; see `evaluation`.
    Evaluated,
    /// Another case, by its place, that is taken back.
    Withdrawn,
    /// `CardState` of the newest card.
    CardState,
    /// The day of losing the job for which somebody is registered, ISO.
    Unemployed,
    /// The number of a card whose social function is active now.
    CardActive,
}

impl Fact {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Postcode => "postcode",
            Self::LastCertified => "last_certified",
            Self::InsuredAs => "insured_as",
            Self::Enrolled => "enrolled",
            Self::Base => "base",
            Self::Declared => "declared",
            Self::Evaluated => "evaluated",
            Self::Withdrawn => "withdrawn",
            Self::CardState => "card_state",
            Self::Unemployed => "unemployed",
            Self::CardActive => "card_active",
        }
    }

    /// How the register takes it over; the others are read from the changes.
    const fn update(self) -> Option<&'static str> {
        match self {
            Self::Phone => Some("UPDATE persons SET phone = ?2 WHERE person = ?1"),
            Self::Address => Some("UPDATE persons SET address = ?2 WHERE person = ?1"),
            Self::Postcode => Some("UPDATE persons SET postcode = ?2 WHERE person = ?1"),
            Self::LastCertified => Some("UPDATE persons SET last_certified = ?2 WHERE person = ?1"),
            Self::InsuredAs => Some("UPDATE persons SET insured_as = ?2 WHERE person = ?1"),
            Self::CardState => Some(
                "UPDATE cards SET state = ?2
                 WHERE card_id = (SELECT card_id FROM cards WHERE person = ?1 ORDER BY issued DESC LIMIT 1)",
            ),
            // A card that was reported lost meanwhile stays lost.
            Self::CardActive => {
                Some("UPDATE cards SET state = 'normal' WHERE person = ?1 AND number = ?2 AND state = 'frozen'")
            }
            Self::Evaluated | Self::Withdrawn | Self::Enrolled | Self::Base | Self::Declared | Self::Unemployed => None,
        }
    }

    const REGISTER: [Self; 7] = [
        Self::Phone,
        Self::Address,
        Self::Postcode,
        Self::LastCertified,
        Self::InsuredAs,
        Self::CardState,
        Self::CardActive,
    ];
}

/// Books what the case changes, as of that day.
pub fn grant(db: &Connection, case: &Kept, day: Date) -> Result<(), Error> {
    for change in &case.outcome.changes {
        db.execute(
            "INSERT INTO changes (person, fact, value, day, of_case) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![case.person, change.fact.as_str(), change.value, day.to_string(), case.seq],
        )?;
        if let Some(update) = change.fact.update() {
            db.execute(update, params![case.person, change.value])?;
        }
    }
    Ok(())
}

/// Lays everything that was changed over a register that was filled anew.
pub fn lay_over(db: &Connection) -> Result<(), Error> {
    for fact in Fact::REGISTER {
        let Some(update) = fact.update() else { continue };
        let mut statement = db.prepare("SELECT person, value FROM changes WHERE fact = ?1 ORDER BY seq")?;
        let changes =
            statement.query_map([fact.as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        for change in changes {
            let (person, value) = change?;
            db.execute(update, params![person, value])?;
        }
    }
    Ok(())
}

/// The last value of a fact that cases have changed.
pub fn last(db: &Connection, person: i64, fact: Fact) -> Result<Option<String>, Error> {
    let sql = "SELECT value FROM changes WHERE person = ?1 AND fact = ?2 ORDER BY seq DESC LIMIT 1";
    db.query_row(sql, params![person, fact.as_str()], |row| row.get(0)).optional()
}

/// Whether a case has set a fact to this value.
pub fn is_set(db: &Connection, person: i64, fact: Fact, value: &str) -> Result<bool, Error> {
    let sql = "SELECT count(*) FROM changes WHERE person = ?1 AND fact = ?2 AND value = ?3";
    let count: i64 = db.query_row(sql, params![person, fact.as_str(), value], |row| row.get(0))?;
    Ok(count > 0)
}

/// The base that was chosen or booked last, in yuan as a person types it; empty for none.
pub fn last_base_yuan(ask: &Ask<'_>) -> Result<String, Error> {
    let unreadable = |_| Error::InvalidColumnType(0, Fact::Base.as_str().to_owned(), Type::Text);
    let chosen = last(ask.db, ask.person.person, Fact::Base)?.map(|fen| fen.parse::<i64>().map_err(unreadable));
    let booked = || -> Result<Option<i64>, Error> {
        let this_month = crate::clock::month_of(ask.today);
        let months = store::contributions(ask.db, ask.person.person, Period::default(), this_month)?;
        Ok(months.first().map(|month| month.base_fen))
    };
    let fen = match chosen {
        Some(fen) => Some(fen?),
        None => booked()?,
    };
    Ok(fen.map(|fen| format!("{}.{:02}", fen / 100, fen % 100)).unwrap_or_default())
}
