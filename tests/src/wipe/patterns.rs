//! What to look for: each secret as each encoding would leave it in memory or in a file.
//!
//! Pure. A text in UTF-8, UTF-16LE or GB18030, and each of these again as base64 and as hexadecimal, with and without blanks between bytes, as logs
//! of card commands have them; digits also as BCD, from an even and from an odd nibble, and this in hexadecimal with blanks (without, it is the text).
//! Must never find half a secret, and never show one: whoever prints says which secret and which encoding.

use std::collections::BTreeSet;

use encoding_rs::GB18030;

/// Of what nothing may be left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// The card's PIN.
    Pin,
    /// The PIN that is to come after it.
    NewPin,
    /// 姓名.
    Name,
    /// 社会保障号码.
    IdNumber,
    /// 卡号.
    CardNumber,
    /// 卡识别码, by which the agency knows a card.
    CardId,
    /// The telephone that the register has.
    Phone,
    /// The telephone that was typed.
    NewPhone,
    /// The address that was typed.
    Address,
    /// Letters on their way to Chinese text.
    Letters,
    /// Any of some runs of bytes of the certificate.
    Document,
}

impl Secret {
    /// What a report calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::NewPin => "new_pin",
            Self::Name => "name",
            Self::IdNumber => "id_number",
            Self::CardNumber => "card_number",
            Self::CardId => "card_id",
            Self::Phone => "phone",
            Self::NewPhone => "new_phone",
            Self::Address => "address",
            Self::Letters => "letters",
            Self::Document => "document",
        }
    }
}

/// One secret in one encoding.
pub struct Pattern {
    /// Whose find it is.
    pub secret: Secret,
    /// How it was written.
    pub encoding: String,
    /// What to look for; never shorter than [`MIN_BYTES`].
    pub bytes: Vec<u8>,
}

/// Shorter runs stand in any memory by chance.
pub const MIN_BYTES: usize = 5;

/// A text in every encoding; what two encodings write alike is listed once.
#[must_use]
pub fn of_text(secret: Secret, text: &str) -> Vec<Pattern> {
    let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let plain =
        [("utf-8", text.as_bytes().to_vec()), ("utf-16le", utf16), ("gb18030", GB18030.encode(text).0.into_owned())];
    let mut written: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, bytes) in plain {
        written.extend((0..3).map(|before| (format!("{name} base64/{before}"), base64(&bytes, before).into_bytes())));
        for (how, upper) in [("hex", false), ("HEX", true)] {
            written.push((format!("{name} {how}"), hex(&bytes, upper, "").into_bytes()));
            written.push((format!("{name} {how} with blanks"), hex(&bytes, upper, " ").into_bytes()));
        }
        written.push((name.to_owned(), bytes));
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        for nibble in 0..2 {
            let bytes = bcd(text, nibble);
            // Two bytes so written stand in any text by chance.
            if bytes.len() > 2 {
                written.push((format!("bcd/{nibble} hex with blanks"), hex(&bytes, false, " ").into_bytes()));
            }
            written.push((format!("bcd/{nibble}"), bytes));
        }
    }
    let mut seen = BTreeSet::new();
    written.retain(|(_, bytes)| bytes.len() >= MIN_BYTES && seen.insert(bytes.clone()));
    written.into_iter().map(|(encoding, bytes)| Pattern { secret, encoding, bytes }).collect()
}

/// A new PIN where a command brings it to the card. It has six digits, which are three bytes, and three stand in any memory by chance: looked
/// for is what stands before it, too. That is the length where the PIN is verified, and the old one's end and FF where it is changed.
#[must_use]
pub fn of_new_pin(old: &str, new: &str) -> Vec<Pattern> {
    let (old, new) = (bcd(old, 0), bcd(new, 0));
    let length = u8::try_from(new.len()).unwrap_or(0);
    let before = [[0x00, length], [old.last().copied().unwrap_or(0), 0xFF]];
    let bytes = before.into_iter().map(|before| [before.as_slice(), new.as_slice()].concat());
    bytes.map(|bytes| Pattern { secret: Secret::NewPin, encoding: "in a command".to_owned(), bytes }).collect()
}

/// What is written in hexadecimal, as text and as the bytes it means.
#[must_use]
pub fn of_hex(secret: Secret, text: &str) -> Vec<Pattern> {
    let mut patterns = of_text(secret, text);
    let digits = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Vec<u8> = text.as_bytes().chunks(2).filter_map(digits).collect();
    patterns.push(of_bytes(secret, &bytes));
    patterns
}

/// Bytes as they are.
#[must_use]
pub fn of_bytes(secret: Secret, bytes: &[u8]) -> Pattern {
    Pattern { secret, encoding: "bytes".to_owned(), bytes: bytes.to_vec() }
}

/// The characters of base64 that depend on `bytes` alone, where `before` more bytes (modulo 3) stand in front of them.
fn base64(bytes: &[u8], before: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<bool> = vec![0; before]
        .iter()
        .chain(bytes)
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
        .collect();
    let mixed = (before * 8).div_ceil(6);
    let sextets = bits.chunks_exact(6).skip(mixed);
    let value = |sextet: &[bool]| sextet.iter().fold(0, |value, bit| value << 1 | usize::from(*bit));
    sextets.filter_map(|sextet| ALPHABET.get(value(sextet))).map(|byte| char::from(*byte)).collect()
}

fn hex(bytes: &[u8], upper: bool, between: &str) -> String {
    let bytes = bytes.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
    bytes.collect::<Vec<_>>().join(between)
}

/// Two digits a byte, where the first digit stands in an even nibble (0) or an odd one (1); what shares a byte with a neighbour is left out.
fn bcd(digits: &str, nibble: usize) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().skip(nibble).map(|byte| byte & 0x0F).collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_missed_because_something_stands_before_it() {
        // "a", "ab", "abc" before "19700692468", something behind it: from any encoder.
        let whole = ["MTk3MDA2OTI0Njgu", "YTE5NzAwNjkyNDY4Lg==", "YWIxOTcwMDY5MjQ2OC4="];
        for (before, text) in whole.iter().enumerate() {
            let found = base64(b"19700692468", before);
            assert!(text.contains(&found) && found.len() >= 13, "{before}: {found}");
        }
        assert_eq!(base64(b"19700692468", 0), "MTk3MDA2OTI0Nj");
        assert_eq!(base64("砚".as_bytes(), 0), "56Ca");
    }

    #[test]
    fn a_pin_is_missed_in_a_command() {
        assert_eq!(bcd("739150842617", 0), [0x73, 0x91, 0x50, 0x84, 0x26, 0x17]);
        // One nibble before it, or one digit too many for whole bytes.
        assert_eq!(bcd("739150842617", 1), [0x39, 0x15, 0x08, 0x42, 0x61]);
        assert_eq!(bcd("19700692468", 0), [0x19, 0x70, 0x06, 0x92, 0x46]);
        assert_eq!(bcd("19700692468", 1), [0x97, 0x00, 0x69, 0x24, 0x68]);
    }

    #[test]
    fn a_new_pin_is_missed_in_a_command_or_in_a_log_of_commands() {
        let (old, new) = ("739150842617", "406283");
        let found = |patterns: &[Pattern], bytes: &[u8]| {
            patterns.iter().any(|pattern| bytes.windows(pattern.bytes.len()).any(|at| at == pattern.bytes))
        };
        let (verify, change) = (hal::card::apdu::verify(new).unwrap(), hal::card::apdu::change_pin(old, new).unwrap());
        for command in [&verify, &change] {
            assert!(found(&of_new_pin(old, new), command));
            assert!(found(&of_text(Secret::NewPin, new), hex(command, true, " ").as_bytes()));
        }
        assert!(found(&of_text(Secret::Pin, old), hex(&change, true, " ").as_bytes()));
        assert!(
            [of_text(Secret::NewPin, new), of_new_pin(old, new)].iter().flatten().all(|it| it.bytes.len() >= MIN_BYTES)
        );
    }

    #[test]
    fn a_name_is_looked_for_in_one_encoding_only() {
        let patterns = of_text(Secret::Name, "司徒砚舟");
        let of = |encoding: &str| patterns.iter().find(|pattern| pattern.encoding == encoding).unwrap().bytes.clone();
        assert_eq!(of("utf-16le"), [0xF8, 0x53, 0x92, 0x5F, 0x1A, 0x78, 0x1F, 0x82]);
        assert_eq!(of("gb18030"), [0xCB, 0xBE, 0xCD, 0xBD, 0xD1, 0xE2, 0xD6, 0xDB]);
        assert_eq!(of("utf-8 hex"), b"e58fb8e5be92e7a09ae8889f");
        assert_eq!(of("gb18030 HEX"), b"CBBECDBDD1E2D6DB");
        assert_eq!(of("gb18030 HEX with blanks"), b"CB BE CD BD D1 E2 D6 DB");
        assert_eq!(patterns.len(), 24);
    }

    #[test]
    fn the_same_bytes_are_counted_twice() {
        let patterns = of_text(Secret::Phone, "19700692468");
        let bytes: BTreeSet<_> = patterns.iter().map(|pattern| &pattern.bytes).collect();
        assert_eq!(bytes.len(), patterns.len());
        assert!(patterns.iter().all(|pattern| pattern.bytes.len() >= MIN_BYTES));
    }
}
