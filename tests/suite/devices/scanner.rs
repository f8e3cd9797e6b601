//! Code scanner: one code for one request, never one from before.

use hal::scanner::serial::SerialScanner;
use hal::scanner::{ScanError, Scanner, model};
use hal::{Code, Progress};
use hall::emulate::scanner::ScannerEmulator;

use super::{Bench, Watcher, dial, tell, within};

struct Pair {
    emulator: ScannerEmulator,
    scanner: SerialScanner,
    _bench: Bench,
}

fn pair(model: &str) -> Pair {
    let bench = Bench::new(&format!("scanner-{model}-{:?}", std::thread::current().id()));
    let path = bench.path("port");
    let mut emulator = ScannerEmulator::plug(&path).unwrap();
    tell(&mut emulator, &format!("model {model}"));
    Pair { emulator, scanner: SerialScanner::new(dial(&path), model::find(model).unwrap()), _bench: bench }
}

/// Scans; `lines` are told once the scanner is known to listen (`lit`), or at once where it always scans.
fn scan(pair: &mut Pair, lines: &[&str]) -> Result<String, ScanError> {
    let Pair { emulator, scanner, .. } = pair;
    let watcher = Watcher::default();
    let code = watcher.run(
        10_000,
        |control| scanner.scan(control),
        |_| {
            let lit = || tell(emulator, "status").contains("lit").then_some(());
            hall::until::until("the scanner's light", std::time::Duration::from_secs(10), lit).unwrap();
            for line in lines {
                tell(emulator, line);
            }
        },
    );
    code.map(|code| code.reveal().clone())
}

#[test]
fn a_triggered_scanner_answers_with_its_acknowledgement() {
    let mut pair = pair("gm65");
    assert_eq!(scan(&mut pair, &["show CODE-1"]).as_deref(), Ok("CODE-1"));
    // The light is put out behind the answer; the module may read that a moment later.
    let dark = || tell(&mut pair.emulator, "status").contains("dark").then_some(());
    assert!(
        hall::until::until("the light to go out", std::time::Duration::from_secs(5), dark).is_ok(),
        "its light stays on"
    );
}

#[test]
fn a_code_from_before_the_request_counts() {
    let mut pair = pair("gm65");
    pair.scanner.status(&within(1000)).unwrap();
    tell(&mut pair.emulator, "show BEFORE");
    // It lies in the line, it is sent again when the light goes on, and once more: the phone was never taken away.
    tell(&mut pair.emulator, "again");
    assert_eq!(scan(&mut pair, &["again", "show NOW"]).as_deref(), Ok("NOW"));
}

#[test]
fn code_damaged_or_of_another_encoding() {
    let mut pair = pair("gm65");
    let Pair { emulator, scanner, .. } = &mut pair;
    let watcher = Watcher::default();
    let code = watcher.run(
        10_000,
        |control| scanner.scan(control),
        |watcher| {
            let lit = || tell(emulator, "status").contains("lit").then_some(());
            hall::until::until("the scanner's light", std::time::Duration::from_secs(10), lit).unwrap();
            tell(emulator, "show hex 8081FFFF");
            watcher
                .until("the bad code to be told", |w| w.said() == [Progress::Blocked(Code::ScannerUnreadable)])
                .unwrap();
            tell(emulator, "show hex D5C5C8FD");
        },
    );
    assert_eq!(code.map(|code| code.reveal().clone()).as_deref(), Ok("张三"));
}

#[test]
fn a_code_without_suffix_or_in_pieces_is_cut() {
    let mut pair = pair("gm65");
    for (number, manner) in ["suffix none", "split 1", "slow 5"].into_iter().enumerate() {
        tell(&mut pair.emulator, manner);
        tell(&mut pair.emulator, "take away");
        assert_eq!(scan(&mut pair, &[&format!("show CODE-{number}")]), Ok(format!("CODE-{number}")), "{manner}");
    }
}

#[test]
fn nobody_shows_a_code() {
    assert_eq!(pair("gm65").scanner.scan(&within(400)).err(), Some(ScanError::NothingShown));
}

#[test]
fn citizen_leaves_the_scanning_page() {
    let mut pair = pair("gm65");
    let watcher = Watcher::default();
    let ended = watcher.run(60_000, |control| pair.scanner.scan(control).err(), |watcher| watcher.cancel.cancel());
    assert_eq!(ended, Some(ScanError::Cancelled));
}

#[test]
fn scanner_pulled_while_it_waits() {
    let mut pair = pair("gm65");
    assert_eq!(scan(&mut pair, &["unplug"]), Err(ScanError::Absent));
    tell(&mut pair.emulator, "plug");
    assert_eq!(scan(&mut pair, &["show BACK"]).as_deref(), Ok("BACK"));
}
