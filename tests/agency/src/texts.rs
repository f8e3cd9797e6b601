//! Policy texts and the bulletin (`../texts/*.toml`): what is published, in which language, and since when it holds. What is not in force on
//! a day is nobody's to read; [`search`] does not find it either.

pub mod grams;
pub mod search;

use contract::catalogue::{Approval, Text};
use contract::format::Date;
use contract::message::{
    Bulletin, BulletinEntry, Cell, CellKind, Column, Content, Figure, Hit, PolicyText, Row, Table, TextKind,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Value as Toml;

use crate::catalogue::over;

const POLICY: &str = include_str!("../texts/policy.toml");
const BULLETIN: &str = include_str!("../texts/bulletin.toml");

/// Why the texts that are built in cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// A file is no TOML, or has another shape: names file and place.
    #[error("texts/{0}: {1}")]
    Read(&'static str, toml::de::Error),
    /// An id is there twice, or a table's row does not fit its columns.
    #[error("texts/{0}: {1}")]
    Wrong(&'static str, String),
    /// The index cannot be built.
    #[error("texts: {0}")]
    Index(#[from] rusqlite::Error),
}

/// A policy text as it is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Kept {
    pub id: String,
    pub title: Text,
    pub kind: TextKind,
    #[serde(default)]
    pub number: String,
    pub issuer: Text,
    pub issued: Date,
    pub effective: Date,
    pub source: Text,
    pub paragraphs: Vec<Text>,
    pub approval: Approval,
}

impl Kept {
    /// The whole text, in a language.
    pub fn read(&self, language: &str) -> PolicyText {
        let say = |text: &Text| text.in_language(language).to_owned();
        PolicyText {
            id: self.id.clone(),
            title: say(&self.title),
            kind: self.kind,
            number: self.number.clone(),
            issuer: say(&self.issuer),
            issued: self.issued,
            effective: self.effective,
            source: say(&self.source),
            paragraphs: self.paragraphs.iter().map(say).collect(),
            approval: self.approval.clone(),
        }
    }

    /// As it stands in a list of what was found by these words.
    pub fn hit(&self, language: &str, words: &[String]) -> Hit {
        Hit {
            id: self.id.clone(),
            title: self.title.in_language(language).to_owned(),
            kind: self.kind,
            issued: self.issued,
            effective: self.effective,
            snippet: grams::snippet(self.paragraphs.iter().map(|text| text.in_language(language)), words),
        }
    }
}

/// An entry of the bulletin as it is kept: a table or paragraphs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    id: String,
    title: Text,
    published: Date,
    source: Text,
    #[serde(default)]
    table: Option<Sheet>,
    #[serde(default)]
    paragraphs: Vec<Text>,
    approval: Approval,
}

/// A table of the bulletin.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    scope: Text,
    figures: Vec<Sum>,
    columns: Vec<Text>,
    rows: Vec<Vec<Text>>,
    as_of: Text,
}

/// A figure above a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    label: Text,
    value: String,
}

impl Entry {
    fn read(&self, language: &str) -> BulletinEntry {
        let say = |text: &Text| text.in_language(language).to_owned();
        let content = match &self.table {
            Some(sheet) => Content::Table(Table {
                scope: say(&sheet.scope),
                figures: sheet
                    .figures
                    .iter()
                    .map(|sum| Figure { label: say(&sum.label), value: Cell::Text(sum.value.clone()) })
                    .collect(),
                columns: sheet.columns.iter().map(|label| Column { label: say(label), kind: CellKind::Text }).collect(),
                rows: sheet
                    .rows
                    .iter()
                    .map(|row| Row { cells: row.iter().map(say).map(Cell::Text).collect(), mark: String::new() })
                    .collect(),
                as_of: say(&sheet.as_of),
            }),
            None => Content::Text { paragraphs: self.paragraphs.iter().map(say).collect() },
        };
        BulletinEntry {
            id: self.id.clone(),
            title: say(&self.title),
            published: self.published,
            source: say(&self.source),
            content,
        }
    }
}

/// Everything that is published.
pub struct Published {
    /// Policy texts, with their index.
    pub library: search::Library,
    entries: Vec<Entry>,
}

impl Published {
    /// What of the bulletin is in force on a day, newest first.
    pub fn bulletin(&self, today: Date, language: &str) -> Bulletin {
        let mut entries: Vec<&Entry> = self.entries.iter().filter(|entry| entry.approval.in_force(today)).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.published));
        Bulletin { entries: entries.into_iter().map(|entry| entry.read(language)).collect() }
    }
}

/// Reads what is built in.
///
/// # Errors
/// See [`TextsError`].
pub fn read() -> Result<Published, TextsError> {
    let texts: Vec<Kept> = list("policy.toml", POLICY, "texts")?;
    let entries: Vec<Entry> = list("bulletin.toml", BULLETIN, "entries")?;
    for entry in &entries {
        let fits = |sheet: &Sheet| sheet.rows.iter().all(|row| row.len() == sheet.columns.len());
        let right = entry.table.as_ref().map_or(!entry.paragraphs.is_empty(), fits);
        if !right {
            return Err(TextsError::Wrong(
                "bulletin.toml",
                format!("{}: rows do not fit, or nothing is said", entry.id),
            ));
        }
    }
    Ok(Published { library: search::Library::of(texts)?, entries })
}

/// The records of a file, each over what stands under `[common]`.
fn list<T: DeserializeOwned>(file: &'static str, text: &str, name: &str) -> Result<Vec<T>, TextsError> {
    let mut whole: toml::Table = text.parse().map_err(|why| TextsError::Read(file, why))?;
    let common = whole.remove("common").unwrap_or_else(|| Toml::Table(toml::Table::new()));
    let Some(Toml::Array(records)) = whole.remove(name) else {
        return Err(TextsError::Wrong(file, format!("no {name}")));
    };
    let mut known = std::collections::BTreeSet::new();
    for id in records.iter().filter_map(|record| record.get("id")?.as_str()) {
        if !known.insert(id.to_owned()) {
            return Err(TextsError::Wrong(file, format!("{id} is there twice")));
        }
    }
    let read = |record: Toml| over(common.clone(), record).try_into().map_err(|why| TextsError::Read(file, why));
    records.into_iter().map(read).collect()
}
