//! A receipt printer on a TCP port: takes ESC/POS, prints into files, answers status requests the way printers do, and fails
//! on request. What came out on paper stands in `receipt-N.bin`, byte for byte; a cut or a clear ends a receipt.
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
    buffer: VecDeque<(Token, TcpStream)>,
    printed: Vec<u8>,
    receipts: usize,
    discarded: usize,
}

/// The printer.
pub struct ReceiptEmulator {
    machine: Arc<Mutex<Machine>>,
    address: SocketAddr,
    listening: Option<Arc<TcpListener>>,
}

impl ReceiptEmulator {
    /// A printer on `address` whose paper goes into `directory`.
    ///
    /// # Errors
    /// The port or the folder cannot be had.
    pub fn start(address: SocketAddr, directory: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(directory).map_err(|error| error.to_string())?;
        let machine = Machine {
            directory: directory.to_owned(),
            paper: true,
            paper_low: false,
            cover_open: false,
            cutter_stuck: false,
            paper_left: None,
            answers: Answers::InOrder,
            buffer: VecDeque::new(),
            printed: Vec::new(),
            receipts: 0,
            discarded: 0,
        };
        let mut printer = Self { machine: Arc::new(Mutex::new(machine)), address, listening: None };
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
        for (_, stream) in machine.buffer.drain(..) {
            let _gone = stream.shutdown(std::net::Shutdown::Both);
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
        match words.as_slice() {
            ["offline"] => self.offline(),
            ["online"] => self.online()?,
            _ => lock(&self.machine).obey(&words)?,
        }
        Ok(lock(&self.machine).say(self.listening.is_some()))
    }

    fn help(&self) -> &'static str {
        "paper out | paper out after N | paper low | refill | cover open | cover close | cutter jam | cutter clear | \
         answer in-order | answer late MS | answer never | answer falsely | answer junk | offline | online | status"
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
            let Ok(reply_to) = stream.try_clone() else { return };
            lock(machine).take(token, reply_to);
        }
    }
}

impl Machine {
    const fn prints(&self) -> bool {
        self.paper && !self.cover_open && !self.cutter_stuck
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
            ["status"] => {}
            _ => return Err("not understood; say help".to_owned()),
        }
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

    fn take(&mut self, token: Token, mut reply_to: TcpStream) {
        match token {
            Token::Status(n) => {
                let byte = if self.answers == Answers::Junk { 0xFF } else { self.status(n) };
                send(&mut reply_to, &[byte]);
            }
            Token::Clear => {
                self.discarded += self.buffer.drain(..).map(|(token, _)| token.bytes().len()).sum::<usize>();
                self.end_receipt();
                send(&mut reply_to, &CLEARED);
            }
            Token::Done if self.answers == Answers::Falsely => send(&mut reply_to, &[0]),
            other => {
                self.buffer.push_back((other, reply_to));
                self.print();
            }
        }
    }

    fn status(&self, n: u8) -> u8 {
        let bit = |set: bool, mask: u8| if set { mask } else { 0 };
        0x12 | match n {
            1 => bit(!self.prints(), 0x08),
            2 => bit(self.cover_open, 0x04) | bit(!self.paper, 0x20) | bit(self.cutter_stuck, 0x40),
            3 => bit(self.cutter_stuck, 0x08),
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
                    }
                }
            }
        }
    }

    /// Everything before has been printed.
    fn answer(&mut self, mut reply_to: TcpStream) {
        self.end_receipt();
        match self.answers {
            Answers::InOrder | Answers::Falsely => send(&mut reply_to, &[0]),
            Answers::Never => {}
            Answers::Junk => send(&mut reply_to, &[0xFF; 8]),
            Answers::Late(ms) => drop(std::thread::spawn(move || {
                std::thread::park_timeout(Duration::from_millis(ms));
                send(&mut reply_to, &[0]);
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

/// The terminal may have gone; a printer does not mind.
fn send(to: &mut TcpStream, bytes: &[u8]) {
    let _gone = to.write_all(bytes);
}
