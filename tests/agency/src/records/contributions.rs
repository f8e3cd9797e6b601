//! Q02 缴费明细: one person's months of one insurance, with their sums.

use std::collections::BTreeSet;

use contract::message::{Cell, CellKind, Figure, Row};
use contract::problem::ProblemCode;

use super::{Asked, Table, months};
use crate::calls::Refusal;
use crate::language::Language;
use crate::rules::contribution::MonthKind;
use crate::store::{self, Contribution};

pub fn answer(asked: &Asked<'_>) -> Result<Table, Refusal> {
    let insurance = asked.choice("insurance")?;
    let (from, to) = asked.months("period")?;
    let mut booked = store::contributions(asked.db, asked.person.person, from, to)?;
    booked.retain(|month| month.insurance == insurance);
    table(asked, &booked)
}

/// Months of the insurance and period that were asked for, newest first, as they are shown.
pub fn table(asked: &Asked<'_>, booked: &[Contribution]) -> Result<Table, Refusal> {
    let insurance = asked.choice("insurance")?;
    let (from, to) = asked.months("period")?;
    if booked.is_empty() {
        return Err(ProblemCode::NoRecords.into());
    }
    let comma = asked.say("，", ", ");
    Ok(Table {
        scope: format!("{}{comma}{}", asked.insurance(insurance), asked.language.span(from, to)),
        figures: figures(asked, booked),
        columns: vec![
            asked.column("缴费月份", "Month", CellKind::Period),
            asked.column("缴费基数", "Base", CellKind::Fen),
            asked.column("个人缴纳", "You", CellKind::Fen),
            asked.column("单位缴纳", "Employer", CellKind::Fen),
        ],
        rows: booked.iter().map(|month| row(asked, month)).collect(),
        as_of: asked.as_of_last_month(),
    })
}

fn figures(asked: &Asked<'_>, booked: &[Contribution]) -> Vec<Figure> {
    let paid: BTreeSet<_> = booked.iter().filter(|month| store::counts(month)).map(|month| month.period).collect();
    let personal = booked.iter().map(|month| month.personal_fen).sum();
    let employer = booked.iter().map(|month| month.employer_fen).sum();
    vec![
        asked.figure("期内缴费月数", "Months paid in this period", months(paid.len())),
        asked.figure("期内个人缴纳合计", "Paid by you in this period", Cell::Fen(personal)),
        asked.figure("期内单位缴纳合计", "Paid by employer in this period", Cell::Fen(employer)),
    ]
}

fn row(asked: &Asked<'_>, month: &Contribution) -> Row {
    let cells = vec![
        Cell::Period(month.period),
        Cell::Fen(month.base_fen),
        Cell::Fen(month.personal_fen),
        Cell::Fen(month.employer_fen),
    ];
    Row { cells, mark: mark(month.status, asked.language).to_owned() }
}

/// What is out of the ordinary with a month; empty for one paid in time.
pub const fn mark(status: MonthKind, language: Language) -> &'static str {
    match status {
        MonthKind::Arrears => language.say("欠缴", "In arrears"),
        MonthKind::MadeUp => language.say("补缴", "Paid late"),
        MonthKind::Transferred => language.say("转入", "Transferred in"),
        MonthKind::Paid | MonthKind::Deemed => "",
    }
}
