//! Q11 养老待遇测算: when somebody may retire, how many months are missing, and what the pension would come to, each row with its formula
//! and its source. An estimate: nothing here is decided, and the page says so.

use std::collections::BTreeMap;

use contract::format::{Date, Period, fen_to_text};
use contract::message::{Cell, CellKind, Figure, Row};
use contract::problem::ProblemCode;

use super::{Asked, PENSION, Table, account, text};
use crate::calls::Refusal;
use crate::clock;
use crate::persona::InsuredAs;
use crate::rules::explain::{self, StepValue};
use crate::rules::parameters::{NATIONAL, Parameters};
use crate::rules::pension::{self, Average, Career};
use crate::rules::retirement::{self, Gap, Retirement};
use crate::rules::transfer::{TransferYear, transfer};
use crate::rules::{PROVINCE, RuleError};
use crate::store::{self, Contribution};

/// The answer to "what about the months until then?" that adds them.
const GOES_ON: &str = "goes_on";

/// The decision that lets ages rise.
const DECISION: &str = "全国人大常委会决定（2024-09-13）";

pub fn answer(asked: &Asked<'_>) -> Result<Table, Refusal> {
    if asked.person.insured_as == InsuredAs::Pensioner {
        return Err(ProblemCode::AlreadyDone.into());
    }
    let estimate = Estimate::of(asked)?;
    let (_, province) = asked.rules.parameters.select(PROVINCE, asked.this_month())?;
    let steps = explain::pension_estimate(estimate.national, &estimate.career, &province.source)?;
    let of_steps = steps.iter().map(|step| {
        let value = match &step.value {
            StepValue::Fen(fen) => Cell::Fen(*fen),
            StepValue::Number(number) => text(number),
        };
        row(text(step.label.in_language(asked.language.tag())), &step.formula, &value, &step.source)
    });
    let total = steps.last().map(|step| &step.value);
    let until = if estimate.goes_on {
        asked.say("按现有基数继续缴费至退休", "contributing on the present base until then")
    } else {
        asked.say("按现有记录，不再缴费", "on today's records, with nothing more paid")
    };
    Ok(Table {
        scope: format!("{}{until}", asked.say("养老待遇测算，", "Pension estimate, ")),
        figures: figures(asked, &estimate, total),
        columns: vec![asked.column("", "", CellKind::Text), asked.column("", "", CellKind::Text)],
        rows: estimate.rows(asked).into_iter().chain(of_steps).collect(),
        as_of: format!(
            "{} {}",
            asked.say("测算结果仅供参考，以经办机构核定为准。", "An estimate only; the agency decides."),
            asked.as_of_last_month()
        ),
    })
}

fn figures(asked: &Asked<'_>, estimate: &Estimate<'_>, total: Option<&StepValue>) -> Vec<Figure> {
    let total = match total {
        Some(StepValue::Fen(fen)) => Cell::Fen(*fen),
        _ => Cell::None,
    };
    vec![
        asked.figure("每月合计（测算）", "A month (estimate)", total),
        asked.figure("法定退休日期", "Statutory retirement", text(&asked.language.day(estimate.retires))),
        asked.figure("还需缴费", "Still to be paid", Cell::Months(estimate.gap.gap)),
    ]
}

/// A pair: the result, and below it the formula and the source, a line each.
fn row(label: Cell, formula: &str, result: &Cell, source: &str) -> Row {
    let result = match result {
        Cell::Fen(fen) => fen_to_text(*fen),
        Cell::Months(months) => months.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Period(period) => period.dashed(),
        Cell::None => String::new(),
    };
    let lines: Vec<_> = [result.as_str(), formula, source].into_iter().filter(|line| !line.is_empty()).collect();
    Row { cells: vec![label, Cell::Text(lines.join("\n"))], mark: String::new() }
}

/// Everything an estimate rests on.
struct Estimate<'a> {
    national: &'a Parameters,
    retirement: Retirement,
    retires: Date,
    gap: Gap,
    career: Career,
    goes_on: bool,
}

impl<'a> Estimate<'a> {
    fn of(asked: &Asked<'a>) -> Result<Self, Refusal> {
        let mut months = asked.all_months()?;
        months.retain(|month| month.insurance == PENSION && store::counts(month));
        let last = months.last().ok_or(ProblemCode::NoRecords)?;
        let (_, national) = asked.rules.parameters.select(NATIONAL, asked.this_month())?;
        let birth = asked.person.birth(asked.today)?;
        let track = asked.person.track;
        let retirement = retirement::retirement(national, clock::month_of(birth), track)?;
        let active = last.period >= asked.last_full_month();
        let goes_on = active && asked.choice("until")? == GOES_ON;
        // The month of retirement is paid no more; before it, every month that is not booked yet.
        let more = if goes_on && retirement.month > asked.this_month() {
            asked.this_month().months_until(retirement.month).saturating_sub(1)
        } else {
            0
        };
        let paid = u32::try_from(months.len()).map_err(|_| RuleError::Range)?;
        let (_, province) = asked.rules.parameters.select(PROVINCE, asked.this_month())?;
        let ahead = Ahead { months: more, base_fen: last.base_fen };
        Ok(Self {
            national,
            retires: retirement.date(birth)?,
            gap: retirement::gap(national, clock::month_of(birth), track, paid)?,
            career: Career {
                pension_base_fen: province.pension_base_fen.ok_or(RuleError::NoParams)?,
                index: pension::contribution_index(&averages(province, &months, ahead)?)?,
                months: paid.saturating_add(more),
                balance_fen: balance(asked, national, &months, ahead)?,
                age_years: retirement.age_years.into(),
                age_months: retirement.age_months.into(),
            },
            retirement,
            goes_on,
        })
    }

    fn rows(&self, asked: &Asked<'_>) -> Vec<Row> {
        let Retirement { age_years, age_months, delay_months, .. } = self.retirement;
        let age = asked.language.age(age_years, age_months);
        let delay = format!("{} {delay_months}", asked.say("延迟月数", "delay in months"));
        let day = text(&asked.language.day(self.retires));
        let label = |zh, en| text(asked.say(zh, en));
        let least = Cell::Months(self.gap.min_months);
        let gap = Cell::Months(self.gap.gap);
        vec![
            row(label("法定退休年龄", "Statutory age"), &delay, &text(&age), DECISION),
            row(label("法定退休日期", "Statutory retirement"), "", &day, DECISION),
            row(label("最低缴费年限", "Least contribution"), "", &least, DECISION),
            row(label("按现有记录还需缴费", "Still to be paid, on today's records"), "", &gap, "社会保险法 第十六条"),
        ]
    }
}

/// Months that are not paid yet but counted, all with one base.
#[derive(Clone, Copy)]
struct Ahead {
    months: u32,
    base_fen: i64,
}

/// What the average index is made of: each year's bases and its average wage; the last one published where the year's own is not.
fn averages(province: &Parameters, months: &[Contribution], ahead: Ahead) -> Result<Vec<Average>, RuleError> {
    let newest = province.average_wages_fen.last_key_value().map(|(_, fen)| *fen).ok_or(RuleError::NoParams)?;
    let last_year = province.average_wages_fen.last_key_value().and_then(|(year, _)| year.parse().ok()).unwrap_or(0);
    let mut grouped: BTreeMap<(i64, i64), u32> = BTreeMap::new();
    for month in months {
        let year = month.period.year();
        let wage_fen = if year > last_year { newest } else { province.average_wage_fen(year)? };
        *grouped.entry((month.base_fen, wage_fen)).or_default() += 1;
    }
    *grouped.entry((ahead.base_fen, newest)).or_default() += ahead.months;
    let average = |((base_fen, wage_fen), months): ((i64, i64), u32)| Average { base_fen, wage_fen, months };
    Ok(grouped.into_iter().map(average).collect())
}

/// The account at retirement: what is booked, and what the months ahead would add. Their interest is not foretold: no rate is out.
fn balance(asked: &Asked<'_>, national: &Parameters, months: &[Contribution], ahead: Ahead) -> Result<i64, RuleError> {
    let booked = account::ledger(asked.rules, months, asked.this_month())?.last().map_or(0, |year| year.closing_fen);
    let first: Period = asked.this_month();
    let mut years: BTreeMap<u16, u32> = BTreeMap::new();
    for month in (0..ahead.months).filter_map(|n| first.plus_months(u16::try_from(n).ok()?)) {
        *years.entry(month.year()).or_default() += 1;
    }
    let row = |(year, months)| TransferYear { year, months, base_fen: ahead.base_fen };
    let rows: Vec<_> = years.into_iter().map(row).collect();
    booked.checked_add(transfer(national, &rows)?.account_principal_fen).ok_or(RuleError::Range)
}
