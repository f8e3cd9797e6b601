//! Why somebody may be dissatisfied, as the agency puts it (好差评 reasons): content with a version, so that counts of two versions are
//! never added up.

use serde::{Deserialize, Serialize};

use super::{Choice, Text, is_key};

/// What fits two lines of a button beside another in the largest letters, in Chinese and in English.
const LABEL_MAX_CHARS: (usize, usize) = (8, 16);
/// More choices than this have one line each, so that a seated person reaches all of them.
const TALL_MAX: usize = 4;
/// What fits one line.
const SHORT_LABEL_MAX_CHARS: (usize, usize) = (5, 11);

/// What is asked of whoever is not satisfied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EvaluationForm {
    /// Goes up with every change of the reasons.
    pub version: u32,
    /// In the order they are shown; one is chosen, or none.
    pub reasons: Vec<Choice>,
}

impl Choice {
    /// Whether it can be one of so many buttons of a page that nobody has looked at beforehand.
    #[must_use]
    pub fn fits_a_button(&self, of: usize) -> bool {
        is_key(&self.value) && self.label.fits(if of > TALL_MAX { SHORT_LABEL_MAX_CHARS } else { LABEL_MAX_CHARS })
    }
}

impl Text {
    /// Whether the Chinese is there and neither language is longer than that many characters.
    #[must_use]
    pub(crate) fn fits(&self, (zh, en): (usize, usize)) -> bool {
        !self.zh.trim().is_empty() && self.zh.chars().count() <= zh && self.en.chars().count() <= en
    }
}
