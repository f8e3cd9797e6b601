//! What a card's deed needs beside a card link: something that opens it. The real one waits for a card in a PC/SC reader.

use std::time::Duration;

use hal::Control;
use hal::card::link::CardLink;
// Named by what it is, because `pcsc` is also the outside crate that only hal may name.
use hal::card::pcsc as service;
use hal::card::{CardError, CardEvent, CardWatch};

/// A place where a card may lie.
pub trait Slot: CardLink + Send {
    /// Waits for a card, connects to it and tells its answer to reset.
    ///
    /// # Errors
    /// As [`CardError`] says; [`CardError::Timeout`] where none came.
    fn open(&mut self, control: &Control<'_>) -> Result<Vec<u8>, CardError>;
}

/// How long one look for a card may take: how soon a cancel is seen.
const LOOK: Duration = Duration::from_millis(200);

/// A reader that the card service knows.
pub struct Reader {
    watch: service::PcscWatch,
    reader: service::PcscReader,
}

impl Reader {
    /// The first reader whose name contains `pattern`.
    #[must_use]
    pub fn named(pattern: &str) -> Self {
        let (watch, reader) = service::open(pattern);
        Self { watch, reader }
    }
}

impl CardLink for Reader {
    fn transmit(&mut self, command: &[u8], deadline: std::time::Instant) -> Result<Vec<u8>, CardError> {
        self.reader.transmit(command, deadline)
    }
}

impl Slot for Reader {
    fn open(&mut self, control: &Control<'_>) -> Result<Vec<u8>, CardError> {
        while !control.left().is_zero() && !control.cancel.is_cancelled() {
            match self.watch.next(LOOK.min(control.left())) {
                Some(CardEvent::Inserted(card)) => return self.reader.open_link(card),
                Some(CardEvent::Mute) => return Err(CardError::Mute),
                Some(CardEvent::ReaderLost(error)) => return Err(error),
                Some(CardEvent::ReaderReady | CardEvent::Removed(_)) | None => {}
            }
        }
        Err(CardError::Timeout)
    }
}
