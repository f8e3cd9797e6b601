//! When a thread panics. Its place is written down, never its words: they may hold anything. Then the program begins anew, as the same
//! process: whatever its memory held is gone, the journal stands, and whoever comes finds the welcome page.
//!
//! Only for programs' `main`; a library or a test must not have its panics taken away.

use std::os::unix::process::CommandExt;
use std::panic::PanicHookInfo;
use std::process::Command;

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::clock;
use crate::events::{self, Event, Name};

/// When it happened before, and where last: `PLACE MS MS ...`, in milliseconds since the machine was started.
const VARIABLE: &str = "KIOSK_PANICS";

/// So many within that time are no accident: the service manager decides, and staff see that the terminal is out of order.
const PANICS_MAX: usize = 5;
const WITHIN_MS: u64 = 120_000;

/// From here on, a panic of any thread begins the program anew, with the same arguments; and nothing that kills it leaves its memory on disk.
pub fn begin_anew() {
    // Fails only where there is no such limit to lower.
    let _no_core = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    std::panic::set_hook(Box::new(|info| {
        let (place, line) = place(info);
        events::log(&Event::Panicked { place: Name::from(place.as_str()), line });
        let mut times = recent(&std::env::var(VARIABLE).unwrap_or_default(), clock::uptime_ms());
        times.push(clock::uptime_ms());
        if times.len() < PANICS_MAX {
            let before = times.iter().fold(format!("{place}:{line}"), |text, ms| format!("{text} {ms}"));
            let arguments = std::env::args_os().skip(1);
            // Returns only if it fails.
            let _not_begun = Command::new("/proc/self/exe").args(arguments).env(VARIABLE, before).exec();
        }
        std::process::exit(1);
    }));
}

/// From here on, of a panic only its place is said.
pub fn say_only_where() {
    std::panic::set_hook(Box::new(|info| {
        let (place, line) = place(info);
        eprintln!("panicked at {place}:{line}");
    }));
}

/// Writes down that this program has begun anew, if it has.
pub fn tell() {
    let before = std::env::var(VARIABLE).unwrap_or_default();
    let mut parts = before.split(' ');
    let place = parts.next().and_then(|place| place.rsplit_once(':'));
    if let Some((place, line)) = place {
        let times = u64::try_from(parts.count()).unwrap_or(u64::MAX);
        events::write(&Event::BegunAnew { place: Name::from(place), line: line.parse().unwrap_or(0), times });
    }
}

/// File and line; a file's name stands without its folders, so that it is a name like any other.
fn place(info: &PanicHookInfo<'_>) -> (String, u64) {
    let location = info.location();
    let file = location.and_then(|place| place.file().rsplit('/').next()).unwrap_or("unknown");
    (file.to_owned(), location.map_or(0, |place| u64::from(place.line())))
}

/// The panics of the last two minutes.
fn recent(before: &str, now_ms: u64) -> Vec<u64> {
    let times = before.split(' ').skip(1).filter_map(|ms| ms.parse().ok());
    times.filter(|ms| now_ms.saturating_sub(*ms) < WITHIN_MS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_panic_counts_or_a_new_one_does_not() {
        assert_eq!(recent("clock.rs:7 1000 60000 119000", 121_500), [60_000, 119_000]);
        assert!(recent("", 5).is_empty());
        assert_eq!(recent("clock.rs:7 a 3", 5), [3]);
    }
}
