//! Devices that stand behind real daemons with fixed ports: each way they fail, played against hal's own driver inside
//! [`crate::namespace`]. A case is a test that needs a machine of its own: it fails loudly, and `tests/suite/devices` calls each.
//!
//! A case is named after its row in the class's table of faults (`hal/src/<class>.rs`), or after the mishap.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a case is a test: it may fail loudly")]

pub mod card;
pub mod listing;
pub mod page;
pub mod queue;
pub mod staff;
pub mod ups;

use std::path::PathBuf;
use std::time::Duration;

use hal::Control;

use crate::emulate::Emulator;

/// A case: its name, and what is played in a folder of its own.
pub type Case = (&'static str, fn(&Folder));

/// A folder that goes with the case.
pub struct Folder(PathBuf);

impl Folder {
    /// A path below it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Who looks for the reason of a failure needs the daemons' logs.
        if !std::thread::panicking() {
            let _gone = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// `hall device CLASS CASE`.
///
/// # Errors
/// There is no such case. (One that fails panics: the daemons end with the process's namespace.)
pub fn run(class: &str, case: &str) -> Result<(), String> {
    let all = [
        ("card", card::CASES),
        ("listing", listing::CASES),
        ("page", page::CASES),
        ("queue", queue::CASES),
        ("staff", staff::CASES),
        ("ups", ups::CASES),
    ];
    let cases = all.iter().find(|(name, _)| *name == class).map(|(_, cases)| *cases);
    let found = cases.and_then(|cases| cases.iter().find(|(name, _)| *name == case));
    let (_, play) = found.ok_or_else(|| format!("no case {class} {case}"))?;
    let path = std::env::temp_dir().join(format!("hall-{class}-{case}"));
    let _from_last_time = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    play(&Folder(path));
    Ok(())
}

/// Names cases after their functions.
macro_rules! cases {
    ($($case:ident;)+) => {
        /// Every case of this class.
        pub const CASES: &[crate::cases::Case] = &[$((stringify!($case), $case),)+];
    };
}
use cases;

/// Tells the emulator something that it must understand.
fn tell(emulator: &mut impl Emulator, line: &str) -> String {
    emulator.line(line).unwrap_or_else(|why| panic!("{line}: {why}"))
}

fn within(ms: u64) -> Control<'static> {
    Control::within(Duration::from_millis(ms))
}

/// What is found must be what is wanted.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, wanted: &T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found:?}, not {wanted:?}")) }
}
