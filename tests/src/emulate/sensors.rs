//! A relay board with inputs on a serial line, speaking Modbus RTU (functions 01, 02, 05). Frames and check are made here and not by
//! the crate that hal uses; `mbpoll` judges it.

use std::path::Path;

use super::line::{Device, Line};
use super::{Emulator, number};

/// Inputs and relays that the board has.
const PLACES: usize = 8;

/// The board.
pub struct Board {
    unit: u8,
    inputs: [bool; PLACES],
    relays: [bool; PLACES],
    /// A contact that changes with every look, and for how many more.
    bouncing: Option<(usize, u32)>,
    /// As if it had no inputs at all.
    refuses: bool,
    buffer: Vec<u8>,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            unit: 1,
            inputs: [false; PLACES],
            relays: [false; PLACES],
            bouncing: None,
            refuses: false,
            buffer: Vec::new(),
        }
    }
}

/// The check of Modbus RTU (polynomial A001, begins with FFFF), low byte first.
fn check(bytes: &[u8]) -> [u8; 2] {
    let sum = bytes.iter().fold(0xFFFF_u16, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xA001 } else { sum >> 1 })
    });
    sum.to_le_bytes()
}

fn sealed(bytes: &[u8]) -> Vec<u8> {
    [bytes, &check(bytes)].concat()
}

impl Board {
    fn answer(&mut self, function: u8, address: u16, value: u16) -> Vec<u8> {
        let refuse = |unit: u8, reason: u8| sealed(&[unit, function | 0x80, reason]);
        let (first, count) = (usize::from(address), usize::from(value));
        match function {
            0x02 if self.refuses => refuse(self.unit, 0x02),
            0x01 | 0x02 if first + count <= PLACES && count > 0 => {
                if function == 0x02 {
                    self.bounce();
                }
                let places = if function == 0x01 { &self.relays } else { &self.inputs };
                let bits = places.iter().skip(first).take(count).enumerate();
                let byte = bits.fold(0_u8, |byte, (at, on)| byte | u8::from(*on) << at);
                sealed(&[self.unit, function, 1, byte])
            }
            0x05 if first < PLACES && (value == 0xFF00 || value == 0) => {
                if let Some(relay) = self.relays.get_mut(first) {
                    *relay = value != 0;
                }
                let ([high, low], [on, off]) = (address.to_be_bytes(), value.to_be_bytes());
                sealed(&[self.unit, 0x05, high, low, on, off])
            }
            0x01 | 0x02 | 0x05 => refuse(self.unit, 0x02),
            _ => refuse(self.unit, 0x01),
        }
    }

    fn bounce(&mut self) {
        if let Some((at, looks)) = self.bouncing.filter(|(_, looks)| *looks > 0) {
            self.bouncing = Some((at, looks - 1));
            if let Some(input) = self.inputs.get_mut(at) {
                *input = !*input;
            }
        }
    }
}

impl Device for Board {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.buffer.extend_from_slice(bytes);
        let mut replies = Vec::new();
        while let [unit, function, a1, a2, v1, v2, c1, c2, ..] = *self.buffer.as_slice() {
            let whole = check(&[unit, function, a1, a2, v1, v2]) == [c1, c2];
            self.buffer.drain(..if whole { 8 } else { 1 });
            if whole && unit == self.unit {
                replies.push(self.answer(function, u16::from_be_bytes([a1, a2]), u16::from_be_bytes([v1, v2])));
            }
        }
        replies
    }
}

/// The board on its line.
pub struct SensorsEmulator {
    line: Line<Board>,
}

impl SensorsEmulator {
    /// A board on the line `link`, all contacts open.
    ///
    /// # Errors
    /// The machine gives no pty.
    pub fn plug(link: &Path) -> Result<Self, String> {
        Ok(Self { line: Line::plug(link, Board::default())? })
    }
}

impl Emulator for SensorsEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some(done) = self.line.obey(&words) {
            done?;
        } else {
            let mut board = self.line.device();
            match words.as_slice() {
                [what @ ("close" | "open"), input] => {
                    let at: usize = number(Some(input), "input")?;
                    *board.inputs.get_mut(at).ok_or("inputs are 0 to 7")? = *what == "close";
                }
                ["bounce", input, looks] => {
                    board.bouncing = Some((number(Some(input), "input")?, number(Some(looks), "looks")?));
                }
                ["refuse"] => board.refuses = true,
                ["well"] => board.refuses = false,
                ["status"] => {}
                _ => return Err(format!("not understood; {}", self.help())),
            }
        }
        let board = self.line.device();
        let set = |places: &[bool]| {
            let on: Vec<_> =
                (0..).zip(places).filter(|(_, on)| **on).map(|(at, _): (usize, _)| at.to_string()).collect();
            if on.is_empty() { "none".to_owned() } else { on.join(" ") }
        };
        Ok(format!(
            "{}, closed: {}, lit: {}",
            if self.line.is_plugged() { "plugged" } else { "unplugged" },
            set(&board.inputs),
            set(&board.relays)
        ))
    }

    fn help(&self) -> &'static str {
        "close INPUT | open INPUT | bounce INPUT LOOKS | refuse | well | status; \
         wire: unplug | plug | unplug mid-frame | split N | slow MS | merge | noise HEX | damage N | lose N | mute | sound"
    }
}
