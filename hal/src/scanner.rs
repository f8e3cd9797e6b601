//! Code scanner (QR and bar codes on paper and phones): what it must do.
//!
//! One command waits for one code that is shown *after* the command began. Bytes from before are thrown away, and a code that is
//! still being shown from the last command does not count again. What a code says is opaque here and is somebody's: it
//! travels in [`Private`], and nothing of it is kept but a keyed hash, to tell repetitions.
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | scanner unplugged | `ScanError::Absent` | Maintain |
//! | scanner port not permitted | `ScanError::NotPermitted` | Configure |
//! | scanner port held by another program | `ScanError::Busy` | Reset |
//! | scanner path is a plain file | `ScanError::NotADevice` | Configure |
//! | code damaged or of another encoding | `Blocked(ScannerUnreadable)` | Clear |
//! | nobody shows a code | `ScanError::NothingShown` | Clear |
//! | citizen leaves the scanning page | `ScanError::Cancelled` | Clear |
//!
//! A scanner has no question that all models answer: one that is mute is told from one that nobody uses only by a technician's
//! trial. Tried on: emulator (pty). Not tried on metal. Keyboard wedges are not supported: they would type into any page.

pub mod model;
pub mod serial;
pub mod stream;

use crate::control::Control;
use crate::fault::{Code, DeviceState};
use crate::private::Private;
use crate::wire::from_wire;

/// Why no code was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// Not there.
    #[error("the scanner is not there")]
    Absent,
    /// There, and we may not open it.
    #[error("the scanner may not be opened")]
    NotPermitted,
    /// There, and somebody else holds it.
    #[error("another program holds the scanner")]
    Busy,
    /// The configured name leads to something that is no device.
    #[error("the configured path is no device")]
    NotADevice,
    /// Nobody showed one in time.
    #[error("no code was shown")]
    NothingShown,
    /// Somebody cancelled the command.
    #[error("cancelled")]
    Cancelled,
}

impl ScanError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Absent => Code::ScannerOffline,
            Self::NotPermitted => Code::ScannerNotPermitted,
            Self::Busy => Code::ScannerBusy,
            Self::NotADevice => Code::ScannerNotADevice,
            Self::NothingShown => Code::ScannerNothingShown,
            Self::Cancelled => Code::ScannerCancelled,
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

// A port that does not open in time is as good as none.
from_wire!(ScanError, timeout: Absent);

/// What this scanner can and cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Its light is switched on by command; without, it scans all the time.
    pub is_triggered: bool,
}

/// A code scanner.
pub trait Scanner: Send {
    /// What it can do; does not touch the device.
    fn capabilities(&self) -> Capabilities;

    /// Whether its port can be opened.
    ///
    /// # Errors
    /// As [`ScanError`] says.
    fn status(&mut self, control: &Control<'_>) -> Result<(), ScanError>;

    /// Waits for a code that is shown from now on. One that cannot be read is progress (`Blocked(ScannerUnreadable)`), not an end.
    ///
    /// # Errors
    /// As [`ScanError`] says.
    fn scan(&mut self, control: &Control<'_>) -> Result<Private<String>, ScanError>;
}
