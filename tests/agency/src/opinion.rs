//! What people are asked of the service (`../evaluation.toml`): the reasons of whoever is not satisfied, and the questions of a sample, of
//! which one sheet is drawn after each so many evaluations. Must never keep who said something, or a sheet as a whole: only counts.

use std::collections::BTreeMap;

use contract::catalogue::EvaluationForm;
use contract::format::{Date, hex};
use contract::message::{AnswerQuestionnaire, Evaluate, Questionnaire, QuestionnaireItem};
use contract::problem::ProblemCode;
use rusqlite::{Connection, Error, OptionalExtension, params};
use serde::Deserialize;

use crate::calls::Refusal;
use crate::random;

const WRITTEN: &str = include_str!("../evaluation.toml");

/// Stands for the whole sheet where a question's id stands; no question has it.
pub const SHEET: &str = "*";
/// A sheet was handed out.
const OFFERED: &str = "offered";
/// It came back with an answer.
const RETURNED: &str = "returned";

/// Why what is asked cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpinionError {
    /// The file is no TOML, or has another shape.
    #[error("evaluation.toml: {0}")]
    Read(#[from] toml::de::Error),
    /// A set that a terminal would not ask.
    #[error("evaluation.toml: {0}: {1}")]
    Wrong(String, &'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    reasons: Vec<contract::catalogue::Choice>,
    sample: Sample,
    sets: Vec<Set>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    every: u32,
}

/// Questions that are asked together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    id: String,
    version: u32,
    questions: Vec<QuestionnaireItem>,
}

/// How long a sheet can come back: whoever answers does so at once, but a terminal may be cut off for a long weekend.
const SHEET_WAITS: &str = "-7 days";

/// All that is asked.
pub struct Opinions {
    /// The reasons; goes out with the catalogue, by whose check it is judged.
    pub form: EvaluationForm,
    every: i64,
    sets: Vec<Set>,
}

/// Reads what is built in.
///
/// # Errors
/// See [`OpinionError`].
pub fn read() -> Result<Opinions, OpinionError> {
    let File { version, reasons, sample, sets } = toml::from_str(WRITTEN)?;
    let wrong = |what: &str, why| Err(OpinionError::Wrong(what.to_owned(), why));
    for (n, set) in sets.iter().enumerate() {
        if let Some(why) = set.sheet("0".repeat(32)).flaw() {
            return wrong(&set.id, why);
        }
        if sets.iter().take(n).any(|other| other.id == set.id) {
            return wrong(&set.id, "each set has an id of its own");
        }
    }
    if sample.every == 0 || sets.is_empty() {
        return wrong("sample", "there is a set, and every counts from 1");
    }
    Ok(Opinions { form: EvaluationForm { version, reasons }, every: sample.every.into(), sets })
}

impl Set {
    fn sheet(&self, token: String) -> Questionnaire {
        Questionnaire { id: self.id.clone(), version: self.version, token, questions: self.questions.clone() }
    }

    /// Whether each answer is one of the options of a question of this set.
    fn takes(&self, answers: &BTreeMap<String, String>) -> bool {
        let offers = |(id, value): (&String, &String)| {
            let question = self.questions.iter().find(|question| question.id == *id);
            question.is_some_and(|question| question.options.iter().any(|option| option.value == *value))
        };
        !answers.is_empty() && answers.iter().all(offers)
    }
}

impl Opinions {
    /// Why a terminal may not say that: reasons are of one version, and of whoever is not satisfied.
    pub fn check(&self, said: &Evaluate) -> Result<(), ProblemCode> {
        match (&said.reason, said.reasons_version) {
            (None, None) => Ok(()),
            (Some(_), Some(version)) if version != self.form.version => Err(ProblemCode::ItemChanged),
            (Some(reason), Some(_)) if said.level.is_bad() && self.has(reason) => Ok(()),
            _ => Err(ProblemCode::InputInvalid),
        }
    }

    fn has(&self, reason: &str) -> bool {
        self.form.reasons.iter().any(|known| known.value == *reason)
    }

    /// A sheet of the set whose turn it is.
    #[must_use]
    pub fn sheet(&self, turn: usize, token: String) -> Option<Questionnaire> {
        self.sets.get(turn % self.sets.len().max(1)).map(|set| set.sheet(token))
    }

    /// After an evaluation: a sheet for the first of all and each `every` later, of the set whose turn it is.
    pub fn draw(&self, db: &Connection, terminal: &str, today: Date) -> Result<Option<Questionnaire>, Refusal> {
        let sql = "INSERT INTO sample (only, evaluations) VALUES (1, 1)
                   ON CONFLICT (only) DO UPDATE SET evaluations = evaluations + 1 RETURNING evaluations - 1";
        let before: i64 = db.query_row(sql, [], |row| row.get(0))?;
        if before % self.every != 0 {
            return Ok(None);
        }
        let turn = usize::try_from(before / self.every).unwrap_or_default();
        let Some(sheet) = self.sheet(turn, hex(&random::bytes::<16>()?)) else { return Ok(None) };
        let day = today.to_string();
        db.execute("DELETE FROM sheets WHERE day < date(?1, ?2)", [day.as_str(), SHEET_WAITS])?;
        let row = params![sheet.token, sheet.id, sheet.version, terminal, day];
        db.execute("INSERT INTO sheets (token, set_id, version, terminal, day) VALUES (?1, ?2, ?3, ?4, ?5)", row)?;
        count(db, &sheet.id, sheet.version, SHEET, OFFERED, terminal, &day)?;
        Ok(Some(sheet))
    }

    /// Adds a sheet to the counts of the day on which it was handed out. Its token is used up.
    pub fn count(&self, db: &Connection, sheet: &AnswerQuestionnaire, today: Date) -> Result<(), Refusal> {
        let AnswerQuestionnaire { terminal, id, version, token, answers } = sheet;
        let set = self.sets.iter().find(|set| set.id == *id).ok_or(ProblemCode::InputInvalid)?;
        if set.version != *version {
            return Err(ProblemCode::ItemChanged.into());
        }
        if !set.takes(answers) {
            return Err(ProblemCode::InputInvalid.into());
        }
        let sql = "DELETE FROM sheets WHERE token = ?1 AND set_id = ?2 AND version = ?3 AND terminal = ?4
                   AND day >= date(?5, ?6) RETURNING day";
        let values = params![token, id, version, terminal, today.to_string(), SHEET_WAITS];
        let day: Option<String> = db.query_row(sql, values, |row| row.get(0)).optional()?;
        let day = day.ok_or(ProblemCode::KeyReused)?;
        count(db, id, *version, SHEET, RETURNED, terminal, &day)?;
        answers.iter().try_for_each(|(question, option)| count(db, id, *version, question, option, terminal, &day))?;
        Ok(())
    }
}

fn count(
    db: &Connection,
    set: &str,
    version: u32,
    question: &str,
    option: &str,
    terminal: &str,
    day: &str,
) -> Result<(), Error> {
    let sql = "INSERT INTO answers (set_id, version, question, option, terminal, day, times) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)
               ON CONFLICT DO UPDATE SET times = times + 1";
    db.execute(sql, params![set, version, question, option, terminal, day]).map(drop)
}
