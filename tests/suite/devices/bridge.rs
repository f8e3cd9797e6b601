//! Vendor bridges: the two examples in C as processes of their own, the real drivers against them on real sockets.

mod motor;
mod psam;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use hal::bridge::client::{Answer, Client};
use hal::bridge::{BridgeError, DeviceClass};
use hal::wire::unix::UnixDial;
use hal::wire::{Dial, WireError};
use hall::people::home;

use super::wires::as_nobody;
use super::{Bench, Watcher, within};

/// As in `deploy/bridge/Makefile`.
const FLAGS: &str = "-std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror";
const STATUS: u8 = 0x01;

/// A bridge that runs.
struct Process {
    child: Child,
    lines: ChildStdin,
    said: BufReader<ChildStdout>,
    /// What it said before it was ready.
    first: Vec<String>,
}

impl Process {
    /// Compiles and starts one of the examples, which then serves `socket`.
    fn start(bench: &Bench, name: &str, arguments: &[&str]) -> Self {
        let folder = home().join("../deploy/bridge");
        let makefile = std::fs::read_to_string(folder.join("Makefile")).unwrap();
        assert!(makefile.contains(FLAGS), "integrators compile with other flags than the tests");
        let program = bench.path(name);
        let source = folder.join(name).with_extension("c");
        let compiled = Command::new("gcc").args(FLAGS.split(' ')).arg("-o").arg(&program).arg(source).status();
        assert!(compiled.expect("gcc is missing: deploy/dev/install").success(), "{name}.c does not compile");
        Self::run(&program, &socket(bench), arguments)
    }

    fn run(program: &Path, socket: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.arg("--socket").arg(socket).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = child.stdin.take().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut first = Vec::new();
        while first.last().is_none_or(|line| line != "ready") {
            let mut line = String::new();
            assert!(said.read_line(&mut line).unwrap() > 0, "the bridge ended before it was ready");
            first.push(line.trim().to_owned());
        }
        Self { child, lines, said, first }
    }

    /// Tells it something that it must understand, and returns what it says.
    fn tell(&mut self, line: &str) -> String {
        writeln!(self.lines, "{line}").unwrap();
        let mut said = String::new();
        self.said.read_line(&mut said).unwrap();
        said.strip_prefix("ok ").unwrap_or_else(|| panic!("{line}: {said}")).trim().to_owned()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _dead = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn socket(bench: &Bench) -> PathBuf {
    bench.path("bridge.sock")
}

fn dial(bench: &Bench) -> Box<UnixDial> {
    Box::new(UnixDial { path: socket(bench) })
}

/// A bridge with a security module, which answers a question about itself; and the way to ask it.
fn asked(name: &str) -> (Bench, Process, Client) {
    let bench = Bench::new(name);
    let process = Process::start(&bench, "psam", &[]);
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
    let _process = Process::start(&bench, "psam", &[]);
    assert_eq!(ends(&mut client, 5000), Ok(()), "it was started later");
    assert_eq!(client.name(), "Emulated PSAM 1.0");
}

#[test]
fn bridge_killed_in_the_middle_of_a_command() {
    let (bench, mut process, mut client) = asked("bridge-killed");
    assert_eq!(ends(&mut client, 5000), Ok(()));
    process.tell("die");
    assert_eq!(ends(&mut client, 5000), Err(BridgeError::Down));
    process.child.wait().unwrap();
    assert_eq!(ends(&mut client, 600), Err(BridgeError::Down), "its socket lies there, and nobody listens");
    let _again = Process::run(&bench.path("psam"), &socket(&bench), &[]);
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
    process.tell("version 2");
    assert_eq!(ends(&mut client, 2000), Err(BridgeError::WrongVersion));
    assert_eq!(ends(&mut client, 100), Err(BridgeError::WrongVersion), "the reason is lost while it waits");
    process.tell("sound");
    assert_eq!(ends(&mut client, 5000), Ok(()), "the right one was installed");
}

#[test]
fn bridge_serves_another_class() {
    let (bench, mut process, mut client) = asked("bridge-class");
    let mut reader = Client::new(dial(&bench), DeviceClass::Card);
    assert_eq!(ends(&mut reader, 2000), Err(BridgeError::WrongClass), "a security module was taken for a card reader");
    process.tell("class 9");
    assert_eq!(ends(&mut client, 2000), Err(BridgeError::WrongClass));
}

#[test]
fn bridge_mute() {
    let (bench, mut process, mut client) = asked("bridge-mute");
    assert_eq!(ends(&mut client, 5000), Ok(()));
    process.tell("mute");
    assert_eq!(ends(&mut client, 300), Err(BridgeError::NoAnswer));
    let mut other = Client::new(dial(&bench), DeviceClass::SecurityModule);
    assert_eq!(ends(&mut other, 300), Err(BridgeError::NoAnswer), "it does not even say who it is");
    process.tell("sound");
    assert_eq!(ends(&mut client, 5000), Ok(()));
    assert_eq!(ends(&mut other, 5000), Ok(()));
}

#[test]
fn bridge_talks_junk() {
    let (_bench, mut process, mut client) = asked("bridge-junk");
    for _ in 0..2 {
        process.tell("garble");
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
