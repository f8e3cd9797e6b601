//! A receipt printer on a TCP port or a serial line: takes ESC/POS, prints into files, answers status requests the way printers
//! do or tells its status by itself, and fails on request. What came out on paper stands in `receipt-N.bin`, byte for byte; a cut or a clear ends a receipt.
//!
//! Real-time requests are answered at once, `GS r` in print order: that difference is what the terminal relies on.

mod parse;

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hal::receipt::status::CLEARED;

use super::line::{Device, Line, Speaker};
use super::{Emulator, number};
use parse::{Parser, Token};

/// When `GS r` is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answers {
    InOrder,
    Late(u64),
    Never,
    Falsely,
    Junk,
}

/// Where answers go.
trait Back: Send {
    /// The other end may have gone; a printer does not mind.
    fn send(&mut self, bytes: &[u8]);
    /// The printer is off.
    fn close(&mut self);
    fn copy(&self) -> Option<Box<dyn Back>>;
}

impl Back for TcpStream {
    fn send(&mut self, bytes: &[u8]) {
        let _gone = self.write_all(bytes);
    }

    fn close(&mut self) {
        let _gone = self.shutdown(std::net::Shutdown::Both);
    }

    fn copy(&self) -> Option<Box<dyn Back>> {
        self.try_clone().ok().map(|stream| Box::new(stream) as Box<dyn Back>)
    }
}

impl Back for Speaker {
    fn send(&mut self, bytes: &[u8]) {
        self.say(bytes);
    }

    fn close(&mut self) {}

    fn copy(&self) -> Option<Box<dyn Back>> {
        Some(Box::new(self.clone()))
    }
}

/// The serial end of a printer.
#[derive(Default)]
pub struct Serial {
    machine: Option<Arc<Mutex<Machine>>>,
    parser: Parser,
    back: Option<Speaker>,
}

impl Device for Serial {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        if let (Some(machine), Some(back)) = (&self.machine, &self.back) {
            for token in self.parser.feed(bytes) {
                lock(machine).take(token, Box::new(back.clone()));
            }
        }
        Vec::new()
    }
}

/// An error of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Error {
    Recoverable,
    Unrecoverable,
}

/// What the machine is like at this moment.
struct Machine {
    directory: PathBuf,
    paper: bool,
    paper_low: bool,
    cover_open: bool,
    cutter_stuck: bool,
    /// Paper ends after that many more bytes have been printed.
    paper_left: Option<usize>,
    answers: Answers,
    buffer: VecDeque<(Token, Box<dyn Back>)>,
    /// Broken for a while, or for good.
    error: Option<Error>,
    /// Its status says that all is well, whatever is.
    lies: bool,
    /// Knows no DLE EOT.
    tells_by_itself: bool,
    /// Who is told every change.
    listener: Option<Box<dyn Back>>,
    printed: Vec<u8>,
    receipts: usize,
    discarded: usize,
}

/// The printer.
pub struct ReceiptEmulator {
    machine: Arc<Mutex<Machine>>,
    address: SocketAddr,
    listening: Option<Arc<TcpListener>>,
    line: Option<Line<Serial>>,
}

impl ReceiptEmulator {
    /// A printer on the serial line `link`.
    ///
    /// # Errors
    /// The machine gives no pty, or the folder cannot be had.
    pub fn plug(link: &Path, directory: &Path) -> Result<Self, String> {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let machine = Arc::new(Mutex::new(Machine::new(directory)?));
        let line = Line::plug(link, Serial::default())?;
        let back = Some(line.speaker());
        *line.device() = Serial { machine: Some(machine.clone()), back, ..Serial::default() };
        Ok(Self { machine, address: nowhere, listening: None, line: Some(line) })
    }

    /// A printer on `address` whose paper goes into `directory`.
    ///
    /// # Errors
    /// The port or the folder cannot be had.
    pub fn start(address: SocketAddr, directory: &Path) -> Result<Self, String> {
        let machine = Arc::new(Mutex::new(Machine::new(directory)?));
        let mut printer = Self { machine, address, listening: None, line: None };
        printer.online()?;
        Ok(printer)
    }

    fn online(&mut self) -> Result<(), String> {
        if self.listening.is_some() {
            return Ok(());
        }
        let listener = Arc::new(TcpListener::bind(self.address).map_err(|error| error.to_string())?);
        let (machine, door) = (self.machine.clone(), Arc::downgrade(&listener));
        let accept = listener.try_clone().map_err(|error| error.to_string())?;
        std::thread::spawn(move || {
            for stream in accept.incoming().map_while(Result::ok) {
                if door.upgrade().is_none() {
                    return;
                }
                let machine = machine.clone();
                std::thread::spawn(move || serve(stream, &machine));
            }
        });
        self.listening = Some(listener);
        Ok(())
    }

    /// Takes the printer off the line: nobody listens any more. One last connection wakes the thread that accepts.
    fn offline(&mut self) {
        if self.listening.take().is_some() {
            let _wakes = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        }
        let mut machine = lock(&self.machine);
        for (_, mut back) in machine.buffer.drain(..) {
            back.close();
        }
        machine.end_receipt();
    }
}

impl Drop for ReceiptEmulator {
    fn drop(&mut self) {
        self.offline();
    }
}

impl Emulator for ReceiptEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let wire = self.line.as_ref().and_then(|line| line.obey(&words));
        match (wire, words.as_slice()) {
            (Some(done), _) => done?,
            (None, ["offline"]) => self.offline(),
            (None, ["online"]) => self.online()?,
            (None, words) => lock(&self.machine).obey(words)?,
        }
        let there = self.line.as_ref().map_or(self.listening.is_some(), Line::is_plugged);
        Ok(lock(&self.machine).say(there))
    }

    fn help(&self) -> &'static str {
        "paper out | paper out after N | paper low | refill | cover open | cover close | cutter jam | cutter clear | \
         answer in-order | answer late MS | answer never | answer falsely | answer junk | error recoverable | error unrecoverable | \
         error clear | status lies | status true | by itself | offline | online | status; on a serial line: unplug | plug | unplug mid-frame | split N | slow MS | \
         merge | noise HEX | damage N | lose N | mute | sound"
    }
}

fn lock(machine: &Mutex<Machine>) -> MutexGuard<'_, Machine> {
    machine.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, machine: &Mutex<Machine>) {
    let mut parser = Parser::default();
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut bytes) {
        for token in parser.feed(bytes.get(..count).unwrap_or_default()) {
            let Some(back) = stream.copy() else { return };
            lock(machine).take(token, back);
        }
    }
}

impl Machine {
    fn new(directory: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(directory).map_err(|error| error.to_string())?;
        Ok(Self {
            directory: directory.to_owned(),
            paper: true,
            paper_low: false,
            cover_open: false,
            cutter_stuck: false,
            paper_left: None,
            answers: Answers::InOrder,
            buffer: VecDeque::new(),
            error: None,
            lies: false,
            tells_by_itself: false,
            listener: None,
            printed: Vec::new(),
            receipts: 0,
            discarded: 0,
        })
    }

    const fn prints(&self) -> bool {
        self.paper && !self.cover_open && !self.cutter_stuck && self.error.is_none()
    }

    /// The four bytes of an automatic status, to whoever listens.
    fn tell(&mut self) {
        let bit = |set: bool, mask: u8| if set && !self.lies { mask } else { 0 };
        let status = [
            0x10 | bit(!self.prints(), 0x08) | bit(self.cover_open, 0x20),
            bit(self.cutter_stuck, 0x08)
                | bit(self.error == Some(Error::Recoverable), 0x04)
                | bit(self.error == Some(Error::Unrecoverable), 0x20),
            bit(self.paper_low, 0x03) | bit(!self.paper, 0x0C),
            0x00,
        ];
        if let Some(listener) = &mut self.listener {
            listener.send(&status);
        }
    }

    fn obey(&mut self, words: &[&str]) -> Result<(), String> {
        match words {
            ["paper", "out"] => self.paper = false,
            ["paper", "out", "after", bytes] => self.paper_left = Some(number(Some(bytes), "bytes")?),
            ["paper", "low"] => self.paper_low = true,
            ["refill"] => {
                self.paper = true;
                self.paper_low = false;
                self.paper_left = None;
            }
            ["cover", "open"] => self.cover_open = true,
            ["cover", "close"] => self.cover_open = false,
            ["cutter", "jam"] => self.cutter_stuck = true,
            ["cutter", "clear"] => self.cutter_stuck = false,
            ["answer", "in-order"] => self.answers = Answers::InOrder,
            ["answer", "late", ms] => self.answers = Answers::Late(number(Some(ms), "milliseconds")?),
            ["answer", "never"] => self.answers = Answers::Never,
            ["answer", "falsely"] => self.answers = Answers::Falsely,
            ["answer", "junk"] => self.answers = Answers::Junk,
            ["error", "recoverable"] => self.error = Some(Error::Recoverable),
            ["error", "unrecoverable"] => self.error = Some(Error::Unrecoverable),
            ["error", "clear"] => self.error = None,
            ["status", "lies"] => self.lies = true,
            ["status", "true"] => self.lies = false,
            ["by", "itself"] => self.tells_by_itself = true,
            ["status"] => return Ok(()),
            _ => return Err("not understood; say help".to_owned()),
        }
        self.tell();
        self.print();
        Ok(())
    }

    fn say(&self, listening: bool) -> String {
        format!(
            "{}, {}, {} receipts, {} bytes waiting, {} discarded",
            if listening { "online" } else { "offline" },
            if self.prints() { "ready" } else { "stopped" },
            self.receipts,
            self.buffer.iter().map(|(token, _)| token.bytes().len()).sum::<usize>(),
            self.discarded
        )
    }

    fn take(&mut self, token: Token, mut reply_to: Box<dyn Back>) {
        match token {
            Token::Status(_) if self.tells_by_itself => {}
            Token::Status(n) => {
                let byte = if self.answers == Answers::Junk { 0xFF } else { self.status(n) };
                reply_to.send(&[byte]);
            }
            Token::Clear => {
                self.discarded += self.buffer.drain(..).map(|(token, _)| token.bytes().len()).sum::<usize>();
                self.end_receipt();
                reply_to.send(&CLEARED);
            }
            Token::Done if self.answers == Answers::Falsely => reply_to.send(&[0]),
            other => {
                self.buffer.push_back((other, reply_to));
                self.print();
            }
        }
    }

    fn status(&self, n: u8) -> u8 {
        let bit = |set: bool, mask: u8| if set && !self.lies { mask } else { 0 };
        0x12 | match n {
            1 => bit(!self.prints(), 0x08),
            2 => {
                let error = self.cutter_stuck || self.error.is_some();
                bit(self.cover_open, 0x04) | bit(!self.paper, 0x20) | bit(error, 0x40)
            }
            3 => {
                bit(self.cutter_stuck, 0x08)
                    | bit(self.error == Some(Error::Recoverable), 0x04)
                    | bit(self.error == Some(Error::Unrecoverable), 0x20)
            }
            4 => bit(self.paper_low, 0x0C) | bit(!self.paper, 0x60),
            _ => 0,
        }
    }

    /// Prints what waits, as far as paper, cover and cutter allow.
    fn print(&mut self) {
        while self.prints() {
            let Some((token, reply_to)) = self.buffer.pop_front() else { return };
            match token {
                Token::Done => self.answer(reply_to),
                Token::TellByItself => {
                    self.listener = Some(reply_to);
                    self.tell();
                }
                Token::Cut(bytes) => {
                    self.printed.extend(bytes);
                    self.end_receipt();
                }
                other => {
                    let bytes = other.bytes();
                    self.printed.extend(bytes);
                    if let Some(left) = &mut self.paper_left {
                        *left = left.saturating_sub(bytes.len());
                        self.paper = *left > 0;
                        if !self.paper {
                            self.tell();
                        }
                    }
                }
            }
        }
    }

    /// Everything before has been printed.
    fn answer(&mut self, mut reply_to: Box<dyn Back>) {
        self.end_receipt();
        match self.answers {
            Answers::InOrder | Answers::Falsely => reply_to.send(&[0]),
            Answers::Never => {}
            Answers::Junk => reply_to.send(&[0xFF; 8]),
            Answers::Late(ms) => drop(std::thread::spawn(move || {
                std::thread::park_timeout(Duration::from_millis(ms));
                reply_to.send(&[0]);
            })),
        }
    }

    fn end_receipt(&mut self) {
        if self.printed.is_empty() {
            return;
        }
        self.receipts += 1;
        let file = self.directory.join(format!("receipt-{}.bin", self.receipts));
        let bytes = std::mem::take(&mut self.printed);
        if let Err(error) = std::fs::write(&file, bytes) {
            eprintln!("receipt printer: {}: {error}", file.display());
        }
    }
}
