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

mod card;
mod wire;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hal::id::serial::{Dialect, SerialIdReader};
use hal::pad::plain::PlainPad;
use hal::pad::secure::SecurePad;
use hal::receipt::driver::EscPosPrinter;
use hal::scanner::serial::SerialScanner;
use hal::sensors::modbus::ModbusBoard;
use hal::ups::nut::NutUps;
use hal::wire::Dial;
use hal::{Cancel, Code, Control, Progress, receipt, scanner};

use super::card::Slot;
use crate::emulate::ups::NAME;

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

    /// Does the deed; returns the outcome.
    #[must_use]
    pub fn perform(self, device: Device, how: &How) -> String {
        let mut tale = Tale { how, steps: Vec::new() };
        match (self, device) {
            (Self::IdReader(dialect), Device::Wire(dial)) => {
                wire::document(&mut tale, &mut SerialIdReader::new(dial, dialect));
            }
            (Self::Scanner(model), Device::Wire(dial)) => wire::code(&mut tale, &mut SerialScanner::new(dial, model)),
            (Self::Receipt(model), Device::Wire(dial)) => {
                // No font: what a model's characters lack is not part of the short receipt.
                wire::print(&mut tale, &mut EscPosPrinter::new(dial, model.clone(), PathBuf::from("no font")));
            }
            (Self::PlainPad, Device::Wire(dial)) => wire::keys(&mut tale, &mut PlainPad::new(dial)),
            (Self::SecurePad, Device::Wire(dial)) => wire::keys(&mut tale, &mut SecurePad::new(dial)),
            (Self::Sensors, Device::Wire(dial)) => {
                wire::changes(&mut tale, &mut ModbusBoard::new(dial, wire::wiring()));
            }
            (Self::Ups, Device::Wire(dial)) => wire::power(&mut tale, &mut NutUps::new(dial, NAME.to_owned())),
            (Self::Card, Device::Card(mut slot)) => card::card(&mut tale, slot.as_mut()),
            (Self::Card, Device::Wire(_)) | (_, Device::Card(_)) => tale.steps.push("not such a device".to_owned()),
        }
        tale.steps.join("; ")
    }
}

/// What a driver speaks to.
pub enum Device {
    /// Over a wire.
    Wire(Box<dyn Dial>),
    /// A card.
    Card(Box<dyn Slot>),
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
}
