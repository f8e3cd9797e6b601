//! Masks: how much of a personal value may be seen. No official table exists; these follow domain 6.3.

/// A name keeps its last character: `*三`, `**明`. A Latin name keeps its last letter, a name with `·` the last character of
/// its last part; word gaps stay, so that a person recognises their own.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let name = name.trim();
    let last = name.chars().count().saturating_sub(1);
    name.chars().enumerate().map(|(at, c)| if at == last || is_gap(c) { c } else { '*' }).collect()
}

const fn is_gap(c: char) -> bool {
    matches!(c, '·' | ' ')
}

/// An ID number on shared pages: first and last character.
#[must_use]
pub fn mask_id_shared(id: &str) -> String {
    middle(id, 1, 1)
}

/// An ID number on its holder's own pages: first six and last four.
#[must_use]
pub fn mask_id_own(id: &str) -> String {
    middle(id, 6, 4)
}

/// A telephone number: `138****0000`.
#[must_use]
pub fn mask_phone(phone: &str) -> String {
    middle(phone, 3, 4)
}

/// A bank account: the last four digits.
#[must_use]
pub fn mask_bank(account: &str) -> String {
    middle(account, 0, 4)
}

/// Stars for all but the first and last few; all stars where nothing would be hidden.
fn middle(text: &str, head: usize, tail: usize) -> String {
    let count = text.chars().count();
    let hidden = |at: usize| count <= head + tail || (at >= head && at + tail < count);
    text.chars().enumerate().map(|(at, c)| if hidden(at) { '*' } else { c }).collect()
}
