//! Committed transcripts: every driver still does what was recorded, every scenario still makes its file, and the player notices
//! whatever was tampered with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use hall::emulate::receipt::ReceiptEmulator;
use hall::people::home;
use hall::record::Transcript;
use hall::record::command::replay_file;
use hall::record::scenario::{ALL, Scenario};

fn committed() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(home().join("transcripts")).unwrap();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

fn read(file: &Path) -> Transcript {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Transcript::parse(&text).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
}

fn of_class(class: &str) -> Vec<&'static Scenario> {
    let found: Vec<_> = ALL.iter().filter(|scenario| scenario.class() == class).collect();
    assert!(!found.is_empty(), "no scenario of {class}");
    found
}

/// Plays every committed transcript of a class.
fn replayed(class: &str) {
    let played = of_class(class).into_iter().map(|scenario| (scenario.name, replay_file(&scenario.file())));
    let wrong: Vec<_> = played.filter_map(|(name, ended)| ended.err().map(|why| format!("{name}: {why}"))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Makes every transcript of a class anew: it must name the same driver and end alike.
fn made_anew(class: &str) {
    let folder = std::env::temp_dir().join(format!("hall-anew-{class}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for scenario in of_class(class) {
        let new = if scenario.needs_namespace() {
            let file = folder.join("new.jsonl");
            let program = hall::ground::beside_us("hall").unwrap();
            let made = Command::new(program).args(["record", "--emulated", scenario.name, "--out"]).arg(&file).output();
            let said = String::from_utf8_lossy(&made.as_ref().unwrap().stderr).into_owned();
            assert!(made.unwrap().status.success(), "{}: {said}", scenario.name);
            read(&file)
        } else {
            scenario.record().unwrap_or_else(|why| panic!("{}: {why}", scenario.name))
        };
        let old = read(&scenario.file());
        assert_eq!((new.header, new.outcome), (old.header, old.outcome), "{}", scenario.name);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Two tests a class; `a_class_has_too_few_transcripts` keeps the list whole.
macro_rules! classes {
    ($($class:literal: $replayed:ident, $anew:ident;)+) => {
        const CLASSES: &[&str] = &[$($class,)+];
        $(
            #[test] fn $replayed() { replayed($class); }
            #[test] fn $anew() { made_anew($class); }
        )+
    };
}

classes! {
    "id-reader": the_id_reader_does_otherwise_than_recorded, an_id_reader_transcript_cannot_be_made_anew;
    "scanner": the_scanner_does_otherwise_than_recorded, a_scanner_transcript_cannot_be_made_anew;
    "receipt-printer": the_printer_does_otherwise_than_recorded, a_printer_transcript_cannot_be_made_anew;
    "number-pad": the_pad_does_otherwise_than_recorded, a_pad_transcript_cannot_be_made_anew;
    "sensors": the_board_does_otherwise_than_recorded, a_board_transcript_cannot_be_made_anew;
    "ups": the_power_supply_does_otherwise_than_recorded, a_power_supply_transcript_cannot_be_made_anew;
    "card": the_card_does_otherwise_than_recorded, a_card_transcript_cannot_be_made_anew;
}

#[test]
fn a_class_has_too_few_transcripts() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for scenario in ALL {
        let (good, bad) = counts.entry(scenario.class()).or_default();
        *(if scenario.name.contains("/good") { good } else { bad }) += 1;
    }
    let mut classes = CLASSES.to_vec();
    classes.sort_unstable();
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), classes, "a class is not played");
    for (class, (good, bad)) in counts {
        assert!(good >= 1 && bad >= 3, "{class}: {good} good and {bad} bad");
    }
}

#[test]
fn a_transcript_was_made_by_hand() {
    let mut known: Vec<_> = ALL.iter().map(Scenario::file).collect();
    let mut found = committed();
    known.sort();
    found.sort();
    assert_eq!(found, known, "every committed transcript is made by a scenario, and every scenario's is committed");
    for file in found {
        let bytes = std::fs::metadata(&file).unwrap().len();
        assert!(bytes < 32_000, "{}: {bytes} bytes are too many to read", file.display());
    }
}

/// Plays what `tamper` has made of the lines of a good transcript; it must differ, and say where.
fn tampered(name: &str, tamper: impl Fn(&mut Vec<String>)) -> String {
    let text = std::fs::read_to_string(home().join(format!("transcripts/{name}.jsonl"))).unwrap();
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    // A driver that waits for what was taken away need not wait long.
    lines[0] = lines[0].replace("\"patience_ms\":20000", "\"patience_ms\":3000");
    tamper(&mut lines);
    let ended = Transcript::parse(&lines.join("\n")).and_then(|transcript| transcript.replay());
    ended.unwrap_err()
}

/// Place of the last line that has this key. (Of the first ones a driver may do without: it looks once more, or reads away what
/// it did not ask for.)
fn last(lines: &[String], key: &str) -> usize {
    lines.iter().rposition(|line| line.contains(&format!("\"{key}\":"))).unwrap()
}

/// One of each kind of wire, all without long silences.
const GOOD: [(&str, &str, &str); 4] = [
    ("id-reader/good", "sent", "came"),
    ("receipt-printer/good", "sent", "came"),
    ("number-pad/good-encrypting", "sent", "came"),
    ("card/good-3.00", "command", "answer"),
];

#[test]
fn a_driver_sends_another_byte() {
    for (name, sent, _) in GOOD {
        let why = tampered(name, |lines| {
            let at = last(lines, sent);
            // The last digit of the bytes.
            let digit = lines[at].rfind(|c: char| c.is_ascii_hexdigit() && !c.is_ascii_lowercase()).unwrap();
            let other = if lines[at].as_bytes()[digit] == b'0' { "1" } else { "0" };
            lines[at].replace_range(digit..=digit, other);
        });
        assert!(why.starts_with("line ") && why.contains("but the driver sent"), "{name}: {why}");
    }
}

#[test]
fn a_line_is_missing() {
    for (name, sent, came) in GOOD {
        for key in [sent, came] {
            let why = tampered(name, |lines| drop(lines.remove(last(lines, key))));
            assert!(why.starts_with("line "), "{name} without its last {key}: {why}");
        }
    }
}

#[test]
fn a_line_is_left_over() {
    for (name, sent, came) in GOOD {
        for key in [sent, came] {
            let why = tampered(name, |lines| {
                let again = lines[last(lines, key)].clone();
                lines.insert(lines.len() - 1, again);
            });
            assert!(why.contains("but the driver ended"), "{name} with its last {key} twice: {why}");
        }
    }
}

#[test]
fn a_line_says_what_no_player_knows() {
    let strange = |from: &'static str, to: &'static str| {
        tampered("scanner/good", move |lines| {
            let at = lines.iter().position(|line| line.contains(from)).unwrap();
            lines[at] = lines[at].replacen(from, to, 1);
        })
    };
    assert!(strange("\"ms\"", "\"wait\":1,\"ms\"").contains("unknown field"));
    assert!(strange("\"sent\"", "\"sends\"").contains("unknown field"));
    assert!(strange("\"driver\"", "\"drivers\"").starts_with("line 1"));
    assert!(strange("gm65", "gm66").contains("no driver gm66"));
    assert!(strange("\"dialled\":true", "\"failed\":\"tired\"").contains("no such failure"));
    assert!(strange("\"dialled\":true", "\"dialled\":true,\"came\":\"00\"").contains("not exactly one"));
    assert!(strange("\"sent\":\"7", "\"sent\":\"G").contains("not hexadecimal"));
}

#[test]
fn a_driver_reports_something_else() {
    let why = tampered("scanner/good", |lines| {
        let last = lines.last_mut().unwrap();
        *last = last.replace("8 characters", "9 characters");
    });
    assert!(why.contains("9 characters") && why.contains("is now \"code: 8 characters\""), "{why}");
}

#[test]
fn a_device_on_a_port_cannot_be_recorded() {
    let folder = std::env::temp_dir().join(format!("hall-recorded-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (port, file) = (folder.join("port"), folder.join("recorded.jsonl"));
    let _printer = ReceiptEmulator::plug(&port, &folder.join("paper")).unwrap();
    let program = hall::ground::beside_us("hall").unwrap();
    let run = |arguments: &[&str]| Command::new(&program).args(arguments).output().unwrap();
    let (port, file) = (port.display().to_string(), file.display().to_string());
    let recorded = run(&["record", "receipt-printer", "--driver", "generic-58", "--port", &port, "--out", &file]);
    assert!(recorded.status.success(), "{}", String::from_utf8_lossy(&recorded.stderr));
    assert_eq!(read(Path::new(&file)).outcome, "print: accepted, printed; status: Ready");
    let played = run(&["replay", &file, &file]);
    assert_eq!(String::from_utf8_lossy(&played.stdout), format!("{file}: ok\n{file}: ok\n"));
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("printed", "shredded")).unwrap();
    assert_eq!(run(&["replay", &file]).status.code(), Some(1), "a difference is no failure");
    std::fs::remove_dir_all(&folder).unwrap();
}
