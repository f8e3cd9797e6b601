//! The drivers that a transcript can name, and what each of them does while it is recorded or replayed: one closed list, one
//! deed a class, the same for an emulated device, a real one and a transcript.
//!
//! | Class | Deed |
//! |---|---|
//! | `id-reader` | waits for a document that is laid down, then asks how the reader is |
//! | `scanner` | waits for a code |
//! | `receipt-printer` | prints a short receipt, then asks how the printer is |
//! | `number-pad` | takes keys until confirm or cancel, then has a PIN of 4 to 6 digits typed |
//! | `sensors` | tells changes twice: door on input 0, tamper on 1, fire alarm on 3 (normally closed) |
//! | `ups` | asks how power is and which supply it is, of the supply named `kiosk` |
//! | `card` | reads the free part; a persona's card also gets its authority, is asked for its tries and gets its PIN |
//!
//! A deed ends with what happens and not with time, wherever a driver polls: how many polls fit into a time is never the same
//! twice. A card that is no persona's is never sent an authority or a PIN: each may spend a try of somebody.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use agency::{hsm, persona};
use hal::card::{Authority, Begun, Issuer, Tries, Verified, ssc};
use hal::id::IdReader;
use hal::id::serial::{Dialect, SerialIdReader};
use hal::pad::plain::PlainPad;
use hal::pad::secure::SecurePad;
use hal::pad::{Key, NumberPad};
use hal::receipt::driver::EscPosPrinter;
use hal::receipt::{Line, Receipt, ReceiptPrinter};
use hal::scanner::serial::SerialScanner;
use hal::scanner::{self, Scanner};
use hal::sensors::modbus::{Input, ModbusBoard, Wiring};
use hal::sensors::{Sensor, SensorBoard};
use hal::ups::nut::NutUps;
use hal::ups::{Power, Ups};
use hal::wire::Dial;
use hal::{Cancel, Code, Control, Private, Progress, receipt};

use super::card::Slot;
use crate::emulate::ups::NAME;
use crate::people;

/// Keys until the pad's deed goes on to the PIN, whatever was pressed.
const MOST_KEYS: usize = 16;
/// Changes that the board's deed waits for.
const CHANGES: usize = 2;

/// One driver of hal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// Resident-ID reader on a serial port.
    IdReader(Dialect),
    /// Code scanner.
    Scanner(&'static scanner::model::Model),
    /// Receipt printer.
    Receipt(&'static receipt::model::Model),
    /// Number pad without keys of its own.
    PlainPad,
    /// Number pad that encrypts.
    SecurePad,
    /// Relay board with inputs.
    Sensors,
    /// Power supply behind `upsd`.
    Ups,
    /// Social security card.
    Card,
}

impl Driver {
    /// Every driver, by class and name.
    #[must_use]
    pub fn all() -> Vec<(&'static str, &'static str, Self)> {
        let scanners = scanner::model::ALL.iter().map(|model| ("scanner", model.name, Self::Scanner(model)));
        let printers = receipt::model::ALL.iter().map(|model| ("receipt-printer", &*model.name, Self::Receipt(model)));
        let others = [
            ("id-reader", "sdt", Self::IdReader(Dialect::Sdt)),
            ("id-reader", "b", Self::IdReader(Dialect::B)),
            ("number-pad", "plain", Self::PlainPad),
            ("number-pad", "encrypting", Self::SecurePad),
            ("sensors", "modbus", Self::Sensors),
            ("ups", "nut", Self::Ups),
            ("card", "ssc", Self::Card),
        ];
        others.into_iter().chain(scanners).chain(printers).collect()
    }

    /// The driver of that class and name.
    ///
    /// # Errors
    /// There is none; the sentence lists those of the class.
    pub fn find(class: &str, name: &str) -> Result<Self, String> {
        let all = Self::all();
        let of_class: Vec<_> = all.iter().filter(|(known, ..)| *known == class).map(|(_, name, _)| *name).collect();
        let found = all.iter().find(|(known_class, known, _)| (*known_class, *known) == (class, name));
        found.map(|(.., driver)| *driver).ok_or_else(|| match of_class.as_slice() {
            [] => format!("no class {class} with a wire of ours; see hall record --help"),
            names => format!("{class} has no driver {name}, but {}", names.join(", ")),
        })
    }

    /// Whether it speaks to a card and not to a wire.
    #[must_use]
    pub fn is_card(self) -> bool {
        self == Self::Card
    }

    /// Bits a second, as such devices are shipped.
    #[must_use]
    pub const fn baud(self) -> u32 {
        match self {
            Self::Scanner(model) => model.baud,
            Self::PlainPad | Self::SecurePad => 9600,
            _ => 115_200,
        }
    }

    /// Does the deed over a wire; returns the outcome.
    #[must_use]
    pub fn perform(self, dial: Box<dyn Dial>, how: &How) -> String {
        let mut tale = Tale { how, steps: Vec::new() };
        match self {
            Self::IdReader(dialect) => document(&mut tale, &mut SerialIdReader::new(dial, dialect)),
            Self::Scanner(model) => code(&mut tale, &mut SerialScanner::new(dial, model)),
            Self::Receipt(model) => {
                // No font: what the model's characters lack is not part of the standard receipt.
                print(&mut tale, &mut EscPosPrinter::new(dial, model.clone(), PathBuf::from("no font")));
            }
            Self::PlainPad => keys(&mut tale, &mut PlainPad::new(dial)),
            Self::SecurePad => keys(&mut tale, &mut SecurePad::new(dial)),
            Self::Sensors => changes(&mut tale, &mut ModbusBoard::new(dial, wiring())),
            Self::Ups => power(&mut tale, &mut NutUps::new(dial, NAME.to_owned())),
            Self::Card => tale.steps.push("a card has no wire".to_owned()),
        }
        tale.outcome()
    }

    /// Does the deed with a card; returns the outcome.
    #[must_use]
    pub fn perform_card(self, mut slot: impl Slot, how: &How) -> String {
        let mut tale = Tale { how, steps: Vec::new() };
        card(&mut tale, &mut slot);
        tale.outcome()
    }
}

/// How a deed is done.
pub struct How {
    /// How long each of its commands may take.
    pub patience: Duration,
    /// Ends the running command.
    pub cancel: Cancel,
    /// What commands have told on their way.
    pub told: Told,
}

/// What commands have told on their way, and how many have ended; its copies are one.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<News>>);

#[derive(Default)]
struct News {
    said: Vec<String>,
    ended: usize,
}

impl Told {
    fn news(&self) -> MutexGuard<'_, News> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything said so far, in order.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.news().said.clone()
    }

    /// Commands that have ended.
    #[must_use]
    pub fn ended(&self) -> usize {
        self.news().ended
    }

    fn add(&self, news: String) {
        self.news().said.push(news);
    }
}

/// The outcome, as it grows.
struct Tale<'a> {
    how: &'a How,
    steps: Vec<String>,
}

impl Tale<'_> {
    /// One command: what it told on its way, then how it ended.
    fn step<T>(
        &mut self,
        name: &str,
        command: impl FnOnce(&Control<'_>) -> Result<T, Code>,
        says: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        let told = &self.how.told;
        let before = told.all().len();
        let progress = |news| {
            told.add(match news {
                Progress::Accepted => "accepted".to_owned(),
                Progress::Blocked(code) => format!("blocked {}", code.as_str()),
                Progress::Resumed => "resumed".to_owned(),
            });
        };
        let deadline = Instant::now() + self.how.patience;
        let ended = command(&Control { deadline, cancel: self.how.cancel.clone(), progress: &progress });
        let mut words = told.all().split_off(before);
        words.push(ended.as_ref().map_or_else(|code| code.as_str().to_owned(), says));
        self.steps.push(format!("{name}: {}", words.join(", ")));
        told.news().ended += 1;
        ended.ok()
    }

    fn outcome(self) -> String {
        self.steps.join("; ")
    }
}

fn document(tale: &mut Tale<'_>, reader: &mut dyn IdReader) {
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

fn code(tale: &mut Tale<'_>, scanner: &mut dyn Scanner) {
    tale.step(
        "code",
        |control| scanner.scan(control).map_err(|error| error.code()),
        |code| format!("{} characters", code.reveal().chars().count()),
    );
}

fn print(tale: &mut Tale<'_>, printer: &mut dyn ReceiptPrinter) {
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

fn keys(tale: &mut Tale<'_>, pad: &mut dyn NumberPad) {
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

fn wiring() -> Wiring {
    let input = |address, sensor, normally_closed| Input { address, sensor, normally_closed };
    let inputs =
        vec![input(0, Sensor::Door, false), input(1, Sensor::Tamper, false), input(3, Sensor::FireAlarm, true)];
    Wiring { unit: 1, inputs, outputs: Vec::new() }
}

fn changes(tale: &mut Tale<'_>, board: &mut dyn SensorBoard) {
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

fn power(tale: &mut Tale<'_>, ups: &mut dyn Ups) {
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

/// Raw data of the authority: fixed, so that its answer depends on the card's challenge only.
const RAW: [u8; 8] = *b"recorder";

fn card(tale: &mut Tale<'_>, slot: &mut dyn Slot) {
    let failed = hal::card::CardError::code;
    let Some(atr) = tale.step("card", |control| slot.open(control).map_err(failed), |_| "answers".to_owned()) else {
        return;
    };
    let begun = tale.step(
        "begin",
        |control| ssc::begin(&mut *slot, &atr, control).map_err(failed),
        |begun| {
            let (how, issuer) = match begun {
                Begun::Read(issuer, _) => ("read", issuer),
                Begun::Challenged(issuer, _) => ("challenged", issuer),
            };
            format!("{how}, specification {}.{}, {:?}", issuer.spec.major, issuer.spec.minor, issuer.algorithm)
        },
    );
    let Some((issuer, challenge)) = begun.map(|begun| match begun {
        Begun::Read(issuer, _) => (issuer, None),
        Begun::Challenged(issuer, challenge) => (issuer, Some(challenge)),
    }) else {
        return;
    };
    let Some((card_id, pin)) = persona_of(&issuer) else {
        tale.steps.push("not a persona's card".to_owned());
        return;
    };
    if let Some(challenge) = challenge {
        let result = hsm::response(&card_id, &challenge, &RAW);
        let authority = Authority { key_id: hsm::KEY_ID, result, raw: RAW };
        let read = tale.step(
            "finish",
            |control| ssc::finish(&mut *slot, &authority, control).map_err(failed),
            |_| "read".to_owned(),
        );
        if read.is_none() {
            return;
        }
    }
    tale.step("tries", |control| ssc::tries(&mut *slot, control).map_err(failed), left);
    tale.step(
        "pin",
        |control| ssc::verify(&mut *slot, &pin, control).map_err(failed),
        |verified| match verified {
            Verified::Right => "right".to_owned(),
            Verified::Wrong(tries) => format!("wrong, {}", left(tries)),
            Verified::Locked => "locked".to_owned(),
        },
    );
}

fn left(tries: &Tries) -> String {
    match tries {
        Tries::Left(left) => format!("{left} tries left"),
        Tries::NotTold => "tries not told".to_owned(),
    }
}

/// Card id and PIN, where the card is an invented person's.
fn persona_of(issuer: &Issuer) -> Option<([u8; 16], Private<String>)> {
    let all = persona::read(&people::file()).ok()?;
    let persona = all.into_iter().find(|persona| persona.card_id == *issuer.card_id.reveal())?;
    Some((hsm::from_hex(&persona.card_id)?, Private::new(persona.pin)))
}
