//! When a thread panics. Its place is written down, never its words: they may hold anything. Then the program begins anew, as the same
//! process: whatever its memory held is gone, the journal stands, and whoever comes finds the welcome page. After too many it ends, and leaves
//! the place of the last for the audit.
//!
//! Only for programs that run a terminal or its input engine (`app::begin`, `helper::serve`); a library or a test must not have its panics
//! taken away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::panic::PanicHookInfo;
use std::path::Path;
use std::process::Command;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

use crate::clock::{self, Now};
use crate::events::{self, Event, Name};
use crate::journal::Journal;

/// When it happened before, and where last: `PLACE MS MS ...`, in milliseconds since the machine was started.
const VARIABLE: &str = "KIOSK_PANICS";

/// The same in the terminal's folder, where nothing began anew: whom the service manager starts is handed no variable.
const FILE: &str = "panicked";

/// More than any such text.
const TEXT_BYTES: u64 = 1024;

/// So many within that time are no accident: the service manager tries again, more slowly, and staff see that the terminal is out of order.
const PANICS_MAX: usize = 5;
const WITHIN_MS: u64 = 120_000;

/// From here on, a panic of any thread begins the program anew, with the same arguments; and nothing that kills it leaves its memory on disk.
/// `directory` is the terminal's folder.
pub(crate) fn begin_anew(directory: &Path) {
    leave_no_core();
    let file = directory.join(FILE);
    std::panic::set_hook(Box::new(move |info| {
        let (place, line) = place(info);
        events::log(&Event::Panicked { place: Name::from(place.as_str()), line });
        let mut times = recent(&std::env::var(VARIABLE).unwrap_or_default(), clock::uptime_ms());
        times.push(clock::uptime_ms());
        let text = times.iter().fold(format!("{place}:{line}"), |text, ms| format!("{text} {ms}"));
        if times.len() < PANICS_MAX {
            let arguments = std::env::args_os().skip(1);
            // Returns only if it fails.
            let _not_begun = Command::new("/proc/self/exe").args(arguments).env(VARIABLE, &text).exec();
        }
        // Where the disk does not take it, the log alone tells.
        let _only_in_the_log = leave(&file, &text);
        std::process::exit(1);
    }));
}

fn leave(file: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// From here on, nothing that kills this program leaves its memory on disk. The limit alone does not do it: the kernel keeps to it for files, and
/// not where cores go through a pipe to a program (core(5)). A process that is not dumpable leaves none at all, and nobody but root can look
/// into it. `exec` makes it dumpable again, so each start says it anew. Its files in `/proc` are root's from here on; a process may follow its
/// own links there all the same, and `/proc/self/exe` still leads to this program.
pub(crate) fn leave_no_core() {
    // Fails only where there is no such limit to lower.
    let _no_core = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // Fails for no process.
    let _not_dumpable = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// From here on, of a panic only its place is said.
pub(crate) fn say_only_where() {
    std::panic::set_hook(Box::new(|info| {
        let (place, line) = place(info);
        eprintln!("panicked at {place}:{line}");
    }));
}

/// Writes down that this program has begun anew, if it has.
pub fn tell() {
    let before = std::env::var(VARIABLE).unwrap_or_default();
    if !before.is_empty() {
        events::write(&event(&before));
    }
}

/// Writes down that the program before this one has ended with a panic, if it has. What it left goes once the journal has it for good: else the
/// next start tells it.
pub fn tell_of_the_last(directory: &Path, journal: &mut Journal, now: Now) {
    let file = directory.join(FILE);
    if !file.exists() {
        return;
    }
    let mut text = String::new();
    // Of what cannot be read it is told that it was there.
    let _rubbish = File::open(&file).and_then(|file| file.take(TEXT_BYTES).read_to_string(&mut text));
    let event = event(&text);
    events::log(&event);
    if journal.note(&[(event, now)]).is_ok() {
        let _told_again = fs::remove_file(&file);
    }
}

/// What `PLACE MS MS ...` tells. Anything that is no place becomes a question mark: a file may hold anything.
fn event(text: &str) -> Event {
    let place = text.split(' ').next().and_then(|place| place.rsplit_once(':'));
    let place = place.and_then(|(file, line)| Some((file, line.parse::<u64>().ok()?)));
    let (file, line) = place.filter(|(file, _)| file.ends_with(".rs")).unwrap_or_default();
    let times = u64::try_from(moments(text).count()).unwrap_or(u64::MAX);
    Event::BegunAnew { place: Name::from(file), line, times }
}

/// File and line; a file's name stands without its folders, so that it is a name like any other.
fn place(info: &PanicHookInfo<'_>) -> (String, u64) {
    let location = info.location();
    let file = location.and_then(|place| place.file().rsplit('/').next()).unwrap_or("unknown");
    (file.to_owned(), location.map_or(0, |place| u64::from(place.line())))
}

/// The panics of the last two minutes.
fn recent(before: &str, now_ms: u64) -> Vec<u64> {
    moments(before).filter(|ms| now_ms.saturating_sub(*ms) < WITHIN_MS).collect()
}

fn moments(text: &str) -> impl Iterator<Item = u64> {
    text.split(' ').skip(1).filter_map(|ms| ms.parse::<u64>().ok())
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

    /// The texts of the audit after a start in whose folder lies this.
    fn told(name: &str, left: &[u8]) -> Vec<String> {
        let folder = std::env::temp_dir().join(format!("panicked-{name}-{}", std::process::id()));
        let _from_last_time = fs::remove_dir_all(&folder);
        let now = Now { elapsed_ms: 1, unix_ms: 1_795_000_000_000 };
        let mut journal = Journal::open(&folder, "0d15ea5e", "hall-1", now).unwrap();
        fs::write(folder.join(FILE), left).unwrap();
        tell_of_the_last(&folder, &mut journal, now);
        assert!(!folder.join(FILE).exists(), "{name}: it would be told again at each start");
        tell_of_the_last(&folder, &mut journal, now);
        let mut lines = Vec::new();
        journal.moment().unwrap().lines(1, |line| lines.push(line.text)).unwrap();
        drop(journal);
        fs::remove_dir_all(&folder).unwrap();
        lines
    }

    #[test]
    fn the_panic_that_ends_the_program_is_in_no_line_of_the_audit() {
        let folder = std::env::temp_dir().join(format!("panicked-left-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        leave(&folder.join(FILE), "an older one, longer than the next: step.rs:70 1 2 3 4 5").unwrap();
        leave(&folder.join(FILE), "clock.rs:7 1000 2000 3000 4000 5000").unwrap();
        let left = fs::read(folder.join(FILE)).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let lines = told("good", &left);
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(line.ends_with(" event=begun_anew place=clock.rs line=7 times=5"), "{line}");
    }

    #[test]
    fn rubbish_in_its_place_stops_the_start_or_stands_in_the_audit() {
        let long = "9".repeat(5000);
        let rubbish: [&[u8]; 8] = [
            b"",
            b"\xFF\xFE\x00",
            b"190001196705120015",
            b"190001196705120015:7",
            b"clock.rs:seven",
            "林知远.rs:7".as_bytes(),
            b"\n\n\n",
            long.as_bytes(),
        ];
        for (n, left) in rubbish.into_iter().enumerate() {
            let lines = told(&format!("rubbish-{n}"), left);
            let [line] = lines.as_slice() else { panic!("{lines:?}") };
            assert!(line.contains(" event=begun_anew place=? line=") && line.ends_with(" times=0"), "{line}");
        }
    }
}
