//! Who is here: the card's challenge, the one-time code, and signing in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Binding;
use crate::catalogue::{Evidence, Text};
use crate::problem::ProblemCode;

/// A card's challenge, for the agency's security module to answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// Asks for a one-time code, which goes to the telephone of the register. A terminal is told neither the code nor the whole number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendCode {
    /// Token of the visit.
    pub visit: String,
    /// The terminal's id; must be the one in its certificate.
    pub terminal: String,
    /// 公民身份号码, as on the document's chip.
    pub id_number: String,
    /// 姓名, as on the document's chip.
    pub name: String,
}

/// A code is on its way.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeSent {
    /// Visit and person.
    pub binding: Binding,
    /// Where it goes, masked ("138****0001").
    pub phone: String,
    /// How many digits it has, 4 to 8.
    pub digits: u8,
}

/// What was presented, in this visit, to prove who it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "evidence", rename_all = "snake_case", deny_unknown_fields)]
pub enum Proof {
    /// A social security card, which has accepted its PIN.
    CardPin {
        /// 卡识别码.
        card_id: String,
        /// 社会保障号码, as on the chip.
        id_number: String,
        /// 姓名, as on the chip.
        name: String,
    },
    /// The code of an electronic card, opaque to the terminal, which neither parses nor keeps it.
    ECard {
        /// As the scanner read it.
        code: String,
    },
    /// An identity document and the code that was sent.
    IdCode {
        /// 公民身份号码, as on the chip.
        id_number: String,
        /// 姓名, as on the chip.
        name: String,
        /// As it was typed.
        code: String,
    },
    /// Whoever is signed in acts for somebody who has authorised them (授权委托书). The answer's session stands for that person, and opens
    /// what the authority covers.
    Mandate {
        /// [`SignedIn::session`] of who acts.
        session: String,
        /// 社会保障号码 of the person concerned.
        id_number: String,
        /// 姓名 of the person concerned.
        name: String,
        /// Number of the authority.
        mandate: String,
    },
}

impl Proof {
    /// Of which kind it is; that of whoever signed in before, for a [`Self::Mandate`].
    #[must_use]
    pub const fn evidence(&self) -> Option<Evidence> {
        match self {
            Self::CardPin { .. } => Some(Evidence::CardPin),
            Self::ECard { .. } => Some(Evidence::ECard),
            Self::IdCode { .. } => Some(Evidence::IdCode),
            Self::Mandate { .. } => None,
        }
    }
}

/// Tells the agency what was presented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// Token of the visit.
    pub visit: String,
    /// The terminal's id; must be the one in its certificate.
    pub terminal: String,
    /// What proves who it is.
    pub proof: Proof,
}

/// The person is known here and may be served.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// Visit and person.
    pub binding: Binding,
    /// Opaque; names the sign-in in later requests instead of the person. Dies with the visit.
    pub session: String,
    /// Version of the catalogue in force.
    pub catalogue: String,
    /// Who it is, where the terminal cannot know ([`Proof::ECard`]); the subject of the binding must be this number's.
    #[serde(default)]
    pub person: Option<Named>,
    /// Ids of the items that this sign-in opens; empty for all. The agency refuses the others, whatever the terminal shows.
    #[serde(default)]
    pub only: Vec<String>,
    /// Why not all of them.
    #[serde(default)]
    pub only_because: Option<ProblemCode>,
    /// What is new for this person, the most important first; the terminal says one on its home page.
    #[serde(default)]
    pub news: Vec<News>,
}

/// Something new, and the item that it can be had with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct News {
    /// Item id.
    pub item: String,
    /// One sentence, of nothing that others may not read over a shoulder.
    pub text: Text,
}

/// Whose electronic card it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Named {
    /// 姓名.
    pub name: String,
    /// 社会保障号码.
    pub id_number: String,
}

/// The kind only: what is inside is somebody's.
impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.evidence() {
            Some(evidence) => write!(f, "Proof({evidence:?})"),
            None => f.write_str("Proof(Mandate)"),
        }
    }
}
