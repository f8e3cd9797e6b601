//! Chinese text for receipt printers, pure: GB18030 bytes between FS & and FS . , and what lies outside a printer's set.
//!
//! A four-byte code has no byte below 30h, so text can never fake a command.

use encoding_rs::GB18030;

/// Enters kanji mode (FS &).
pub const KANJI_ON: [u8; 2] = [0x1C, 0x26];
/// Leaves kanji mode (FS .); needed before commands and pure ASCII.
pub const KANJI_OFF: [u8; 2] = [0x1C, 0x2E];

/// The one character that has no code (WHATWG Encoding, gb18030 encoder, step 3).
const WITHOUT_CODE: char = '\u{E5E5}';

/// Characters a printer's ROM holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// 1980: rows 1 to 9 and 16 to 87.
    Gb2312,
    /// 1995: all two-byte codes but the corner FE50 to FEA0, which had no characters at first and differs between ROMs.
    Gbk,
    /// Everything.
    Gb18030,
}

impl Charset {
    /// Whether the set holds this character.
    #[must_use]
    pub fn holds(self, c: char) -> bool {
        if c.is_ascii() {
            return true;
        }
        if self == Self::Gb18030 {
            return c != WITHOUT_CODE;
        }
        match (self, encode_char(c).as_slice()) {
            (_, []) => false,
            (Self::Gbk, &[lead, trail]) => !(lead == 0xFE && trail < 0xA1),
            (Self::Gb2312, &[lead, trail]) => trail >= 0xA1 && matches!(lead, 0xA1..=0xA9 | 0xB0..=0xF7),
            _ => false,
        }
    }

    /// The characters outside the set, each once, in order of first appearance.
    #[must_use]
    pub fn outside(self, text: &str) -> Vec<char> {
        let mut outside = Vec::new();
        for c in text.chars() {
            if !self.holds(c) && !outside.contains(&c) {
                outside.push(c);
            }
        }
        outside
    }
}

fn encode_char(c: char) -> Vec<u8> {
    let mut buffer = [0; 4];
    let (bytes, _, failed) = GB18030.encode(c.encode_utf8(&mut buffer));
    if failed { Vec::new() } else { bytes.into_owned() }
}

/// Text as GB18030, without the kanji mode commands. Control characters, which a printer would obey, become `?`.
#[must_use]
pub fn encode(text: &str) -> Vec<u8> {
    let safe: String = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    GB18030.encode(&safe).0.into_owned()
}

/// Text with its kanji mode commands; pure ASCII needs none.
#[must_use]
pub fn in_kanji_mode(text: &str) -> Vec<u8> {
    let bytes = encode(text);
    if bytes.is_ascii() {
        return bytes;
    }
    [&KANJI_ON[..], &bytes, &KANJI_OFF].concat()
}

/// Width in ASCII cells: Chinese characters take two.
#[must_use]
pub fn cells(text: &str) -> usize {
    text.chars().map(char_cells).sum()
}

/// Width of one character in ASCII cells.
#[must_use]
pub const fn char_cells(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_without_a_code_is_sent() {
        let all = ('\u{80}'..=char::MAX).filter(|c| encode_char(*c).is_empty()).collect::<Vec<_>>();
        assert_eq!(all, [WITHOUT_CODE]);
        assert!(!Charset::Gb18030.holds(WITHOUT_CODE) && Charset::Gb18030.holds('𠮷'));
    }
}
