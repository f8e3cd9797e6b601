//! Records of fixed fields, as old core systems write them: every field has its place and its width in bytes, texts are GB18030. A layout
//! is data (`province`); here stands only how a field is written and read. Pure and total: no bytes make it panic, and what cannot be read
//! is an error that names the field, never what stands in it.

use std::collections::BTreeMap;
use std::fmt;

use contract::format::Period;
use encoding_rs::GB18030;
use serde::Deserialize;

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// At the left, filled up with blanks.
    Text,
    /// A key of a table: ASCII letters and digits, at the left, filled up with blanks.
    Code,
    /// Digits, at the right, filled up with zeros; nothing but blanks where there is none.
    Number,
    /// Money in fen, like a number; a minus may stand first.
    Fen,
    /// YYYYMM; nothing but blanks or zeros where there is none.
    Month,
}

/// One field of a layout: its name in the indicator set, its width in bytes, its kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Field(pub String, pub usize, pub Kind);

/// What stands in a field.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Of a text or a code.
    Text(String),
    /// Of a number, or fen.
    Number(i64),
    /// Of a month.
    Month(Period),
    /// Nothing: blanks.
    None,
}

/// The kind only: what is inside is somebody's.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Number(_) => "Number",
            Self::Month(_) => "Month",
            Self::None => "None",
        })
    }
}

/// Why bytes are no record, or a record has no bytes. Names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The bytes end before the field does.
    #[error("{0}: the bytes end before the field does")]
    Short(String),
    /// Bytes are left over.
    #[error("{0} bytes behind the last field")]
    Long(usize),
    /// Half a character, or bytes that are none; or a control character.
    #[error("{0}: not whole characters of GB18030")]
    Text(String),
    /// A code of something else than letters and digits.
    #[error("{0}: no code")]
    Code(String),
    /// Something else than digits.
    #[error("{0}: no number")]
    Number(String),
    /// No such month.
    #[error("{0}: no month")]
    Month(String),
    /// The value needs more than the field's bytes.
    #[error("{0}: longer than its {1} bytes")]
    TooLong(String, usize),
    /// No such field, nothing in it, or of another kind.
    #[error("{0}: not there")]
    Missing(String),
}

/// A record: its values by the fields' names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record(BTreeMap<String, Value>);

impl Record {
    /// With one more value.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.0.insert(field.to_owned(), value);
        self
    }

    /// With a text or a code.
    pub fn with_text(self, field: &str, text: &str) -> Self {
        self.with(field, Value::Text(text.to_owned()))
    }

    /// With a number or an amount.
    pub fn with_number(self, field: &str, number: i64) -> Self {
        self.with(field, Value::Number(number))
    }

    /// With a month, or none.
    pub fn with_month(self, field: &str, month: Option<Period>) -> Self {
        self.with(field, month.map_or(Value::None, Value::Month))
    }

    /// A text, which may be empty, or a code.
    pub fn text(&self, field: &str) -> Result<&str, RecordError> {
        match self.0.get(field) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(missing(field)),
        }
    }

    /// A number or an amount, where there may be none.
    pub fn number_or_none(&self, field: &str) -> Result<Option<i64>, RecordError> {
        match self.0.get(field) {
            Some(Value::Number(number)) => Ok(Some(*number)),
            Some(Value::None) => Ok(None),
            _ => Err(missing(field)),
        }
    }

    /// A number or an amount.
    pub fn number(&self, field: &str) -> Result<i64, RecordError> {
        self.number_or_none(field)?.ok_or_else(|| missing(field))
    }

    /// A number that counts something.
    pub fn count(&self, field: &str) -> Result<usize, RecordError> {
        usize::try_from(self.number(field)?).map_err(|_| RecordError::Number(field.to_owned()))
    }

    /// A month, where there may be none.
    pub fn month_or_none(&self, field: &str) -> Result<Option<Period>, RecordError> {
        match self.0.get(field) {
            Some(Value::Month(month)) => Ok(Some(*month)),
            Some(Value::None) => Ok(None),
            _ => Err(missing(field)),
        }
    }

    /// A month.
    pub fn month(&self, field: &str) -> Result<Period, RecordError> {
        self.month_or_none(field)?.ok_or_else(|| missing(field))
    }

    /// Whether the record has such a field.
    pub fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }
}

fn missing(field: &str) -> RecordError {
    RecordError::Missing(field.to_owned())
}

/// The fields of a record, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Layout(pub Vec<Field>);

impl Layout {
    /// How many bytes a record has.
    pub fn width_bytes(&self) -> usize {
        self.0.iter().fold(0, |sum, Field(_, width, _)| sum.saturating_add(*width))
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|field| field.0 == name)
    }

    /// The bytes of a record. What does not fit is refused, never cut.
    pub fn encode(&self, record: &Record) -> Result<Vec<u8>, RecordError> {
        let mut bytes = Vec::with_capacity(self.width_bytes());
        for field in &self.0 {
            let value = record.0.get(&field.0).ok_or_else(|| missing(&field.0))?;
            bytes.extend(field.encode(value)?);
        }
        Ok(bytes)
    }

    /// The record that these bytes are, no more and no fewer.
    pub fn decode(&self, bytes: &[u8]) -> Result<Record, RecordError> {
        let (record, rest) = self.decode_first(bytes)?;
        if rest.is_empty() { Ok(record) } else { Err(RecordError::Long(rest.len())) }
    }

    /// The record that these bytes begin with, and what follows.
    pub fn decode_first<'a>(&self, bytes: &'a [u8]) -> Result<(Record, &'a [u8]), RecordError> {
        let (mut record, mut rest) = (Record::default(), bytes);
        for field in &self.0 {
            let (own, after) = rest.split_at_checked(field.1).ok_or_else(|| RecordError::Short(field.0.clone()))?;
            record.0.insert(field.0.clone(), field.decode(own)?);
            rest = after;
        }
        Ok((record, rest))
    }
}

impl Field {
    fn encode(&self, value: &Value) -> Result<Vec<u8>, RecordError> {
        let Self(name, width, kind) = self;
        let mut bytes = match (kind, value) {
            (Kind::Text, Value::Text(text)) => self.encode_text(text)?,
            (Kind::Code, Value::Text(code)) if is_code(code) => code.as_bytes().to_vec(),
            (Kind::Number, Value::Number(number)) if *number >= 0 => format!("{number:0width$}").into_bytes(),
            (Kind::Fen, Value::Number(fen)) => format!("{fen:0width$}").into_bytes(),
            (Kind::Month, Value::Month(month)) => month.to_string().into_bytes(),
            (Kind::Number | Kind::Fen | Kind::Month, Value::None) => Vec::new(),
            _ => return Err(missing(name)),
        };
        if bytes.len() > *width {
            return Err(RecordError::TooLong(name.clone(), *width));
        }
        bytes.resize(*width, b' ');
        Ok(bytes)
    }

    fn encode_text(&self, text: &str) -> Result<Vec<u8>, RecordError> {
        let (bytes, _, lossy) = GB18030.encode(text);
        if lossy || text.chars().any(char::is_control) {
            return Err(RecordError::Text(self.0.clone()));
        }
        Ok(bytes.into_owned())
    }

    fn decode(&self, bytes: &[u8]) -> Result<Value, RecordError> {
        match self.2 {
            // A blank is no part of any longer character, so that trimming cannot cut one.
            Kind::Text => self.decode_text(without_blanks(bytes)).map(Value::Text),
            Kind::Code => self.decode_code(without_blanks(bytes)).map(Value::Text),
            Kind::Number => self.decode_number(bytes),
            Kind::Fen => match bytes.split_first() {
                Some((b'-', digits)) => match self.decode_number(digits)? {
                    Value::Number(fen) => Ok(Value::Number(-fen)),
                    _ => Err(RecordError::Number(self.0.clone())),
                },
                _ => self.decode_number(bytes),
            },
            Kind::Month => self.decode_month(bytes),
        }
    }

    fn decode_text(&self, bytes: &[u8]) -> Result<String, RecordError> {
        let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
        let text = text.filter(|text| !text.chars().any(char::is_control));
        text.map(Into::into).ok_or_else(|| RecordError::Text(self.0.clone()))
    }

    fn decode_code(&self, bytes: &[u8]) -> Result<String, RecordError> {
        let code = std::str::from_utf8(bytes).ok().filter(|code| is_code(code));
        code.map(str::to_owned).ok_or_else(|| RecordError::Code(self.0.clone()))
    }

    fn decode_number(&self, bytes: &[u8]) -> Result<Value, RecordError> {
        if bytes.iter().all(|byte| *byte == b' ') {
            return Ok(Value::None);
        }
        let digits = std::str::from_utf8(bytes).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse().ok());
        number.map(Value::Number).ok_or_else(|| RecordError::Number(self.0.clone()))
    }

    fn decode_month(&self, bytes: &[u8]) -> Result<Value, RecordError> {
        if bytes.iter().all(|byte| *byte == b' ') || bytes.iter().all(|byte| *byte == b'0') {
            return Ok(Value::None);
        }
        let month = std::str::from_utf8(bytes).ok().and_then(|text| Period::parse(text).ok());
        month.map(Value::Month).ok_or_else(|| RecordError::Month(self.0.clone()))
    }
}

/// Without the blanks that fill a field up; any other white space is somebody's mistake and stays.
fn without_blanks(mut bytes: &[u8]) -> &[u8] {
    while let Some((b' ', shorter)) = bytes.split_last() {
        bytes = shorter;
    }
    bytes
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests;
