//! What the service is asked, and how that is written. Knows which items it answers; all others stay the agency's own.

use contract::format::Period;
use contract::problem::ProblemCode;

use super::Fault;
use super::province::{Province, TradeName};
use super::record::{Field, Layout, Record};
use crate::calls::Refusal;
use crate::records::Asked;

/// One question about one person.
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    /// 社会保障号码 of the person who is signed in.
    pub id_number: String,
    /// What about them.
    pub about: About,
}

/// What a question is about.
#[derive(Clone, PartialEq, Eq)]
pub enum About {
    /// Q01: every insurance.
    Enrolment,
    /// Q02: the months of one insurance (aae140), both ends included.
    #[allow(missing_docs)]
    Months { insurance: String, from: Period, to: Period },
    /// Q03: this year of the pension account.
    Account(u16),
}

impl Question {
    /// The question behind an item, where the service answers it.
    pub fn of(item: &str, asked: &Asked<'_>) -> Result<Option<Self>, Refusal> {
        let about = match item {
            "Q01" => About::Enrolment,
            "Q02" => {
                let (from, to) = asked.months("period")?;
                About::Months { insurance: asked.choice("insurance")?.to_owned(), from, to }
            }
            "Q03" => {
                let year = asked.year()?;
                if year > asked.today.year() {
                    return Err(ProblemCode::PeriodInvalid.into());
                }
                About::Account(year)
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { id_number: asked.person.id_number.clone(), about }))
    }

    /// Which trade it is.
    pub const fn trade(&self) -> TradeName {
        match self.about {
            About::Enrolment => TradeName::Enrolment,
            About::Months { .. } => TradeName::Months,
            About::Account(_) => TradeName::Account,
        }
    }

    /// Whether its answer may need more than one frame.
    pub const fn goes_on(&self) -> bool {
        matches!(self.about, About::Months { .. })
    }

    /// The bytes of a request for the records from `start` on.
    pub fn body(&self, province: &Province, terminal: &str, sequence: u32, start: usize) -> Result<Vec<u8>, Fault> {
        let trade = province.trade(self.trade());
        let head = Record::default().with_text("x_trade", &trade.code).with_text("x_terminal", terminal);
        let head = head.with_number("x_sequence", sequence.into());
        let asked = Record::default().with_text("aac002", &self.id_number);
        let asked = match &self.about {
            About::Enrolment => asked,
            About::Months { insurance, from, to } => {
                let asked = asked.with_text("aae140", province.insurances.code("insurances", insurance)?);
                let asked = asked.with_month("x_from", Some(*from)).with_month("x_to", Some(*to));
                asked.with_number("x_start", i64::try_from(start).map_err(|_| Fault::Count)?)
            }
            About::Account(year) => asked.with_number("aae001", (*year).into()),
        };
        let mut bytes = written(province, &province.head.request, head)?;
        bytes.extend(written(province, &trade.asked, asked)?);
        Ok(bytes)
    }
}

/// A record with the province's constants where nothing else stands.
fn written(province: &Province, layout: &Layout, mut record: Record) -> Result<Vec<u8>, Fault> {
    for Field(name, ..) in &layout.0 {
        if let Some(constant) = province.constants.get(name).filter(|_| !record.has(name)) {
            record = record.with_text(name, constant);
        }
    }
    Ok(layout.encode(&record)?)
}
