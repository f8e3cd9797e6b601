//! Q01 参保信息: each insurance, whether it goes on, since when, and with whom. What stands in the books, and how it is shown, apart: the
//! books may be another system's (`crate::legacy`).

use contract::format::Period;
use contract::message::{Cell, CellKind, Row};
use contract::problem::ProblemCode;
use serde::Deserialize;

use super::history::History;
use super::{Asked, INSURANCES, PENSION, Table, UNEMPLOYMENT, months, text};
use crate::calls::Refusal;
use crate::persona::InsuredAs;
use crate::store::{Contribution, Person};

/// One insurance of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// aae140.
    pub insurance: &'static str,
    pub standing: Standing,
    /// The first month that counts (aac049).
    pub first: Option<Period>,
    /// Since when it goes on (aac030).
    pub since: Option<Period>,
    pub employer: Employer,
    /// Months that count.
    pub paid: usize,
}

/// 参保状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    NotEnrolled,
    Paying,
    Suspended,
    /// For good; the reference agency's own people never are.
    Ended,
    DrawsPension,
}

/// With whom somebody is insured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Employer {
    None,
    /// By themselves.
    Own,
    Named(String),
}

impl Enrolment {
    /// Of somebody who never was in this insurance.
    pub const fn none(insurance: &'static str) -> Self {
        let (standing, employer) = (Standing::NotEnrolled, Employer::None);
        Self { insurance, standing, first: None, since: None, employer, paid: 0 }
    }

    /// What these months, oldest first, add up to at the end of `last`.
    fn of(insurance: &'static str, person: &Person, all: &[Contribution], last: Period) -> Self {
        let history = History::ever(all, insurance, last);
        let employer = match (person.insured_as, history.first) {
            (_, None) => Employer::None,
            (InsuredAs::Flexible, _) => Employer::Own,
            _ => Employer::Named(person.employer.clone()),
        };
        let standing = Standing::of(insurance, person, &history, last);
        Self { insurance, standing, first: history.first, since: history.since, employer, paid: history.paid }
    }
}

impl Standing {
    /// In the last full month.
    fn of(insurance: &str, person: &Person, history: &History, last: Period) -> Self {
        if history.first.is_none() {
            Self::NotEnrolled
        } else if insurance == PENSION && person.insured_as == InsuredAs::Pensioner {
            Self::DrawsPension
        } else if history.goes_on(last) {
            Self::Paying
        } else {
            Self::Suspended
        }
    }

    /// In both languages.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotEnrolled => ("未参保", "Not enrolled"),
            Self::Paying => ("参保缴费", "Enrolled, paying"),
            Self::Suspended => ("暂停缴费", "Payment suspended"),
            Self::Ended => ("终止缴费", "Ended"),
            Self::DrawsPension => ("领取待遇", "Draws a pension"),
        }
    }
}

/// Every insurance, from this person's months, oldest first.
pub fn enrolments(person: &Person, all: &[Contribution], last: Period) -> Vec<Enrolment> {
    INSURANCES.map(|insurance| Enrolment::of(insurance, person, all, last)).to_vec()
}

pub fn answer(asked: &Asked<'_>) -> Result<Table, Refusal> {
    table(asked, &enrolments(asked.person, &asked.all_months()?, asked.last_full_month()))
}

/// Enrolments as they are shown.
pub fn table(asked: &Asked<'_>, enrolments: &[Enrolment]) -> Result<Table, Refusal> {
    if enrolments.iter().all(|enrolment| enrolment.standing == Standing::NotEnrolled) {
        return Err(ProblemCode::NoRecords.into());
    }
    let paid = |code: &str| {
        let enrolment = enrolments.iter().find(|enrolment| enrolment.insurance == code);
        months(enrolment.map_or(0, |enrolment| enrolment.paid))
    };
    Ok(Table {
        scope: asked.say("在本地的全部险种", "All insurances kept here").to_owned(),
        figures: vec![
            asked.figure("养老保险累计缴费", "Pension, paid in all", paid(PENSION)),
            asked.figure("失业保险累计缴费", "Unemployment, paid in all", paid(UNEMPLOYMENT)),
        ],
        columns: vec![
            asked.column("险种", "Insurance", CellKind::Text),
            asked.column("参保状态", "Status", CellKind::Text),
            asked.column("首次参保", "First", CellKind::Period),
            asked.column("本次参保", "Since", CellKind::Period),
            asked.column("单位", "Employer", CellKind::Text),
        ],
        rows: enrolments.iter().map(|enrolment| row(asked, enrolment)).collect(),
        as_of: asked.as_of_last_month(),
    })
}

fn row(asked: &Asked<'_>, enrolment: &Enrolment) -> Row {
    let month = |period: Option<_>| period.map_or(Cell::None, Cell::Period);
    let (zh, en) = enrolment.standing.words();
    let employer = match &enrolment.employer {
        Employer::None => Cell::None,
        Employer::Own => text(asked.say("灵活就业", "Self-insured")),
        Employer::Named(name) => text(name),
    };
    let label = text(asked.insurance(enrolment.insurance));
    let cells = vec![label, text(asked.say(zh, en)), month(enrolment.first), month(enrolment.since), employer];
    Row { cells, mark: String::new() }
}

/// 参保状态 in the last full month, in both languages.
pub fn status(asked: &Asked<'_>, insurance: &str, history: &History) -> (&'static str, &'static str) {
    Standing::of(insurance, asked.person, history, asked.last_full_month()).words()
}
