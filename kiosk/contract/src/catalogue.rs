//! Services as data (服务事项). The kiosk knows kinds, field types and cell kinds, never an item: a new item is a new
//! record here and no new kiosk code.

use serde::{Deserialize, Serialize};

use crate::format::Period;

/// A text in the languages of the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// 简体中文; always there.
    pub zh: String,
    /// English; empty where nobody has translated it, the Chinese is shown then.
    #[serde(default)]
    pub en: String,
}

impl Text {
    /// The text in the language of `tag` ("zh", "en"); Chinese where that is missing.
    #[must_use]
    pub fn in_language(&self, tag: &str) -> &str {
        if tag == "en" && !self.en.is_empty() { &self.en } else { &self.zh }
    }
}

/// Everything this agency offers at this terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Catalogue {
    /// Changes with every change of any item.
    pub version: String,
    /// In the order they are shown.
    pub items: Vec<Item>,
}

impl Catalogue {
    /// The item with this id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }
}

/// What an item does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Shows records as a table; a slip may be printed from it.
    Query,
    /// The agency issues a document, the page printer prints it.
    Print,
}

/// One service item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// Short id ("Q02"), unique in the catalogue.
    pub id: String,
    /// Goes up with every change; every request names it and the agency may answer `item_changed`.
    pub version: u32,
    /// 事项名称.
    pub name: Text,
    /// A few words under the name.
    pub hint: Text,
    /// Name of a picture the terminal knows ("list", "certificate"); unknown ones show none.
    pub icon: String,
    /// What it does.
    pub kind: Kind,
    /// 设定依据.
    pub basis: String,
    /// What it asks for, in this order.
    pub inputs: Vec<Field>,
    /// Whether the result may be printed as a slip on the receipt printer.
    pub slip: bool,
}

/// One question an item asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Field {
    /// Names the answer in a request.
    pub key: String,
    /// The question, as it is shown.
    pub prompt: Text,
    /// What may be answered.
    pub kind: FieldKind,
}

/// What may be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// One of a few.
    Choice {
        /// Two to six.
        options: Vec<Choice>,
    },
    /// A range of months, offered as ready-made spans that end with the last full month.
    MonthRange {
        /// Offered in this order.
        spans: Vec<Span>,
    },
}

/// One possible answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Choice {
    /// What goes into the request (aae140 codes for insurances).
    pub value: String,
    /// What is shown.
    pub label: Text,
}

/// A ready-made range of months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "span", rename_all = "snake_case")]
pub enum Span {
    /// January of this year to the last full month; in January there is none, and it is not offered.
    ThisYear,
    /// January to December of the year before.
    LastYear,
    /// That many months up to the last full month, 1 to 36 (domain: 36 months a page at most).
    LastMonths {
        /// 1 to 36.
        months: u16,
    },
}

impl Span {
    /// The months meant, seen from `this_month` (which is not full yet). `None` where there is no such month.
    #[must_use]
    pub fn resolve(self, this_month: Period) -> Option<(Period, Period)> {
        let last_full = this_month.minus_months(1)?;
        match self {
            Self::ThisYear => {
                let first = Period::new(this_month.year(), 1)?;
                (first <= last_full).then_some((first, last_full))
            }
            Self::LastYear => {
                let year = this_month.year().checked_sub(1)?;
                Some((Period::new(year, 1)?, Period::new(year, 12)?))
            }
            Self::LastMonths { months } => Some((last_full.minus_months(months.checked_sub(1)?)?, last_full)),
        }
    }
}

/// An answer, as it goes into a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Value {
    /// The value of a [`Choice`].
    Choice {
        /// One of the options' values.
        value: String,
    },
    /// A range of months, both included.
    MonthRange {
        /// First month.
        from: Period,
        /// Last month.
        to: Period,
    },
}
