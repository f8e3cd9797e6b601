//! How fast the devices' layer is, beside what it stands on: codecs beside the wire's own limit, the card layer beside raw PC/SC,
//! our event beside pcscd's. Prints medians and ratios of one run; asserts nothing.
//!
//! `cargo bench -p hall --bench devices`; with `--profile dev` it measures what CI builds.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may fail loudly")]

use std::path::Path;
use std::time::{Duration, Instant};

use hal::Control;
use hal::card::pcsc::PcscReader;
use hal::card::{CardEvent, CardReader, CardWatch, Insertion, ssc};
use hal::id::{block, sdt};
use hal::receipt::encode::encode;
use hal::receipt::raster::Pen;
use hal::receipt::{ColumnWidth, Line, Receipt, model};
use hal::scanner::stream::{Collector, Config, Encoding, Suffix};
use hal::sensors::modbus::{Input, ModbusBoard, Wiring};
use hal::sensors::{Sensor, SensorBoard};
use hal::wire::serial::SerialDial;
use hal::wire::{Dial, Wire, WireError};
use hall::emulate::Emulator;
use hall::emulate::sensors::SensorsEmulator;
use hall::ground::Ground;
use hall::namespace::{self, Network, Side};
use zeroizing_alloc::ZeroAlloc;

// As in the shipping program.
#[global_allocator]
static MEMORY: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

/// 115200 baud, ten bits a byte.
const SERIAL_BYTES_S: f64 = 11_520.0;
/// 250 mm of paper a second, eight rows of 72 bytes a millimetre.
const PAPER_BYTES_S: f64 = 144_000.0;
/// As the journeys use.
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
const ROUNDS: usize = 200;

fn main() {
    if let Ok(Side::Outside(status)) = namespace::enter(Network::Own) {
        std::process::exit(status.code().unwrap_or(1));
    }
    println!("{:<52} {:>12} {:>12} {:>12} {:>9}", "codec", "median", "p99", "the wire", "ratio");
    resident_documents();
    codes();
    receipts();
    board();
    println!("\n{:<52} {:>12} {:>12} {:>12} {:>9}", "card", "median", "p99", "beside", "ratio");
    let directory = std::env::temp_dir().join("hall-bench-devices");
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut ground = Ground::start(&directory).unwrap();
    commands(&mut ground);
    events(&mut ground);
    alarms(&directory);
}

/// Median and 99th of a hundred.
fn at(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let part = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64();
    (part(50), part(99))
}

/// Times something that deals with so many bytes.
fn codec(what: &str, bytes: usize, wire_bytes_s: f64, mut doing: impl FnMut()) {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            doing();
            began.elapsed()
        })
        .collect();
    let (median, p99) = at(&mut times);
    let speed = |seconds: f64| bytes as f64 / seconds;
    println!(
        "{what:<52} {:>7.2} MB/s {:>7.2} MB/s {:>7.3} MB/s {:>7.0} x",
        speed(median) / 1e6,
        speed(p99) / 1e6,
        wire_bytes_s / 1e6,
        speed(median) / wire_bytes_s
    );
}

/// A text block that decodes, from the golden vectors.
fn text_block() -> Vec<u8> {
    let text = std::fs::read_to_string(hall::people::home().join("vectors/sdt.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let blocks = file["cases"].as_array().unwrap().iter().filter_map(|case| case["input"]["hex"].as_str());
    let bytes = |hex: &str| {
        let pairs = (0..hex.len() / 2).map(|at| u8::from_str_radix(hex.get(at * 2..at * 2 + 2)?, 16).ok());
        pairs.collect::<Option<Vec<u8>>>()
    };
    blocks.filter_map(bytes).find(|block| block::decode(block).is_ok()).unwrap()
}

fn resident_documents() {
    let data = [&[0x00, 0x00, 0x90, 0x01, 0x00, 0x04, 0x00], text_block().as_slice(), &[0x57; 1024]].concat();
    let frame = sdt::frame(&data);
    codec("resident document: frame, parts, text block", frame.len(), SERIAL_BYTES_S, || {
        let mut framer = sdt::Framer::default();
        // As a serial port hands it over.
        let reply = frame.chunks(64).flat_map(|piece| framer.feed(piece)).next().unwrap();
        let parts = sdt::parts(&reply.data, false).unwrap();
        std::hint::black_box(block::decode(&reply.data[parts.text]).unwrap());
    });
}

fn codes() {
    for (name, encoding, code) in [
        ("code, UTF-8 with line ends", Encoding::Auto, "示范电子社保卡 1900-0000".as_bytes().to_vec()),
        ("code, GBK with line ends", Encoding::Gbk, hal::receipt::gb18030::encode("示范电子社保卡 1900-0000")),
    ] {
        let stream = [code.as_slice(), b"\r\n"].concat().repeat(100);
        codec(name, stream.len(), SERIAL_BYTES_S, || {
            let config = Config { suffix: Suffix::Any, idle_ms: 80, encoding, max_bytes: 2953 };
            let mut collector = Collector::new(config);
            let count: usize = stream.chunks(64).map(|piece| collector.feed(piece, 0).len()).sum();
            assert_eq!(std::hint::black_box(count), 100);
        });
    }
}

fn receipts() {
    let model = model::find("generic-80").unwrap();
    let row = |n: usize| Line::Row(vec![format!("2026-{:02}", n % 12 + 1), "4,000.00".to_owned(), "已到账".to_owned()]);
    let columns = vec![ColumnWidth { parts: 1, right: false }; 3];
    let text = Receipt { lines: (0..60).map(row).collect(), columns };
    let mini = model::find("mute-80").unwrap();
    // Not in the printer's set: each is drawn.
    let names = Receipt { lines: vec![Line::Name("姓名".to_owned(), "䶮喆犇".to_owned()); 20], columns: vec![] };
    // Text is held up by the serial line, and by the paper before that: 66 lines of 48 bytes a second. Pictures by the paper.
    for (what, receipt, model, wire_bytes_s) in [
        ("receipt: text", &text, model, SERIAL_BYTES_S),
        ("receipt: names drawn as pictures", &names, mini, PAPER_BYTES_S),
    ] {
        let mut pen = Pen::new(Path::new(FONT));
        let size = encode(receipt, model, &mut pen).unwrap().len();
        codec(what, size, wire_bytes_s, || {
            std::hint::black_box(encode(receipt, model, &mut pen).unwrap());
        });
    }
}

/// A board that answers at once: twelve contacts, all open.
struct AtOnce(bool);

/// Unit 1, function 2, two bytes, check.
const ANSWER: [u8; 7] = [0x01, 0x02, 0x02, 0x00, 0x00, 0xB9, 0xB8];
/// Question and answer.
const EXCHANGE_BYTES: usize = 8 + ANSWER.len();

impl Dial for AtOnce {
    fn dial(&mut self, _: Instant) -> Result<Box<dyn Wire>, WireError> {
        Ok(Box::new(Self(false)))
    }
}

impl Wire for AtOnce {
    fn send(&mut self, _: &[u8], _: Instant) -> Result<(), WireError> {
        self.0 = true;
        Ok(())
    }

    fn read(&mut self, into: &mut [u8], _: Instant) -> Result<usize, WireError> {
        if !std::mem::take(&mut self.0) {
            return Err(WireError::Timeout);
        }
        into[..ANSWER.len()].copy_from_slice(&ANSWER);
        Ok(ANSWER.len())
    }
}

fn board() {
    let inputs = vec![Input { address: 11, sensor: Sensor::Door, normally_closed: false }];
    let mut board = ModbusBoard::new(Box::new(AtOnce(false)), Wiring { unit: 1, inputs, outputs: Vec::new() });
    codec("sensor board: question and answer", EXCHANGE_BYTES * 100, SERIAL_BYTES_S, || {
        for _ in 0..100 {
            board.changes(&Control::within(Duration::ZERO)).unwrap();
        }
    });
}

fn beside(what: &str, mut ours: Vec<Duration>, mut raw: Vec<Duration>) {
    let ((median, p99), (raw, _)) = (at(&mut ours), at(&mut raw));
    println!("{what:<52} {:>9.1} us {:>9.1} us {:>9.1} us {:>7.2} x", median * 1e6, p99 * 1e6, raw * 1e6, median / raw);
}

/// Waits for the next insertion.
fn inserted(watch: &mut impl CardWatch) -> Insertion {
    loop {
        if let Some(CardEvent::Inserted(insertion)) = watch.next(Duration::from_secs(20)) {
            return insertion;
        }
    }
}

/// GET CHALLENGE through the whole layer, and the same command through the crate alone. In turns, so that whatever else the machine
/// does falls on both.
fn commands(ground: &mut Ground) {
    const TURNS: usize = 20;
    const COMMAND: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x08];
    let (mut watch, mut reader) = hal::card::pcsc::open("SSC Reader");
    ground.line("card insert 1").unwrap();
    let insertion = inserted(&mut watch);
    let control = Control::within(Duration::from_mins(10));
    let (mut ours, mut raw) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        reader.open_link(insertion).unwrap();
        ours.extend((0..ROUNDS).map(|_| challenge(&mut reader, &control)));
        reader.release();
        let context = pcsc::Context::establish(pcsc::Scope::System).unwrap();
        let card = context.connect(c"SSC Reader 00 00", pcsc::ShareMode::Exclusive, pcsc::Protocols::ANY).unwrap();
        raw.extend((0..ROUNDS).map(|_| {
            let began = Instant::now();
            let mut buffer = [0; 262];
            assert_eq!(card.transmit(&COMMAND, &mut buffer).unwrap().len(), 10);
            began.elapsed()
        }));
        card.disconnect(pcsc::Disposition::UnpowerCard).map_err(|(_, error)| error).unwrap();
    }
    beside("GET CHALLENGE (beside: pcsc transmit)", ours, raw);
    ground.line("card pull").unwrap();
}

fn challenge(reader: &mut PcscReader, control: &Control<'_>) -> Duration {
    let began = Instant::now();
    ssc::challenge(reader, control).unwrap();
    began.elapsed()
}

/// The same insertion as seen by pcscd's own event and by ours, each waited for on a thread of its own.
fn events(ground: &mut Ground) {
    const INSERTIONS: usize = 40;
    let (mut watch, _) = hal::card::pcsc::open("SSC Reader");
    let (mut late, mut none) = (Vec::new(), Vec::new());
    for _ in 0..INSERTIONS {
        let (ours, theirs) = std::thread::scope(|scope| {
            let theirs = scope.spawn(raw_event);
            let ours = scope.spawn(|| {
                inserted(&mut watch);
                Instant::now()
            });
            // Both must be waiting: pcscd looks for cards less often than this.
            std::thread::park_timeout(Duration::from_millis(600));
            ground.line("card insert 1").unwrap();
            (ours.join().unwrap(), theirs.join().unwrap())
        });
        late.push(ours.saturating_duration_since(theirs));
        none.push(theirs.saturating_duration_since(ours));
        ground.line("card pull").unwrap();
        while watch.next(Duration::from_millis(600)).is_some() {}
    }
    let ((median, p99), (early, _)) = (at(&mut late), at(&mut none));
    println!(
        "{:<52} {:>9.3} ms {:>9.3} ms later; {:.3} ms earlier (median); aim 5 ms",
        "our event after pcscd's",
        median * 1e3,
        p99 * 1e3,
        early * 1e3
    );
}

/// From the contact that opens to the change that is told; the exit page is one step later, and may take two seconds.
fn alarms(directory: &Path) {
    const ALARMS: usize = 20;
    let port = directory.join("board");
    let mut emulator = SensorsEmulator::plug(&port).unwrap();
    let inputs = vec![Input { address: 5, sensor: Sensor::FireAlarm, normally_closed: true }];
    let dial = Box::new(SerialDial { path: port, baud: 115_200 });
    let mut board = ModbusBoard::new(dial, Wiring { unit: 1, inputs, outputs: Vec::new() });
    let mut told = |line: &str| {
        emulator.line(line).unwrap();
        let began = Instant::now();
        while board.changes(&Control::within(Duration::from_secs(5))).unwrap().is_empty() {}
        began.elapsed()
    };
    // A board that was never heard tells what is active: so it begins with an alarm.
    told("open 5");
    let mut times: Vec<_> = (0..ALARMS)
        .map(|_| {
            told("close 5");
            told("open 5")
        })
        .collect();
    let (median, p99) = at(&mut times);
    println!("{:<52} {:>9.0} ms {:>9.0} ms; aim 2,000 ms", "fire alarm, contact to event", median * 1e3, p99 * 1e3);
}

fn raw_event() -> Instant {
    let context = pcsc::Context::establish(pcsc::Scope::System).unwrap();
    let mut states = [pcsc::ReaderState::new(c"SSC Reader 00 00", pcsc::State::UNAWARE)];
    loop {
        context.get_status_change(Duration::from_secs(20), &mut states).unwrap();
        if states[0].event_state().contains(pcsc::State::PRESENT) {
            return Instant::now();
        }
        states[0].sync_current_state();
    }
}
