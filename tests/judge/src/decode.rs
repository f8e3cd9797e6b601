//! From bytes to printed lines. The parser takes Chinese for CP437, which loses nothing: its characters are turned back into
//! bytes and those read as GB18030.

use std::collections::HashMap;

use encoding_rs::GB18030;
use hardless_escpos::{Align, Node, parse};

/// One printed thing, top to bottom.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A line of text.
    Line {
        /// Its pieces, left to right.
        pieces: Vec<Piece>,
        /// Where it stands.
        align: Place,
    },
    /// Empty lines.
    Feed(u8),
    /// A picture: bytes a row, rows, bits.
    Picture(usize, usize, Vec<u8>),
    /// A QR code: payload, dots a module.
    Qr(String, u8),
    /// The cut.
    Cut,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// Text of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Width and height multipliers of ASCII cells.
    pub size: (u8, u8),
    /// Whether Chinese cells are doubled.
    pub kanji_double: bool,
}

/// A whole receipt.
#[derive(Debug, Default)]
pub struct Receipt {
    /// Top to bottom.
    pub items: Vec<Item>,
    /// Commands nobody knows.
    pub unknown: Vec<String>,
}

impl Receipt {
    /// What stands on the paper.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for item in &self.items {
            match item {
                Item::Line { pieces, .. } => text.extend(pieces.iter().map(|piece| piece.text.as_str())),
                Item::Feed(lines) => text.push_str(&"\n".repeat(usize::from(*lines) - 1)),
                Item::Picture(bytes, rows, _) => text.push_str(&format!("[picture {}x{rows} dots]", bytes * 8)),
                Item::Qr(payload, _) => text.push_str(&format!("[QR {payload}]")),
                Item::Cut => text.push_str("--------8<--------"),
            }
            text.push('\n');
        }
        text
    }
}

/// Reads a job.
pub fn decode(bytes: &[u8]) -> Receipt {
    let mut reader = Reader { size: (1, 1), to_byte: to_byte(), ..Reader::default() };
    for node in parse(bytes) {
        reader.node(node);
    }
    reader.end_line(false);
    reader.receipt
}

/// CP437 turned round, learnt from the parser itself.
fn to_byte() -> HashMap<char, u8> {
    let text = |byte: u8| match parse(&[byte]).into_iter().next() {
        Some(Node::Text { text }) => text.chars().next(),
        _ => None,
    };
    (0x20..=0xFF).filter_map(|byte| text(byte).map(|c| (c, byte))).collect()
}

#[derive(Default)]
struct Reader {
    receipt: Receipt,
    pieces: Vec<Piece>,
    align: Place,
    size: (u8, u8),
    kanji_double: bool,
    module_dots: u8,
    qr: String,
    to_byte: HashMap<char, u8>,
}

impl Reader {
    fn node(&mut self, node: Node) {
        match node {
            Node::Init => (self.size, self.kanji_double, self.align) = ((1, 1), false, Place::Left),
            Node::Text { text } => {
                let bytes: Vec<u8> = text.chars().map(|c| self.to_byte.get(&c).copied().unwrap_or(b'?')).collect();
                let text = GB18030.decode_without_bom_handling(&bytes).0.into_owned();
                self.pieces.push(Piece { text, size: self.size, kanji_double: self.kanji_double });
            }
            Node::LineFeed => self.end_line(true),
            // Prints what waits and feeds: a waiting line is the first of the lines fed.
            Node::Feed { lines } => {
                let empty = lines.saturating_sub(u8::from(!self.pieces.is_empty()));
                self.end_line(false);
                if empty > 0 {
                    self.receipt.items.push(Item::Feed(empty));
                }
            }
            Node::Align { align } => {
                self.align = match align {
                    Align::Left => Place::Left,
                    Align::Center => Place::Center,
                    Align::Right => Place::Right,
                }
            }
            Node::Size { width, height } => self.size = (width, height),
            Node::Cut { .. } => {
                self.end_line(false);
                self.receipt.items.push(Item::Cut);
            }
            Node::QrModuleSize { dots } => self.module_dots = dots,
            Node::QrStore { text, .. } => self.qr = text,
            Node::QrPrint => self.receipt.items.push(Item::Qr(self.qr.clone(), self.module_dots)),
            Node::RasterImage { width_bytes, height, data, .. } => {
                self.end_line(false);
                self.receipt.items.push(Item::Picture(width_bytes.into(), height.into(), data));
            }
            Node::Unknown { bytes, warning, .. } => self.unknown(&bytes, warning),
            _ => {}
        }
    }

    /// What the Chinese mode and the closing status request mean; the parser knows neither.
    fn unknown(&mut self, bytes: &[u8], warning: String) {
        match bytes {
            [0x1C, 0x26 | 0x2E] | [0x1D, 0x72, _] => {}
            [0x1C, 0x21, mode] => self.kanji_double = mode & 0x0C != 0,
            _ => self.receipt.unknown.push(warning),
        }
    }

    fn end_line(&mut self, even_if_empty: bool) {
        if even_if_empty || !self.pieces.is_empty() {
            let pieces = std::mem::take(&mut self.pieces);
            self.receipt.items.push(Item::Line { pieces, align: self.align });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_passes() {
        assert_eq!(decode(b"\x1B@\x1C&\x1C.\x1C!\x0C\x1Dr\x01").unknown, Vec::<String>::new());
        assert_eq!(decode(b"\x1C\x07").unknown.len(), 1);
    }

    #[test]
    fn a_four_byte_character_is_lost() {
        let name = GB18030.encode("林𠮷安 72.00").0.into_owned();
        let bytes = [b"\x1C&".to_vec(), name, b"\x1C.\n".to_vec()].concat();
        assert_eq!(decode(&bytes).text(), "林𠮷安 72.00\n");
    }

    #[test]
    fn a_printed_line_is_fed_twice() {
        assert_eq!(decode(b"a\x1Bd\x01b\x1Bd\x03c\n").text(), "a\nb\n\n\nc\n");
    }

    #[test]
    fn a_qr_code_is_lost() {
        let stored = b"\x1D(k\x05\x001P0hi\x1D(k\x03\x001Q0";
        assert_eq!(decode(stored).items, [Item::Qr("hi".to_owned(), 0)]);
    }
}
