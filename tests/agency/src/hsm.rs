//! The security module of the reference agency, in software and with an invented key: it answers the challenge of a 3.00
//! card so that the terminal may read the holder's data (EXTERNAL AUTHENTICATE). The card emulator of the hall calls
//! [`response`] to check the answer. A real agency keeps the key in hardware and uses the issuer's own derivation.
//!
//! Derivation, invented for development:
//! * card key = SM4 of the 16 bytes of the 卡识别码, under the development master key;
//! * block = SM4 of challenge (8) and raw data (8), under the card key;
//! * result = left half of the block XOR its right half.

use sm4::Sm4;
use sm4::cipher::{Array, BlockCipherEncrypt, KeyInit};

/// P2 of EXTERNAL AUTHENTICATE: the read key of the holder's data (0A is seen in the field).
pub const KEY_ID: u8 = 0x0A;

/// Invented; opens nothing but emulated cards.
const MASTER_KEY: [u8; 16] = *b"development only";

/// The key of one card.
#[must_use]
pub fn card_key(card_id: &[u8; 16]) -> [u8; 16] {
    encrypt(&MASTER_KEY, card_id)
}

/// What the card must be told for its challenge and this raw data.
#[must_use]
pub fn response(card_id: &[u8; 16], challenge: &[u8; 8], raw: &[u8; 8]) -> [u8; 8] {
    let mut both = [0; 16];
    let (left, right) = both.split_at_mut(8);
    left.copy_from_slice(challenge);
    right.copy_from_slice(raw);
    let block = encrypt(&card_key(card_id), &both);
    let (left, right) = block.split_at(8);
    let mut result = [0; 8];
    for (out, (a, b)) in result.iter_mut().zip(left.iter().zip(right)) {
        *out = a ^ b;
    }
    result
}

fn encrypt(key: &[u8; 16], block: &[u8; 16]) -> [u8; 16] {
    let mut block = Array(*block);
    Sm4::new(&Array(*key)).encrypt_block(&mut block);
    block.0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use contract::format::from_hex;

    use super::*;

    #[test]
    fn the_cipher_is_not_sm4() {
        // GB/T 32907 annex A, example 1.
        let key = from_hex("0123456789abcdeffedcba9876543210").unwrap();
        assert_eq!(encrypt(&key, &key), from_hex::<16>("681edf34d206965e86b3e94f536e4246").unwrap());
    }

    #[test]
    fn another_card_or_challenge_gets_the_same_answer() {
        let card = from_hex("190001D15600000500000015A1000001").unwrap();
        let other = from_hex("190001D15600000500000015A1000002").unwrap();
        let answer = response(&card, &[1; 8], &[2; 8]);
        assert_eq!(answer, response(&card, &[1; 8], &[2; 8]));
        assert_ne!(answer, response(&other, &[1; 8], &[2; 8]));
        assert_ne!(answer, response(&card, &[3; 8], &[2; 8]));
    }
}
