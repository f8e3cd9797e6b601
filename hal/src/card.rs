//! Social security card: what a reader must do, what a card can tell.
//!
//! Reading is a two-phase operation, because specification 3.00 protects the holder file: [`CardReader::begin`]
//! reads what is free and, where the card wants to see the terminal's authority first, returns its challenge;
//! somebody else answers that challenge, and [`CardReader::finish`] reads the rest.
//!
//! Watching for cards ([`CardWatch`]) is apart from talking to one ([`CardReader`]): two threads, two PC/SC contexts,
//! so that neither waits for the other.
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | card service down | `CardError::Service` | Reset |
//! | no reader of that name | `CardError::NoReader` | Maintain |
//! | card service refuses us | `CardError::NotPermitted` | Configure |
//! | another program holds the card | `CardError::Busy` | Reset |
//! | card pulled mid command | `CardError::Gone` | Clear |
//! | card without answer to reset | `CardEvent::Mute`, code `card.mute` | Clear |
//! | card of somebody else | `CardError::Foreign` | Clear |
//! | card talks nonsense | `CardError::Garbled` | Clear |
//! | card refuses the terminal | `CardError::AuthFailed` | Configure |
//! | card too slow | `CardError::Timeout` | Maintain |
//! | citizen leaves while the card is read | `CardError::Cancelled` | Clear |
//! | pin locked on the card | `Verified::Locked`, code `card.pin_locked` | Clear |
//! | pin change cut off | `PinChangeError::Uncertain`, code `card.gone` | Clear |
//!
//! Tried on: emulator behind the real stack (pcscd with vpcd). Not tried on metal: no contactless reader, no reader with a latch.

pub mod apdu;
pub mod authority;
pub(crate) mod laid;
pub mod link;
pub mod pcsc;
pub(crate) mod presence;
pub mod reader_api;
pub mod record;
pub mod ssc;
pub mod transport;

use std::time::Duration;

use crate::bridge::BridgeError;
use crate::control::Control;
use crate::day::Day;
use crate::fault::{Code, DeviceState};
use crate::private::Private;

/// Which insertion since the watch began; a second card is a higher number. Starts at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Insertion(pub u64);

/// What the watch can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardEvent {
    /// The reader is there and works.
    ReaderReady,
    /// The reader or its service is lost; a card that was in it counts as gone. Told once, until it is ready again.
    ReaderLost(CardError),
    /// A card lies in the reader and answers.
    Inserted(Insertion),
    /// That card is no longer there.
    Removed(Insertion),
    /// Something lies in the reader and gives no answer to reset.
    Mute,
}

/// Watches one reader for cards.
pub trait CardWatch: Send {
    /// Waits until there is news, at most `timeout`. Loses no change: a swap quicker than one look is told as
    /// removed and inserted.
    fn next(&mut self, timeout: Duration) -> Option<CardEvent>;
}

/// Why a card command failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// pcscd does not answer.
    #[error("the card service does not answer")]
    Service,
    /// No reader matches the configured name.
    #[error("no such reader")]
    NoReader,
    /// Present but not permitted.
    #[error("the reader may not be opened")]
    NotPermitted,
    /// Another program holds the card.
    #[error("another program holds the card")]
    Busy,
    /// The card left before the command ended.
    #[error("the card is gone")]
    Gone,
    /// No answer to reset.
    #[error("the card gives no answer to reset")]
    Mute,
    /// Not a social security card.
    #[error("not a social security card")]
    Foreign,
    /// An answer that no specification allows.
    #[error("the card answers nonsense")]
    Garbled,
    /// The card refuses the terminal's authentication, or wants one that we cannot give.
    #[error("the card refuses the terminal")]
    AuthFailed,
    /// No answer in time.
    #[error("the card did not answer in time")]
    Timeout,
    /// Somebody cancelled the command.
    #[error("cancelled")]
    Cancelled,
    /// The card is stuck in a motorised reader.
    #[error("the card is stuck")]
    Jammed,
    /// The bin for retained cards takes no more.
    #[error("the bin for retained cards is full")]
    BinFull,
    /// The reader says that it is broken.
    #[error("the reader is broken")]
    Broken,
    /// The vendor bridge before the reader.
    #[error(transparent)]
    Bridge(BridgeError),
}

impl CardError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Service => Code::CardService,
            Self::NoReader => Code::CardNoReader,
            Self::NotPermitted => Code::CardNotPermitted,
            Self::Busy => Code::CardBusy,
            Self::Gone | Self::Cancelled => Code::CardGone,
            Self::Mute => Code::CardMute,
            Self::Foreign => Code::CardForeign,
            Self::Garbled => Code::CardGarbled,
            Self::AuthFailed => Code::CardAuthFailed,
            Self::Timeout => Code::CardTimeout,
            Self::Jammed => Code::CardJammed,
            Self::BinFull => Code::CardBinFull,
            Self::Broken => Code::CardBroken,
            Self::Bridge(error) => error.code(),
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

/// Specification the card follows, EF05 tag 03 (`1.0x`, `2.0`, `3.00`); empty counts as 1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpecVersion {
    /// 1, 2 or 3.
    pub major: u8,
    /// First digit after the point.
    pub minor: u8,
}

/// Algorithm the card announces in its FCI (tag 86; absent: by region).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// 01: DES or 3DES.
    Des,
    /// 02: SSF33.
    Ssf33,
    /// 03: SM4.
    Sm4,
}

/// Issuer data (SSSE/EF05): free to read on every card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Tag 01, 32 hexadecimal digits, upper case: identifies this very card.
    pub card_id: Private<String>,
    /// First six digits of the card id.
    pub region: String,
    /// Tag 02 class character, if set: 1 preschool, 2 student, 3 adult, 4 elderly.
    pub class: Option<char>,
    /// Tag 03.
    pub spec: SpecVersion,
    /// Tag 05; `None` where the card leaves it unset.
    pub issued: Option<Day>,
    /// Tag 06; `None` where the card leaves it unset.
    pub expires: Option<Day>,
    /// Tag 07, nine characters; some cards leave it empty.
    pub card_number: Option<Private<String>>,
    /// Thirteen historical bytes of the ATR, as hosts pass them on (卡复位信息); upper-case hexadecimal. On
    /// many cards they hold part of the card's own number.
    pub historical: Private<String>,
    /// From the FCI of the SSSE.
    pub algorithm: Algorithm,
}

/// Holder data (SSSE/EF06).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Tag 08: social security number, which is the ID number.
    pub id_number: Private<String>,
    /// Tag 09 with 4E appended.
    pub name: Private<String>,
}

/// What the first phase found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Everything could be read freely.
    Read(Issuer, Holder),
    /// The card wants the terminal's authority first: answer this challenge (8 bytes), then call `finish`.
    Challenged(Issuer, [u8; 8]),
}

/// The answer to a challenge: `0082 00 key_id 10 result ‖ raw`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// P2 of EXTERNAL AUTHENTICATE; 04 and 0A are seen in the field.
    pub key_id: u8,
    /// Eight bytes computed under the read key.
    pub result: [u8; 8],
    /// Eight bytes that went into it.
    pub raw: [u8; 8],
}

/// How many PIN attempts the card says are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// That many; 0 means locked.
    Left(u8),
    /// The card will not tell.
    NotTold,
}

/// What VERIFY said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// 9000.
    Right,
    /// 63Cx, 6300, or a refusal that may not have counted.
    Wrong(Tries),
    /// 6983, or 63C0.
    Locked,
}

/// What CHANGE PIN said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinChange {
    /// 9000: from now on the new PIN holds.
    Changed,
    /// The old PIN was wrong, as [`Verified::Wrong`] says; it holds as before.
    WrongOld(Tries),
    /// 6983, or 63C0: no PIN holds any more.
    Locked,
}

/// Why a PIN is not known to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinChangeError {
    /// The command never went out, or the card refused it: the old PIN holds.
    #[error("the PIN is as it was: {0}")]
    NotChanged(CardError),
    /// The command went out, and no answer tells what became of it. Only its owner's next entry does; whoever tries
    /// one of the two spends a try that is not theirs.
    #[error("nobody knows whether the PIN was changed: {0}")]
    Uncertain(CardError),
}

/// How a card is brought to a reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presentation {
    /// Put in and held, or latched, until the visit is over.
    #[default]
    Held,
    /// Put in and drawn out again at once.
    Dip,
    /// Laid down (contactless). Judged by its ATR only: no field strength, no collision is known here.
    LaidDown,
    /// Drawn in by a motor, which alone gives it back.
    Motorised,
}

/// What a card reader can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// How a card is brought to it.
    pub presentation: Presentation,
    /// Whether it is also a [`transport::CardTransport`].
    pub moves_cards: bool,
}

/// Talks to the card in one reader. Every command names the insertion it is meant for and fails with
/// [`CardError::Gone`] if that card has left.
pub trait CardReader: Send {
    /// What it can do; asks nobody.
    fn capabilities(&self) -> Capabilities;

    /// Connects, selects the SSSE, reads the issuer file and, where free, the holder file.
    ///
    /// # Errors
    /// As [`CardError`] says.
    fn begin(&mut self, card: Insertion, control: &Control<'_>) -> Result<Begun, CardError>;

    /// External authentication, then the holder file.
    ///
    /// # Errors
    /// [`CardError::AuthFailed`] where the card refuses; else as [`CardError`] says.
    fn finish(&mut self, card: Insertion, authority: &Authority, control: &Control<'_>) -> Result<Holder, CardError>;

    /// Asks for the tries left (VERIFY with Lc 00) without spending one.
    ///
    /// # Errors
    /// As [`CardError`] says.
    fn tries(&mut self, card: Insertion, control: &Control<'_>) -> Result<Tries, CardError>;

    /// Verifies the PIN (4 to 16 digits, as ASCII digits). Spends one try.
    ///
    /// # Errors
    /// As [`CardError`] says; a wrong PIN is not an error.
    fn verify(&mut self, card: Insertion, pin: &Private<String>, control: &Control<'_>) -> Result<Verified, CardError>;

    /// Changes the PIN (both 4 to 16 digits, as ASCII digits). Spends a try where the old one is wrong. An answer counts however
    /// late it comes.
    ///
    /// # Errors
    /// As [`PinChangeError`] says: certainly not changed, or nobody knows.
    fn change_pin(
        &mut self,
        card: Insertion,
        old: &Private<String>,
        new: &Private<String>,
        control: &Control<'_>,
    ) -> Result<PinChange, PinChangeError>;

    /// Powers the card down and lets it go; a motorised reader hands it back.
    fn release(&mut self);

    /// Takes in a card that nobody has taken; says how many lie in the bin now.
    ///
    /// # Errors
    /// [`CardError::Gone`] where there is none, or no motor; else as [`transport::CardTransport::retract`] says.
    fn keep(&mut self, control: &Control<'_>) -> Result<u16, CardError>;
}
