//! What the service answers, and what of that may be believed. An answer counts if its sequence is that of the question, its person the one
//! who asked, its counts agree with its bytes, and every code in it has a meaning; else it is none. Pure.

use std::collections::BTreeSet;

use contract::problem::ProblemCode;

use super::Fault;
use super::province::{Form, Province, Verdict};
use super::question::{About, Question};
use super::record::{Record, RecordError};
use crate::records::INSURANCES;
use crate::records::account::Year;
use crate::records::enrolment::{Employer, Enrolment, Standing};
use crate::store::Contribution;

/// One frame.
pub enum Reply {
    /// The service says no, for a reason that the contract knows.
    Refused(ProblemCode),
    /// Records.
    Page(Page),
}

/// Some of the records, and how many there are in all.
pub struct Page {
    /// In all frames.
    pub total: usize,
    /// In this one.
    pub records: Vec<Record>,
}

/// The whole answer, in this agency's words.
pub enum Found {
    /// The service says no.
    Refused(ProblemCode),
    /// Q01.
    Enrolments(Vec<Enrolment>),
    /// Q02, newest first.
    Months(Vec<Contribution>),
    /// Q03.
    Account(Year),
}

impl Reply {
    /// Reads the body of a frame.
    pub fn read(province: &Province, question: &Question, sequence: u32, body: &[u8]) -> Result<Self, Fault> {
        let (head, mut rest) = province.head.reply.decode_first(body)?;
        if head.number("x_sequence")? != i64::from(sequence) {
            return Err(Fault::Sequence);
        }
        if let Verdict::Refused(code) = province.results.meaning("results", head.text("x_result")?)? {
            return Ok(Self::Refused(*code));
        }
        is_about(&head, question)?;
        let (total, count) = (head.count("x_total")?, head.count("x_count")?);
        if count > province.records_per_frame {
            return Err(Fault::Count);
        }
        let layout = &province.trade(question.trade()).record;
        let mut records = Vec::new();
        while records.len() < count {
            let (record, after) = layout.decode_first(rest)?;
            is_about(&record, question)?;
            records.push(record);
            rest = after;
        }
        if rest.is_empty() {
            Ok(Self::Page(Page { total, records }))
        } else {
            Err(RecordError::Long(rest.len()).into())
        }
    }
}

/// Refuses what is somebody else's; what names nobody is held by what does (`province` sees to it that something does).
fn is_about(record: &Record, question: &Question) -> Result<(), Fault> {
    let other = record.has("aac002") && record.text("aac002")? != question.id_number;
    if other { Err(Fault::AnotherPerson) } else { Ok(()) }
}

impl Found {
    /// What all records of an answer say.
    pub fn of(province: &Province, question: &Question, records: &[Record]) -> Result<Self, Fault> {
        if records.is_empty() {
            return Ok(Self::Refused(ProblemCode::NoRecords));
        }
        match &question.about {
            About::Enrolment => enrolments(province, records).map(Self::Enrolments),
            About::Months { .. } => months(province, question, records).map(Self::Months),
            About::Account(year) => account(*year, records).map(Self::Account),
        }
    }
}

/// One row an insurance that is shown here; one that the service does not name is one without an enrolment.
fn enrolments(province: &Province, records: &[Record]) -> Result<Vec<Enrolment>, Fault> {
    let mut found = Vec::new();
    for record in records {
        let insurance = province.insurances.meaning("insurances", record.text("aae140")?)?;
        // Medical and the others are another agency's, and shown by its own item.
        let Some(insurance) = INSURANCES.into_iter().find(|ours| ours == insurance) else { continue };
        found.push(enrolment(province, insurance, record)?);
    }
    let row = |insurance| {
        let mut rows = found.iter().filter(|row| row.insurance == insurance);
        match (rows.next(), rows.next()) {
            (_, Some(_)) => Err(Fault::NotAsked("an insurance (aae140)")),
            (Some(row), None) => Ok(row.clone()),
            (None, None) => Ok(Enrolment::none(insurance)),
        }
    };
    INSURANCES.into_iter().map(row).collect()
}

fn enrolment(province: &Province, insurance: &'static str, record: &Record) -> Result<Enrolment, Fault> {
    let standing = *province.standings.meaning("standings", record.text("aac031")?)?;
    let form = *province.forms.meaning("forms", record.text("x_form")?)?;
    let employer = match (standing, form) {
        (Standing::NotEnrolled, _) => Employer::None,
        (_, Form::Flexible) => Employer::Own,
        (_, Form::Employed) => Employer::Named(record.text("aab004")?.to_owned()),
    };
    let (first, since) = (record.month_or_none("aac049")?, record.month_or_none("aac030")?);
    Ok(Enrolment { insurance, standing, first, since, employer, paid: record.count("x_months")? })
}

fn months(province: &Province, question: &Question, records: &[Record]) -> Result<Vec<Contribution>, Fault> {
    let About::Months { insurance, from, to } = &question.about else { return Err(Fault::NotAsked("a trade")) };
    let (mut seen, mut months) = (BTreeSet::new(), Vec::new());
    for record in records {
        if province.insurances.meaning("insurances", record.text("aae140")?)? != insurance {
            return Err(Fault::NotAsked("an insurance (aae140)"));
        }
        let period = record.month("aae003")?;
        // A month twice would be summed up twice.
        if !(from..=to).contains(&&period) || !seen.insert(period) {
            return Err(Fault::NotAsked("a month (aae003)"));
        }
        months.push(Contribution {
            insurance: insurance.clone(),
            period,
            base_fen: record.number("x_base")?,
            personal_fen: record.number("aae020")?,
            employer_fen: record.number("x_employer")?,
            status: *province.month_kinds.meaning("month_kinds", record.text("x_kind")?)?,
        });
    }
    months.sort_by_key(|month| std::cmp::Reverse(month.period));
    Ok(months)
}

fn account(wanted: u16, records: &[Record]) -> Result<Year, Fault> {
    let [record] = records else { return Err(Fault::NotAsked("a year (aae001)")) };
    if record.number("aae001")? != i64::from(wanted) {
        return Err(Fault::NotAsked("a year (aae001)"));
    }
    // Hundredths of a percent. Neither rate nor interest: not published yet. One without the other is nothing that can be shown.
    let interest = match (record.number_or_none("x_rate")?, record.number_or_none("x_interest")?) {
        (Some(rate), Some(fen)) => Some((format!("{}.{:02}%", rate / 100, rate % 100), fen)),
        (None, None) => None,
        _ => return Err(RecordError::Missing("x_rate".to_owned()).into()),
    };
    Ok(Year {
        year: wanted,
        months: record.count("x_months")?,
        base_fen: record.number("x_base")?,
        opening_fen: record.number("x_opening")?,
        credited_fen: record.number("x_credited")?,
        interest,
        closing_fen: record.number("x_closing")?,
    })
}

#[cfg(test)]
mod tests;
