//! Resident-ID reader: what it must do, what a document tells.
//!
//! One command does a citizen's whole business: [`IdReader::await_document`] waits until a document is laid down *after* the
//! command began, reads it and returns it. What lay there before is somebody else's and is never read; its owner is asked to
//! take it away (`Blocked(IdLeftBehind)`).
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | reader unplugged | `IdError::Absent` | Maintain |
//! | port not permitted | `IdError::NotPermitted` | Configure |
//! | port held by another program | `IdError::Busy` | Reset |
//! | path is a plain file | `IdError::NotADevice` | Configure |
//! | module mute | `IdError::NoAnswer` | Maintain |
//! | wrong checksum every time | `IdError::Garbled` | Maintain |
//! | security module failed its self-test | `IdError::SamFault` | Maintain |
//! | document lifted too early | `IdError::Unreadable` | Clear |
//! | document not genuine or worn | `IdError::Refused` | Clear |
//! | document left behind | `Blocked(IdLeftBehind)` | Clear |
//! | nobody lays a document | `IdError::NothingLaidDown` | Clear |
//! | citizen leaves the page | `IdError::Cancelled` | Clear |
//!
//! Tried on: emulator (pty), real stack (pcscd with vpcd for the PC/SC kind). Not tried on metal.

pub mod block;
pub mod dialect_b;
pub mod fresh;
pub mod pcsc;
pub mod sdt;
pub mod serial;

use std::collections::BTreeMap;
use std::fmt;

use crate::control::Control;
use crate::day::Day;
use crate::fault::{Code, DeviceState};
use crate::private::Private;
use crate::wire::from_wire;

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Resident identity card (type flag: space).
    Resident,
    /// Residence permit for people from Hong Kong, Macao and Taiwan (`J`).
    HmtPermit,
    /// Foreigner's permanent residence card of 2017 (`I`).
    Foreigner2017,
    /// Foreigner's permanent residence card of 2023 (`Y`).
    Foreigner2023,
}

/// What may stand on a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Name in Chinese characters; empty on some foreigners' cards.
    Name,
    /// Name in Latin letters.
    LatinName,
    /// `0` unknown, `1` male, `2` female, `9` not stated.
    Sex,
    /// Two digits after GB 3304.
    EthnicGroup,
    /// YYYYMMDD.
    Birth,
    /// Registered address; the newest where the chip holds a newer one.
    Address,
    /// ID number, 18 characters; 15 on cards of 2017 for foreigners.
    Number,
    /// Issuing authority, or its code.
    Authority,
    /// YYYYMMDD.
    ValidFrom,
    /// YYYYMMDD or 长期.
    ValidTo,
    /// Number of the travel permit.
    TravelPermit,
    /// How often it was issued.
    IssueCount,
    /// Three letters.
    Nationality,
    /// Version of the card.
    CardVersion,
    /// How often it was renewed.
    RenewalCount,
    /// Link to the permit it replaces.
    FormerPermit,
}

/// A document as read: all of it personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// Which kind.
    pub kind: Kind,
    /// What stands on it, spaces at the end removed.
    pub fields: BTreeMap<Field, Private<String>>,
    /// Birth date, checked.
    pub birth: Private<Day>,
    /// The portrait as the chip holds it (WLT, 1024 bytes), where the reader gave it.
    pub photo: Option<Private<Vec<u8>>>,
}

impl Document {
    /// A field; empty where the document has none.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        self.fields.get(&field).map_or("", |text| text.reveal())
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({:?})", self.kind)
    }
}

/// Turns the portrait of the chip into pixels. No open decoder is known; a vendor's may be joined here, and nothing else
/// may depend on there being one.
pub trait PhotoDecoder: Send {
    /// 102 x 126 pixels, blue green red, rows from top to bottom; `None` where the bytes are no portrait.
    fn decode(&self, wlt: &[u8]) -> Option<Private<Vec<u8>>>;
}

/// Why a document was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not there.
    #[error("the reader is not there")]
    Absent,
    /// There, and we may not open it.
    #[error("the reader may not be opened")]
    NotPermitted,
    /// There, and somebody else holds it.
    #[error("another program holds the reader")]
    Busy,
    /// The configured name leads to something that is no device.
    #[error("the configured path is no device")]
    NotADevice,
    /// It does not answer.
    #[error("the reader does not answer")]
    NoAnswer,
    /// It answers what no protocol allows, or with wrong checksums every time.
    #[error("the reader answers nonsense")]
    Garbled,
    /// Its security module does not work or is not authorised.
    #[error("the security module does not work")]
    SamFault,
    /// A document was there and could not be read to the end.
    #[error("the document could not be read")]
    Unreadable,
    /// Document and security module do not accept each other.
    #[error("the document is refused")]
    Refused,
    /// Nobody laid one down in time.
    #[error("no document was laid down")]
    NothingLaidDown,
    /// Somebody cancelled the command.
    #[error("cancelled")]
    Cancelled,
}

impl fresh::Waits for IdError {
    const LEFT_BEHIND: Code = Code::IdLeftBehind;

    fn cancelled() -> Self {
        Self::Cancelled
    }

    fn nothing() -> Self {
        Self::NothingLaidDown
    }
}

impl IdError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Absent => Code::IdOffline,
            Self::NotPermitted => Code::IdNotPermitted,
            Self::Busy => Code::IdBusy,
            Self::NotADevice => Code::IdNotADevice,
            Self::NoAnswer => Code::IdNoAnswer,
            Self::Garbled => Code::IdGarbled,
            Self::SamFault => Code::IdSamFault,
            Self::Unreadable => Code::IdUnreadable,
            Self::Refused => Code::IdRefused,
            Self::NothingLaidDown => Code::IdNothingLaidDown,
            Self::Cancelled => Code::IdCancelled,
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

from_wire!(IdError, timeout: NoAnswer);

/// What this reader can and cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Documents are laid down and lifted, never held.
    pub tells_module_id: bool,
    /// Reads the newest address where the chip holds one.
    pub reads_newest_address: bool,
    /// Gives the portrait.
    pub gives_photo: bool,
}

/// A resident-ID reader.
pub trait IdReader: Send {
    /// What it can do; does not touch the device.
    fn capabilities(&self) -> Capabilities;

    /// Asks whether it works; where it can tell, the number of its security module, which names no person.
    ///
    /// # Errors
    /// As [`IdError`] says.
    fn status(&mut self, control: &Control<'_>) -> Result<Option<String>, IdError>;

    /// Waits for a document that is laid down from now on, and reads it.
    ///
    /// # Errors
    /// As [`IdError`] says.
    fn await_document(&mut self, control: &Control<'_>) -> Result<Document, IdError>;
}
