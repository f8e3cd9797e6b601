//! The other serial dialect of multi-function terminals, in frames of [`crate::wire::stx`]. Pure and total.
//!
//! One command reads, `CA 01 nn`; the reply's data are `90 00`, length of text, length of portrait, then the blocks. Source: one
//! maker's document; its own sample code disagrees about `02`, so only `00` and `01` are used.

use zeroize::Zeroizing;

use super::sdt::Malformed;
use crate::wire::stx;

/// Status, two lengths, text, portrait.
const MAX_DATA: usize = 6 + 256 + 1024;

/// What to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Text and portrait.
    Full,
    /// The number only.
    Number,
    /// Name and number. Never sent: document and sample code disagree.
    NameNumber,
    /// Text only.
    Text,
}

impl Read {
    /// The whole frame.
    #[must_use]
    pub fn frame(self) -> Vec<u8> {
        let what = match self {
            Self::Full => 0,
            Self::Number => 1,
            Self::NameNumber => 2,
            Self::Text => 3,
        };
        stx::frame(&[0xCA, 0x01, what])
    }
}

/// One good reply. Has no `Debug`: it is somebody's.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// 9000 where a document was read.
    pub status: u16,
    /// The text block, 256 bytes where a document was read as a whole.
    pub text: Zeroizing<Vec<u8>>,
    /// The portrait; empty where none was asked for.
    pub photo: Zeroizing<Vec<u8>>,
}

impl Reply {
    /// Reads one whole reply.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        stx::parse(bytes).and_then(Self::split)
    }

    fn split(data: &[u8]) -> Result<Self, Malformed> {
        let [sw1, sw2, rest @ ..] = data else { return Err(Malformed::Length) };
        let blocks = |text: &[u8], photo: &[u8]| Self {
            status: u16::from_be_bytes([*sw1, *sw2]),
            text: Zeroizing::new(text.to_vec()),
            photo: Zeroizing::new(photo.to_vec()),
        };
        if rest.is_empty() {
            return Ok(blocks(&[], &[]));
        }
        let [t1, t2, p1, p2, rest @ ..] = rest else { return Err(Malformed::Length) };
        let text = usize::from(u16::from_be_bytes([*t1, *t2]));
        let photo = usize::from(u16::from_be_bytes([*p1, *p2]));
        match (rest.get(..text), rest.get(text..)) {
            (Some(text), Some(rest)) if rest.len() == photo => Ok(blocks(text, rest)),
            _ => Err(Malformed::Length),
        }
    }
}

/// Finds replies in what comes off the wire; a frame that is no reply is skipped.
pub struct Framer(stx::Framer);

impl Default for Framer {
    fn default() -> Self {
        Self(stx::Framer::new(MAX_DATA))
    }
}

impl Framer {
    /// Takes in bytes; returns the replies that are now whole.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Reply> {
        self.0.feed(bytes).iter().filter_map(|data| Reply::split(data).ok()).collect()
    }

    /// Bytes of a frame that is not whole yet.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.0.pending_bytes()
    }
}
