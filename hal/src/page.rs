//! Page printer: what a printer of A4 sheets must do, what it can say.
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | page printer vanished | `PageError::Unreachable` | Maintain |
//! | page paper out refilled | `Blocked(PagePaperOut)` | Refill |
//! | page cover open | `Blocked(PageCoverOpen)` | Clear |
//! | page jam | `PageError::Aborted`, code `page.jam` | Clear |
//! | job printed again after a jam | `Printed::finding`, code `page.reprinted` | Maintain |
//! | job accepted then aborted | `PageError::Aborted`, code `page.aborted` | Maintain |
//! | document of another format | `PageError::Refused` | Configure |
//! | page printer vanishes mid job | `PageError::NoAnswer` | Maintain |
//! | printer behind the queue vanished | `Stopped(PageOffline)`, code `page.offline` | Maintain |
//! | page paper out abandoned | `PageError::CancelledHeld` | Clear |
//! | low paper or an unknown reason closes the printer | `Ready(PagePaperLow)`, code `page.paper_low` | Refill |
//! | paper out hides behind another suffix or reason | `Stopped(PagePaperOut)`, code `page.paper_out` | Refill |
//! | a queue stays closed after the paper is refilled | `Ready(PagePaperOut)`, code `page.paper_out` | Refill |
//!
//! Tried on: real stack (ippeveprinter, direct and through a private cupsd). Not tried on metal.

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

/// A document that was printed to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// What staff should know all the same: sheets may lie there twice.
    pub finding: Option<Code>,
}

/// What a printer tells about itself; names no person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Maker and model.
    pub model: Option<String>,
    /// Firmware.
    pub firmware: Option<String>,
    /// Serial number of the device.
    pub serial: Option<String>,
    /// Sheets that lie in its trays, as media names.
    pub media_ready: Vec<String>,
    /// Name and level of each toner or ink, in percent; `None` where it does not measure.
    pub supplies: Vec<(String, Option<u8>)>,
    /// Prints on both sides.
    pub two_sided: bool,
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
    fn print(&mut self, job_name: &str, pdf: &[u8], control: &Control<'_>) -> Result<Printed, PageError>;

    /// Whether it says of a job of that name that it has printed it. `Ok(false)` where it remembers none, or one that ended otherwise: then
    /// nobody knows from here what came out.
    ///
    /// # Errors
    /// [`PageError::Unreachable`] or [`PageError::Garbled`].
    fn has_printed(&mut self, job_name: &str, control: &Control<'_>) -> Result<bool, PageError>;

    /// Asks what it is and what it holds.
    ///
    /// # Errors
    /// [`PageError::Unreachable`] or [`PageError::Garbled`].
    fn identity(&mut self, control: &Control<'_>) -> Result<Identity, PageError>;

    /// Cancels every job of ours it still holds. `Ok` only when it says that it holds none.
    ///
    /// # Errors
    /// As [`PageError`] says.
    fn clear(&mut self, control: &Control<'_>) -> Result<(), PageError>;
}
