//! A card of staff before the second reader of the real pcscd: a TCP client of vpcd, as `card` is. It signs with the invented key of its
//! number (`agency::staff`).

use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use hal::staff::apdu;

use super::Emulator;
use super::card::{PUT_BACK, message, say};
use crate::until::until;

/// T=0, no historical bytes.
const ATR: [u8; 3] = [0x3B, 0x60, 0x00];
const OK: [u8; 2] = [0x90, 0x00];

/// The hand that holds cards before the reader.
pub struct StaffEmulator {
    port: u16,
    laid: Option<Laid>,
    /// The card leaves when it is next asked something.
    lifts: Arc<AtomicBool>,
    /// One has left so.
    left: Arc<AtomicBool>,
}

struct Laid {
    name: String,
    stream: TcpStream,
    thread: JoinHandle<()>,
}

impl StaffEmulator {
    /// Cards for the reader whose vpcd listens on `port` of this machine.
    #[must_use]
    pub fn new(port: u16) -> Self {
        Self { port, laid: None, lifts: Arc::default(), left: Arc::default() }
    }

    fn lay(&mut self, name: &str) -> Result<String, String> {
        if self.laid.is_some() {
            return Err("a card lies there already".to_owned());
        }
        if self.left.swap(false, Ordering::AcqRel) {
            // Back sooner, it would count as out until it is lifted again.
            std::thread::park_timeout(PUT_BACK);
        }
        let port = self.port;
        let connect = || TcpStream::connect(("127.0.0.1", port)).ok();
        let stream = until("the reader to take a card", Duration::from_secs(10), connect)?;
        let line = stream.try_clone().map_err(|error| error.to_string())?;
        let (number, lifts, left) = (name.to_owned(), self.lifts.clone(), self.left.clone());
        let thread = std::thread::spawn(move || serve(line, &number, &lifts, &left));
        self.laid = Some(Laid { name: name.to_owned(), stream, thread });
        Ok(format!("staff card {name} lies there"))
    }

    fn lift(&mut self) -> Result<String, String> {
        let Laid { name, stream, thread } = self.laid.take().ok_or("no card lies there")?;
        // The reader may have closed it already.
        let _closed = stream.shutdown(Shutdown::Both);
        thread.join().map_err(|_| "the card's thread has died")?;
        Ok(format!("staff card {name} is gone"))
    }
}

impl Emulator for StaffEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["lay", name] => self.lay(name),
            ["lift"] => self.lift(),
            ["lift", "mid-apdu"] => {
                self.lifts.store(true, Ordering::Release);
                Ok("the card leaves when it is next asked something".to_owned())
            }
            ["status"] => Ok(match &self.laid {
                Some(laid) => format!("staff card {} lies there", laid.name),
                None => "no card lies there".to_owned(),
            }),
            _ => Err(format!("not understood; {}", self.help())),
        }
    }

    fn help(&self) -> &'static str {
        "lay NUMBER | lay foreign | lift | lift mid-apdu | status"
    }
}

/// Answers the reader until one of the two goes away.
fn serve(mut line: TcpStream, number: &str, lifts: &AtomicBool, left: &AtomicBool) {
    while let Some(payload) = message(&mut line) {
        let answer = match payload.as_slice() {
            [0x00..=0x02] => continue,
            [0x04] => ATR.to_vec(),
            _ if lifts.swap(false, Ordering::AcqRel) => {
                left.store(true, Ordering::Release);
                let _closed = line.shutdown(Shutdown::Both);
                return;
            }
            command => answer(number, command),
        };
        if say(&mut line, &answer).is_none() {
            return;
        }
    }
}

/// What the card of this number says; `foreign` is no staff card.
fn answer(number: &str, command: &[u8]) -> Vec<u8> {
    match command {
        [0x00, 0xA4, ..] if number != "foreign" && *command == *apdu::select() => OK.to_vec(),
        [0x00, 0xA4, ..] => vec![0x6A, 0x82],
        [0x00, 0xCA, ..] => [&[0x01], number.as_bytes(), &OK].concat(),
        [0x00, 0x88, 0x01, 0x00, 0x10, challenge @ .., 0x40] => {
            let signed = challenge.try_into().ok().and_then(|challenge| agency::staff::sign(number, challenge).ok());
            signed.map_or(vec![0x69, 0x85], |signature| [&signature[..], &OK].concat())
        }
        _ => vec![0x6D, 0x00],
    }
}
