//! What is answered to a query, one file an item family. Shows what is booked and estimates by `rules`; decides nothing. `calls/query.rs`
//! asks here after it has checked who asks and what; `papers` builds on the same histories. Must never answer for another person than
//! [`Asked::person`].
//!
//! | File | Items |
//! |---|---|
//! | `enrolment` | Q01 |
//! | `contributions` | Q02 |
//! | [`account`] | Q03, and the ledger of the pension account |
//! | `benefits` | Q04 |
//! | `unemployment` | Q06 |
//! | `card` | Q08 |
//! | `certification` | Q10 |
//! | `estimate` | Q11 |
//! | `cases::list` | Q09, Q12 |
//! | [`open`] | V01, and whatever anybody may ask |
//! | [`history`] | what one insurance's months add up to |

pub mod account;
mod benefits;
mod card;
pub mod certification;
pub mod contributions;
pub mod enrolment;
mod estimate;
pub mod history;
pub mod open;
mod unemployment;

use std::collections::BTreeMap;

use contract::catalogue::Catalogue;
use contract::field::Value;
use contract::format::{Date, Period};
use contract::message::{Cell, CellKind, Column, Figure, Row, Table};
use contract::problem::ProblemCode;
use rusqlite::Connection;

use crate::calls::Refusal;
use crate::cases::list;
use crate::language::Language;
use crate::rules::{INJURY, PENSION, Rules, UNEMPLOYMENT};
use crate::store::{self, Contribution, Person};
use crate::{catalogue, clock};

/// Insurances of this agency (aae140), in the order they are shown: pension, unemployment, work injury.
pub const INSURANCES: [&str; 3] = [PENSION, UNEMPLOYMENT, INJURY];

/// One question of one person. The answers in it have passed the item's checks.
pub struct Asked<'a> {
    pub db: &'a Connection,
    pub person: &'a Person,
    pub inputs: &'a BTreeMap<String, Value>,
    pub rules: &'a Rules,
    pub catalogue: &'a Catalogue,
    pub today: Date,
    pub language: Language,
}

/// The answer to an item of kind query.
pub fn answer(item: &str, asked: &Asked<'_>) -> Result<Table, Refusal> {
    match item {
        "Q08" => return card::answer(asked),
        "Q09" => return list::progress(asked),
        "Q12" => return list::archive(asked),
        _ => {}
    }
    asked.own_scheme()?;
    match item {
        "Q01" => enrolment::answer(asked),
        "Q02" => contributions::answer(asked),
        "Q03" => account::answer(asked),
        "Q04" => benefits::answer(asked),
        "Q06" => unemployment::answer(asked),
        "Q10" => certification::answer(asked),
        "Q11" => estimate::answer(asked),
        _ => Err(ProblemCode::BadRequest.into()),
    }
}

impl<'a> Asked<'a> {
    /// Refuses the records of the institutions' scheme: they are kept at a window.
    pub fn own_scheme(&self) -> Result<(), Refusal> {
        if self.person.civil_service { Err(ProblemCode::CivilService.into()) } else { Ok(()) }
    }

    /// In this person's language.
    pub const fn say<'b>(&self, zh: &'b str, en: &'b str) -> &'b str {
        self.language.say(zh, en)
    }

    /// The month that still runs.
    pub fn this_month(&self) -> Period {
        clock::month_of(self.today)
    }

    /// The last month that is booked.
    pub fn last_full_month(&self) -> Period {
        self.this_month().minus_months(1).unwrap_or_default()
    }

    /// Every booked month of all insurances, oldest first.
    pub fn all_months(&self) -> Result<Vec<Contribution>, Refusal> {
        let mut months = store::contributions(self.db, self.person.person, Period::default(), self.this_month())?;
        months.reverse();
        Ok(months)
    }

    /// A chosen value.
    pub fn choice(&self, field: &str) -> Result<&'a str, ProblemCode> {
        catalogue::text(self.inputs, field)
    }

    /// A chosen span of months.
    pub fn months(&self, field: &str) -> Result<(Period, Period), ProblemCode> {
        catalogue::months(self.inputs, field)
    }

    /// A chosen year.
    pub fn year(&self) -> Result<u16, ProblemCode> {
        self.choice("year")?.parse().map_err(|_| ProblemCode::PeriodInvalid)
    }

    /// The words for an insurance.
    pub fn insurance(&self, code: &'a str) -> &'a str {
        catalogue::label(self.catalogue, code, self.language.tag())
    }

    /// A heading.
    pub fn column(&self, zh: &str, en: &str, kind: CellKind) -> Column {
        Column { label: self.say(zh, en).to_owned(), kind }
    }

    /// A figure above the table.
    pub fn figure(&self, zh: &str, en: &str, value: Cell) -> Figure {
        Figure { label: self.say(zh, en).to_owned(), value }
    }

    /// A row of a result that is no table: what it is, and the value.
    pub fn pair(&self, zh: &str, en: &str, value: Cell) -> Row {
        Row { cells: vec![Cell::Text(self.say(zh, en).to_owned()), value], mark: String::new() }
    }

    /// As of today: what is computed now.
    pub fn as_of_today(&self) -> String {
        self.as_of(self.today)
    }

    /// As of the end of the last full month: what is booked.
    pub fn as_of_last_month(&self) -> String {
        self.as_of(clock::last_day(self.last_full_month()).unwrap_or(self.today))
    }

    fn as_of(&self, day: Date) -> String {
        format!("{} {}", self.say("数据截至", "Data as of"), self.language.day(day))
    }
}

/// The columns of a result that is no table: no headings. Values stand at the right, as money does.
pub fn pair_columns() -> Vec<Column> {
    [CellKind::Text, CellKind::Fen].map(|kind| Column { label: String::new(), kind }).to_vec()
}

/// A text as a cell.
pub fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// A count of months as a cell.
pub fn months(count: usize) -> Cell {
    Cell::Months(u32::try_from(count).unwrap_or(u32::MAX))
}
