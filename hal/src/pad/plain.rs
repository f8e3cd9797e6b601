//! Drives a plain pad on a serial port: a byte a key, nothing to ask it.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use super::{Capabilities, Key, NumberPad, PadError, PinBlock, keys};
use crate::control::Control;
use crate::wire::steady::Steady;
use crate::wire::{Dial, Wire, WireError};

/// How long one wait for a byte may take: how soon a cancel is seen.
const SLICE: Duration = Duration::from_millis(100);
/// Opening a port.
const OPEN: Duration = Duration::from_secs(1);
/// Keys that wait; more is a cat on the pad.
const MOST_KEYS: usize = 32;

/// The pad.
pub struct PlainPad {
    wire: Steady,
    waiting: VecDeque<Key>,
}

impl PlainPad {
    /// A pad behind `dial`; touches nothing yet.
    #[must_use]
    pub fn new(dial: Box<dyn Dial>) -> Self {
        Self { wire: Steady::new(dial), waiting: VecDeque::with_capacity(MOST_KEYS) }
    }
}

impl NumberPad for PlainPad {
    fn capabilities(&self) -> Capabilities {
        Capabilities { encrypts: false }
    }

    fn status(&mut self, control: &Control<'_>) -> Result<(), PadError> {
        self.wire.open(control.deadline.min(Instant::now() + OPEN)).map(drop).map_err(Into::into)
    }

    fn key(&mut self, control: &Control<'_>) -> Result<Key, PadError> {
        loop {
            if control.cancel.is_cancelled() {
                return Err(PadError::Cancelled);
            }
            if let Some(key) = self.waiting.pop_front() {
                return Ok(key);
            }
            if control.left().is_zero() {
                return Err(PadError::NothingTyped);
            }
            let mut bytes = zeroize::Zeroizing::new([0; MOST_KEYS]);
            match self.wire.read(bytes.as_mut_slice(), control.deadline.min(Instant::now() + SLICE)) {
                Ok(count) => self.waiting.extend(bytes.iter().take(count).filter_map(|byte| keys::decode(*byte))),
                Err(WireError::Timeout) => {}
                Err(error) => {
                    self.waiting.clear();
                    return Err(error.into());
                }
            }
        }
    }

    fn pin(&mut self, _: RangeInclusive<u8>, _: &dyn Fn(u8), _: &Control<'_>) -> Result<PinBlock, PadError> {
        Err(PadError::NotSupported)
    }
}
