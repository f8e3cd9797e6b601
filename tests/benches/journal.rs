//! What it costs to be sure: each write of the journal beside a bare commit of as many bytes into a database of the same settings, turn by
//! turn on the same disk. Prints medians and ratios of one run; asserts nothing.
//!
//! `cargo bench -p hall --bench journal`

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench may fail loudly")]

use std::path::Path;
use std::time::{Duration, Instant};

use contract::message::Outcome;
use kiosk::clock::Now;
use kiosk::events::{Event, VisitEnd};
use kiosk::journal::Journal;
use kiosk::session::{Act, ActBody, ActId};
use rusqlite::Connection;

const ROUNDS: u64 = 500;
const NOW: Now = Now { elapsed_ms: 1, unix_ms: 1_795_000_000_000 };

fn main() {
    // Beside the program, which is on a disk; the folder for temporary files may be in memory.
    let folder = std::env::current_exe().unwrap().with_file_name(format!("bench-journal-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let bare = Connection::open(folder.join("bare.sqlite")).unwrap();
    bare.pragma_update(None, "journal_mode", "WAL").unwrap();
    bare.pragma_update(None, "synchronous", "FULL").unwrap();
    bare.execute_batch("CREATE TABLE rows (sequence INTEGER PRIMARY KEY, text TEXT NOT NULL)").unwrap();
    let mut journal = Journal::open(&folder.join("journal"), "00000000", "t-0301", NOW).unwrap();
    let mut insert = bare.prepare("INSERT INTO rows (text) VALUES (?1)").unwrap();
    let (row, mut commits) = ("x".repeat(300), Vec::new());
    let mut commit = || commits.push(timed(|| assert_eq!(insert.execute([&row]), Ok(1))));
    let (mut begun, mut settled, mut noted) = (Vec::new(), Vec::new(), Vec::new());
    for sequence in 1..=ROUNDS {
        let act = act(sequence);
        let ended = Event::VisitEnded { visit: sequence, why: VisitEnd::Left };
        // Each comes as often behind another file's write as the bare one does.
        commit();
        begun.push(timed(|| drop(journal.begin(&act, sequence, None, NOW).unwrap())));
        commit();
        settled.push(timed(|| drop(journal.settle(&act.id.text, Outcome::Printed, None, None, NOW).unwrap())));
        commit();
        noted.push(timed(|| journal.note(&[(ended, NOW)]).unwrap()));
    }
    let bare = median(&mut commits);
    println!("{:<44} {:>10} {:>7}", "one durable write", "median us", "ratio");
    println!("{:<44} {:>10.0} {:>7.2}", "a bare commit", bare, 1.0);
    for (name, times) in [
        ("an act begins: its row, its line", &mut begun),
        ("an act ends: its row, its line", &mut settled),
        ("a line of the audit", &mut noted),
    ] {
        let median = median(times);
        println!("{name:<44} {median:>10.0} {:>7.2}", median / bare);
    }
    room(&folder.join("room"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// How much a line of the audit takes on the disk, and what it costs to know how many nobody has exported, which is asked after every act.
fn room(folder: &Path) {
    println!("\n{:<44} {:>10} {:>7}", "lines of the audit", "bytes", "ask us");
    let mut journal = Journal::open(folder, "00000000", "t-0301", NOW).unwrap();
    for thousands in [1, 10, 100_u64] {
        let there = journal.marks().unwrap().unexported();
        let visits = (there / 3..thousands * 1_000 / 3).flat_map(|visit| {
            let shown = Event::RecordsShown { visit, item: "Q02".into() };
            [Event::VisitOpened { visit }, shown, Event::VisitEnded { visit, why: VisitEnd::Left }]
        });
        journal.note(&visits.map(|event| (event, NOW)).collect::<Vec<_>>()).unwrap();
        let mut asked: Vec<_> = (0..ROUNDS).map(|_| timed(|| drop(journal.marks().unwrap()))).collect();
        let lines = journal.marks().unwrap().unexported();
        // Whoever opens it last brings its log into the file.
        drop(journal);
        let bytes = std::fs::metadata(folder.join("journal.sqlite")).unwrap().len();
        println!("{lines:<44} {:>10.0} {:>7.0}", bytes as f64 / lines as f64, median(&mut asked));
        journal = Journal::open(folder, "00000000", "t-0301", NOW).unwrap();
    }
}

fn act(sequence: u64) -> Act {
    Act {
        id: ActId { text: format!("t-0301-00000000-{sequence}"), sequence },
        visit_token: "0123456789abcdef0123456789abcdef".to_owned(),
        item: "Q02".to_owned(),
        person: None,
        body: ActBody::Question(String::new()),
    }
}

fn timed(write: impl FnOnce()) -> Duration {
    let start = Instant::now();
    write();
    start.elapsed()
}

/// In microseconds.
fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}
