//! The invented people, as card emulator and journeys need them; the table itself is `tests/personas.toml`.

use std::path::PathBuf;

pub use agency::persona::{Persona, Sex};

/// Where this package's own files are.
#[must_use]
pub fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The table's file.
#[must_use]
pub fn file() -> PathBuf {
    home().join("personas.toml")
}

/// Person number `n`, from 1.
///
/// # Errors
/// No such number, or no such table.
pub fn person(n: usize) -> Result<Persona, String> {
    let all = agency::persona::read(&file()).map_err(|error| error.to_string())?;
    let count = all.len();
    n.checked_sub(1)
        .and_then(|at| all.into_iter().nth(at))
        .ok_or_else(|| format!("no persona {n}; there are 1 to {count}"))
}
