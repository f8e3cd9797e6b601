//! Plays a transcript to a driver, in lockstep: what the driver sends must be what was sent, and it gets what came. The first
//! difference is kept with its line; from there on everything fails and the driver's command is cancelled, so that it ends soon.
//!
//! A read waits in vain, until its own deadline, where a read had waited in vain when it was recorded, and where the driver is
//! to send first. Nothing else takes time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hal::card::CardError;
use hal::card::link::CardLink;
use hal::wire::{Dial, Wire, WireError};
use hal::{Cancel, Control};

use super::card::Slot;
use super::hex::Hex;
use super::{CARD_FAILURES, Entry, WIRE_FAILURES, named};

/// A transcript that is being played; its copies are one.
#[derive(Clone)]
pub struct Player(Arc<Mutex<Reel>>);

struct Reel {
    entries: Vec<Entry>,
    /// The entry that is next.
    at: usize,
    /// Reads that have ended in vain before it.
    silences: u32,
    /// The first difference.
    wrong: Option<String>,
    cancel: Cancel,
}

/// What a read gets.
enum Next {
    Bytes(usize),
    Silence,
    Failure(WireError),
}

impl Reel {
    fn next(&self) -> Option<&Entry> {
        self.entries.get(self.at).filter(|_| self.wrong.is_none())
    }

    fn advance(&mut self) {
        self.at += 1;
        self.silences = 0;
    }

    /// Notes the first difference.
    fn differs(&mut self, did: &str) {
        if self.wrong.is_none() {
            let recorded = self.entries.get(self.at).map_or_else(|| "the outcome".to_owned(), told);
            // The header is line 1.
            self.wrong = Some(format!("line {}: recorded is {recorded}, but the driver {did}", self.at + 2));
            self.cancel.cancel();
        }
    }

    fn sends(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        match self.next() {
            Some(Entry { sent: Some(sent), failed, .. }) if sent.0 == bytes => {
                let ended = failed.as_deref().map_or(Ok(()), |name| Err(wire_failure(name)));
                self.advance();
                ended
            }
            _ => {
                self.differs(&format!("sent {}", Hex::from(bytes).text()));
                Err(WireError::Gone)
            }
        }
    }

    fn reads(&mut self, into: &mut [u8]) -> Next {
        let silences = self.silences;
        if self.wrong.is_some() {
            return Next::Failure(WireError::Gone);
        }
        match self.entries.get_mut(self.at) {
            Some(entry) if silences < entry.silences => {
                self.silences += 1;
                Next::Silence
            }
            Some(Entry { came: Some(came), .. }) => {
                // A driver with less room than when it was recorded gets the rest with its next read.
                let count = came.0.len().min(into.len());
                into.iter_mut().zip(came.0.drain(..count)).for_each(|(to, byte)| *to = byte);
                if came.0.is_empty() {
                    self.advance();
                }
                Next::Bytes(count)
            }
            Some(Entry { failed: Some(name), sent: None, command: None, .. }) => {
                let error = wire_failure(name);
                self.advance();
                Next::Failure(error)
            }
            _ => Next::Silence,
        }
    }

    fn opens(&mut self) -> Result<(), WireError> {
        let opened = match self.next() {
            Some(Entry { dialled: Some(_), .. }) => Ok(()),
            Some(Entry { failed: Some(name), sent: None, command: None, .. }) => Err(wire_failure(name)),
            _ => {
                self.differs("opened the wire");
                return Err(WireError::Gone);
            }
        };
        self.advance();
        opened
    }

    /// The next entry of a card: its bytes, or its failure.
    fn card(&mut self, did: &str, bytes: impl FnOnce(&Entry) -> Option<&Hex>) -> Result<Vec<u8>, CardError> {
        let found = self.next().and_then(|entry| match (bytes(entry), &entry.failed) {
            (Some(bytes), _) => Some(Ok(bytes.0.clone())),
            (None, Some(name)) => Some(Err(named(&CARD_FAILURES, name).unwrap_or(CardError::Service))),
            (None, None) => None,
        });
        if found.is_some() {
            self.advance()
        } else {
            self.differs(did)
        }
        found.unwrap_or(Err(CardError::Gone))
    }

    fn commands(&mut self, bytes: &[u8]) -> Result<(), CardError> {
        if self.next().and_then(|entry| entry.command.as_ref()).is_some_and(|command| command.0 == bytes) {
            self.advance();
            return Ok(());
        }
        self.differs(&format!("sent {}", Hex::from(bytes).text()));
        Err(CardError::Gone)
    }
}

/// An entry, for a person.
fn told(entry: &Entry) -> String {
    let parts = [
        ("sent", &entry.sent),
        ("came", &entry.came),
        ("atr", &entry.atr),
        ("command", &entry.command),
        ("answer", &entry.answer),
    ];
    let part = parts.iter().find_map(|(name, bytes)| bytes.as_ref().map(|bytes| format!("{name} {}", bytes.text())));
    let failed = entry.failed.as_ref().map(|name| format!("failed {name}"));
    part.or(failed).unwrap_or_else(|| "dialled".to_owned())
}

/// A name that is none is refused before playing, see [`Player::new`].
fn wire_failure(name: &str) -> WireError {
    named(&WIRE_FAILURES, name).unwrap_or(WireError::Gone)
}

impl Player {
    /// Plays these entries. A failure that has no name here is the first difference at once.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        let strange = (2..).zip(&entries).find_map(|(line, entry)| {
            let name = entry.failed.as_deref()?;
            let known = named(&WIRE_FAILURES, name).is_some() || named(&CARD_FAILURES, name).is_some();
            (!known).then(|| format!("line {line}: {name}: no such failure"))
        });
        Self(Arc::new(Mutex::new(Reel { entries, at: 0, silences: 0, wrong: strange, cancel: Cancel::default() })))
    }

    fn reel(&self) -> MutexGuard<'_, Reel> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the driver's command at the first difference.
    #[must_use]
    pub fn cancel(&self) -> Cancel {
        self.reel().cancel.clone()
    }

    /// Whether the driver did what was recorded, to the last line.
    ///
    /// # Errors
    /// The first difference, or the first line that was left over.
    pub fn end(&self) -> Result<(), String> {
        let mut reel = self.reel();
        if reel.next().is_some() {
            reel.differs("ended");
        }
        reel.wrong.clone().map_or(Ok(()), Err)
    }
}

impl Dial for Player {
    fn dial(&mut self, _: Instant) -> Result<Box<dyn Wire>, WireError> {
        self.reel().opens()?;
        Ok(Box::new(self.clone()))
    }
}

impl Wire for Player {
    fn send(&mut self, bytes: &[u8], _: Instant) -> Result<(), WireError> {
        self.reel().sends(bytes)
    }

    fn read(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, WireError> {
        let next = self.reel().reads(into);
        match next {
            Next::Bytes(count) => Ok(count),
            Next::Failure(error) => Err(error),
            Next::Silence => {
                while let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                    std::thread::park_timeout(left);
                }
                Err(WireError::Timeout)
            }
        }
    }
}

impl Slot for Player {
    fn open(&mut self, _: &Control<'_>) -> Result<Vec<u8>, CardError> {
        self.reel().card("opened the card", |entry| entry.atr.as_ref())
    }
}

impl CardLink for Player {
    fn transmit(&mut self, command: &[u8], _: Instant) -> Result<Vec<u8>, CardError> {
        let mut reel = self.reel();
        reel.commands(command)?;
        reel.card("awaited an answer", |entry| entry.answer.as_ref())
    }
}
