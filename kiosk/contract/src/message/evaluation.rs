//! 好差评: what a citizen says of a service, once a case, of their own will and without their name (GB/T 39734, five levels).

use serde::{Deserialize, Serialize};

use super::Questionnaire;

/// How satisfied, 5 to 1; the last two are 差评, which the agency must follow up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Satisfaction {
    /// 非常满意.
    VerySatisfied,
    /// 满意.
    Satisfied,
    /// 基本满意.
    Fair,
    /// 不满意.
    Dissatisfied,
    /// 非常不满意.
    VeryDissatisfied,
}

impl Satisfaction {
    /// From the best to the worst, as they are offered.
    pub const ALL: [Self; 5] =
        [Self::VerySatisfied, Self::Satisfied, Self::Fair, Self::Dissatisfied, Self::VeryDissatisfied];

    /// As it stands in word tables, and as the value of a field that asks for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerySatisfied => "very_satisfied",
            Self::Satisfied => "satisfied",
            Self::Fair => "fair",
            Self::Dissatisfied => "dissatisfied",
            Self::VeryDissatisfied => "very_dissatisfied",
        }
    }

    /// The level of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }

    /// 5 for the best, 1 for the worst, as statistics count.
    #[must_use]
    pub const fn points(self) -> u8 {
        match self {
            Self::VerySatisfied => 5,
            Self::Satisfied => 4,
            Self::Fair => 3,
            Self::Dissatisfied => 2,
            Self::VeryDissatisfied => 1,
        }
    }

    /// 差评: followed up by the agency, and the only levels of which a reason is asked.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Dissatisfied | Self::VeryDissatisfied)
    }
}

/// Evaluates a case. Carries neither session nor visit: the agency is not told who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evaluate {
    /// The terminal's id; must be the one in its certificate.
    pub terminal: String,
    /// 办件编号.
    pub case: String,
    /// How satisfied.
    pub level: Satisfaction,
    /// Why not: `value` of a reason of the catalogue's [`EvaluationForm`]. Only of the two worst levels, and only where somebody says why.
    ///
    /// [`EvaluationForm`]: crate::catalogue::EvaluationForm
    #[serde(default)]
    pub reason: Option<String>,
    /// Version of that form; goes with a reason.
    #[serde(default)]
    pub reasons_version: Option<u32>,
}

/// It is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evaluated {
    /// 办件编号 of the request.
    pub case: String,
    /// A few questions more, to some people: whom, the agency draws. A terminal leaves out what it cannot ask.
    #[serde(default)]
    pub questionnaire: Option<Questionnaire>,
}
