//! A security module (PSAM) behind a vendor bridge: class 2.
//!
//! | Operation | Arguments | Data |
//! |---|---|---|
//! | 01 status | none | number of the module (UTF-8) |
//! | 02 answer | algorithm (01 DES, 02 SSF33, 03 SM4), card id (16), challenge (8), historical bytes | key id, result (8), raw data (8) |
//!
//! The keys never leave the module; what it returns opens one card once.

use zeroize::Zeroizing;

use super::client::{Answer, Client};
use super::frame::Trouble;
use super::{BridgeError, DeviceClass};
use crate::card::authority::{AuthorityError, Authorizer, Challenged};
use crate::card::{Algorithm, Authority};
use crate::control::Control;
use crate::private::Private;
use crate::wire::Dial;

const STATUS: u8 = 0x01;
const ANSWER: u8 = 0x02;

/// The module.
pub struct BridgePsam(Client);

impl BridgePsam {
    /// A module behind the bridge that `dial` reaches; touches nothing yet.
    #[must_use]
    pub fn new(dial: Box<dyn Dial>) -> Self {
        Self(Client::new(dial, DeviceClass::SecurityModule))
    }

    /// How it is: what the bridge calls itself, then the module's number.
    ///
    /// # Errors
    /// As [`AuthorityError`] says.
    pub fn status(&mut self, control: &Control<'_>) -> Result<[String; 2], AuthorityError> {
        let number = self.call(STATUS, &[], control)?;
        let shown = String::from_utf8_lossy(&number).chars().filter(|c| !c.is_control()).collect();
        Ok([self.0.name().to_owned(), shown])
    }

    fn call(
        &mut self,
        operation: u8,
        arguments: &[u8],
        control: &Control<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, AuthorityError> {
        match self.0.call(operation, arguments, control)? {
            Answer::Done(data) => Ok(data),
            Answer::Not(trouble) => Err(AuthorityError::of(trouble)),
        }
    }
}

impl Authorizer for BridgePsam {
    type Error = AuthorityError;

    fn answer(&mut self, card: &Challenged, control: &Control<'_>) -> Result<Authority, AuthorityError> {
        let arguments = arguments(card).ok_or(AuthorityError::Refused)?;
        let data = self.call(ANSWER, arguments.reveal(), control)?;
        authority(&data).ok_or(AuthorityError::Bridge(BridgeError::Garbled))
    }
}

/// What the module must know of the card; `None` where the card's own data are not what a card has.
fn arguments(card: &Challenged) -> Option<Private<Vec<u8>>> {
    let algorithm = match card.algorithm {
        Algorithm::Des => 1,
        Algorithm::Ssf33 => 2,
        Algorithm::Sm4 => 3,
    };
    let card_id = bytes(card.card_id.reveal()).filter(|id| id.len() == 16)?;
    let historical = bytes(card.historical.reveal())?;
    Some(Private::new([&[algorithm], &card_id[..], &card.challenge, &historical].concat()))
}

/// Bytes from hexadecimal digits.
fn bytes(hex: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |c: &u8| char::from(*c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| if let [high, low] = pair { Some(digit(high)? << 4 | digit(low)?) } else { None })
        .collect::<Option<Vec<_>>>()
        .map(Zeroizing::new)
}

/// Reads what the operation `answer` brings: key id, result, raw data. Pure and total.
#[must_use]
pub fn authority(data: &[u8]) -> Option<Authority> {
    let (key_id, rest) = data.split_first()?;
    let (result, raw) = rest.split_at_checked(8)?;
    Some(Authority { key_id: *key_id, result: result.try_into().ok()?, raw: raw.try_into().ok()? })
}

impl AuthorityError {
    /// What trouble with the module means.
    pub(super) const fn of(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NoDevice => Self::Absent,
            Trouble::Refused => Self::Refused,
            // A module neither holds cards nor moves them: it talks nonsense, or does not work.
            Trouble::TimedOut
            | Trouble::Broken
            | Trouble::NoCard
            | Trouble::MuteCard
            | Trouble::Jammed
            | Trouble::BinFull => Self::Broken,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_card_of_no_number_is_sent_to_the_module() {
        let card = |card_id: &str| Challenged {
            card_id: card_id.into(),
            historical: "00814A".into(),
            algorithm: Algorithm::Sm4,
            challenge: [7; 8],
        };
        let good = arguments(&card("190001D15600000500000015A1000001")).unwrap();
        assert_eq!(good.reveal().len(), 1 + 16 + 8 + 3);
        for bad in ["", "19", "190001D15600000500000015A100000", "éé0001D15600000500000015A10001"] {
            assert!(arguments(&card(bad)).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_module_answers_too_little_or_too_much() {
        assert_eq!(authority(&[0x0A; 17]).map(|authority| authority.key_id), Some(0x0A));
        for length in [0, 1, 8, 16, 18, 64] {
            assert_eq!(authority(&vec![1; length]), None, "{length}");
        }
    }
}
