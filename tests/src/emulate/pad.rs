//! A number pad on a serial line: plain, or encrypting with the profile of `hal::pad::secure`. Frames are built here and not by hal.

use std::path::Path;

use super::Emulator;
use super::line::{Device, Line};

/// What an encrypting pad is doing and how it is.
#[derive(Default)]
pub struct Keys {
    encrypting: bool,
    /// Digits typed so far, while a PIN is asked for.
    entry: Option<Entry>,
    /// 00 good, 01 opened by force, 02 no keys.
    state: u8,
    /// A forged pad: sends digits in the clear while a PIN is typed.
    forged: bool,
    buffer: Vec<u8>,
}

struct Entry {
    least: u8,
    most: u8,
    digits: Vec<u8>,
}

fn frame(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or_default().to_be_bytes();
    let check = data.iter().fold(0, |sum, byte| sum ^ byte);
    [&[0x02], &length[..], data, &[check, 0x03]].concat()
}

impl Keys {
    fn command(&mut self, data: &[u8]) -> Option<Vec<u8>> {
        match data {
            [b'S'] => Some(frame(&[b'S', self.state])),
            [b'E', least, most] => {
                self.entry = Some(Entry { least: *least, most: *most, digits: Vec::new() });
                None
            }
            [b'A'] => {
                self.entry = None;
                Some(frame(b"C"))
            }
            _ => None,
        }
    }

    /// What goes over the line when this key is pressed.
    fn press(&mut self, key: u8) -> Option<Vec<u8>> {
        if !self.encrypting {
            return Some(vec![key]);
        }
        let Some(entry) = &mut self.entry else { return Some(frame(&[b'K', key])) };
        if self.forged {
            return Some(frame(&[b'K', key]));
        }
        let typed = |entry: &Entry| frame(&[b'P', u8::try_from(entry.digits.len()).unwrap_or(u8::MAX)]);
        match key {
            b'0'..=b'9' if entry.digits.len() < usize::from(entry.most) => {
                entry.digits.push(key);
                Some(typed(entry))
            }
            0x08 => {
                entry.digits.pop();
                Some(typed(entry))
            }
            0x1B => {
                self.entry = None;
                Some(frame(b"C"))
            }
            0x0D if entry.digits.len() >= usize::from(entry.least) => {
                // Not a cipher: the terminal cannot tell, and must not be able to.
                let mut block: Vec<u8> = entry.digits.iter().map(|digit| digit.wrapping_mul(0x9D) ^ 0x5A).collect();
                block.resize(8, 0xC3);
                self.entry = None;
                Some(frame(&[&[b'B', 0x01, 0x07], block.as_slice()].concat()))
            }
            _ => None,
        }
    }
}

impl Device for Keys {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.buffer.extend_from_slice(bytes);
        let mut replies = Vec::new();
        while let [0x02, 0x00, length, rest @ ..] = self.buffer.as_slice() {
            let length = usize::from(*length);
            if rest.len() < length + 2 {
                break;
            }
            let data = rest.get(..length).unwrap_or_default().to_vec();
            self.buffer.drain(..length + 5);
            replies.extend(self.command(&data));
        }
        replies
    }
}

/// The pad on its line.
pub struct PadEmulator {
    line: Line<Keys>,
}

impl PadEmulator {
    /// A plain pad on the line `link`.
    ///
    /// # Errors
    /// The machine gives no pty.
    pub fn plug(link: &Path) -> Result<Self, String> {
        Ok(Self { line: Line::plug(link, Keys::default())? })
    }

    fn press(&self, key: u8) {
        let sent = self.line.device().press(key);
        if let Some(frame) = sent {
            self.line.say(&frame);
        }
    }
}

impl Emulator for PadEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some(done) = self.line.obey(&words) {
            done?;
        } else {
            match words.as_slice() {
                ["type", digits] if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                    digits.bytes().for_each(|digit| self.press(digit));
                }
                ["confirm"] => self.press(0x0D),
                ["correct"] => self.press(0x08),
                ["cancel"] => self.press(0x1B),
                ["previous"] => self.press(b'A'),
                ["next"] => self.press(b'B'),
                ["kind", "plain"] => *self.line.device() = Keys::default(),
                ["kind", "encrypting"] => *self.line.device() = Keys { encrypting: true, ..Keys::default() },
                ["tamper"] => self.line.device().state = 1,
                ["no", "key"] => self.line.device().state = 2,
                ["forged"] => self.line.device().forged = true,
                ["status"] => {}
                _ => return Err(format!("not understood; {}", self.help())),
            }
        }
        let keys = self.line.device();
        Ok(format!(
            "{}, {}, {}",
            if self.line.is_plugged() { "plugged" } else { "unplugged" },
            if keys.encrypting { "encrypting" } else { "plain" },
            if keys.entry.is_some() { "a pin is asked for" } else { "idle" }
        ))
    }

    fn help(&self) -> &'static str {
        "type DIGITS | confirm | correct | cancel | previous | next | kind plain | kind encrypting | tamper | no key | forged | status; \
         wire: unplug | plug | unplug mid-frame | split N | slow MS | merge | noise HEX | damage N | lose N | mute | sound"
    }
}
