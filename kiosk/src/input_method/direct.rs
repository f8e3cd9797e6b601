//! Keys that are their own text. An engine asks here for whatever it does not compose; boards of digits and Latin letters need no engine at
//! all, and what is typed on them never passes through one.

use super::{Composition, Key};

/// What a key is while nothing is composed. Control characters are nobody's text.
#[must_use]
pub fn press(key: Key) -> Composition {
    match key {
        Key::Char(char) if !char.is_control() => Composition::committed(char.into()),
        Key::Delete => Composition::erased(),
        _ => Composition::default(),
    }
}
