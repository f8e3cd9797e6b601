//! A motorised card reader behind a vendor bridge: class 1. Watch and reader each have a connection of their own, so that neither waits
//! for the other; a bridge takes at least four.
//!
//! | Operation | Arguments | Data |
//! |---|---|---|
//! | 01 status | none | state |
//! | 02 power up | count (4) | ATR |
//! | 03 transmit | command APDU | answer: data, SW1 SW2 |
//! | 04 power down | none | none |
//! | 05 eject | none | none |
//! | 06 retract | none | cards in the bin (2) |
//!
//! An event is a state: media (00 none, 01 in the reader, 02 in the reader and mute, 03 presented at the slot, 04 jammed), count (4,
//! big-endian: one more with each card that comes in), cards in the bin (2). Power belongs to the connection that switched it on, and
//! goes with it or with the card: so an APDU can never reach another card.

use std::ffi::CString;
use std::time::{Duration, Instant};

use super::client::{Answer, Client};
use super::frame::{Bytes, Trouble};
use super::{BridgeError, DeviceClass};
use crate::card::link::{CardLink, CardSocket};
use crate::card::presence::{Look, Presence, Slot};
use crate::card::transport::{CardTransport, Media, TransportStatus};
use crate::card::{CardError, CardEvent, CardWatch, Insertion, Presentation};
use crate::control::{Cancel, Control};
use crate::wire::Dial;

const STATUS: u8 = 0x01;
const POWER_UP: u8 = 0x02;
const TRANSMIT: u8 = 0x03;
const POWER_DOWN: u8 = 0x04;
const EJECT: u8 = 0x05;
const RETRACT: u8 = 0x06;

/// A bridge tells its state at once.
const ANSWER: Duration = Duration::from_secs(2);
/// A motor moves a card from end to end within that.
const MOTION: Duration = Duration::from_secs(8);
/// How long a quiet bridge is believed to live: after that the watch asks it.
const QUIET: Duration = Duration::from_secs(5);
/// How soon a bridge that was lost or busy is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// Watch and reader of one bridge, each over a connection of its own. Touches nothing yet.
#[must_use]
pub fn open(watch: Box<dyn Dial>, reader: Box<dyn Dial>) -> (BridgeWatch, BridgeReader) {
    let slot = Slot::default();
    let client = Client::new(watch, DeviceClass::Card).with_events();
    let watch = BridgeWatch { client, presence: Presence::new(slot.clone()), inside: None, pause: QUIET };
    (watch, BridgeReader { client: Client::new(reader, DeviceClass::Card), slot, open: None })
}

/// What a bridge says of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Where the card is, and how many lie in the bin.
    pub transport: TransportStatus,
    /// How many cards have come in since the bridge began.
    pub count: u32,
}

/// Reads a state. Pure and total; `None` where it is none.
#[must_use]
pub fn state(bytes: &[u8]) -> Option<State> {
    let [media, c1, c2, c3, c4, r1, r2] = bytes else { return None };
    let media = match media {
        0x00 => Media::NotPresent,
        0x01 => Media::InReader,
        0x02 => Media::Mute,
        0x03 => Media::Presented,
        0x04 => Media::Jammed,
        _ => return None,
    };
    let transport = TransportStatus { media, retained: u16::from_be_bytes([*r1, *r2]) };
    Some(State { transport, count: u32::from_be_bytes([*c1, *c2, *c3, *c4]) })
}

/// Asks a bridge for something of this class.
fn ask(client: &mut Client, operation: u8, arguments: &[u8], control: &Control<'_>) -> Result<Bytes, CardError> {
    match client.call(operation, arguments, control)? {
        Answer::Done(data) => Ok(data),
        Answer::Not(trouble) => Err(CardError::of(trouble)),
    }
}

const fn garbled() -> CardError {
    CardError::Bridge(BridgeError::Garbled)
}

/// [`CardWatch`] over a bridge. A card at the slot still counts as the one that was in, until it is taken.
pub struct BridgeWatch {
    client: Client,
    presence: Presence,
    /// The count of the card that was seen in the reader last.
    inside: Option<u32>,
    /// How long it waits before it asks.
    pause: Duration,
}

impl BridgeWatch {
    /// Waits for a change; asks where none came for long, and after connecting.
    fn look(&mut self, left: Duration) -> Result<Option<State>, CardError> {
        let event = self.client.event(Instant::now() + left.min(self.pause))?;
        match event {
            Some(event) => state(&event).ok_or(garbled()).map(Some),
            None if left < self.pause => Ok(None),
            None => match ask(&mut self.client, STATUS, &[], &Control::within(ANSWER)) {
                Ok(data) => state(&data).ok_or(garbled()).map(Some),
                // It moves a card for somebody, and will tell.
                Err(CardError::Bridge(BridgeError::Busy)) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    fn see(&mut self, State { transport, count }: State) -> Look {
        match transport.media {
            Media::InReader => {
                self.inside = Some(count);
                Look::Card { count }
            }
            Media::Presented if self.inside == Some(count) => Look::Card { count },
            Media::Presented | Media::NotPresent => Look::Empty,
            Media::Mute => Look::Mute { count },
            Media::Jammed => Look::Lost(CardError::Jammed),
        }
    }
}

impl CardWatch for BridgeWatch {
    /// As the trait says; connecting and asking may take two seconds beyond `timeout`.
    fn next(&mut self, timeout: Duration) -> Option<CardEvent> {
        let control = Control::within(timeout);
        loop {
            if let Some(event) = self.presence.next() {
                return Some(event);
            }
            let look = match self.look(control.left()) {
                Ok(state) => state.map(|state| self.see(state)),
                Err(error) => {
                    self.inside = None;
                    Some(Look::Lost(error))
                }
            };
            if let Some(look) = look {
                self.presence.see(look, &CString::default());
            }
            self.pause = if self.presence.lost() { AGAIN } else { QUIET };
            if control.left().is_zero() {
                return self.presence.next();
            }
        }
    }
}

/// [`CardReader`](crate::card::CardReader) and [`CardTransport`] over a bridge.
pub struct BridgeReader {
    client: Client,
    slot: Slot,
    /// Whose card has been powered up.
    open: Option<Insertion>,
}

impl BridgeReader {
    /// What the bridge called itself when it was last connected; empty before that.
    #[must_use]
    pub fn name(&self) -> &str {
        self.client.name()
    }
}

impl CardLink for BridgeReader {
    fn transmit(&mut self, command: &[u8], deadline: Instant) -> Result<Vec<u8>, CardError> {
        let insertion = self.open.ok_or(CardError::Gone)?;
        self.slot.get(insertion).ok_or(CardError::Gone)?;
        let control = Control { deadline, cancel: Cancel::default(), progress: &|_| {} };
        ask(&mut self.client, TRANSMIT, command, &control).map(|answer| answer.to_vec())
    }
}

impl CardSocket for BridgeReader {
    fn presentation(&self) -> Presentation {
        Presentation::Motorised
    }

    fn open(&mut self, card: Insertion, control: &Control<'_>) -> Result<Vec<u8>, CardError> {
        let present = self.slot.get(card).ok_or(CardError::Gone)?;
        let atr = ask(&mut self.client, POWER_UP, &present.count.to_be_bytes(), control)?;
        self.open = Some(card);
        Ok(atr.to_vec())
    }

    fn opened(&self) -> Option<Insertion> {
        self.open.filter(|insertion| self.slot.get(*insertion).is_some())
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            // Fails where the bridge or the card has gone, and power with it.
            let _as_good = ask(&mut self.client, POWER_DOWN, &[], &Control::within(ANSWER));
        }
    }

    /// A motor lets go of a card by handing it back.
    fn let_go(&mut self) {
        self.close();
        // Fails where there is no card, or where the watch tells more of it.
        let _told_by_the_watch = self.eject(&Control::within(MOTION));
    }

    fn keep(&mut self, control: &Control<'_>) -> Result<u16, CardError> {
        self.retract(control)
    }
}

impl CardTransport for BridgeReader {
    fn eject(&mut self, control: &Control<'_>) -> Result<(), CardError> {
        self.open = None;
        ask(&mut self.client, EJECT, &[], control).map(drop)
    }

    fn retract(&mut self, control: &Control<'_>) -> Result<u16, CardError> {
        self.open = None;
        let data = ask(&mut self.client, RETRACT, &[], control)?;
        data.as_slice().try_into().map(u16::from_be_bytes).map_err(|_| garbled())
    }

    fn status(&mut self, control: &Control<'_>) -> Result<TransportStatus, CardError> {
        let data = ask(&mut self.client, STATUS, &[], control)?;
        state(&data).map(|state| state.transport).ok_or(garbled())
    }
}

impl From<BridgeError> for CardError {
    fn from(error: BridgeError) -> Self {
        match error {
            BridgeError::Cancelled => Self::Cancelled,
            error => Self::Bridge(error),
        }
    }
}

impl CardError {
    /// What trouble with the reader means.
    pub(super) const fn of(trouble: Trouble) -> Self {
        match trouble {
            Trouble::TimedOut => Self::Timeout,
            Trouble::NoDevice => Self::NoReader,
            Trouble::Broken => Self::Broken,
            Trouble::NoCard => Self::Gone,
            Trouble::MuteCard => Self::Mute,
            Trouble::Jammed => Self::Jammed,
            Trouble::BinFull => Self::BinFull,
            Trouble::Refused => Self::AuthFailed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_of_nonsense_is_believed() {
        let good = state(&[0x03, 0, 0, 0, 2, 0, 7]);
        let transport = TransportStatus { media: Media::Presented, retained: 7 };
        assert_eq!(good, Some(State { transport, count: 2 }));
        assert_eq!(state(&[0x05, 0, 0, 0, 2, 0, 7]), None);
        assert_eq!(state(&[0x03, 0, 0, 0, 2, 0]), None);
        assert_eq!(state(&[]), None);
    }
}
