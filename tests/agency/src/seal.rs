//! What the QR code of a document says, signed: anybody with the agency's public key can tell a document from a drawing of one (domain
//! 4.6). The server makes its key at its first start and keeps it with its data; a real agency keeps it in a certified module.
//!
//! Text: `SR1|alg|key id|code|issued|valid until|subject digest|signature`. `alg` is `ed25519` or `sm2-standin` (see [`Algorithm`]); days
//! are ISO; the key id is the first 16 hexadecimal digits of the SHA-256 of the public key; the subject digest is [`subject_digest`] of the
//! code and the ID number, so that it tells nothing without the document; the signature, in hexadecimal, is over everything before the
//! last bar.

mod key;

use std::path::Path;

use contract::format::Date;
use contract::message::{content_digest, subject_digest};

use crate::{hsm, random};
pub(crate) use key::Key;
pub use key::{Algorithm, PublicKey, SealError};

/// First field of every text: what the fields after it are.
const FORMAT: &str = "SR1";

/// Why a text is not what this agency signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsealed {
    /// It has not the form of such a text.
    Form,
    /// No key of that algorithm and id is accepted here.
    Key,
    /// The signature is wrong.
    Signature,
}

/// What a signed text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// 验证码.
    pub code: String,
    /// Day of issue.
    pub issued: Date,
    /// Last day on which it can be verified.
    pub valid_until: Date,
    /// Digest of whose document it is.
    pub subject: String,
}

/// The agency's signing key.
pub struct Seal {
    key: Key,
    id: String,
}

impl Seal {
    /// The key of this algorithm in this directory; it is made where there is none.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn open(directory: &Path, algorithm: Algorithm) -> Result<Self, SealError> {
        Key::open(directory, algorithm).map(Self::with)
    }

    /// A key that nobody keeps, for tests.
    #[cfg(test)]
    pub fn in_memory(algorithm: Algorithm) -> Result<Self, SealError> {
        Key::parse(algorithm, &Key::generate(algorithm)?).map(Self::with)
    }

    fn with(key: Key) -> Self {
        let id = id_of(&key.public());
        Self { key, id }
    }

    /// With which a document of this agency is checked.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// The text for a document's QR code.
    ///
    /// # Errors
    /// [`SealError::Key`]: the key does not sign.
    pub fn text(&self, code: &str, issued: Date, valid_until: Date, id_number: &str) -> Result<String, SealError> {
        let (algorithm, subject) = (self.key.algorithm().as_str(), subject_digest(code, id_number));
        let signed = format!("{FORMAT}|{algorithm}|{}|{code}|{issued}|{valid_until}|{subject}", self.id);
        let signature = self.key.sign(signed.as_bytes())?;
        Ok(format!("{signed}|{}", random::hex(&signature)))
    }
}

/// What a public key is called.
fn id_of(key: &PublicKey) -> String {
    let digest = content_digest(&key.bytes);
    digest.trim_start_matches("sha256:").chars().take(16).collect()
}

/// What a text says, if one of these public keys has signed it.
///
/// # Errors
/// See [`Unsealed`].
pub fn verify(text: &str, accepted: &[PublicKey]) -> Result<Sealed, Unsealed> {
    let (signed, signature) = text.rsplit_once('|').ok_or(Unsealed::Form)?;
    let fields: Vec<&str> = signed.split('|').collect();
    let [FORMAT, algorithm, id, code, issued, valid_until, subject] = *fields else { return Err(Unsealed::Form) };
    let days = Date::parse_iso(issued).zip(Date::parse_iso(valid_until));
    let (issued, valid_until) = days.ok_or(Unsealed::Form)?;
    let signature = hsm::from_hex::<64>(signature).ok_or(Unsealed::Form)?;
    let known = |key: &&PublicKey| key.algorithm.as_str() == algorithm && id_of(key) == id;
    let key = accepted.iter().find(known).ok_or(Unsealed::Key)?;
    if !key.signed(signed.as_bytes(), &signature) {
        return Err(Unsealed::Signature);
    }
    Ok(Sealed { code: code.to_owned(), issued, valid_until, subject: subject.to_owned() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const NUMBER: &str = "190001196705120015";

    fn day(text: &str) -> Date {
        Date::parse_iso(text).unwrap()
    }

    #[test]
    fn a_code_is_drawn_by_somebody_else_or_touched_up() {
        for algorithm in Algorithm::ALL {
            let seal = Seal::in_memory(algorithm).unwrap();
            let text = seal.text("AAAA-BBBB", day("2026-11-23"), day("2027-02-23"), NUMBER).unwrap();
            let own = [seal.public_key()];
            let sealed = verify(&text, &own).unwrap();
            assert_eq!((sealed.code.as_str(), sealed.valid_until), ("AAAA-BBBB", day("2027-02-23")));
            assert_eq!(sealed.subject, subject_digest("AAAA-BBBB", NUMBER));
            assert_eq!(verify(&text.replace("2027", "2037"), &own), Err(Unsealed::Signature));
            let other = Seal::in_memory(algorithm).unwrap();
            assert_eq!(verify(&text, &[other.public_key()]), Err(Unsealed::Key));
            assert_eq!(verify(&text.replace(algorithm.as_str(), "none"), &own), Err(Unsealed::Key));
            for junk in ["", "|", "SR1", "SR2|ed25519|a|b|c|d|e|f", &text.replace("SR1", "SR9"), &format!("{text}0")] {
                assert_eq!(verify(junk, &own), Err(Unsealed::Form), "{junk}");
            }
        }
    }

    #[test]
    fn a_start_is_cut_short_while_the_key_is_written() {
        let directory = std::env::temp_dir().join(format!("seal-half-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        for algorithm in Algorithm::ALL {
            let half = directory.join(format!("seal-{}.new", algorithm.as_str()));
            std::fs::write(&half, b"half").unwrap();
            let first = Seal::open(&directory, algorithm).unwrap().public_key();
            assert_eq!(first, Seal::open(&directory, algorithm).unwrap().public_key());
            assert!(!half.exists());
            let key = directory.join(format!("seal-{}.key", algorithm.as_str()));
            let mode = std::os::unix::fs::PermissionsExt::mode(&key.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn yesterdays_documents_cannot_be_checked_after_a_start() {
        let directory = std::env::temp_dir().join(format!("seal-{}", std::process::id()));
        for algorithm in Algorithm::ALL {
            let first = Seal::open(&directory, algorithm).unwrap().public_key();
            assert_eq!(first, Seal::open(&directory, algorithm).unwrap().public_key());
        }
        for file in std::fs::read_dir(&directory).unwrap() {
            std::fs::write(file.unwrap().path(), b"no key").unwrap();
        }
        for algorithm in Algorithm::ALL {
            assert!(matches!(Seal::open(&directory, algorithm), Err(SealError::Key(named)) if named == algorithm));
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
