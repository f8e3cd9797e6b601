//! The deeds of devices on a wire. Outcomes name kinds, counts and fault codes, never what somebody is called.

use hal::id::IdReader;
use hal::pad::{Key, NumberPad};
use hal::receipt::{Line, Receipt, ReceiptPrinter};
use hal::scanner::Scanner;
use hal::sensors::modbus::{Input, Wiring};
use hal::sensors::{Sensor, SensorBoard};
use hal::ups::{Power, Ups};

use super::Tale;

/// Keys until the pad's deed goes on to the PIN, whatever was pressed.
const MOST_KEYS: usize = 16;
/// Changes that the board's deed waits for.
const CHANGES: usize = 2;

pub(super) fn document(tale: &mut Tale<'_>, reader: &mut dyn IdReader) {
    tale.step(
        "document",
        |control| reader.await_document(control).map_err(|error| error.code()),
        |document| {
            let filled = document.fields.values().filter(|text| !text.reveal().is_empty()).count();
            let portrait = document.photo.as_ref().map_or(0, |photo| photo.reveal().len());
            format!("{:?}, {filled} fields, portrait of {portrait} bytes", document.kind)
        },
    );
    tale.step(
        "status",
        |control| reader.status(control).map_err(|error| error.code()),
        |id| if id.is_some() { "well, tells its number".to_owned() } else { "well".to_owned() },
    );
}

pub(super) fn code(tale: &mut Tale<'_>, scanner: &mut dyn Scanner) {
    tale.step(
        "code",
        |control| scanner.scan(control).map_err(|error| error.code()),
        |code| format!("{} characters", code.reveal().chars().count()),
    );
}

pub(super) fn print(tale: &mut Tale<'_>, printer: &mut dyn ReceiptPrinter) {
    let receipt = Receipt {
        lines: vec![
            Line::Title("凭条".to_owned()),
            Line::Name("姓名".to_owned(), "林知远".to_owned()),
            Line::Rule,
            Line::Pair("合计".to_owned(), "823.00".to_owned()),
        ],
        columns: Vec::new(),
    };
    tale.step(
        "print",
        |control| printer.print(&receipt, control).map_err(|error| error.code()),
        |()| "printed".to_owned(),
    );
    tale.step(
        "status",
        |control| printer.status(control).map_err(|error| error.code()),
        |status| status.code().map_or_else(|| format!("{status:?}"), |code| code.as_str().to_owned()),
    );
}

pub(super) fn keys(tale: &mut Tale<'_>, pad: &mut dyn NumberPad) {
    for _ in 0..MOST_KEYS {
        let key = tale.step(
            "key",
            |control| pad.key(control).map_err(|error| error.code()),
            |key| match key {
                Key::Digit(_) => "a digit".to_owned(),
                other => format!("{other:?}"),
            },
        );
        if !matches!(key, Some(Key::Digit(_) | Key::Correct | Key::Previous | Key::Next)) {
            break;
        }
    }
    let told = tale.how.told.clone();
    tale.step(
        "pin",
        |control| pad.pin(4..=6, &|count| told.add(format!("{count}")), control).map_err(|error| error.code()),
        |block| format!("block of format {}, key {}, {} bytes", block.format, block.key, block.length),
    );
}

pub(super) fn wiring() -> Wiring {
    let input = |address, sensor, normally_closed| Input { address, sensor, normally_closed };
    let inputs =
        vec![input(0, Sensor::Door, false), input(1, Sensor::Tamper, false), input(3, Sensor::FireAlarm, true)];
    Wiring { unit: 1, inputs, outputs: Vec::new() }
}

pub(super) fn changes(tale: &mut Tale<'_>, board: &mut dyn SensorBoard) {
    for _ in 0..CHANGES {
        let told = tale.step(
            "changes",
            |control| board.changes(control).map_err(|error| error.code()),
            |changes| {
                let told = changes
                    .iter()
                    .map(|change| format!("{:?} {}", change.sensor, if change.active { "active" } else { "over" }));
                told.collect::<Vec<_>>().join(" and ")
            },
        );
        if told.is_none() {
            return;
        }
    }
}

pub(super) fn power(tale: &mut Tale<'_>, ups: &mut dyn Ups) {
    tale.step(
        "power",
        |control| ups.power(control).map_err(|error| error.code()),
        |power: &Power| power.code().map_or_else(|| "mains".to_owned(), |code| code.as_str().to_owned()),
    );
    tale.step(
        "supply",
        |control| ups.identity(control).map_err(|error| error.code()),
        |_| "tells its model".to_owned(),
    );
}
