//! Items that nobody compiled in: a file of records laid over the built-in catalogue, each with what is answered to it. So an integrator
//! sees an item on the glass before a line of it is written. Queries answer a table that stands in the file, filings begin a case without
//! rules of its own; documents cannot be made up.
//! Must never: answer to an item that the agency itself knows.

use std::collections::BTreeMap;
use std::path::Path;

use contract::catalogue::{Catalogue, Group};
use contract::field::Value;
use contract::message::Table;
use contract::problem::ProblemCode;
use serde::Deserialize;
use toml::Value as Toml;

use crate::calls::Refusal;
use crate::catalogue::{self, CatalogueError};

/// What is answered to made-up items; empty where there are none.
#[derive(Default)]
pub struct MadeUp(Vec<Answer>);

/// One answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    item: String,
    /// Only for these answers, by field id, as they are typed; the first answer that fits counts.
    #[serde(default)]
    when: BTreeMap<String, String>,
    /// Refuses with this code.
    #[serde(default)]
    problem: Option<ProblemCode>,
    /// What a query shows.
    #[serde(default)]
    shows: Option<Table>,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    groups: Vec<Group>,
    items: Vec<Toml>,
    #[serde(default)]
    answers: Vec<Answer>,
}

/// The built-in catalogue with the items of this file, and what is answered to them.
///
/// # Errors
/// See [`CatalogueError`].
pub fn read(file: Option<&Path>) -> Result<(Catalogue, MadeUp), CatalogueError> {
    let mut catalogue = catalogue::read()?;
    let Some(file) = file else { return Ok((catalogue, MadeUp::default())) };
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| CatalogueError::Wrong(format!("{}: {error}", name())))?;
    let wrong = |why: toml::de::Error| CatalogueError::Wrong(format!("{}: {why}", name()));
    let File { groups, items, answers } = toml::from_str(&text).map_err(wrong)?;
    let reader = catalogue::Reader::new()?;
    for item in items {
        let item = reader.item("made-up", item)?;
        if catalogue.item(&item.id).is_some() {
            return Err(CatalogueError::Wrong(format!("{}: {} is built in", name(), item.id)));
        }
        catalogue.items.push(item);
    }
    catalogue.groups.extend(groups);
    catalogue.version.push_str("-made-up");
    catalogue::checked(catalogue).map(|catalogue| (catalogue, MadeUp(answers)))
}

impl MadeUp {
    /// Whether this item is one.
    pub fn knows(&self, item: &str) -> bool {
        self.0.iter().any(|answer| answer.item == item)
    }

    /// What is answered to a query.
    pub fn records(&self, item: &str, inputs: &BTreeMap<String, Value>) -> Result<Table, Refusal> {
        Ok(self.answer(item, inputs)?.shows.clone().ok_or(ProblemCode::NoRecords)?)
    }

    /// Whether a filing is taken.
    pub fn grant(&self, item: &str, inputs: &BTreeMap<String, Value>) -> Result<(), Refusal> {
        self.answer(item, inputs).map(drop)
    }

    fn answer(&self, item: &str, inputs: &BTreeMap<String, Value>) -> Result<&Answer, Refusal> {
        let fits = |answer: &&Answer| {
            let given =
                |(field, text): (&String, &String)| inputs.get(field).is_some_and(|value| value.to_text() == *text);
            answer.item == item && answer.when.iter().all(given)
        };
        let answer = self.0.iter().find(fits).ok_or(ProblemCode::NoRecords)?;
        answer.problem.map_or(Ok(answer), |code| Err(code.into()))
    }
}
