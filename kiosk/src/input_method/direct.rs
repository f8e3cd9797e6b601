//! Digits, Latin letters and signs: every key is its own text. Needs no engine, and what is typed so never passes through one.

use super::{Composition, InputMethod, InputMethodError, Key};

/// Holds nothing; [`press`] is all of it.
pub struct Direct;

impl InputMethod for Direct {
    fn press(&mut self, key: Key) -> Result<Composition, InputMethodError> {
        Ok(press(key))
    }
}

/// What a key is while nothing is composed. Control characters are nobody's text.
#[must_use]
pub fn press(key: Key) -> Composition {
    match key {
        Key::Char(char) if !char.is_control() => Composition::committed(char.into()),
        Key::Delete => Composition::erased(),
        _ => Composition::default(),
    }
}
