//! Text that is typed on the glass: what a keyboard page asks for and gets back, whatever engine stands behind it.
//!
//! | Room | What stands in it |
//! |---|---|
//! | [`direct`] | keys that are their own text: what an engine does with a key that it does not compose |
//! | [`rime`] | pinyin and strokes through librime; the only folder that knows it |
//! | [`helper`] | the engine in a process of its own, one a visit: what was typed ends with that process |
//! | [`desk`] | the thread `input`: keys go in, exactly one composition a key comes out |
//!
//! An engine in C++ frees memory without clearing it, may throw through us and may hang. So it never enters the terminal: the process
//! is killed where it is late, and at the visit's end in any case.
//!
//! Must never: log, keep or learn what was typed; know fields, pages or visitors.

pub mod desk;
pub mod direct;
pub mod helper;
pub mod rime;

use std::fmt;

use serde::{Deserialize, Serialize};

/// A key of the keyboard on the glass.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Key {
    /// A letter, digit or sign, `·` (U+00B7) in names among them.
    Char(char),
    /// Takes back the last letter of the composition, or the field's last character where nothing is composed.
    Delete,
    /// Takes the first candidate of the page.
    Confirm,
    /// Takes this candidate of the page, from 0.
    Candidate(u8),
    /// Turns to the next page of candidates, if there is one.
    NextPage,
    /// Turns back.
    PreviousPage,
    /// Forgets the composition. Opens the engine too, so that a page may send it ahead of the first letter.
    Reset,
    /// Forgets the composition and writes in this way from now on.
    Script(Script),
}

/// A typed key may be a letter of somebody's name: which one is not told.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// A way to write Chinese.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Script {
    /// Full pinyin, simplified characters: letters a to z, `v` for ü, `'` between syllables that could be read otherwise.
    #[default]
    Pinyin,
    /// The strokes of a character in order, for rare ones in names: h 一, s 丨, p 丿, n 丶, z 乙. Nothing is simplified.
    Stroke,
}

/// What stands above the keyboard after a key. Personal: it dies with the visit.
///
/// It can be serialized for the one pipe to [`helper`]; into messages, logs and the journal it never goes.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composition {
    /// What is being composed, cut into syllables; empty if nothing is.
    pub preedit: String,
    /// One page of candidates, best first.
    pub candidates: Vec<String>,
    /// Which page, from 0.
    pub page: usize,
    /// Whether a further page follows.
    pub more: bool,
    /// Text that goes to the end of the field now.
    pub commit: Option<String>,
    /// The field loses its last character now.
    pub erase: bool,
}

impl Composition {
    /// Nothing is composed; this text goes into the field.
    #[must_use]
    pub fn committed(text: String) -> Self {
        Self { commit: Some(text), ..Self::default() }
    }

    /// Nothing is composed; the field loses a character.
    #[must_use]
    pub fn erased() -> Self {
        Self { erase: true, ..Self::default() }
    }
}

/// Shape without text.
impl fmt::Debug for Composition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { candidates, page, more, .. } = self;
        write!(f, "Composition({} candidates, page {page}, more: {more})", candidates.len())
    }
}

/// A way from keys to text.
pub trait InputMethod {
    /// One key. A key that means nothing here changes nothing.
    ///
    /// # Errors
    /// As [`InputMethodError`] says; what was being composed is lost then.
    fn press(&mut self, key: Key) -> Result<Composition, InputMethodError>;
}

/// Why a key has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum InputMethodError {
    /// The engine or its data are not installed; [`direct`] is what there is.
    #[error("{0} is missing: install librime1 and rime-data-luna-pinyin")]
    Missing(String),
    /// It is there and does not work: no private folder, no process, data of another version.
    #[error("the input engine does not start")]
    Refused,
    /// It took longer than a key may take, and was killed; the next key starts it anew.
    #[error("the input engine did not answer in time")]
    Late,
    /// It ended by itself or said something unheard-of; the next key starts it anew.
    #[error("the input engine is gone")]
    Lost,
    /// More keys wait than fingers can type.
    #[error("too many keys wait")]
    Busy,
    /// The key's visit has ended.
    #[error("the visit has ended")]
    Over,
}
