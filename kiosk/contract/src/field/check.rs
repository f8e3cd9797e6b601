//! The check of each type of field: text in, value or the first thing that is wrong out.

use super::value::YES;
use super::{FieldError, FieldType, Reference, Value, When};
use crate::format::{CaseCode, Date, Identity, ItemCode, Period, check_new_pin, yuan_to_fen};

type Checked = Result<Value, FieldError>;

impl FieldType {
    /// Checks what was typed, scanned or sent.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, text: &str, today: Date) -> Checked {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::Missing);
        }
        match self {
            Self::Text { min_chars, max_chars } => plain(text, *min_chars, *max_chars),
            Self::ChineseName { min_chars, max_chars } => chinese_name(text, *min_chars, *max_chars),
            Self::IdNumber { archive } => Ok(Value::Text(Identity::parse(text, today, *archive)?.normalized)),
            Self::IdTail {} => id_tail(text),
            Self::Phone { landline } => phone(text, *landline),
            Self::Postcode {} => digits(text, 6),
            Self::Region {} => region(text),
            Self::Date { when } => date(text, *when, today),
            Self::MonthRange { most_months, .. } => month_range(text, *most_months, today),
            Self::Amount { min_fen, max_fen, step_fen } => amount(text, *min_fen, *max_fen, *step_fen),
            Self::Choice { options } => offered(text, options.iter().any(|option| option.value == text)),
            Self::Tier { tiers } => offered(text, tiers.iter().any(|tier| tier.value == text)),
            Self::Pledge { .. } if text == YES => Ok(Value::Accepted),
            Self::Pledge { .. } => Err(FieldError::NotAccepted),
            Self::BankAccount {} => bank_account(text),
            Self::Pin {} => Ok(check_new_pin(text, None).map(|()| Value::Withheld)?),
            Self::Reference { accepts } => reference(text, accepts),
            Self::FreeText { max_chars } => plain(text, 1, *max_chars),
        }
    }
}

fn require(right: bool, error: FieldError) -> Result<(), FieldError> {
    if right { Ok(()) } else { Err(error) }
}

fn of_length(text: &str, min_chars: u16, max_chars: u16) -> Result<(), FieldError> {
    let count = text.chars().count();
    require((usize::from(min_chars)..=usize::from(max_chars)).contains(&count), FieldError::Length)
}

fn all_digits(text: &str) -> Result<(), FieldError> {
    require(text.bytes().all(|byte| byte.is_ascii_digit()), FieldError::Charset)
}

fn digits(text: &str, count: u16) -> Checked {
    of_length(text, count, count)?;
    all_digits(text)?;
    Ok(Value::Text(text.to_owned()))
}

fn plain(text: &str, min_chars: u16, max_chars: u16) -> Checked {
    of_length(text, min_chars, max_chars)?;
    require(!text.chars().any(is_invisible), FieldError::Charset)?;
    Ok(Value::Text(text.to_owned()))
}

/// Control characters, and those of Unicode that turn or hide what stands beside them: a clerk must read what was filed.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFD}')
}

fn chinese_name(text: &str, min_chars: u16, max_chars: u16) -> Checked {
    const DOT: char = '\u{B7}';
    of_length(text, min_chars, max_chars)?;
    require(text.chars().all(|c| is_han(c) || c == DOT), FieldError::Charset)?;
    require(text.split(DOT).all(|part| !part.is_empty()), FieldError::Form)?;
    Ok(Value::Text(text.to_owned()))
}

/// Ideographs: 〇, the basic block with extension A, those for compatibility, and planes 2 and 3, which hold nothing else. Private
/// characters are another sign on every machine and are not among them.
const fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{2FFFD}' | '\u{30000}'..='\u{3FFFD}')
}

fn id_tail(text: &str) -> Checked {
    of_length(text, 4, 4)?;
    let (head, last) = text.split_at_checked(3).ok_or(FieldError::Charset)?;
    all_digits(head)?;
    require(last.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'x' | b'X')), FieldError::Charset)?;
    Ok(Value::Text(text.to_ascii_uppercase()))
}

fn phone(text: &str, landline: bool) -> Checked {
    if landline && text.starts_with('0') {
        return landline_number(text);
    }
    digits(text, 11)?;
    require(matches!(text.as_bytes(), [b'1', b'3'..=b'9', ..]), FieldError::Prefix)?;
    Ok(Value::Text(text.to_owned()))
}

/// Area code (010, 02x, otherwise four digits), then seven or eight digits that begin with 2 to 9.
fn landline_number(text: &str) -> Checked {
    require(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'), FieldError::Charset)?;
    let area_digits = match text.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => 3,
        [b'0', b'3'..=b'9', ..] => 4,
        _ => return Err(FieldError::Prefix),
    };
    let (area, rest) = text.split_at_checked(area_digits).ok_or(FieldError::Length)?;
    let number = rest.strip_prefix('-').unwrap_or(rest);
    require(!area.contains('-') && !number.contains('-'), FieldError::Form)?;
    of_length(number, 7, 8)?;
    require(number.starts_with(|c: char| matches!(c, '2'..='9')), FieldError::Prefix)?;
    Ok(Value::Text(format!("{area}-{number}")))
}

/// The first digit is one of the eight parts of the country.
fn region(text: &str) -> Checked {
    let code = digits(text, 6)?;
    require(text.starts_with(|c: char| matches!(c, '1'..='8')), FieldError::Prefix)?;
    Ok(code)
}

fn date(text: &str, when: When, today: Date) -> Checked {
    require(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'), FieldError::Charset)?;
    require(matches!(text.len(), 8 | 10), FieldError::Length)?;
    let date = Date::parse_iso(text).or_else(|| Date::parse_compact(text)).ok_or(FieldError::Date)?;
    match when {
        When::UntilToday if date > today => Err(FieldError::Future),
        When::FromToday if date < today => Err(FieldError::Past),
        When::Any | When::UntilToday | When::FromToday => Ok(Value::Date(date)),
    }
}

fn month_range(text: &str, most_months: u16, today: Date) -> Checked {
    let (from, to) = text.split_once('-').ok_or(FieldError::Form)?;
    let (from, to) = (Period::parse(from)?, Period::parse(to)?);
    let this_month = Period::new(today.year(), today.month()).ok_or(FieldError::Future)?;
    let months = Period::check_range(from, to, this_month)?;
    require(months <= most_months.into(), FieldError::TooManyMonths)?;
    Ok(Value::MonthRange { from, to })
}

fn amount(text: &str, min_fen: i64, max_fen: i64, step_fen: i64) -> Checked {
    let fen = yuan_to_fen(text)?;
    require(fen >= min_fen, FieldError::TooLow)?;
    require(fen <= max_fen, FieldError::TooHigh)?;
    let beyond_step = fen.checked_sub(min_fen).and_then(|above| above.checked_rem(step_fen));
    require(beyond_step == Some(0), FieldError::Step)?;
    Ok(Value::Fen(fen))
}

fn offered(text: &str, offered: bool) -> Checked {
    require(offered, FieldError::NotOffered)?;
    Ok(Value::Text(text.to_owned()))
}

fn bank_account(text: &str) -> Checked {
    let account: String = text.chars().filter(|c| *c != ' ').collect();
    all_digits(&account)?;
    of_length(&account, 12, 19)?;
    // 62 is the range of the country's bank cards; accounts that are none have no check digit in common.
    require(!account.starts_with("62") || passes_luhn(&account), FieldError::Check)?;
    Ok(Value::Text(account))
}

/// ISO/IEC 7812-1 annex B: every second digit from the right counts twice, as the sum of its digits.
fn passes_luhn(digits: &str) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits = digits.chars().rev().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.enumerate().map(|(at, digit)| if at % 2 == 1 { doubled(digit) } else { digit }).sum();
    sum.is_multiple_of(10)
}

/// Where several kinds are right, the kind whose length fits says what is wrong.
fn reference(text: &str, accepts: &[Reference]) -> Checked {
    let mut wrong = FieldError::Length;
    for kind in accepts {
        match kind.check(text) {
            Ok(number) => return Ok(Value::Text(number)),
            Err(FieldError::Length) => {}
            Err(error) => wrong = error,
        }
    }
    Err(wrong)
}

impl Reference {
    fn check(self, text: &str) -> Result<String, FieldError> {
        match self {
            Self::PickUp => digits(text, 8).map(|_| text.to_owned()),
            Self::Mandate => digits(text, 10).map(|_| text.to_owned()),
            Self::Case => Ok(CaseCode::parse(text)?.number()),
            Self::Item => Ok(ItemCode::parse(text)?.as_str().to_owned()),
            Self::Verification => {
                of_length(text, 6, 40)?;
                require(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), FieldError::Charset)?;
                Ok(text.to_ascii_uppercase())
            }
            Self::Sealed => {
                // Anything else is judged by its length: what somebody types is no code of a document.
                require(text.starts_with("SR1|"), FieldError::Length)?;
                of_length(text, 5, 400)?;
                require(text.bytes().all(|byte| byte.is_ascii_graphic()), FieldError::Charset)?;
                Ok(text.to_owned())
            }
        }
    }
}
