//! The wire of a contact card: one command out, one answer back.
//!
//! The procedures in `ssc` speak to this trait and never to PC/SC, so that a scripted card, a recorder or another kind
//! of reader can stand behind it. It must never interpret what passes through.

use std::time::Instant;

use super::CardError;

/// Carries command APDUs to the card that lies in the reader.
pub trait CardLink {
    /// Sends one short command APDU and returns the answer as it came: data, then SW1 SW2. Fewer than two bytes mean
    /// that the card died while it worked; callers treat that as [`CardError::Gone`].
    ///
    /// # Errors
    /// As [`CardError`] says; whether the card has executed the command is then unknown.
    fn transmit(&mut self, command: &[u8], deadline: Instant) -> Result<Vec<u8>, CardError>;
}
