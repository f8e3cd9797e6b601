//! What every command to a device brings along: until when, how to stop it, whom to tell on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::fault::Code;

/// Asks a running command to stop. Cancelling is not a time-out: the command still completes exactly once,
/// and says `Cancelled`.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks; returns at once. Safe to call twice.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether someone asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// News of a command that has not ended yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The device has taken the job.
    Accepted,
    /// The device waits for somebody: paper, a cover. The command goes on by itself when that is done.
    Blocked(Code),
    /// What blocked it is gone.
    Resumed,
}

/// Deadline, cancel and progress of one command.
pub struct Control<'a> {
    /// No answer after this instant counts as one.
    pub deadline: Instant,
    /// Somebody else's wish that the command stop.
    pub cancel: Cancel,
    /// Called from the device's thread; must not block.
    pub progress: &'a dyn Fn(Progress),
}

impl Control<'_> {
    /// A control that nobody cancels and nobody listens to, ending `timeout` from now.
    #[must_use]
    pub fn within(timeout: Duration) -> Self {
        Self { deadline: Instant::now() + timeout, cancel: Cancel::default(), progress: &|_| {} }
    }

    /// What is left until the deadline; zero when it has passed.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}
