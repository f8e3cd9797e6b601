//! Scanner models as rows: a new model is a row, never an `if`.

use super::stream::{Encoding, Suffix};

/// What differs between models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// As configured.
    pub name: &'static str,
    /// Bits a second, as shipped.
    pub baud: u32,
    /// What ends a code.
    pub suffix: Suffix,
    /// How a code's text is coded.
    pub encoding: Encoding,
    /// Begins to scan; empty where it always scans.
    pub trigger: &'static [u8],
    /// Stops scanning.
    pub stop: &'static [u8],
    /// What it answers to either, which is no code.
    pub acknowledges: &'static [&'static [u8]],
}

/// Every model we know. Sources: the makers' serial command manuals.
pub const ALL: &[Model] = &[
    Model {
        name: "plain",
        baud: 9600,
        suffix: Suffix::Any,
        encoding: Encoding::Auto,
        trigger: &[],
        stop: &[],
        acknowledges: &[],
    },
    Model {
        name: "gm65",
        baud: 9600,
        suffix: Suffix::Any,
        encoding: Encoding::Auto,
        trigger: &GM65_TRIGGER,
        stop: &[0x7E, 0x00, 0x08, 0x01, 0x00, 0x02, 0x00, 0xAB, 0xCD],
        acknowledges: &[&[0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31]],
    },
    Model {
        name: "honeywell",
        baud: 115_200,
        suffix: Suffix::Any,
        encoding: Encoding::Auto,
        trigger: &HONEYWELL_TRIGGER,
        stop: b"\x16U\r",
        acknowledges: &[],
    },
    Model {
        name: "newland",
        baud: 9600,
        suffix: Suffix::Any,
        encoding: Encoding::Auto,
        trigger: b"\x7E\x010000@SCNTRG1;\x03",
        stop: b"\x7E\x010000@SCNTRG0;\x03",
        acknowledges: &[b"\x02\x010000@SCNTRG1\x06;\x03", b"\x02\x010000@SCNTRG0\x06;\x03"],
    },
];

/// Zone 0002 = 01: scan now. `AB CD` stands for "no checksum".
pub const GM65_TRIGGER: [u8; 9] = [0x7E, 0x00, 0x08, 0x01, 0x00, 0x02, 0x01, 0xAB, 0xCD];
/// Keeps the settings over power off; for the technician's set-up.
pub const GM65_SAVE: [u8; 9] = [0x7E, 0x00, 0x09, 0x01, 0x00, 0x00, 0x00, 0xDE, 0xC8];
/// SYN T CR.
pub const HONEYWELL_TRIGGER: [u8; 3] = [0x16, b'T', b'\r'];

/// A Newland set-up command: `@` lasts, `#` is lost with power.
#[must_use]
pub fn newland_set(prefix: char, command: &str) -> Vec<u8> {
    format!("\x7E\x010000{prefix}{command};\x03").into_bytes()
}

/// The model of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Model> {
    ALL.iter().find(|model| model.name == name)
}
