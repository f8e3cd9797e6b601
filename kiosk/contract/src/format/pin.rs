//! Policy for a new PIN of the card's social function (社会保障应用密码). No national rule was found; it follows domain 1.7.
//!
//! For a PIN that is being set. One that exists is never judged: cards came with `123456`, and their holders must be let in to
//! change it.

use super::date::Date;

/// How long a new PIN is. Old cards carry others.
pub const NEW_PIN_DIGITS: usize = 6;

/// Why a text may not become a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinError {
    /// Not six characters.
    Length,
    /// Not ASCII digits.
    Charset,
    /// Six times the same digit.
    Repeat,
    /// Six digits that count up or down by one.
    Sequence,
    /// The holder's birth date as yymmdd.
    BirthDate,
}

/// Whether `pin` may become the PIN of somebody who was born on `birth`; without a birth date that rule is left out.
///
/// # Errors
/// The first rule that it breaks, in the order of [`PinError`].
pub fn check_new_pin(pin: &str, birth: Option<Date>) -> Result<(), PinError> {
    if pin.chars().count() != NEW_PIN_DIGITS {
        return Err(PinError::Length);
    }
    if !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PinError::Charset);
    }
    if steps_by(pin, 0) {
        return Err(PinError::Repeat);
    }
    if steps_by(pin, 1) || steps_by(pin, -1) {
        return Err(PinError::Sequence);
    }
    let is_birth = |date: Date| pin == format!("{:02}{:02}{:02}", date.year() % 100, date.month(), date.day());
    if birth.is_some_and(is_birth) { Err(PinError::BirthDate) } else { Ok(()) }
}

/// Whether a PIN stands in its holder's ID number, which whoever finds the card's envelope has at hand: parts of the birth date do, too.
#[must_use]
pub fn stands_in(pin: &str, id_number: &str) -> bool {
    id_number.contains(pin)
}

fn steps_by(pin: &str, step: i16) -> bool {
    pin.as_bytes().windows(2).all(|pair| matches!(pair, [one, next] if i16::from(*next) - i16::from(*one) == step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_stands_on_the_identity_card() {
        for guessed in ["190001", "196705", "670512", "120015"] {
            assert!(stands_in(guessed, "190001196705120015"), "{guessed}");
        }
        assert!(!stands_in("482915", "190001196705120015"));
    }
}
