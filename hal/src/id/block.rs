//! The 256 bytes of text on a document's chip: UTF-16LE, filled with spaces, in four layouts. Pure and total.
//!
//! The character at byte 248 tells the layout: space resident, `J`, `I`, `Y`. Source: GA 490 for the resident card, the readers'
//! interface documents for the other three.

use std::collections::BTreeMap;

use super::{Document, Field, Kind};
use crate::day::Day;
use crate::private::Private;

/// Bytes of the block.
pub const BLOCK_BYTES: usize = 256;
/// Bytes of an address, here and in the reply to "newest address".
pub const ADDRESS_BYTES: usize = 70;
/// Where the type flag stands.
const FLAG: usize = 248;
/// Valid without end.
pub const LONG_TERM: &str = "长期";

/// Why a block is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBlock {
    /// Not 256 bytes.
    #[error("wrong length")]
    Length,
    /// Not UTF-16.
    #[error("not UTF-16")]
    Encoding,
    /// A type flag that nobody has told us of.
    #[error("unknown kind of document")]
    UnknownType,
    /// Not a calendar day.
    #[error("not a date")]
    Date,
    /// Not 0, 1, 2 or 9.
    #[error("not a sex")]
    Sex,
    /// The number's check character does not fit.
    #[error("the number is not one")]
    IdCheck,
}

type Layout = &'static [(Field, usize, usize)];

/// Field, offset, bytes. A field that stands twice is in two pieces.
const RESIDENT: Layout = &[
    (Field::Name, 0, 30),
    (Field::Sex, 30, 2),
    (Field::EthnicGroup, 32, 4),
    (Field::Birth, 36, 16),
    (Field::Address, 52, ADDRESS_BYTES),
    (Field::Number, 122, 36),
    (Field::Authority, 158, 30),
    (Field::ValidFrom, 188, 16),
    (Field::ValidTo, 204, 16),
];

const HMT_PERMIT: Layout = &[
    (Field::Name, 0, 30),
    (Field::Sex, 30, 2),
    (Field::Birth, 36, 16),
    (Field::Address, 52, ADDRESS_BYTES),
    (Field::Number, 122, 36),
    (Field::Authority, 158, 30),
    (Field::ValidFrom, 188, 16),
    (Field::ValidTo, 204, 16),
    (Field::TravelPermit, 220, 18),
    (Field::IssueCount, 238, 4),
];

const FOREIGNER_2017: Layout = &[
    (Field::LatinName, 0, 120),
    (Field::Sex, 120, 2),
    (Field::Number, 122, 30),
    (Field::Nationality, 152, 6),
    (Field::Name, 158, 30),
    (Field::ValidFrom, 188, 16),
    (Field::ValidTo, 204, 16),
    (Field::Birth, 220, 16),
    (Field::CardVersion, 236, 4),
    (Field::Authority, 240, 8),
];

const FOREIGNER_2023: Layout = &[
    (Field::Name, 0, 30),
    (Field::Sex, 30, 2),
    (Field::RenewalCount, 32, 4),
    (Field::Birth, 36, 16),
    (Field::LatinName, 52, 70),
    (Field::Number, 122, 36),
    (Field::ValidFrom, 188, 16),
    (Field::ValidTo, 204, 16),
    (Field::LatinName, 220, 22),
    (Field::Nationality, 242, 6),
    (Field::FormerPermit, 250, 6),
];

/// Reads a block.
///
/// # Errors
/// [`BadBlock`].
pub fn decode(block: &[u8]) -> Result<Document, BadBlock> {
    if block.len() != BLOCK_BYTES {
        return Err(BadBlock::Length);
    }
    let (kind, layout) = match block.get(FLAG..FLAG + 2) {
        Some(b" \0") => (Kind::Resident, RESIDENT),
        Some(b"J\0") => (Kind::HmtPermit, HMT_PERMIT),
        Some(b"I\0") => (Kind::Foreigner2017, FOREIGNER_2017),
        Some(b"Y\0") => (Kind::Foreigner2023, FOREIGNER_2023),
        _ => return Err(BadBlock::UnknownType),
    };
    let mut fields: BTreeMap<Field, Private<String>> = BTreeMap::new();
    for &(field, offset, length) in layout {
        let piece = utf16(block.get(offset..offset + length).unwrap_or_default())?;
        // Room for every piece of any field from the start: growing would leave a copy behind.
        fields
            .entry(field)
            .or_insert_with(|| Private::new(String::with_capacity(BLOCK_BYTES)))
            .reveal_mut()
            .push_str(piece.reveal());
    }
    for text in fields.values_mut() {
        let end = text.reveal().trim_end_matches([' ', '\0']).len();
        text.reveal_mut().truncate(end);
    }
    let birth = check(kind, &fields)?;
    Ok(Document { kind, fields, birth: Private::new(birth), photo: None })
}

fn check(kind: Kind, fields: &BTreeMap<Field, Private<String>>) -> Result<Day, BadBlock> {
    let text = |field| fields.get(&field).map_or("", |text| text.reveal());
    if !matches!(text(Field::Sex), "0" | "1" | "2" | "9") {
        return Err(BadBlock::Sex);
    }
    let day = |field| Day::from_digits(text(field)).ok_or(BadBlock::Date);
    let birth = day(Field::Birth)?;
    day(Field::ValidFrom)?;
    if text(Field::ValidTo) != LONG_TERM {
        day(Field::ValidTo)?;
    }
    let fits = kind == Kind::Foreigner2017 || check_character_fits(text(Field::Number));
    if fits { Ok(birth) } else { Err(BadBlock::IdCheck) }
}

/// GB 11643: the weighted sum of all eighteen characters, X counting ten, leaves 1 when divided by 11.
fn check_character_fits(number: &str) -> bool {
    let values = number.chars().enumerate().map(|(at, c)| if at == 17 && c == 'X' { Some(10) } else { c.to_digit(10) });
    let sum = values.zip((0..18).rev()).try_fold(0, |sum, (value, power)| Some((sum + value? * (1 << power)) % 11));
    number.len() == 18 && sum == Some(1)
}

/// The newest address: the chip's own field, or what reply 30 03 brings.
///
/// # Errors
/// [`BadBlock::Length`] or [`BadBlock::Encoding`].
pub fn address(bytes: &[u8]) -> Result<Private<String>, BadBlock> {
    if bytes.len() != ADDRESS_BYTES {
        return Err(BadBlock::Length);
    }
    let mut text = utf16(bytes)?;
    let end = text.reveal().trim_end_matches([' ', '\0']).len();
    text.reveal_mut().truncate(end);
    Ok(text)
}

fn utf16(bytes: &[u8]) -> Result<Private<String>, BadBlock> {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(u16::from_le_bytes));
    let mut text = Private::new(String::with_capacity(bytes.len() * 2));
    for c in char::decode_utf16(units) {
        text.reveal_mut().push(c.map_err(|_| BadBlock::Encoding)?);
    }
    Ok(text)
}
