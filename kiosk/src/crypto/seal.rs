//! Sealing to a public key whose other half is not here: the agency's. What comes out is an `age` v1 file (C2SP `age.md`; X25519,
//! HKDF-SHA-256, ChaCha20-Poly1305), so that whoever has the key opens it with a program that is not ours: `age --decrypt`.
//!
//! Called by `app::clerk` with what is personal and must outlive its visit. There is no way back in this program.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use contract::message::content_digest;
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{aead, hkdf, hmac};

/// Names the algorithm, as it stands beside whatever was sealed with it.
pub const ALGORITHM: &str = "age-v1-x25519";

/// Bytes of one chunk of the payload.
const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of the key that a file is encrypted with.
const FILE_KEY_BYTES: usize = 16;

/// Why something cannot be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The text is no recipient of `age`: `age1` and 58 characters, as `age-keygen` prints it.
    #[error("not a public key as age-keygen prints it: age1 and 58 characters")]
    Recipient,
    /// The machine gives no randomness, or the key leads nowhere.
    #[error("the machine cannot seal anything")]
    Machine,
}

impl From<ring::error::Unspecified> for SealError {
    fn from(_: ring::error::Unspecified) -> Self {
        Self::Machine
    }
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    key: [u8; 32],
    digest: String,
}

/// What the text of a public key begins with.
const PREFIX: Hrp = Hrp::parse_unchecked("age");

impl Recipient {
    /// Reads `age1...`.
    ///
    /// # Errors
    /// [`SealError::Recipient`].
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let checked = CheckedHrpstring::new::<Bech32>(text.trim()).map_err(|_| SealError::Recipient)?;
        let bytes: Vec<u8> = checked.byte_iter().collect();
        match (checked.hrp() == PREFIX, <[u8; 32]>::try_from(bytes)) {
            (true, Ok(key)) => {
                // As `age-keygen` prints it, however it was written here.
                let text = bech32::encode::<Bech32>(PREFIX, &key).map_err(|_| SealError::Recipient)?;
                Ok(Self { key, digest: content_digest(text.as_bytes()) })
            }
            _ => Err(SealError::Recipient),
        }
    }

    /// Names the key where it must be told from others: `sha256:` and 64 hexadecimal digits over its text, `age1...`.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Seals `plain` so that only the other half of this key opens it.
    ///
    /// # Errors
    /// [`SealError::Machine`].
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let random = SystemRandom::new();
        let mut file_key = [0; FILE_KEY_BYTES];
        random.fill(&mut file_key)?;
        let mut sealed = header(&self.stanza(&file_key, &random)?, &file_key)?;
        let mut nonce = [0; 16];
        random.fill(&mut nonce)?;
        sealed.extend_from_slice(&nonce);
        payload(plain, &derive(&file_key, &nonce, b"payload")?, &mut sealed)?;
        Ok(sealed)
    }

    /// The lines that give the file's key to the recipient.
    fn stanza(&self, file_key: &[u8; FILE_KEY_BYTES], random: &SystemRandom) -> Result<String, SealError> {
        let own = EphemeralPrivateKey::generate(&X25519, random)?;
        let share = own.compute_public_key()?;
        let salt = [share.as_ref(), &self.key].concat();
        let key = agree_ephemeral(own, &UnparsedPublicKey::new(&X25519, &self.key), |shared| {
            derive(shared, &salt, b"age-encryption.org/v1/X25519")
        })??;
        let mut body = file_key.to_vec();
        // A key of its own for each file, so that a nonce of zeros is never used twice.
        cipher(&key)?.seal_in_place_append_tag(nonce(0, false), aead::Aad::empty(), &mut body)?;
        Ok(format!("-> X25519 {}\n{}\n", STANDARD_NO_PAD.encode(share), STANDARD_NO_PAD.encode(body)))
    }
}

fn header(stanza: &str, file_key: &[u8]) -> Result<Vec<u8>, SealError> {
    let text = format!("age-encryption.org/v1\n{stanza}---");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &derive(file_key, &[], b"header")?);
    let mac = hmac::sign(&key, text.as_bytes());
    Ok(format!("{text} {}\n", STANDARD_NO_PAD.encode(mac)).into_bytes())
}

/// Chunk by chunk, the last one marked; of nothing there is one empty chunk.
fn payload(plain: &[u8], key: &[u8; 32], sealed: &mut Vec<u8>) -> Result<(), SealError> {
    let cipher = cipher(key)?;
    let mut chunks: Vec<&[u8]> = plain.chunks(CHUNK_BYTES).collect();
    if chunks.is_empty() {
        chunks.push(&[]);
    }
    let last = chunks.len() - 1;
    for (n, chunk) in (0u64..).zip(&chunks) {
        let mut body = chunk.to_vec();
        cipher.seal_in_place_append_tag(nonce(n, n == last as u64), aead::Aad::empty(), &mut body)?;
        sealed.extend_from_slice(&body);
    }
    Ok(())
}

fn cipher(key: &[u8; 32]) -> Result<aead::LessSafeKey, SealError> {
    Ok(aead::LessSafeKey::new(aead::UnboundKey::new(&aead::CHACHA20_POLY1305, key)?))
}

/// Eleven bytes that count chunks, big end first, and one that marks the last.
fn nonce(chunk: u64, last: bool) -> aead::Nonce {
    let mut bytes = [0; 12];
    bytes[3..11].copy_from_slice(&chunk.to_be_bytes());
    bytes[11] = u8::from(last);
    aead::Nonce::assume_unique_for_key(bytes)
}

fn derive(secret: &[u8], salt: &[u8], info: &[u8]) -> Result<[u8; 32], SealError> {
    let mut key = [0; 32];
    let info = [info];
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret).expand(&info, hkdf::HKDF_SHA256)?.fill(&mut key)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of `age-keygen`; its other half was thrown away.
    const NOBODY: &str = "age1tvtja49h2pt0alqafeg074hgnmhj7ehjx002slv7d2srgzcdxqfse0y9x0";

    #[test]
    fn a_public_key_was_mistyped() {
        assert!(Recipient::parse(NOBODY).is_ok());
        for wrong in ["", "age1", "age1tvtja49h2pt0alqafeg074hgnmhj7ehjx002slv7d2srgzcdxqfse0y9x1", &NOBODY[..60]] {
            assert_eq!(Recipient::parse(wrong), Err(SealError::Recipient), "{wrong}");
        }
    }

    #[test]
    fn the_same_key_written_otherwise_is_another() {
        let printed = Recipient::parse(NOBODY).unwrap();
        assert_eq!(printed.digest(), content_digest(NOBODY.as_bytes()));
        let shouted = Recipient::parse(&format!(" {}\n", NOBODY.to_uppercase())).unwrap();
        assert_eq!(shouted.digest(), printed.digest());
    }

    #[test]
    fn the_same_is_sealed_twice_and_looks_the_same() {
        let to = Recipient::parse(NOBODY).unwrap();
        assert_ne!(to.seal(b"190001").unwrap(), to.seal(b"190001").unwrap());
    }
}
