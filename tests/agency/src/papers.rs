//! What stands on each document, as data for the one layout in `pdf`: title, facts, one table, notes. Chinese throughout, as legal texts
//! are (domain 7). Prints what is booked; the only things it computes are sums of the rows it prints. `calls/documents.rs` asks here and
//! keeps the result; a document is never made twice.
//!
//! | File | Items |
//! |---|---|
//! | [`certificate`] | P01 参保证明, and the table of months |
//! | `list` | P02 缴费清单 |
//! | `statement` | P03 个人权益记录单 |
//! | `benefit` | P04 待遇证明 |
//! | `transfer` | P05 养老保险参保缴费凭证 |

mod benefit;
mod certificate;
mod list;
pub mod statement;
mod transfer;

use contract::format::{Period, fen_to_capitals, fen_to_text};
use contract::problem::ProblemCode;

use crate::calls::Refusal;
use crate::records::Asked;
use crate::rules::retirement::Track;

/// Who issues. Invented, as the hall.
pub const AGENCY: &str = "示范区社会保险经办机构";

/// What a document says. Without `Debug`, as all that holds somebody's data.
#[derive(Clone, Default)]
pub struct Paper {
    pub title: &'static str,
    /// Under the title; empty for none.
    pub subtitle: String,
    /// What it is and what is said of the person, in reading order.
    pub facts: Vec<Fact>,
    pub table: Table,
    /// What the reader has to know, without numbers.
    pub notes: Vec<String>,
}

/// A label and its value.
#[derive(Clone)]
pub struct Fact {
    pub label: &'static str,
    pub value: String,
}

/// The one table of a document.
#[derive(Clone, Default)]
pub struct Table {
    pub title: &'static str,
    /// At the right above the table: unit, and what the marks mean.
    pub legend: &'static str,
    pub columns: Vec<Head>,
    pub rows: Vec<Vec<String>>,
    /// Below the rows, one a column; empty for none.
    pub totals: Vec<String>,
}

/// The head of a column.
#[derive(Clone, Copy)]
pub struct Head {
    pub label: &'static str,
    /// Share of the table's width, against those of the others.
    pub parts: u16,
    /// Numbers stand at the right.
    pub right: bool,
}

impl Head {
    pub const fn left(label: &'static str, parts: u16) -> Self {
        Self { label, parts, right: false }
    }

    pub const fn right(label: &'static str, parts: u16) -> Self {
        Self { label, parts, right: true }
    }
}

/// The document of an item of kind print.
pub fn compose(item: &str, asked: &Asked<'_>) -> Result<Paper, Refusal> {
    asked.own_scheme()?;
    match item {
        "P01" => certificate::compose(asked),
        "P02" => list::compose(asked),
        "P03" => statement::compose(asked),
        "P04" => benefit::compose(asked),
        "P05" => transfer::compose(asked),
        _ => Err(ProblemCode::BadRequest.into()),
    }
}

fn fact(label: &'static str, value: impl Into<String>) -> Fact {
    Fact { label, value: value.into() }
}

/// Name, sex and number: what every document begins with.
fn person(asked: &Asked<'_>) -> Vec<Fact> {
    let sex = if asked.person.track == Track::M { "男" } else { "女" };
    vec![
        fact("姓名", &asked.person.name),
        fact("性别", sex),
        fact("社会保障号码", &asked.person.id_number),
        fact("个人编号", personal_number(asked)),
    ]
}

/// aac001: the register's own number of a person.
fn personal_number(asked: &Asked<'_>) -> String {
    format!("{:010}", asked.person.person)
}

/// Money in figures and in capitals, as bills have it.
fn in_capitals(fen: i64) -> String {
    let capitals = fen_to_capitals(fen).map_or_else(String::new, |capitals| format!("（人民币{capitals}）"));
    format!("{} 元{capitals}", fen_to_text(fen))
}

/// A month, or a dash where there is none.
fn month_or_dash(month: Option<Period>) -> String {
    month.map_or_else(|| DASH.to_owned(), Period::dashed)
}

/// Nothing is known here.
const DASH: &str = "－";
