//! Randomness, from the provider that also makes the TLS keys. Must never be replaced by something that can be foretold:
//! sessions and verification codes rest on it.

use rustls::crypto::{CryptoProvider, GetRandomFailed, ring};

/// The one crypto provider of this server.
pub fn provider() -> CryptoProvider {
    ring::default_provider()
}

/// Random bytes.
pub fn bytes<const COUNT: usize>() -> Result<[u8; COUNT], GetRandomFailed> {
    let mut bytes = [0; COUNT];
    provider().secure_random.fill(&mut bytes)?;
    Ok(bytes)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sixteen characters in four groups, without those that are mistaken for one another (0 O, 1 I L, U V).
pub fn verification_code() -> Result<String, GetRandomFailed> {
    const LETTERS: &[u8; 29] = b"23456789ABCDEFGHJKMNPQRSTWXYZ";
    let code = bytes::<16>()?.map(|byte| LETTERS.get(usize::from(byte % 29)).map_or('2', |letter| char::from(*letter)));
    let groups: Vec<String> = code.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}
