//! Reader for cards of staff: what it must do, what a card says.
//!
//! A staff card proves nothing to the terminal. It signs a challenge of the agency, with a key that never leaves it; the agency knows the
//! key that fits. One command does it all: [`StaffReader::await_signature`] waits until a card is presented *after* the command
//! began, and returns its number and its signature. What lay there before is never asked.
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | staff reader unplugged | `StaffError::Absent` | Maintain |
//! | staff reader not permitted | `StaffError::NotPermitted` | Configure |
//! | staff card held by another program | `StaffError::Busy` | Reset |
//! | another card before the staff reader | `StaffError::Foreign` | Clear |
//! | staff card lifted too early | `StaffError::Unreadable` | Clear |
//! | staff card left behind | `Blocked(StaffLeftBehind)` | Clear |
//! | nobody presents a staff card | `StaffError::NothingPresented` | Clear |
//! | citizen leaves while staff is waited for | `StaffError::Cancelled` | Clear |
//!
//! Tried on: emulator behind the real stack (pcscd with vpcd). Not tried on metal. There is no national standard for such a card: the
//! application is our own ([`apdu`]).

pub mod apdu;
pub mod pcsc;

use crate::control::Control;
use crate::fault::{Code, DeviceState};

/// What a staff card is asked to sign, as the agency made it.
pub type Challenge = [u8; 16];

/// With what a staff card signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// 01: Ed25519, RFC 8032.
    Ed25519,
    /// 02: SM2 over SM3, GB/T 32918.
    Sm2,
}

impl Algorithm {
    /// The name in messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Sm2 => "sm2",
        }
    }
}

/// What a staff card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// 工号: 4 to 8 letters and digits.
    pub staff: String,
    /// With what it was signed.
    pub algorithm: Algorithm,
    /// Over the message that [`apdu`] names.
    pub signature: [u8; 64],
}

/// Why no card has signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    /// No reader, or no service behind it.
    #[error("the reader for staff cards is not there")]
    Absent,
    /// There, but not permitted.
    #[error("the reader for staff cards may not be opened")]
    NotPermitted,
    /// Another program holds the card, or another command waits.
    #[error("something else holds the staff card")]
    Busy,
    /// No staff card.
    #[error("not a staff card")]
    Foreign,
    /// Gone too early, without answer to reset, or talking nonsense.
    #[error("the staff card could not be read")]
    Unreadable,
    /// Nobody came.
    #[error("no staff card was presented")]
    NothingPresented,
    /// Somebody cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl StaffError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Absent => Code::StaffOffline,
            Self::NotPermitted => Code::StaffNotPermitted,
            Self::Busy => Code::StaffBusy,
            Self::Foreign => Code::StaffForeign,
            Self::Unreadable => Code::StaffUnreadable,
            Self::NothingPresented => Code::StaffNothingPresented,
            Self::Cancelled => Code::StaffCancelled,
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

/// A reader for cards of staff.
pub trait StaffReader: Send {
    /// Whether it is there.
    ///
    /// # Errors
    /// As [`StaffError`] says.
    fn status(&mut self, control: &Control<'_>) -> Result<(), StaffError>;

    /// Waits for a card that is presented from now on and has it sign. Progress: blocked while a card from before lies there.
    ///
    /// # Errors
    /// As [`StaffError`] says.
    fn await_signature(&mut self, challenge: &Challenge, control: &Control<'_>) -> Result<Signed, StaffError>;
}
