//! Frames on the line: some ASCII digits that tell a length, and that many bytes. Pure; `line` reads and writes them.

use serde::Deserialize;

/// More than any question of ours is answered with; a length beyond it is no length.
pub const BODY_MAX_BYTES: usize = 64 * 1024;

/// How a province's frames tell their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framing {
    /// How many digits.
    pub length_digits: usize,
    /// Whether these digits count themselves.
    pub length_counts_itself: bool,
}

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length is not made of digits.
    #[error("the length of a frame is no number")]
    Length,
    /// Longer than any answer, or than its digits can tell.
    #[error("a frame of {0} bytes is too long")]
    TooLong(usize),
    /// The length does not even count its own digits.
    #[error("a frame of {0} bytes is too short")]
    TooShort(usize),
}

impl Framing {
    const fn counted(self) -> usize {
        if self.length_counts_itself { self.length_digits } else { 0 }
    }

    /// A body with its length before it.
    pub fn wrap(self, body: &[u8]) -> Result<Vec<u8>, FrameError> {
        let length = body.len().saturating_add(self.counted());
        let digits = format!("{length:0width$}", width = self.length_digits);
        if body.len() > BODY_MAX_BYTES || digits.len() > self.length_digits {
            return Err(FrameError::TooLong(length));
        }
        Ok([digits.as_bytes(), body].concat())
    }

    /// How many bytes follow these digits.
    pub fn body_bytes(self, digits: &[u8]) -> Result<usize, FrameError> {
        let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let length: usize = text.and_then(|text| text.parse().ok()).ok_or(FrameError::Length)?;
        let body = length.checked_sub(self.counted()).ok_or(FrameError::TooShort(length))?;
        if body > BODY_MAX_BYTES { Err(FrameError::TooLong(length)) } else { Ok(body) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_length_counts_other_bytes_than_it_should() {
        let plain = Framing { length_digits: 6, length_counts_itself: false };
        let whole = Framing { length_digits: 4, length_counts_itself: true };
        assert_eq!(plain.wrap(b"abc").unwrap(), b"000003abc");
        assert_eq!(whole.wrap(b"abc").unwrap(), b"0007abc");
        assert_eq!((plain.body_bytes(b"000003"), whole.body_bytes(b"0007")), (Ok(3), Ok(3)));
        assert_eq!(whole.body_bytes(b"0003"), Err(FrameError::TooShort(3)));
    }

    #[test]
    fn a_length_is_believed_whatever_it_says() {
        let plain = Framing { length_digits: 6, length_counts_itself: false };
        for junk in [b"00000x", b"-00001", b"     3", b"\xff\xff\xff\xff\xff\xff"] {
            assert_eq!(plain.body_bytes(junk), Err(FrameError::Length));
        }
        assert_eq!(plain.body_bytes(b"999999"), Err(FrameError::TooLong(999_999)));
        assert_eq!(plain.body_bytes(b""), Err(FrameError::Length));
        let short = Framing { length_digits: 2, length_counts_itself: false };
        assert_eq!(short.wrap(&[0; 100]), Err(FrameError::TooLong(100)));
        assert_eq!(plain.wrap(&vec![0; BODY_MAX_BYTES + 1]), Err(FrameError::TooLong(BODY_MAX_BYTES + 1)));
    }
}
