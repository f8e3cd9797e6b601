//! Why a text is wrong in its field. Words are looked up by [`FieldError::as_str`].

use serde::{Deserialize, Serialize};

use crate::format::{AmountError, CodeError, IdError, PeriodError, PinError, RangeError};

/// Why not. The list is closed; both sides know all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldError {
    /// Nothing was entered.
    Missing,
    /// The item asks for no such field, or not over the wire.
    Unknown,
    /// Too short or too long.
    Length,
    /// A character that cannot stand there.
    Charset,
    /// Right characters in wrong places: three places of a fen, a name that ends in `·`.
    Form,
    /// No such number begins like that.
    Prefix,
    /// The check digit is wrong.
    Check,
    /// No such day.
    Date,
    /// No such month.
    Month,
    /// After today, or after this month.
    Future,
    /// Before today.
    Past,
    /// The last month is before the first.
    Order,
    /// More months than can be asked for at once.
    TooManyMonths,
    /// Less than the least amount.
    TooLow,
    /// More than the greatest amount.
    TooHigh,
    /// Between two steps.
    Step,
    /// None of the options.
    NotOffered,
    /// The pledge was not given.
    NotAccepted,
    /// A 15-digit number identifies nobody any more.
    ArchiveOnly,
    /// A PIN of one digit only.
    Repeat,
    /// A PIN that counts up or down.
    Sequence,
    /// A PIN that is the holder's birth date.
    BirthDate,
}

impl FieldError {
    /// Every error, in this order.
    pub const ALL: [Self; 22] = [
        Self::Missing,
        Self::Unknown,
        Self::Length,
        Self::Charset,
        Self::Form,
        Self::Prefix,
        Self::Check,
        Self::Date,
        Self::Month,
        Self::Future,
        Self::Past,
        Self::Order,
        Self::TooManyMonths,
        Self::TooLow,
        Self::TooHigh,
        Self::Step,
        Self::NotOffered,
        Self::NotAccepted,
        Self::ArchiveOnly,
        Self::Repeat,
        Self::Sequence,
        Self::BirthDate,
    ];

    /// The code as it stands in messages and word tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Length => "length",
            Self::Charset => "charset",
            Self::Form => "form",
            Self::Prefix => "prefix",
            Self::Check => "check",
            Self::Date => "date",
            Self::Month => "month",
            Self::Future => "future",
            Self::Past => "past",
            Self::Order => "order",
            Self::TooManyMonths => "too_many_months",
            Self::TooLow => "too_low",
            Self::TooHigh => "too_high",
            Self::Step => "step",
            Self::NotOffered => "not_offered",
            Self::NotAccepted => "not_accepted",
            Self::ArchiveOnly => "archive_only",
            Self::Repeat => "repeat",
            Self::Sequence => "sequence",
            Self::BirthDate => "birth_date",
        }
    }
}

impl From<IdError> for FieldError {
    fn from(error: IdError) -> Self {
        match error {
            IdError::Length => Self::Length,
            IdError::Charset => Self::Charset,
            IdError::Date => Self::Date,
            IdError::Future => Self::Future,
            IdError::Check => Self::Check,
            IdError::ArchiveOnly => Self::ArchiveOnly,
        }
    }
}

impl From<PeriodError> for FieldError {
    fn from(error: PeriodError) -> Self {
        match error {
            PeriodError::Length => Self::Length,
            PeriodError::Charset => Self::Charset,
            PeriodError::Month => Self::Month,
        }
    }
}

impl From<RangeError> for FieldError {
    fn from(error: RangeError) -> Self {
        match error {
            RangeError::Order => Self::Order,
            RangeError::Future => Self::Future,
        }
    }
}

impl From<AmountError> for FieldError {
    fn from(error: AmountError) -> Self {
        match error {
            AmountError::Charset => Self::Charset,
            AmountError::Form => Self::Form,
            AmountError::TooLarge => Self::TooHigh,
        }
    }
}

impl From<CodeError> for FieldError {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Length => Self::Length,
            CodeError::Charset => Self::Charset,
            CodeError::Check => Self::Check,
            CodeError::Date => Self::Date,
        }
    }
}

impl From<PinError> for FieldError {
    fn from(error: PinError) -> Self {
        match error {
            PinError::Length => Self::Length,
            PinError::Charset => Self::Charset,
            PinError::Repeat => Self::Repeat,
            PinError::Sequence => Self::Sequence,
            PinError::BirthDate => Self::BirthDate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_called_otherwise_on_the_wire() {
        for error in FieldError::ALL {
            assert_eq!(serde_json::to_value(error).unwrap(), error.as_str());
        }
    }
}
