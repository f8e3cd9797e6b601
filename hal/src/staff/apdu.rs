//! The application on a staff card: three commands of ISO/IEC 7816-4. Pure and total. Ours, because no standard has one; an agency that
//! has staff cards already writes a driver of its own beside `pcsc`.
//!
//! | Command | Bytes | Answer |
//! |---|---|---|
//! | SELECT | `00 A4 04 00 0A` [`AID`] `00` | `9000`; `6A82` on any other card |
//! | GET DATA | `00 CA 01 5A 00` | algorithm (1), then 工号: 4 to 8 letters and digits |
//! | INTERNAL AUTHENTICATE | `00 88` algorithm `00 10` challenge (16) `40` | signature (64) |
//!
//! What is signed is not the challenge alone but `"kiosk witness 1" 00` (16 bytes) and the challenge: the card puts the words before it, so
//! that nobody can have it sign anything else.

use super::{Algorithm, Challenge};

/// Name of the application: of the proprietary kind (first digit F), which needs no registration (ISO/IEC 7816-5, 8.2.1.2).
pub const AID: [u8; 10] = *b"\xF0KIOSKSTF1";

/// SELECT by name.
#[must_use]
pub fn select() -> Vec<u8> {
    [&[0x00, 0xA4, 0x04, 0x00, 0x0A][..], &AID, &[0x00]].concat()
}

/// Who are you?
pub const WHO: [u8; 5] = [0x00, 0xCA, 0x01, 0x5A, 0x00];

/// Sign this.
#[must_use]
pub fn sign(algorithm: Algorithm, challenge: &Challenge) -> Vec<u8> {
    let p1 = match algorithm {
        Algorithm::Ed25519 => 0x01,
        Algorithm::Sm2 => 0x02,
    };
    [&[0x00, 0x88, p1, 0x00, 0x10][..], challenge, &[0x40]].concat()
}

/// What an answer says besides its status word; `None` where that is not `9000`.
#[must_use]
pub fn good(answer: &[u8]) -> Option<&[u8]> {
    match answer {
        [data @ .., 0x90, 0x00] => Some(data),
        _ => None,
    }
}

/// Whose card it is, from the answer to [`WHO`] without its status word.
#[must_use]
pub fn who(data: &[u8]) -> Option<(Algorithm, String)> {
    let (algorithm, number) = data.split_first()?;
    let algorithm = match algorithm {
        0x01 => Algorithm::Ed25519,
        0x02 => Algorithm::Sm2,
        _ => return None,
    };
    let right = (4..=8).contains(&number.len()) && number.iter().all(u8::is_ascii_alphanumeric);
    right.then(|| (algorithm, number.iter().map(|byte| char::from(*byte)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_tells_a_number_that_is_none() {
        assert_eq!(who(b"\x01A017"), Some((Algorithm::Ed25519, "A017".to_owned())));
        for junk in [
            &b""[..],
            b"\x01",
            b"\x01A01",
            b"\x01A01701701",
            b"\x09A017",
            b"\x01A0 7",
            b"\x01\xC4\xE3A0",
            b"\x01A0\x0017",
        ] {
            assert_eq!(who(junk), None, "{junk:02X?}");
        }
    }

    #[test]
    fn a_refusal_is_taken_for_an_answer() {
        assert_eq!(good(&[0x90, 0x00]), Some(&[][..]));
        assert_eq!((good(&[0x6A, 0x82]), good(&[0x00]), good(&[])), (None, None, None));
    }
}
