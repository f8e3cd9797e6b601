//! Drives a PC/SC reader for staff cards, which stands beside that for citizens' cards. Names no PC/SC crate: watch and link are those of
//! the card room.

use std::time::Instant;

use super::{Challenge, Signed, StaffError, StaffReader, apdu};
use crate::card::CardError;
use crate::card::laid::Laid;
use crate::card::link::CardLink;
use crate::card::pcsc::{PcscReader, PcscWatch};
use crate::control::Control;
use crate::fault::Code;
use crate::id::fresh::{Waits, await_fresh};

/// The reader.
pub struct PcscStaffReader(Laid);

impl PcscStaffReader {
    /// From the pair that `card::pcsc::open` makes.
    #[must_use]
    pub fn new(pair: (PcscWatch, PcscReader)) -> Self {
        Self(Laid::new(pair))
    }
}

/// The whole conversation with one card.
fn ask(link: &mut dyn CardLink, challenge: &Challenge, deadline: Instant) -> Result<Signed, CardError> {
    let selected = say(link, &apdu::select(), deadline)?;
    apdu::good(&selected).ok_or(CardError::Foreign)?;
    let answer = say(link, &apdu::WHO, deadline)?;
    let (algorithm, staff) = apdu::good(&answer).and_then(apdu::who).ok_or(CardError::Garbled)?;
    let answer = say(link, &apdu::sign(algorithm, challenge), deadline)?;
    let signature = apdu::good(&answer).and_then(|data| data.try_into().ok()).ok_or(CardError::Garbled)?;
    Ok(Signed { staff, algorithm, signature })
}

/// One command; a card that leaves while it works answers less than a status word.
fn say(link: &mut dyn CardLink, command: &[u8], deadline: Instant) -> Result<Vec<u8>, CardError> {
    let answer = link.transmit(command, deadline)?;
    if answer.len() < 2 { Err(CardError::Gone) } else { Ok(answer) }
}

const fn fault(error: CardError) -> StaffError {
    match error {
        CardError::NoReader | CardError::Service | CardError::Broken | CardError::Bridge(_) => StaffError::Absent,
        CardError::NotPermitted => StaffError::NotPermitted,
        CardError::Busy => StaffError::Busy,
        CardError::Foreign => StaffError::Foreign,
        CardError::Cancelled => StaffError::Cancelled,
        CardError::Gone
        | CardError::Mute
        | CardError::Garbled
        | CardError::AuthFailed
        | CardError::Timeout
        | CardError::Jammed
        | CardError::BinFull => StaffError::Unreadable,
    }
}

impl Waits for StaffError {
    const LEFT_BEHIND: Code = Code::StaffLeftBehind;

    fn cancelled() -> Self {
        Self::Cancelled
    }

    fn nothing() -> Self {
        Self::NothingPresented
    }
}

impl StaffReader for PcscStaffReader {
    fn status(&mut self, control: &Control<'_>) -> Result<(), StaffError> {
        self.0.look(control).map(drop).map_err(fault)
    }

    fn await_signature(&mut self, challenge: &Challenge, control: &Control<'_>) -> Result<Signed, StaffError> {
        let look = |laid: &mut Laid, control: &Control<'_>| laid.look(control).map_err(fault);
        let read = |laid: &mut Laid, control: &Control<'_>| {
            laid.with(control, |link, deadline| ask(link, challenge, deadline)).map_err(fault)
        };
        await_fresh(control, &mut self.0, look, read)
    }
}
