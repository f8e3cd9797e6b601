//! What only a motorised reader can: hand a card back, keep it, say where it is.
//!
//! Media states after XFS4IoT: present, presented at the slot ("entering"), jammed; a card that is kept lies in the bin and is counted
//! until somebody empties it.

use super::CardError;
use crate::control::Control;

/// Where the card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// No card.
    NotPresent,
    /// In the reader, and answers.
    InReader,
    /// In the reader, and gives no answer to reset.
    Mute,
    /// At the slot, to be taken.
    Presented,
    /// Stuck.
    Jammed,
}

/// How the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransportStatus {
    /// Where the card is.
    pub media: Media,
    /// Cards in the bin.
    pub retained: u16,
}

/// Moves the card in a reader.
pub trait CardTransport: Send {
    /// Presents the card at the slot; done when it can be taken, not when it has been.
    ///
    /// # Errors
    /// [`CardError::Gone`] where there is none, [`CardError::Jammed`]; else as [`CardError`] says.
    fn eject(&mut self, control: &Control<'_>) -> Result<(), CardError>;

    /// Draws the card in, from the reader or from the slot, and drops it into the bin; says how many lie there now.
    ///
    /// # Errors
    /// [`CardError::Gone`] where there is none, [`CardError::Jammed`], [`CardError::BinFull`] (the card then stays where it is); else as
    /// [`CardError`] says.
    fn retract(&mut self, control: &Control<'_>) -> Result<u16, CardError>;

    /// Where the card is and how many lie in the bin.
    ///
    /// # Errors
    /// As [`CardError`] says.
    fn status(&mut self, control: &Control<'_>) -> Result<TransportStatus, CardError>;
}
