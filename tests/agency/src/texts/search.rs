//! The index over policy texts: SQLite's FTS5 over the pairs of [`grams`](super::grams), in memory, built at the start. One character is
//! looked for in the texts themselves. Texts that are not in force are kept here, too, and never come out.

use std::sync::{Mutex, PoisonError};

use contract::format::Date;
use contract::message::{Hit, Hits};
use rusqlite::{Connection, params_from_iter};

use super::grams::{self, Piece};
use super::{Kept, TextsError};

/// As many as somebody leafs through.
const MOST: usize = 20;

const TABLES: &str = "
    CREATE TABLE texts (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, from_day TEXT NOT NULL, to_day TEXT NOT NULL,
        issued TEXT NOT NULL) STRICT;
    CREATE VIRTUAL TABLE grams USING fts5(title, body, content='');
";

/// Policy texts and their index.
pub struct Library {
    texts: Vec<Kept>,
    index: Mutex<Connection>,
}

impl Library {
    /// Builds the index.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn of(texts: Vec<Kept>) -> Result<Self, TextsError> {
        let mut db = Connection::open_in_memory()?;
        db.execute_batch(TABLES)?;
        let all = db.transaction()?;
        for (number, text) in (0_i64..).zip(&texts) {
            if text.approval.status == contract::catalogue::Status::Valid {
                insert(&all, number, text)?;
            }
        }
        all.commit()?;
        Ok(Self { texts, index: Mutex::new(db) })
    }

    /// The text of this id, if it is in force and no order has withdrawn it.
    pub fn text(&self, id: &str, today: Date, withdrawn: &[String]) -> Option<&Kept> {
        let known = self.texts.iter().find(|text| text.id == id)?;
        (known.approval.in_force(today) && !withdrawn.contains(&known.id)).then_some(known)
    }

    /// Texts in force that hold everything that is asked for, those with it in their title first.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn search(
        &self,
        question: &str,
        today: Date,
        withdrawn: &[String],
        language: &str,
    ) -> Result<Hits, rusqlite::Error> {
        let pieces = grams::pieces(question);
        if pieces.is_empty() {
            return Ok(Hits::default());
        }
        let words: Vec<String> = pieces.iter().map(Piece::text).collect();
        let found = self.numbers(&pieces, today, MOST + withdrawn.len())?;
        let known = found.into_iter().filter_map(|number| self.texts.get(usize::try_from(number).ok()?));
        let hits: Vec<Hit> = known
            .filter(|text| text.approval.in_force(today) && !withdrawn.contains(&text.id))
            .take(MOST)
            .map(|text| text.hit(language, &words))
            .collect();
        Ok(Hits { hits })
    }

    fn numbers(&self, pieces: &[Piece], today: Date, most: usize) -> Result<Vec<i64>, rusqlite::Error> {
        let matching = matching(pieces);
        let mut values = vec![today.to_string()];
        let mut name = |value: String| {
            values.push(value);
            format!("?{}", values.len())
        };
        // Every piece must stand in the title for a text to come first; a single character must stand somewhere.
        let likes: Vec<(bool, String)> =
            pieces.iter().map(|piece| (matches!(piece, Piece::Single(_)), name(like(&piece.text())))).collect();
        let in_title: Vec<_> = likes.iter().map(|(_, value)| format!("t.title LIKE {value} ESCAPE '!'")).collect();
        let singles = likes.iter().filter(|(single, _)| *single);
        let somewhere: String = singles
            .map(|(_, value)| format!(" AND (t.title LIKE {value} ESCAPE '!' OR t.body LIKE {value} ESCAPE '!')"))
            .collect();
        let (from, rank) = if matching.is_empty() {
            ("texts t WHERE true".to_owned(), "")
        } else {
            let asked = name(matching);
            (format!("grams g JOIN texts t ON t.id = g.rowid WHERE grams MATCH {asked}"), "g.rank, ")
        };
        let sql = format!(
            "SELECT t.id FROM {from} AND t.from_day <= ?1 AND (t.to_day = '' OR t.to_day >= ?1){somewhere}
             ORDER BY ({}) DESC, {rank}t.issued DESC LIMIT {most}",
            in_title.join(" AND ")
        );
        // A panic in another search has changed nothing: the index is only read.
        let db = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = db.prepare(&sql)?;
        let rows = statement.query_map(params_from_iter(&values), |row| row.get(0))?;
        rows.collect()
    }
}

fn insert(db: &Connection, number: i64, text: &Kept) -> Result<(), rusqlite::Error> {
    let title = format!("{}\n{}", text.title.zh, text.title.en);
    // What one would ask for: its number and who issued it, too.
    let paragraphs = text.paragraphs.iter().flat_map(|paragraph| [paragraph.zh.as_str(), paragraph.en.as_str()]);
    let body: Vec<&str> = [text.number.as_str(), text.issuer.zh.as_str()].into_iter().chain(paragraphs).collect();
    let body = body.join("\n");
    let to_day = text.approval.effective_to.map(|day| day.to_string()).unwrap_or_default();
    db.prepare("INSERT INTO grams (rowid, title, body) VALUES (?1, ?2, ?3)")?.execute(rusqlite::params![
        number,
        grams::tokens(&title),
        grams::tokens(&body)
    ])?;
    db.prepare("INSERT INTO texts VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(rusqlite::params![
        number,
        title,
        body,
        text.approval.effective_from.to_string(),
        to_day,
        text.issued.to_string()
    ])?;
    Ok(())
}

/// The question in the index's language: phrases of pairs, and words that may go on. Pieces hold letters and digits only, so that nothing
/// a citizen types can mean something else there.
fn matching(pieces: &[Piece]) -> String {
    let phrases = pieces.iter().filter_map(|piece| match piece {
        Piece::Run(run) => Some(format!("\"{}\"", grams::pairs(run).collect::<Vec<_>>().join(" "))),
        Piece::Word(word) => Some(format!("\"{word}\" *")),
        Piece::Single(_) => None,
    });
    phrases.collect::<Vec<_>>().join(" AND ")
}

/// A pattern of LIKE that holds this text as it is.
fn like(text: &str) -> String {
    let escaped: String = text.chars().flat_map(|c| "%_!".contains(c).then_some('!').into_iter().chain([c])).collect();
    format!("%{escaped}%")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::texts;

    fn today() -> Date {
        Date::new(2026, 11, 23).unwrap()
    }

    fn found(question: &str) -> Vec<String> {
        let published = texts::read().unwrap();
        let hits = published.library.search(question, today(), &[], "zh").unwrap();
        hits.hits.into_iter().map(|hit| hit.id).collect()
    }

    #[test]
    fn two_characters_or_one_find_nothing() {
        assert_eq!(found("失业").first().unwrap(), "uir");
        assert!(found("卡").first().unwrap() == "card-faq" && found("卡").len() >= 2, "{:?}", found("卡"));
        assert_eq!(found("延迟退休"), ["delay"]);
        assert!(found("延迟保险").is_empty(), "neighbours in no text");
        assert_eq!(found("延迟 法定").first().unwrap(), "delay");
        assert_eq!(found("765"), ["sir"]);
        assert_eq!(found("断缴 零"), ["pay-faq"]);
        assert_eq!(found("Unemploy").first().unwrap(), "uir");
        assert_eq!(found("国办发〔2009〕66号"), ["transfer-2009"]);
    }

    #[test]
    fn a_text_about_something_else_comes_first() {
        let all = found("退休");
        assert!(all.first().unwrap() == "delay" && all.len() > 2, "{all:?}");
    }

    #[test]
    fn words_that_no_text_has_find_one() {
        assert!(found("比特币").is_empty() && found("龘").is_empty() && found("blockchain").is_empty());
        assert!(found("养老 比特币").is_empty(), "one word of two is enough");
    }

    #[test]
    fn a_text_that_is_withdrawn_or_not_yet_in_force_is_found() {
        assert!(found("工本费").is_empty() && found("补换卡收费").is_empty() && found("2027年度").is_empty());
        let published = texts::read().unwrap();
        let library = &published.library;
        let next = Date::new(2027, 1, 4).unwrap();
        let hits = |words: &str, day, gone: &[String]| library.search(words, day, gone, "zh").unwrap().hits;
        assert_eq!(hits("2027年度", next, &[]).len(), 1);
        assert!(hits("失业保险条例", today(), &["uir".to_owned()]).iter().all(|hit| hit.id != "uir"));
        for gone in ["old-card", "next-year", "nothing"] {
            assert!(library.text(gone, today(), &[]).is_none(), "{gone}");
        }
        assert!(library.text("uir", today(), &["uir".to_owned()]).is_none());
    }

    #[test]
    fn somebody_types_the_language_of_the_index() {
        for junk in [
            "\"",
            "*",
            "OR",
            "养老 OR",
            "NEAR(",
            "title:",
            "-",
            "^a",
            "%",
            "_",
            "'; DROP TABLE texts",
            "\u{0}",
            "😀",
            "AND NOT",
            "金\"*",
        ] {
            let published = texts::read().unwrap();
            let hits = published.library.search(junk, today(), &[], "en");
            assert!(hits.is_ok(), "{junk}: {hits:?}");
        }
        assert!(found("%").is_empty() && found("_").is_empty());
        let long = "养老保险".repeat(500);
        assert!(found(&long).is_empty());
    }
}
