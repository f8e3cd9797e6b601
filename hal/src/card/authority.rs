//! Who answers a card that wants to see the terminal's authority: a security module in the terminal (PSAM), or the agency's (HSM).
//!
//! The trait is what both stand behind. The agency's HSM is asked by the kiosk, because the network is no device; a PSAM is a driver of
//! this crate. Must never: hold a key of its own.

use super::{Algorithm, Authority, Issuer};
use crate::bridge::BridgeError;
use crate::control::Control;
use crate::fault::{Code, DeviceState};
use crate::private::Private;

/// What a card said when it asked; everything that its answer depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenged {
    /// As in [`Issuer::card_id`].
    pub card_id: Private<String>,
    /// As in [`Issuer::historical`].
    pub historical: Private<String>,
    /// As in [`Issuer::algorithm`].
    pub algorithm: Algorithm,
    /// The challenge.
    pub challenge: [u8; 8],
}

impl Challenged {
    /// From what [`super::CardReader::begin`] found.
    #[must_use]
    pub fn new(issuer: &Issuer, challenge: [u8; 8]) -> Self {
        let Issuer { card_id, historical, algorithm, .. } = issuer;
        Self { card_id: card_id.clone(), historical: historical.clone(), algorithm: *algorithm, challenge }
    }
}

/// Why a security module gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// No module is there.
    #[error("no security module is there")]
    Absent,
    /// The module does not work.
    #[error("the security module does not work")]
    Broken,
    /// The module does not answer for this card: another region, another algorithm, no key.
    #[error("the security module refuses this card")]
    Refused,
    /// The bridge before the module.
    #[error(transparent)]
    Bridge(#[from] BridgeError),
}

impl AuthorityError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Absent => Code::PsamAbsent,
            Self::Broken => Code::PsamBroken,
            Self::Refused => Code::PsamRefused,
            Self::Bridge(error) => error.code(),
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

/// Answers challenges of cards.
pub trait Authorizer {
    /// How it fails: [`AuthorityError`] for a module in the terminal; whoever asks one over a network has reasons of its own.
    type Error;

    /// Answers one challenge. A card takes one answer to a challenge, right or wrong: ask again only for a new one.
    ///
    /// # Errors
    /// No answer, and why.
    fn answer(&mut self, card: &Challenged, control: &Control<'_>) -> Result<Authority, Self::Error>;
}
