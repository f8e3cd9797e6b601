//! Drives a resident-ID reader that shows itself as a PC/SC reader: the pseudo-APDU `FF B0 00 00 00` gives four bytes and the text
//! block. Names no PC/SC crate: watch and link are those of the card room.
//!
//! Such readers tell neither the module's number nor, through this command, the portrait or the newest address.

use super::block::BLOCK_BYTES;
use super::fresh::await_fresh;
use super::serial::decode;
use super::{Capabilities, Document, IdError, IdReader};
use crate::card::CardError;
use crate::card::laid::Laid;
use crate::card::pcsc::{PcscReader, PcscWatch};
use crate::control::Control;

/// Block 0; the reader talks to the document's security module by itself.
const READ_TEXT: [u8; 5] = [0xFF, 0xB0, 0x00, 0x00, 0x00];
/// Before the text: lengths, which we do not need.
const LEAD_BYTES: usize = 4;

/// The reader.
pub struct PcscIdReader(Laid);

impl PcscIdReader {
    /// From the pair that `card::pcsc::open` makes.
    #[must_use]
    pub fn new(pair: (PcscWatch, PcscReader)) -> Self {
        Self(Laid::new(pair))
    }

    fn look(&mut self, control: &Control<'_>) -> Result<bool, IdError> {
        self.0.look(control).map_err(fault)
    }

    fn read(&mut self, control: &Control<'_>) -> Result<Document, IdError> {
        let answer = self.0.with(control, |link, deadline| link.transmit(&READ_TEXT, deadline));
        read_answer(&zeroize::Zeroizing::new(answer.map_err(fault)?))
    }
}

/// Reads the reader's answer to [`READ_TEXT`]: four bytes, the text block, the status word. Pure and total.
///
/// # Errors
/// [`IdError::Garbled`] or [`IdError::Unreadable`].
pub fn read_answer(answer: &[u8]) -> Result<Document, IdError> {
    match answer {
        [block @ .., 0x90, 0x00] if block.len() == LEAD_BYTES + BLOCK_BYTES => {
            decode(block.get(LEAD_BYTES..).unwrap_or_default())
        }
        [.., 0x90, 0x00] => Err(IdError::Garbled),
        _ => Err(IdError::Unreadable),
    }
}

const fn fault(error: CardError) -> IdError {
    match error {
        CardError::NoReader | CardError::Service | CardError::Broken | CardError::Bridge(_) => IdError::Absent,
        CardError::NotPermitted => IdError::NotPermitted,
        CardError::Busy => IdError::Busy,
        CardError::Gone | CardError::Mute | CardError::Foreign | CardError::Jammed | CardError::BinFull => {
            IdError::Unreadable
        }
        CardError::Garbled => IdError::Garbled,
        CardError::AuthFailed => IdError::Refused,
        CardError::Timeout => IdError::NoAnswer,
        CardError::Cancelled => IdError::Cancelled,
    }
}

impl IdReader for PcscIdReader {
    fn capabilities(&self) -> Capabilities {
        Capabilities { tells_module_id: false, reads_newest_address: false, gives_photo: false }
    }

    fn status(&mut self, control: &Control<'_>) -> Result<Option<String>, IdError> {
        self.look(control).map(|_| None)
    }

    fn await_document(&mut self, control: &Control<'_>) -> Result<Document, IdError> {
        await_fresh(control, self, Self::look, Self::read)
    }
}
