//! Numbers of items (事项编码) and of cases (办件编号). Both begin with the agency's credit code, so that they are unique in the country.

use super::credit::{CreditCode, CreditError};
use super::date::Date;

/// Why a text is no item or case number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Not 31 or 33 characters (item), not 43 (case).
    Length,
    /// A character that cannot stand there.
    Charset,
    /// The agency's credit code does not check.
    Check,
    /// No such day in a case number.
    Date,
}

/// A checked item number: agency 18, type 1, base 12, and 2 of the agency's own implementation list (实施清单) where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemCode {
    text: String,
    agency: CreditCode,
}

impl ItemCode {
    /// Reads an item number.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of [`CodeError`].
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if !matches!(text.chars().count(), 31 | 33) {
            return Err(CodeError::Length);
        }
        let (agency, own) = text.split_at_checked(18).ok_or(CodeError::Charset)?;
        all_digits(own)?;
        let agency = CreditCode::parse(agency).map_err(|error| match error {
            CreditError::Check => CodeError::Check,
            CreditError::Charset | CreditError::Length => CodeError::Charset,
        })?;
        Ok(Self { text: text.to_owned(), agency })
    }

    /// The whole number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whose item it is.
    #[must_use]
    pub const fn agency(&self) -> &CreditCode {
        &self.agency
    }

    /// Type of power, one digit.
    #[must_use]
    pub fn item_type(&self) -> &str {
        self.text.get(18..19).unwrap_or_default()
    }

    /// 基本编码, twelve digits, the same in the whole country.
    #[must_use]
    pub fn base(&self) -> &str {
        self.text.get(19..31).unwrap_or_default()
    }

    /// The two digits of the implementation list.
    #[must_use]
    pub fn implementation(&self) -> Option<&str> {
        self.text.get(31..33)
    }
}

/// A checked case number: item 31, day 8, serial 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseCode {
    /// What was applied for, without implementation digits.
    pub item: ItemCode,
    /// The day on which it was filed.
    pub day: Date,
    /// Four digits, counted anew each day.
    pub serial: String,
}

impl CaseCode {
    /// Reads a case number.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of [`CodeError`].
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if text.chars().count() != 43 {
            return Err(CodeError::Length);
        }
        let (item, rest) = text.split_at_checked(31).ok_or(CodeError::Charset)?;
        all_digits(rest)?;
        let item = ItemCode::parse(item)?;
        let (day, serial) = rest.split_at_checked(8).ok_or(CodeError::Charset)?;
        Ok(Self { item, day: Date::parse_compact(day).ok_or(CodeError::Date)?, serial: serial.to_owned() })
    }

    /// The whole number.
    #[must_use]
    pub fn number(&self) -> String {
        let (year, month, day) = (self.day.year(), self.day.month(), self.day.day());
        format!("{}{year:04}{month:02}{day:02}{}", self.item.as_str(), self.serial)
    }
}

fn all_digits(text: &str) -> Result<(), CodeError> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { Ok(()) } else { Err(CodeError::Charset) }
}
