//! What the QR code of a document says, signed: anybody with the agency's public key can tell a document from a drawing of one (domain
//! 4.6). The server makes its key at its first start and keeps it with its data; a real agency keeps it in a certified module.
//!
//! The text itself is [`DocumentSeal`], which terminals read, too.

mod key;

use std::path::Path;

use contract::format::{Date, DocumentSeal, hex, key_id};
use contract::message::subject_digest;

pub(crate) use key::Key;
pub use key::{Algorithm, PublicKey, SealError};

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

/// The agency's signing key.
pub struct Seal {
    key: Key,
    /// What is accepted: the key itself, and those that signed before it.
    accepted: Vec<PublicKey>,
}

impl Seal {
    /// The key of this algorithm in this directory; it is made where there is none.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn open(directory: &Path, algorithm: Algorithm) -> Result<Self, SealError> {
        let key = Key::open(directory, algorithm)?;
        Ok(Self { key, accepted: key::public_keys(directory)? })
    }

    /// A key that nobody keeps, for tests.
    #[cfg(test)]
    pub fn in_memory(algorithm: Algorithm) -> Result<Self, SealError> {
        let key = Key::parse(algorithm, &Key::generate(algorithm)?)?;
        Ok(Self { accepted: vec![key.public()], key })
    }

    /// With which a document of this agency is checked.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// With which any document is checked that this agency has issued.
    #[must_use]
    pub fn accepted(&self) -> &[PublicKey] {
        &self.accepted
    }

    /// The text for a document's QR code.
    ///
    /// # Errors
    /// [`SealError::Key`]: the key does not sign.
    pub fn text(&self, code: &str, issued: Date, valid_until: Date, id_number: &str) -> Result<String, SealError> {
        let mut seal = DocumentSeal {
            algorithm: self.key.algorithm().as_str().to_owned(),
            key_id: key_id(&self.key.public().bytes),
            code: code.to_owned(),
            issued,
            valid_until,
            subject: subject_digest(code, id_number),
            signature: [0; 64],
        };
        let signature = self.key.sign(seal.signed().as_bytes())?;
        seal.signature = signature.try_into().map_err(|_| SealError::Key(self.key.algorithm()))?;
        Ok(seal.text())
    }
}

/// The keys in this directory, as they stand in a terminal's configuration (TOML, `[[agency.document_keys]]`).
///
/// # Errors
/// See [`SealError`]; [`SealError::None`] where there is no key yet.
pub fn document_keys(directory: &Path) -> Result<String, SealError> {
    let keys = key::public_keys(directory)?;
    if keys.is_empty() {
        return Err(SealError::None(directory.display().to_string()));
    }
    let written = keys.iter().map(|key| {
        let (algorithm, id, bytes) = (key.algorithm.as_str(), key_id(&key.bytes), hex(&key.bytes));
        format!("[[agency.document_keys]]\nalgorithm = \"{algorithm}\"\nid = \"{id}\"\npublic_key = \"{bytes}\"\n")
    });
    Ok(written.collect::<Vec<_>>().join("\n"))
}

/// What a text says, if one of these public keys has signed it.
///
/// # Errors
/// See [`Unsealed`].
pub fn verify(text: &str, accepted: &[PublicKey]) -> Result<DocumentSeal, Unsealed> {
    let seal = DocumentSeal::parse(text).ok_or(Unsealed::Form)?;
    let known = |key: &&PublicKey| key.algorithm.as_str() == seal.algorithm && key_id(&key.bytes) == seal.key_id;
    let key = accepted.iter().find(known).ok_or(Unsealed::Key)?;
    if key.signed(seal.signed().as_bytes(), &seal.signature) { Ok(seal) } else { Err(Unsealed::Signature) }
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
    fn documents_from_before_a_change_of_the_key_are_refused() {
        let directory = std::env::temp_dir().join(format!("seal-change-{}", std::process::id()));
        assert!(document_keys(&directory).is_err());
        let before = Seal::open(&directory, Algorithm::Ed25519).unwrap();
        let text = before.text("AAAA-BBBB", day("2026-11-23"), day("2027-02-23"), NUMBER).unwrap();
        let after = Seal::open(&directory, Algorithm::Sm2StandIn).unwrap();
        assert!(verify(&text, after.accepted()).is_ok() && verify(&text, before.accepted()).is_ok());
        assert_eq!(verify(&text, &[after.public_key()]), Err(Unsealed::Key));
        let printed = document_keys(&directory).unwrap();
        assert!(after.accepted().iter().all(|key| printed.contains(&hex(&key.bytes))), "{printed}");
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
