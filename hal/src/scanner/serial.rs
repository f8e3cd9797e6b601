//! Drives a code scanner on a serial port; what differs between models is its row.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::{Duration, Instant};

use super::model::Model;
use super::stream::{Collector, Config};
use super::{Capabilities, ScanError, Scanner};
use crate::control::{Control, Progress};
use crate::fault::Code;
use crate::private::Private;
use crate::wire::steady::Steady;
use crate::wire::{Dial, Wire, WireError};

/// Silence that ends a code; at 9600 baud a byte takes one millisecond, and USB adapters hold bytes back for 16.
const IDLE_MS: u64 = 80;
/// QR version 40 holds 2953 bytes; an e-card code has some hundred.
const MAX_BYTES: usize = 2953;
/// Opening a port.
const OPEN: Duration = Duration::from_secs(1);
/// How long the line must have been silent to count as empty.
const SILENCE: Duration = Duration::from_millis(20);
/// Emptying goes on no longer, whatever a scanner sends.
const EMPTYING: Duration = Duration::from_millis(500);
/// Scanners switch their light off by themselves after some seconds.
const TRIGGER_AGAIN: Duration = Duration::from_secs(4);
/// A code that was seen within this time is still being shown.
const STILL_SHOWN: Duration = Duration::from_millis(1500);

/// The scanner.
pub struct SerialScanner {
    wire: Steady,
    model: &'static Model,
    hasher: RandomState,
    /// Keyed hash of the code seen last, and when. The key dies with the process.
    seen: Option<(u64, Instant)>,
}

impl SerialScanner {
    /// A scanner of this model behind `dial`; touches nothing yet.
    #[must_use]
    pub fn new(dial: Box<dyn Dial>, model: &'static Model) -> Self {
        Self { wire: Steady::new(dial), model, hasher: RandomState::new(), seen: None }
    }

    /// Reads away what was sent before somebody asked; a code in it counts as seen now, so that one still held before the
    /// window is not taken for an answer.
    fn empty(&mut self) -> Result<(), ScanError> {
        let began = Instant::now();
        let mut collector = Collector::new(config(self.model));
        let mut bytes = zeroize::Zeroizing::new([0; 256]);
        while began.elapsed() < EMPTYING {
            match self.wire.read(bytes.as_mut_slice(), Instant::now() + SILENCE) {
                Ok(count) => {
                    for code in collector.feed(bytes.get(..count).unwrap_or_default(), 0).into_iter().flatten() {
                        self.is_repetition(&code);
                    }
                }
                Err(WireError::Timeout) => break,
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(Ok(code)) = collector.idle(IDLE_MS) {
            self.is_repetition(&code);
        }
        Ok(())
    }

    /// Whether this code is the one that was just shown. Either way it has been seen now.
    fn is_repetition(&mut self, code: &Private<String>) -> bool {
        let (hash, now) = (self.hasher.hash_one(code.reveal()), Instant::now());
        let repeated = self.seen.is_some_and(|(last, at)| last == hash && now.duration_since(at) < STILL_SHOWN);
        self.seen = Some((hash, now));
        repeated
    }

    fn collect(&mut self, control: &Control<'_>) -> Result<Private<String>, ScanError> {
        let began = Instant::now();
        let now_ms = || u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut collector = Collector::new(config(self.model));
        let mut acknowledged = Acknowledgement::default();
        let mut trigger_at = began;
        let mut bytes = zeroize::Zeroizing::new([0; 256]);
        loop {
            if control.cancel.is_cancelled() {
                return Err(ScanError::Cancelled);
            }
            if control.left().is_zero() {
                return Err(ScanError::NothingShown);
            }
            if !self.model.trigger.is_empty() && Instant::now() >= trigger_at {
                self.wire.send(self.model.trigger, Instant::now() + OPEN)?;
                trigger_at = Instant::now() + TRIGGER_AGAIN;
            }
            let wait = Instant::now() + Duration::from_millis(IDLE_MS);
            let codes = match self.wire.read(bytes.as_mut_slice(), wait.min(control.deadline)) {
                Ok(count) => {
                    let told = acknowledged.strip(bytes.get(..count).unwrap_or_default(), self.model.acknowledges);
                    collector.feed(&told, now_ms())
                }
                Err(WireError::Timeout) => collector.idle(now_ms()).into_iter().collect(),
                Err(error) => return Err(error.into()),
            };
            for code in codes {
                match code {
                    Ok(code) if !self.is_repetition(&code) => return Ok(code),
                    Ok(_) => {}
                    Err(_) => (control.progress)(Progress::Blocked(Code::ScannerUnreadable)),
                }
            }
        }
    }
}

const fn config(model: &Model) -> Config {
    Config { suffix: model.suffix, idle_ms: IDLE_MS, encoding: model.encoding, max_bytes: MAX_BYTES }
}

impl Scanner for SerialScanner {
    fn capabilities(&self) -> Capabilities {
        Capabilities { is_triggered: !self.model.trigger.is_empty() }
    }

    fn status(&mut self, control: &Control<'_>) -> Result<(), ScanError> {
        self.wire.open(control.deadline.min(Instant::now() + OPEN)).map(drop).map_err(Into::into)
    }

    fn scan(&mut self, control: &Control<'_>) -> Result<Private<String>, ScanError> {
        self.status(control)?;
        self.empty()?;
        let code = self.collect(control);
        if !self.model.stop.is_empty() {
            // It stops by itself after some seconds; what it sends until then is emptied by the next command.
            let _stops_by_itself = self.wire.send(self.model.stop, Instant::now() + OPEN);
        }
        code
    }
}

/// Takes the answers to our own commands out of the stream, wherever it is cut. They begin with a byte that no code may
/// hold, so nothing of a code is lost.
#[derive(Default)]
struct Acknowledgement(Vec<u8>);

impl Acknowledgement {
    fn strip(&mut self, bytes: &[u8], known: &[&[u8]]) -> zeroize::Zeroizing<Vec<u8>> {
        let mut rest = zeroize::Zeroizing::new(Vec::with_capacity(self.0.len() + bytes.len()));
        for byte in bytes {
            self.0.push(*byte);
            if known.contains(&self.0.as_slice()) {
                self.0.clear();
            } else if !known.iter().any(|answer| answer.starts_with(&self.0)) {
                rest.append(&mut self.0);
            }
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scanners_own_acknowledgement_is_taken_for_a_code() {
        let ack: &[u8] = &[0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31];
        let mut stripped = Acknowledgement::default();
        assert!(stripped.strip(&ack[..3], &[ack]).is_empty());
        assert_eq!(*stripped.strip(&[&ack[3..], b"A1\r"].concat(), &[ack]), b"A1\r");
        assert_eq!(*stripped.strip(&[0x02, b'B'], &[ack]), [0x02, b'B'], "what only begins like one is kept");
    }
}
