//! Whole visits on real parts. Each says what happens, and what six witnesses must then say: the sequence of pages, the terminal's journal, its
//! audit, the agency's database, the paper that came out, and the log, which may tell nobody's.

pub mod act;
mod books;
mod broken;
mod cabinet;
mod card_pin;
pub mod crash;
mod disk;
mod filing;
mod good;
mod identity;
pub mod item;
pub mod kill;
mod later;
mod line;
mod list;
mod mail;
mod mishap;
mod offline;
mod opinion;
pub mod paper;
mod play;
mod retention;
pub mod sentences;
pub mod testimony;
pub mod unwell;
pub mod witness;

use std::path::{Path, PathBuf};

pub use list::all;
pub use play::Play;
pub use witness::{rewrite, tamper};

/// A visit and its right ending.
pub struct Journey {
    /// Names it; a mishap where there is one.
    pub name: &'static str,
    /// What happens, in one line.
    pub tells: &'static str,
    /// Plays it.
    pub play: fn(&mut Play) -> Result<(), String>,
    /// How it must end.
    pub ending: Ending,
}

/// What the witnesses must say.
pub struct Ending {
    /// Every page, in order, repeats left out.
    pub pages: &'static str,
    /// Rows of the journal: kind, item, outcome.
    pub journal: &'static [(&'static str, &'static str, &'static str)],
    /// Documents the agency has issued.
    pub documents: usize,
    /// Receipts that came out, whole or torn.
    pub receipts: usize,
    /// Documents that came out.
    pub sheets: usize,
}

/// Plays the journey `name`, or all rows of the item of that id; with `frames`, leaves pictures there.
///
/// # Errors
/// What went otherwise than it should.
pub fn run(name: &str, frames: Option<&Path>) -> Result<(), String> {
    let Some(journey) = all().into_iter().find(|journey| journey.name == name) else {
        return item::run(name, frames);
    };
    let directory = workplace(name);
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut play = Play::begin(&directory, frames)?;
    let played = (journey.play)(&mut play).and_then(|()| witness::judge(&journey, &mut play));
    played.map_err(|why| format!("{name}: {why}\n  files: {}", directory.display()))?;
    println!("{name}: pages, journal, audit, agency and paper agree, and the log is clean");
    if frames.is_some() {
        play.keep_paper()?;
    }
    drop(play);
    // Kept only when somebody has to look.
    std::fs::remove_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))
}

fn workplace(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("hall-{name}"))
}
