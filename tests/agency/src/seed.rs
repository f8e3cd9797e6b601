//! The records people start with, computed from personas.toml and today, so that the last full month is always there. Called
//! once at each start; documents, acts and the audit stay untouched. Computes what an agency would have booked, never a right.

use contract::format::{Date, Period};
use rusqlite::{Connection, params};

use crate::clock;
use crate::persona::{InsuredAs, Persona, Sex};

/// A rate, in hundredths of a percent of the base (domain 2.1: test row and flexible workers).
struct Rates {
    insurance: &'static str,
    personal: i64,
    employer: i64,
}

const EMPLOYED: [Rates; 3] = [
    Rates { insurance: "110", personal: 800, employer: 1600 },
    Rates { insurance: "210", personal: 20, employer: 80 },
    Rates { insurance: "410", personal: 0, employer: 20 },
];

const FLEXIBLE: [Rates; 1] = [Rates { insurance: "110", personal: 2000, employer: 0 }];

fn rates(insured_as: InsuredAs) -> &'static [Rates] {
    match insured_as {
        InsuredAs::Employed | InsuredAs::Unemployed | InsuredAs::Pensioner => &EMPLOYED,
        InsuredAs::Flexible => &FLEXIBLE,
        InsuredAs::None => &[],
    }
}

/// Part of a base, rounded half up to a fen.
fn part_fen(base_fen: i64, rate: i64) -> i64 {
    (base_fen * rate + 5_000) / 10_000
}

/// Writes the people and their records anew.
pub fn fill(db: &Connection, people: &[Persona], today: Date) -> Result<(), rusqlite::Error> {
    db.execute_batch("DELETE FROM persons; DELETE FROM contributions; DELETE FROM cards;")?;
    for (place, persona) in (1_i64..).zip(people) {
        if persona.known {
            db.execute(
                "INSERT INTO persons (person, id_number, name, male) VALUES (?1, ?2, ?3, ?4)",
                params![place, persona.id_number, persona.name, persona.sex == Sex::Male],
            )?;
            fill_months(db, place, persona, today)?;
        }
        db.execute(
            "INSERT INTO cards (card_id, person, state) VALUES (?1, ?2, ?3)",
            params![persona.card_id, place, persona.card_state.as_str()],
        )?;
    }
    Ok(())
}

fn fill_months(db: &Connection, person: i64, persona: &Persona, today: Date) -> Result<(), rusqlite::Error> {
    let last = clock::month_of(today).minus_months(1).and_then(|month| month.minus_months(persona.ended));
    let mut insert = db.prepare("INSERT INTO contributions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for ago in 0..persona.months {
        let Some(period) = last.and_then(|last: Period| last.minus_months(ago)) else { break };
        let status = status(persona, ago);
        for rate in rates(persona.insured_as) {
            let paid = |share| if status == "arrears" { 0 } else { part_fen(persona.base_fen, share) };
            let (personal, employer) = (paid(rate.personal), paid(rate.employer));
            insert.execute(params![
                person,
                rate.insurance,
                period.to_string(),
                persona.base_fen,
                personal,
                employer,
                status
            ])?;
        }
    }
    Ok(())
}

fn status(persona: &Persona, ago: u16) -> &'static str {
    if persona.arrears.contains(&ago) {
        "arrears"
    } else if persona.made_up.contains(&ago) {
        "made_up"
    } else if persona.transferred.contains(&ago) {
        "transferred"
    } else {
        "paid"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_fen_is_rounded_the_wrong_way() {
        // Test row of domain 2.1: base 4,492.00.
        let row = [(1600, 71_872), (800, 35_936), (20, 898), (80, 3_594)];
        assert!(row.iter().all(|(rate, fen)| part_fen(449_200, *rate) == *fen));
    }
}
