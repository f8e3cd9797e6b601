//! Cuts a stream of ESC/POS into commands, pure: a status request inside picture data is picture data.

/// One command or one run of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// DLE EOT n.
    Status(u8),
    /// DLE DC4 fn 8.
    Clear,
    /// GS r 1.
    Done,
    /// GS a with any group on.
    TellByItself,
    /// GS V, ESC i or ESC m: the end of a receipt.
    Cut(Vec<u8>),
    /// Anything else, whole.
    Other(Vec<u8>),
}

impl Token {
    /// The bytes that go onto paper.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Cut(bytes) | Self::Other(bytes) => bytes,
            Self::Status(_) | Self::Clear | Self::Done | Self::TellByItself => &[],
        }
    }
}

/// Keeps what is not whole yet.
#[derive(Default)]
pub(super) struct Parser {
    pending: Vec<u8>,
}

impl Parser {
    /// Takes more bytes; returns every command that is now whole.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Token> {
        self.pending.extend_from_slice(bytes);
        let mut tokens = Vec::new();
        while let Some(length) = whole(&self.pending) {
            let rest = self.pending.split_off(length);
            tokens.push(token(std::mem::replace(&mut self.pending, rest)));
        }
        tokens
    }
}

fn token(bytes: Vec<u8>) -> Token {
    match bytes.as_slice() {
        [0x10, 0x04, n] => Token::Status(*n),
        [0x10, 0x14, 0x08, ..] => Token::Clear,
        [0x1D, 0x72, _] => Token::Done,
        [0x1D, 0x61, 1..=0xFF] => Token::TellByItself,
        [0x1D, 0x56, ..] | [0x1B, 0x69 | 0x6D] => Token::Cut(bytes),
        _ => Token::Other(bytes),
    }
}

/// Length of the first command, if all of it is there.
fn whole(bytes: &[u8]) -> Option<usize> {
    let length = match bytes {
        [] => return None,
        [0x10, 0x14, 0x08, ..] => 10,
        [0x10, 0x14, _, ..] => 5,
        [0x1B, 0x40 | 0x32 | 0x69 | 0x6D, ..] | [0x1C, 0x26 | 0x2E, ..] => 2,
        [0x1D, 0x56, 0x41 | 0x42 | 0x61 | 0x62 | 0x67 | 0x68, ..] | [0x1D, 0x4C | 0x57 | 0x50, ..] => 4,
        [0x1D, 0x76, 0x30, _, xl, xh, yl, yh, ..] => 8 + pair(*xl, *xh) * pair(*yl, *yh),
        [0x1D, 0x76, ..] => 8,
        [0x1D, 0x28, _, low, high, ..] => 5 + pair(*low, *high),
        [0x1D, 0x28, ..] => 5,
        [0x10 | 0x1B | 0x1C | 0x1D, ..] => 3,
        // Text ends where a command begins; Chinese codes have no byte that could begin one.
        text => text.iter().position(|byte| matches!(byte, 0x10 | 0x1B | 0x1C | 0x1D)).unwrap_or(text.len()),
    };
    (bytes.len() >= length).then_some(length)
}

fn pair(low: u8, high: u8) -> usize {
    usize::from(u16::from_le_bytes([low, high]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_request_inside_a_picture_is_answered() {
        let picture = [&[0x1D, 0x76, 0x30, 0x00, 0x03, 0x00, 0x01, 0x00][..], &[0x10, 0x04, 0x01]].concat();
        let stream = [&picture[..], &[0x10, 0x04, 0x02], b"text", &[0x1D, 0x56, 0x41, 0x00]].concat();
        let wanted = [
            Token::Other(picture),
            Token::Status(2),
            Token::Other(b"text".to_vec()),
            Token::Cut(vec![0x1D, 0x56, 0x41, 0x00]),
        ];
        // However the stream is cut, commands come out whole; text may come in pieces.
        assert_eq!(Parser::default().feed(&stream), wanted);
        let mut parser = Parser::default();
        let bytewise: Vec<Token> = stream.iter().flat_map(|byte| parser.feed(&[*byte])).collect();
        assert_eq!(bytewise.iter().filter(|token| matches!(token, Token::Status(_))).count(), 1);
        assert_eq!(bytewise.last(), wanted.last());
    }
}
