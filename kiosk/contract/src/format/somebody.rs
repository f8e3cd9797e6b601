//! Whether a text may be somebody's number, by its looks: what a machine is called, or gives a name to, may not look like one.
//!
//! A net and no proof: a number that is shorter, or cut apart, passes.

/// Digits of the shortest number that is somebody's wherever it stands, a mobile phone's. An ID number has 15, or 18 of which the last may be
/// an X; an account has 16 to 19.
const NUMBER_DIGITS_MIN: usize = 11;

/// Whether so many digits stand in a row that they may be somebody's.
#[must_use]
pub fn holds_number(text: &str) -> bool {
    text.split(|sign: char| !sign.is_ascii_digit()).any(|run| run.len() >= NUMBER_DIGITS_MIN)
}

/// Whether it is written as a social security card's number (卡号) is: seven digits, a letter or a digit before and a digit or an X behind.
/// Only as a whole: within another text it may be anything.
#[must_use]
pub fn is_card_number(text: &str) -> bool {
    let [first, digits @ .., check] = text.as_bytes() else { return false };
    let ends = first.is_ascii_alphanumeric() && (check.is_ascii_digit() || check.eq_ignore_ascii_case(&b'X'));
    ends && digits.len() == 7 && digits.iter().all(u8::is_ascii_digit)
}
