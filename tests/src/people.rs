//! The invented people, as card emulator and journeys need them; the table itself is `tests/personas.toml`.

use std::path::PathBuf;

use contract::format::mask_name;

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

/// Names and numbers of everybody but these, as they could stand on a page, with a comma between two.
///
/// # Errors
/// There are no people.
pub fn others(but: &[usize]) -> Result<String, String> {
    let mut words = Vec::new();
    let masked = |n: usize| person(n).map(|person| mask_name(&person.name));
    let own = but.iter().map(|n| masked(*n)).collect::<Result<Vec<_>, _>>()?;
    for n in (1..=12).filter(|n| !but.contains(n)) {
        let person = person(n)?;
        // Two people may look alike behind a mask.
        words.extend([masked(n)?].into_iter().filter(|masked| !own.contains(masked)));
        words.extend([person.name, person.id_number]);
    }
    Ok(words.join(","))
}
