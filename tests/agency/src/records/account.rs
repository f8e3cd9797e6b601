//! Q03 养老个人账户, and the ledger behind it: what was booked each year, at the rate of that year. Years from 1998 on: what was paid
//! before stands in the old ledger and follows from no base (`rules::transfer`).

use std::collections::BTreeMap;

use contract::format::Period;
use contract::message::{Cell, Row};
use contract::problem::ProblemCode;

use super::{Asked, PENSION, Table, months, pair_columns, text};
use crate::calls::Refusal;
use crate::persona::InsuredAs;
use crate::rules::exact::Exact;
use crate::rules::parameters::{NATIONAL, Parameters};
use crate::rules::pension::{InterestMethod, account_interest};
use crate::rules::transfer::{FIRST_YEAR, TransferYear, transfer};
use crate::rules::{PROVINCE, RuleError, Rules};
use crate::store::{self, Contribution};

/// A year of a pension account, in fen.
#[derive(Clone, Debug, Default)]
pub struct Year {
    pub year: u16,
    /// Months paid.
    pub months: usize,
    /// The last base of the year, a month.
    pub base_fen: i64,
    /// When it began.
    pub opening_fen: i64,
    /// Booked in it.
    pub credited_fen: i64,
    /// The rate as a percentage, and the interest; `None` where the rate is not published yet.
    pub interest: Option<(String, i64)>,
    /// When it ended, or so far.
    pub closing_fen: i64,
}

/// The ledger, from the first year with a paid month to this year. `months` of any insurance, oldest first.
pub fn ledger(rules: &Rules, months: &[Contribution], this_month: Period) -> Result<Vec<Year>, RuleError> {
    let (_, national) = rules.parameters.select(NATIONAL, this_month)?;
    let pension = |month: &&Contribution| month.insurance == PENSION && store::counts(month);
    let mut by_year: BTreeMap<u16, Vec<&Contribution>> = BTreeMap::new();
    for month in months.iter().filter(pension).filter(|month| month.period.year() >= FIRST_YEAR) {
        by_year.entry(month.period.year()).or_default().push(month);
    }
    let Some(first) = by_year.keys().next().copied() else { return Ok(Vec::new()) };
    let mut opening_fen = 0;
    let mut ledger = Vec::new();
    for year in first..=this_month.year() {
        let booked = by_year.get(&year).map_or(&[][..], Vec::as_slice);
        let closed = closed_year(rules, national, year, booked, opening_fen)?;
        opening_fen = closed.closing_fen;
        ledger.push(closed);
    }
    Ok(ledger)
}

fn closed_year(
    rules: &Rules,
    national: &Parameters,
    year: u16,
    booked: &[&Contribution],
    opening_fen: i64,
) -> Result<Year, RuleError> {
    let mut by_base: BTreeMap<i64, u32> = BTreeMap::new();
    for month in booked {
        *by_base.entry(month.base_fen).or_default() += 1;
    }
    let rows: Vec<_> = by_base.iter().map(|(&base_fen, &months)| TransferYear { year, months, base_fen }).collect();
    let credited_fen = transfer(national, &rows)?.account_principal_fen;
    let rate = rate(rules, national, year);
    let none = Exact::whole(0)?;
    // The annual method earns nothing on the year's own deposits, so it does not matter in which months they came.
    let used = rate.as_ref().unwrap_or(&none);
    let done = account_interest(InterestMethod::Annual, opening_fen, credited_fen, &[12], used)?;
    Ok(Year {
        year,
        months: booked.len(),
        base_fen: booked.last().map_or(0, |month| month.base_fen),
        opening_fen,
        credited_fen,
        interest: rate.as_ref().map(|rate| (percent(rate), done.interest_fen)),
        closing_fen: done.end_fen,
    })
}

/// The rate of a year: the country's from 2016 on, the province's own before.
fn rate(rules: &Rules, national: &Parameters, year: u16) -> Option<Exact> {
    let provincial = || {
        let (_, province) = rules.parameters.select(PROVINCE, Period::new(year, 12)?).ok()?;
        province.account_rate(year).ok()
    };
    national.account_rate(year).ok().or_else(provincial).cloned()
}

fn percent(rate: &Exact) -> String {
    let hundred = Exact::whole(100).map(|hundred| hundred * rate);
    hundred.map_or_else(|_| String::new(), |percent| format!("{}%", percent.decimal(2)))
}

pub fn answer(asked: &Asked<'_>) -> Result<Table, Refusal> {
    if asked.person.insured_as == InsuredAs::Pensioner {
        // An account that is being paid out is kept with the assessment.
        return Err(ProblemCode::NotHere.into());
    }
    let wanted = asked.year()?;
    if wanted > asked.today.year() {
        return Err(ProblemCode::PeriodInvalid.into());
    }
    let ledger = ledger(asked.rules, &asked.all_months()?, asked.this_month())?;
    let year = ledger.iter().find(|year| year.year == wanted).ok_or(ProblemCode::NoRecords)?;
    Ok(table(asked, year))
}

/// A year as it is shown.
pub fn table(asked: &Asked<'_>, year: &Year) -> Table {
    let wanted = year.year;
    let open = wanted == asked.today.year();
    let (zh, en) = if open {
        ("目前累计储存额", "Balance so far")
    } else {
        ("年末累计储存额", "Balance at the end of the year")
    };
    Table {
        scope: format!("{} {wanted}{}", asked.say("养老个人账户，", "Pension account,"), asked.say(" 年", "")),
        figures: vec![
            asked.figure(zh, en, Cell::Fen(year.closing_fen)),
            asked.figure("本年记入", "Credited this year", Cell::Fen(year.credited_fen)),
        ],
        columns: pair_columns(),
        rows: rows(asked, year, (zh, en)),
        as_of: asked.as_of_last_month(),
    }
}

fn rows(asked: &Asked<'_>, year: &Year, closing: (&str, &str)) -> Vec<Row> {
    let unpublished = || text(asked.say("尚未公布", "Not published yet"));
    let (rate, interest) = match &year.interest {
        Some((percent, fen)) => (text(percent), Cell::Fen(*fen)),
        None => (unpublished(), unpublished()),
    };
    vec![
        asked.pair("上年末累计储存额", "Balance at the end of the year before", Cell::Fen(year.opening_fen)),
        asked.pair("本年缴费月数", "Months paid this year", months(year.months)),
        asked.pair("本年记入本金", "Credited this year", Cell::Fen(year.credited_fen)),
        asked.pair("本年记账利率", "Rate of this year", rate),
        asked.pair("本年利息", "Interest of this year", interest),
        asked.pair(closing.0, closing.1, Cell::Fen(year.closing_fen)),
    ]
}
