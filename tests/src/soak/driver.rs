//! The drivers' process of the soak: one driver a class, made once, used whenever a line says so.
//!
//! | Line | Answer |
//! |---|---|
//! | `use CLASS` | `blocked CODE` or `resumed` on the way; then `done ok` or `done CODE` |
//! | `look` | open descriptors, threads, anonymous memory in kB |

use std::path::Path;
use std::time::{Duration, Instant};

use hal::bridge::card::{BridgeReader, BridgeWatch};
use hal::card::pcsc::{PcscReader, PcscWatch, open};
use hal::card::{CardEvent, CardReader, CardWatch};
use hal::id::IdReader;
use hal::id::serial::{Dialect, SerialIdReader};
use hal::pad::NumberPad;
use hal::pad::plain::PlainPad;
use hal::page::ipp::IppPrinter;
use hal::page::{PageError, PagePrinter};
use hal::receipt::driver::EscPosPrinter;
use hal::receipt::{Line, Receipt, ReceiptError, ReceiptPrinter};
use hal::scanner::Scanner;
use hal::scanner::serial::SerialScanner;
use hal::sensors::modbus::{Input, ModbusBoard, Output, Wiring};
use hal::sensors::{Lamp, Sensor, SensorBoard};
use hal::ups::Ups;
use hal::ups::nut::NutUps;
use hal::wire::serial::SerialDial;
use hal::wire::tcp::TcpDial;
use hal::wire::unix::UnixDial;
use hal::{Cancel, Code, Control, Progress};

use super::classes::{MOTOR_SOCKET, PAGE_PORT, READER, RECEIPT};
use crate::emulate::ups;

/// Time for a use that somebody takes part in.
const USE: Duration = Duration::from_secs(6);
/// Time for one that needs nobody.
const ASK: Duration = Duration::from_secs(4);

/// One whole page of nothing; ippeveprinter looks no closer.
const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";

struct Drivers {
    watch: PcscWatch,
    card: PcscReader,
    motor: (BridgeWatch, BridgeReader),
    id: SerialIdReader,
    scanner: SerialScanner,
    receipt: EscPosPrinter,
    page: IppPrinter,
    pad: PlainPad,
    sensors: ModbusBoard,
    ups: NutUps,
}

/// Obeys lines until the end of input.
///
/// # Errors
/// Standard input cannot be read.
pub fn run(directory: &Path) -> Result<(), String> {
    let mut drivers = Drivers::new(directory)?;
    for line in std::io::stdin().lines() {
        let line = line.map_err(|error| error.to_string())?;
        match line.split_once(' ') {
            Some(("use", class)) => match drivers.use_once(class) {
                Ok(()) => println!("done ok"),
                Err(code) => println!("done {}", code.as_str()),
            },
            _ => println!("{}", held()),
        }
    }
    Ok(())
}

fn held() -> String {
    let count = |folder: &str| std::fs::read_dir(folder).map_or(0, Iterator::count);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let anonymous = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
    let kb = anonymous.trim().trim_end_matches(" kB");
    format!("{} {} {kb}", count("/proc/self/fd"), count("/proc/self/task"))
}

fn control(time: Duration) -> Control<'static> {
    let say = &|progress| match progress {
        Progress::Blocked(code) => println!("blocked {}", Code::as_str(code)),
        Progress::Resumed => println!("resumed"),
        Progress::Accepted => {}
    };
    Control { deadline: Instant::now() + time, cancel: Cancel::default(), progress: say }
}

impl Drivers {
    fn new(directory: &Path) -> Result<Self, String> {
        let serial = |name: &str| Box::new(SerialDial { path: directory.join(name), baud: 115_200 });
        let tcp = |address: &str| Box::new(TcpDial { address: address.to_owned() });
        let unix = || Box::new(UnixDial { path: directory.join(MOTOR_SOCKET) });
        let (watch, card) = open(READER);
        let scanner = hal::scanner::model::find("gm65").ok_or("no such scanner")?;
        let receipt = hal::receipt::model::find("generic-80").ok_or("no such printer")?;
        let wiring = Wiring {
            unit: 1,
            inputs: vec![Input { address: 0, sensor: Sensor::Door, normally_closed: false }],
            outputs: vec![Output { address: 1, lamp: Lamp::Card }],
        };
        Ok(Self {
            watch,
            card,
            motor: hal::bridge::card::open(unix(), unix()),
            id: SerialIdReader::new(serial("id"), Dialect::Sdt),
            scanner: SerialScanner::new(serial("scanner"), scanner),
            receipt: EscPosPrinter::new(tcp(RECEIPT), receipt.clone(), directory.join("no font")),
            page: IppPrinter::new(&format!("ipp://localhost:{PAGE_PORT}/ipp/print"), false),
            pad: PlainPad::new(serial("pad")),
            sensors: ModbusBoard::new(serial("sensors"), wiring),
            ups: NutUps::new(tcp(ups::ADDRESS), ups::NAME.to_owned()),
        })
    }

    fn use_once(&mut self, class: &str) -> Result<(), Code> {
        match class {
            "card" => read_card(&mut self.watch, &mut self.card),
            "motor" => read_card(&mut self.motor.0, &mut self.motor.1),
            "id" => self.id.await_document(&control(USE)).map(drop).map_err(hal::id::IdError::code),
            "scanner" => self.scanner.scan(&control(USE)).map(drop).map_err(hal::scanner::ScanError::code),
            "receipt" => self.print_receipt(),
            "page" => self.print_page(),
            "pad" => self.pad.key(&control(USE / 2)).map(drop).map_err(hal::pad::PadError::code),
            "sensors" => self.look_and_shine(),
            _ => match self.ups.power(&control(ASK)) {
                Ok(power) => power.code().map_or(Ok(()), Err),
                Err(error) => Err(error.code()),
            },
        }
    }

    /// A printer that may hold a job is asked to forget it, as the kiosk does.
    fn print_receipt(&mut self) -> Result<(), Code> {
        let receipt = Receipt { lines: vec![Line::Title("凭条".to_owned()), Line::Rule], columns: Vec::new() };
        let printed = self.receipt.print(&receipt, &control(ASK));
        if printed.is_err_and(ReceiptError::may_hold_job) {
            // Where it does not answer, the next use says so.
            let _told_below = self.receipt.clear(&control(ASK));
        }
        printed.map_err(ReceiptError::code)
    }

    fn print_page(&mut self) -> Result<(), Code> {
        let printed = self.page.print("soak", PDF, &control(USE));
        if printed.is_err_and(PageError::may_hold_job) {
            let _told_below = self.page.clear(&control(ASK));
        }
        printed.map(drop).map_err(PageError::code)
    }

    fn look_and_shine(&mut self) -> Result<(), Code> {
        self.sensors.changes(&control(Duration::from_millis(300))).map_err(hal::sensors::SensorError::code)?;
        for on in [true, false] {
            self.sensors.light(Lamp::Card, on, &control(ASK)).map_err(hal::sensors::SensorError::code)?;
        }
        Ok(())
    }
}

/// Waits for a card that goes in now; what the last one left behind in the watch is passed over.
fn read_card(watch: &mut dyn CardWatch, reader: &mut dyn CardReader) -> Result<(), Code> {
    let wait = control(USE);
    let mut lost = None;
    let card = loop {
        match watch.next(wait.left().min(Duration::from_secs(1))) {
            Some(CardEvent::Inserted(card)) => break card,
            Some(CardEvent::ReaderLost(error)) => lost = Some(error.code()),
            Some(CardEvent::ReaderReady) => lost = None,
            Some(CardEvent::Mute) => return Err(Code::CardMute),
            Some(CardEvent::Removed(_)) => {}
            None if lost.is_some() || wait.left().is_zero() => return Err(lost.unwrap_or(Code::CardTimeout)),
            None => {}
        }
    };
    let read = reader.begin(card, &control(ASK)).and_then(|_| reader.tries(card, &control(ASK)));
    reader.release();
    read.map(drop).map_err(hal::card::CardError::code)
}
