//! Number pad: keys come in order; a PIN comes as a block or not at all.

use std::sync::Mutex;

use hal::pad::plain::PlainPad;
use hal::pad::secure::SecurePad;
use hal::pad::{Key, NumberPad, PadError, PinBlock};
use hall::emulate::pad::PadEmulator;

use super::{Bench, Watcher, dial, tell, within};

fn plug(name: &str, kind: &str) -> (Bench, PadEmulator) {
    let bench = Bench::new(name);
    let mut emulator = PadEmulator::plug(&bench.path("port")).unwrap();
    tell(&mut emulator, &format!("kind {kind}"));
    (bench, emulator)
}

/// What was heard while `lines` were told to a pad that asks for a PIN.
struct Entry {
    ended: Result<PinBlock, PadError>,
    typed: Vec<u8>,
}

fn enter(emulator: &mut PadEmulator, pad: &mut SecurePad, lines: &[&str]) -> Entry {
    let (watcher, typed) = (Watcher::default(), Mutex::new(Vec::new()));
    let ended = watcher.run(
        10_000,
        |control| pad.pin(4..=6, &|count| typed.lock().unwrap().push(count), control),
        |watcher| {
            let asked = || tell(emulator, "status").contains("a pin is asked for").then_some(());
            hall::until::until("the pad to ask", std::time::Duration::from_secs(10), asked).unwrap();
            for line in lines {
                if *line == "leave" { watcher.cancel.cancel() } else { drop(tell(emulator, line)) }
            }
        },
    );
    Entry { ended, typed: typed.into_inner().unwrap() }
}

#[test]
fn keys_come_in_another_order_or_get_lost() {
    let (bench, mut emulator) = plug("pad-keys", "plain");
    let mut pad = PlainPad::new(dial(&bench.path("port")));
    pad.status(&within(1000)).unwrap();
    for line in ["split 1", "type 19", "correct", "next", "previous", "confirm", "cancel"] {
        tell(&mut emulator, line);
    }
    let wanted = [Key::Digit(1), Key::Digit(9), Key::Correct, Key::Next, Key::Previous, Key::Confirm, Key::Cancel];
    for key in wanted {
        assert_eq!(pad.key(&within(2000)), Ok(key));
    }
}

#[test]
fn nobody_types() {
    let (bench, _emulator) = plug("pad-nobody", "plain");
    assert_eq!(PlainPad::new(dial(&bench.path("port"))).key(&within(150)), Err(PadError::NothingTyped));
}

#[test]
fn pin_asked_of_a_plain_pad() {
    let (bench, _emulator) = plug("pad-plain-pin", "plain");
    let mut pad = PlainPad::new(dial(&bench.path("port")));
    assert_eq!(pad.pin(4..=6, &|_| {}, &within(1000)), Err(PadError::NotSupported));
}

#[test]
fn an_encrypting_pad_tells_digits() {
    let (bench, mut emulator) = plug("pad-secure", "encrypting");
    let mut pad = SecurePad::new(dial(&bench.path("port")));
    let entry = enter(&mut emulator, &mut pad, &["type 1904", "correct", "type 415", "confirm"]);
    let block = entry.ended.unwrap();
    assert_eq!((block.format, block.key, block.length), (1, 7, 8));
    assert!(!block.block.windows(4).any(|digits| digits == b"1904"), "the digits are in the block");
    assert_eq!(entry.typed, [1, 2, 3, 4, 3, 4, 5, 6]);
    // Menu keys of the same pad still come as keys.
    tell(&mut emulator, "type 7");
    assert_eq!(pad.key(&within(2000)), Ok(Key::Digit(7)));
}

#[test]
fn citizen_presses_cancel() {
    let (bench, mut emulator) = plug("pad-declined", "encrypting");
    let mut pad = SecurePad::new(dial(&bench.path("port")));
    assert_eq!(enter(&mut emulator, &mut pad, &["type 19", "cancel"]).ended, Err(PadError::Declined));
}

#[test]
fn citizen_leaves_the_pin_page() {
    let (bench, mut emulator) = plug("pad-leaves", "encrypting");
    let mut pad = SecurePad::new(dial(&bench.path("port")));
    assert_eq!(enter(&mut emulator, &mut pad, &["type 19", "leave"]).ended, Err(PadError::Cancelled));
    assert!(tell(&mut emulator, "status").contains("idle"), "the pad still waits for a pin");
}

#[test]
fn a_forged_pad_sends_a_clear_key() {
    let (bench, mut emulator) = plug("pad-forged", "encrypting");
    tell(&mut emulator, "forged");
    let mut pad = SecurePad::new(dial(&bench.path("port")));
    assert_eq!(enter(&mut emulator, &mut pad, &["type 1"]).ended, Err(PadError::Garbled));
}

#[test]
fn encrypting_pad_talks_nonsense() {
    // A plain pad where an encrypting one is configured: its bytes are no frames.
    let (bench, mut emulator) = plug("pad-nonsense", "encrypting");
    let mut pad = SecurePad::new(dial(&bench.path("port")));
    tell(&mut emulator, "noise 0200015A5A03");
    assert!(pad.status(&within(3000)).is_ok(), "one strange frame before the answer is not the end");
    tell(&mut emulator, "damage 9");
    assert!(matches!(pad.status(&within(3000)), Err(PadError::Garbled | PadError::NoAnswer)));
}

#[test]
fn encrypting_pad_mute() {
    let (bench, mut emulator) = plug("pad-mute", "encrypting");
    tell(&mut emulator, "mute");
    let mut pad = SecurePad::new(dial(&bench.path("port")));
    assert_eq!(pad.pin(4..=6, &|_| {}, &within(3000)), Err(PadError::NoAnswer));
}

#[test]
fn pad_opened_by_force() {
    let (bench, mut emulator) = plug("pad-tampered", "encrypting");
    tell(&mut emulator, "tamper");
    let mut pad = SecurePad::new(dial(&bench.path("port")));
    assert_eq!(pad.pin(4..=6, &|_| {}, &within(3000)), Err(PadError::Tampered));
}

#[test]
fn pad_has_no_keys_loaded() {
    let (bench, mut emulator) = plug("pad-no-key", "encrypting");
    tell(&mut emulator, "no key");
    assert_eq!(SecurePad::new(dial(&bench.path("port"))).status(&within(3000)), Err(PadError::NoKey));
}
