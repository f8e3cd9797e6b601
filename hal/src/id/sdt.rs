//! The serial protocol of the resident-ID security module (SDT / SAM-V): frames and replies. Pure and total.
//!
//! Host to module `AA AA AA 96 69`, length (2, big-endian), command, parameter, check; module to host the same with SW1 SW2 SW3
//! and data. The length counts everything behind itself, check included; the check is the XOR from the length to the last data
//! byte. Source: GA 450 and the command tables of the modules' makers.

use zeroize::Zeroizing;

pub use crate::wire::stx::BadFrame as Malformed;
use crate::wire::stx::xor;

/// How every frame begins.
pub const HEADER: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// Length of the longest reply: text, portrait and two fingerprints.
pub const MAX_LENGTH: usize = 0x090A;

/// Three status bytes and the check.
const LEAST_LENGTH: usize = 4;

/// Bytes before the part that the length counts.
const LEAD: usize = HEADER.len() + 2;

/// What a module can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Starts the security module anew. (One source has `01 FF`; the numbering of all others says `10 FF`.)
    ResetSam,
    /// Self-test.
    SamStatus,
    /// Number of the security module.
    SamId,
    /// Is a document there?
    Find,
    /// Takes it.
    Select,
    /// Text and portrait.
    ReadTextPhoto,
    /// Text, portrait, fingerprints. Never sent by our drivers: nobody here needs a fingerprint.
    ReadTextPhotoFingerprint,
    /// The newest address, where the chip holds one.
    ReadNewestAddress,
}

impl Command {
    /// Command and parameter byte.
    #[must_use]
    pub const fn bytes(self) -> [u8; 2] {
        match self {
            Self::ResetSam => [0x10, 0xFF],
            Self::SamStatus => [0x11, 0xFF],
            Self::SamId => [0x12, 0xFF],
            Self::Find => [0x20, 0x01],
            Self::Select => [0x20, 0x02],
            Self::ReadTextPhoto => [0x30, 0x01],
            Self::ReadTextPhotoFingerprint => [0x30, 0x10],
            Self::ReadNewestAddress => [0x30, 0x03],
        }
    }

    /// The whole frame.
    #[must_use]
    pub fn frame(self) -> Vec<u8> {
        frame(&self.bytes())
    }
}

/// A frame around `payload` (all bytes between length and check). Longer than a length can say it would be cut; the protocol
/// has nothing that long.
#[must_use]
pub fn frame(payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 1).unwrap_or(u16::MAX).to_be_bytes();
    let counted = [&length, payload].concat();
    let check = xor(&counted);
    [&HEADER, counted.as_slice(), &[check]].concat()
}

/// One good reply. Has no `Debug`: its data may be somebody's.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// SW1 SW2 SW3; the third one tells.
    pub status: [u8; 3],
    /// Behind them, without the check.
    pub data: Zeroizing<Vec<u8>>,
}

/// What SW3 means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// 90.
    Ok,
    /// 9F.
    CardFound,
    /// 10: the module got our frame damaged.
    ChecksumError,
    /// 11.
    LengthError,
    /// 21.
    CommandError,
    /// 24.
    UnknownError,
    /// 31.
    AuthCardToSamFailed,
    /// 32.
    AuthSamToCardFailed,
    /// 33.
    VerifyFailed,
    /// 40.
    WrongCard,
    /// 41.
    ReadFailed,
    /// 47.
    RandomFailed,
    /// 60.
    SelfTestFailed,
    /// 66.
    NotAuthorised,
    /// 80.
    NoCard,
    /// 81.
    SelectFailed,
    /// 91.
    ItemEmpty,
    /// Any other.
    Unrecognised,
}

impl Reply {
    /// Reads one whole reply.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let begins = bytes.len().min(HEADER.len());
        if bytes.get(..begins) != HEADER.get(..begins) {
            return Err(Malformed::Header);
        }
        let length = declared(bytes).ok_or(Malformed::Length)?;
        if length < LEAST_LENGTH || bytes.len() != LEAD + length {
            return Err(Malformed::Length);
        }
        let counted = bytes.get(HEADER.len()..).unwrap_or_default();
        let [_, _, sw1, sw2, sw3, data @ .., _] = counted else { return Err(Malformed::Length) };
        if xor(counted) != 0 {
            return Err(Malformed::Checksum);
        }
        Ok(Self { status: [*sw1, *sw2, *sw3], data: Zeroizing::new(data.to_vec()) })
    }

    /// What SW3 means.
    #[must_use]
    pub const fn meaning(&self) -> Meaning {
        match self.status[2] {
            0x90 => Meaning::Ok,
            0x9F => Meaning::CardFound,
            0x10 => Meaning::ChecksumError,
            0x11 => Meaning::LengthError,
            0x21 => Meaning::CommandError,
            0x24 => Meaning::UnknownError,
            0x31 => Meaning::AuthCardToSamFailed,
            0x32 => Meaning::AuthSamToCardFailed,
            0x33 => Meaning::VerifyFailed,
            0x40 => Meaning::WrongCard,
            0x41 => Meaning::ReadFailed,
            0x47 => Meaning::RandomFailed,
            0x60 => Meaning::SelfTestFailed,
            0x66 => Meaning::NotAuthorised,
            0x80 => Meaning::NoCard,
            0x81 => Meaning::SelectFailed,
            0x91 => Meaning::ItemEmpty,
            _ => Meaning::Unrecognised,
        }
    }
}

/// The length a frame declares, once it is there.
fn declared(bytes: &[u8]) -> Option<usize> {
    let field = bytes.get(HEADER.len()..LEAD)?;
    field.try_into().ok().map(|field| usize::from(u16::from_be_bytes(field)))
}

/// Finds replies in what comes off the wire, however it is cut and whatever lies between.
pub struct Framer {
    buffer: Zeroizing<Vec<u8>>,
    max_length: usize,
    bad_frames: usize,
}

impl Default for Framer {
    fn default() -> Self {
        Self::new(MAX_LENGTH)
    }
}

impl Framer {
    /// A framer that believes no length above `max_length`.
    #[must_use]
    pub fn new(max_length: usize) -> Self {
        // Room for the longest frame from the start: growing would leave copies behind.
        Self { buffer: Zeroizing::new(Vec::with_capacity(LEAD + max_length)), max_length, bad_frames: 0 }
    }

    /// Takes in bytes; returns the replies that are now whole.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Reply> {
        let mut replies = Vec::new();
        for byte in bytes {
            self.buffer.push(*byte);
            replies.extend(self.look());
        }
        replies
    }

    /// Whole frames whose check was wrong.
    #[must_use]
    pub const fn bad_frames(&self) -> usize {
        self.bad_frames
    }

    /// Bytes of a frame that is not whole yet.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.buffer.len()
    }

    /// At most one frame can have become whole by one byte more.
    fn look(&mut self) -> Option<Reply> {
        loop {
            self.drop_noise();
            let length = declared(&self.buffer)?;
            if !(LEAST_LENGTH..=self.max_length).contains(&length) {
                // No such frame: what looked like a header was not one.
                self.buffer.remove(0);
                continue;
            }
            if self.buffer.len() < LEAD + length {
                return None;
            }
            match Reply::parse(&self.buffer) {
                Ok(reply) => {
                    self.buffer.clear();
                    return Some(reply);
                }
                Err(_) => {
                    self.bad_frames += 1;
                    // A lost byte makes the next frame's head look like this one's tail: look at every byte again.
                    self.buffer.remove(0);
                }
            }
        }
    }

    /// Drops what cannot begin a frame.
    fn drop_noise(&mut self) {
        let begins = |from: &[u8]| {
            let seen = from.len().min(HEADER.len());
            from.get(..seen) == HEADER.get(..seen)
        };
        let noise = (0..self.buffer.len()).find(|at| self.buffer.get(*at..).is_some_and(begins));
        let noise = noise.unwrap_or(self.buffer.len());
        self.buffer.drain(..noise);
    }
}

/// Parts of the data of a read reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Where the text lies in the data.
    pub text: std::ops::Range<usize>,
    /// Where the portrait lies.
    pub photo: std::ops::Range<usize>,
    /// Where the fingerprints lie; empty where there are none.
    pub fingerprint: std::ops::Range<usize>,
}

/// Splits the data of `30 01`, or of `30 10` which declares fingerprints too.
///
/// # Errors
/// [`Malformed::Length`].
pub fn parts(data: &[u8], with_fingerprint: bool) -> Result<Parts, Malformed> {
    let fields = if with_fingerprint { 3 } else { 2 };
    let length = |field: usize| {
        let bytes = data.get(field * 2..field * 2 + 2).and_then(|bytes| bytes.try_into().ok());
        bytes.map(|bytes| usize::from(u16::from_be_bytes(bytes))).ok_or(Malformed::Length)
    };
    let (text, photo) = (length(0)?, length(1)?);
    let fingerprint = if with_fingerprint { length(2)? } else { 0 };
    let text = fields * 2..fields * 2 + text;
    let photo = text.end..text.end + photo;
    let fingerprint = photo.end..photo.end + fingerprint;
    if fingerprint.end == data.len() { Ok(Parts { text, photo, fingerprint }) } else { Err(Malformed::Length) }
}

/// Which finger each of the two templates of 512 bytes is of: the byte at offset 5 (11 right thumb to 20 left little finger, 97 to
/// 99 unknown). The offset is one maker's reading.
#[must_use]
pub fn finger_positions(fingerprint: &[u8]) -> Vec<u8> {
    fingerprint.chunks(512).filter_map(|template| template.get(5).copied()).collect()
}

/// The module's number as its makers print it.
///
/// # Errors
/// [`Malformed::Length`].
pub fn module_id(data: &[u8]) -> Result<String, Malformed> {
    let [a, b, c, d, rest @ ..] = data else { return Err(Malformed::Length) };
    let (major, minor) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
    let mut parts = [0; 3];
    if rest.len() != 4 * parts.len() {
        return Err(Malformed::Length);
    }
    for (part, bytes) in parts.iter_mut().zip(rest.chunks(4)) {
        *part = bytes.try_into().map(u32::from_le_bytes).map_err(|_| Malformed::Length)?;
    }
    let [date, serial, check] = parts;
    Ok(format!("{major:02}.{minor:02}-{date}-{serial:010}-{check}"))
}
