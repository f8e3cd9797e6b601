//! A command to a device under way: what it says, who may stop it, and what people do meanwhile. For tests of drivers.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hal::{Cancel, Control, Progress};

use crate::until::until;

/// How long a driver may take to say what it should, on a machine with two busy cores.
const PATIENCE: Duration = Duration::from_secs(20);

/// Listens to one command.
#[derive(Default)]
pub struct Watcher {
    news: Mutex<Vec<Progress>>,
    /// Stops it.
    pub cancel: Cancel,
}

impl Watcher {
    /// What it has said so far.
    #[must_use]
    pub fn said(&self) -> Vec<Progress> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs a command of at most `ms`; `then` runs beside it and may do what a person does.
    pub fn run<T: Send>(&self, ms: u64, command: impl FnOnce(&Control<'_>) -> T + Send, then: impl FnOnce(&Self)) -> T {
        std::thread::scope(|scope| {
            let running = scope.spawn(|| {
                let progress = |news| self.news.lock().unwrap_or_else(PoisonError::into_inner).push(news);
                let deadline = Instant::now() + Duration::from_millis(ms);
                command(&Control { deadline, cancel: self.cancel.clone(), progress: &progress })
            });
            then(self);
            running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Waits until it has said something.
    ///
    /// # Errors
    /// It did not in time.
    pub fn until(&self, what: &str, check: impl Fn(&Self) -> bool) -> Result<(), String> {
        until(what, PATIENCE, || check(self).then_some(()))
    }
}
