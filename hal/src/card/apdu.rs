//! APDUs of the social security card: commands to bytes, answers to meaning.
//!
//! Pure and total: whatever a card answers becomes a value or a [`Malformed`]. Source: 社会保障卡规范 part 5
//! (commands, status words), part 10.1 (FCI), ISO/IEC 7816-3 (ATR) and 7816-4 (TLV).
//! Called by `ssc` and the reader driver; must never talk to a card itself.

use zeroize::Zeroizing;

use super::{Algorithm, Authority, CardError};

/// Name of the social security application: `sx1.sh.` and 社会保障 in GBK.
pub const SSSE_AID: [u8; 15] =
    [0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF];

/// Why bytes are not what the specification says. Maps to [`CardError::Garbled`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Shorter or longer than its own length byte, or than the specification's length.
    #[error("wrong length")]
    Length,
    /// A tag that does not belong there.
    #[error("unexpected tag")]
    Tag,
    /// Nested tag, length, value does not add up.
    #[error("broken TLV")]
    Tlv,
    /// An algorithm number that is not 01, 02 or 03.
    #[error("unknown algorithm")]
    Algorithm,
    /// A character or nibble outside the item's alphabet.
    #[error("character outside the alphabet")]
    Charset,
    /// Not a calendar day.
    #[error("not a date")]
    Date,
    /// Not GB18030.
    #[error("not GB18030 text")]
    Encoding,
    /// An item without which the file makes no sense is unset.
    #[error("a required item is missing")]
    Missing,
}

impl From<Malformed> for CardError {
    fn from(_: Malformed) -> Self {
        Self::Garbled
    }
}

/// Elementary files of the SSSE that are read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// EF05, issuer data.
    Issuer,
    /// EF06, holder data.
    Holder,
}

/// SELECT by name. Without Le, as the specification prints it: the FCI then comes by GET RESPONSE or at once.
#[must_use]
pub fn select_ssse() -> Vec<u8> {
    [&[0x00, 0xA4, 0x04, 0x00, 0x0F], SSSE_AID.as_slice()].concat()
}

/// SELECT EF under the current DF.
#[must_use]
pub const fn select_ef(file: File) -> [u8; 7] {
    let low = match file {
        File::Issuer => 0x05,
        File::Holder => 0x06,
    };
    [0x00, 0xA4, 0x02, 0x00, 0x02, 0xEF, low]
}

/// READ RECORD by identifier: means the same in every version. `le` 00 asks for all there is.
#[must_use]
pub const fn read_record(tag: u8, le: u8) -> [u8; 5] {
    [0x00, 0xB2, tag, 0x00, le]
}

/// READ RECORD by number, for cards that know no identifiers. `le` 00 asks for all there is.
#[must_use]
pub const fn read_record_number(number: u8, le: u8) -> [u8; 5] {
    [0x00, 0xB2, number, 0x04, le]
}

/// INTERNAL AUTHENTICATE: the card proves itself with what an authority prepared. Its answer is for that authority.
#[must_use]
pub fn internal_authenticate(process: [u8; 8], raw: [u8; 8]) -> Vec<u8> {
    [&[0x00, 0x88, 0x00, 0x00, 0x10], process.as_slice(), raw.as_slice()].concat()
}

/// GET RESPONSE for `le` bytes (00 means 256).
#[must_use]
pub const fn get_response(le: u8) -> [u8; 5] {
    [0x00, 0xC0, 0x00, 0x00, le]
}

/// GET CHALLENGE of `le` bytes: 4, 8 or 16.
#[must_use]
pub const fn get_challenge(le: u8) -> [u8; 5] {
    [0x00, 0x84, 0x00, 0x00, le]
}

/// EXTERNAL AUTHENTICATE with what the authority computed.
#[must_use]
pub fn external_authenticate(authority: &Authority) -> Vec<u8> {
    [&[0x00, 0x82, 0x00, authority.key_id, 0x10], authority.result.as_slice(), authority.raw.as_slice()].concat()
}

/// VERIFY with Lc 00: asks for the tries left and spends none.
#[must_use]
pub const fn ask_tries() -> [u8; 5] {
    [0x00, 0x20, 0x00, 0x00, 0x00]
}

/// VERIFY. `pin` as in [`pin_block`].
///
/// # Errors
/// As [`pin_block`].
pub fn verify(pin: &str) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    let block = pin_block(pin)?;
    Ok(Zeroizing::new([&[0x00, 0x20, 0x00, 0x00, lc(block.len())?], block.as_slice()].concat()))
}

/// CHANGE PIN: `80 5E 01 00 Lc`, old block, FF, new block. 社会保障卡规范 part 5 (CHANGE/RELOAD PIN, as in PBOC cards), and not CHANGE
/// REFERENCE DATA of ISO/IEC 7816-4 (`00 24`), by which these cards unblock a PIN under an issuer's key.
///
/// # Errors
/// As [`pin_block`].
pub fn change_pin(old: &str, new: &str) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    let (old, new) = (pin_block(old)?, pin_block(new)?);
    let header = [0x80, 0x5E, 0x01, 0x00, lc(old.len() + 1 + new.len())?];
    Ok(Zeroizing::new([&header, old.as_slice(), &[0xFF], new.as_slice()].concat()))
}

fn lc(length: usize) -> Result<u8, Malformed> {
    u8::try_from(length).map_err(|_| Malformed::Length)
}

/// The PIN as BCD, two to eight bytes; an odd number of digits ends in nibble F.
///
/// # Errors
/// [`Malformed::Length`] unless 4 to 16 characters, [`Malformed::Charset`] unless all are ASCII digits.
pub fn pin_block(pin: &str) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    if !(4..=16).contains(&pin.len()) {
        return Err(Malformed::Length);
    }
    if !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed::Charset);
    }
    // Reserved in full: a buffer that grows would leave half a PIN behind in freed memory.
    let mut block = Zeroizing::new(Vec::with_capacity(8));
    block.extend(pin.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => (high & 0x0F) << 4 | (low & 0x0F),
        [high] => (high & 0x0F) << 4 | 0x0F,
        _ => 0xFF,
    }));
    Ok(block)
}

/// Status words, in the classes that make a difference to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sw {
    /// 9000.
    Ok,
    /// 61xx: that many bytes wait for GET RESPONSE.
    MoreData(u8),
    /// 6Cxx: repeat with this Le.
    WrongLe(u8),
    /// 63Cx: that many tries are left.
    TriesLeft(u8),
    /// 6581: writing failed.
    Memory,
    /// 6700.
    Length,
    /// 6901: command not accepted in this state.
    State,
    /// 6981: the command does not fit the file's structure.
    Structure,
    /// 6982: security status not satisfied.
    Security,
    /// 6983: PIN or key locked.
    Locked,
    /// 6984: random number invalid.
    RandomInvalid,
    /// 6985: conditions of use not satisfied.
    Conditions,
    /// 6986: no EF selected.
    NoEf,
    /// 6988, 9302: MAC wrong.
    Mac,
    /// 6A80: data field wrong.
    Data,
    /// 6A81 (also: card blocked), 6D00, 6E00.
    NotSupported,
    /// 6A82.
    FileMissing,
    /// 6A83.
    RecordMissing,
    /// 6A86, 6B00.
    Params,
    /// 6A88, 9403: key not found.
    KeyMissing,
    /// 6F00: no further word from the card.
    Unspecified,
    /// 9303: application locked for good.
    PermanentlyLocked,
    /// 9401: funds do not suffice.
    Funds,
    /// 9406: no MAC available.
    NoMac,
    /// Anything else.
    Other(u16),
}

impl Sw {
    /// Decodes SW1 SW2.
    #[must_use]
    pub const fn new(sw1: u8, sw2: u8) -> Self {
        match (sw1, sw2) {
            (0x90, 0x00) => Self::Ok,
            (0x61, length) => Self::MoreData(length),
            (0x6C, le) => Self::WrongLe(le),
            (0x63, 0xC0..=0xCF) => Self::TriesLeft(sw2 & 0x0F),
            (0x65, 0x81) => Self::Memory,
            (0x67, 0x00) => Self::Length,
            (0x69, 0x01) => Self::State,
            (0x69, 0x81) => Self::Structure,
            (0x69, 0x82) => Self::Security,
            (0x69, 0x83) => Self::Locked,
            (0x69, 0x84) => Self::RandomInvalid,
            (0x69, 0x85) => Self::Conditions,
            (0x69, 0x86) => Self::NoEf,
            (0x69, 0x88) | (0x93, 0x02) => Self::Mac,
            (0x6A, 0x80) => Self::Data,
            (0x6A, 0x81) | (0x6D | 0x6E, 0x00) => Self::NotSupported,
            (0x6A, 0x82) => Self::FileMissing,
            (0x6A, 0x83) => Self::RecordMissing,
            (0x6A, 0x86) | (0x6B, 0x00) => Self::Params,
            (0x6A, 0x88) | (0x94, 0x03) => Self::KeyMissing,
            (0x6F, 0x00) => Self::Unspecified,
            (0x93, 0x03) => Self::PermanentlyLocked,
            (0x94, 0x01) => Self::Funds,
            (0x94, 0x06) => Self::NoMac,
            _ => Self::Other(u16::from_be_bytes([sw1, sw2])),
        }
    }
}

/// One answer of the card. Has no `Debug`: the data may be somebody's name.
pub struct Answer {
    /// What came before SW1 SW2.
    pub data: Vec<u8>,
    /// The status.
    pub sw: Sw,
}

impl Answer {
    /// Splits an answer into data and status; `None` where there are fewer than two bytes.
    #[must_use]
    pub fn new(mut bytes: Vec<u8>) -> Option<Self> {
        let (data, &[sw1, sw2]) = bytes.split_last_chunk::<2>()?;
        let length = data.len();
        bytes.truncate(length);
        Some(Self { data: bytes, sw: Sw::new(sw1, sw2) })
    }
}

/// File control information of the SSSE: `6F{84 name, A5{88 SFI, 9F0C{86 algorithm}}}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fci {
    /// Tag 84; empty where the card does not tell.
    pub aid: Vec<u8>,
    /// Tag 88.
    pub sfi: Option<u8>,
    /// Tag 86.
    pub announced: Option<Algorithm>,
}

impl Fci {
    /// Decodes the data of the SELECT answer. Unknown tags and whatever follows the template are passed over.
    ///
    /// # Errors
    /// [`Malformed::Tag`] without 6F, [`Malformed::Tlv`], [`Malformed::Algorithm`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let (0x6F, template, _) = tlv(bytes)? else { return Err(Malformed::Tag) };
        let aid = find_tlv(0x84, template)?.unwrap_or_default().to_vec();
        let proprietary = find_tlv(0xA5, template)?.unwrap_or_default();
        let sfi = find_tlv(0x88, proprietary)?.and_then(<[u8]>::first).copied();
        let issuer = find_tlv(0x9F0C, proprietary)?.unwrap_or_default();
        let announced = match find_tlv(0x86, issuer)? {
            None => None,
            Some([0x01]) => Some(Algorithm::Des),
            Some([0x02]) => Some(Algorithm::Ssf33),
            Some([0x03]) => Some(Algorithm::Sm4),
            Some(_) => return Err(Malformed::Algorithm),
        };
        Ok(Self { aid, sfi, announced })
    }

    /// The card's algorithm; where it announces none, that of its region (six digits).
    #[must_use]
    pub fn algorithm(&self, region: &str) -> Algorithm {
        let by_region = if region.starts_with("11") { Algorithm::Ssf33 } else { Algorithm::Des };
        self.announced.unwrap_or(by_region)
    }
}

/// First BER-TLV object: tag of one or two bytes, value, and what follows.
fn tlv(bytes: &[u8]) -> Result<(u16, &[u8], &[u8]), Malformed> {
    let (tag, rest) = match bytes {
        [first, rest @ ..] if first & 0x1F != 0x1F => (u16::from(*first), rest),
        [first, second, rest @ ..] => (u16::from_be_bytes([*first, *second]), rest),
        _ => return Err(Malformed::Tlv),
    };
    let (length, rest) = match rest {
        [length @ 0x00..=0x7F, rest @ ..] | [0x81, length, rest @ ..] => (usize::from(*length), rest),
        _ => return Err(Malformed::Tlv),
    };
    let (value, rest) = rest.split_at_checked(length).ok_or(Malformed::Tlv)?;
    Ok((tag, value, rest))
}

/// Value of the first object with this tag. Objects before it must be sound.
fn find_tlv(wanted: u16, mut bytes: &[u8]) -> Result<Option<&[u8]>, Malformed> {
    while !bytes.is_empty() {
        let (tag, value, rest) = tlv(bytes)?;
        if tag == wanted {
            return Ok(Some(value));
        }
        bytes = rest;
    }
    Ok(None)
}

/// Historical bytes of an ATR (thirteen on the cards the specification shows).
///
/// # Errors
/// [`Malformed::Tag`] where TS is neither 3B nor 3F, [`Malformed::Length`] where bytes lack.
pub fn historical(atr: &[u8]) -> Result<&[u8], Malformed> {
    let (&ts, rest) = atr.split_first().ok_or(Malformed::Length)?;
    if !matches!(ts, 0x3B | 0x3F) {
        return Err(Malformed::Tag);
    }
    let (&format, mut rest) = rest.split_first().ok_or(Malformed::Length)?;
    let mut announced = format >> 4;
    loop {
        let group = announced.count_ones() as usize;
        let (interface, after) = rest.split_at_checked(group).ok_or(Malformed::Length)?;
        rest = after;
        // Bit 8: the group ends in TD, which announces the next group.
        match interface.last() {
            Some(td) if announced & 0x8 != 0 => announced = td >> 4,
            _ => break,
        }
    }
    rest.get(..usize::from(format & 0x0F)).ok_or(Malformed::Length)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn card_speaks_t1_and_puts_a_check_byte_behind_its_history() {
        let atr = [0x3B, 0xE3, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0xAA, 0xBB, 0xCC, 0x12];
        assert_eq!(historical(&atr).unwrap(), [0xAA, 0xBB, 0xCC]);
    }

    #[test]
    fn answer_of_one_byte_is_no_answer() {
        assert!(Answer::new(vec![0x90]).is_none());
        assert!(Answer::new(Vec::new()).is_none());
    }

    #[test]
    fn old_and_new_pin_run_into_each_other() {
        let six = change_pin("580273", "482915").unwrap();
        assert_eq!(**six, [0x80, 0x5E, 0x01, 0x00, 0x07, 0x58, 0x02, 0x73, 0xFF, 0x48, 0x29, 0x15]);
        let five_and_four = change_pin("58027", "4829").unwrap();
        assert_eq!(**five_and_four, [0x80, 0x5E, 0x01, 0x00, 0x06, 0x58, 0x02, 0x7F, 0xFF, 0x48, 0x29]);
        assert_eq!(change_pin("580273", "482").err(), Some(Malformed::Length));
    }

    #[test]
    fn pin_with_full_width_digits_is_refused() {
        assert_eq!(pin_block("１２").err(), Some(Malformed::Charset));
    }
}
