//! What may go later: whatever the terminal must keep beyond a visit and cannot hand over at once. What is personal is sealed to the agency's
//! public key before it touches the disk; the terminal cannot open it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::problem::ProblemCode;

/// The largest parcel before it is written in base64: a form with every field filled, with its log, is under a quarter of that.
pub const PARCEL_MAX_BYTES: usize = 40 * 1024;

/// What is in a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParcelKind {
    /// The records of a case that was filed (电子档案, GB/T 27768 clause 6.3.4): a sealed tar archive.
    Archive,
    /// A [`FileCase`](super::FileCase) that could not be filed at once: sealed JSON. Filed by the agency under the parcel's key.
    Case,
    /// What was typed when a visit ran out of time: a sealed [`FileCase`](super::FileCase), which nobody has agreed to. Never filed by itself.
    Draft,
    /// A sealed [`Evaluate`](super::Evaluate).
    Evaluation,
    /// A sealed [`AnswerQuestionnaire`](super::AnswerQuestionnaire).
    Answers,
    /// The newest line of the terminal's audit on a day: JSON with `text` and `signature` (base64) by the key of the terminal's certificate.
    /// Not sealed: nothing personal.
    AuditHead,
    /// Lines of the terminal's audit, as `kiosk audit export` writes them: sealed to the auditor's key, which the agency does not have. Kept as it
    /// came; with the acknowledgement these lines count as exported, and may be pruned at the terminal after half a year.
    AuditLines,
}

impl ParcelKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Archive, Self::Case, Self::Draft, Self::Evaluation, Self::Answers, Self::AuditHead, Self::AuditLines];

    /// As it stands in journal and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Case => "case",
            Self::Draft => "draft",
            Self::Evaluation => "evaluation",
            Self::Answers => "answers",
            Self::AuditHead => "audit_head",
            Self::AuditLines => "audit_lines",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Hands over a parcel. Harmless to repeat: terminal, kind and key name it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parcel {
    /// The terminal's id, as in its certificate.
    pub terminal: String,
    /// What is in it.
    pub kind: ParcelKind,
    /// Names it, with its kind: the act id of records and cases, eight digits of a draft, epoch and day of a head, epoch, first and last line
    /// and a random end of lines of the audit, and a random name of what somebody thinks.
    pub key: String,
    /// How it is sealed: `age-v1-x25519`; for a head, how it is signed: `ecdsa-p256-sha256` or `ed25519`.
    pub algorithm: String,
    /// To which key it is sealed: `sha256:` and 64 lower-case hexadecimal digits over the public key as `age-keygen` prints it (`age1...`), noted
    /// when it was sealed. The agency's, of lines of the audit the auditor's; none of a head, which is not sealed. Whoever has no such key
    /// refuses the parcel: one that nobody can open must not be acknowledged, for the terminal forgets it then.
    pub recipient: Option<String>,
    /// The content, in base64 (RFC 4648, with padding).
    pub content: String,
}

impl fmt::Debug for Parcel {
    /// Its name only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parcel({} {})", self.kind.as_str(), self.key)
    }
}

/// The agency has the parcel on its disk: the terminal forgets it, but for a case of which nothing came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParcelKept {
    /// Of the parcel.
    pub key: String,
    /// `sha256:` and 64 lower-case hexadecimal digits over the content as it was sealed.
    pub digest: String,
    /// Why nothing came of what is in it, if so: a case that is refused, a case that has been evaluated already. The parcel of a case then
    /// stays at the terminal, with this reason, until staff decide: its citizen was told that it would go by itself.
    pub refused: Option<ProblemCode>,
}
