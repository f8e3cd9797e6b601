//! What the program `kiosk` prints when it is asked about what it has kept. Called by `main` only.

pub mod audit;
pub mod journal;
pub mod kept;
mod typed;

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

use crate::events::By;

/// What a shell says of a program that SIGPIPE has ended: no success, whatever was still to be said.
const READER_GONE: i32 = 128 + 13;

/// Prints a line. Ends the program where nobody reads on (`| head`, a pager that was closed): quietly, as the signal would that Rust ignores. A
/// full disk behind `>` is a failure: what was written is not all.
pub fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    let Err(why) = writeln!(out, "{line}") else { return };
    if why.kind() == ErrorKind::BrokenPipe {
        std::process::exit(READER_GONE);
    }
    let _said_nowhere = writeln!(io::stderr(), "cannot print: {why}");
    std::process::exit(1);
}

/// Whose word it is, by 工号: a name that no machine gives itself, and that may stand in the audit.
fn staff(number: &str) -> Result<By, String> {
    let why = "1 to 64 letters, digits, hyphens, dots or underscores; no machine's name, no ID, card or phone number";
    By::staff(number).ok_or_else(|| why.to_owned())
}
