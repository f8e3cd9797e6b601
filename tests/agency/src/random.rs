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

/// That many decimal digits, each as likely as any other.
pub fn digits(count: u8) -> Result<String, GetRandomFailed> {
    let mut digits = String::new();
    while digits.len() < usize::from(count) {
        // 250 values fall evenly on ten digits; the last six are thrown away.
        digits.extend(bytes::<16>()?.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10)));
    }
    digits.truncate(count.into());
    Ok(digits)
}

/// Sixteen characters in four groups, without those that are mistaken for one another (0 O, 1 I L, U V).
pub fn verification_code() -> Result<String, GetRandomFailed> {
    const LETTERS: &[u8; 29] = b"23456789ABCDEFGHJKMNPQRSTWXYZ";
    let code = bytes::<16>()?.map(|byte| LETTERS.get(usize::from(byte % 29)).map_or('2', |letter| char::from(*letter)));
    let groups: Vec<String> = code.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}
