//! Status bytes of ESC/POS printers, pure: DLE EOT 1 to 4, GS r 1, ASB. Fixed bits tell them apart, so an answer that comes
//! late is never taken for another one.
//!
//! Source: the vendor's command reference for DLE EOT, GS r and GS a (basic ASB).

use super::Status;

/// Asks for one of the four real-time status bytes (DLE EOT n); answered even while printing has stopped.
#[must_use]
pub const fn dle_eot(n: u8) -> [u8; 3] {
    [0x10, 0x04, n]
}

/// Asks for the paper sensor in print order (GS r 1): answered when everything before it has been processed.
pub const GS_R_1: [u8; 3] = [0x1D, 0x72, 0x01];

/// Has the printer tell every change by itself (GS a, all groups): four bytes each time, see [`parse_asb`].
pub const ASB_ON: [u8; 3] = [0x1D, 0x61, 0xFF];

/// Clears the receive and print buffers in real time (DLE DC4 fn 8, with its fixed six parameters).
pub const CLEAR_BUFFERS: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/// What a printer answers when it has cleared its buffers.
pub const CLEARED: [u8; 3] = [0x37, 0x25, 0x00];

/// Why bytes are no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotStatus {
    /// Too many or too few.
    Length,
    /// The fixed bits are wrong.
    FixedBits,
}

/// Everything a printer says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Does not take data.
    pub offline: bool,
    /// Cover open.
    pub cover_open: bool,
    /// Paper near its end.
    pub paper_near_end: bool,
    /// No paper at the sensor.
    pub paper_out: bool,
    /// Printing stopped because the paper ended.
    pub paper_stop: bool,
    /// Some error; DLE EOT 3 says which.
    pub error: bool,
    /// Cutter stuck.
    pub cutter: bool,
    /// An error that stays.
    pub unrecoverable: bool,
    /// An error that goes away by itself.
    pub recoverable: bool,
}

impl Flags {
    /// Nothing to say.
    pub const NONE: Self = Self {
        offline: false,
        cover_open: false,
        paper_near_end: false,
        paper_out: false,
        paper_stop: false,
        error: false,
        cutter: false,
        unrecoverable: false,
        recoverable: false,
    };

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            offline: self.offline | other.offline,
            cover_open: self.cover_open | other.cover_open,
            paper_near_end: self.paper_near_end | other.paper_near_end,
            paper_out: self.paper_out | other.paper_out,
            paper_stop: self.paper_stop | other.paper_stop,
            error: self.error | other.error,
            cutter: self.cutter | other.cutter,
            unrecoverable: self.unrecoverable | other.unrecoverable,
            recoverable: self.recoverable | other.recoverable,
        }
    }

    /// The one thing to say. An open cover comes before missing paper, because closing it is the first thing to do and the
    /// paper sensor means nothing while it is open.
    #[must_use]
    pub const fn status(self) -> Status {
        if self.cover_open {
            Status::CoverOpen
        } else if self.paper_out || self.paper_stop {
            Status::PaperOut
        } else if self.cutter {
            Status::Cutter
        } else if self.unrecoverable {
            Status::Unrecoverable
        } else if self.recoverable || self.error {
            Status::Recoverable
        } else if self.offline {
            Status::Offline
        } else if self.paper_near_end {
            Status::PaperLow
        } else {
            Status::Ready
        }
    }
}

/// Whether a byte can be an answer to DLE EOT: 0xx1xx10.
#[must_use]
pub const fn is_dle_eot(byte: u8) -> bool {
    byte & 0b1001_0011 == 0b0001_0010
}

/// Whether a byte can be an answer to GS r 1: 0xx0xx00, of which bits 5 and 6 are not used by this printer class.
#[must_use]
pub const fn is_gs_r(byte: u8) -> bool {
    byte & 0b1001_0000 == 0
}

/// Bytes of an automatic status.
pub const ASB_BYTES: usize = 4;

/// Whether a byte can begin an automatic status: 0xx1xx00. No other answer of ours does.
#[must_use]
pub const fn begins_asb(byte: u8) -> bool {
    byte & 0b1001_0011 == 0b0001_0000
}

/// Reads the answer to DLE EOT `n`.
///
/// # Errors
/// [`NotStatus`].
pub const fn parse_dle_eot(n: u8, bytes: &[u8]) -> Result<Flags, NotStatus> {
    let [byte] = *bytes else { return Err(NotStatus::Length) };
    if !is_dle_eot(byte) {
        return Err(NotStatus::FixedBits);
    }
    let none = Flags::NONE;
    Ok(match n {
        1 => Flags { offline: byte & 0x08 != 0, ..none },
        2 => Flags { cover_open: byte & 0x04 != 0, paper_stop: byte & 0x20 != 0, error: byte & 0x40 != 0, ..none },
        3 => Flags { cutter: byte & 0x08 != 0, unrecoverable: byte & 0x20 != 0, recoverable: byte & 0x04 != 0, ..none },
        4 => Flags { paper_near_end: byte & 0x0C != 0, paper_out: byte & 0x60 != 0, ..none },
        _ => none,
    })
}

/// Reads the four bytes of an automatic status (GS a).
///
/// # Errors
/// [`NotStatus`].
pub const fn parse_asb(bytes: &[u8]) -> Result<Flags, NotStatus> {
    let [first, second, third, fourth] = *bytes else { return Err(NotStatus::Length) };
    let fixed = first & 0b1001_0011 == 0b0001_0000 && (second | third | fourth) & 0b1001_0000 == 0;
    if !fixed {
        return Err(NotStatus::FixedBits);
    }
    Ok(Flags {
        offline: first & 0x08 != 0,
        cover_open: first & 0x20 != 0,
        paper_near_end: third & 0x03 != 0,
        paper_out: third & 0x0C != 0,
        paper_stop: false,
        error: false,
        cutter: second & 0x08 != 0,
        unrecoverable: second & 0x20 != 0,
        recoverable: second & 0x04 != 0,
    })
}
