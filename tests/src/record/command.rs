//! `hall record` and `hall replay`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValue;
use hal::Cancel;
use hal::wire::Dial;
use hal::wire::serial::SerialDial;
use hal::wire::tcp::TcpDial;

use super::card::Reader;
use super::deed::{Device, Driver, How, Told};
use super::scenario::{self, Scenario};
use super::tape::{Tape, perform};
use super::{Header, Transcript};

/// A person needs that long to find the document and lay it down.
const PATIENCE_MS: u64 = 60_000;

/// What to record.
#[derive(Args)]
#[command(after_help = RECORD_HELP)]
pub struct Wanted {
    /// id-reader, scanner, receipt-printer, number-pad, sensors, ups or card.
    #[arg(required_unless_present = "emulated", conflicts_with = "emulated")]
    class: Option<String>,
    /// Driver or model of that class (id-reader: sdt, b; number-pad: plain, encrypting; sensors: modbus; ups: nut; card: ssc;
    /// scanner and receipt-printer: a model's name).
    #[arg(long, required_unless_present = "emulated", conflicts_with = "emulated")]
    driver: Option<String>,
    /// The device's serial port.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["address", "reader", "emulated"])]
    port: Option<PathBuf>,
    /// Bits a second; without, as such devices are shipped.
    #[arg(long, requires = "port")]
    baud: Option<u32>,
    /// The device's address on the network.
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["reader", "emulated"])]
    address: Option<String>,
    /// Part of the card reader's name.
    #[arg(long, value_name = "NAME", conflicts_with = "emulated")]
    reader: Option<String>,
    /// What the transcript is for, one sentence.
    #[arg(long, default_value = "Recorded from a device.")]
    tells: String,
    /// How long one command may take.
    #[arg(long, default_value_t = PATIENCE_MS)]
    patience_ms: u64,
    /// Instead of a device: one of these scenarios with an emulated one.
    #[arg(long, value_name = "SCENARIO", value_parser = Name)]
    emulated: Option<&'static Scenario>,
    /// The transcript; an older one is replaced.
    #[arg(long)]
    out: PathBuf,
}

const RECORD_HELP: &str = "\
The driver of hal does its deed: waits for a document, a code, keys or a card; prints a short receipt; tells two changes of the
sensors; asks how power is. Do with the device what you want recorded. Everything that passes between driver and device is written,
with the outcome as the last line; `hall replay FILE` plays it again without the device.

A recording of a real document or card holds that person's data and must not leave whoever answers for them. A card that is not
an invented person's gets neither an authority nor a PIN.

All of tests/transcripts is made with --emulated; scenarios of cards and power supplies start daemons in namespaces of their own
and need root. The page printer has no transcripts: its driver speaks HTTP through a crate that owns its socket.";

/// Reads a scenario's name; knows all of them for `--help`.
#[derive(Clone)]
struct Name;

impl clap::builder::TypedValueParser for Name {
    type Value = &'static Scenario;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let found = value.to_str().and_then(scenario::find);
        found.ok_or_else(|| {
            let text = format!("no scenario {}; hall record --help lists them\n", value.display());
            clap::Error::raw(clap::error::ErrorKind::InvalidValue, text).with_cmd(command)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(scenario::ALL.iter().map(|one| PossibleValue::new(one.name).help(one.tells))))
    }
}

impl Wanted {
    /// Whether it starts daemons on fixed ports.
    #[must_use]
    pub fn needs_namespace(&self) -> bool {
        self.emulated.is_some_and(Scenario::needs_namespace)
    }

    fn device(&self, driver: Driver) -> Result<Device, String> {
        let wire = |dial: Box<dyn Dial>| Ok(Device::Wire(dial));
        match (&self.port, &self.address, driver.is_card()) {
            (None, None, true) => Ok(Device::Card(Box::new(Reader::named(self.reader.as_deref().unwrap_or_default())))),
            (_, _, true) => Err("a card is named by --reader, not by a port".to_owned()),
            (Some(path), None, false) => {
                wire(Box::new(SerialDial { path: path.clone(), baud: self.baud.unwrap_or(driver.baud()) }))
            }
            (None, Some(address), false) => wire(Box::new(TcpDial { address: address.clone() })),
            _ => Err("where is the device? Say --port PATH or --address HOST:PORT".to_owned()),
        }
    }

    fn real(&self, class: &str, name: &str) -> Result<Transcript, String> {
        let driver = Driver::find(class, name)?;
        let tape = Tape::default();
        let patience = Duration::from_millis(self.patience_ms);
        let how = How { patience, cancel: Cancel::default(), told: Told::default() };
        let outcome = perform(driver, self.device(driver)?, &tape, &how);
        let header = Header {
            class: class.to_owned(),
            driver: name.to_owned(),
            tells: self.tells.clone(),
            patience_ms: self.patience_ms,
        };
        Ok(Transcript { header, entries: tape.entries(), outcome })
    }
}

/// Records, and says what the driver reported.
///
/// # Errors
/// There is no such driver or scenario, or the file cannot be written. A device that fails is recorded and no error.
pub fn record(wanted: &Wanted) -> Result<(), String> {
    let transcript = match (wanted.emulated, &wanted.class, &wanted.driver) {
        (Some(scenario), ..) => scenario.record()?,
        (None, Some(class), Some(driver)) => wanted.real(class, driver)?,
        _ => return Err("say a class and --driver, or --emulated".to_owned()),
    };
    std::fs::write(&wanted.out, transcript.text()?).map_err(|error| format!("{}: {error}", wanted.out.display()))?;
    println!("{}: {} lines, {}", wanted.out.display(), transcript.entries.len() + 2, transcript.outcome);
    Ok(())
}

/// Plays transcripts; a line each.
///
/// # Errors
/// How many differ.
pub fn replay(files: &[PathBuf]) -> Result<(), String> {
    let mut different = 0;
    for file in files {
        match replay_file(file) {
            Ok(()) => println!("{}: ok", file.display()),
            Err(why) => {
                different += 1;
                println!("{}: {why}", file.display());
            }
        }
    }
    if different == 0 { Ok(()) } else { Err(format!("{different} of {} differ", files.len())) }
}

/// Plays one transcript.
///
/// # Errors
/// It cannot be read, or what differed at which line.
pub fn replay_file(file: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    Transcript::parse(&text)?.replay()
}
