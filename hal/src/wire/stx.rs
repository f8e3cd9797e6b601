//! Frames of small serial devices: `02`, length (2, big-endian), data, check, `03`. Pure and total.
//!
//! The length counts the data only; the check is the XOR of the data. Used by the second dialect of resident-ID readers and by
//! encrypting number pads.

use zeroize::Zeroizing;

const START: u8 = 0x02;
const END: u8 = 0x03;

/// Why bytes are no frame; the security module's own protocol fails in the same ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// Does not begin as it must.
    #[error("wrong header")]
    Header,
    /// Shorter or longer than it says.
    #[error("wrong length")]
    Length,
    /// The check does not fit.
    #[error("wrong checksum")]
    Checksum,
    /// The end marker is another byte.
    #[error("wrong end marker")]
    EndMarker,
}

/// A frame around `data`.
#[must_use]
pub fn frame(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[START], &length[..], data, &[xor(data), END]].concat()
}

/// XOR of all bytes.
#[must_use]
pub fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// The data of one whole frame.
///
/// # Errors
/// [`BadFrame`].
pub fn parse(bytes: &[u8]) -> Result<&[u8], BadFrame> {
    if bytes.first().is_some_and(|first| *first != START) {
        return Err(BadFrame::Header);
    }
    let [_, high, low, rest @ ..] = bytes else { return Err(BadFrame::Length) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let (Some(data), [check, end]) = (rest.get(..length), rest.get(length..).unwrap_or_default()) else {
        return Err(BadFrame::Length);
    };
    match (*end == END, *check == xor(data)) {
        (false, _) => Err(BadFrame::EndMarker),
        (_, false) => Err(BadFrame::Checksum),
        (true, true) => Ok(data),
    }
}

/// Finds frames in what comes off the wire, however it is cut and whatever lies between.
pub struct Framer {
    buffer: Zeroizing<Vec<u8>>,
    max_data: usize,
}

impl Framer {
    /// A framer that believes no length above `max_data`.
    #[must_use]
    pub fn new(max_data: usize) -> Self {
        // Room for the longest frame from the start: growing would leave copies behind.
        Self { buffer: Zeroizing::new(Vec::with_capacity(max_data + 5)), max_data }
    }

    /// Takes in bytes; returns the data of the frames that are now whole. What is damaged is skipped byte by byte.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
        let mut frames = Vec::new();
        for byte in bytes {
            self.buffer.push(*byte);
            frames.extend(self.look());
        }
        frames
    }

    /// Bytes of a frame that is not whole yet.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.buffer.len()
    }

    fn look(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        loop {
            let noise = self.buffer.iter().position(|byte| *byte == START).unwrap_or(self.buffer.len());
            self.buffer.drain(..noise);
            let [_, high, low, rest @ ..] = self.buffer.as_slice() else { return None };
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            if length <= self.max_data {
                if rest.len() < length + 2 {
                    return None;
                }
                if let Ok(data) = parse(&self.buffer) {
                    let data = Zeroizing::new(data.to_vec());
                    self.buffer.clear();
                    return Some(data);
                }
            }
            self.buffer.remove(0);
        }
    }
}
