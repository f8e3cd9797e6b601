//! The wire of a contact card: one command out, one answer back.
//!
//! The procedures in `ssc` speak to this trait and never to PC/SC, so that a scripted card, a recorder or another kind
//! of reader can stand behind it. It must never interpret what passes through.
//!
//! A driver that can also open and close its link is a [`CardSocket`], and by that a [`CardReader`]: the procedures are the same for
//! every reader.

use std::time::Instant;

use super::{
    Authority, Begun, Capabilities, CardError, CardReader, Holder, Insertion, PinChange, PinChangeError, Presentation,
    Tries, Verified, ssc,
};
use crate::control::Control;
use crate::private::Private;

/// Carries command APDUs to the card that lies in the reader.
pub trait CardLink {
    /// Sends one short command APDU and returns the answer as it came: data, then SW1 SW2. Fewer than two bytes mean
    /// that the card died while it worked; callers treat that as [`CardError::Gone`].
    ///
    /// # Errors
    /// As [`CardError`] says; whether the card has executed the command is then unknown.
    fn transmit(&mut self, command: &[u8], deadline: Instant) -> Result<Vec<u8>, CardError>;

    /// The last command held a PIN: whatever on the way to the card keeps a copy is to lose it. A link that keeps none has nothing to do.
    fn forget(&mut self) {}
}

/// A link to whatever card lies in one reader.
pub trait CardSocket: CardLink + Send {
    /// How a card is brought to this reader.
    fn presentation(&self) -> Presentation;

    /// Powers up the card of this insertion and tells its ATR. Whatever was open is closed.
    ///
    /// # Errors
    /// [`CardError::Gone`] where another card lies there, or none; else as [`CardError`] says.
    fn open(&mut self, card: Insertion, control: &Control<'_>) -> Result<Vec<u8>, CardError>;

    /// The insertion that is open, while its card is still there.
    fn opened(&self) -> Option<Insertion>;

    /// Powers the card down.
    fn close(&mut self);

    /// Powers the card down and lets it go, each reader in its own way.
    fn let_go(&mut self) {
        self.close();
    }

    /// As [`CardReader::keep`] says; most readers have no motor.
    ///
    /// # Errors
    /// As [`CardReader::keep`] says.
    fn keep(&mut self, _: &Control<'_>) -> Result<u16, CardError> {
        Err(CardError::Gone)
    }
}

/// Only for the card that `begin` opened.
fn meant_for(socket: &mut impl CardSocket, card: Insertion) -> Result<&mut dyn CardLink, CardError> {
    if socket.opened() == Some(card) { Ok(socket) } else { Err(CardError::Gone) }
}

impl<S: CardSocket> CardReader for S {
    fn capabilities(&self) -> Capabilities {
        let presentation = self.presentation();
        Capabilities { presentation, moves_cards: presentation == Presentation::Motorised }
    }

    fn begin(&mut self, card: Insertion, control: &Control<'_>) -> Result<Begun, CardError> {
        let atr = self.open(card, control)?;
        let begun = ssc::begin(self, &atr, control);
        if begun.is_err() {
            self.close();
        }
        begun
    }

    fn finish(&mut self, card: Insertion, authority: &Authority, control: &Control<'_>) -> Result<Holder, CardError> {
        ssc::finish(meant_for(self, card)?, authority, control)
    }

    fn tries(&mut self, card: Insertion, control: &Control<'_>) -> Result<Tries, CardError> {
        ssc::tries(meant_for(self, card)?, control)
    }

    fn verify(&mut self, card: Insertion, pin: &Private<String>, control: &Control<'_>) -> Result<Verified, CardError> {
        ssc::verify(meant_for(self, card)?, pin, control)
    }

    fn change_pin(
        &mut self,
        card: Insertion,
        old: &Private<String>,
        new: &Private<String>,
        control: &Control<'_>,
    ) -> Result<PinChange, PinChangeError> {
        ssc::change_pin(meant_for(self, card).map_err(PinChangeError::NotChanged)?, old, new, control)
    }

    fn release(&mut self) {
        self.let_go();
    }

    fn keep(&mut self, control: &Control<'_>) -> Result<u16, CardError> {
        CardSocket::keep(self, control)
    }
}
