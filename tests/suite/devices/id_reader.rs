//! Resident-ID reader: a document is read whole or not at all, and never somebody else's.

use std::time::Duration;

use hal::id::serial::{Dialect, SerialIdReader};
use hal::id::{Field, IdError, IdReader};
use hal::{Code, Progress};
use hall::emulate::id_reader::IdReaderEmulator;

use super::{Bench, Watcher, dial, tell, within};

const LINLIN: &str = "190001196705120015";

struct Pair {
    emulator: IdReaderEmulator,
    reader: SerialIdReader,
    _bench: Bench,
}

fn pair(name: &str, dialect: Dialect) -> Pair {
    let bench = Bench::new(name);
    let path = bench.path("port");
    let mut emulator = IdReaderEmulator::plug(&path).unwrap();
    if dialect == Dialect::B {
        tell(&mut emulator, "dialect b");
    }
    Pair { emulator, reader: SerialIdReader::new(dial(&path), dialect), _bench: bench }
}

/// How many commands the module has heard.
fn heard(emulator: &mut IdReaderEmulator) -> usize {
    tell(emulator, "status").split(", ").nth(3).unwrap().split(' ').next().unwrap().parse().unwrap()
}

/// Waits for a document; `lines` are told once three looks have found nothing, so that what is laid down counts.
fn lay(pair: &mut Pair, lines: &[&str]) -> Result<hal::id::Document, IdError> {
    let watcher = Watcher::default();
    let Pair { emulator, reader, .. } = pair;
    let before = heard(emulator);
    watcher.run(
        20_000,
        |control| reader.await_document(control),
        |_| {
            let looked = || (heard(emulator) >= before + 3).then_some(());
            hall::until::until("three looks", Duration::from_secs(20), looked).unwrap();
            for line in lines {
                tell(emulator, line);
            }
        },
    )
}

#[test]
fn a_document_is_read_with_its_newest_address() {
    let mut pair = pair("id-good", Dialect::Sdt);
    let document = lay(&mut pair, &["lay 1 moved"]).unwrap();
    assert_eq!(document.text(Field::Number), LINLIN);
    assert_eq!(document.text(Field::Name), "林知远");
    assert_eq!(document.text(Field::Address), "示例省模拟市新址路1号");
    assert_eq!(document.photo.as_ref().unwrap().reveal().len(), 1024);
    assert!(!tell(&mut pair.emulator, "status").contains("fingerprints"), "a fingerprint was asked for");
    assert_eq!(pair.reader.status(&within(3000)).unwrap().as_deref(), Some("05.01-20260101-0000123456-987654321"));
}

#[test]
fn the_second_dialect_is_read() {
    let document = lay(&mut pair("id-b", Dialect::B), &["lay 2"]).unwrap();
    assert_eq!((document.text(Field::Name), document.text(Field::Address)), ("石䶮", "示例省模拟市测试区样张路19号"));
}

#[test]
fn module_mute() {
    let mut pair = pair("id-mute", Dialect::Sdt);
    tell(&mut pair.emulator, "mute");
    assert_eq!(pair.reader.status(&within(4000)), Err(IdError::NoAnswer));
    tell(&mut pair.emulator, "sound");
    assert!(pair.reader.status(&within(4000)).is_ok(), "it stays mute for us");
}

#[test]
fn wrong_checksum_every_time() {
    let mut pair = pair("id-damaged", Dialect::Sdt);
    tell(&mut pair.emulator, "damage 2");
    assert!(pair.reader.status(&within(6000)).is_ok(), "two damaged frames are not the end");
    tell(&mut pair.emulator, "damage 99");
    assert_eq!(pair.reader.status(&within(6000)), Err(IdError::Garbled));
}

#[test]
fn security_module_failed_its_self_test() {
    let mut pair = pair("id-sam", Dialect::Sdt);
    tell(&mut pair.emulator, "sam broken");
    assert_eq!(pair.reader.status(&within(3000)), Err(IdError::SamFault));
    assert_eq!(pair.reader.await_document(&within(3000)), Err(IdError::SamFault));
}

#[test]
fn document_lifted_too_early() {
    let mut pair = pair("id-lifted", Dialect::Sdt);
    tell(&mut pair.emulator, "lift mid-read");
    assert_eq!(lay(&mut pair, &["lay 1"]), Err(IdError::Unreadable));
    tell(&mut pair.emulator, "well");
    assert!(lay(&mut pair, &["lay 1"]).is_ok(), "the next attempt fails too");
}

#[test]
fn document_with_a_block_of_nonsense() {
    assert_eq!(lay(&mut pair("id-nonsense", Dialect::Sdt), &["lay garbled"]), Err(IdError::Unreadable));
}

#[test]
fn document_not_genuine_or_worn() {
    assert_eq!(lay(&mut pair("id-refused", Dialect::Sdt), &["refuse", "lay 1"]), Err(IdError::Refused));
}

#[test]
fn document_left_behind() {
    let Pair { mut emulator, mut reader, _bench } = pair("id-left", Dialect::Sdt);
    tell(&mut emulator, "lay 2");
    let watcher = Watcher::default();
    let document = watcher.run(
        20_000,
        |control| reader.await_document(control),
        |watcher| {
            watcher
                .until("the old document to be seen", |w| w.said() == [Progress::Blocked(Code::IdLeftBehind)])
                .unwrap();
            tell(&mut emulator, "lift");
            watcher.until("its end to be seen", |w| w.said().last() == Some(&Progress::Resumed)).unwrap();
            tell(&mut emulator, "lay 1");
        },
    );
    assert_eq!(document.unwrap().text(Field::Number), LINLIN, "the last citizen's document was read");
}

#[test]
fn nobody_lays_a_document() {
    assert_eq!(pair("id-nobody", Dialect::Sdt).reader.await_document(&within(700)), Err(IdError::NothingLaidDown));
}

#[test]
fn citizen_leaves_the_page() {
    let mut pair = pair("id-leaves", Dialect::Sdt);
    let watcher = Watcher::default();
    let ended = watcher.run(60_000, |control| pair.reader.await_document(control), |watcher| watcher.cancel.cancel());
    assert_eq!(ended, Err(IdError::Cancelled));
}

#[test]
fn a_reply_comes_in_pieces_slowly_behind_noise() {
    let mut pair = pair("id-pieces", Dialect::Sdt);
    for manner in ["split 7", "noise AA00AAAAFF", "slow 1"] {
        tell(&mut pair.emulator, manner);
        if manner == "slow 1" {
            tell(&mut pair.emulator, "split 64");
        }
        let document = lay(&mut pair, &["lay 1"]);
        assert_eq!(document.map(|d| d.text(Field::Number).to_owned()).as_deref(), Ok(LINLIN), "{manner}");
        tell(&mut pair.emulator, "sound");
        tell(&mut pair.emulator, "lift");
    }
}

#[test]
fn reader_pulled_in_the_middle_of_a_frame() {
    let mut pair = pair("id-pulled", Dialect::Sdt);
    tell(&mut pair.emulator, "unplug mid-frame");
    assert_eq!(pair.reader.status(&within(3000)), Err(IdError::Absent));
    tell(&mut pair.emulator, "plug");
    assert!(pair.reader.status(&within(4000)).is_ok());
}

#[test]
fn a_late_reply_is_taken_for_the_next_one() {
    let mut pair = pair("id-late", Dialect::Sdt);
    // The first reply is held back and arrives together with the second: the first of the two must not count as the answer
    // to the second question.
    tell(&mut pair.emulator, "merge");
    assert!(pair.reader.status(&within(6000)).unwrap().is_some());
}
