//! What is sealed, signed and keyed here. And what others have signed. The only room that names the crypto crates; every result names its algorithm.
//!
//! Takes randomness from the machine; `person` keeps its key in a file. Must never hold a key that opens what it has sealed.

pub mod document;
pub mod person;
pub mod seal;
pub mod sign;

/// `N` random bytes from the machine, as hexadecimal.
///
/// # Errors
/// The machine has none to give.
pub fn random_hex<const N: usize>() -> std::io::Result<String> {
    use std::io::Read;
    let mut bytes = [0; N];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
