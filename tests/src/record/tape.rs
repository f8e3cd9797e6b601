//! Records: stands between a driver and its wire or card and writes down what passes, changing nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hal::Control;
use hal::card::CardError;
use hal::card::link::CardLink;
use hal::wire::{Dial, Wire, WireError};

use super::card::Slot;
use super::deed::{Device, Driver, How};
use super::hex::Hex;
use super::{CARD_FAILURES, Entry, WIRE_FAILURES, name_of};

/// What has passed so far; its copies are one.
#[derive(Clone)]
pub struct Tape(Arc<Mutex<Reel>>);

struct Reel {
    began: Instant,
    entries: Vec<Entry>,
    /// Reads that ended in vain since the last entry.
    silences: u32,
}

/// How often what has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Wires opened.
    pub dialled: usize,
    /// Sendings.
    pub sent: usize,
    /// Reads that gave something.
    pub came: usize,
    /// Reads that have ended in vain since.
    pub silences: u32,
}

impl Default for Tape {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Reel { began: Instant::now(), entries: Vec::new(), silences: 0 })))
    }
}

impl Tape {
    fn reel(&self) -> MutexGuard<'_, Reel> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, entry: Entry) {
        let mut reel = self.reel();
        let ms = u64::try_from(reel.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let silences = std::mem::take(&mut reel.silences);
        // Before a sending they say nothing: the player lets a read end in vain wherever the driver is to send first.
        let silences = if entry.came.is_some() || is_failed_read(&entry) { silences } else { 0 };
        reel.entries.push(Entry { ms, silences, ..entry });
    }

    /// How often what has happened, for whoever acts at the right moment.
    #[must_use]
    pub fn count(&self) -> Count {
        let reel = self.reel();
        let count = |is: fn(&Entry) -> bool| reel.entries.iter().filter(|entry| is(entry)).count();
        Count {
            dialled: count(|entry| entry.dialled.is_some()),
            sent: count(|entry| entry.sent.is_some()),
            came: count(|entry| entry.came.is_some()),
            silences: reel.silences,
        }
    }

    /// Everything so far.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.reel().entries.clone()
    }
}

const fn is_failed_read(entry: &Entry) -> bool {
    entry.failed.is_some() && entry.sent.is_none() && entry.command.is_none()
}

/// A wire that is written down.
struct RecordedDial {
    dial: Box<dyn Dial>,
    tape: Tape,
}

impl Dial for RecordedDial {
    fn dial(&mut self, deadline: Instant) -> Result<Box<dyn Wire>, WireError> {
        match self.dial.dial(deadline) {
            Ok(wire) => {
                self.tape.write(Entry { dialled: Some(true), ..Entry::default() });
                Ok(Box::new(RecordedWire { wire, tape: self.tape.clone() }))
            }
            Err(error) => {
                self.tape.write(Entry { failed: Some(name_of(&WIRE_FAILURES, &error)), ..Entry::default() });
                Err(error)
            }
        }
    }
}

struct RecordedWire {
    wire: Box<dyn Wire>,
    tape: Tape,
}

impl Wire for RecordedWire {
    fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WireError> {
        let ended = self.wire.send(bytes, deadline);
        let failed = ended.err().map(|error| name_of(&WIRE_FAILURES, &error));
        self.tape.write(Entry { sent: Some(Hex::from(bytes)), failed, ..Entry::default() });
        ended
    }

    fn read(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, WireError> {
        let ended = self.wire.read(into, deadline);
        match ended {
            Ok(count) => {
                let came = into.get(..count).unwrap_or_default();
                self.tape.write(Entry { came: Some(Hex::from(came)), ..Entry::default() });
            }
            Err(WireError::Timeout) => self.tape.reel().silences += 1,
            Err(error) => {
                self.tape.write(Entry { failed: Some(name_of(&WIRE_FAILURES, &error)), ..Entry::default() });
            }
        }
        ended
    }
}

/// A card that is written down.
struct RecordedSlot {
    slot: Box<dyn Slot>,
    tape: Tape,
}

impl RecordedSlot {
    fn ended<'a>(&self, ended: Result<&'a [u8], &CardError>, entry: impl FnOnce(&'a [u8]) -> Entry) {
        self.tape.write(match ended {
            Ok(bytes) => entry(bytes),
            Err(error) => Entry { failed: Some(name_of(&CARD_FAILURES, error)), ..Entry::default() },
        });
    }
}

impl Slot for RecordedSlot {
    fn open(&mut self, control: &Control<'_>) -> Result<Vec<u8>, CardError> {
        let opened = self.slot.open(control);
        self.ended(opened.as_deref(), |atr| Entry { atr: Some(Hex::from(atr)), ..Entry::default() });
        opened
    }
}

impl CardLink for RecordedSlot {
    fn transmit(&mut self, command: &[u8], deadline: Instant) -> Result<Vec<u8>, CardError> {
        self.tape.write(Entry { command: Some(Hex::from(command)), ..Entry::default() });
        let answered = self.slot.transmit(command, deadline);
        self.ended(answered.as_deref(), |answer| Entry { answer: Some(Hex::from(answer)), ..Entry::default() });
        answered
    }
}

/// Has `driver` do its deed with `device`, on tape; returns the outcome.
#[must_use]
pub fn perform(driver: Driver, device: Device, tape: &Tape, how: &How) -> String {
    let tape = tape.clone();
    let recorded = match device {
        Device::Wire(dial) => Device::Wire(Box::new(RecordedDial { dial, tape })),
        Device::Card(slot) => Device::Card(Box::new(RecordedSlot { slot, tape })),
    };
    driver.perform(recorded, how)
}
