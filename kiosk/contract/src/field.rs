//! Fields: what an item may ask a person for, and what is right in each type of field.
//!
//! The kiosk checks what was typed ([`check_form`]) and sends the values; the agency checks the same values by the same rules
//! ([`check_received`]). `tests/vectors/fields.json` is the list of cases for both. A new item is a new list of fields here, in the
//! catalogue, and no code.
//!
//! Must never: look anything up. A check knows the text, the type and today; whether an account is the person's own, or a month
//! paid already, is for the agency to say.

mod check;
mod error;
mod form;
mod offer;
mod value;

use serde::{Deserialize, Serialize};

pub use error::FieldError;
pub use form::{Defect, check_form, check_received, to_send};
pub use offer::{Span, label_of};
pub use value::Value;

/// The same under a name that the contract's generator does not take for any JSON at all.
#[cfg(feature = "openapi")]
pub(crate) type Answer = Value;

use crate::catalogue::{Choice, Text};

/// One thing that an item asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Names the value in a form; unique in the item. The trade's code (`aae005`) where there is one.
    pub id: String,
    /// The question, as it is shown.
    pub label: Text,
    /// What may be entered.
    pub kind: FieldType,
    /// Whether it may be left empty.
    #[serde(default)]
    pub optional: bool,
    /// A few words below the question.
    #[serde(default)]
    pub hint: Option<Text>,
    /// Which of the agency's records fills it in beforehand.
    #[serde(default)]
    pub prefill: Option<String>,
    /// Code in the trade's set of indicators (LD/T): `aac003`.
    #[serde(default)]
    pub ldt: Option<String>,
}

/// What may be entered. Every text is freed of blanks at both ends first; lengths count characters.
// Types without parameters have braces: serde lets unknown keys pass beside those that have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FieldType {
    /// One line that is looked up or printed: an address, the name of an employer.
    Text {
        /// At least 1.
        min_chars: u16,
        /// At most.
        max_chars: u16,
    },
    /// 姓名: Han characters, rare ones too, and U+00B7 between the parts of a name.
    ChineseName {
        /// At least 1; most names have two.
        min_chars: u16,
        /// At most; names of minorities may be long.
        max_chars: u16,
    },
    /// Number of an identity document, as [`Identity`](crate::format::Identity) reads it.
    IdNumber {
        /// Whether a 15-digit number is right too: only where old files are looked for.
        #[serde(default)]
        archive: bool,
    },
    /// The last four characters of an identity number, as they stand on a slip's question: digits, the last perhaps an X.
    IdTail {},
    /// A mobile number: eleven digits, 13 to 19.
    Phone {
        /// Whether a landline with its area code is right too (`010-12345678`).
        #[serde(default)]
        landline: bool,
    },
    /// Six digits.
    Postcode {},
    /// 行政区划代码, GB/T 2260, six digits. Codes that were abolished still stand in files: only the form is checked.
    Region {},
    /// A day, as `2026-07-01` or `20260701`.
    Date {
        /// Which days.
        #[serde(default)]
        when: When,
    },
    /// Months, both included, as `202601-202606`: the first not after the last, the last not after this month.
    MonthRange {
        /// Offered to a finger in this order; one to six in a catalogue.
        #[serde(default)]
        spans: Vec<Span>,
        /// At most so many (domain 1.7: 36 a page).
        most_months: u16,
    },
    /// Money, typed in yuan with up to two places.
    Amount {
        /// Not less.
        min_fen: i64,
        /// Not more.
        max_fen: i64,
        /// Counted from the least; 1 for every amount.
        step_fen: i64,
    },
    /// One of a few; entered is the option's value.
    Choice {
        /// In the order they are shown.
        options: Vec<Choice>,
    },
    /// One of a few with an amount (缴费档次); entered is the tier's value.
    Tier {
        /// In the order they are shown.
        tiers: Vec<Tier>,
    },
    /// 承诺: the person says so, or does not file. Entered is `yes`.
    Pledge {
        /// What is pledged, in full.
        words: Text,
    },
    /// A bank account, 12 to 19 digits; blanks between groups are left out. Cards (62...) carry a check digit (Luhn).
    BankAccount {},
    /// A new PIN of the card, by [`check_new_pin`](crate::format::check_new_pin) without the holder's birth date, which is for the
    /// kiosk to add. It goes to the card and to nobody else.
    Pin {},
    /// A number that stands on a slip, a document or in a code.
    Reference {
        /// Any of these.
        accepts: Vec<Reference>,
    },
    /// What the person wants to say, on one line or wrapped: no control characters, a line break is one.
    FreeText {
        /// At most.
        max_chars: u16,
    },
}

/// Which days are right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Every day.
    #[default]
    Any,
    /// Today or before (date of losing a job).
    UntilToday,
    /// Today or later (booking).
    FromToday,
}

/// One step of a contribution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// What goes into the request.
    pub value: String,
    /// What is shown beside the amount.
    pub label: Text,
    /// What it costs.
    pub amount_fen: i64,
}

/// What kind of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reference {
    /// 取件码: eight digits, the short name of a case.
    PickUp,
    /// 办件编号: 43 characters.
    Case,
    /// 授权委托书编号: ten digits.
    Mandate,
    /// 事项编码: 31 or 33 characters.
    Item,
    /// 验证码 of a document: 6 to 40 of A to Z, digits and hyphens; small letters become capitals.
    Verification,
    /// The signed text of a document's QR code, opaque to the terminal: `SR1|` and at most 400 printable ASCII characters.
    Sealed,
}

impl FieldType {
    /// Whether the value may be sent to the agency.
    #[must_use]
    pub const fn leaves_the_kiosk(&self) -> bool {
        !matches!(self, Self::Pin {})
    }

    /// Whether what stands in a code on paper or on a telephone may answer it: a scanner then saves the typing.
    #[must_use]
    pub fn is_scannable(&self) -> bool {
        let in_a_code = |kind: &Reference| matches!(kind, Reference::Case | Reference::Sealed);
        matches!(self, Self::Reference { accepts } if accepts.iter().any(in_a_code))
    }

    /// A text that is right here, for the sentence "field, reason, example". Where the catalogue contradicts itself (no options, a
    /// minimum above the maximum) there is none, and what comes fails the check.
    #[must_use]
    pub fn example(&self) -> String {
        match self {
            Self::Text { min_chars, max_chars } => fitting("示例文字", *min_chars, *max_chars),
            Self::ChineseName { min_chars, max_chars } => fitting("张示例", *min_chars, *max_chars),
            Self::IdNumber { .. } => "190001196705120015".to_owned(),
            Self::IdTail {} => "001X".to_owned(),
            Self::Phone { .. } => "13800000000".to_owned(),
            Self::Postcode {} => "190000".to_owned(),
            Self::Region {} => "190001".to_owned(),
            Self::Date { when: When::FromToday } => "2099-12-31".to_owned(),
            Self::Date { when: When::Any | When::UntilToday } => "2020-01-31".to_owned(),
            Self::MonthRange { .. } => "202001-202001".to_owned(),
            Self::Amount { min_fen, .. } => value::yuan(*min_fen),
            Self::Choice { options } => options.first().map(|option| option.value.clone()).unwrap_or_default(),
            Self::Tier { tiers } => tiers.first().map(|tier| tier.value.clone()).unwrap_or_default(),
            Self::Pledge { .. } => value::YES.to_owned(),
            Self::BankAccount {} => "6200000000000005".to_owned(),
            Self::Pin {} => "804173".to_owned(),
            Self::Reference { accepts } => accepts.first().map(|one| one.example().to_owned()).unwrap_or_default(),
            Self::FreeText { max_chars } => fitting("情况说明", 1, *max_chars),
        }
    }
}

impl Reference {
    const fn example(self) -> &'static str {
        match self {
            Self::PickUp => "26070019",
            Self::Case => "1119000119A0B0C13M7002014005002202602280417",
            Self::Mandate => "2026110001",
            Self::Item => "1119000119A0B0C13M7002014005002",
            Self::Verification => "A1B2-C3D4-E5F6",
            Self::Sealed => "SR1|ed25519|0011223344556677|A1B2-C3D4-E5F6|2026-11-23|2027-02-23|sha256:00|00",
        }
    }
}

/// The words, over and over or cut, so that they fit.
fn fitting(words: &str, min_chars: u16, max_chars: u16) -> String {
    let natural = words.chars().count();
    words.chars().cycle().take(natural.max(min_chars.into()).min(max_chars.into())).collect()
}
