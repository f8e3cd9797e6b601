//! Documents that the agency makes and the terminal prints.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Binding;
use crate::field::Value;

/// Asks for a document. The act id makes a repeat harmless: the same id returns the same document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssueDocument {
    /// Token of the visit.
    pub visit: String,
    /// From [`SignedIn::session`].
    pub session: String,
    /// Act id; see [`ActReport::act`].
    pub act: String,
    /// Item id.
    pub item: String,
    /// Item version the citizen saw.
    pub item_version: u32,
    /// Answers by field id.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, crate::field::Answer>))]
    pub inputs: BTreeMap<String, Value>,
}

/// A document exists and can be fetched.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Issued {
    /// Visit and person.
    pub binding: Binding,
    /// 验证码, printed on the document.
    pub verification_code: String,
    /// Last day on which it can be verified, ISO.
    pub valid_until: String,
    /// Sheets to expect, 1 to 200.
    pub sheets: u32,
    /// Size of the content in bytes.
    pub size_bytes: u64,
    /// [`content_digest`] of the content.
    pub digest: String,
}

impl Issued {
    /// Whether it can be printed: no document has no sheets, and none has more than a visit could ever be given.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        (1..=200).contains(&self.sheets)
    }
}

/// Asks for the bytes of a document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FetchDocument {
    /// Token of the visit.
    pub visit: String,
    /// From [`SignedIn::session`].
    pub session: String,
    /// Act under which it was issued.
    pub act: String,
}
