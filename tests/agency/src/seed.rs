//! The records people start with, computed from personas.toml and today, so that the last full month is always there. Called
//! once at each start; documents, acts and the audit stay untouched. Books what an agency would have booked: every month by the rules
//! and by the figures of its own time.

use std::collections::BTreeMap;

use contract::format::{Date, Period};
use rusqlite::{Connection, params};

use crate::clock::{self, months_between};
use crate::persona::{self, Assessment, InsuredAs, Persona};
use crate::rules::contribution::MonthKind;
use crate::rules::parameters::{NATIONAL, Parameters};
use crate::rules::pension::{self, Career};
use crate::rules::{INJURY, PENSION, REGION, RuleError, Rules, UNEMPLOYMENT, contribution, retirement, unemployment};

/// Why there are no records to start with.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database does not take them.
    #[error("database: {0}")]
    Store(#[from] rusqlite::Error),
    /// A persona for which the rules give no figure: which one, by card number.
    #[error("personas: {0}: {1}")]
    Rules(String, RuleError),
}

/// Writes the people and their records anew.
pub fn fill(db: &Connection, people: &[Persona], rules: &Rules, today: Date) -> Result<(), SeedError> {
    db.execute_batch(
        "DELETE FROM persons; DELETE FROM contributions; DELETE FROM pensions; DELETE FROM benefits; DELETE FROM cards;",
    )?;
    for (place, persona) in (1_i64..).zip(people) {
        let (issued, expires) = (persona.issued.to_string(), persona.expires.to_string());
        db.execute(
            "INSERT INTO cards (card_id, person, number, state, issued, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![persona.card_id, place, persona.card_number, persona.card_state.as_str(), issued, expires],
        )?;
        if persona.known {
            fill_person(db, place, persona)?;
            let book = Book { db, place, persona, rules, today };
            let booked = book.months().and_then(|()| book.pension()).and_then(|()| book.unemployment());
            booked.map_err(|unbooked| unbooked.of(persona))?;
        }
    }
    Ok(())
}

fn fill_person(db: &Connection, place: i64, persona: &Persona) -> Result<(), rusqlite::Error> {
    db.execute(
        "INSERT INTO persons VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            place,
            persona.id_number,
            persona.name,
            persona.track().as_str(),
            persona.insured_as.as_str(),
            persona.civil_service,
            persona.phone,
            persona.address,
            persona.postcode,
            persona.employer,
            persona.bank_account,
            persona.unemployment_drawn,
            persona.last_certified.map(|day| day.to_string())
        ],
    )?;
    Ok(())
}

/// Why a row was not booked.
enum Unbooked {
    Store(rusqlite::Error),
    Rules(RuleError),
}

impl Unbooked {
    fn of(self, persona: &Persona) -> SeedError {
        match self {
            Self::Store(error) => SeedError::Store(error),
            Self::Rules(error) => SeedError::Rules(persona.card_number.clone(), error),
        }
    }
}

impl From<rusqlite::Error> for Unbooked {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}

impl From<RuleError> for Unbooked {
    fn from(error: RuleError) -> Self {
        Self::Rules(error)
    }
}

/// One person's book.
struct Book<'a> {
    db: &'a Connection,
    place: i64,
    persona: &'a Persona,
    rules: &'a Rules,
    today: Date,
}

impl Book<'_> {
    fn last_full_month(&self) -> Result<Period, RuleError> {
        clock::month_of(self.today).minus_months(1).ok_or(RuleError::Range)
    }

    fn months(&self) -> Result<(), Unbooked> {
        let persona = self.persona;
        let last = self.last_full_month()?.minus_months(persona.ended).ok_or(RuleError::Range)?;
        let mut insert = self.db.prepare("INSERT INTO contributions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        // A set holds for years of months, and so do its shares.
        let mut shares: BTreeMap<&str, Shares> = BTreeMap::new();
        for ago in 0..persona.months {
            let period = last.minus_months(ago).ok_or(RuleError::Range)?;
            let (name, set) = self.rules.parameters.select(REGION, period)?;
            if !shares.contains_key(name) {
                shares.insert(name, Shares::of(set, persona)?);
            }
            let status = status(persona, ago);
            for (insurance, personal, employer) in shares.get(name).into_iter().flat_map(|shares| &shares.0) {
                let paid = |fen: i64| if status == MonthKind::Arrears { 0 } else { fen };
                let (personal, employer) = (paid(*personal), paid(*employer));
                let (period, status) = (period.to_string(), status.as_str());
                insert.execute(params![self.place, insurance, period, persona.base_fen, personal, employer, status])?;
            }
        }
        Ok(())
    }

    fn pension(&self) -> Result<(), Unbooked> {
        let Some(assessment) = &self.persona.pension else { return Ok(()) };
        // The annex with the divisors has stood since 2005, so today's set holds for every pension here.
        let (_, national) = self.rules.parameters.select(NATIONAL, clock::month_of(self.today))?;
        let career = career(self.persona, assessment, self.today)?;
        let estimate = pension::pension_estimate(national, &career)?;
        self.db.execute(
            "INSERT INTO pensions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                self.place,
                assessment.from.to_string(),
                career.pension_base_fen,
                career.index.decimal(4),
                career.months,
                career.balance_fen,
                estimate.divisor.decimal(1),
                estimate.basic_fen,
                estimate.account_fen
            ],
        )?;
        for period in months_between(assessment.from, self.last_full_month()?) {
            self.benefit(PENSION, period, estimate.total_fen)?;
        }
        Ok(())
    }

    fn unemployment(&self) -> Result<(), Unbooked> {
        let drawn = self.persona.unemployment_drawn;
        let paid_months = u32::from(self.persona.months).saturating_sub(count(&self.persona.arrears));
        for nth in 0..drawn {
            let period = self.last_full_month()?.minus_months(drawn - 1 - nth).ok_or(RuleError::Range)?;
            let (_, set) = self.rules.parameters.select(REGION, period)?;
            let benefit = unemployment::unemployment(set, paid_months, nth.into(), 0)?;
            self.benefit(UNEMPLOYMENT, period, benefit.amount_fen.ok_or(RuleError::NoParams)?)?;
        }
        Ok(())
    }

    fn benefit(&self, insurance: &str, period: Period, amount_fen: i64) -> Result<(), Unbooked> {
        let row = params![self.place, insurance, period.to_string(), amount_fen];
        self.db.execute("INSERT INTO benefits VALUES (?1, ?2, ?3, ?4)", row)?;
        Ok(())
    }
}

/// What a month costs: insurance, personal and employer's share, in fen.
struct Shares(Vec<(&'static str, i64, i64)>);

impl Shares {
    fn of(set: &Parameters, persona: &Persona) -> Result<Self, RuleError> {
        let base_fen = persona.base_fen;
        match persona.insured_as {
            InsuredAs::None => Ok(Self(Vec::new())),
            InsuredAs::Flexible => {
                let paid = contribution::flex_contribution(set, InsuredAs::Flexible, base_fen)?;
                Ok(Self(vec![(PENSION, paid.pension_fen, 0)]))
            }
            InsuredAs::Employed | InsuredAs::Unemployed | InsuredAs::Pensioner => {
                let split = contribution::contribution_split(set, base_fen)?;
                let part = |name: &str| split.get(name).copied().ok_or(RuleError::NoParams);
                Ok(Self(vec![
                    (PENSION, part("pension_employee")?, part("pension_employer")?),
                    (UNEMPLOYMENT, part("unemployment_employee")?, part("unemployment_employer")?),
                    (INJURY, 0, part("injury_employer")?),
                ]))
            }
        }
    }
}

fn career(persona: &Persona, assessment: &Assessment, today: Date) -> Result<Career, RuleError> {
    let birth = persona::birth(&persona.id_number, today);
    let begins = Date::new(assessment.from.year(), assessment.from.month(), 1).ok_or(RuleError::Range)?;
    let born = birth.and_then(|birth| Date::new(birth.year(), birth.month(), 1)).ok_or(RuleError::Range)?;
    // A pension begins by the month: the day of birth does not matter.
    let (age_years, age_months) = retirement::age(born, begins)?;
    Ok(Career {
        pension_base_fen: assessment.base_fen,
        index: assessment.index.clone(),
        months: u32::from(persona.months).saturating_sub(count(&persona.arrears)),
        balance_fen: assessment.balance_fen,
        age_years,
        age_months,
    })
}

fn count(months: &[u16]) -> u32 {
    u32::try_from(months.len()).unwrap_or(u32::MAX)
}

fn status(persona: &Persona, ago: u16) -> MonthKind {
    if persona.arrears.contains(&ago) {
        MonthKind::Arrears
    } else if persona.made_up.contains(&ago) {
        MonthKind::MadeUp
    } else if persona.transferred.contains(&ago) {
        MonthKind::Transferred
    } else {
        MonthKind::Paid
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::persona::tests::everybody;
    use crate::store::{self, Store};

    fn filled<T>(look: impl FnOnce(&Connection) -> Result<T, SeedError>) -> T {
        let today = Date::new(2026, 11, 23).unwrap();
        let rules = crate::rules::read().unwrap();
        let store = Store::in_memory().unwrap();
        let done = store.transact(|db| {
            fill(db, &everybody(), &rules, today)?;
            look(db)
        });
        done.map_err(|error| error.to_string()).unwrap()
    }

    #[test]
    fn a_pension_is_booked_otherwise_than_worked_by_hand() {
        // domain.md 9.6: C 10,000, index 1.0, 360 months, balance 139,000.
        let (pension, paid) = filled(|db| Ok((store::pension(db, 7)?.unwrap(), store::benefits(db, 7)?)));
        assert_eq!((pension.basic_fen, pension.account_fen, pension.months), (300_000, 100_000, 360));
        assert!(paid.iter().all(|month| month.amount_fen == 400_000));
        assert_eq!((paid.len(), paid.last().unwrap().period), (80, Period::new(2020, 3).unwrap()));
    }

    #[test]
    fn a_benefit_is_paid_by_the_figures_of_another_month() {
        let paid = filled(|db| Ok(store::benefits(db, 3)?));
        let amounts: Vec<_> = paid.iter().rev().map(|month| month.amount_fen).collect();
        assert_eq!(amounts.len(), 14);
        // Ten months at the amount until June 2026, two at that from July on, two of the second stage.
        assert!(amounts.iter().take(10).all(|fen| *fen == 228_000));
        assert_eq!(amounts.get(10..), Some(&[234_000, 234_000, 187_200, 187_200][..]));
    }
}
