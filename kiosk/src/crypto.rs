//! Sealing, signing, pseudonyms, and the check of others' signatures. The only room of the kiosk that calls `ring` and `sm2`; every result names
//! its algorithm.
//!
//! Takes randomness from the machine; `person` keeps its key in a file. Must never hold a key that opens what it has sealed.

pub mod document;
pub mod person;
pub mod seal;
pub mod sign;

use std::io::{self, Read as _};

/// Random bytes from the machine.
///
/// # Errors
/// It has none to give.
pub fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The same as hexadecimal digits.
///
/// # Errors
/// As [`random`].
pub fn random_hex<const N: usize>() -> io::Result<String> {
    random::<N>().map(|bytes| contract::format::hex(&bytes))
}
