//! Receipt printer: what to print, what a printer must do, what it can say.
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | receipt printer unplugged | `ReceiptError::Unreachable` | Maintain |
//! | paper is out before the first byte | `NotReady(PaperOut)`, code `receipt.paper_out` | Refill |
//! | paper runs out on the way and is refilled | `Blocked(ReceiptPaperOut)` | Refill |
//! | paper near its end | `Status::PaperLow`, code `receipt.paper_low` | Refill |
//! | cover open | `NotReady(CoverOpen)`, code `receipt.cover_open` | Clear |
//! | cutter stuck | `NotReady(Cutter)`, code `receipt.cutter` | Clear |
//! | an error that goes away | `NotReady(Recoverable)`, code `receipt.recoverable` | Reset |
//! | an error that stays | `NotReady(Unrecoverable)`, code `receipt.unrecoverable` | Maintain |
//! | the printer never answers | `ReceiptError::NoAnswer` | Maintain |
//! | the printer says done without paper | `ReceiptError::NoAnswer` | Maintain |
//! | printer pulled while it prints | `ReceiptError::NoAnswer` | Maintain |
//! | a mute model prints | `ReceiptError::NoAnswer` | Maintain |
//! | the peer is no printer | `ReceiptError::Unreachable` | Maintain |
//! | the citizen leaves while paper is out | `ReceiptError::CancelledHeld` | Clear |
//! | the citizen leaves before the first byte | `ReceiptError::CancelledUnsent` | Clear |
//!
//! Tried on: emulator (TCP, pty as serial port, pty as a plain device node); its paper is read by a parser that is not ours. Not
//! tried on metal: USB printer class, real cutters.

pub mod driver;
pub mod encode;
pub mod gb18030;
pub mod model;
pub mod raster;
pub mod status;

use std::fmt;

use crate::control::Control;
use crate::fault::{Code, DeviceState};

/// One line of a receipt. Widths are the printer's business.
#[derive(Clone, PartialEq, Eq)]
pub enum Line {
    /// Centred, double size.
    Title(String),
    /// Plain text, broken where the paper ends.
    Text(String),
    /// Small print: plain text, centred.
    Centred(String),
    /// Label at the left, value at the right edge; the value moves to its own line where both do not fit.
    Pair(String, String),
    /// As [`Line::Pair`], but the value is a person's name: never broken, drawn as a picture as a whole where the
    /// printer's character set lacks one of its characters.
    Name(String, String),
    /// A table row; the columns share the width as [`Receipt::columns`] says.
    Row(Vec<String>),
    /// A rule across the paper.
    Rule,
    /// A QR code with this text, centred.
    Qr(String),
    /// That many empty lines.
    Feed(u8),
    /// The agency's sign, centred.
    Logo(raster::Picture),
}

/// How a table column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnWidth {
    /// Share of the width, in parts of the sum of all parts.
    pub parts: u8,
    /// Numbers stand at the right.
    pub right: bool,
}

/// A receipt: lines from top to bottom; the cut comes by itself.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// Top to bottom.
    pub lines: Vec<Line>,
    /// How [`Line::Row`]s are set.
    pub columns: Vec<ColumnWidth>,
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receipt({} lines)", self.lines.len())
    }
}

/// Closed class status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Prints.
    Ready,
    /// Prints, paper near its end.
    PaperLow,
    /// Out of paper.
    PaperOut,
    /// Cover open.
    CoverOpen,
    /// Cutter stuck.
    Cutter,
    /// An error that goes away by itself or with a reset.
    Recoverable,
    /// An error that stays.
    Unrecoverable,
    /// Says that it is offline, and no cause.
    Offline,
    /// This model cannot be asked.
    Unknown,
}

impl Status {
    /// Whether a receipt can be printed now.
    #[must_use]
    pub const fn printable(self) -> bool {
        matches!(self, Self::Ready | Self::PaperLow | Self::Unknown)
    }

    /// The fault behind it, if any.
    #[must_use]
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Ready | Self::Unknown => None,
            Self::PaperLow => Some(Code::ReceiptPaperLow),
            Self::PaperOut => Some(Code::ReceiptPaperOut),
            Self::CoverOpen => Some(Code::ReceiptCoverOpen),
            Self::Cutter => Some(Code::ReceiptCutter),
            Self::Recoverable => Some(Code::ReceiptRecoverable),
            Self::Unrecoverable => Some(Code::ReceiptUnrecoverable),
            Self::Offline => Some(Code::ReceiptOffline),
        }
    }
}

/// Why a receipt is not known to be printed. [`ReceiptError::paper`] tells whether anything may have come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Could not be reached; nothing was sent.
    #[error("the printer cannot be reached")]
    Unreachable,
    /// It said before the first byte that it cannot print.
    #[error("the printer is not ready")]
    NotReady(Status),
    /// Cancelled before the first byte.
    #[error("cancelled before it began")]
    CancelledUnsent,
    /// Cancelled on the way; the printer has said that its buffer is clear.
    #[error("cancelled on the way")]
    CancelledCleared,
    /// Cancelled on the way, and the printer does not say that it holds nothing.
    #[error("cancelled, and the printer may still hold it")]
    CancelledHeld,
    /// It stopped on the way and stayed so until the deadline.
    #[error("the printer stopped on the way")]
    Stopped(Status),
    /// Sent, and no answer by the deadline, or an answer that its own status denies.
    #[error("the printer does not say whether it printed")]
    NoAnswer,
    /// An answer that no manual allows.
    #[error("the printer answers nonsense")]
    Garbled,
}

/// Whether paper may have come out of a failed command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// Certainly none.
    None,
    /// Nobody can know from here.
    Perhaps,
}

impl ReceiptError {
    /// Whether paper may have come out.
    #[must_use]
    pub const fn paper(self) -> Paper {
        match self {
            Self::Unreachable | Self::NotReady(_) | Self::CancelledUnsent => Paper::None,
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
            Self::Unreachable => Code::ReceiptOffline,
            Self::NotReady(status) | Self::Stopped(status) => match status.code() {
                Some(code) => code,
                None => Code::ReceiptNoAnswer,
            },
            Self::CancelledUnsent | Self::CancelledCleared => Code::ReceiptCancelled,
            Self::NoAnswer => Code::ReceiptNoAnswer,
            Self::CancelledHeld => Code::ReceiptHoldsJob,
            Self::Garbled => Code::ReceiptGarbled,
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

/// What this printer can and cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Printable dots across.
    pub width_dots: u16,
    /// How it says what it is doing; where nothing, "printed" can never be known.
    pub tells: model::Tells,
    /// Whether it cuts.
    pub cuts: bool,
}

/// A receipt printer.
pub trait ReceiptPrinter: Send {
    /// What it can do; does not touch the device.
    fn capabilities(&self) -> Capabilities;

    /// Asks how it is (DLE EOT 1 to 4).
    ///
    /// # Errors
    /// [`ReceiptError::Unreachable`] or [`ReceiptError::Garbled`].
    fn status(&mut self, control: &Control<'_>) -> Result<Status, ReceiptError>;

    /// Prints. `Ok` only when the printer has answered after its buffer was processed and its status is clean.
    /// Out of paper on the way is progress (`Blocked`), not an end: a refill lets it go on until the deadline.
    ///
    /// # Errors
    /// As [`ReceiptError`] says.
    fn print(&mut self, receipt: &Receipt, control: &Control<'_>) -> Result<(), ReceiptError>;

    /// Makes it forget whatever it holds. `Ok` only when it says that it holds nothing.
    ///
    /// # Errors
    /// As [`ReceiptError`] says; the job may still be there.
    fn clear(&mut self, control: &Control<'_>) -> Result<(), ReceiptError>;
}
