//! What the stand-in knows, and how it answers: from the same books as the reference agency, in the words of a province's table.

use contract::format::{Date, Period};
use contract::problem::ProblemCode;
use rusqlite::Connection;

use crate::clock;
use crate::legacy::Fault;
use crate::legacy::province::{Form, Province, TradeName, Verdict};
use crate::legacy::record::{Field, Kind, Layout, Record, RecordError, Value};
use crate::persona::InsuredAs;
use crate::records::account;
use crate::records::enrolment::{self, Employer, Enrolment, Standing};
use crate::rules::{RuleError, Rules};
use crate::store::{self, Contribution, Person, Store};

/// The books, and in which words they are told.
pub struct Book {
    pub province: Province,
    pub store: Store,
    pub rules: Rules,
    pub today: Date,
}

/// One request.
pub struct Asked {
    pub trade: TradeName,
    pub sequence: i64,
    pub body: Record,
}

/// What is answered: the head, and the records of one frame.
pub struct Answer {
    pub head: Record,
    pub records: Vec<Record>,
}

/// Why there are no records.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The service says so in a code.
    #[error("refused")]
    Says(ProblemCode),
    /// The request or the table is at fault.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A field is.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The books are.
    #[error("database: {0}")]
    Store(#[from] rusqlite::Error),
    /// The rules are.
    #[error("rules: {0}")]
    Rules(#[from] RuleError),
}

impl From<ProblemCode> for Unanswered {
    fn from(code: ProblemCode) -> Self {
        Self::Says(code)
    }
}

impl Book {
    /// Reads the body of a request.
    pub fn read(&self, body: &[u8]) -> Result<Asked, Unanswered> {
        let (head, rest) = self.province.head.request.decode_first(body)?;
        let code = head.text("x_trade")?;
        let trade = TradeName::ALL.into_iter().find(|name| self.province.trade(*name).code == code);
        let trade = trade.ok_or_else(|| Fault::Code("trades", code.to_owned()))?;
        let body = self.province.trade(trade).asked.decode(rest)?;
        Ok(Asked { trade, sequence: head.number("x_sequence")?, body })
    }

    /// Answers it. Records from `x_start` on, as many as a frame holds.
    pub fn answer(&self, asked: &Asked) -> Result<Answer, Unanswered> {
        let found = self.store.transact(|db| self.records(db, asked));
        let (verdict, records) = match found {
            Ok(records) => (Verdict::Answered, records),
            Err(Unanswered::Says(code)) => (Verdict::Refused(code), Vec::new()),
            Err(other) => return Err(other),
        };
        let start = if asked.body.has("x_start") { asked.body.count("x_start")? } else { 0 };
        let total = records.len();
        let records: Vec<_> = records.into_iter().skip(start).take(self.province.records_per_frame).collect();
        let head = Record::default().with_number("x_sequence", asked.sequence);
        let head = head.with_text("aac002", asked.body.text("aac002")?);
        let head = head.with_text("x_result", self.province.results.code("results", &verdict)?);
        let head = head.with_number("x_total", number(total)).with_number("x_count", number(records.len()));
        Ok(Answer { head, records })
    }

    /// The bytes of an answer.
    pub fn write(&self, trade: TradeName, answer: Answer) -> Result<Vec<u8>, Unanswered> {
        let mut bytes = filled(&self.province.head.reply, answer.head)?;
        for record in answer.records {
            bytes.extend(filled(&self.province.trade(trade).record, record)?);
        }
        Ok(bytes)
    }

    fn records(&self, db: &Connection, asked: &Asked) -> Result<Vec<Record>, Unanswered> {
        let number = asked.body.text("aac002")?;
        let person = store::person_by_number(db, number)?.ok_or(ProblemCode::PersonUnknown)?;
        if person.civil_service {
            return Err(ProblemCode::CivilService.into());
        }
        let records = match asked.trade {
            TradeName::Enrolment => self.enrolments(db, &person)?,
            TradeName::Months => self.months(db, &person, &asked.body)?,
            TradeName::Account => vec![self.account(db, &person, &asked.body)?],
        };
        Ok(records.into_iter().map(|record| record.with_text("aac002", number)).collect())
    }

    fn all_months(&self, db: &Connection, person: &Person) -> Result<Vec<Contribution>, rusqlite::Error> {
        let mut months = store::contributions(db, person.person, Period::default(), clock::month_of(self.today))?;
        months.reverse();
        Ok(months)
    }

    fn enrolments(&self, db: &Connection, person: &Person) -> Result<Vec<Record>, Unanswered> {
        let last = clock::month_of(self.today).minus_months(1).unwrap_or_default();
        let all = enrolment::enrolments(person, &self.all_months(db, person)?, last);
        // Where the table has no code for somebody who is not enrolled, the service has no row for them either.
        let nowhere = self.province.standings.code("standings", &Standing::NotEnrolled).is_err();
        let told = all.iter().filter(|row| !nowhere || row.standing != Standing::NotEnrolled);
        told.map(|row| Ok(self.enrolment(person, row)?)).collect()
    }

    fn enrolment(&self, person: &Person, row: &Enrolment) -> Result<Record, Fault> {
        let province = &self.province;
        let form = if person.insured_as == InsuredAs::Flexible { Form::Flexible } else { Form::Employed };
        let employer = if let Employer::Named(name) = &row.employer { name } else { "" };
        let record = Record::default()
            .with_text("aae140", province.insurances.code("insurances", &row.insurance.to_owned())?)
            .with_text("aac031", province.standings.code("standings", &row.standing)?)
            .with_text("x_form", province.forms.code("forms", &form)?);
        let record = record.with_month("aac049", row.first).with_month("aac030", row.since);
        Ok(record.with_text("aab004", employer).with_number("x_months", number(row.paid)))
    }

    fn months(&self, db: &Connection, person: &Person, asked: &Record) -> Result<Vec<Record>, Unanswered> {
        let code = asked.text("aae140")?;
        let insurance = self.province.insurances.meaning("insurances", code)?;
        let booked = store::contributions(db, person.person, asked.month("x_from")?, asked.month("x_to")?)?;
        let booked = booked.iter().filter(|month| month.insurance == *insurance);
        let records: Result<Vec<_>, Fault> = booked.map(|month| self.month(code, month)).collect();
        if records.as_ref().is_ok_and(Vec::is_empty) { Err(ProblemCode::NoRecords.into()) } else { Ok(records?) }
    }

    fn month(&self, code: &str, month: &Contribution) -> Result<Record, Fault> {
        let kind = self.province.month_kinds.code("month_kinds", &month.status)?;
        let record = Record::default().with_text("aae140", code).with_month("aae003", Some(month.period));
        let record = record.with_text("x_kind", kind).with_number("x_base", month.base_fen);
        Ok(record.with_number("aae020", month.personal_fen).with_number("x_employer", month.employer_fen))
    }

    fn account(&self, db: &Connection, person: &Person, asked: &Record) -> Result<Record, Unanswered> {
        if person.insured_as == InsuredAs::Pensioner {
            return Err(ProblemCode::NotHere.into());
        }
        let wanted = asked.number("aae001")?;
        let ledger = account::ledger(&self.rules, &self.all_months(db, person)?, clock::month_of(self.today))?;
        let year = ledger.into_iter().find(|year| i64::from(year.year) == wanted).ok_or(ProblemCode::NoRecords)?;
        let (rate, interest) = year.interest.map_or((Value::None, Value::None), |(percent, fen)| {
            let hundredths = percent.replace(['.', '%'], "").parse();
            (hundredths.map_or(Value::None, Value::Number), Value::Number(fen))
        });
        let record = Record::default().with_number("aae001", wanted).with_number("x_months", number(year.months));
        let record = record.with_number("x_base", year.base_fen).with_number("x_opening", year.opening_fen);
        let record = record.with_number("x_credited", year.credited_fen).with_number("x_closing", year.closing_fen);
        Ok(record.with("x_rate", rate).with("x_interest", interest))
    }
}

/// A record with something in the fields that only this province has.
fn filled(layout: &Layout, mut record: Record) -> Result<Vec<u8>, RecordError> {
    for Field(name, _, kind) in &layout.0 {
        if !record.has(name) {
            let nothing = if *kind == Kind::Text { Value::Text(String::new()) } else { Value::None };
            record = record.with(name, nothing);
        }
    }
    layout.encode(&record)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
