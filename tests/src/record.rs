//! Recording and replay: what a driver and its device said to each other, as lines of JSON, and the same driver before that
//! record again, in lockstep.
//!
//! Whoever meets a strange device records it (`hall record`), sends the file, and anybody can play it (`hall replay`) through
//! the real driver of hal, without the device, on any machine. The committed ones stand in `tests/transcripts/<class>/` and are
//! made by [`scenario`]s against the emulators: `hall record --emulated CLASS/NAME --out FILE` makes each of them anew.
//!
//! | Line | Says |
//! |---|---|
//! | `{"class":"id-reader","driver":"sdt","tells":"one sentence","patience_ms":20000}` | first: which driver, doing its deed ([`deed`]), and how long each command of it may take |
//! | `{"ms":3,"dialled":true}` | the driver opened the wire |
//! | `{"ms":12,"sent":"AAAA9669..."}` | the driver sent this; with `failed` beside it, the sending failed |
//! | `{"ms":15,"came":"..."}` | one read gave this |
//! | `{"ms":415,"silences":4,"came":"..."}` | the same, after four reads had ended in vain since the line before |
//! | `{"ms":20,"failed":"gone"}` | a read or the opening failed; a time-out of a read is not written |
//! | `{"ms":1,"atr":"3B..."}` | card: opened, with this answer to reset |
//! | `{"ms":2,"command":"00A4..."}`, `{"ms":9,"answer":"9000"}` | card: one APDU and its answer, or `failed` |
//! | `{"outcome":"..."}` | last: what the driver reported, by fault codes and counts; never a personal value |
//!
//! Bytes are upper-case hexadecimal; `ms` counts from the start and is for the reader, the player does not look at it. Silences
//! are counted because drivers read meaning into them: a scanner's code may end with one, and what a scanner sent before the
//! first is an old code.
//!
//! What is in a transcript: everything the device told. The committed ones know only the invented people of
//! `tests/personas.toml`, whose PIN may stand in a card's transcript. A recording of a real device with a real document or card
//! holds that person's data: it must not leave the agency that answers for them.
//!
//! The page printer is left out: it speaks HTTP through an outside crate that owns its socket, so there is no wire of ours to
//! wrap. Its faults are tested against the real ippeveprinter (`tests/suite/devices/page.rs`).

pub mod card;
pub mod command;
pub mod deed;
pub mod hex;
pub mod player;
pub mod scenario;
pub mod tape;

use hal::card::CardError;
use hal::wire::WireError;
use serde::{Deserialize, Serialize};

use hex::Hex;

/// First line: which driver plays, and what this transcript is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Device class, as in [`deed::Driver::all`].
    pub class: String,
    /// Driver or model within the class.
    pub driver: String,
    /// One sentence: what happened.
    pub tells: String,
    /// How long one command of the deed may take.
    pub patience_ms: u64,
}

/// One thing that happened between driver and device. Exactly one of the optional parts is there; `sent` and `command` may
/// have `failed` beside them, `came` and `failed` may have `silences`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// Since the start.
    pub ms: u64,
    /// Reads that ended in vain since the entry before.
    #[serde(skip_serializing_if = "is_none_at_all")]
    pub silences: u32,
    /// The driver opened the wire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialled: Option<bool>,
    /// The driver sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Hex>,
    /// The driver read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<Hex>,
    /// A card was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub atr: Option<Hex>,
    /// The driver sent an APDU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Hex>,
    /// The card answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Hex>,
    /// It failed; see [`WIRE_FAILURES`] and [`CARD_FAILURES`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_none_at_all(count: &u32) -> bool {
    *count == 0
}

impl Entry {
    /// Whether it is one of the things that the module doc lists, and not two or none.
    fn is_sound(&self) -> bool {
        let parts = [&self.sent, &self.came, &self.atr, &self.command, &self.answer];
        let said = parts.iter().filter(|part| part.is_some()).count() + usize::from(self.dialled.is_some());
        let may_fail = self.sent.is_some() || self.command.is_some();
        let one = if self.failed.is_some() { said == 0 || (said == 1 && may_fail) } else { said == 1 };
        one && self.dialled != Some(false) && (self.silences == 0 || self.came.is_some() || self.failed.is_some())
    }
}

/// Last line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    outcome: String,
}

/// A whole transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// First line.
    pub header: Header,
    /// Everything between.
    pub entries: Vec<Entry>,
    /// Last line.
    pub outcome: String,
}

impl Transcript {
    /// Reads a transcript; nothing in it is passed over.
    ///
    /// # Errors
    /// The line that is none, and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines: Vec<&str> = text.lines().collect();
        let [first, between @ .., last] = lines.as_slice() else { return Err("fewer than two lines".to_owned()) };
        let entry = |(number, line): (usize, &&str)| {
            let entry: Entry = read(number, line)?;
            if entry.is_sound() { Ok(entry) } else { Err(format!("line {number}: not exactly one event")) }
        };
        let entries = (2..).zip(between).map(entry).collect::<Result<_, _>>()?;
        let header = read(1, first)?;
        let Outcome { outcome } = read(lines.len(), last)?;
        Ok(Self { header, entries, outcome })
    }

    /// The lines, as they stand in a file.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn text(&self) -> Result<String, String> {
        let mut lines = vec![write(&self.header)?];
        for entry in &self.entries {
            lines.push(write(entry)?);
        }
        lines.push(write(&Outcome { outcome: self.outcome.clone() })?);
        Ok(lines.join("\n") + "\n")
    }

    /// Plays it through the real driver that it names.
    ///
    /// # Errors
    /// The first line from which the driver differed, or how its outcome differed.
    pub fn replay(&self) -> Result<(), String> {
        let driver = deed::Driver::find(&self.header.class, &self.header.driver)?;
        let player = player::Player::new(self.entries.clone());
        let how = deed::How {
            patience: std::time::Duration::from_millis(self.header.patience_ms),
            cancel: player.cancel(),
            told: deed::Told::default(),
        };
        let device = if driver.is_card() {
            deed::Device::Card(Box::new(player.clone()))
        } else {
            deed::Device::Wire(Box::new(player.clone()))
        };
        let outcome = driver.perform(device, &how);
        player.end()?;
        if outcome == self.outcome {
            return Ok(());
        }
        let line = self.entries.len() + 2;
        Err(format!("line {line}: the outcome was \"{}\", and is now \"{outcome}\"", self.outcome))
    }
}

fn read<'a, T: Deserialize<'a>>(number: usize, line: &'a str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))
}

fn write(line: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(line).map_err(|error| error.to_string())
}

/// How a wire's failure stands in a transcript.
pub const WIRE_FAILURES: [(&str, WireError); 6] = [
    ("absent", WireError::Absent),
    ("not_permitted", WireError::NotPermitted),
    ("busy", WireError::Busy),
    ("not_a_device", WireError::NotADevice),
    ("gone", WireError::Gone),
    // Of opening and sending only.
    ("timeout", WireError::Timeout),
];

/// How a card's failure stands in a transcript.
pub const CARD_FAILURES: [(&str, CardError); 11] = [
    ("service", CardError::Service),
    ("no_reader", CardError::NoReader),
    ("not_permitted", CardError::NotPermitted),
    ("busy", CardError::Busy),
    ("gone", CardError::Gone),
    ("mute", CardError::Mute),
    ("foreign", CardError::Foreign),
    ("garbled", CardError::Garbled),
    ("auth_failed", CardError::AuthFailed),
    ("timeout", CardError::Timeout),
    ("cancelled", CardError::Cancelled),
];

/// The name of a failure in one of the two tables.
fn name_of<E: PartialEq>(table: &[(&'static str, E)], error: &E) -> String {
    table.iter().find(|(_, known)| known == error).map_or("unknown", |(name, _)| name).to_owned()
}

/// The failure of that name.
fn named<E: Copy>(table: &[(&'static str, E)], name: &str) -> Option<E> {
    table.iter().find(|(known, _)| *known == name).map(|(_, error)| *error)
}
