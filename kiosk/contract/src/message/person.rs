//! Who is here: the card's challenge, and signing in.

use serde::{Deserialize, Serialize};

use super::Binding;

/// A card's challenge, for the agency's security module to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardChallenge {
    /// Token of the visit: 32 lower-case hexadecimal digits, random, never used twice.
    pub visit: String,
    /// 卡识别码, 32 hexadecimal digits.
    pub card_id: String,
    /// 卡复位信息: 13 historical bytes, hexadecimal.
    pub historical: String,
    /// Algorithm from the card's FCI: `des`, `ssf33` or `sm4`.
    pub algorithm: String,
    /// Eight bytes, hexadecimal.
    pub challenge: String,
}

/// The answer to a challenge (EXTERNAL AUTHENTICATE).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardAuthority {
    /// P2: which key.
    pub key_id: u8,
    /// Eight bytes, hexadecimal.
    pub result: String,
    /// Eight bytes, hexadecimal.
    pub raw: String,
}

/// Tells the agency whose card was read and whose PIN the card accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// Token of the visit.
    pub visit: String,
    /// The terminal's id; must be the one in its certificate.
    pub terminal: String,
    /// 卡识别码.
    pub card_id: String,
    /// 社会保障号码, as on the chip.
    pub id_number: String,
    /// 姓名, as on the chip.
    pub name: String,
}

/// The person is known here and may be served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// Visit and person.
    pub binding: Binding,
    /// Opaque; names the sign-in in later requests instead of the person. Dies with the visit.
    pub session: String,
    /// Version of the catalogue in force.
    pub catalogue: String,
}
