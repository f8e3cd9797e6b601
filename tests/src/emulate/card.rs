//! A card in the virtual reader: a TCP client of vpcd, behind the real pcscd.
//!
//! Connecting is inserting, closing is pulling. vpcd sends a length and a payload in two pieces, so the quick
//! acknowledgement must be asked for again before every read, else each message costs 40 ms.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::card_file::{CardFile, Manner};
use super::{Emulator, number};
use crate::people::person;
use crate::until::until;

/// No hand puts a card back sooner. pcscd asks a virtual reader every 400 ms and learns of a card that left in the middle of a
/// command from the command as well; one that is back before it asks counts as out until it is pulled again.
pub(super) const PUT_BACK: Duration = Duration::from_millis(500);

/// PIN tries of an emulated card; the terminal must ask, never assume.
const TRIES_MAX: u8 = 6;

type Card = Arc<Mutex<CardFile>>;

/// The hand that holds cards before one reader.
pub struct CardEmulator {
    port: u16,
    cards: HashMap<String, Card>,
    inserted: Option<Inserted>,
    manner: Manner,
    out_since: Option<Instant>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The card leaves in the middle of that command from now; 0 not at all.
    pull_mid_apdu: AtomicU64,
    slow_ms: AtomicU64,
    apdus: AtomicU64,
    left_by_itself: AtomicBool,
    /// The card leaves when it is given power.
    pull_at_power: AtomicBool,
    /// It does that command before it leaves, and nobody hears of it.
    obeys_first: AtomicBool,
}

struct Inserted {
    name: String,
    stream: TcpStream,
    thread: JoinHandle<()>,
}

impl CardEmulator {
    /// Cards for the reader whose vpcd listens on `port` of this machine.
    #[must_use]
    pub fn new(port: u16) -> Self {
        Self {
            port,
            cards: HashMap::new(),
            inserted: None,
            manner: Manner::Plain,
            out_since: None,
            shared: Arc::default(),
        }
    }

    fn insert(&mut self, name: &str) -> Result<String, String> {
        if self.inserted.is_some() {
            return Err("a card is already in".to_owned());
        }
        let card = self.card(name)?;
        {
            let mut card = lock(&card);
            card.reset();
            card.manner = self.manner;
        }
        if let Some(since) = self.out_since.take() {
            std::thread::park_timeout(PUT_BACK.saturating_sub(since.elapsed()));
        }
        let port = self.port;
        let stream = until("the reader to take a card", Duration::from_secs(10), || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        })?;
        let line = stream.try_clone().map_err(|error| error.to_string())?;
        let shared = self.shared.clone();
        let mute = name == "mute";
        let thread = std::thread::spawn(move || serve(line, &card, &shared, mute));
        self.inserted = Some(Inserted { name: name.to_owned(), stream, thread });
        Ok(format!("card {name} is in"))
    }

    /// The card of that name; the same one, with its try counter, each time.
    fn card(&mut self, name: &str) -> Result<Card, String> {
        if let Some(card) = self.cards.get(name) {
            return Ok(card.clone());
        }
        let of = |n: &str| CardFile::of(&person(number(Some(n), "persona")?)?, TRIES_MAX);
        let file = match name.split_once(' ') {
            Some(("expired", n)) => of(n)?.into_expired(),
            _ if name == "foreign" || name == "mute" => of("1")?.into_foreign(),
            _ => of(name)?,
        };
        let card = Arc::new(Mutex::new(file));
        self.cards.insert(name.to_owned(), card.clone());
        Ok(card)
    }

    fn pull(&mut self) -> Result<String, String> {
        let Inserted { name, stream, thread } = self.inserted.take().ok_or("no card is in")?;
        // The reader may have closed it already.
        let _closed = stream.shutdown(Shutdown::Both);
        thread.join().map_err(|_| "the card's thread has died")?;
        self.out_since = self.shared.left_by_itself.swap(false, Ordering::AcqRel).then(Instant::now);
        Ok(format!("card {name} is out"))
    }

    fn now_in(&self) -> Result<&Card, String> {
        let inserted = self.inserted.as_ref().ok_or("no card is in")?;
        self.cards.get(&inserted.name).ok_or_else(|| "no such card".to_owned())
    }

    fn manner(&mut self, manner: Manner) -> Result<String, String> {
        self.manner = manner;
        if let Ok(card) = self.now_in() {
            lock(card).manner = manner;
        }
        Ok(format!("cards answer {manner:?}"))
    }
}

impl Emulator for CardEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["insert", name @ ..] if !name.is_empty() => self.insert(&name.join(" ")),
            ["pull"] => self.pull(),
            ["pull", "mid-apdu"] => {
                self.shared.pull_mid_apdu.store(1, Ordering::Release);
                Ok("the card leaves with the next command".to_owned())
            }
            ["pull", "mid-apdu", "after", commands] => {
                let commands: u64 = number(Some(commands), "commands")?;
                self.shared.pull_mid_apdu.store(commands.saturating_add(1), Ordering::Release);
                Ok(format!("the card leaves after {commands} more commands"))
            }
            ["pull", "unanswered"] => {
                self.shared.obeys_first.store(true, Ordering::Release);
                self.shared.pull_mid_apdu.store(1, Ordering::Release);
                Ok("the card obeys the next command and leaves before it answers".to_owned())
            }
            ["stay"] => {
                self.shared.pull_mid_apdu.store(0, Ordering::Release);
                self.shared.obeys_first.store(false, Ordering::Release);
                self.shared.pull_at_power.store(false, Ordering::Release);
                Ok("no card leaves by itself".to_owned())
            }
            ["pull", "at-power"] => {
                self.shared.pull_at_power.store(true, Ordering::Release);
                Ok("the card leaves as it is given power".to_owned())
            }
            ["swap", name @ ..] if !name.is_empty() => {
                self.pull()?;
                self.insert(&name.join(" "))
            }
            ["tries", left] => {
                let left = number(Some(left), "tries")?;
                lock(self.now_in()?).tries = left;
                Ok(format!("{left} tries left"))
            }
            ["pin", digits] if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                lock(self.now_in()?).change_pin(digits);
                Ok("its holder has another pin now".to_owned())
            }
            ["holds", digits, "of", name @ ..] if !name.is_empty() => {
                let holds = lock(&self.card(&name.join(" "))?).holds(digits);
                Ok(if holds { "yes" } else { "no" }.to_owned())
            }
            ["holds", digits] => {
                if lock(self.now_in()?).holds(digits) {
                    Ok("that is its pin".to_owned())
                } else {
                    Err("its pin is another".to_owned())
                }
            }
            ["slow", ms] => {
                self.shared.slow_ms.store(number(Some(ms), "milliseconds")?, Ordering::Release);
                Ok("answers are slow".to_owned())
            }
            ["plain"] => self.manner(Manner::Plain),
            ["le", "6c"] => self.manner(Manner::WrongLe),
            ["chain", "61"] => self.manner(Manner::Chained),
            ["junk"] => self.manner(Manner::Junk),
            ["truncate"] => self.manner(Manner::Truncated),
            ["status"] => Ok(match &self.inserted {
                Some(inserted) if self.shared.left_by_itself.load(Ordering::Acquire) => {
                    format!("card {} has left", inserted.name)
                }
                Some(inserted) => {
                    let tries = self.now_in().map_or(0, |card| lock(card).tries);
                    format!(
                        "card {} is in, {tries} tries left, {} commands",
                        inserted.name,
                        self.shared.apdus.load(Ordering::Acquire)
                    )
                }
                None => "no card is in".to_owned(),
            }),
            _ => Err(format!("not understood; {}", self.help())),
        }
    }

    fn help(&self) -> &'static str {
        "insert N | insert foreign | insert mute | insert expired N | pull | pull mid-apdu | pull mid-apdu after N | \
         pull unanswered | pull at-power | stay | swap N | tries K | pin DIGITS | holds DIGITS | holds DIGITS of N | slow MS | plain | le 6c | chain 61 | junk | truncate | status"
    }
}

fn lock(card: &Card) -> std::sync::MutexGuard<'_, CardFile> {
    card.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers the reader until one of the two goes away.
fn serve(mut line: TcpStream, card: &Card, shared: &Shared, mute: bool) {
    let _only_slower = line.set_nodelay(true);
    while let Some(payload) = message(&mut line) {
        let answer = match payload.as_slice() {
            // Power off, power on, reset: a chip forgets its rights at each of them.
            [power @ 0x00..=0x02] => {
                lock(card).reset();
                if *power > 0 && shared.pull_at_power.swap(false, Ordering::AcqRel) {
                    return leave(&line, shared);
                }
                continue;
            }
            // Longer than any ATR: the reader knows that something is there and cannot power it.
            [0x04] if mute => vec![0; 34],
            [0x04] => lock(card).atr().to_vec(),
            apdu => {
                shared.apdus.fetch_add(1, Ordering::AcqRel);
                let count = |left: u64| left.checked_sub(1);
                if shared.pull_mid_apdu.fetch_update(Ordering::AcqRel, Ordering::Acquire, count) == Ok(1) {
                    if shared.obeys_first.swap(false, Ordering::AcqRel) {
                        drop(lock(card).answer(apdu));
                    }
                    return leave(&line, shared);
                }
                let slow = shared.slow_ms.load(Ordering::Acquire);
                if slow > 0 {
                    std::thread::park_timeout(Duration::from_millis(slow));
                }
                lock(card).answer(apdu)
            }
        };
        if say(&mut line, &answer).is_none() {
            return;
        }
    }
}

fn leave(line: &TcpStream, shared: &Shared) {
    shared.left_by_itself.store(true, Ordering::Release);
    let _closed = line.shutdown(Shutdown::Both);
}

/// Sends an answer; `None` where the reader is gone.
pub(super) fn say(line: &mut TcpStream, answer: &[u8]) -> Option<()> {
    let mut bytes = u16::try_from(answer.len()).unwrap_or(0).to_be_bytes().to_vec();
    bytes.extend(answer);
    line.write_all(&bytes).ok()
}

/// The reader's next message; `None` where it is gone.
pub(super) fn message(line: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 2];
    read(line, &mut length)?;
    let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
    read(line, &mut payload)?;
    Some(payload)
}

fn read(line: &mut TcpStream, into: &mut [u8]) -> Option<()> {
    let _only_slower = socket2::SockRef::from(&*line).set_tcp_quickack(true);
    line.read_exact(into).ok()
}
