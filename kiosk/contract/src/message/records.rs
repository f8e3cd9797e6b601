//! Records: what an item was asked, and figures, columns and rows in answer.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Binding;
use crate::field::Value;
use crate::format::Period;

/// What an item was asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Query {
    /// Token of the visit.
    pub visit: String,
    /// From [`SignedIn::session`].
    pub session: String,
    /// Item id.
    pub item: String,
    /// Item version the citizen saw.
    pub item_version: u32,
    /// Answers by field id.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, crate::field::Answer>))]
    pub inputs: BTreeMap<String, Value>,
    /// Language of the texts wanted: `zh` or `en`.
    pub language: String,
}

/// One value of a result.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Cell {
    /// Shown as it is.
    Text(String),
    /// Money in fen.
    Fen(i64),
    /// A count of months.
    Months(u32),
    /// A month.
    Period(Period),
    /// Nothing.
    None,
}

/// The kind only: what is inside is somebody's.
impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Fen(_) => "Fen",
            Self::Months(_) => "Months",
            Self::Period(_) => "Period",
            Self::None => "None",
        })
    }
}

/// What a column holds: decides alignment and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// Left.
    Text,
    /// Right; hidden on slips unless asked for.
    Fen,
    /// Right.
    Months,
    /// Left.
    Period,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    /// Heading, in the language asked for.
    pub label: String,
    /// What it holds.
    pub kind: CellKind,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Row {
    /// One a column.
    pub cells: Vec<Cell>,
    /// What is out of the ordinary ("欠缴"); empty for most rows.
    #[serde(default)]
    pub mark: String,
}

/// A figure above the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figure {
    /// What it is, with its scope ("期内个人缴纳").
    pub label: String,
    /// The value.
    pub value: Cell,
}

/// A table, whoever's it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Table {
    /// Of what, in words: insurance and period, place or unit.
    pub scope: String,
    /// Two or three above somebody's records, with their scopes; at most one above what is published.
    pub figures: Vec<Figure>,
    /// One to five.
    pub columns: Vec<Column>,
    /// Newest first; at most 36 of somebody's records.
    pub rows: Vec<Row>,
    /// As of when, in words ("数据截至 2026年10月31日").
    pub as_of: String,
}

impl Table {
    /// Whether it can be shown: it has columns, not too many, and every row fits them.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        (1..=5).contains(&self.columns.len()) && self.rows.iter().all(|row| row.cells.len() == self.columns.len())
    }
}

/// Records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryResult {
    /// Visit and person.
    pub binding: Binding,
    /// What is known, its fields beside the binding.
    #[serde(flatten)]
    pub table: Table,
}
