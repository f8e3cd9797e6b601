//! Requests to and answers from the agency. JSON over HTTPS with client certificates, `POST` throughout, so that no
//! personal datum ever stands in a path or query. Every answer with a status of 400 or more carries a [`Problem`].
//!
//! [`Problem`]: crate::problem::Problem

mod act;
mod calendar;
mod case;
mod document;
mod evaluation;
mod parcel;
mod person;
mod public;
mod questionnaire;
mod records;
mod witness;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::format::hex;

pub use act::{ActKept, ActReport, Outcome};
pub use calendar::{CalendarRequest, LINE_12333, OpenSpan, Opening, OpeningHours, WINDOW, WorkingDays};
pub use case::{
    Case, CaseName, CaseStage, Defect, FileCase, FindCase, IDEMPOTENCY_KEY, Prefill, Prefilled, Step, StepState,
    WithdrawCase,
};
pub use document::{FetchDocument, IssueDocument, Issued};
pub use evaluation::{Evaluate, Evaluated, Satisfaction};
pub use parcel::{PARCEL_MAX_BYTES, Parcel, ParcelKept, ParcelKind};
pub use person::{CardAuthority, CardChallenge, CodeSent, Named, News, Proof, SendCode, SignIn, SignedIn};
pub use public::{
    Bulletin, BulletinEntry, BulletinRequest, Content, Hit, Hits, LeaveQuestion, PolicyText, QuestionKept, ReadText,
    SearchTexts, TextKind,
};
pub use questionnaire::{AnswerQuestionnaire, AnswersKept, Questionnaire, QuestionnaireItem};
pub use records::{Cell, CellKind, Column, Figure, Query, QueryResult, Row, Table};
pub use witness::{AskWitness, Witness, WitnessChallenge, Witnessed, witness_message};

/// Paths of the agency's calls.
pub mod path {
    /// `CatalogueRequest` -> [`Catalogue`](crate::catalogue::Catalogue).
    pub const CATALOGUE: &str = "/v1/catalogue";
    /// `CardChallenge` -> `CardAuthority`.
    pub const CARD_AUTHORITY: &str = "/v1/card-authority";
    /// `SendCode` -> `CodeSent`.
    pub const SEND_CODE: &str = "/v1/one-time-codes";
    /// `SignIn` -> `SignedIn`.
    pub const SIGN_IN: &str = "/v1/sign-in";
    /// `AskWitness` -> `WitnessChallenge`.
    pub const WITNESS_CHALLENGE: &str = "/v1/witness-challenges";
    /// `Witness` -> `Witnessed`.
    pub const WITNESS: &str = "/v1/witnesses";
    /// `Query` -> `QueryResult`.
    pub const QUERY: &str = "/v1/query";
    /// `IssueDocument` -> `Issued`.
    pub const ISSUE: &str = "/v1/documents";
    /// `FetchDocument` -> the document's bytes, media type `application/pdf`.
    pub const FETCH: &str = "/v1/documents/content";
    /// `ActReport` -> `ActKept`.
    pub const ACTS: &str = "/v1/acts";
    /// `Prefill` -> `Prefilled`.
    pub const PREFILL: &str = "/v1/prefill";
    /// `FileCase` with the header [`IDEMPOTENCY_KEY`](super::IDEMPOTENCY_KEY) -> `Case`.
    pub const FILE: &str = "/v1/cases";
    /// `FindCase` -> `Case`.
    pub const FIND: &str = "/v1/cases/find";
    /// `Evaluate` -> `Evaluated`.
    pub const EVALUATE: &str = "/v1/evaluations";
    /// `AnswerQuestionnaire` -> `AnswersKept`.
    pub const QUESTIONNAIRES: &str = "/v1/questionnaires";
    /// `WithdrawCase` -> `Case`.
    pub const WITHDRAW: &str = "/v1/cases/withdraw";
    /// `SearchTexts` -> `Hits`.
    pub const SEARCH_TEXTS: &str = "/v1/texts/search";
    /// `ReadText` -> `PolicyText`.
    pub const READ_TEXT: &str = "/v1/texts/read";
    /// `LeaveQuestion` with the header [`IDEMPOTENCY_KEY`](super::IDEMPOTENCY_KEY) -> `QuestionKept`.
    pub const QUESTIONS: &str = "/v1/questions";
    /// `Parcel` -> `ParcelKept`.
    pub const PARCELS: &str = "/v1/parcels";
    /// `BulletinRequest` -> `Bulletin`.
    pub const BULLETIN: &str = "/v1/bulletin";
    /// `CalendarRequest` -> `WorkingDays`.
    pub const CALENDAR: &str = "/v1/calendar";
}

/// Header of every request, and of the answer to it: 32 hexadecimal digits that the terminal draws for this one request. An answer
/// without its request's digits is rejected, be it good or a refusal: lines and gateways have been seen to give one request's answer to another.
pub const REQUEST_ID: &str = "request-id";

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
///
/// Where nobody is signed in, the number is empty: what is answered then is about nobody.
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

/// Asks what is offered here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogueRequest {
    /// The terminal's id, as in its certificate.
    pub terminal: String,
}

/// The name of the type only: what is inside is somebody's, or would do for acting in somebody's name.
macro_rules! shape_only {
    ($($name:ident),+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        })+
    };
}
shape_only!(CardChallenge, SendCode, CodeSent, Named, SignedIn, AskWitness, Witness);
shape_only!(Query, Prefill, FileCase, WithdrawCase, IssueDocument, Issued, FetchDocument);
