//! Journeys of items: rows of `tests/items.toml`, played by one driver that knows no item. An item's rows share a ground: one visit a row.

use std::path::Path;

use contract::catalogue::{Catalogue, Item};
use serde::Deserialize;

use super::play::Play;
use super::witness;
use super::{good, paper};
use crate::people::home;

/// One visit.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Item id.
    pub item: String,
    /// Who comes, and why that is special.
    pub tells: String,
    /// Place in personas.toml, from 1.
    pub persona: usize,
    /// What they answer.
    #[serde(default)]
    pub answers: Vec<String>,
    /// The page on which it ends.
    pub page: String,
    /// What stands there.
    pub says: Vec<String>,
    /// Kind and outcome of the act.
    #[serde(default)]
    pub journal: Option<[String; 2]>,
    /// Whether the receipt of the case is printed, too.
    #[serde(default)]
    pub slip: bool,
}

impl Row {
    /// Whether the item does here what it is for.
    #[must_use]
    pub fn is_good(&self) -> bool {
        ["table", "printed", "filed"].contains(&self.page.as_str())
    }
}

#[derive(Deserialize)]
struct Rows {
    row: Vec<Row>,
}

/// Every row.
///
/// # Errors
/// The table cannot be read.
pub fn rows() -> Result<Vec<Row>, String> {
    let file = home().join("items.toml");
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    toml::from_str::<Rows>(&text).map(|rows| rows.row).map_err(|error| format!("{}: {error}", file.display()))
}

/// Plays all rows of an item; with `frames`, leaves pictures there.
///
/// # Errors
/// What went otherwise than it should.
pub fn run(id: &str, frames: Option<&Path>) -> Result<(), String> {
    let rows: Vec<Row> = rows()?.into_iter().filter(|row| row.item == id).collect();
    let catalogue = agency::catalogue::read().map_err(|why| why.to_string())?;
    let item = catalogue.item(id).filter(|_| !rows.is_empty());
    let item = item.ok_or_else(|| format!("no journey {id}; `hall journeys` lists them"))?;
    let directory = super::workplace(id);
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut play = Play::begin(&directory, frames)?;
    let mut wanted = Vec::new();
    for row in &rows {
        visit(&mut play, row, item, &catalogue, &mut wanted)
            .map_err(|why| format!("{id}, {}: {why}\n  files: {}", row.tells, directory.display()))?;
        println!("{id}: {}", row.tells);
    }
    agree(&play, &wanted).map_err(|why| format!("{id}: {why}\n  files: {}", directory.display()))?;
    if frames.is_some() {
        play.keep_paper()?;
    }
    drop(play);
    std::fs::remove_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))
}

type Acts = Vec<(String, String, String)>;

fn visit(play: &mut Play, row: &Row, item: &Item, catalogue: &Catalogue, wanted: &mut Acts) -> Result<(), String> {
    play.sign_in(row.persona)?;
    let group = catalogue.groups.iter().find(|group| group.id == item.group).ok_or("the item has no group")?;
    play.tap(&group.name.zh)?;
    open(play, &item.name.zh)?;
    for answer in &row.answers {
        act(play, answer)?;
        play.picture("answered")?;
    }
    play.page(&row.page)?;
    for words in &row.says {
        play.open(words)?;
    }
    if let Some([kind, outcome]) = &row.journal {
        wanted.push((kind.clone(), row.item.clone(), outcome.clone()));
    }
    if row.slip {
        slip(play)?;
        wanted.push(("slip".to_owned(), row.item.clone(), "printed".to_owned()));
    }
    play.leave()
}

/// The item's tile, on whichever page of its group.
fn open(play: &mut Play, name: &str) -> Result<(), String> {
    while !play.shows(name)? {
        play.tap("下一页")?;
    }
    play.tap(name)
}

fn act(play: &mut Play, answer: &str) -> Result<(), String> {
    if let Some(text) = answer.strip_prefix("type ") {
        return text.chars().try_for_each(|key| play.tap(&key.to_string()));
    }
    if let Some((letters, word)) = answer.strip_prefix("pinyin ").and_then(|rest| rest.split_once(' ')) {
        play.open("拼音")?;
        letters.chars().try_for_each(|key| play.tap(&key.to_string()))?;
        play.open(word)?;
        return play.tap(word);
    }
    play.open(answer)?;
    play.tap(answer)
}

/// The receipt of a case: its code and number stand on it, and nobody's whole name.
fn slip(play: &mut Play) -> Result<(), String> {
    play.tap("打印回执")?;
    play.page("printed")?;
    let text = good::slip_text(play)?;
    good::expect(text.contains("取件码") && text.contains("办件回执"), "the receipt does not name the case")?;
    let receipts = paper::receipts(&play.ground).len();
    good::expect(receipts == 1, &format!("{receipts} receipts came out"))
}

/// Journal and agency tell the same, in the same order.
fn agree(play: &Play, wanted: &Acts) -> Result<(), String> {
    let journal = "SELECT kind, item, outcome FROM acts ORDER BY sequence";
    let told = witness::rows(play, "terminal/journal.sqlite", journal)?;
    if told != *wanted {
        return Err(format!("journal: wanted {wanted:?}, but it says {told:?}"));
    }
    let filed = wanted.iter().filter(|(kind, _, outcome)| kind == "case" && outcome == "filed").count();
    let cases = witness::rows(play, "agency/agency.db", "SELECT item, key, pick_up FROM cases")?.len();
    if cases == filed { Ok(()) } else { Err(format!("agency: wanted {filed} cases, but it has {cases}")) }
}
