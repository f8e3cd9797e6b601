//! Which devices a terminal has and how they are reached. A device that is not named is not there, and what needs it is not
//! offered.
//!
//! Serial ports and nodes are named by stable paths (`/dev/kiosk/...`, `/dev/serial/by-path/...`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{has_port, is_authority};

/// All devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// Social security card reader.
    pub card: Card,
    /// Security module of the terminal (PSAM); where there is none, or where it fails, the agency's is asked.
    #[serde(default)]
    pub psam: Option<Psam>,
    /// Resident-ID reader.
    #[serde(default)]
    pub id: Option<IdReader>,
    /// Reader for cards of staff, beside that for citizens' cards; without one nobody can be a witness here.
    #[serde(default)]
    pub staff: Option<StaffReader>,
    /// Code scanner.
    #[serde(default)]
    pub scanner: Option<Scanner>,
    /// Receipt printer.
    #[serde(default)]
    pub receipt: Option<Receipt>,
    /// Page printer.
    #[serde(default)]
    pub page: Option<PagePrinter>,
    /// Number pad.
    #[serde(default)]
    pub pad: Option<Pad>,
    /// Board of contacts and relays.
    #[serde(default)]
    pub sensors: Option<Sensors>,
    /// Lights that the kernel knows as LEDs.
    #[serde(default)]
    pub lights: Option<Lights>,
    /// Power supply with a battery.
    #[serde(default)]
    pub ups: Option<Ups>,
}

/// Social security card reader: exactly one of `reader` and `bridge`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Part of the reader's PC/SC name; `pcsc_scan -r` lists the names.
    #[serde(default)]
    pub reader: Option<String>,
    /// How a card is brought to the PC/SC reader, which cannot tell; held where left out.
    #[serde(default)]
    pub presentation: Option<CardPresentation>,
    /// Socket of the vendor bridge before a motorised reader.
    #[serde(default)]
    pub bridge: Option<String>,
}

/// How a card is brought to a PC/SC reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardPresentation {
    /// Put in and held, or latched.
    Held,
    /// Put in and drawn out again at once.
    Dip,
    /// Laid down (contactless).
    LaidDown,
}

/// Security module of the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Psam {
    /// Socket of the vendor bridge before it.
    pub socket: String,
}

/// Resident-ID reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdReader {
    /// Serial port; left out for `pcsc`.
    #[serde(default)]
    pub port: Option<String>,
    /// Part of the PC/SC name, for `pcsc` only.
    #[serde(default)]
    pub reader: Option<String>,
    /// Bits a second.
    #[serde(default = "baud_115200")]
    pub baud: u32,
    /// What it speaks.
    #[serde(default)]
    pub dialect: IdDialect,
}

/// What a resident-ID reader speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdDialect {
    /// Frames of the security module (`AA AA AA 96 69`).
    #[default]
    Sdt,
    /// `02` ... `03` of multi-function terminals.
    B,
    /// A PC/SC reader with `FF B0`.
    Pcsc,
}

/// Reader for cards of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffReader {
    /// Part of the reader's PC/SC name; another reader than that for citizens' cards.
    pub reader: String,
}

/// Code scanner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    /// Serial port.
    pub port: String,
    /// Bits a second; that of the model where left out.
    #[serde(default)]
    pub baud: Option<u32>,
    /// Row of the model table: `plain`, `gm65`, `honeywell`, `newland`.
    #[serde(default = "plain")]
    pub model: String,
}

/// Receipt printer: exactly one of `address`, `port` and `node`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// `host:port` of the raw print port, usually 9100.
    #[serde(default)]
    pub address: Option<String>,
    /// Serial port.
    #[serde(default)]
    pub port: Option<String>,
    /// Bits a second of the serial port.
    #[serde(default = "baud_115200")]
    pub baud: u32,
    /// Device node of a USB printer (`/dev/usb/lp0`, better a stable name).
    #[serde(default)]
    pub node: Option<String>,
    /// Row of the model table: `generic-80`, `generic-58`, `asb-80`, `kiosk-58`, `mute-80`.
    #[serde(default = "generic_80")]
    pub model: String,
    /// A model that the table lacks; `model` is then only its name.
    #[serde(default)]
    pub row: Option<ReceiptRow>,
    /// Font file from which names are drawn that the printer's own characters lack.
    #[serde(default = "font_file")]
    pub font_file: String,
}

/// What a receipt printer's maker says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRow {
    /// Printable dots across: 576 on 80 mm paper, 384 on 58 mm.
    #[schemars(range(min = 192, max = 1152))]
    pub width_dots: u16,
    /// Characters that it holds.
    pub characters: Characters,
    /// How it says what it is doing.
    pub tells: Tells,
    /// The command that cuts, hexadecimal; left out where it has no cutter.
    #[serde(default)]
    pub cut: String,
}

/// Characters that a printer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Characters {
    /// 1980.
    Gb2312,
    /// 1995.
    Gbk,
    /// All.
    Gb18030,
}

/// How a printer says what it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tells {
    /// Not at all: what was printed is never known, and a person is asked.
    Nothing,
    /// When asked (DLE EOT).
    WhenAsked,
    /// By itself (GS a).
    ByItself,
}

/// Page printer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PagePrinter {
    /// `ipp://host:port/ipp/print`; through a CUPS queue, `ipp://127.0.0.1:631/printers/NAME`.
    pub uri: String,
    /// Prints on both sides where it can.
    #[serde(default)]
    pub two_sided: bool,
}

/// Number pad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pad {
    /// Serial port.
    pub port: String,
    /// Bits a second.
    #[serde(default = "baud_9600")]
    pub baud: u32,
    /// What it is.
    #[serde(default)]
    pub kind: PadKind,
}

/// What a number pad is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PadKind {
    /// A byte a key.
    #[default]
    Plain,
    /// Delivers PIN blocks.
    Encrypting,
}

/// Board of contacts and relays (Modbus RTU).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sensors {
    /// Serial port.
    pub port: String,
    /// Bits a second.
    #[serde(default = "baud_9600")]
    pub baud: u32,
    /// The board's address on its line.
    #[serde(default = "unit")]
    pub unit: u8,
    /// Contacts.
    #[serde(default)]
    pub inputs: BTreeMap<SensorName, SensorInput>,
    /// Addresses of relays, from 0, that switch lights.
    #[serde(default)]
    pub lights: BTreeMap<LampName, u16>,
}

/// A contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SensorInput {
    /// Address, from 0.
    pub address: u16,
    /// Active when the contact is open; so wired, a cut wire is seen.
    #[serde(default)]
    pub normally_closed: bool,
}

/// What a contact stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SensorName {
    /// The service door is open.
    Door,
    /// The cabinet is being moved or forced.
    Tamper,
    /// Somebody presses the call button.
    CallButton,
    /// Somebody stands before the terminal.
    Approach,
    /// Headphones are plugged in.
    Headphones,
    /// The building's fire alarm.
    FireAlarm,
}

/// A place that a light points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LampName {
    /// Slot of the card reader.
    Card,
    /// Plate of the resident-ID reader.
    Id,
    /// Window of the code scanner.
    Scanner,
    /// Mouth of the receipt printer.
    Receipt,
    /// Tray of the page printer.
    Page,
    /// Number pad.
    Pad,
}

/// Lights that the kernel knows as LEDs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lights {
    /// Folder of the LED class.
    #[serde(default = "led_class")]
    pub directory: String,
    /// Names of LEDs there.
    #[serde(default)]
    pub names: BTreeMap<LampName, String>,
}

/// Power supply with a battery, known to NUT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ups {
    /// `host:port` of `upsd`.
    #[serde(default = "upsd")]
    pub address: String,
    /// Its name there.
    pub name: String,
}

const fn baud_115200() -> u32 {
    115_200
}
const fn baud_9600() -> u32 {
    9600
}
const fn unit() -> u8 {
    1
}
fn plain() -> String {
    "plain".to_owned()
}
fn generic_80() -> String {
    "generic-80".to_owned()
}
fn font_file() -> String {
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc".to_owned()
}
fn led_class() -> String {
    "/sys/class/leds".to_owned()
}
fn upsd() -> String {
    "127.0.0.1:3493".to_owned()
}

impl Devices {
    /// Tells `wrong(key, value, right)` everything that cannot be.
    pub(super) fn check(&self, mut wrong: impl FnMut(&str, &str, &str)) {
        self.card.check(&mut wrong);
        if let Some(receipt) = &self.receipt {
            receipt.check(&mut wrong);
        }
        if let Some(page) = &self.page {
            let ok = page
                .uri
                .strip_prefix("ipp://")
                .is_some_and(|rest| rest.split_once('/').is_some_and(|(host, _)| is_authority(host)));
            if !ok {
                wrong("devices.page.uri", &page.uri, "ipp://host:port/path");
            }
        }
        if let Some(id) = &self.id {
            let (needed, other) = match id.dialect {
                IdDialect::Pcsc => (&id.reader, &id.port),
                IdDialect::Sdt | IdDialect::B => (&id.port, &id.reader),
            };
            if needed.as_deref().unwrap_or_default().is_empty() || other.is_some() {
                wrong("devices.id", "", "port for the dialects sdt and b, reader for pcsc, and not both");
            }
        }
        if let Some(staff) = &self.staff {
            let shared = self.card.reader.as_ref().is_some_and(|card| card.eq_ignore_ascii_case(&staff.reader));
            if staff.reader.is_empty() || shared {
                wrong("devices.staff.reader", &staff.reader, "the name of a reader of its own");
            }
        }
        let ports = [
            ("devices.card.bridge", self.card.bridge.as_ref()),
            ("devices.psam.socket", self.psam.as_ref().map(|psam| &psam.socket)),
            ("devices.id.port", self.id.as_ref().and_then(|id| id.port.as_ref())),
            ("devices.scanner.port", self.scanner.as_ref().map(|scanner| &scanner.port)),
            ("devices.receipt.port", self.receipt.as_ref().and_then(|receipt| receipt.port.as_ref())),
            ("devices.receipt.node", self.receipt.as_ref().and_then(|receipt| receipt.node.as_ref())),
            ("devices.pad.port", self.pad.as_ref().map(|pad| &pad.port)),
            ("devices.sensors.port", self.sensors.as_ref().map(|sensors| &sensors.port)),
        ];
        let mut seen = BTreeMap::new();
        for (key, port) in ports.into_iter().filter_map(|(key, port)| port.map(|port| (key, port))) {
            if !port.starts_with('/') {
                wrong(key, port, "an absolute path, such as /dev/kiosk/scanner");
            }
            if let Some(first) = seen.insert(port, key) {
                wrong(key, port, &format!("another port than that of {first}: two devices cannot share one"));
            }
        }
        if let Some(ups) = &self.ups {
            if !has_port(&ups.address) {
                wrong("devices.ups.address", &ups.address, "host:port");
            }
            if ups.name.is_empty() || ups.name.contains(char::is_whitespace) {
                wrong("devices.ups.name", &ups.name, "a name as in ups.conf");
            }
        }
        if let Some(sensors) = &self.sensors {
            // A board's answer must fit into one frame.
            for (name, input) in sensors.inputs.iter().filter(|(_, input)| input.address > 127) {
                let key = format!("devices.sensors.inputs.{name:?}.address");
                wrong(&key, &input.address.to_string(), "a number from 0 to 127");
            }
        }
    }
}

impl Pad {
    /// Whether a card's PIN may be typed on it. A card wants digits, and an encrypting pad must never tell any.
    #[must_use]
    pub fn takes_card_pins(&self) -> bool {
        self.kind == PadKind::Plain
    }
}

impl Sensors {
    /// Whether a contact tells that somebody stands before the terminal.
    #[must_use]
    pub fn sees_who_comes(&self) -> bool {
        self.inputs.contains_key(&SensorName::Approach)
    }
}

impl Card {
    fn check(&self, wrong: &mut impl FnMut(&str, &str, &str)) {
        match (&self.reader, &self.bridge) {
            (Some(reader), None) if reader.trim().is_empty() => {
                wrong("devices.card.reader", reader, "a text that is not empty");
            }
            (Some(_), None) => {}
            (None, Some(_)) if self.presentation.is_none() => {}
            (None, Some(_)) => {
                wrong("devices.card.presentation", "given", "left out: a reader behind a bridge is motorised")
            }
            (Some(_), Some(bridge)) => {
                wrong("devices.card.bridge", bridge, "left out where devices.card.reader is given")
            }
            (None, None) => wrong("devices.card", "neither", "exactly one of reader (PC/SC) and bridge (socket)"),
        }
    }
}

impl Receipt {
    fn check(&self, wrong: &mut impl FnMut(&str, &str, &str)) {
        let ways = [&self.address, &self.port, &self.node].into_iter().flatten().count();
        if ways != 1 {
            wrong("devices.receipt", &format!("{ways} of them"), "exactly one of address, port and node");
        }
        if let Some(address) = self.address.as_ref().filter(|address| !has_port(address)) {
            wrong("devices.receipt.address", address, "host:port");
        }
        if let Some(row) = &self.row {
            if !(192..=1152).contains(&row.width_dots) || !row.width_dots.is_multiple_of(8) {
                let is = row.width_dots.to_string();
                wrong("devices.receipt.row.width_dots", &is, "a multiple of 8 from 192 to 1152; 576 or 384 as a rule");
            }
            if row.cut_bytes().is_none() {
                wrong("devices.receipt.row.cut", &row.cut, "hexadecimal digits in pairs, such as 1D564100");
            }
        }
    }
}

impl ReceiptRow {
    /// The command that cuts; `None` where it is not hexadecimal.
    #[must_use]
    pub fn cut_bytes(&self) -> Option<Vec<u8>> {
        let digit = |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let pairs = self.cut.as_bytes().chunks(2);
        pairs.map(|pair| if let [high, low] = *pair { Some(digit(high)? << 4 | digit(low)?) } else { None }).collect()
    }
}
