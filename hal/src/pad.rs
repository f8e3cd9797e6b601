//! Number pad with keys that can be felt: for PINs and for choosing without seeing.
//!
//! A plain pad tells each key. An encrypting pad tells, while a PIN is typed, only that a key was pressed, and delivers a PIN
//! block that only the agency can open: digits never reach this process.
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | pad unplugged | `PadError::Absent` | Maintain |
//! | pad port not permitted | `PadError::NotPermitted` | Configure |
//! | pad port held by another program | `PadError::Busy` | Reset |
//! | pad path is a plain file | `PadError::NotADevice` | Configure |
//! | encrypting pad mute | `PadError::NoAnswer` | Maintain |
//! | encrypting pad talks nonsense | `PadError::Garbled` | Maintain |
//! | pad opened by force | `PadError::Tampered` | Suspend |
//! | pad has no keys loaded | `PadError::NoKey` | Configure |
//! | pin asked of a plain pad | `PadError::NotSupported` | Configure |
//! | citizen presses cancel | `PadError::Declined` | Clear |
//! | nobody types | `PadError::NothingTyped` | Clear |
//! | citizen leaves the pin page | `PadError::Cancelled` | Clear |
//!
//! Tried on: emulator (pty). Not tried on metal. There is no public standard for serial pads: the encrypting profile below is
//! this project's, and a maker's own protocol joins through the vendor bridge.

pub mod keys;
pub mod plain;
pub mod secure;

use std::ops::RangeInclusive;

use crate::control::Control;
use crate::fault::{Code, DeviceState};
use crate::wire::from_wire;

/// A key, as its reader feels it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// 0 to 9.
    Digit(u8),
    /// Green: yes, go on.
    Confirm,
    /// Yellow: take the last one back.
    Correct,
    /// Red: stop.
    Cancel,
    /// The choice before.
    Previous,
    /// The choice after.
    Next,
}

/// A PIN that only the agency can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinBlock {
    /// Format after ISO 9564-1 (1: no account number; 4: AES).
    pub format: u8,
    /// Which of the pad's keys it is under.
    pub key: u8,
    /// The block; eight bytes, or sixteen for format 4. Shorter ones are filled with zeros at the end.
    pub block: [u8; 16],
    /// How many of them count.
    pub length: u8,
}

/// Why a pad command failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PadError {
    /// Not there.
    #[error("the pad is not there")]
    Absent,
    /// There, and we may not open it.
    #[error("the pad may not be opened")]
    NotPermitted,
    /// There, and somebody else holds it.
    #[error("another program holds the pad")]
    Busy,
    /// The configured name leads to something that is no device.
    #[error("the configured path is no device")]
    NotADevice,
    /// It does not answer.
    #[error("the pad does not answer")]
    NoAnswer,
    /// It answers nonsense.
    #[error("the pad answers nonsense")]
    Garbled,
    /// It has been opened, and has forgotten its keys.
    #[error("the pad has been opened")]
    Tampered,
    /// It has no key for PIN blocks.
    #[error("the pad has no keys")]
    NoKey,
    /// This pad encrypts nothing.
    #[error("this pad does not encrypt")]
    NotSupported,
    /// The person pressed cancel.
    #[error("the person pressed cancel")]
    Declined,
    /// Nobody typed in time.
    #[error("nobody typed")]
    NothingTyped,
    /// Somebody cancelled the command.
    #[error("cancelled")]
    Cancelled,
}

impl PadError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Absent => Code::PadOffline,
            Self::NotPermitted => Code::PadNotPermitted,
            Self::Busy => Code::PadBusy,
            Self::NotADevice => Code::PadNotADevice,
            Self::NoAnswer => Code::PadNoAnswer,
            Self::Garbled => Code::PadGarbled,
            Self::Tampered => Code::PadTampered,
            Self::NoKey => Code::PadNoKey,
            Self::NotSupported => Code::PadNotSupported,
            Self::Declined => Code::PadDeclined,
            Self::NothingTyped => Code::PadNothingTyped,
            Self::Cancelled => Code::PadCancelled,
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

from_wire!(PadError, timeout: NoAnswer);

/// What this pad can and cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Delivers PIN blocks; then its driver never tells digits while a PIN is typed.
    pub encrypts: bool,
}

/// A number pad.
pub trait NumberPad: Send {
    /// What it can do; does not touch the device.
    fn capabilities(&self) -> Capabilities;

    /// Whether it works; an encrypting pad is asked for its keys and its seal.
    ///
    /// # Errors
    /// As [`PadError`] says.
    fn status(&mut self, control: &Control<'_>) -> Result<(), PadError>;

    /// The next key that is pressed. Keys pressed before the command count too: a person types faster than pages change.
    ///
    /// # Errors
    /// As [`PadError`] says; [`PadError::NothingTyped`] at the deadline.
    fn key(&mut self, control: &Control<'_>) -> Result<Key, PadError>;

    /// Has a PIN of that many digits typed and encrypted; tells `typed`, on the way, how many there are.
    ///
    /// # Errors
    /// As [`PadError`] says.
    fn pin(
        &mut self,
        digits: RangeInclusive<u8>,
        typed: &dyn Fn(u8),
        control: &Control<'_>,
    ) -> Result<PinBlock, PadError>;
}
