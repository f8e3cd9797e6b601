//! What is public: policy texts, questions that no text answers, the bulletin, working days. Nobody is asked who they are, so no answer
//! here carries a binding.
//!
//! Only what is in force on the day is searched or read (GB/T 27768 clause 6.3.1). A text carries its approval, so that the terminal can see
//! for itself that it is.

use serde::{Deserialize, Serialize};

use super::Table;
use crate::catalogue::Approval;
use crate::format::Date;

/// Looks for texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchTexts {
    /// The terminal's id, as in its certificate.
    pub terminal: String,
    /// Parted by blanks or signs; a text must hold each of them. Two Chinese characters hit, and so does one.
    pub words: String,
    /// Language of the titles wanted: `zh` or `en`.
    pub language: String,
}

/// What kind of text it is; the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    /// 法律.
    Law,
    /// 行政法规.
    Regulation,
    /// 规章、规范性文件.
    Document,
    /// 常见问题.
    Faq,
}

impl TextKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Law, Self::Regulation, Self::Document, Self::Faq];

    /// The kind as it stands in messages and word tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Regulation => "regulation",
            Self::Document => "document",
            Self::Faq => "faq",
        }
    }
}

/// A text that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hit {
    /// Names the text in [`ReadText`].
    pub id: String,
    /// Its title.
    pub title: String,
    /// What kind of text it is.
    pub kind: TextKind,
    /// Day it was issued, ISO.
    pub issued: Date,
    /// Day from which it holds, ISO.
    pub effective: Date,
    /// Some forty characters around the first word found.
    pub snippet: String,
}

/// Texts that were found: those with the words in their title first. At most twenty; empty where no text in force holds the words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hits {
    /// Best first.
    pub hits: Vec<Hit>,
}

/// Asks for a whole text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadText {
    /// The terminal's id, as in its certificate.
    pub terminal: String,
    /// From [`Hit::id`].
    pub id: String,
    /// Language wanted: `zh` or `en`; Chinese where nobody has translated it.
    pub language: String,
}

/// A text. One that is no longer in force is answered with `text_withdrawn`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyText {
    /// As in [`Hit::id`].
    pub id: String,
    /// Its title.
    pub title: String,
    /// What kind of text it is.
    pub kind: TextKind,
    /// 文号; empty where it has none.
    #[serde(default)]
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Day it was issued, ISO.
    pub issued: Date,
    /// Day from which it holds, ISO.
    pub effective: Date,
    /// Where the whole text can be read, and whether this is only a summary.
    pub source: String,
    /// In order.
    pub paragraphs: Vec<String>,
    /// Who let it into force here, and when.
    pub approval: Approval,
}

/// Leaves a question that no text answers; carried under the act id in the header [`IDEMPOTENCY_KEY`](super::IDEMPOTENCY_KEY). Nobody's name
/// or number belongs in it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeaveQuestion {
    /// The terminal's id, as in its certificate.
    pub terminal: String,
    /// Token of the visit.
    pub visit: String,
    /// Item id.
    pub item: String,
    /// What was asked, in the citizen's words: 1 to 200 characters.
    pub words: String,
}

/// Not the words: what somebody types may be about them.
impl std::fmt::Debug for LeaveQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LeaveQuestion({})", self.visit)
    }
}

/// The question is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuestionKept {
    /// The act id under which it was left.
    pub key: String,
    /// Eight digits that name it to a person or a telephone.
    pub number: String,
    /// Last day of the answer, ISO.
    pub answered_by: Date,
}

/// Asks for what the agency publishes of itself (社会保险法, art. 70).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulletinRequest {
    /// The terminal's id, as in its certificate.
    pub terminal: String,
    /// Language wanted: `zh` or `en`.
    pub language: String,
}

/// What the agency publishes of itself; what is in force, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bulletin {
    /// Newest first.
    pub entries: Vec<BulletinEntry>,
}

/// One thing that is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulletinEntry {
    /// Unique in the bulletin.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Day it was published, ISO.
    pub published: Date,
    /// Who publishes it, or from where it is.
    pub source: String,
    /// The thing itself.
    pub content: Content,
}

/// A table, or paragraphs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// As the result of a query, about nobody. Its scope is shown behind the title.
    Table(Table),
    /// To be read.
    Text {
        /// In order.
        paragraphs: Vec<String>,
    },
}
