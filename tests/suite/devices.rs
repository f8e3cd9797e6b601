//! Every device class against an emulator on a real line: each way it fails, and that it recovers when the cause is gone.
//!
//! Card service, page printer, CUPS queue and power supply are real daemons with fixed ports, so their cases are played in namespaces of their own
//! (`hall device CLASS CASE`).
//!
//! A test is named after its row in the class's table of faults (`hal/src/<class>.rs`); `tidy` holds the two together.

mod bridge;
mod card;
mod id_reader;
mod listing;
mod pad;
mod page;
mod receipt;
mod scanner;
mod sensors;
mod soak;
mod staff;
mod ups;
mod wires;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hal::Control;
use hal::wire::serial::SerialDial;
use hall::emulate::Emulator;
use hall::watcher::Watcher;

/// A folder of its own, removed at the end.
struct Bench(PathBuf);

impl Bench {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hall-device-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn dial(path: &Path) -> Box<SerialDial> {
    Box::new(SerialDial { path: path.to_owned(), baud: 115_200 })
}

/// Tells the emulator something that it must understand.
fn tell(emulator: &mut impl Emulator, line: &str) -> String {
    emulator.line(line).unwrap_or_else(|why| panic!("{line}: {why}"))
}

/// Plays a case of `hall::cases` in namespaces of its own.
fn play(class: &str, case: &str) {
    let program = hall::ground::beside_us("hall").unwrap();
    let output = Command::new(program).args(["device", class, case]).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "hall device {class} {case}: {said}");
}

/// One test a case, named after it, and one that finds a case without a test.
macro_rules! cases {
    ($class:ident: $($case:ident;)+) => {
        $(#[test] fn $case() { crate::devices::play(stringify!($class), stringify!($case)); })+

        #[test]
        fn no_case_is_left_out() {
            let known: Vec<_> = hall::cases::$class::CASES.iter().map(|(name, _)| *name).collect();
            assert_eq!(known, [$(stringify!($case)),+]);
        }
    };
}
use cases;

fn within(ms: u64) -> Control<'static> {
    Control::within(Duration::from_millis(ms))
}
