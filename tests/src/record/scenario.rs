//! Scenarios: an emulated device, what it is told and when, and the deed of its driver through the recorder. Every committed
//! transcript is made by one of [`ALL`], of the same name.
//!
//! Those of cards and power supplies start real daemons on fixed ports: only inside [`crate::namespace`].

mod list;

use std::path::{Path, PathBuf};
use std::time::Duration;

use hal::Cancel;
use hal::wire::serial::SerialDial;
use hal::wire::tcp::TcpDial;

pub use list::ALL;

use super::card::Reader;
use super::deed::{Device, Driver, How, Told};
use super::tape::{Tape, perform};
use super::{Header, Transcript};
use crate::daemon::pcscd::{self, Pcscd};
use crate::emulate::Emulator;
use crate::emulate::card::CardEmulator;
use crate::emulate::id_reader::IdReaderEmulator;
use crate::emulate::pad::PadEmulator;
use crate::emulate::receipt::ReceiptEmulator;
use crate::emulate::scanner::ScannerEmulator;
use crate::emulate::sensors::SensorsEmulator;
use crate::emulate::ups::{ADDRESS, UpsEmulator};

use crate::people;
use crate::until::until;

/// How long a moment may be waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// When a line is told.
#[derive(Clone, Copy, Debug)]
enum When {
    /// The driver has opened the wire.
    Dialled,
    /// The driver has sent that often.
    Sent(usize),
    /// That many reads have given something.
    Came(usize),
    /// That many reads have ended in vain, one after the other.
    Silent(u32),
    /// That many commands of the deed have ended.
    Ended(usize),
    /// The driver has told this on its way.
    Told(&'static str),
    /// The emulator's own status contains this.
    Says(&'static str),
}

/// One scenario.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Class, then what happens: also the path of its transcript.
    pub name: &'static str,
    /// Driver or model.
    pub driver: &'static str,
    /// One sentence.
    pub tells: &'static str,
    patience_ms: u64,
    /// Told before the driver begins.
    before: &'static [&'static str],
    /// Told while it works, one after the other.
    then: &'static [(When, &'static str)],
}

/// The scenario of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Scenario> {
    ALL.iter().find(|scenario| scenario.name == name)
}

impl Scenario {
    /// The device class.
    #[must_use]
    pub fn class(&self) -> &'static str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// Where its transcript is committed.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        people::home().join("transcripts").join(format!("{}.jsonl", self.name))
    }

    /// Whether it starts daemons on fixed ports.
    #[must_use]
    pub fn needs_namespace(&self) -> bool {
        matches!(self.class(), "card" | "ups")
    }

    /// Sets up the emulator, has the driver do its deed, tells the lines; returns the transcript.
    ///
    /// # Errors
    /// The emulator does not come up, or a moment does not come.
    pub fn record(&self) -> Result<Transcript, String> {
        let name = format!("hall-scenario-{}-{}", self.name.replace('/', "-"), std::process::id());
        let folder = Folder(std::env::temp_dir().join(name));
        std::fs::create_dir_all(&folder.0).map_err(|error| format!("{}: {error}", folder.0.display()))?;
        let driver = Driver::find(self.class(), self.driver)?;
        let mut stage = Stage::set(self.class(), driver, &folder.0)?;
        for line in self.before {
            stage.emulator.line(line).map_err(|why| format!("{line}: {why}"))?;
        }
        let how =
            How { patience: Duration::from_millis(self.patience_ms), cancel: Cancel::default(), told: Told::default() };
        let tape = Tape::default();
        let Stage { emulator, device, _service } = &mut stage;
        let device = device.take().ok_or("the device is gone")?;
        let outcome = std::thread::scope(|scope| {
            let deed = scope.spawn(|| perform(driver, device, &tape, &how));
            let told = self.tell(emulator.as_mut(), &tape, &how.told);
            if told.is_err() {
                how.cancel.cancel();
            }
            let outcome = deed.join().map_err(|_| "the driver panicked".to_owned());
            told.and(outcome)
        })?;
        let header = Header {
            class: self.class().to_owned(),
            driver: self.driver.to_owned(),
            tells: self.tells.to_owned(),
            patience_ms: self.patience_ms,
        };
        Ok(Transcript { header, entries: tape.entries(), outcome })
    }

    fn tell(&self, emulator: &mut dyn Emulator, tape: &Tape, told: &Told) -> Result<(), String> {
        for (when, line) in self.then {
            until(&format!("{when:?}, to say {line}"), PATIENCE, || {
                let count = tape.count();
                let is = match when {
                    When::Dialled => count.dialled > 0,
                    When::Sent(times) => count.sent >= *times,
                    When::Came(times) => count.came >= *times,
                    When::Silent(times) => count.silences >= *times,
                    When::Ended(times) => told.ended() >= *times,
                    When::Told(news) => told.all().iter().any(|told| told == news),
                    When::Says(text) => emulator.line("status").is_ok_and(|status| status.contains(text)),
                };
                is.then_some(())
            })?;
            emulator.line(line).map_err(|why| format!("{line}: {why}"))?;
        }
        Ok(())
    }
}

/// An emulator, and what its driver speaks to.
struct Stage {
    emulator: Box<dyn Emulator>,
    device: Option<Device>,
    _service: Option<Pcscd>,
}

impl Stage {
    fn set(class: &str, driver: Driver, folder: &Path) -> Result<Self, String> {
        let port = folder.join("port");
        let on_a_line = |emulator: Box<dyn Emulator>| {
            let dial = SerialDial { path: port.clone(), baud: driver.baud() };
            Self { emulator, device: Some(Device::Wire(Box::new(dial))), _service: None }
        };
        Ok(match class {
            "id-reader" => on_a_line(Box::new(IdReaderEmulator::plug(&port)?)),
            "scanner" => on_a_line(Box::new(ScannerEmulator::plug(&port)?)),
            "receipt-printer" => on_a_line(Box::new(ReceiptEmulator::plug(&port, &folder.join("paper"))?)),
            "number-pad" => on_a_line(Box::new(PadEmulator::plug(&port)?)),
            "sensors" => on_a_line(Box::new(SensorsEmulator::plug(&port)?)),
            "ups" => {
                let dial = TcpDial { address: ADDRESS.to_owned() };
                let emulator = Box::new(UpsEmulator::start(folder)?);
                Self { emulator, device: Some(Device::Wire(Box::new(dial))), _service: None }
            }
            "card" => Self {
                _service: Some(Pcscd::start(folder)?),
                emulator: Box::new(CardEmulator::new(pcscd::PORT)),
                device: Some(Device::Card(Box::new(Reader::named("SSC Reader")))),
            },
            other => return Err(format!("{other} has no emulator on a wire of ours")),
        })
    }
}

/// Removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}
