//! A bug in a library: it panics in the middle of its work, on the thread that has called it. Libraries tell a logger what they do, and the terminal
//! has none: ours takes that place once it is told which thread is to panic.

use std::sync::OnceLock;

use log::{LevelFilter, Log, Metadata, Record};

use super::child::LAST_WORDS;

/// The thread that is to panic.
static THREAD: OnceLock<String> = OnceLock::new();

struct Bug;

impl Log for Bug {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    /// What a library has to tell is told to nobody: it may be anything.
    fn log(&self, _: &Record<'_>) {
        let here = std::thread::current();
        let is_due = here.name().is_some_and(|name| THREAD.get().is_some_and(|thread| thread == name));
        assert!(!is_due, "{LAST_WORDS}");
    }

    fn flush(&self) {}
}

/// From here on, the thread of this name panics as soon as a library has something to tell on it. Once a program.
pub(super) fn arm(thread: &str) -> Result<String, String> {
    THREAD.set(thread.to_owned()).map_err(|_| "one is to panic already".to_owned())?;
    log::set_logger(&Bug).map_err(|error| error.to_string())?;
    log::set_max_level(LevelFilter::Trace);
    Ok(format!("the thread {thread} panics in a library"))
}
