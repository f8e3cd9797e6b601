//! What differs by province, as dated data (`../legacy/*.toml`, whose heads explain every key): how frames tell their length, where each
//! field stands, and what the codes mean. Checked whole when it is read, as every table of figures is. A code that the table does not list
//! has no meaning: it is refused by name, never guessed.

mod check;

use std::collections::BTreeMap;
use std::path::Path;

use contract::format::Date;
use contract::problem::ProblemCode;
use serde::Deserialize;

use super::Fault;
use super::frame::Framing;
use super::record::Layout;
use crate::records::enrolment::Standing;
use crate::rules::contribution::MonthKind;

/// One province's way to speak, as long as it holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Province {
    /// Whose it is, in words.
    pub name: String,
    /// The document that says so.
    pub source: String,
    /// The first day.
    pub effective_from: Date,
    /// The last day; open where there is none.
    #[serde(default)]
    pub effective_to: Option<Date>,
    /// How long one question may take, all frames of its answer together.
    pub deadline_ms: u64,
    /// The most records that one frame holds.
    pub records_per_frame: usize,
    /// How frames tell their length.
    pub frame: Framing,
    /// What stands in every request beside what is asked: the number of the office, of the counter.
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    /// What stands before every question and every answer.
    pub head: Head,
    /// The questions.
    pub trades: Trades,
    /// Insurances: theirs, and ours (aae140). More than one of theirs may be none that is shown here.
    pub insurances: Codes<String>,
    /// Standings of an enrolment (aac031).
    pub standings: Codes<Standing>,
    /// Who is insured by an employer, and who by themselves.
    pub forms: Codes<Form>,
    /// What became of a month.
    pub month_kinds: Codes<MonthKind>,
    /// Whether a question is answered, or why not.
    pub results: Codes<Verdict>,
}

/// What stands before a question, and before an answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Head {
    pub request: Layout,
    pub reply: Layout,
}

/// The questions that the service is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Trades {
    pub enrolment: Trade,
    pub months: Trade,
    pub account: Trade,
}

/// A question: its code, what it says, and what a record of the answer holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trade {
    /// 交易码.
    pub code: String,
    /// Behind the head of a request.
    pub asked: Layout,
    /// Each record behind the head of a reply.
    pub record: Layout,
}

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TradeName {
    Enrolment,
    Months,
    Account,
}

impl TradeName {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Enrolment, Self::Months, Self::Account];

    /// As it is called in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enrolment => "enrolment",
            Self::Months => "months",
            Self::Account => "account",
        }
    }

    /// The way back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// An employer too, who is named.
    Employed,
    /// The person alone.
    Flexible,
}

/// A result code: answered, or refused for a reason that the contract knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Verdict {
    /// Answered.
    Answered,
    /// Not.
    Refused(ProblemCode),
}

impl TryFrom<String> for Verdict {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "ok" {
            return Ok(Self::Answered);
        }
        // `other` is what a terminal has no words for: whoever writes a table has to find some.
        let known = ProblemCode::ALL.into_iter().find(|code| *code != ProblemCode::Other && code.as_str() == text);
        known.map(Self::Refused).ok_or_else(|| format!("{text:?} is neither \"ok\" nor a problem code of the contract"))
    }
}

/// A table of codes: theirs, and what each means here.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Codes<T>(pub BTreeMap<String, T>);

impl<T: PartialEq> Codes<T> {
    /// What a code of this table means.
    pub fn meaning(&self, table: &'static str, code: &str) -> Result<&T, Fault> {
        self.0.get(code).ok_or_else(|| Fault::Code(table, code.to_owned()))
    }

    /// The code that means this, the first where several do.
    pub fn code(&self, table: &'static str, meaning: &T) -> Result<&str, Fault> {
        let found = self.0.iter().find(|(_, one)| *one == meaning);
        found.map(|(code, _)| code.as_str()).ok_or(Fault::NoCode(table))
    }
}

/// Why the agency does not start: a province's table is wrong. Names the file, the key, what was found and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProvince {
    /// Not such a table at all.
    #[error("{0}: {1}")]
    Unreadable(String, String),
    /// A value that cannot be right.
    #[error("{file}: {key} is {found}; right would be {right}")]
    #[allow(missing_docs)]
    Wrong { file: String, key: String, found: String, right: String },
}

impl Province {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// See [`BadProvince`].
    pub fn read(file: &Path) -> Result<Self, BadProvince> {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file);
        let text = text.map_err(|error| BadProvince::Unreadable(name.clone(), error.to_string()))?;
        Self::parse(&name, &text)
    }

    /// The same, of a text.
    pub fn parse(file: &str, text: &str) -> Result<Self, BadProvince> {
        let read: Self =
            toml::from_str(text).map_err(|error| BadProvince::Unreadable(file.to_owned(), error.to_string()))?;
        check::check(file, &read)?;
        Ok(read)
    }

    /// Whether it holds on that day.
    pub fn in_force(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }

    /// Whether there is a day on which both hold.
    pub fn overlaps(&self, other: &Self) -> bool {
        let ends_before = |one: &Self, two: &Self| one.effective_to.is_some_and(|last| last < two.effective_from);
        !ends_before(self, other) && !ends_before(other, self)
    }

    /// The question of that name.
    pub const fn trade(&self, name: TradeName) -> &Trade {
        match name {
            TradeName::Enrolment => &self.trades.enrolment,
            TradeName::Months => &self.trades.months,
            TradeName::Account => &self.trades.account,
        }
    }
}
