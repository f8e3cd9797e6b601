//! Records of EF05 (issuer) and EF06 (holder): tag(1) len(1) value.
//!
//! Pure and total. Source: 社会保障卡规范, data items. `cn` items are BCD filled with nibble F, `an` items ASCII or
//! Chinese text filled with 00; real cards also leave either all FF. Called by `ssc`; must never show what it reads.

use encoding_rs::GB18030;
use zeroize::Zeroizing;

use super::apdu::{Fci, File, Malformed};
use super::{Holder, Issuer, SpecVersion};
use crate::day::Day;
use crate::private::Private;

/// What is read of EF05: identifier and Le. The card number's Le is open: some cards hold more than its nine bytes.
pub const ISSUER_RECORDS: [(u8, u8); 6] =
    [(0x01, 0x12), (0x02, 0x03), (0x03, 0x06), (0x05, 0x06), (0x06, 0x06), (0x07, 0x00)];

/// What is read of EF06: identifier and Le. Version 1 cards have no 4E.
pub const HOLDER_RECORDS: [(u8, u8); 3] = [(0x08, 0x14), (0x09, 0x20), (0x4E, 0x16)];

/// A value that is set. Has no `Debug`: it may be somebody's birthday.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, digits, or upper-case hexadecimal for the `cn` items that are not decimal.
    Text(Private<String>),
    /// A day.
    Date(Day),
}

impl Value {
    fn text(self) -> Option<Private<String>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Date(_) => None,
        }
    }

    fn date(self) -> Option<Day> {
        match self {
            Self::Date(date) => Some(date),
            Self::Text(_) => None,
        }
    }
}

/// Decodes one record of `file` into its tag and its value; `None` where the value is unset.
///
/// # Errors
/// [`Malformed`], closest reason first. A name record is judged alone here; [`holder`] joins 09 and 4E.
pub fn decode(file: File, record: &[u8]) -> Result<(u8, Option<Value>), Malformed> {
    let (tag, value) = split(record)?;
    let decoded = match (file, tag) {
        (File::Issuer, 0x01) => hex(sized(value, 16)?),
        (File::Issuer, 0x04) => hex(sized(value, 12)?),
        (File::Issuer, 0x02) | (File::Holder, 0x0A) => text(sized(value, 1)?)?,
        (File::Issuer, 0x03) => text(sized(value, 4)?)?,
        (File::Issuer, 0x07) => text(value.get(..9).ok_or(Malformed::Length)?)?,
        (File::Holder, 0x08) => text(sized(value, 18)?)?,
        (File::Holder, 0x0B) => digits(sized(value, 1)?)?,
        (File::Holder, 0x0C) => digits(sized(value, 3)?)?,
        (File::Holder, 0x09 | 0x4E) => name(filled(value))?,
        (File::Issuer, 0x05 | 0x06) | (File::Holder, 0x0D) => return Ok((tag, date(value)?.map(Value::Date))),
        _ => return Err(Malformed::Tag),
    };
    Ok((tag, decoded.map(|text| Value::Text(Private::new(text)))))
}

/// Issuer data from the records of EF05, in any order; absent records count as unset.
///
/// # Errors
/// [`Malformed`]; the card identification must be there.
pub fn issuer(records: &[Vec<u8>], fci: &Fci, historical: &[u8]) -> Result<Issuer, Malformed> {
    let text = |tag| Ok::<_, Malformed>(find(File::Issuer, records, tag)?.and_then(Value::text));
    let date = |tag| Ok(find(File::Issuer, records, tag)?.and_then(Value::date));
    let card_id = text(0x01)?.ok_or(Malformed::Missing)?;
    let region = card_id.reveal().get(..6).ok_or(Malformed::Length)?.to_owned();
    if !region.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed::Charset);
    }
    Ok(Issuer {
        algorithm: fci.algorithm(&region),
        card_id,
        region,
        // Nothing is decided by class and number: a card that has nonsense there is a card all the same.
        class: text(0x02).unwrap_or_default().and_then(|class| class.reveal().chars().next()),
        spec: text(0x03)?.map_or(Ok(SpecVersion { major: 1, minor: 0 }), |text| version(text.reveal()))?,
        issued: date(0x05)?,
        expires: date(0x06)?,
        card_number: text(0x07).unwrap_or_default(),
        historical: Private::new(hex_text(historical)),
    })
}

/// Holder data from the records of EF06, in any order.
///
/// # Errors
/// [`Malformed`]; number and name must be there.
pub fn holder(records: &[Vec<u8>]) -> Result<Holder, Malformed> {
    let id_number = find(File::Holder, records, 0x08)?.and_then(Value::text).ok_or(Malformed::Missing)?;
    // Bytes are joined before they are decoded: a four-byte character may lie across the two records.
    let mut joined = Zeroizing::new(Vec::with_capacity(64));
    for tag in [0x09, 0x4E] {
        if let Some(record) = records.iter().find(|record| record.first() == Some(&tag)) {
            joined.extend_from_slice(filled(split(record)?.1));
        }
    }
    let name = name(&joined)?.ok_or(Malformed::Missing)?;
    Ok(Holder { id_number, name: Private::new(name) })
}

fn find(file: File, records: &[Vec<u8>], tag: u8) -> Result<Option<Value>, Malformed> {
    let record = records.iter().find(|record| record.first() == Some(&tag));
    record.map_or(Ok(None), |record| Ok(decode(file, record)?.1))
}

/// Tag and value of a record that is exactly as long as it says.
fn split(record: &[u8]) -> Result<(u8, &[u8]), Malformed> {
    match record {
        [tag, length, value @ ..] if value.len() == usize::from(*length) => Ok((*tag, value)),
        _ => Err(Malformed::Length),
    }
}

fn sized(value: &[u8], length: usize) -> Result<&[u8], Malformed> {
    if value.len() == length { Ok(value) } else { Err(Malformed::Length) }
}

/// The part before the filling. Neither 00 nor FF can be part of a character.
fn filled(value: &[u8]) -> &[u8] {
    value.split(|byte| matches!(byte, 0x00 | 0xFF)).next().unwrap_or_default()
}

fn unset(value: &[u8]) -> bool {
    value.iter().all(|byte| *byte == 0xFF) || value.iter().all(|byte| *byte == 0x00)
}

fn text(value: &[u8]) -> Result<Option<String>, Malformed> {
    let value = filled(value).trim_ascii_end();
    if !value.iter().all(u8::is_ascii_graphic) {
        return Err(Malformed::Charset);
    }
    let text: String = value.iter().copied().map(char::from).collect();
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn hex(value: &[u8]) -> Option<String> {
    (!unset(value)).then(|| hex_text(value))
}

fn hex_text(bytes: &[u8]) -> String {
    // Reserved in full: a text that grows would leave a shorter copy of itself behind.
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(
        nibbles(bytes).filter_map(|nibble| char::from_digit(nibble, 16)).map(|digit| digit.to_ascii_uppercase()),
    );
    text
}

fn nibbles(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.iter().flat_map(|byte| [u32::from(byte >> 4), u32::from(byte & 0x0F)])
}

/// Decimal `cn` item: digits, then nibbles F to the end.
fn digits(value: &[u8]) -> Result<Option<String>, Malformed> {
    if unset(value) {
        return Ok(None);
    }
    let text = hex_text(value);
    let digits = text.trim_end_matches('F');
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed::Charset);
    }
    Ok(Some(digits.to_owned()))
}

fn date(value: &[u8]) -> Result<Option<Day>, Malformed> {
    let value = sized(value, 4)?;
    if unset(value) {
        return Ok(None);
    }
    let mut number = 0;
    for nibble in nibbles(value) {
        if nibble > 9 {
            return Err(Malformed::Date);
        }
        number = number * 10 + nibble;
    }
    Day::from_number(number).map(Some).ok_or(Malformed::Date)
}

/// Three characters count: digit, point, digit.
fn version(text: &str) -> Result<SpecVersion, Malformed> {
    match text.as_bytes() {
        [major @ b'1'..=b'3', b'.', minor @ b'0'..=b'9', ..] => {
            Ok(SpecVersion { major: major - b'0', minor: minor - b'0' })
        }
        _ => Err(Malformed::Charset),
    }
}

fn name(bytes: &[u8]) -> Result<Option<String>, Malformed> {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or(Malformed::Encoding)?;
    if text.chars().any(char::is_control) {
        return Err(Malformed::Encoding);
    }
    // Spaces at the end are no part of a name.
    Ok(Some(text.trim_end().to_owned()).filter(|text| !text.is_empty()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn day(bytes: [u8; 4]) -> Result<Option<Day>, Malformed> {
        date(&bytes)
    }

    #[test]
    fn leap_day_of_a_year_that_has_none() {
        assert!(day([0x20, 0x00, 0x02, 0x29]).unwrap().is_some());
        assert_eq!(day([0x19, 0x00, 0x02, 0x29]), Err(Malformed::Date));
        assert_eq!(day([0x20, 0x23, 0x02, 0x29]), Err(Malformed::Date));
        assert_eq!(day([0x20, 0x23, 0x00, 0x10]), Err(Malformed::Date));
    }

    #[test]
    fn version_three_card_leaves_its_number_empty() {
        for filling in [0x00, 0xFF] {
            let record = [vec![0x07, 0x09], vec![filling; 9]].concat();
            assert!(decode(File::Issuer, &record).unwrap().1.is_none());
        }
    }

    #[test]
    fn card_holds_more_than_nine_characters_of_number() {
        let record = [&[0x07, 0x0C], b"A00000303XYZ".as_slice()].concat();
        let Some(Value::Text(number)) = decode(File::Issuer, &record).unwrap().1 else { panic!("no number") };
        assert_eq!(number.reveal(), "A00000303");
    }

    #[test]
    fn name_filled_with_spaces_is_another_name() {
        let records = [
            [&[0x08, 0x12], b"190001196705120015".as_slice()].concat(),
            [&[0x09, 0x07], b"SAMPLE ".as_slice()].concat(),
            [&[0x4E, 0x09], b"EVERETT  ".as_slice()].concat(),
        ];
        assert_eq!(holder(&records).unwrap().name.reveal(), "SAMPLE EVERETT");
    }

    #[test]
    fn old_name_left_behind_the_filling_is_not_read() {
        let record = [0x09, 0x06, 0xC1, 0xD6, 0x00, 0xC1, 0xD6, 0x00];
        let Some(Value::Text(name)) = decode(File::Holder, &record).unwrap().1 else { panic!("no name") };
        assert_eq!(name.reveal(), "林");
    }
}
