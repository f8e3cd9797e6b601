//! Members of staff who may be witnesses (`../staff.toml`), and the keys of their cards. The hall's emulated cards sign with [`sign`]. Must
//! never be mistaken for a model of how to keep keys: here a number gives its card's key.

use contract::format::from_hex;
use contract::message::{content_digest, witness_message};
use serde::Deserialize;

use crate::seal::{Key, PublicKey, SealError};

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// 工号.
    pub number: String,
    /// Whether the card is in use.
    pub active: bool,
    /// Place in the register of a member of staff who is insured here too.
    #[serde(default)]
    pub persona: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    staff: Vec<Member>,
}

/// All of them.
///
/// # Errors
/// The table that is built in is no TOML.
pub fn read() -> Result<Vec<Member>, toml::de::Error> {
    toml::from_str::<Table>(include_str!("../staff.toml")).map(|table| table.staff)
}

/// What the card of this number answers to a challenge.
///
/// # Errors
/// There is no key of that number.
pub fn sign(number: &str, challenge: &[u8; 16]) -> Result<[u8; 64], SealError> {
    let key = key(number)?;
    let signature = key.sign(&witness_message(challenge))?;
    signature.try_into().map_err(|_| SealError::Key(key.algorithm()))
}

/// With what the card of this number is checked.
pub(crate) fn public(number: &str) -> Result<PublicKey, SealError> {
    key(number).map(|key| key.public())
}

/// Invented; vouches for nobody.
fn key(number: &str) -> Result<Key, SealError> {
    let digest = content_digest(format!("development only: staff card {number}").as_bytes());
    let seed = digest.strip_prefix("sha256:").and_then(from_hex::<32>);
    Key::of_seed(&seed.unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_card_signs_for_another_or_for_another_challenge() {
        let signature = sign("A017", &[1; 16]).unwrap();
        let good = |number: &str, challenge: u8| {
            public(number).unwrap().signed(&witness_message(&[challenge; 16]), &signature)
        };
        assert_eq!((good("A017", 1), good("A018", 1), good("A017", 2)), (true, false, false));
    }

    #[test]
    fn a_member_of_staff_has_a_number_that_no_card_can_tell() {
        for member in read().unwrap() {
            assert!((4..=8).contains(&member.number.len()), "{}", member.number);
            assert!(member.number.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{}", member.number);
        }
    }
}
