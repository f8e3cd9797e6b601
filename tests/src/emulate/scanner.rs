//! A code scanner on a serial line: scans when triggered, or all the time, and can be held before a phone.

use std::path::Path;

use super::Emulator;
use super::line::{Device, Line};

/// The scanner.
#[derive(Default)]
pub struct Window {
    /// What switches it on; none where it always scans.
    trigger: Option<Vec<u8>>,
    acknowledgement: Vec<u8>,
    lit: bool,
    /// The code before its window, with its suffix.
    before: Option<Vec<u8>>,
    heard: Vec<u8>,
    triggers: usize,
}

impl Device for Window {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.heard.extend_from_slice(bytes);
        let Some(trigger) = &self.trigger else { return Vec::new() };
        if !self.heard.ends_with(trigger) {
            // Anything else switches it off; a command is never longer.
            self.lit = self.lit && self.heard.len() < trigger.len();
            return Vec::new();
        }
        self.heard.clear();
        self.lit = true;
        self.triggers += 1;
        let acknowledged = (!self.acknowledgement.is_empty()).then(|| self.acknowledgement.clone());
        acknowledged.into_iter().chain(self.before.clone()).collect()
    }
}

/// The scanner on its line.
pub struct ScannerEmulator {
    line: Line<Window>,
    suffix: Vec<u8>,
}

impl ScannerEmulator {
    /// A scanner on the line `link` that scans all the time.
    ///
    /// # Errors
    /// The machine gives no pty.
    pub fn plug(link: &Path) -> Result<Self, String> {
        Ok(Self { line: Line::plug(link, Window::default())?, suffix: b"\r\n".to_vec() })
    }

    fn show(&self, code: Vec<u8>) {
        let sees = {
            let mut window = self.line.device();
            window.before = Some(code.clone());
            window.trigger.is_none() || window.lit
        };
        if sees {
            self.line.say(&code);
        }
    }
}

impl Emulator for ScannerEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some(done) = self.line.obey(&words) {
            done?;
        } else {
            match words.as_slice() {
                ["show", code] => self.show([code.as_bytes(), &self.suffix].concat()),
                ["show", "hex", hex] => {
                    let code = super::line::bytes(hex).ok_or("the code is hexadecimal")?;
                    self.show([code, self.suffix.clone()].concat());
                }
                // A scanner that scans all the time sends a code that stays again and again.
                ["again"] => {
                    let before = self.line.device().before.clone().ok_or("nothing is shown")?;
                    self.line.say(&before);
                }
                ["take", "away"] => self.line.device().before = None,
                ["suffix", "cr"] => self.suffix = b"\r".to_vec(),
                ["suffix", "crlf"] => self.suffix = b"\r\n".to_vec(),
                ["suffix", "none"] => self.suffix = Vec::new(),
                ["model", "plain"] => *self.line.device() = Window::default(),
                ["model", "gm65"] => {
                    *self.line.device() = Window {
                        trigger: super::line::bytes("7E000801000201ABCD"),
                        acknowledgement: super::line::bytes("02000001003331").unwrap_or_default(),
                        ..Window::default()
                    };
                }
                ["status"] => {}
                _ => return Err(format!("not understood; {}", self.help())),
            }
        }
        let window = self.line.device();
        Ok(format!(
            "{}, {}, {}, {} triggers",
            if self.line.is_plugged() { "plugged" } else { "unplugged" },
            if window.before.is_some() { "a code is shown" } else { "nothing is shown" },
            if window.lit { "lit" } else { "dark" },
            window.triggers
        ))
    }

    fn help(&self) -> &'static str {
        "show TEXT | show hex HEX | again | take away | suffix cr | suffix crlf | suffix none | model plain | model gm65 | status; \
         wire: unplug | plug | unplug mid-frame | split N | slow MS | merge | noise HEX | damage N | lose N | mute | sound"
    }
}
