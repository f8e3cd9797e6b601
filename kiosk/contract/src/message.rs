//! Requests to and answers from the agency. JSON over HTTPS with client certificates, `POST` throughout, so that no
//! personal datum ever stands in a path or query. Every answer with a status of 400 or more carries a [`Problem`].
//!
//! [`Problem`]: crate::problem::Problem

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::catalogue::Value;
use crate::format::Period;

/// Paths of the agency's calls.
pub mod path {
    /// `CatalogueRequest` -> [`Catalogue`](crate::catalogue::Catalogue).
    pub const CATALOGUE: &str = "/v1/catalogue";
    /// `CardChallenge` -> `CardAuthority`.
    pub const CARD_AUTHORITY: &str = "/v1/card-authority";
    /// `SignIn` -> `SignedIn`.
    pub const SIGN_IN: &str = "/v1/sign-in";
    /// `Query` -> `QueryResult`.
    pub const QUERY: &str = "/v1/query";
    /// `IssueDocument` -> `Issued`.
    pub const ISSUE: &str = "/v1/documents";
    /// `FetchDocument` -> the document's bytes, media type `application/pdf`.
    pub const FETCH: &str = "/v1/documents/content";
    /// `ActReport` -> `ActKept`.
    pub const ACTS: &str = "/v1/acts";
}

/// Binds an answer to a visit and a person; both digests are compared before anything is shown or printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Binding {
    /// The visit token of the request.
    pub visit: String,
    /// [`subject_digest`] of the person whose data the answer holds.
    pub subject: String,
}

/// Digest of a person within one visit: `sha256:` and 64 lower-case hexadecimal digits over the visit token, one zero
/// byte and the ID number, all ASCII. It says nothing outside the visit.
#[must_use]
pub fn subject_digest(visit: &str, id_number: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(visit.as_bytes());
    hash.update([0]);
    hash.update(id_number.as_bytes());
    format!("sha256:{}", hex(&hash.finalize()))
}

/// Digest of a document's bytes: `sha256:` and 64 lower-case hexadecimal digits.
#[must_use]
pub fn content_digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Asks what is offered here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogueRequest {
    /// The terminal's id, as in its certificate.
    pub terminal: String,
}

/// A card's challenge, for the agency's security module to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardChallenge {
    /// Token of the visit: 32 lower-case hexadecimal digits, random, never used twice.
    pub visit: String,
    /// 卡识别码, 32 hexadecimal digits.
    pub card_id: String,
    /// 卡复位信息: 13 historical bytes, hexadecimal.
    pub historical: String,
    /// Algorithm from the card's FCI: `des`, `ssf33` or `sm4`.
    pub algorithm: String,
    /// Eight bytes, hexadecimal.
    pub challenge: String,
}

/// The answer to a challenge (EXTERNAL AUTHENTICATE).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardAuthority {
    /// P2: which key.
    pub key_id: u8,
    /// Eight bytes, hexadecimal.
    pub result: String,
    /// Eight bytes, hexadecimal.
    pub raw: String,
}

/// Tells the agency whose card was read and whose PIN the card accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// Token of the visit.
    pub visit: String,
    /// The terminal's id; must be the one in its certificate.
    pub terminal: String,
    /// 卡识别码.
    pub card_id: String,
    /// 社会保障号码, as on the chip.
    pub id_number: String,
    /// 姓名, as on the chip.
    pub name: String,
}

/// The person is known here and may be served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// Visit and person.
    pub binding: Binding,
    /// Opaque; names the sign-in in later requests instead of the person. Dies with the visit.
    pub session: String,
    /// Version of the catalogue in force.
    pub catalogue: String,
}

/// What an item was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Query {
    /// Token of the visit.
    pub visit: String,
    /// From [`SignedIn::session`].
    pub session: String,
    /// Item id.
    pub item: String,
    /// Item version the citizen saw.
    pub item_version: u32,
    /// Answers by field key.
    pub inputs: BTreeMap<String, Value>,
    /// Language of the texts wanted: `zh` or `en`.
    pub language: String,
}

/// One value of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Cell {
    /// Shown as it is.
    Text(String),
    /// Money in fen.
    Fen(i64),
    /// A count of months.
    Months(u32),
    /// A month.
    Period(Period),
    /// Nothing.
    None,
}

/// What a column holds: decides alignment and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// Left.
    Text,
    /// Right; hidden on slips unless asked for.
    Fen,
    /// Right.
    Months,
    /// Left.
    Period,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    /// Heading, in the language asked for.
    pub label: String,
    /// What it holds.
    pub kind: CellKind,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Row {
    /// One a column.
    pub cells: Vec<Cell>,
    /// What is out of the ordinary ("欠缴"); empty for most rows.
    #[serde(default)]
    pub mark: String,
}

/// A figure above the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figure {
    /// What it is, with its scope ("期内个人缴纳").
    pub label: String,
    /// The value.
    pub value: Cell,
}

/// Records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryResult {
    /// Visit and person.
    pub binding: Binding,
    /// Insurance and period, in words.
    pub scope: String,
    /// Two or three, with their scopes.
    pub figures: Vec<Figure>,
    /// At most five.
    pub columns: Vec<Column>,
    /// Newest first; at most 36.
    pub rows: Vec<Row>,
    /// As of when, in words ("数据截至 2026年10月31日").
    pub as_of: String,
}

/// Asks for a document. The act id makes a repeat harmless: the same id returns the same document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Answers by field key.
    pub inputs: BTreeMap<String, Value>,
}

/// A document exists and can be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Issued {
    /// Visit and person.
    pub binding: Binding,
    /// 验证码, printed on the document.
    pub verification_code: String,
    /// Last day on which it can be verified, ISO.
    pub valid_until: String,
    /// Sheets to expect.
    pub sheets: u32,
    /// Size of the content in bytes.
    pub size_bytes: u64,
    /// [`content_digest`] of the content.
    pub digest: String,
}

/// Asks for the bytes of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FetchDocument {
    /// Token of the visit.
    pub visit: String,
    /// From [`SignedIn::session`].
    pub session: String,
    /// Act under which it was issued.
    pub act: String,
}

/// How an act ended, as far as the terminal knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The device confirmed it.
    Printed,
    /// Certainly nothing came out.
    NotPrinted,
    /// Nobody can know from here; a person looks.
    Unknown,
}

impl Outcome {
    /// The outcome as it stands in messages and in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::NotPrinted => "not_printed",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Printed, Self::NotPrinted, Self::Unknown].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// Tells the agency how an act ended. Harmless to repeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActReport {
    /// Terminal id, installation epoch and sequence ("t-0301-5f3a9c21-42"): one id through every retry, on every side.
    pub act: String,
    /// Token of the visit.
    pub visit: String,
    /// Item id.
    pub item: String,
    /// `slip` or `certificate`.
    pub kind: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// The agency has written the act down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActKept {
    /// The act id of the report.
    pub act: String,
}

/// An answer that carries somebody's data and therefore a [`Binding`].
pub trait Bound {
    /// Visit and person of the answer.
    fn binding(&self) -> &Binding;
}

impl Bound for SignedIn {
    fn binding(&self) -> &Binding {
        &self.binding
    }
}

impl Bound for QueryResult {
    fn binding(&self) -> &Binding {
        &self.binding
    }
}

impl Bound for Issued {
    fn binding(&self) -> &Binding {
        &self.binding
    }
}
