//! With which keys documents are signed that this terminal may check by itself. `agency document-keys` prints the reference agency's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::format::{SealAlgorithm, from_hex, key_id};

/// More than this are not one agency's: a key is changed once a year or so, and documents count for some months.
const KEYS_MAX: usize = 8;

/// One key that is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentKey {
    /// With what it signs.
    pub algorithm: SealAlgorithm,
    /// What it is called in documents: the first 16 hexadecimal digits of the SHA-256 of its bytes, so that a mistyped key is found.
    pub id: String,
    /// Its bytes as lower-case hexadecimal digits: 64 for ed25519; 130 that begin with 04 for sm2-standin (a point, SEC 1, not compressed).
    pub public_key: String,
}

impl DocumentKey {
    /// Its bytes; `None` where they are no key of this algorithm by their looks.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        // As it is printed: in two spellings, one key would pass for two.
        if self.public_key.bytes().any(|digit| digit.is_ascii_uppercase()) {
            return None;
        }
        match self.algorithm {
            SealAlgorithm::Ed25519 => from_hex::<32>(&self.public_key).map(Vec::from),
            SealAlgorithm::Sm2StandIn => {
                from_hex::<65>(&self.public_key).filter(|[form, ..]| *form == 4).map(Vec::from)
            }
        }
    }
}

/// Everything that is wrong with the keys: key, value, what would be right.
pub(super) fn check(keys: &[DocumentKey], mut wrong: impl FnMut(&str, &str, &str)) {
    const AT: &str = "agency.document_keys";
    if keys.len() > KEYS_MAX {
        wrong(AT, &keys.len().to_string(), &format!("{KEYS_MAX} keys at most"));
    }
    for (n, key) in keys.iter().enumerate() {
        let at = |name: &str| format!("{AT}.{n}.{name}");
        let Some(bytes) = key.bytes() else {
            let right = match key.algorithm {
                SealAlgorithm::Ed25519 => "64 digits of 0-9 and a-f, as `agency document-keys` prints them",
                SealAlgorithm::Sm2StandIn => {
                    "04 and 128 digits of 0-9 and a-f, a point that is not compressed, as `agency document-keys` prints them"
                }
            };
            wrong(&at("public_key"), &key.public_key, right);
            continue;
        };
        let id = key_id(&bytes);
        if key.id != id {
            wrong(&at("id"), &key.id, &format!("{id}, or the public_key beside it is mistyped"));
        }
        if keys.iter().take(n).any(|before| before.public_key == key.public_key) {
            wrong(&at("public_key"), &key.public_key, "a key that is not there already");
        }
    }
}
