//! Status bytes of ESC/POS printers, pure: DLE EOT 1 to 4, GS r 1, ASB. Fixed bits tell how each begins. The later bytes of a long one look
//! like an answer to GS r, so whoever waits for that hears all bytes in order ([`Ear`]). Where a first byte is lost, no bit tells; and an
//! answer that comes late looks like one in time: both are the driver's business.
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

/// Whether a byte can be an answer to GS r 1: 0xx0xxxx, of which bits 5 and 6 are reserved. Every byte but the first of a longer answer can.
#[must_use]
pub const fn is_gs_r(byte: u8) -> bool {
    byte & 0b1001_0000 == 0
}

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

/// One thing that a printer has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// An answer to DLE EOT; to which one, whoever has asked knows.
    Asked(u8),
    /// An automatic status. A memory switch has some models tell it that nobody has asked for it.
    Told(Flags),
    /// The answer to GS r.
    Done,
    /// Its buffers are clear.
    Cleared,
}

/// Takes apart what a printer says, byte by byte, in whatever pieces it comes. What has begun and does not end is forgotten when the next long
/// answer begins; until then it may swallow an answer to GS r, which is then missed, but never invented.
#[derive(Debug, Default)]
pub struct Ear {
    /// What has come of an automatic status, or of the word that the buffers are clear.
    begun: Vec<u8>,
}

impl Ear {
    /// Whether something has begun whose rest has not come.
    #[must_use]
    pub const fn waits(&self) -> bool {
        !self.begun.is_empty()
    }

    /// Takes the next byte; what it ends, if anything.
    pub fn hear(&mut self, byte: u8) -> Option<Said> {
        // Real-time answers come whenever they are asked for, also between the bytes of another.
        if is_dle_eot(byte) {
            return Some(Said::Asked(byte));
        }
        if begins_asb(byte) || CLEARED.starts_with(&[byte]) {
            self.begun.clear();
            self.begun.push(byte);
            return None;
        }
        // Flow control and noise: part of nothing.
        if !is_gs_r(byte) {
            return None;
        }
        let Some(head) = self.begun.first().copied() else { return Some(Said::Done) };
        self.begun.push(byte);
        if begins_asb(head) {
            return self.told();
        }
        if CLEARED.starts_with(&self.begun) {
            let whole = self.begun.len() == CLEARED.len();
            return whole.then(|| self.end(Said::Cleared));
        }
        // So its head was noise.
        Some(self.end(Said::Done))
    }

    fn told(&mut self) -> Option<Said> {
        let flags = parse_asb(&self.begun).ok()?;
        Some(self.end(Said::Told(flags)))
    }

    fn end(&mut self, said: Said) -> Said {
        self.begun.clear();
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(bytes: &[u8]) -> Vec<Said> {
        let mut ear = Ear::default();
        bytes.iter().filter_map(|byte| ear.hear(*byte)).collect()
    }

    #[test]
    fn a_byte_in_the_middle_is_taken_for_an_answer() {
        let low = Said::Told(Flags { paper_near_end: true, ..Flags::NONE });
        assert_eq!(heard(&[0x14, 0x00, 0x03, 0x0F]), [low]);
        assert_eq!(heard(&[0x00, 0x10, 0x00, 0x03, 0x00, 0x00]), [Said::Done, low, Said::Done]);
        // A real-time answer, XOFF and noise in its middle.
        assert_eq!(heard(&[0x10, 0x00, 0x12, 0x13, 0xFF, 0x03, 0x00]), [Said::Asked(0x12), low]);
        // One that was cut off, and a whole one.
        assert_eq!(heard(&[0x10, 0x00, 0x10, 0x00, 0x03, 0x00, 0x00]), [low, Said::Done]);
        assert_eq!(heard(&CLEARED), [Said::Cleared]);
        assert_eq!(heard(&[0x37, 0x25, 0x37, 0x11, 0x25, 0x00, 0x00]), [Said::Cleared, Said::Done]);
    }

    #[test]
    fn noise_swallows_the_answer() {
        assert_eq!(heard(&[0x37, 0x00]), [Said::Done]);
        assert_eq!(heard(&[0x11, 0x13, 0xFF, 0x00]), [Said::Done]);
    }
}
