//! The items on offer (`../catalogue/*.toml`), and whether a request fits one of them. Knows the catalogue's shapes, no item.

use std::collections::BTreeMap;

use contract::catalogue::{Catalogue, Elsewhere, Item, Kind, Text, check};
use contract::field::{self, FieldType, Value};
use contract::format::{Date, Period};
use contract::problem::ProblemCode;
use serde::Deserialize;
use toml::{Table, Value as Toml};

use crate::opinion::{self, OpinionError};
use crate::windows::Window;

/// What holds for every item, and the items, as they are written.
const COMMON: &str = include_str!("../catalogue/common.toml");
const ITEMS: [(&str, &str); 7] = [
    ("query.toml", include_str!("../catalogue/query.toml")),
    ("print.toml", include_str!("../catalogue/print.toml")),
    ("filing.toml", include_str!("../catalogue/filing.toml")),
    ("card.toml", include_str!("../catalogue/card.toml")),
    ("cases.toml", include_str!("../catalogue/cases.toml")),
    ("agent.toml", include_str!("../catalogue/agent.toml")),
    ("info.toml", include_str!("../catalogue/info.toml")),
];

/// Why the catalogue that is built in cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file is no TOML, or no catalogue: names file and place.
    #[error("catalogue/{0}: {1}")]
    Read(&'static str, toml::de::Error),
    /// The reasons of whoever is not satisfied.
    #[error(transparent)]
    Opinions(#[from] OpinionError),
    /// What [`contract::catalogue::check`] found, one a line.
    #[error("catalogue: {0}")]
    Wrong(String),
}

/// Where an item is done instead, as it is written: the window by its number; its name comes from its one place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    window: u8,
    materials: Vec<Text>,
}

/// Reads the catalogue that is built in. What stands under `[common]` lies under every item.
pub fn read() -> Result<Catalogue, CatalogueError> {
    let parse = |file: &'static str, text: &str| text.parse::<Table>().map_err(|why| CatalogueError::Read(file, why));
    let mut whole = parse("common.toml", COMMON)?;
    whole.remove("common");
    // Read one by one: an item that is done elsewhere names a window of this agency.
    whole.insert("items".to_owned(), Toml::Array(Vec::new()));
    let mut catalogue: Catalogue = whole.try_into().map_err(|why| CatalogueError::Read("common.toml", why))?;
    catalogue.evaluation = Some(opinion::read()?.form);
    let reader = Reader::new()?;
    for (file, text) in ITEMS {
        let Some(Toml::Array(more)) = parse(file, text)?.remove("items") else { continue };
        for item in more {
            catalogue.items.push(reader.item(file, item)?);
        }
    }
    checked(catalogue)
}

/// Reads items as they are written.
pub struct Reader {
    /// What lies below each.
    common: Toml,
}

impl Reader {
    /// With what holds for every item here.
    pub fn new() -> Result<Self, CatalogueError> {
        let mut whole = COMMON.parse::<Table>().map_err(|why| CatalogueError::Read("common.toml", why))?;
        let common = whole.remove("common").unwrap_or_else(|| Toml::Table(Table::new()));
        Ok(Self { common })
    }

    /// One item of that file.
    pub fn item(&self, file: &'static str, mut written: Toml) -> Result<Item, CatalogueError> {
        let wrong = |why| CatalogueError::Read(file, why);
        let route = written.as_table_mut().and_then(|item| item.remove("elsewhere"));
        let mut item: Item = over(self.common.clone(), written).try_into().map_err(wrong)?;
        if let Some(Written { window, materials }) = route.map(Toml::try_into).transpose().map_err(wrong)? {
            let none = || CatalogueError::Wrong(format!("{}: elsewhere.window: there is no window {window}", item.id));
            let window = Window::of_number(window).ok_or_else(none)?.names();
            item.elsewhere = Some(Elsewhere { window, materials });
        }
        Ok(item)
    }
}

/// The catalogue, if nothing is wrong with it.
pub fn checked(catalogue: Catalogue) -> Result<Catalogue, CatalogueError> {
    match check(&catalogue) {
        findings if findings.is_empty() => Ok(catalogue),
        findings => {
            let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
            Err(CatalogueError::Wrong(lines.join("\n")))
        }
    }
}

/// Lays one value over another: tables key by key, anything else whole.
pub fn over(below: Toml, above: Toml) -> Toml {
    match (below, above) {
        (Toml::Table(mut below), Toml::Table(above)) => {
            for (key, value) in above {
                let merged = match below.remove(&key) {
                    Some(old) => over(old, value),
                    None => value,
                };
                below.insert(key, merged);
            }
            Toml::Table(below)
        }
        (_, above) => above,
    }
}

/// The item a request means, if it is of that kind and that version.
pub fn item_of<'a>(catalogue: &'a Catalogue, id: &str, version: u32, kind: Kind) -> Result<&'a Item, ProblemCode> {
    let item = catalogue.item(id).filter(|item| item.kind == kind).ok_or(ProblemCode::BadRequest)?;
    if item.version == version { Ok(item) } else { Err(ProblemCode::ItemChanged) }
}

/// Whether the answers are those the item asks for, each allowed; every defect is told at once. The kiosk has checked by the same rules.
pub fn check_inputs(item: &Item, inputs: &BTreeMap<String, Value>, today: Date) -> Result<(), Vec<field::Defect>> {
    field::check_received(&item.inputs, inputs, today)
}

/// An answer in characters: what was chosen or typed.
pub fn text<'a>(inputs: &'a BTreeMap<String, Value>, id: &str) -> Result<&'a str, ProblemCode> {
    match inputs.get(id) {
        Some(Value::Text(text)) => Ok(text),
        _ => Err(ProblemCode::BadRequest),
    }
}

/// The answer to a range of months.
pub fn months(inputs: &BTreeMap<String, Value>, id: &str) -> Result<(Period, Period), ProblemCode> {
    match inputs.get(id) {
        Some(Value::MonthRange { from, to }) => Ok((*from, *to)),
        _ => Err(ProblemCode::BadRequest),
    }
}

/// The words for a chosen value, in a language; the value itself where nobody has words for it.
pub fn label<'a>(catalogue: &'a Catalogue, value: &'a str, language: &str) -> &'a str {
    let fields = catalogue.items.iter().flat_map(|item| &item.inputs);
    let choices = fields.filter_map(|field| match &field.kind {
        FieldType::Choice { options } => Some(options),
        _ => None,
    });
    choices.filter_map(|options| field::label_of(options, value, language)).next().unwrap_or(value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> Value {
        Value::MonthRange { from: Period::parse(from).unwrap(), to: Period::parse(to).unwrap() }
    }

    #[test]
    fn a_period_of_the_future_or_of_four_years_is_asked_for() {
        let catalogue = read().unwrap();
        let item = catalogue.item("P01").unwrap();
        let today = Date::new(2026, 11, 23).unwrap();
        let check = |value| check_inputs(item, &BTreeMap::from([("period".to_owned(), value)]), today);
        assert!(check(range("202311", "202610")).is_ok());
        for (from, to) in [("202310", "202610"), ("202601", "202612"), ("202602", "202601")] {
            assert_eq!(check(range(from, to)).unwrap_err().len(), 1);
        }
        assert!(check(Value::Text("110".into())).is_err());
    }

    #[test]
    fn a_hint_does_not_fit_below_its_name() {
        for item in read().unwrap().items {
            let (zh, en) = (item.hint.zh.chars().count(), item.hint.en.chars().count());
            assert!((1..=14).contains(&zh) && en > 0 && !item.name.en.is_empty(), "{}: {zh} characters", item.id);
        }
    }

    #[test]
    fn an_old_or_unknown_item_is_asked_for() {
        let catalogue = read().unwrap();
        assert_eq!(item_of(&catalogue, "Q02", 1, Kind::Query).unwrap_err(), ProblemCode::ItemChanged);
        assert_eq!(item_of(&catalogue, "Q02", 2, Kind::Print).unwrap_err(), ProblemCode::BadRequest);
        assert_eq!(label(&catalogue, "210", "en"), "Unemployment insurance");
    }
}
