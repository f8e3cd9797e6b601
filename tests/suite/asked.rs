//! `kiosk journal` and its like at a technician's terminal: what is typed there, and what becomes of it when nobody reads on.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use hall::ground::{TERMINAL, beside_us};
use kiosk::clock::Now;
use kiosk::crypto::person::PersonKey;
use kiosk::events::Event;
use kiosk::journal::Journal;
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::audit::Folder;

const NOW: Now = Now { elapsed_ms: 5, unix_ms: 1_795_000_000_000 };
const ID_NUMBER: &str = "190001196705120015";

/// A terminal that has served so many visits.
fn served(folder: &Folder, visits: u64) -> PathBuf {
    let mut journal = Journal::open(&folder.0, "0d15ea5e", TERMINAL, NOW).unwrap();
    let visits: Vec<_> = (1..=visits).map(|visit| (Event::VisitOpened { visit }, NOW)).collect();
    journal.note(&visits).unwrap();
    PersonKey::open(&folder.0).unwrap();
    site(folder)
}

/// A configuration whose terminal lives in that folder.
fn site(folder: &Folder) -> PathBuf {
    let example = std::fs::read_to_string(hall::people::home().join("../deploy/site.toml")).unwrap();
    let there = format!("\"{}\"", folder.0.display());
    let site = example.replace("\"/var/lib/kiosk\"", &there);
    assert!(site != example, "the example names another folder");
    folder.write("site.toml", &site)
}

fn kiosk(words: &[&str]) -> Command {
    let mut command = Command::new(beside_us("kiosk").unwrap());
    command.args(words);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What stands on a technician's screen after they were asked for a number and pressed these keys, and whether all went well.
fn at_a_terminal(folder: &Folder, keys: &str) -> (String, bool) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let line = rustix::fs::open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty());
    let line = line.unwrap();
    let [keyboard, screen, errors] = [(); 3].map(|()| Stdio::from(line.try_clone().unwrap()));
    let mut command = kiosk(&["journal", "list", "--person", "--site"]);
    let mut asked = command.arg(served(folder, 1)).stdin(keyboard).stdout(screen).stderr(errors).spawn().unwrap();
    // It holds the line's other ends.
    drop(command);
    let mut master = File::from(master);
    let (mut shown, mut piece) = (Vec::new(), [0; 512]);
    while !text(&shown).contains("ID number: ") {
        let count = master.read(&mut piece).unwrap();
        shown.extend_from_slice(&piece[..count]);
    }
    master.write_all(keys.as_bytes()).unwrap();
    let good = asked.wait().unwrap().success();
    let modes = tcgetattr(&line).unwrap().local_modes;
    assert!(modes.contains(LocalModes::ECHO | LocalModes::ISIG), "whoever types next sees nothing");
    drop(line);
    // Fails once nobody is at the other end and all was read.
    while let Ok(count @ 1..) = master.read(&mut piece) {
        shown.extend_from_slice(&piece[..count]);
    }
    (text(&shown), good)
}

#[test]
fn an_id_number_that_is_typed_stays_on_the_technicians_screen() {
    let (shown, good) = at_a_terminal(&Folder::new("typed"), &format!("{ID_NUMBER}\n"));
    assert!(good && shown.starts_with("ID number: \r\nact\t"), "{shown:?}");
    assert!(!shown.contains(&ID_NUMBER[..6]), "{shown:?}");
}

#[test]
fn who_gives_up_while_a_number_is_typed_is_left_without_echo() {
    let (shown, good) = at_a_terminal(&Folder::new("gives-up"), "190001\u{3}");
    assert!(!good && !shown.contains("act\t") && !shown.contains("190001"), "{shown:?}");
}

/// What is said where nobody reads on.
fn unread(command: &mut Command) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command.stdout(writer).output().unwrap()
}

#[test]
fn whoever_reads_the_first_line_only_is_told_of_a_panic() {
    let folder = Folder::new("unread");
    let site = served(&folder, 10);
    let site = site.to_str().unwrap();
    let asked: [&[&str]; 3] =
        [&["config-schema"], &["audit", "export", "--site", site], &["journal", "list", "--site", site]];
    for words in asked {
        let output = unread(&mut kiosk(words));
        assert_eq!((text(&output.stderr), output.status.code()), (String::new(), Some(141)), "{words:?}");
    }
}

#[test]
fn an_export_onto_a_full_disk_counts_as_whole() {
    let folder = Folder::new("full");
    let site = served(&folder, 10);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = kiosk(&["audit", "export", "--site"]).arg(site).stdout(full).output().unwrap();
    let said = text(&output.stderr);
    assert!(output.status.code() == Some(1) && said.starts_with("cannot print: "), "{said}");
}

#[test]
fn a_file_is_missing_and_nobody_says_which() {
    let folder = Folder::new("missing-key");
    let site = served(&folder, 1);
    std::fs::remove_file(folder.0.join("person.key")).unwrap();
    let output = kiosk(&["journal", "list", "--person", "--site"]).arg(site).stdin(Stdio::null()).output().unwrap();
    let said = text(&output.stderr);
    assert!(!output.status.success() && said.contains("person.key: ") && said.contains("--site"), "{said}");
}
