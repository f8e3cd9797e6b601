//! The table of kills: each service dies on each page of the first two journeys, and the visit goes on. Whatever happens, the
//! terminal must live, show a page, say no success that did not happen, and lose no row of its journal.

use super::Play;

/// Plays all cells and prints them.
///
/// # Errors
/// A cell in which the terminal lied, died or lost a row.
pub fn table() -> Result<(), String> {
    let _not_yet: Option<Play> = None;
    Err("not written yet".to_owned())
}
