//! Vendor bridge: how a closed vendor library joins without entering our process.
//!
//! The library lives in a process of its own, under a user of its own, and speaks the frames below on a Unix socket; it is started again
//! when it dies. The drivers here stand behind the same traits, deadlines and faults as the built-in ones. What an integrator needs is in
//! `deploy/bridge/README.md`, with two examples in C.
//!
//! A frame is a length (2 bytes, big-endian, counting all behind it), a kind (1), a request id (4, big-endian) and a body.
//!
//! | Kind | Way | Name | Body |
//! |---|---|---|---|
//! | 01 | to the bridge | hello | version, class, 1 where events are wanted |
//! | 02 | to the bridge | command | operation, milliseconds left (4), arguments |
//! | 03 | to the bridge | cancel | none; the id is that of the command |
//! | 81 | from the bridge | welcome | version, class, name (UTF-8) |
//! | 82 | from the bridge | completion | result, data |
//! | 83 | from the bridge | progress | 01 accepted; 02 blocked, result; 03 resumed |
//! | 84 | from the bridge | event | of the class |
//!
//! | Result | Means |
//! |---|---|
//! | 00 | done |
//! | 01 | cancelled by a cancel frame |
//! | 02 | busy: another command is running |
//! | 03 | no such operation, or not with these arguments |
//! | 10, 11, 12 | the device gave no answer in time; is not there; is broken |
//! | 20, 21, 22, 23 | that card is not in the reader; gives no answer to reset; is stuck; the bin is full |
//! | 30 | the security module refuses |
//!
//! Hello, welcome and events carry the id 0; every command has a higher id than the one before and gets exactly one completion. Classes
//! and their operations: 1, card reader: [`card`]; 2, security module: [`psam`].
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | bridge down | `BridgeError::Down` | Reset |
//! | bridge killed in the middle of a command | `BridgeError::Down` | Reset |
//! | bridge socket not permitted | `BridgeError::NotPermitted` | Configure |
//! | bridge path is a plain file | `BridgeError::NotASocket` | Configure |
//! | bridge speaks another version | `BridgeError::WrongVersion` | Configure |
//! | bridge serves another class | `BridgeError::WrongClass` | Configure |
//! | bridge mute | `BridgeError::NoAnswer` | Reset |
//! | bridge talks junk | `BridgeError::Garbled` | Maintain |
//! | bridge works for another command | `BridgeError::Busy` | Reset |
//! | bridge does not know the command | `BridgeError::NotSupported` | Configure |
//! | command cancelled behind the bridge | `BridgeError::Cancelled` | Clear |
//! | device behind the bridge absent | `CardError::NoReader`, code `card.no_reader` | Maintain |
//! | device behind the bridge broken | `CardError::Broken`, code `card.broken` | Maintain |
//! | card jammed in the reader | `CardError::Jammed`, code `card.jammed` | Clear |
//! | bin for retained cards full | `CardError::BinFull`, code `card.bin_full` | Clear |
//! | security module absent | `AuthorityError::Absent`, code `psam.absent` | Maintain |
//! | security module broken | `AuthorityError::Broken`, code `psam.broken` | Maintain |
//! | security module refuses the card | `AuthorityError::Refused`, code `psam.refused` | Configure |
//!
//! Tried on: emulators in C as processes of their own, on real Unix sockets. No vendor's library was tried.

pub mod card;
pub mod client;
pub mod frame;
pub mod psam;

use crate::card::CardError;
use crate::card::authority::AuthorityError;
use crate::fault::{Code, DeviceState};
use crate::wire::WireError;
use frame::Trouble;

/// Which class of device a bridge serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceClass {
    /// 1: card reader.
    Card,
    /// 2: security module.
    SecurityModule,
}

impl DeviceClass {
    /// Its number in hello and welcome.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Card => 1,
            Self::SecurityModule => 2,
        }
    }

    /// What trouble with such a device is called in the fault catalogue.
    const fn code_of(self, trouble: Trouble) -> Code {
        match self {
            Self::Card => CardError::of(trouble).code(),
            Self::SecurityModule => AuthorityError::of(trouble).code(),
        }
    }
}

/// What is wrong with a bridge itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BridgeError {
    /// Nobody listens, or it died.
    #[error("the bridge is not running")]
    Down,
    /// Its socket is there, and we may not connect.
    #[error("the bridge may not be connected to")]
    NotPermitted,
    /// The path leads to something else.
    #[error("the path leads to no socket")]
    NotASocket,
    /// It speaks another version of the frames.
    #[error("the bridge speaks another version")]
    WrongVersion,
    /// It serves another class of device.
    #[error("the bridge serves another class of device")]
    WrongClass,
    /// It did not answer by the deadline.
    #[error("the bridge did not answer in time")]
    NoAnswer,
    /// What came is no frame, or one that cannot come.
    #[error("the bridge talks nonsense")]
    Garbled,
    /// It works for another command.
    #[error("the bridge works for another command")]
    Busy,
    /// It does not know this operation.
    #[error("the bridge does not know the command")]
    NotSupported,
    /// Somebody cancelled the command.
    #[error("cancelled")]
    Cancelled,
}

impl BridgeError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Down => Code::BridgeDown,
            Self::NotPermitted => Code::BridgeNotPermitted,
            Self::NotASocket => Code::BridgeNotASocket,
            Self::WrongVersion => Code::BridgeWrongVersion,
            Self::WrongClass => Code::BridgeWrongClass,
            Self::NoAnswer => Code::BridgeNoAnswer,
            Self::Garbled => Code::BridgeGarbled,
            Self::Busy => Code::BridgeBusy,
            Self::NotSupported => Code::BridgeNotSupported,
            Self::Cancelled => Code::BridgeCancelled,
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

impl From<WireError> for BridgeError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Absent | WireError::Gone => Self::Down,
            WireError::NotPermitted => Self::NotPermitted,
            WireError::NotADevice => Self::NotASocket,
            WireError::Busy => Self::Busy,
            WireError::Timeout => Self::NoAnswer,
        }
    }
}
