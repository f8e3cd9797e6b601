//! `kiosk catalogue`: what the terminal would begin with if the agency were down now, and how old that is. Beside a running terminal.

use std::process::ExitCode;

use contract::site::Site;

use super::say;
use crate::clock::Now;
use crate::kept::{Kept, Shelf, Unread};

/// Prints a line each. Exit 1 where one of them is missing or cannot be used.
#[must_use]
pub fn run(site: &Site, now: Now) -> ExitCode {
    let shelf = Shelf::of(site);
    let catalogue = shelf.catalogue();
    let catalogue = told("catalogue", &catalogue, now, |catalogue| {
        format!("version {}, {} item(s)", catalogue.version, catalogue.items.len())
    });
    let calendar = shelf.calendar();
    let calendar = told("calendar", &calendar, now, |calendar| format!("year {}", calendar.year));
    if catalogue && calendar { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn told<T>(name: &str, read: &Result<Option<Kept<T>>, Unread>, now: Now, of: impl FnOnce(&T) -> String) -> bool {
    match read {
        Ok(Some(kept)) => {
            let hours = now.unix_ms.saturating_sub(kept.unix_ms) / 3_600_000;
            say(format_args!("{name}: {}; {} said so {hours} hour(s) ago", of(&kept.what), kept.from));
            true
        }
        Ok(None) => {
            say(format_args!("{name}: none kept; without the agency the terminal has nothing to begin with"));
            false
        }
        Err(why) => {
            say(format_args!("{name}: what is kept {why}; it is replaced when the agency answers"));
            false
        }
    }
}
