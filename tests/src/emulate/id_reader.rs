//! A resident-ID module on a serial line, in either dialect. Its frames are built here byte by byte and not by hal, so that the
//! two can disagree.

use std::path::Path;

use super::line::{Device, Line};
use super::{Emulator, number};
use crate::people::person;

const HEADER: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// What is wrong with the module or with the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fault {
    #[default]
    None,
    /// Self-test fails.
    Sam,
    /// Document and module do not accept each other.
    Refuses,
    /// The document is lifted between select and read.
    LiftedMidRead,
}

/// The module.
#[derive(Default)]
pub struct Module {
    dialect_b: bool,
    /// Text block of the document that lies there.
    lying: Option<Vec<u8>>,
    /// Where its chip holds a newer address.
    newer_address: Option<Vec<u8>>,
    fault: Fault,
    /// Commands heard, as two bytes each.
    heard: Vec<[u8; 2]>,
    buffer: Vec<u8>,
}

impl Module {
    fn answer(&mut self, command: [u8; 2]) -> Vec<u8> {
        self.heard.push(command);
        let there = self.lying.is_some();
        let status = |sw3: u8| sdt(&[0x00, 0x00, sw3]);
        match (command, self.fault) {
            ([0x10 | 0x11, 0xFF], Fault::Sam) => status(0x60),
            ([0x10 | 0x11, 0xFF], _) => status(0x90),
            ([0x12, 0xFF], _) => sdt(&[
                &[0x00, 0x00, 0x90, 0x05, 0x00, 0x01, 0x00][..],
                &20_260_101_u32.to_le_bytes(),
                &123_456_u32.to_le_bytes(),
                &987_654_321_u32.to_le_bytes(),
            ]
            .concat()),
            (_, Fault::Sam) => status(0x66),
            ([0x20, 0x01], _) if there => sdt(&[0x00, 0x00, 0x9F, 0x00, 0x00, 0x00, 0x00]),
            ([0x20, 0x01], _) => status(0x80),
            ([0x20, 0x02], Fault::Refuses) => status(0x31),
            ([0x20, 0x02], _) if there => sdt(&[0x00, 0x00, 0x90, 0, 0, 0, 0, 0, 0, 0, 0]),
            ([0x20, 0x02], _) => status(0x81),
            ([0x30, 0x01], Fault::LiftedMidRead) => {
                self.lying = None;
                status(0x41)
            }
            ([0x30, 0x01], _) => match &self.lying {
                Some(text) => {
                    let lengths = [0x00, 0x00, 0x90, 0x01, 0x00, 0x04, 0x00];
                    sdt(&[&lengths, text.as_slice(), &[0x57; 1024]].concat())
                }
                None => status(0x41),
            },
            ([0x30, 0x03], _) => match &self.newer_address {
                Some(address) if there => sdt(&[&[0x00, 0x00, 0x90], address.as_slice()].concat()),
                _ => status(0x91),
            },
            _ => status(0x21),
        }
    }

    fn answer_b(&mut self, what: u8) -> Vec<u8> {
        self.heard.push([0xCA, what]);
        let data = match (&self.lying, what) {
            (Some(text), 0x00) => [&[0x90, 0x00, 0x01, 0x00, 0x04, 0x00], text.as_slice(), &[0x57; 1024]].concat(),
            (Some(text), _) => [&[0x90, 0x00, 0x01, 0x00, 0x00, 0x00], text.as_slice()].concat(),
            (None, _) => vec![0x6F, 0x00],
        };
        let length = u16::try_from(data.len()).unwrap_or_default().to_be_bytes();
        let check = data.iter().fold(0, |sum, byte| sum ^ byte);
        [&[0x02], &length[..], &data, &[check, 0x03]].concat()
    }

    fn next_command(&mut self) -> Option<Vec<u8>> {
        let frame: &[u8] = if self.dialect_b { &[0x02, 0x00, 0x03, 0xCA, 0x01] } else { &HEADER };
        let start = self.buffer.windows(frame.len()).position(|window| window == frame)?;
        let length = if self.dialect_b { 8 } else { 10 };
        if self.buffer.len() < start + length {
            return None;
        }
        self.buffer.drain(..start);
        Some(self.buffer.drain(..length).collect())
    }
}

impl Device for Module {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.buffer.extend_from_slice(bytes);
        let mut replies = Vec::new();
        while let Some(frame) = self.next_command() {
            replies.push(match frame.as_slice() {
                [.., what, _, 0x03] if self.dialect_b => self.answer_b(*what),
                [_, _, _, _, _, 0x00, 0x03, command, parameter, check] => {
                    if 0x03 ^ command ^ parameter == *check {
                        self.answer([*command, *parameter])
                    } else {
                        sdt(&[0x00, 0x00, 0x10])
                    }
                }
                _ => sdt(&[0x00, 0x00, 0x11]),
            });
        }
        replies
    }
}

fn sdt(payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 1).unwrap_or_default().to_be_bytes();
    let check = length.iter().chain(payload).fold(0, |sum, byte| sum ^ byte);
    [&HEADER, &length[..], payload, &[check]].concat()
}

/// The text block of persona `n`'s resident card.
///
/// # Errors
/// No such persona.
pub fn text_block(n: usize) -> Result<Vec<u8>, String> {
    let persona = person(n)?;
    let birth = persona.id_number.get(6..14).unwrap_or_default().to_owned();
    let sex = if persona.sex == crate::people::Sex::Male { "1" } else { "2" };
    let fields = [
        (persona.name.as_str(), 30),
        (sex, 2),
        (&persona.ethnic_group, 4),
        (&birth, 16),
        ("示例省模拟市测试区样张路19号", 70),
        (&persona.id_number, 36),
        ("模拟市公安局测试分局", 30),
        ("20150101", 16),
        ("长期", 16),
        ("", 36),
    ];
    Ok(fields.into_iter().flat_map(|(text, bytes)| padded(text, bytes)).collect())
}

fn padded(text: &str, bytes: usize) -> Vec<u8> {
    let units = text.encode_utf16().chain(std::iter::repeat(u16::from(b' ')));
    units.take(bytes / 2).flat_map(u16::to_le_bytes).collect()
}

/// The reader.
pub struct IdReaderEmulator {
    /// Its line.
    pub line: Line<Module>,
}

impl IdReaderEmulator {
    /// A reader on the line `link`.
    ///
    /// # Errors
    /// The machine gives no pty.
    pub fn plug(link: &Path) -> Result<Self, String> {
        Ok(Self { line: Line::plug(link, Module::default())? })
    }
}

impl Emulator for IdReaderEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some(done) = self.line.obey(&words) {
            done?;
        } else {
            let mut module = self.line.device();
            match words.as_slice() {
                ["lay", "garbled"] => module.lying = Some(vec![0xD8; 256]),
                ["lay", n] => module.lying = Some(text_block(number(Some(n), "persona")?)?),
                ["lay", n, "moved"] => {
                    module.lying = Some(text_block(number(Some(n), "persona")?)?);
                    module.newer_address = Some(padded("示例省模拟市新址路1号", 70));
                }
                ["lift"] => (module.lying, module.newer_address) = (None, None),
                ["lift", "mid-read"] => module.fault = Fault::LiftedMidRead,
                ["sam", "broken"] => module.fault = Fault::Sam,
                ["refuse"] => module.fault = Fault::Refuses,
                ["well"] => module.fault = Fault::None,
                ["dialect", "b"] => module.dialect_b = true,
                ["dialect", "sdt"] => module.dialect_b = false,
                ["status"] => {}
                _ => return Err(format!("not understood; {}", self.help())),
            }
        }
        let module = self.line.device();
        let fingers = module.heard.contains(&[0x30, 0x10]);
        Ok(format!(
            "{}, {}, fault {:?}, {} commands heard{}, searched {} times",
            if self.line.is_plugged() { "plugged" } else { "unplugged" },
            if module.lying.is_some() { "a document lies there" } else { "empty" },
            module.fault,
            module.heard.len(),
            if fingers { ", fingerprints asked for" } else { "" },
            module.heard.iter().filter(|command| **command == [0x20, 0x01]).count()
        ))
    }

    fn help(&self) -> &'static str {
        "lay N | lay N moved | lay garbled | lift | lift mid-read | sam broken | refuse | well | dialect sdt | dialect b | status; \
         wire: unplug | plug | unplug mid-frame | split N | slow MS | merge | noise HEX | damage N | lose N | mute | sound"
    }
}
