//! What a citizen reads off the glass: buttons, and whose names stand there. Pure.

use crate::people::person;

/// Labels of the buttons that can be tapped.
pub(super) fn buttons(labels: &str) -> impl Iterator<Item = &str> {
    // Kind, place and size stand before each.
    labels.split(" | ").filter_map(|element| element.strip_prefix("button ")?.splitn(3, ' ').nth(2))
}

/// Whether there is one of that label.
pub(super) fn offered(labels: &str, label: &str) -> bool {
    buttons(labels).any(|button| button == label)
}

/// Names and numbers of everybody but these, as they could stand on a page.
///
/// # Errors
/// There are no people.
pub(super) fn others(but: &[usize]) -> Result<String, String> {
    let mut words = Vec::new();
    let masked = |n: usize| person(n).map(|person| contract::format::mask_name(&person.name));
    let own = but.iter().map(|n| masked(*n)).collect::<Result<Vec<_>, _>>()?;
    for n in (1..=12).filter(|n| !but.contains(n)) {
        let person = person(n)?;
        // Two people may look alike behind a mask.
        words.extend([masked(n)?].into_iter().filter(|masked| !own.contains(masked)));
        words.extend([person.name, person.id_number]);
    }
    Ok(words.join(","))
}
