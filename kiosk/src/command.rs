//! What the program `kiosk` prints when it is asked about what it has kept. Called by `main` only.

pub mod audit;
pub mod journal;
pub mod kept;

use crate::journal::{By, retention};

/// Whose word it is, by 工号: a name that no machine gives itself.
fn staff(number: &str) -> Result<By, String> {
    let why = "1 to 64 letters, digits, hyphens, dots or underscores, and no machine's name";
    retention::staff(number).ok_or_else(|| why.to_owned())
}
