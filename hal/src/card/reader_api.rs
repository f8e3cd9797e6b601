//! What readers behind the national reader interface say (社会保障卡读写终端, `iReadCardBas` and its kin): return codes and the
//! string of eleven fields. Pure and total. Vendor libraries that a bridge joins speak so.

use super::apdu::{Malformed, Sw};
use crate::day::Day;
use crate::private::Private;

/// What a return code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderCode {
    /// 0.
    Ok,
    /// -1: another type of card.
    CardType,
    /// -2.
    NoCard,
    /// -3.
    NotPowered,
    /// -4.
    NoResponse,
    /// -11, -12.
    Connection,
    /// -21.
    InternalAuthentication,
    /// -24, -2201 to -2203, -27272: the reader has no key for this card; the agency's HSM has.
    UseHsm,
    /// -31.
    PinCancelled,
    /// -32.
    PinTimeout,
    /// -33.
    PinLength,
    /// -51.
    PinWrong,
    /// -52.
    PinLocked,
    /// Minus a status word of the card.
    Card(Sw),
    /// Anything else.
    Unknown,
}

/// The status word that a code carries, if it is minus one.
#[must_use]
pub fn status_word(code: i32) -> Option<u16> {
    code.checked_neg().and_then(|word| u16::try_from(word).ok()).filter(|word| (0x6100..=0x9FFF).contains(word))
}

/// Reads a return code.
#[must_use]
pub fn code(code: i32) -> ReaderCode {
    match code {
        0 => ReaderCode::Ok,
        -1 => ReaderCode::CardType,
        -2 => ReaderCode::NoCard,
        -3 => ReaderCode::NotPowered,
        -4 => ReaderCode::NoResponse,
        -11 | -12 => ReaderCode::Connection,
        -21 => ReaderCode::InternalAuthentication,
        -24 | -2203..=-2201 | -27272 => ReaderCode::UseHsm,
        -31 => ReaderCode::PinCancelled,
        -32 => ReaderCode::PinTimeout,
        -33 => ReaderCode::PinLength,
        -51 => ReaderCode::PinWrong,
        -52 => ReaderCode::PinLocked,
        other => status_word(other).map_or(ReaderCode::Unknown, |word| {
            let [sw1, sw2] = word.to_be_bytes();
            ReaderCode::Card(Sw::new(sw1, sw2))
        }),
    }
}

/// The eleven fields, each closed by `|`; blank ones are `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basic {
    /// Six digits.
    pub region: Option<String>,
    /// ID number.
    pub id_number: Option<Private<String>>,
    /// Nine characters.
    pub card_number: Option<Private<String>>,
    /// 32 hexadecimal digits.
    pub card_id: Option<Private<String>>,
    /// Name.
    pub name: Option<Private<String>>,
    /// Historical bytes of the ATR.
    pub historical: Option<Private<String>>,
    /// `2.0`, `3.00`.
    pub spec_version: Option<String>,
    /// Day of issue.
    pub issued: Option<Day>,
    /// Last day.
    pub expires: Option<Day>,
    /// Number of the PSAM or terminal.
    pub terminal: Option<String>,
    /// Number of the device.
    pub device: Option<String>,
}

impl Basic {
    /// Reads the string.
    ///
    /// # Errors
    /// [`Malformed::Missing`] unless there are eleven fields, each closed; [`Malformed::Date`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let fields: Vec<&str> = text.strip_suffix('|').ok_or(Malformed::Missing)?.split('|').collect();
        let [region, id_number, card_number, card_id, name, historical, spec, issued, expires, terminal, device] =
            *fields
        else {
            return Err(Malformed::Missing);
        };
        let plain = |field: &str| (!field.is_empty()).then(|| field.to_owned());
        let private = |field: &str| (!field.is_empty()).then(|| Private::from(field));
        let day = |field: &str| match field {
            "" => Ok(None),
            field => Day::from_digits(field).map(Some).ok_or(Malformed::Date),
        };
        Ok(Self {
            region: plain(region),
            id_number: private(id_number),
            card_number: private(card_number),
            card_id: private(card_id),
            name: private(name),
            historical: private(historical),
            spec_version: plain(spec),
            issued: day(issued)?,
            expires: day(expires)?,
            terminal: plain(terminal),
            device: plain(device),
        })
    }
}
