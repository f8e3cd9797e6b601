//! Signing with the terminal's own key, the one that its certificate is for: whoever has the certificate verifies, with `openssl` for instance.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair};

/// The terminal's key.
pub enum Signer {
    /// On the curve P-256; signatures are those of ECDSA with SHA-256, in ASN.1.
    P256(EcdsaKeyPair),
    /// Ed25519.
    Ed25519(Ed25519KeyPair),
}

impl Signer {
    /// Reads a key in PEM (PKCS #8); `None` for a key of another kind.
    #[must_use]
    pub fn of_pem(pem: &str) -> Option<Self> {
        let body: String = pem
            .lines()
            .skip_while(|line| !line.starts_with("-----BEGIN PRIVATE KEY"))
            .skip(1)
            .take_while(|line| !line.starts_with("-----"))
            .map(str::trim)
            .collect();
        let der = STANDARD.decode(body).ok()?;
        let p256 = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der, &SystemRandom::new());
        let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).ok().map(Self::Ed25519);
        p256.ok().map(Self::P256).or_else(ed25519)
    }

    /// Names the algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::P256(_) => "ecdsa-p256-sha256",
            Self::Ed25519(_) => "ed25519",
        }
    }

    /// Signs; `None` where the machine gives no randomness.
    #[must_use]
    pub fn sign(&self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::P256(key) => Some(key.sign(&SystemRandom::new(), text.as_bytes()).ok()?.as_ref().to_vec()),
            Self::Ed25519(key) => Some(key.sign(text.as_bytes()).as_ref().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_another_kind_signs_something_else() {
        assert!(Signer::of_pem("").is_none());
        assert!(Signer::of_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").is_none());
    }
}
