//! The register: who somebody is, their cards, and what was decided and paid. Read by the calls; written by `seed` at the start. A row
//! that cannot be read is a broken database, never a person with a fact less.

use contract::catalogue::Evidence;
use contract::format::{Date, Period};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Row, params};

use super::{meaning, month};
use crate::clock;
use crate::persona::{self, CardState, InsuredAs};
use crate::rules::retirement::Track;

/// Somebody in the register.
pub struct Person {
    /// Place in the table of people.
    pub person: i64,
    pub id_number: String,
    pub name: String,
    pub track: Track,
    pub insured_as: InsuredAs,
    /// The record is that of the institutions' scheme.
    pub civil_service: bool,
    pub phone: String,
    pub address: String,
    pub postcode: String,
    /// Of the last employment; empty for none.
    pub employer: String,
    /// Where benefits are paid to; empty for none.
    pub bank_account: String,
    /// Months of unemployment benefit.
    pub unemployment_drawn: u32,
    pub last_certified: Option<Date>,
}

impl Person {
    /// Who files what anybody may: at place 0, where nobody stands.
    pub fn nobody() -> Self {
        Self {
            person: 0,
            id_number: String::new(),
            name: String::new(),
            track: Track::M,
            insured_as: InsuredAs::None,
            civil_service: false,
            phone: String::new(),
            address: String::new(),
            postcode: String::new(),
            employer: String::new(),
            bank_account: String::new(),
            unemployment_drawn: 0,
            last_certified: None,
        }
    }

    /// The day of birth, from the number.
    pub fn birth(&self, today: Date) -> Result<Date, Error> {
        let unreadable = || Error::InvalidColumnType(1, "id_number".to_owned(), Type::Text);
        persona::birth(&self.id_number, today).ok_or_else(unreadable)
    }
}

/// What was decided when a pension began; amounts a month.
pub struct Pension {
    /// The first month that was paid.
    pub from: Period,
    /// 计发基数.
    pub base_fen: i64,
    /// 平均缴费指数, a decimal.
    pub index: String,
    /// Months that counted.
    pub months: u32,
    /// What the account held.
    pub balance_fen: i64,
    /// 计发月数, a decimal.
    pub divisor: String,
    pub basic_fen: i64,
    pub account_fen: i64,
}

/// One month of one benefit.
pub struct Benefit {
    pub insurance: String,
    pub period: Period,
    pub amount_fen: i64,
}

/// A card.
pub struct Card {
    pub number: String,
    pub state: CardState,
    pub issued: Date,
    pub expires: Date,
}

const PERSON: &str =
    "p.person, p.id_number, p.name, p.track, p.insured_as, p.civil_service, p.phone, p.address, p.postcode, p.employer,
    p.bank_account, p.unemployment_drawn, p.last_certified";

/// The person of this number.
pub fn person_by_number(db: &Connection, id_number: &str) -> Result<Option<Person>, Error> {
    let sql = format!("SELECT {PERSON} FROM persons p WHERE p.id_number = ?1");
    db.query_row(&sql, [id_number], read_person).optional()
}

/// The person at this place of the register.
pub fn person_by_place(db: &Connection, person: i64) -> Result<Option<Person>, Error> {
    let sql = format!("SELECT {PERSON} FROM persons p WHERE p.person = ?1");
    db.query_row(&sql, [person], read_person).optional()
}

/// The person of this session and what they presented, if it is this visit's, this terminal's and younger than `age_max_s` seconds.
pub fn signed_in(
    db: &Connection,
    session: &str,
    visit: &str,
    terminal: &str,
    age_max_s: i64,
) -> Result<Option<(Person, Evidence)>, Error> {
    let sql = format!(
        "SELECT {PERSON}, s.evidence FROM sign_ins s JOIN persons p ON p.person = s.person
         WHERE s.session = ?1 AND s.visit = ?2 AND s.terminal = ?3 AND s.at >= ?4"
    );
    let since = clock::unix_seconds() - age_max_s;
    let read_both = |row: &Row<'_>| Ok((read_person(row)?, meaning(row, 13, Evidence::parse)?));
    db.query_row(&sql, params![session, visit, terminal, since], read_both).optional()
}

/// Whether a sign-in opens this item: those that are listed, or all.
pub fn session_opens(db: &Connection, session: &str, item: &str) -> Result<bool, Error> {
    let sql = "SELECT count(*) = 0 OR sum(item = ?2) > 0 FROM session_items WHERE session = ?1";
    db.query_row(sql, params![session, item], |row| row.get(0))
}

/// Who acts in this session for its person, by place in the register, and by which authority.
pub fn agent_of(db: &Connection, session: &str) -> Result<Option<(i64, String)>, Error> {
    let sql = "SELECT agent, mandate FROM session_agents WHERE session = ?1";
    db.query_row(sql, [session], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// Whether the ID number of this person ends with these four characters; a small x is an X.
pub fn number_ends_with(db: &Connection, person: i64, last4: &str) -> Result<bool, Error> {
    let sql = "SELECT count(*) FROM persons WHERE person = ?1 AND substr(id_number, -4) = ?2";
    let found: i64 = db.query_row(sql, params![person, last4.to_ascii_uppercase()], |row| row.get(0))?;
    Ok(found > 0)
}

fn read_person(row: &Row<'_>) -> Result<Person, Error> {
    let certified: Option<String> = row.get(12)?;
    Ok(Person {
        person: row.get(0)?,
        id_number: row.get(1)?,
        name: row.get(2)?,
        track: meaning(row, 3, Track::parse)?,
        insured_as: meaning(row, 4, InsuredAs::parse)?,
        civil_service: row.get(5)?,
        phone: row.get(6)?,
        address: row.get(7)?,
        postcode: row.get(8)?,
        employer: row.get(9)?,
        bank_account: row.get(10)?,
        unemployment_drawn: row.get(11)?,
        last_certified: certified.map(|_| meaning(row, 12, Date::parse_iso)).transpose()?,
    })
}

/// What was decided for this person, if they draw a pension.
pub fn pension(db: &Connection, person: i64) -> Result<Option<Pension>, Error> {
    let sql = "SELECT from_month, base_fen, average, months, balance_fen, divisor, basic_fen, account_fen
               FROM pensions WHERE person = ?1";
    let pension = |row: &Row<'_>| {
        Ok(Pension {
            from: meaning(row, 0, month)?,
            base_fen: row.get(1)?,
            index: row.get(2)?,
            months: row.get(3)?,
            balance_fen: row.get(4)?,
            divisor: row.get(5)?,
            basic_fen: row.get(6)?,
            account_fen: row.get(7)?,
        })
    };
    db.query_row(sql, [person], pension).optional()
}

/// Everything that was paid to this person, newest first.
pub fn benefits(db: &Connection, person: i64) -> Result<Vec<Benefit>, Error> {
    let sql = "SELECT insurance, period, amount_fen FROM benefits WHERE person = ?1 ORDER BY period DESC, insurance";
    let benefit = |row: &Row<'_>| {
        Ok(Benefit { insurance: row.get(0)?, period: meaning(row, 1, month)?, amount_fen: row.get(2)? })
    };
    db.prepare(sql)?.query_map([person], benefit)?.collect()
}

/// This person's cards, newest first.
pub fn cards(db: &Connection, person: i64) -> Result<Vec<Card>, Error> {
    let sql = "SELECT number, state, issued, expires FROM cards WHERE person = ?1 ORDER BY issued DESC";
    let card = |row: &Row<'_>| {
        Ok(Card {
            number: row.get(0)?,
            state: meaning(row, 1, CardState::parse)?,
            issued: meaning(row, 2, Date::parse_iso)?,
            expires: meaning(row, 3, Date::parse_iso)?,
        })
    };
    db.prepare(sql)?.query_map([person], card)?.collect()
}
