//! What a citizen reads off the glass. Pure.

/// Labels of the buttons that can be tapped.
pub(super) fn buttons(labels: &str) -> impl Iterator<Item = &str> {
    // Kind, place and size stand before each.
    labels.split(" | ").filter_map(|element| element.strip_prefix("button ")?.splitn(3, ' ').nth(2))
}

/// Whether there is one of that label.
pub(super) fn offered(labels: &str, label: &str) -> bool {
    buttons(labels).any(|button| button == label)
}
