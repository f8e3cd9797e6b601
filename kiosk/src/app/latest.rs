//! One place for one value, of which only the newest counts. Putting never waits.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The place.
pub(super) struct Latest<T> {
    /// The value, and whether somebody has put one since it was last waited for.
    value: Mutex<(Option<T>, bool)>,
    news: Condvar,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self { value: Mutex::new((None, false)), news: Condvar::new() }
    }
}

impl<T: Copy> Latest<T> {
    /// Whatever was there is forgotten.
    pub(super) fn put(&self, value: T) {
        *self.lock() = (Some(value), true);
        self.news.notify_all();
    }

    /// The newest value, if any was ever put.
    pub(super) fn get(&self) -> Option<T> {
        self.lock().0
    }

    /// Waits for a value that was put since the last wait, at most that long.
    pub(super) fn wait(&self, timeout: Duration) {
        let waited = self.news.wait_timeout_while(self.lock(), timeout, |(_, fresh)| !*fresh);
        waited.unwrap_or_else(PoisonError::into_inner).0.1 = false;
    }

    fn lock(&self) -> MutexGuard<'_, (Option<T>, bool)> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
