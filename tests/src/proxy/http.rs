//! As much of HTTP/1.1 as terminal and agency use between them: a head, a length, a body. Pure but for reading and writing whole messages.
//! Must never look into a body.

use std::io::{ErrorKind, Read, Write};

/// No message of the contract is longer; a document is some hundred kilobytes.
const MESSAGE_MAX_BYTES: usize = 16 << 20;
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// The next whole message, head and body; `None` where the other side is done.
///
/// # Errors
/// The line broke in the middle, or the message is none.
pub fn read(from: &mut impl Read) -> std::io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    let mut piece = [0; 8192];
    loop {
        if length(&message)?.is_some_and(|whole| message.len() >= whole) {
            return Ok(Some(message));
        }
        match from.read(&mut piece)? {
            0 if message.is_empty() => return Ok(None),
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => message.extend(piece.get(..count).unwrap_or_default()),
        }
        if message.len() > MESSAGE_MAX_BYTES {
            return Err(ErrorKind::InvalidData.into());
        }
    }
}

/// Sends it, and sees that it goes.
///
/// # Errors
/// The line is broken.
pub fn write(to: &mut impl Write, message: &[u8]) -> std::io::Result<()> {
    to.write_all(message)?;
    to.flush()
}

/// Bytes of head and body, once the head is there. A message without a length has no body.
fn length(message: &[u8]) -> std::io::Result<Option<usize>> {
    let Some(head) = head(message) else { return Ok(None) };
    let text = std::str::from_utf8(message.get(..head).unwrap_or_default()).map_err(|_| ErrorKind::InvalidData)?;
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    let body = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value.trim());
    let body = body.map(str::parse::<usize>).next().transpose().map_err(|_| ErrorKind::InvalidData)?;
    Ok(Some(head + body.unwrap_or(0)))
}

/// Bytes of the head with the empty line behind it.
fn head(message: &[u8]) -> Option<usize> {
    let at = message.windows(END_OF_HEAD.len()).position(|four| four == END_OF_HEAD)?;
    Some(at + END_OF_HEAD.len())
}

/// Where a request goes.
#[must_use]
pub fn path(request: &[u8]) -> String {
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    String::from_utf8_lossy(line).split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Whether a reply says yes.
#[must_use]
pub fn is_good(reply: &[u8]) -> bool {
    reply.starts_with(b"HTTP/1.1 200 ")
}

/// Whether a reply says no in the agency's own words: a status of the fours, and JSON.
#[must_use]
pub fn is_refusal(reply: &[u8]) -> bool {
    let text = String::from_utf8_lossy(reply.get(..head(reply).unwrap_or(0)).unwrap_or_default()).to_lowercase();
    text.starts_with("http/1.1 4")
        && text.lines().any(|line| line.starts_with("content-type:") && line.contains("json"))
}

/// The middle of a message's body; of its head where it has no body.
#[must_use]
pub fn middle(message: &[u8]) -> usize {
    let head = head(message).unwrap_or(0);
    if message.len() > head { head + (message.len() - head) / 2 } else { head / 2 }
}

/// What a gateway says that has lost what lies behind it.
#[must_use]
pub fn bad_gateway() -> Vec<u8> {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>";
    let head = "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length";
    format!("{head}: {}\r\n\r\n{page}", page.len()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_in_pieces_is_taken_for_two() {
        let message = b"POST /v1/query HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd";
        // One byte at a time.
        struct Drip<'a>(&'a [u8]);
        impl Read for Drip<'_> {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                self.0.read(&mut into[..1])
            }
        }
        let mut drip = Drip(message);
        assert_eq!(read(&mut drip).unwrap().unwrap(), message);
        assert_eq!(read(&mut drip).unwrap(), None);
        assert_eq!(path(message), "/v1/query");
        assert_eq!(&message[..middle(message)], b"POST /v1/query HTTP/1.1\r\nContent-Length: 4\r\n\r\nab");
    }

    #[test]
    fn a_message_that_breaks_off_passes_for_whole() {
        let broken: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab";
        assert!(read(&mut { broken }).is_err());
        let unchanged: &[u8] = b"HTTP/1.1 304 Not Modified\r\n\r\n";
        assert_eq!(read(&mut { unchanged }).unwrap().unwrap(), unchanged);
        assert_eq!(read(&mut bad_gateway().as_slice()).unwrap().unwrap(), bad_gateway());
    }

    #[test]
    fn a_gateways_page_passes_for_the_agencys_no() {
        let no: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        assert!(is_refusal(no) && !is_good(no));
        let junk: &[u8] = b"HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\njson";
        for none in [bad_gateway().as_slice(), junk, b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"] {
            assert!(!is_refusal(none));
        }
    }
}
