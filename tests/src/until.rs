//! The one place where the hall waits for something it cannot be told of: bounded, and asked often.

use std::time::{Duration, Instant};

/// Asks `check` every few milliseconds until it answers, at most `limit`; the error says what was waited for.
///
/// # Errors
/// The limit passed.
pub fn until<T>(what: &str, limit: Duration, mut check: impl FnMut() -> Option<T>) -> Result<T, String> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = check() {
            return Ok(found);
        }
        if Instant::now() >= end {
            return Err(format!("waited {} s for {what}", limit.as_secs_f32()));
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
}
