//! The closed list of reasons why the agency says no. Words are looked up by [`ProblemCode::as_str`].

use serde::{Deserialize, Serialize};

/// Why not. What a newer agency may add reads as `Other`, which has words of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// No such person is insured here.
    PersonUnknown,
    /// The card was reported lost.
    CardLost,
    /// The card's social function is not activated or suspended (封存).
    CardFrozen,
    /// The card has expired.
    CardExpired,
    /// The person has no records of that kind in that period.
    NoRecords,
    /// Not at a terminal: a window, with these materials.
    NotHere,
    /// The period is not one that can be asked for.
    PeriodInvalid,
    /// The item has changed since the terminal read the catalogue.
    ItemChanged,
    /// Too much to do; try again shortly.
    Busy,
    /// The sign-in is over.
    SignedOut,
    /// The act id was used for something else.
    ActConflict,
    /// No such act.
    ActUnknown,
    /// The request does not follow this contract.
    BadRequest,
    /// Something this terminal has no words for.
    #[serde(other)]
    Other,
}

impl ProblemCode {
    /// Every code, in this order.
    pub const ALL: [Self; 14] = [
        Self::PersonUnknown,
        Self::CardLost,
        Self::CardFrozen,
        Self::CardExpired,
        Self::NoRecords,
        Self::NotHere,
        Self::PeriodInvalid,
        Self::ItemChanged,
        Self::Busy,
        Self::SignedOut,
        Self::ActConflict,
        Self::ActUnknown,
        Self::BadRequest,
        Self::Other,
    ];

    /// The code as it stands in messages and word tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonUnknown => "person_unknown",
            Self::CardLost => "card_lost",
            Self::CardFrozen => "card_frozen",
            Self::CardExpired => "card_expired",
            Self::NoRecords => "no_records",
            Self::NotHere => "not_here",
            Self::PeriodInvalid => "period_invalid",
            Self::ItemChanged => "item_changed",
            Self::Busy => "busy",
            Self::SignedOut => "signed_out",
            Self::ActConflict => "act_conflict",
            Self::ActUnknown => "act_unknown",
            Self::BadRequest => "bad_request",
            Self::Other => "other",
        }
    }
}

/// Where to go on: a first-class result, not an error text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Route {
    /// Which window, in words ("3 号窗口").
    pub window: String,
    /// When it is open, in words that are true at that hour ("工作日 9:00 至 17:00").
    pub hours: String,
    /// What to bring along.
    pub materials: Vec<String>,
}

/// The body of every answer with status 4xx or 5xx.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Why not.
    pub code: ProblemCode,
    /// Where to go on, if a person can do something about it.
    #[serde(default)]
    pub route: Option<Route>,
}
