//! How acts ended, as terminals report it.

use serde::{Deserialize, Serialize};

/// How an act ended, as far as the terminal knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The device confirmed it.
    Printed,
    /// Certainly nothing came out.
    NotPrinted,
    /// The agency has the case.
    Filed,
    /// Certainly no case was begun.
    NotFiled,
    /// The card said that its new PIN holds.
    Changed,
    /// Certainly the card's old PIN holds, or none any more.
    NotChanged,
    /// Sealed here and on its way: neither filed nor not filed yet.
    Queued,
    /// Nobody can know from here; a person looks, or the agency is asked again.
    Unknown,
}

impl Outcome {
    /// The outcome as it stands in messages and in the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::NotPrinted => "not_printed",
            Self::Filed => "filed",
            Self::NotFiled => "not_filed",
            Self::Changed => "changed",
            Self::NotChanged => "not_changed",
            Self::Queued => "queued",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = [Self::Printed, Self::NotPrinted, Self::Filed, Self::NotFiled, Self::Changed, Self::NotChanged];
        let open = [Self::Queued, Self::Unknown];
        known.into_iter().chain(open).find(|outcome| outcome.as_str() == text)
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
    /// `slip`, `certificate`, `case`, `question` or `card_pin`.
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
    /// The outcome of the report. One act is reported more than once: unknown at first, certain later.
    pub outcome: Outcome,
}
