//! Whether the agency has signed what stands in a document's QR code: asked by `session::offline` while the agency itself cannot be asked.
//! Pure, and no network in it, so that `step` may call it. The only file of the kiosk that names the crate for SM2.
//!
//! A signature that is right says what was issued, and not whether it still counts: that is not here to be known.

use contract::format::{DocumentSeal, SM2_IDENTIFIER, SealAlgorithm};
use contract::site::DocumentKey;
use ring::signature::{ED25519, UnparsedPublicKey};
use sm2::dsa::signature::Verifier;
use sm2::dsa::{Signature, VerifyingKey};

/// What is known of a signature without asking anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One of the accepted keys has signed exactly this.
    Signed,
    /// The key that it names is accepted, and has not signed this.
    Wrong,
    /// The key that it names is not known here: nothing can be said.
    UnknownKey,
}

/// Looks at a seal's signature. A key counts for its own algorithm only.
#[must_use]
pub fn verify(seal: &DocumentSeal, accepted: &[DocumentKey]) -> Verdict {
    let named = |key: &&DocumentKey| key.id == seal.key_id && key.algorithm.as_str() == seal.algorithm;
    let Some((algorithm, key)) = accepted.iter().find(named).and_then(|key| Some((key.algorithm, key.bytes()?))) else {
        return Verdict::UnknownKey;
    };
    let signed = seal.signed();
    let right = match algorithm {
        SealAlgorithm::Ed25519 => {
            UnparsedPublicKey::new(&ED25519, key).verify(signed.as_bytes(), &seal.signature).is_ok()
        }
        SealAlgorithm::Sm2StandIn => {
            let key = VerifyingKey::from_sec1_bytes(SM2_IDENTIFIER, &key);
            let signature = Signature::from_slice(&seal.signature);
            key.and_then(|key| key.verify(signed.as_bytes(), &signature?)).is_ok()
        }
    };
    if right { Verdict::Signed } else { Verdict::Wrong }
}
