//! Page printer: what a printer of A4 sheets must do, what it can say.

pub mod ipp;
pub mod reason;

use crate::control::Control;
use crate::fault::{Code, DeviceState};
use crate::receipt::Paper;

/// Closed class status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Idle or printing; `Some` names the most severe thing it mentions without stopping for it.
    Ready(Option<Code>),
    /// Stopped or waiting, and why.
    Stopped(Code),
}

/// Why a document is not known to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Could not be reached; no job was made.
    #[error("the printer cannot be reached")]
    Unreachable,
    /// It refused the job; none was made.
    #[error("the printer refuses the document")]
    Refused,
    /// Cancelled before the job was sent.
    #[error("cancelled before it began")]
    CancelledUnsent,
    /// Cancelled on the way; the printer says that the job is cancelled. Sheets may have come out.
    #[error("cancelled on the way")]
    CancelledCleared,
    /// Cancelled on the way, and the printer does not confirm it.
    #[error("cancelled, and the printer may still hold it")]
    CancelledHeld,
    /// It gave the job up.
    #[error("the printer gave the job up")]
    Aborted(Code),
    /// Still blocked at the deadline.
    #[error("the printer stopped on the way")]
    Stopped(Code),
    /// Accepted, then no word of its end.
    #[error("the printer does not say whether it printed")]
    NoAnswer,
    /// An answer that the protocol does not allow.
    #[error("the printer answers nonsense")]
    Garbled,
}

impl PageError {
    /// Whether paper may have come out.
    #[must_use]
    pub const fn paper(self) -> Paper {
        match self {
            Self::Unreachable | Self::Refused | Self::CancelledUnsent => Paper::None,
            _ => Paper::Perhaps,
        }
    }

    /// Whether the printer may still print it later by itself.
    #[must_use]
    pub const fn may_hold_job(self) -> bool {
        matches!(self, Self::CancelledHeld | Self::Stopped(_) | Self::NoAnswer | Self::Garbled)
    }

    /// The stable fault code.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Unreachable => Code::PageOffline,
            Self::Refused => Code::PageRefused,
            Self::Aborted(code) | Self::Stopped(code) => code,
            Self::CancelledUnsent | Self::CancelledCleared => Code::PageCancelled,
            Self::NoAnswer => Code::PageNoAnswer,
            Self::CancelledHeld => Code::PageHoldsJob,
            Self::Garbled => Code::PageGarbled,
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

/// A page printer.
pub trait PagePrinter: Send {
    /// Asks how it is (Get-Printer-Attributes).
    ///
    /// # Errors
    /// [`PageError::Unreachable`] or [`PageError::Garbled`].
    fn status(&mut self, control: &Control<'_>) -> Result<Status, PageError>;

    /// Prints a PDF under `job_name` and follows the job to its end. `Ok` only when the printer says completed.
    /// `job_name` must name no person: it stands on the printer's panel.
    ///
    /// # Errors
    /// As [`PageError`] says.
    fn print(&mut self, job_name: &str, pdf: &[u8], control: &Control<'_>) -> Result<(), PageError>;

    /// Cancels every job of ours it still holds. `Ok` only when it says that it holds none.
    ///
    /// # Errors
    /// As [`PageError`] says.
    fn clear(&mut self, control: &Control<'_>) -> Result<(), PageError>;
}
