//! Cases: filed once, found again by number, by key or by pick-up code, followed by stages (domain 9.1).
//!
//! The terminal owns only what has not been submitted; every later state comes from the agency.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Binding, Figure};
use crate::field::Value;
use crate::problem::Route;

/// Header of [`super::path::FILE`]: the act id under which the terminal files. It is bound to the person and to the digest of the body:
/// the same key with the same body returns the first case, with another body or person it is a problem.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Asks what is known already, so that nobody types what the agency has (国务院关于在线政务服务的若干规定, art. 7).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Prefill {
    /// Token of the visit.
    pub visit: String,
    /// From [`super::SignedIn::session`].
    pub session: String,
    /// Item id.
    pub item: String,
    /// Item version the citizen saw.
    pub item_version: u32,
    /// Language of the texts wanted: `zh` or `en`.
    pub language: String,
}

/// What is known already, and whether this person may file at all: an item's own rules refuse here, before anybody has typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Prefilled {
    /// Visit and person.
    pub binding: Binding,
    /// Answers by field id; fields that are not named are asked.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, crate::field::Answer>))]
    pub values: BTreeMap<String, Value>,
}

/// Files a case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileCase {
    /// Token of the visit.
    pub visit: String,
    /// From [`super::SignedIn::session`].
    pub session: String,
    /// Version of the catalogue the citizen saw.
    pub catalogue: String,
    /// Item id.
    pub item: String,
    /// Item version the citizen saw.
    pub item_version: u32,
    /// Answers by field id.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, crate::field::Answer>))]
    pub inputs: BTreeMap<String, Value>,
    /// [`super::content_digest`] of the words to which the citizen agreed, as they stood on the glass.
    pub consent: String,
    /// Language of the texts wanted: `zh` or `en`.
    pub language: String,
}

/// Asks for a case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindCase {
    /// Token of the visit.
    pub visit: String,
    /// From [`super::SignedIn::session`]; empty where nobody is signed in: then only [`CaseName::PickUp`] and [`CaseName::Number`] with the
    /// last four characters of the ID number find anything, and what they find is masked.
    #[serde(default)]
    pub session: String,
    /// Which.
    pub name: CaseName,
    /// Last four characters of the ID number; needed where nobody is signed in.
    #[serde(default)]
    pub id_last4: String,
    /// Language of the texts wanted: `zh` or `en`.
    pub language: String,
}

/// The kind only: what is inside is somebody's.
impl fmt::Debug for FindCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FindCase({:?})", self.name)
    }
}

/// How a case can be named.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", content = "value", rename_all = "snake_case")]
pub enum CaseName {
    /// 办件编号, 43 characters.
    Number(String),
    /// The act id under which it was filed.
    Key(String),
    /// The eight digits on the slip.
    PickUp(String),
}

/// The kind only: what is inside is somebody's.
impl fmt::Debug for CaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number(_) => "Number",
            Self::Key(_) => "Key",
            Self::PickUp(_) => "PickUp",
        })
    }
}

/// Withdraws a case that is not decided yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WithdrawCase {
    /// Token of the visit.
    pub visit: String,
    /// From [`super::SignedIn::session`].
    pub session: String,
    /// 办件编号.
    pub case: String,
    /// Language of the texts wanted: `zh` or `en`.
    pub language: String,
}

/// How far a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseStage {
    /// 已提交.
    Submitted,
    /// 一次告知补正: the citizen has to mend something.
    Correction,
    /// 不予受理.
    Refused,
    /// 已受理.
    Accepted,
    /// 审查中.
    InReview,
    /// 决定: granted.
    Approved,
    /// 决定: not granted.
    Rejected,
    /// 办结送达.
    Delivered,
    /// 已撤回.
    Withdrawn,
}

impl CaseStage {
    /// Every stage.
    pub const ALL: [Self; 9] = [
        Self::Submitted,
        Self::Correction,
        Self::Refused,
        Self::Accepted,
        Self::InReview,
        Self::Approved,
        Self::Rejected,
        Self::Delivered,
        Self::Withdrawn,
    ];

    /// The stage as it stands in messages and word tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Correction => "correction",
            Self::Refused => "refused",
            Self::Accepted => "accepted",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Delivered => "delivered",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The stage of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }
}

/// How far one step of a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Done.
    Done,
    /// Being done.
    Now,
    /// Not begun.
    Next,
}

/// One step of a case's way, in words: "新参保地审核发函". Never ahead of what has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// What it is, in the language asked for.
    pub name: String,
    /// How far it is.
    pub state: StepState,
    /// The day on which it was done, ISO; empty until then.
    #[serde(default)]
    pub on: String,
}

/// One thing that stands in a case's way. All of them are told at once (优化营商环境条例, art. 36).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Defect {
    /// Field key; empty where it is about no field.
    #[serde(default)]
    pub field: String,
    /// What is wrong, in the language asked for; or the name of a [`FieldError`](crate::field::FieldError), for which the terminal has words.
    pub text: String,
    /// The rule behind it.
    pub basis: String,
    /// What mends it.
    pub remedy: String,
}

/// A case, as the agency keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    /// Visit and person.
    pub binding: Binding,
    /// 办件编号, 43 characters.
    pub case: String,
    /// Eight digits that name the case to a person or a telephone.
    pub pick_up: String,
    /// Item id.
    pub item: String,
    /// The act id under which it was filed.
    pub key: String,
    /// How far it is.
    pub stage: CaseStage,
    /// Its way, in order.
    pub steps: Vec<Step>,
    /// Day of filing, ISO.
    pub filed: String,
    /// Last day by law (法定时限), ISO; empty where the item is done at once or the count has not begun.
    #[serde(default)]
    pub due_by_law: String,
    /// Last day by the agency's promise (承诺时限), ISO.
    #[serde(default)]
    pub due_by_promise: String,
    /// What came of it: amounts, months, the next due month.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// What happens next and what the citizen should do, one sentence each.
    #[serde(default)]
    pub next: Vec<String>,
    /// What has to be mended, or why it was refused.
    #[serde(default)]
    pub defects: Vec<Defect>,
    /// Where to go on, where a person has to.
    #[serde(default)]
    pub route: Option<Route>,
    /// Text of a QR code that leads on (paying at the tax authority); empty where there is none.
    #[serde(default)]
    pub pointer: String,
}

/// The kind only: what is inside is somebody's.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({})", self.stage.as_str())
    }
}
