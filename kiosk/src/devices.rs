//! From configuration to drivers: the one place that knows which driver serves which setting. Opens nothing by itself.

pub mod list;

use std::path::PathBuf;

use contract::site::devices::{
    Card as CardSite, CardPresentation, Characters, IdDialect, IdReader as IdSite, LampName, Lights, Pad as PadSite,
    PadKind, PagePrinter as PageSite, Psam as PsamSite, Receipt as ReceiptSite, ReceiptRow, Scanner as ScannerSite,
    SensorName, Sensors as SensorsSite, StaffReader as StaffSite, Tells as TellsSite, Ups as UpsSite,
};
use hal::bridge::card::{BridgeReader, BridgeWatch};
use hal::bridge::psam::BridgePsam;
use hal::card::pcsc::open as open_pcsc;
use hal::card::{CardReader, CardWatch, Presentation};
use hal::id::IdReader;
use hal::id::pcsc::PcscIdReader;
use hal::id::serial::{Dialect, SerialIdReader};
use hal::pad::NumberPad;
use hal::pad::plain::PlainPad;
use hal::pad::secure::SecurePad;
use hal::page::ipp::IppPrinter;
use hal::receipt::driver::EscPosPrinter;
use hal::receipt::gb18030::Charset;
use hal::receipt::model::{self, Model, Tells};
use hal::scanner::serial::SerialScanner;
use hal::sensors::led::LedLights;
use hal::sensors::modbus::{Input, ModbusBoard, Output, Wiring};
use hal::sensors::{Lamp, Sensor};
use hal::staff::StaffReader;
use hal::staff::pcsc::PcscStaffReader;
use hal::ups::nut::NutUps;
use hal::wire::Dial;
use hal::wire::node::NodeDial;
use hal::wire::serial::SerialDial;
use hal::wire::tcp::TcpDial;
use hal::wire::unix::UnixDial;

/// A setting names a row that no table has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {name:?}: no such model; known: {known}")]
pub struct UnknownModel {
    key: &'static str,
    name: String,
    known: String,
}

fn unknown<'a>(key: &'static str, name: &str, known: impl Iterator<Item = &'a str>) -> UnknownModel {
    UnknownModel { key, name: name.to_owned(), known: known.collect::<Vec<_>>().join(", ") }
}

fn serial(port: &str, baud: u32) -> Box<dyn Dial> {
    Box::new(SerialDial { path: port.into(), baud })
}

fn socket(path: &str) -> Box<dyn Dial> {
    Box::new(UnixDial { path: path.into() })
}

/// The card reader, and the watch that sees cards come and go.
#[must_use]
pub fn card(site: &CardSite) -> (Box<dyn CardWatch>, Box<dyn CardReader>) {
    if let Some(path) = &site.bridge {
        let (watch, reader) = card_bridge(path);
        return (Box::new(watch), Box::new(reader));
    }
    let (watch, reader) = open_pcsc(site.reader.as_deref().unwrap_or_default());
    (Box::new(watch), Box::new(reader.presented(presentation(site))))
}

/// The motorised card reader behind the bridge on this socket.
#[must_use]
pub fn card_bridge(path: &str) -> (BridgeWatch, BridgeReader) {
    hal::bridge::card::open(socket(path), socket(path))
}

const fn presentation(site: &CardSite) -> Presentation {
    match site.presentation {
        None | Some(CardPresentation::Held) => Presentation::Held,
        Some(CardPresentation::Dip) => Presentation::Dip,
        Some(CardPresentation::LaidDown) => Presentation::LaidDown,
    }
}

/// The terminal's security module.
#[must_use]
pub fn psam(site: &PsamSite) -> BridgePsam {
    BridgePsam::new(socket(&site.socket))
}

/// The resident-ID reader.
#[must_use]
pub fn id_reader(site: &IdSite) -> Box<dyn IdReader> {
    let dialect = match site.dialect {
        IdDialect::Pcsc => return Box::new(PcscIdReader::new(open_pcsc(site.reader.as_deref().unwrap_or_default()))),
        IdDialect::Sdt => Dialect::Sdt,
        IdDialect::B => Dialect::B,
    };
    Box::new(SerialIdReader::new(serial(site.port.as_deref().unwrap_or_default(), site.baud), dialect))
}

/// The reader for cards of staff.
#[must_use]
pub fn staff(site: &StaffSite) -> Box<dyn StaffReader> {
    Box::new(PcscStaffReader::new(open_pcsc(&site.reader)))
}

/// The code scanner.
///
/// # Errors
/// No such model.
pub fn scanner(site: &ScannerSite) -> Result<SerialScanner, UnknownModel> {
    use hal::scanner::model;
    let names = || model::ALL.iter().map(|model| model.name);
    let model = model::find(&site.model).ok_or_else(|| unknown("devices.scanner.model", &site.model, names()))?;
    Ok(SerialScanner::new(serial(&site.port, site.baud.unwrap_or(model.baud)), model))
}

/// The receipt printer.
///
/// # Errors
/// No such model.
pub fn receipt(site: &ReceiptSite) -> Result<EscPosPrinter, UnknownModel> {
    let model = receipt_model(site)?;
    let dial: Box<dyn Dial> = match (&site.port, &site.node) {
        (Some(port), _) => serial(port, site.baud),
        (None, Some(node)) => Box::new(NodeDial { path: node.into() }),
        (None, None) => Box::new(TcpDial { address: site.address.clone().unwrap_or_default() }),
    };
    Ok(EscPosPrinter::new(dial, model, PathBuf::from(&site.font_file)))
}

/// The receipt printer's model: a row of the table, or the site's own.
///
/// # Errors
/// No such model.
pub fn receipt_model(site: &ReceiptSite) -> Result<Model, UnknownModel> {
    let names = || model::ALL.iter().map(|model| &*model.name);
    match &site.row {
        Some(row) => Ok(own_row(&site.model, row)),
        None => model::find(&site.model).cloned().ok_or_else(|| unknown("devices.receipt.model", &site.model, names())),
    }
}

fn own_row(name: &str, row: &ReceiptRow) -> Model {
    Model {
        name: name.to_owned().into(),
        width_dots: row.width_dots,
        charset: match row.characters {
            Characters::Gb2312 => Charset::Gb2312,
            Characters::Gbk => Charset::Gbk,
            Characters::Gb18030 => Charset::Gb18030,
        },
        tells: match row.tells {
            TellsSite::Nothing => Tells::Nothing,
            TellsSite::WhenAsked => Tells::WhenAsked,
            TellsSite::ByItself => Tells::ByItself,
        },
        // Checked with the rest of the configuration.
        cut: row.cut_bytes().unwrap_or_default().into(),
    }
}

/// The page printer.
#[must_use]
pub fn page(site: &PageSite) -> IppPrinter {
    IppPrinter::new(&site.uri, site.two_sided)
}

/// The number pad.
#[must_use]
pub fn pad(site: &PadSite) -> Box<dyn NumberPad> {
    let dial = serial(&site.port, site.baud);
    match site.kind {
        PadKind::Plain => Box::new(PlainPad::new(dial)),
        PadKind::Encrypting => Box::new(SecurePad::new(dial)),
    }
}

/// The board of contacts and relays.
#[must_use]
pub fn sensors(site: &SensorsSite) -> ModbusBoard {
    let input = |(name, input): (&SensorName, &contract::site::devices::SensorInput)| Input {
        address: input.address,
        sensor: sensor(*name),
        normally_closed: input.normally_closed,
    };
    let wiring = Wiring {
        unit: site.unit,
        inputs: site.inputs.iter().map(input).collect(),
        outputs: site.lights.iter().map(|(name, address)| Output { address: *address, lamp: lamp(*name) }).collect(),
    };
    ModbusBoard::new(serial(&site.port, site.baud), wiring)
}

/// The lights of the LED class.
#[must_use]
pub fn lights(site: &Lights) -> LedLights {
    let names = site.names.iter().map(|(at, name)| (lamp(*at), name.clone())).collect();
    LedLights::new(PathBuf::from(&site.directory), names)
}

/// The power supply.
#[must_use]
pub fn ups(site: &UpsSite) -> NutUps {
    NutUps::new(Box::new(TcpDial { address: site.address.clone() }), site.name.clone())
}

const fn sensor(name: SensorName) -> Sensor {
    match name {
        SensorName::Door => Sensor::Door,
        SensorName::Tamper => Sensor::Tamper,
        SensorName::CallButton => Sensor::CallButton,
        SensorName::Approach => Sensor::Approach,
        SensorName::Headphones => Sensor::Headphones,
        SensorName::FireAlarm => Sensor::FireAlarm,
    }
}

const fn lamp(name: LampName) -> Lamp {
    match name {
        LampName::Card => Lamp::Card,
        LampName::Id => Lamp::IdDocument,
        LampName::Scanner => Lamp::Scanner,
        LampName::Receipt => Lamp::Receipt,
        LampName::Page => Lamp::Page,
        LampName::Pad => Lamp::Pad,
    }
}
