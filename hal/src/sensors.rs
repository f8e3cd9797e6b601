//! Sensors of the cabinet and the lights at its slots.
//!
//! A board tells changes; a contact that bounces is told once. After the board was lost, everything it tells anew is what is so
//! now: a door that was opened meanwhile is told open.
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | board unplugged | `SensorError::Absent` | Maintain |
//! | board port not permitted | `SensorError::NotPermitted` | Configure |
//! | board port held by another program | `SensorError::Busy` | Reset |
//! | board path is a plain file | `SensorError::NotADevice` | Configure |
//! | board mute | `SensorError::NoAnswer` | Maintain |
//! | board answers with wrong checksums | `SensorError::Garbled` | Maintain |
//! | board has no such input | `SensorError::Refused` | Configure |
//! | light has no file | `LightError::Absent` | Configure |
//! | light may not be written | `LightError::NotPermitted` | Configure |
//!
//! Tried on: emulator (pty; the emulator is judged by another Modbus program), LED class in a folder of plain files. Not tried on
//! metal. GPIO lines are reached through a board or through the LED class only.

pub mod debounce;
pub mod led;
pub mod modbus;

use crate::control::Control;
use crate::fault::{Code, DeviceState};
use crate::wire::from_wire;

/// What a contact stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sensor {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lamp {
    /// Slot of the card reader.
    Card,
    /// Plate of the resident-ID reader.
    IdDocument,
    /// Window of the code scanner.
    Scanner,
    /// Mouth of the receipt printer.
    Receipt,
    /// Tray of the page printer.
    Page,
    /// Number pad.
    Pad,
}

impl Lamp {
    /// All places.
    pub const ALL: [Self; 6] = [Self::Card, Self::IdDocument, Self::Scanner, Self::Receipt, Self::Page, Self::Pad];
}

/// One sensor has another state now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub sensor: Sensor,
    /// Whether what it stands for is so.
    pub active: bool,
}

/// Why a board did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SensorError {
    /// Not there.
    #[error("the board is not there")]
    Absent,
    /// There, and we may not open it.
    #[error("the board may not be opened")]
    NotPermitted,
    /// There, and somebody else holds it.
    #[error("another program holds the board")]
    Busy,
    /// The configured name leads to something that is no device.
    #[error("the configured path is no device")]
    NotADevice,
    /// It does not answer.
    #[error("the board does not answer")]
    NoAnswer,
    /// It answers nonsense.
    #[error("the board answers nonsense")]
    Garbled,
    /// It has no such input or output.
    #[error("the board has no such input or output")]
    Refused,
}

impl SensorError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Absent => Code::SensorsOffline,
            Self::NotPermitted => Code::SensorsNotPermitted,
            Self::Busy => Code::SensorsBusy,
            Self::NotADevice => Code::SensorsNotADevice,
            Self::NoAnswer => Code::SensorsNoAnswer,
            Self::Garbled => Code::SensorsGarbled,
            Self::Refused => Code::SensorsRefused,
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

from_wire!(SensorError, timeout: NoAnswer);

/// Why a light did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LightError {
    /// Its file is not there.
    #[error("the light is not there")]
    Absent,
    /// Its file may not be written.
    #[error("the light may not be changed")]
    NotPermitted,
}

impl LightError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Absent => Code::LightsAbsent,
            Self::NotPermitted => Code::LightsNotPermitted,
        }
    }
}

/// A board of contacts and relays.
pub trait SensorBoard: Send {
    /// Which sensors are wired to it; does not touch the device.
    fn sensors(&self) -> Vec<Sensor>;

    /// Waits for changes until the deadline; none is an empty answer. The first answer, and the first after an error, tells
    /// everything that is active.
    ///
    /// # Errors
    /// As [`SensorError`] says.
    fn changes(&mut self, control: &Control<'_>) -> Result<Vec<Change>, SensorError>;

    /// Switches a light that is wired to it; `false` where none is.
    ///
    /// # Errors
    /// As [`SensorError`] says.
    fn light(&mut self, lamp: Lamp, on: bool, control: &Control<'_>) -> Result<bool, SensorError>;
}
