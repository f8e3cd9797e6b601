//! Signing keys of two algorithms. The only file that names the crates behind them; only `seal` may call it. Must never write a private key
//! anywhere but into its file (mode 0600).

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

pub use contract::format::SealAlgorithm as Algorithm;
use contract::format::{SM2_IDENTIFIER, hex};
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};

use crate::random;

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key could not be read or written.
    #[error("seal: {0}")]
    File(#[from] io::Error),
    /// What the file holds is no key of this algorithm, or none could be made, or it does not sign.
    #[error("seal: no usable key for {}", .0.as_str())]
    Key(Algorithm),
    /// There is no key in this directory yet.
    #[error("seal: {0} holds no key; `agency serve --data` makes one at its first start")]
    None(String),
}

/// With what a signature is checked.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What it checks.
    pub algorithm: Algorithm,
    /// Ed25519: 32 bytes. SM2: a point (SEC 1).
    pub bytes: Vec<u8>,
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm.as_str(), hex(&self.bytes))
    }
}

impl PublicKey {
    /// Whether its owner has signed these bytes.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        match self.algorithm {
            Algorithm::Ed25519 => UnparsedPublicKey::new(&ED25519, &self.bytes).verify(message, signature).is_ok(),
            Algorithm::Sm2StandIn => {
                let key = VerifyingKey::from_sec1_bytes(SM2_IDENTIFIER, &self.bytes);
                let signature = Signature::from_slice(signature);
                key.and_then(|key| key.verify(message, &signature?)).is_ok()
            }
        }
    }
}

/// A private key.
pub enum Key {
    Ed25519(Ed25519KeyPair),
    Sm2(SigningKey),
}

impl Key {
    /// The key in this directory; it is made where there is none.
    pub fn open(directory: &Path, algorithm: Algorithm) -> Result<Self, SealError> {
        fs::create_dir_all(directory)?;
        let file = file_of(directory, algorithm);
        match fs::read(&file) {
            Ok(bytes) => Self::parse(algorithm, &bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let bytes = Self::generate(algorithm)?;
                // A number that is no key is never kept: the next start makes another.
                let key = Self::parse(algorithm, &bytes)?;
                keep(&file, &bytes)?;
                Ok(key)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A new key, as its file holds it: Ed25519 in PKCS 8, SM2 as the bare number.
    pub fn generate(algorithm: Algorithm) -> Result<Vec<u8>, SealError> {
        let none = || SealError::Key(algorithm);
        match algorithm {
            Algorithm::Ed25519 => {
                let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| none())?;
                Ok(key.as_ref().to_vec())
            }
            // One number in four thousand million is too large for the curve.
            Algorithm::Sm2StandIn => Ok(random::bytes::<32>().map_err(|_| none())?.to_vec()),
        }
    }

    /// The key that a file holds.
    pub fn parse(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, SealError> {
        let none = || SealError::Key(algorithm);
        match algorithm {
            Algorithm::Ed25519 => Ed25519KeyPair::from_pkcs8(bytes).map(Self::Ed25519).map_err(|_| none()),
            Algorithm::Sm2StandIn => SigningKey::from_slice(SM2_IDENTIFIER, bytes).map(Self::Sm2).map_err(|_| none()),
        }
    }

    /// The Ed25519 key of these 32 bytes.
    pub fn of_seed(seed: &[u8; 32]) -> Result<Self, SealError> {
        Ed25519KeyPair::from_seed_unchecked(seed).map(Self::Ed25519).map_err(|_| SealError::Key(Algorithm::Ed25519))
    }

    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519(_) => Algorithm::Ed25519,
            Self::Sm2(_) => Algorithm::Sm2StandIn,
        }
    }

    pub fn public(&self) -> PublicKey {
        let bytes = match self {
            Self::Ed25519(key) => key.public_key().as_ref().to_vec(),
            Self::Sm2(key) => key.verifying_key().to_sec1_bytes().into_vec(),
        };
        PublicKey { algorithm: self.algorithm(), bytes }
    }

    /// 64 bytes in both algorithms.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SealError> {
        match self {
            Self::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
            Self::Sm2(key) => {
                let signature = key.try_sign(message).map_err(|_| SealError::Key(Algorithm::Sm2StandIn))?;
                Ok(signature.to_bytes().to_vec())
            }
        }
    }
}

fn file_of(directory: &Path, algorithm: Algorithm) -> PathBuf {
    directory.join(format!("seal-{}.key", algorithm.as_str()))
}

/// The public halves of all keys in this directory; none is made.
pub fn public_keys(directory: &Path) -> Result<Vec<PublicKey>, SealError> {
    let there = Algorithm::ALL.into_iter().filter(|algorithm| file_of(directory, *algorithm).exists());
    there
        .map(|algorithm| Key::parse(algorithm, &fs::read(file_of(directory, algorithm))?).map(|key| key.public()))
        .collect()
}

/// All of it or nothing: a start that is cut short leaves no half of a key where the next one looks for it.
fn keep(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = file.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut half = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    half.write_all(bytes)?;
    half.sync_all()?;
    fs::rename(&new, file)
}
