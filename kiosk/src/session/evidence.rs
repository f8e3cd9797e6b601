//! What shows who somebody is, for the records of a case (domain 6.3.4): the kind of each proof, a digest of what was presented, and when. The agency
//! has what was presented and can make the digest anew; nobody else learns anything from it. Must never keep what was presented itself.

use contract::catalogue::{Evidence, Item};
use contract::message::{Proof, content_digest};
use serde::Serialize;

use super::review;
use super::visit::Visit;
use crate::clock::Now;

/// A kind of proof, and the digest of what was presented.
pub struct Presented {
    /// Which kind.
    pub evidence: Evidence,
    /// See [`digest`].
    pub digest: String,
}

impl Presented {
    /// What a sign-in sends.
    pub(super) fn of(evidence: Evidence, proof: &Proof) -> Self {
        Self { evidence, digest: digest(proof) }
    }
}

/// One proof, as it stands in the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProofShown {
    /// `card_pin`, `id_code`, `e_card`, `witness` or `mandate`.
    pub kind: &'static str,
    /// See [`digest`].
    pub digest: String,
    /// When it was accepted, in milliseconds since 1970; of an authority, when the case was filed.
    pub at_unix_ms: i64,
}

/// `sha256:` and 64 hexadecimal digits over the JSON of what was sent to the agency, its fields in the contract's order.
/// What is sent is texts, which always make JSON.
pub(super) fn digest<T: Serialize>(sent: &T) -> String {
    content_digest(&serde_json::to_vec(sent).unwrap_or_default())
}

/// Everything that shows who files this; nothing, where nobody is asked.
pub(super) fn of(visit: &Visit, item: &Item, now: Now) -> Vec<ProofShown> {
    let Some(person) = visit.person.as_ref().filter(|_| !item.is_of_nobody()) else { return Vec::new() };
    let at = |elapsed_ms: u64| {
        now.unix_ms.saturating_sub(i64::try_from(now.elapsed_ms.saturating_sub(elapsed_ms)).unwrap_or(0))
    };
    let own = ProofShown {
        kind: person.presented.evidence.as_str(),
        digest: person.presented.digest.clone(),
        at_unix_ms: at(person.proved_ms),
    };
    let seen = review::seen(visit, item).map(|seen| ProofShown {
        kind: Evidence::Witness.as_str(),
        digest: seen.digest.clone(),
        at_unix_ms: at(seen.at_ms),
    });
    let mandate = visit.principal.as_ref().map(|principal| ProofShown {
        kind: "mandate",
        digest: principal.digest.clone(),
        at_unix_ms: now.unix_ms,
    });
    std::iter::once(own).chain(seen).chain(mandate).collect()
}
