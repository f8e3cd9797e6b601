//! One device class on its real daemon, one fault at a time: what the driver reports while it lasts, and that the device works
//! again when it is over. Each is a test of the suite; `hall trial NAME` plays one by hand. Only inside [`crate::namespace`].

pub mod card;
pub mod listing;

use std::fmt::Debug;
use std::path::Path;

/// Plays the trial of that name.
///
/// # Errors
/// What is otherwise than it should be.
pub fn run(name: &str) -> Result<(), String> {
    let directory = std::env::temp_dir().join(format!("hall-trial-{name}"));
    let _from_last_time = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
    let played = play(name, &directory);
    played.map_err(|why| format!("{name}: {why}\n  files: {}", directory.display()))?;
    std::fs::remove_dir_all(&directory).map_err(|error| error.to_string())
}

fn play(name: &str, directory: &Path) -> Result<(), String> {
    if let Some((_, case)) = card::CASES.iter().find(|(case, _)| *case == name) {
        return card::run(*case, directory);
    }
    let listing = listing::CASES.iter().find(|(case, _)| *case == name);
    let (_, case) = listing.ok_or("no such trial; `hall trial` lists them")?;
    listing::run(*case, directory)
}

/// Every trial.
pub fn names() -> impl Iterator<Item = &'static str> {
    card::CASES.iter().map(|(name, _)| *name).chain(listing::CASES.iter().map(|(name, _)| *name))
}

fn same<T: PartialEq + Debug>(what: &str, found: &T, wanted: &T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found:?}, not {wanted:?}")) }
}
