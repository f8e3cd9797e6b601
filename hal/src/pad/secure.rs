//! Drives an encrypting pad on a serial port, in frames of [`crate::wire::stx`].
//!
//! | Host sends | Pad sends |
//! |---|---|
//! | `S`: how are you | `S` and 00 good, 01 opened by force, 02 no keys |
//! | `E` min max: let a PIN be typed | `P` count, after each key; then `B` format key block, or `C` the person pressed cancel |
//! | `A`: stop that | `C` |
//! | nothing | `K` byte: a key pressed while no PIN is asked for |
//!
//! Must never: accept a `K` while a PIN is typed. A pad that sends one is broken or forged, and its PIN entry ends as garbled.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{Capabilities, Key, NumberPad, PadError, PinBlock, keys};
use crate::control::Control;
use crate::wire::steady::Steady;
use crate::wire::stx::{Framer, frame};
use crate::wire::{Dial, Wire, WireError};

/// Longest data: `B`, format, key, sixteen bytes.
const MAX_DATA: usize = 19;
/// A pad answers a question at once.
const ANSWER: Duration = Duration::from_secs(1);
/// How long one wait for bytes may take: how soon a cancel is seen.
const SLICE: Duration = Duration::from_millis(100);
/// Keys that wait.
const MOST_KEYS: usize = 32;

/// The pad.
pub struct SecurePad {
    wire: Steady,
    framer: Framer,
    frames: VecDeque<Zeroizing<Vec<u8>>>,
}

/// What a frame says. Pure: see [`read`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Good; else why not.
    Status(Result<(), PadError>),
    /// That many digits are typed.
    Typed(u8),
    /// The PIN block.
    Block(PinBlock),
    /// The person pressed cancel, or we did.
    Stopped,
    /// A key while no PIN is asked for.
    Key(Key),
    /// None of these.
    Nonsense,
}

/// Reads the data of one frame.
#[must_use]
pub fn read(data: &[u8]) -> Said {
    match data {
        [b'S', 0x00] => Said::Status(Ok(())),
        [b'S', 0x01] => Said::Status(Err(PadError::Tampered)),
        [b'S', 0x02] => Said::Status(Err(PadError::NoKey)),
        [b'P', typed] => Said::Typed(*typed),
        [b'B', format, key, block @ ..] if matches!((*format, block.len()), (4, 16) | (0..=3, 8)) => {
            let mut bytes = [0; 16];
            bytes.iter_mut().zip(block).for_each(|(to, from)| *to = *from);
            let length = if *format == 4 { 16 } else { 8 };
            Said::Block(PinBlock { format: *format, key: *key, block: bytes, length })
        }
        [b'C'] => Said::Stopped,
        [b'K', byte] => keys::decode(*byte).map_or(Said::Nonsense, Said::Key),
        _ => Said::Nonsense,
    }
}

impl SecurePad {
    /// A pad behind `dial`; touches nothing yet.
    #[must_use]
    pub fn new(dial: Box<dyn Dial>) -> Self {
        Self { wire: Steady::new(dial), framer: Framer::new(MAX_DATA), frames: VecDeque::with_capacity(MOST_KEYS) }
    }

    /// The next frame; `None` where none came within a slice.
    fn hear(&mut self, until: Instant) -> Result<Option<Said>, PadError> {
        if self.frames.is_empty() {
            let mut bytes = Zeroizing::new([0; 64]);
            match self.wire.read(bytes.as_mut_slice(), until.min(Instant::now() + SLICE)) {
                Ok(count) => self.frames.extend(self.framer.feed(bytes.get(..count).unwrap_or_default())),
                Err(WireError::Timeout) => {}
                Err(error) => {
                    self.frames.clear();
                    return Err(error.into());
                }
            }
        }
        Ok(self.frames.pop_front().map(|data| read(&data)))
    }

    fn send(&mut self, data: &[u8]) -> Result<(), PadError> {
        self.wire.send(&frame(data), Instant::now() + ANSWER).map_err(Into::into)
    }

    /// Stops the entry and waits until the pad says so, that no later key is taken for one of a menu.
    fn stop(&mut self, why: PadError) -> PadError {
        let until = Instant::now() + ANSWER;
        if let Err(error) = self.send(b"A") {
            return error;
        }
        while Instant::now() < until {
            match self.hear(until) {
                Ok(Some(Said::Stopped)) => return why,
                Ok(_) => {}
                Err(error) => return error,
            }
        }
        PadError::NoAnswer
    }
}

impl NumberPad for SecurePad {
    fn capabilities(&self) -> Capabilities {
        Capabilities { encrypts: true }
    }

    fn status(&mut self, control: &Control<'_>) -> Result<(), PadError> {
        let until = control.deadline.min(Instant::now() + ANSWER);
        self.send(b"S")?;
        let mut heard = false;
        while Instant::now() < until {
            match self.hear(until)? {
                Some(Said::Status(status)) => return status,
                Some(_) => heard = true,
                None => {}
            }
        }
        Err(if heard { PadError::Garbled } else { PadError::NoAnswer })
    }

    fn key(&mut self, control: &Control<'_>) -> Result<Key, PadError> {
        loop {
            if control.cancel.is_cancelled() {
                return Err(PadError::Cancelled);
            }
            if control.left().is_zero() {
                return Err(PadError::NothingTyped);
            }
            match self.hear(control.deadline)? {
                Some(Said::Key(key)) => return Ok(key),
                Some(Said::Status(Err(error))) => return Err(error),
                // The tail of an entry that has ended.
                Some(_) | None => {}
            }
        }
    }

    fn pin(
        &mut self,
        digits: RangeInclusive<u8>,
        typed: &dyn Fn(u8),
        control: &Control<'_>,
    ) -> Result<PinBlock, PadError> {
        self.status(control)?;
        self.frames.clear();
        self.send(&[b'E', *digits.start(), *digits.end()])?;
        loop {
            if control.cancel.is_cancelled() {
                return Err(self.stop(PadError::Cancelled));
            }
            if control.left().is_zero() {
                return Err(self.stop(PadError::NothingTyped));
            }
            match self.hear(control.deadline)? {
                Some(Said::Typed(count)) => typed(count),
                Some(Said::Block(block)) => return Ok(block),
                Some(Said::Stopped) => return Err(PadError::Declined),
                Some(Said::Status(Err(error))) => return Err(error),
                Some(Said::Key(_) | Said::Nonsense) => return Err(self.stop(PadError::Garbled)),
                Some(Said::Status(Ok(()))) | None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_the_wrong_length_is_used_as_a_pin() {
        assert_eq!(read(&[b'B', 1, 0, 1, 2, 3]), Said::Nonsense);
        assert_eq!(read(&[[b'B', 4, 0].as_slice(), &[7; 8]].concat()), Said::Nonsense);
        let Said::Block(block) = read(&[[b'B', 4, 2].as_slice(), &[7; 16]].concat()) else { panic!("no block") };
        assert_eq!((block.length, block.key), (16, 2));
    }
}
