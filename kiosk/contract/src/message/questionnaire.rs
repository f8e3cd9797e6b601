//! 满意度问卷: a few questions that some people are asked after an evaluation, of their own will (GB/T 27768 8.2, GB/T 19038). Nothing here
//! names a person, a visit or a case; indices are computed by the agency.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalogue::{Choice, Text, is_key};

/// Nobody answers more of them standing.
const QUESTIONS_MAX: usize = 5;
/// One is no question; more do not fit a page.
const OPTIONS_MIN: usize = 2;
const OPTIONS_MAX: usize = 6;
/// One line of the largest letters, in Chinese and in English.
const TEXT_MAX_CHARS: (usize, usize) = (11, 24);

/// One sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Questionnaire {
    /// Which set of questions.
    pub id: String,
    /// Goes up with every change of the set.
    pub version: u32,
    /// Good for one sheet: 32 lower-case hexadecimal digits, drawn at random and tied to nobody.
    pub token: String,
    /// One page each, in this order.
    pub questions: Vec<QuestionnaireItem>,
}

/// One question of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuestionnaireItem {
    /// Unique in the set.
    pub id: String,
    /// As it is asked.
    pub text: Text,
    /// One of these is chosen, or none.
    pub options: Vec<Choice>,
}

impl Questionnaire {
    /// What would have to be otherwise before a terminal could ask it; `None` where it can.
    #[must_use]
    pub fn flaw(&self) -> Option<&'static str> {
        let token = self.token.len() == 32 && self.token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let ids: BTreeSet<&str> = self.questions.iter().map(|question| question.id.as_str()).collect();
        let rules = [
            (is_key(&self.id), "its id has 1 to 32 of a-z, 0-9 and _"),
            (self.version > 0, "its version counts from 1"),
            (token, "its token has 32 of 0-9 and a-f"),
            ((1..=QUESTIONS_MAX).contains(&self.questions.len()), "it has one to five questions"),
            (ids.len() == self.questions.len(), "each question has an id of its own"),
        ];
        broken(&rules).or_else(|| self.questions.iter().find_map(QuestionnaireItem::flaw))
    }
}

/// The first rule that does not hold.
fn broken(rules: &[(bool, &'static str)]) -> Option<&'static str> {
    rules.iter().find(|(holds, _)| !holds).map(|(_, rule)| *rule)
}

impl QuestionnaireItem {
    fn flaw(&self) -> Option<&'static str> {
        let values: BTreeSet<&str> = self.options.iter().map(|option| option.value.as_str()).collect();
        let button = "an option has a value as an id is, and 1 to 8 characters (English 16), of more than four 5 (11)";
        broken(&[
            (is_key(&self.id), "the id of a question has 1 to 32 of a-z, 0-9 and _"),
            (self.text.fits(TEXT_MAX_CHARS), "a question has 1 to 11 characters in Chinese, 24 in English"),
            ((OPTIONS_MIN..=OPTIONS_MAX).contains(&self.options.len()), "a question has two to six options"),
            (values.len() == self.options.len(), "each option has a value of its own"),
            (self.options.iter().all(|option| option.fits_a_button(self.options.len())), button),
        ])
    }
}

/// What was answered, once a sheet. Neither session, visit nor case: the agency adds it to its counts and keeps no sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerQuestionnaire {
    /// The terminal's id; must be the one in its certificate.
    pub terminal: String,
    /// Which set of questions.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// Of the sheet.
    pub token: String,
    /// Id of each question that was answered, and the `value` of what was chosen.
    pub answers: BTreeMap<String, String>,
}

/// They are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswersKept {
    /// Which set of questions.
    pub id: String,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn choice(value: &str) -> Choice {
        Choice { value: value.to_owned(), label: Text { zh: "好".to_owned(), en: String::new() } }
    }

    fn sheet() -> Questionnaire {
        let question = |id: &str| QuestionnaireItem {
            id: id.to_owned(),
            text: Text { zh: "指引清楚吗".to_owned(), en: "Clear?".to_owned() },
            options: vec![choice("yes"), choice("no")],
        };
        let questions = vec![question("signs"), question("queue")];
        Questionnaire { id: "hall".to_owned(), version: 1, token: "0".repeat(32), questions }
    }

    #[test]
    fn a_sheet_that_does_not_fit_the_glass_is_asked() {
        assert_eq!(sheet().flaw(), None);
        let cases: [fn(&mut Questionnaire); 12] = [
            |sheet| sheet.id = "Hall".to_owned(),
            |sheet| sheet.version = 0,
            |sheet| sheet.token = "0".repeat(31),
            |sheet| sheet.token = "G".repeat(32),
            |sheet| sheet.questions.clear(),
            |sheet| sheet.questions = (0..6).map(|_| sheet.questions.first().unwrap().clone()).collect(),
            |sheet| sheet.questions.last_mut().unwrap().id = "signs".to_owned(),
            |sheet| sheet.questions.last_mut().unwrap().text.zh = "长".repeat(12),
            |sheet| sheet.questions.last_mut().unwrap().options.truncate(1),
            |sheet| sheet.questions.last_mut().unwrap().options = "abcdefg".split("").map(choice).collect(),
            |sheet| sheet.questions.last_mut().unwrap().options = vec![choice("yes"), choice("yes")],
            |sheet| sheet.questions.last_mut().unwrap().options.push(choice("not now")),
        ];
        for (number, change) in cases.into_iter().enumerate() {
            let mut sheet = sheet();
            change(&mut sheet);
            assert!(sheet.flaw().is_some(), "case {number}");
        }
    }
}
