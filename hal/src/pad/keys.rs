//! What bytes a pad's keys send: a table, and the only place that knows. Pure.

use super::Key;

/// Bytes beside the ASCII digits. Makers agree on the first three; the letters are how most label the side keys.
const KEYS: &[(u8, Key)] = &[
    (0x0D, Key::Confirm),
    (b'#', Key::Confirm),
    (0x08, Key::Correct),
    (b'*', Key::Correct),
    (0x1B, Key::Cancel),
    (b'A', Key::Previous),
    (b'B', Key::Next),
];

/// The key that sends this byte; `None` for a byte that no key sends.
#[must_use]
pub fn decode(byte: u8) -> Option<Key> {
    match byte {
        b'0'..=b'9' => Some(Key::Digit(byte - b'0')),
        other => KEYS.iter().find(|(sent, _)| *sent == other).map(|(_, key)| *key),
    }
}
