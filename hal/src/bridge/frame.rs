//! Frames between the terminal and a vendor bridge. Pure and total; the table of kinds stands in [`crate::bridge`].
//!
//! The pipe loses and turns no bytes, so that there is nothing to resynchronise: bytes that are no frame mean that the program at the
//! other end is broken, and whoever reads closes the connection.
//!
//! A body may be somebody's (an APDU, a PIN): frames have no `Debug`, and what holds them is overwritten when dropped.

use zeroize::Zeroizing;

/// The version of this table; the first byte of [`Frame::Hello`] and [`Frame::Welcome`] in every version to come.
pub const VERSION: u8 = 1;
/// The longest body: four times the longest answer of a card, so that no class will soon need another version.
pub const MAX_BODY_BYTES: usize = 1024;
/// Kind and request id: what a frame's length counts besides its body.
const HEAD_BYTES: usize = 5;
/// The length itself.
const LENGTH_BYTES: usize = 2;
/// The longest name that a bridge may give itself.
const MAX_NAME_CHARS: usize = 64;

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Shorter than a frame's head, or longer than any frame.
    #[error("wrong length")]
    Length,
    /// No such kind.
    #[error("unknown kind")]
    Kind,
    /// The body is not what its kind needs.
    #[error("wrong body")]
    Body,
}

/// What is wrong with the device behind a bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The device gave no answer within the command's time.
    TimedOut,
    /// The library does not find its device.
    NoDevice,
    /// The device is broken.
    Broken,
    /// The card that was meant is not in the reader.
    NoCard,
    /// The card gives no answer to reset.
    MuteCard,
    /// The card is stuck.
    Jammed,
    /// The bin for retained cards takes no more.
    BinFull,
    /// The security module does not do this.
    Refused,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As wanted.
    Done,
    /// Because of a cancel frame.
    Cancelled,
    /// Another command is running.
    Busy,
    /// No such operation, or not with these arguments.
    NotSupported,
    /// Not, because of the device.
    Not(Trouble),
}

/// Result codes on the wire.
const OUTCOMES: [(u8, Outcome); 12] = [
    (0x00, Outcome::Done),
    (0x01, Outcome::Cancelled),
    (0x02, Outcome::Busy),
    (0x03, Outcome::NotSupported),
    (0x10, Outcome::Not(Trouble::TimedOut)),
    (0x11, Outcome::Not(Trouble::NoDevice)),
    (0x12, Outcome::Not(Trouble::Broken)),
    (0x20, Outcome::Not(Trouble::NoCard)),
    (0x21, Outcome::Not(Trouble::MuteCard)),
    (0x22, Outcome::Not(Trouble::Jammed)),
    (0x23, Outcome::Not(Trouble::BinFull)),
    (0x30, Outcome::Not(Trouble::Refused)),
];

impl Outcome {
    fn of(code: u8) -> Result<Self, Malformed> {
        OUTCOMES.iter().find(|(of, _)| *of == code).map(|(_, outcome)| *outcome).ok_or(Malformed::Body)
    }

    fn code(self) -> u8 {
        OUTCOMES.iter().find(|(_, outcome)| *outcome == self).map_or(0x12, |(code, _)| *code)
    }
}

/// What a command says before it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It has begun.
    Accepted,
    /// It waits for somebody and goes on by itself.
    Blocked(Trouble),
    /// What blocked it is gone.
    Resumed,
}

/// Bytes of a body.
pub type Bytes = Zeroizing<Vec<u8>>;

/// One frame. Hello, command and cancel go to the bridge; the others come from it.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// The first frame of a connection.
    Hello {
        /// [`VERSION`].
        version: u8,
        /// Which class of device is wanted.
        class: u8,
        /// Whether event frames are wanted on this connection.
        events: bool,
    },
    /// Do something.
    Command {
        /// Higher than any before on this connection.
        id: u32,
        /// Of the class.
        operation: u8,
        /// Milliseconds from now; after that nobody waits any more.
        left_ms: u32,
        /// Of the operation.
        arguments: Bytes,
    },
    /// Stop the command of this id; it still completes.
    Cancel {
        /// Of the command.
        id: u32,
    },
    /// The answer to hello.
    Welcome {
        /// What the bridge speaks.
        version: u8,
        /// What it serves.
        class: u8,
        /// What it calls itself: maker, model, library's version. No control characters.
        name: String,
    },
    /// The one end of a command.
    Completion {
        /// Of the command.
        id: u32,
        /// How it ended.
        outcome: Outcome,
        /// Of the operation; empty unless done.
        data: Bytes,
    },
    /// A command is still running.
    Progress {
        /// Of the command.
        id: u32,
        /// What it says.
        news: News,
    },
    /// Something happened that nobody asked for.
    Event {
        /// Of the class.
        data: Bytes,
    },
}

/// The bytes of a frame. A body that is too long is cut, and its peer refuses it.
#[must_use]
pub fn encode(frame: &Frame) -> Bytes {
    let (kind, id, body): (u8, u32, Bytes) = match frame {
        Frame::Hello { version, class, events } => (0x01, 0, vec![*version, *class, u8::from(*events)].into()),
        Frame::Command { id, operation, left_ms, arguments } => {
            (0x02, *id, [&[*operation], &left_ms.to_be_bytes()[..], arguments].concat().into())
        }
        Frame::Cancel { id } => (0x03, *id, Bytes::default()),
        Frame::Welcome { version, class, name } => (0x81, 0, [&[*version, *class], name.as_bytes()].concat().into()),
        Frame::Completion { id, outcome, data } => (0x82, *id, [&[outcome.code()], data.as_slice()].concat().into()),
        Frame::Progress { id, news } => (0x83, *id, encode_news(*news).into()),
        Frame::Event { data } => (0x84, 0, data.clone()),
    };
    let body = body.get(..MAX_BODY_BYTES).unwrap_or(&body);
    let length = u16::try_from(HEAD_BYTES + body.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), &[kind][..], &id.to_be_bytes(), body].concat().into()
}

fn encode_news(news: News) -> Vec<u8> {
    match news {
        News::Accepted => vec![0x01],
        News::Blocked(trouble) => vec![0x02, Outcome::Not(trouble).code()],
        News::Resumed => vec![0x03],
    }
}

/// Reads one whole frame.
///
/// # Errors
/// [`Malformed`].
pub fn parse(bytes: &[u8]) -> Result<Frame, Malformed> {
    if whole_bytes(bytes)? != Some(bytes.len()) {
        return Err(Malformed::Length);
    }
    let [_, _, kind, i1, i2, i3, i4, body @ ..] = bytes else { return Err(Malformed::Length) };
    let id = u32::from_be_bytes([*i1, *i2, *i3, *i4]);
    let own = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
    Ok(match (kind, body) {
        (0x01, [version, class, rest @ ..]) => {
            Frame::Hello { version: *version, class: *class, events: rest.first() == Some(&1) }
        }
        (0x02, [operation, l1, l2, l3, l4, arguments @ ..]) => Frame::Command {
            id,
            operation: *operation,
            left_ms: u32::from_be_bytes([*l1, *l2, *l3, *l4]),
            arguments: own(arguments),
        },
        (0x03, []) => Frame::Cancel { id },
        (0x81, [version, class, name @ ..]) => {
            Frame::Welcome { version: *version, class: *class, name: self::name(name) }
        }
        (0x82, [result, data @ ..]) => Frame::Completion { id, outcome: Outcome::of(*result)?, data: own(data) },
        (0x83, body) => Frame::Progress { id, news: news(body)? },
        (0x84, data) => Frame::Event { data: own(data) },
        (0x01..=0x03 | 0x81 | 0x82, _) => return Err(Malformed::Body),
        _ => return Err(Malformed::Kind),
    })
}

fn news(body: &[u8]) -> Result<News, Malformed> {
    match body {
        [0x01] => Ok(News::Accepted),
        [0x02, why] => match Outcome::of(*why)? {
            Outcome::Not(trouble) => Ok(News::Blocked(trouble)),
            _ => Err(Malformed::Body),
        },
        [0x03] => Ok(News::Resumed),
        _ => Err(Malformed::Body),
    }
}

/// It is shown to a technician, and must not move his cursor.
fn name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect()
}

/// How many bytes the frame at the beginning of `bytes` has in all; `None` where it does not say yet.
fn whole_bytes(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let [high, low, ..] = bytes else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if (HEAD_BYTES..=HEAD_BYTES + MAX_BODY_BYTES).contains(&length) {
        Ok(Some(LENGTH_BYTES + length))
    } else {
        Err(Malformed::Length)
    }
}

/// Finds frames in what comes off the pipe, however it is cut.
pub struct Framer(Bytes);

impl Default for Framer {
    fn default() -> Self {
        // Room for the longest frame from the start: growing would leave copies behind.
        Self(Zeroizing::new(Vec::with_capacity(LENGTH_BYTES + HEAD_BYTES + MAX_BODY_BYTES)))
    }
}

impl Framer {
    /// Takes in bytes; returns the frames that are now whole.
    ///
    /// # Errors
    /// [`Malformed`]: the connection is of no more use.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Frame>, Malformed> {
        let mut frames = Vec::new();
        for byte in bytes {
            self.0.push(*byte);
            match whole_bytes(&self.0) {
                Ok(Some(whole)) if whole == self.0.len() => {
                    let frame = parse(&self.0);
                    self.0.clear();
                    frames.push(frame?);
                }
                Ok(_) => {}
                Err(malformed) => {
                    self.0.clear();
                    return Err(malformed);
                }
            }
        }
        Ok(frames)
    }

    /// Bytes of a frame that is not whole yet.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn every_kind() -> Vec<Frame> {
        let data = Zeroizing::new(vec![0x90, 0x00]);
        let mut frames = vec![
            Frame::Hello { version: VERSION, class: 1, events: true },
            Frame::Command { id: 7, operation: 3, left_ms: 5000, arguments: data.clone() },
            Frame::Cancel { id: u32::MAX },
            Frame::Welcome { version: 2, class: 9, name: "示例 M-1".to_owned() },
            Frame::Progress { id: 7, news: News::Blocked(Trouble::Jammed) },
            Frame::Progress { id: 7, news: News::Resumed },
            Frame::Event { data: data.clone() },
        ];
        frames.extend(OUTCOMES.map(|(_, outcome)| Frame::Completion { id: 7, outcome, data: data.clone() }));
        frames
    }

    #[test]
    fn a_frame_is_cut_into_pieces() {
        let sent = every_kind();
        let bytes: Vec<u8> = sent.iter().flat_map(|frame| encode(frame).to_vec()).collect();
        for size in [1, 2, 3, 7, bytes.len()] {
            let mut framer = Framer::default();
            let heard: Vec<Frame> = bytes.chunks(size).flat_map(|piece| framer.feed(piece).unwrap()).collect();
            assert!(heard == sent, "in pieces of {size}");
        }
    }

    #[test]
    fn junk_is_taken_for_a_frame() {
        let refused = |bytes: &[u8]| parse(bytes).err();
        assert_eq!(refused(&[]), Some(Malformed::Length));
        assert_eq!(refused(&[0, 4, 3, 0, 0, 0]), Some(Malformed::Length));
        assert_eq!(refused(&[0, 5, 0x44, 0, 0, 0, 1]), Some(Malformed::Kind));
        assert_eq!(refused(&[0, 6, 3, 0, 0, 0, 1, 0]), Some(Malformed::Body), "a cancel with a body");
        assert_eq!(refused(&[0, 6, 0x82, 0, 0, 0, 1, 0x7F]), Some(Malformed::Body), "an unknown result");
        assert_eq!(Framer::default().feed(&[0xFF, 0xFF, 0]).err(), Some(Malformed::Length), "a length without end");
        let mut whole = encode(&every_kind()[1]).to_vec();
        whole.push(0);
        assert_eq!(refused(&whole), Some(Malformed::Length), "bytes behind the frame");
    }

    #[test]
    fn a_bridge_writes_over_the_technicians_screen() {
        let bytes = [&[0, 12, 0x81, 0, 0, 0, 0, 1, 1][..], b"\x1B[2JX"].concat();
        let Ok(Frame::Welcome { name, .. }) = parse(&bytes) else { panic!("a good welcome was refused") };
        assert_eq!(name, "[2JX");
    }
}
