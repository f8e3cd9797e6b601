//! What a PC/SC reader sees that is laid down and read at once, by one thread: a resident's document, a card of staff. Watch and reader of
//! [`super::pcsc`] in one hand. Must never read what somebody has not asked for.

use std::time::{Duration, Instant};

use super::link::CardLink;
use super::pcsc::{PcscReader, PcscWatch};
use super::{CardError, CardEvent, CardReader, CardWatch, Insertion};
use crate::control::Control;

/// How long one look at the watch may take.
const GLANCE: Duration = Duration::from_millis(50);
/// How long the first may: before the watch has said anything, nobody knows whether there is a reader.
const FIRST: Duration = Duration::from_secs(2);

/// The reader, and what lies on it.
pub(crate) struct Laid {
    watch: PcscWatch,
    reader: PcscReader,
    present: Option<Insertion>,
    lost: Option<CardError>,
    /// The watch has said something.
    heard: bool,
}

impl Laid {
    /// From the pair that [`super::pcsc::open`] makes.
    pub(crate) fn new((watch, reader): (PcscWatch, PcscReader)) -> Self {
        Self { watch, reader, present: None, lost: None, heard: false }
    }

    /// Takes in all news of the watch; whether something lies there now. A swap between two looks shows as nothing there once.
    pub(crate) fn look(&mut self, control: &Control<'_>) -> Result<bool, CardError> {
        let mut left = false;
        while let Some(event) = self.watch.next(if self.heard { GLANCE } else { FIRST }.min(control.left())) {
            self.heard = true;
            match event {
                CardEvent::ReaderReady => self.lost = None,
                CardEvent::ReaderLost(error) => (self.lost, self.present) = (Some(error), None),
                CardEvent::Inserted(insertion) => self.present = Some(insertion),
                CardEvent::Removed(_) => {
                    self.present = None;
                    left = true;
                }
                CardEvent::Mute => self.present = None,
            }
        }
        match self.lost {
            Some(error) => Err(error),
            None if !self.heard => Err(CardError::Service),
            None => Ok(self.present.is_some() && !left),
        }
    }

    /// Powers up what lies there, does `talk` and powers it down.
    pub(crate) fn with<T>(
        &mut self,
        control: &Control<'_>,
        talk: impl FnOnce(&mut dyn CardLink, Instant) -> Result<T, CardError>,
    ) -> Result<T, CardError> {
        let present = self.present.ok_or(CardError::Gone)?;
        let done = self.reader.open_link(present).and_then(|_| talk(&mut self.reader, control.deadline));
        self.reader.release();
        done
    }
}
