//! Every device class against an emulator on a real line: each way it fails, and that it recovers when the cause is gone.
//!
//! A test is named after its row in the class's table of faults (`hal/src/<class>.rs`); `tidy` holds the two together.

mod bridge;
mod id_reader;
mod pad;
mod receipt;
mod scanner;
mod sensors;
mod wires;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use hal::wire::serial::SerialDial;
use hal::{Cancel, Control, Progress};
use hall::emulate::Emulator;

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

/// What a command said on its way, and who may stop it.
#[derive(Default)]
struct Watcher {
    news: Mutex<Vec<Progress>>,
    cancel: Cancel,
}

impl Watcher {
    fn said(&self) -> Vec<Progress> {
        self.news.lock().unwrap().clone()
    }

    /// Runs a command of at most `ms`; `then` runs beside it and may do what a person does.
    fn run<T: Send>(&self, ms: u64, command: impl FnOnce(&Control<'_>) -> T + Send, then: impl FnOnce(&Self)) -> T {
        std::thread::scope(|scope| {
            let running = scope.spawn(|| {
                let progress = |news| self.news.lock().unwrap().push(news);
                let deadline = Instant::now() + Duration::from_millis(ms);
                command(&Control { deadline, cancel: self.cancel.clone(), progress: &progress })
            });
            then(self);
            running.join().unwrap()
        })
    }

    fn until(&self, what: &str, check: impl Fn(&Self) -> bool) {
        hall::until::until(what, Duration::from_secs(20), || check(self).then_some(())).unwrap();
    }
}

fn within(ms: u64) -> Control<'static> {
    Control::within(Duration::from_millis(ms))
}
