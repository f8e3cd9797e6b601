//! All fixed words, one table a language. `view` looks them up by key; nothing else in the terminal holds a sentence.
//!
//! A key that is missing shows itself: a test, not a citizen, must be the first to see it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::model::Lang;

/// The words of one language, by dotted key.
pub struct Words(BTreeMap<String, String>);

static ZH: OnceLock<Words> = OnceLock::new();
static EN: OnceLock<Words> = OnceLock::new();

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Zh => ZH.get_or_init(|| Self::parse(include_str!("../words/zh.toml"))),
            Lang::En => EN.get_or_init(|| Self::parse(include_str!("../words/en.toml"))),
        }
    }

    /// The words under `key`; the key itself where there are none.
    #[must_use]
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.get(key).map_or(key, String::as_str)
    }

    /// The words under `key` with each `{name}` replaced.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.get(key).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// What a fault means to somebody: `citizen`, `staff` or `technician`.
    #[must_use]
    pub fn fault(&self, code: &str, to: &str) -> &str {
        self.0.get(&format!("fault.{code}.{to}")).map_or("", String::as_str)
    }

    /// Every key, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn parse(text: &str) -> Self {
        let mut flat = BTreeMap::new();
        // The tables are compiled in, and a test reads them: an unreadable one shows keys, never ends the program.
        if let Ok(table) = text.parse::<toml::Table>() {
            flatten("", table, &mut flat);
        }
        Self(flat)
    }
}

fn flatten(prefix: &str, table: toml::Table, flat: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, flat),
            toml::Value::String(text) => drop(flat.insert(key, text)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_missing_in_one_language() {
        let keys = |lang| Words::of(lang).keys().collect::<Vec<_>>();
        assert!(keys(Lang::Zh).len() > 100, "the table was not read");
        assert_eq!(keys(Lang::Zh), keys(Lang::En));
    }

    #[test]
    fn a_placeholder_is_lost_in_translation() {
        let holes = |text: &str| {
            let mut holes: Vec<_> = text
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect();
            holes.sort();
            holes
        };
        for key in Words::of(Lang::Zh).keys() {
            assert_eq!(holes(Words::of(Lang::Zh).get(key)), holes(Words::of(Lang::En).get(key)), "{key}");
        }
    }

    #[test]
    fn a_fault_has_no_words_for_somebody() {
        // The catalogue is read as text: this crate must not know the devices.
        let catalogue = include_str!("../../hal/src/fault.rs");
        let codes: Vec<_> = catalogue
            .lines()
            .filter_map(|line| line.split_once(" = \"")?.1.split_once('"').map(|(code, _)| code))
            .collect();
        assert!(codes.len() > 20, "the fault catalogue has another shape now");
        for code in codes {
            for to in ["citizen", "staff", "technician"] {
                assert!(!Words::of(Lang::Zh).fault(code, to).is_empty(), "{code}: no words for {to}");
            }
        }
    }

    #[test]
    fn a_citizen_is_shouted_at() {
        for lang in Lang::ALL {
            let words = Words::of(lang);
            for key in words.keys() {
                assert!(!words.get(key).contains(['!', '！']), "{key}");
            }
        }
    }
}
