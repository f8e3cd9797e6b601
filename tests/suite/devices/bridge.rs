//! Vendor bridges: the two examples in C as processes of their own, the real drivers against them on real sockets.

mod motor;
mod psam;

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use hal::bridge::client::{Answer, Client};
use hal::bridge::{BridgeError, DeviceClass};
use hal::wire::unix::UnixDial;
use hal::wire::{Dial, WireError};
use hall::emulate::bridge::BridgeEmulator;

use super::wires::as_nobody;
use super::{Bench, Watcher, tell, within};

const STATUS: u8 = 0x01;

fn start(bench: &Bench, name: &str) -> BridgeEmulator {
    BridgeEmulator::start(&socket(bench), name).unwrap()
}

fn socket(bench: &Bench) -> PathBuf {
    bench.path("bridge.sock")
}

fn dial(bench: &Bench) -> Box<UnixDial> {
    Box::new(UnixDial { path: socket(bench) })
}

/// A bridge with a security module, which answers a question about itself; and the way to ask it.
fn asked(name: &str) -> (Bench, BridgeEmulator, Client) {
    let bench = Bench::new(name);
    let process = start(&bench, "psam");
    let client = Client::new(dial(&bench), DeviceClass::SecurityModule);
    (bench, process, client)
}

/// What a question about the module ends in.
fn ends(client: &mut Client, ms: u64) -> Result<(), BridgeError> {
    client.call(STATUS, &[], &within(ms)).map(|answer| assert!(matches!(answer, Answer::Done(_))))
}

#[test]
fn bridge_down() {
    let bench = Bench::new("bridge-down");
    let mut client = Client::new(dial(&bench), DeviceClass::SecurityModule);
    assert_eq!(ends(&mut client, 300), Err(BridgeError::Down));
    assert!(!socket(&bench).exists(), "a socket was made");
    let _process = start(&bench, "psam");
    assert_eq!(ends(&mut client, 5000), Ok(()), "it was started later");
    assert_eq!(client.name(), "Emulated PSAM 1.0");
}

#[test]
fn bridge_killed_in_the_middle_of_a_command() {
    let (bench, mut process, mut client) = asked("bridge-killed");
    assert_eq!(ends(&mut client, 5000), Ok(()));
    tell(&mut process, "die");
    assert_eq!(ends(&mut client, 5000), Err(BridgeError::Down));
    process.kill();
    assert_eq!(ends(&mut client, 600), Err(BridgeError::Down), "its socket lies there, and nobody listens");
    let _again = BridgeEmulator::start_again(&socket(&bench), "psam").unwrap();
    assert_eq!(ends(&mut client, 5000), Ok(()), "it was started again");
}

#[test]
fn bridge_socket_not_permitted() {
    let (bench, _process, mut client) = asked("bridge-denied");
    std::fs::set_permissions(socket(&bench), PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(as_nobody(|| ends(&mut client, 300)), Err(BridgeError::NotPermitted));
}

#[test]
fn bridge_path_is_a_plain_file() {
    let bench = Bench::new("bridge-file");
    std::fs::write(socket(&bench), "").unwrap();
    let mut client = Client::new(dial(&bench), DeviceClass::SecurityModule);
    assert_eq!(ends(&mut client, 300), Err(BridgeError::NotASocket));
    assert_eq!(std::fs::read(socket(&bench)).unwrap(), b"", "something was written into a plain file");
}

#[test]
fn bridge_speaks_another_version() {
    let (_bench, mut process, mut client) = asked("bridge-version");
    tell(&mut process, "version 2");
    assert_eq!(ends(&mut client, 2000), Err(BridgeError::WrongVersion));
    assert_eq!(ends(&mut client, 100), Err(BridgeError::WrongVersion), "the reason is lost while it waits");
    tell(&mut process, "sound");
    assert_eq!(ends(&mut client, 5000), Ok(()), "the right one was installed");
}

#[test]
fn bridge_serves_another_class() {
    let (bench, mut process, mut client) = asked("bridge-class");
    let mut reader = Client::new(dial(&bench), DeviceClass::Card);
    assert_eq!(ends(&mut reader, 2000), Err(BridgeError::WrongClass), "a security module was taken for a card reader");
    tell(&mut process, "class 9");
    assert_eq!(ends(&mut client, 2000), Err(BridgeError::WrongClass));
}

#[test]
fn bridge_mute() {
    let (bench, mut process, mut client) = asked("bridge-mute");
    assert_eq!(ends(&mut client, 5000), Ok(()));
    tell(&mut process, "mute");
    assert_eq!(ends(&mut client, 300), Err(BridgeError::NoAnswer));
    let mut other = Client::new(dial(&bench), DeviceClass::SecurityModule);
    assert_eq!(ends(&mut other, 300), Err(BridgeError::NoAnswer), "it does not even say who it is");
    tell(&mut process, "sound");
    assert_eq!(ends(&mut client, 5000), Ok(()));
    assert_eq!(ends(&mut other, 5000), Ok(()));
}

#[test]
fn bridge_talks_junk() {
    let (_bench, mut process, mut client) = asked("bridge-junk");
    for _ in 0..2 {
        tell(&mut process, "garble");
        assert_eq!(ends(&mut client, 5000), Err(BridgeError::Garbled));
        assert_eq!(ends(&mut client, 5000), Ok(()), "a new connection begins a new frame");
    }
}

#[test]
fn bridge_does_not_know_the_command() {
    let (_bench, _process, mut client) = asked("bridge-unknown");
    assert_eq!(client.call(0x7F, &[], &within(5000)).err(), Some(BridgeError::NotSupported));
    assert_eq!(ends(&mut client, 5000), Ok(()));
}

#[test]
fn a_cancelled_command_is_sent_all_the_same() {
    let (_bench, _process, mut client) = asked("bridge-early");
    let watcher = Watcher::default();
    watcher.cancel.cancel();
    let ended = watcher.run(5000, |control| client.call(STATUS, &[], control).err(), |_| {});
    assert_eq!(ended, Some(BridgeError::Cancelled));
    assert_eq!(client.name(), "", "it was connected for nothing");
}

#[test]
fn a_bridge_that_takes_nobody_hangs_us() {
    let bench = Bench::new("bridge-full");
    let _hangs = UnixListener::bind(socket(&bench)).unwrap();
    let mut waiting = Vec::new();
    let refused = loop {
        match dial(&bench).dial(within(300).deadline) {
            Ok(wire) => waiting.push(wire),
            Err(error) => break error,
        }
    };
    assert_eq!(refused, WireError::Timeout, "after {} in its queue", waiting.len());
}
