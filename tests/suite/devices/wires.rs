//! What all serial classes have in common: the port is not there, not ours, somebody else's, or no port at all; and it comes back.

use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use hal::Code;
use hal::id::IdReader;
use hal::id::serial::{Dialect, SerialIdReader};
use hal::pad::NumberPad;
use hal::pad::plain::PlainPad;
use hal::scanner::serial::SerialScanner;
use hal::scanner::{Scanner, model};
use hal::sensors::modbus::{Input, ModbusBoard, Wiring};
use hal::sensors::{Sensor, SensorBoard};
use hal::wire::node::NodeDial;
use hal::wire::tcp::TcpDial;
use hal::wire::{Dial, WireError};
use hall::emulate::Emulator;
use hall::emulate::id_reader::IdReaderEmulator;
use hall::emulate::pad::PadEmulator;
use hall::emulate::scanner::ScannerEmulator;
use hall::emulate::sensors::SensorsEmulator;

use super::{Bench, dial, tell, within};

/// Asks a device of one class how it is.
type Ask = Box<dyn FnMut() -> Option<Code> + Send>;

fn id(path: &Path) -> Ask {
    let mut reader = SerialIdReader::new(dial(path), Dialect::Sdt);
    Box::new(move || reader.status(&within(3000)).err().map(hal::id::IdError::code))
}

fn scanner(path: &Path) -> Ask {
    let mut scanner = SerialScanner::new(dial(path), model::find("plain").unwrap());
    Box::new(move || scanner.status(&within(3000)).err().map(hal::scanner::ScanError::code))
}

fn pad(path: &Path) -> Ask {
    let mut pad = PlainPad::new(dial(path));
    Box::new(move || pad.status(&within(3000)).err().map(hal::pad::PadError::code))
}

fn board(path: &Path) -> Ask {
    let inputs = vec![Input { address: 0, sensor: Sensor::Door, normally_closed: false }];
    let mut board = ModbusBoard::new(dial(path), Wiring { unit: 1, inputs, outputs: Vec::new() });
    Box::new(move || board.changes(&within(0)).err().map(hal::sensors::SensorError::code))
}

/// Not there, plugged in, pulled, plugged in again: one driver through all of it.
fn comes_and_goes(name: &str, ask: fn(&Path) -> Ask, plug: fn(&Path) -> Box<dyn Emulator>, absent: Code) {
    let bench = Bench::new(name);
    let path = bench.path("port");
    let mut asked = ask(&path);
    assert_eq!(asked(), Some(absent), "before it is plugged in");
    let mut emulator = plug(&path);
    assert_eq!(asked(), None, "plugged in");
    emulator.line("unplug").unwrap();
    // What is only opened notices at its next byte; what is asked notices at once.
    let first = asked();
    assert!(first.is_none() || first == Some(absent), "{first:?}");
    emulator.line("plug").unwrap();
    let back = (0..3).any(|_| asked().is_none());
    assert!(back, "it does not come back by itself");
}

/// Nobody but root may open the port, and we are not root.
fn denied(name: &str, ask: fn(&Path) -> Ask, plug: fn(&Path) -> Box<dyn Emulator>, code: Code) {
    let bench = Bench::new(name);
    let path = bench.path("port");
    let _emulator = plug(&path);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    let asked = ask(&path);
    assert_eq!(as_nobody(asked), Some(code));
}

/// Does it as a user who may do nothing; we ourselves are root.
pub(super) fn as_nobody<T: Send>(doing: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let as_nobody = scope.spawn(|| {
            let nobody = rustix::process::Uid::from_raw(65_534);
            rustix::thread::set_thread_res_uid(nobody, nobody, nobody).unwrap();
            doing()
        });
        as_nobody.join().unwrap()
    })
}

fn held(name: &str, ask: fn(&Path) -> Ask, plug: fn(&Path) -> Box<dyn Emulator>, code: Code) {
    let bench = Bench::new(name);
    let path = bench.path("port");
    let _emulator = plug(&path);
    let holder = dial(&path).dial(within(1000).deadline).unwrap();
    let mut asked = ask(&path);
    assert_eq!(asked(), Some(code));
    drop(holder);
    assert!((0..3).any(|_| asked().is_none()), "it stays busy when nobody holds it");
}

fn plain_file(name: &str, ask: fn(&Path) -> Ask, code: Code) {
    let bench = Bench::new(name);
    std::fs::write(bench.path("port"), "").unwrap();
    assert_eq!(ask(&bench.path("port"))(), Some(code));
    assert_eq!(std::fs::read(bench.path("port")).unwrap(), b"", "something was written into a plain file");
    let nothing = bench.path("nothing");
    let _absent = ask(&nothing)();
    assert!(!nothing.exists(), "a device file was created");
}

fn id_plug(path: &Path) -> Box<dyn Emulator> {
    Box::new(IdReaderEmulator::plug(path).unwrap())
}
fn scanner_plug(path: &Path) -> Box<dyn Emulator> {
    Box::new(ScannerEmulator::plug(path).unwrap())
}
fn pad_plug(path: &Path) -> Box<dyn Emulator> {
    Box::new(PadEmulator::plug(path).unwrap())
}
fn board_plug(path: &Path) -> Box<dyn Emulator> {
    Box::new(SensorsEmulator::plug(path).unwrap())
}

macro_rules! ports {
    ($($unplugged:ident, $denied:ident, $held:ident, $plain:ident: $ask:ident, $plug:ident, $absent:ident, $not_permitted:ident,
       $busy:ident, $not_a_device:ident;)+) => {$(
        #[test] fn $unplugged() { comes_and_goes(stringify!($unplugged), $ask, $plug, Code::$absent); }
        #[test] fn $denied() { denied(stringify!($denied), $ask, $plug, Code::$not_permitted); }
        #[test] fn $held() { held(stringify!($held), $ask, $plug, Code::$busy); }
        #[test] fn $plain() { plain_file(stringify!($plain), $ask, Code::$not_a_device); }
    )+};
}

ports! {
    reader_unplugged, port_not_permitted, port_held_by_another_program, path_is_a_plain_file:
        id, id_plug, IdOffline, IdNotPermitted, IdBusy, IdNotADevice;
    scanner_unplugged, scanner_port_not_permitted, scanner_port_held_by_another_program, scanner_path_is_a_plain_file:
        scanner, scanner_plug, ScannerOffline, ScannerNotPermitted, ScannerBusy, ScannerNotADevice;
    pad_unplugged, pad_port_not_permitted, pad_port_held_by_another_program, pad_path_is_a_plain_file:
        pad, pad_plug, PadOffline, PadNotPermitted, PadBusy, PadNotADevice;
    board_unplugged, board_port_not_permitted, board_port_held_by_another_program, board_path_is_a_plain_file:
        board, board_plug, SensorsOffline, SensorsNotPermitted, SensorsBusy, SensorsNotADevice;
}

#[test]
fn a_pulled_device_node_hangs_its_driver() {
    let bench = Bench::new("node");
    let path = bench.path("node");
    let mut emulator = ScannerEmulator::plug(&path).unwrap();
    let mut wire = NodeDial { path: path.clone() }.dial(within(1000).deadline).unwrap();
    wire.send(b"receipt", within(1000).deadline).unwrap();
    let mut byte = [0];
    assert_eq!(wire.read(&mut byte, within(30).deadline), Err(WireError::Timeout), "a device that tells nothing");
    tell(&mut emulator, "unplug");
    assert_eq!(wire.read(&mut byte, within(5000).deadline), Err(WireError::Gone));
    assert_eq!(wire.send(b"more", within(5000).deadline), Err(WireError::Gone));
}

#[test]
fn a_peer_that_takes_crumbs_is_waited_for_without_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (enough, is_enough) = std::sync::mpsc::sync_channel(1);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let (mut peer, _) = listener.accept().unwrap();
            let mut crumb = vec![0; 64 << 10];
            while is_enough.recv_timeout(Duration::from_millis(50)) == Err(RecvTimeoutError::Timeout) {
                peer.read_exact(&mut crumb).unwrap();
            }
        });
        let mut wire = TcpDial { address }.dial(within(1000).deadline).unwrap();
        // More than any buffer on the way holds, and at that pace most of a minute's work.
        assert_eq!(wire.send(&vec![0; 64 << 20], within(300).deadline), Err(WireError::Timeout));
        enough.send(()).unwrap();
    });
}
