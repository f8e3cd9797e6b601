//! A member of staff has seen the person (工作人员见证): what knowledge and possession do not show, that the holder stands here and lives. The
//! agency makes a challenge, the staff card signs it, and both are named in the case.

use serde::{Deserialize, Serialize};

use super::Binding;

/// Begins what a staff card signs, so that no signature made for anything else can pass for a witness.
const DOMAIN: &[u8] = b"kiosk witness 1\0";

/// What a staff card signs: 16 bytes that say what for, then the challenge.
#[must_use]
pub fn witness_message(challenge: &[u8; 16]) -> [u8; 32] {
    let mut message = [0; 32];
    let (domain, rest) = message.split_at_mut(16);
    domain.copy_from_slice(DOMAIN);
    rest.copy_from_slice(challenge);
    message
}

/// Asks for a challenge.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskWitness {
    /// Token of the visit.
    pub visit: String,
    /// From [`super::SignedIn::session`].
    pub session: String,
    /// Id of the item that wants a witness.
    pub item: String,
}

/// A challenge, good for this visit and this item, for two minutes and for one witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WitnessChallenge {
    /// Visit and person.
    pub binding: Binding,
    /// 16 bytes, lower-case hexadecimal.
    pub challenge: String,
}

/// What a staff card says to it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Witness {
    /// Token of the visit.
    pub visit: String,
    /// From [`super::SignedIn::session`].
    pub session: String,
    /// Id of the item.
    pub item: String,
    /// 工号, as on the card: 4 to 8 letters and digits.
    pub staff: String,
    /// With what it was signed: `ed25519` or `sm2`.
    pub algorithm: String,
    /// Over [`witness_message`]: 64 bytes, lower-case hexadecimal.
    pub signature: String,
}

/// It is kept who has seen the person; what the item wants can be filed in the next minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Witnessed {
    /// Visit and person.
    pub binding: Binding,
    /// 工号 of the witness.
    pub staff: String,
}

#[cfg(test)]
mod tests {
    use super::witness_message;

    #[test]
    fn a_signature_for_something_else_passes_for_a_witness() {
        let message = witness_message(&[7; 16]);
        assert_eq!((&message[..16], &message[16..]), (&b"kiosk witness 1\0"[..], &[7; 16][..]));
    }
}
