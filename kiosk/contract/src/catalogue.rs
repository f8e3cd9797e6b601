//! Services as data (服务事项). The kiosk knows kinds, field types and cell kinds, never an item: a new item is a new
//! record here and no new kiosk code.
//!
//! | File | What stands in it |
//! |---|---|
//! | here | the catalogue, its groups, an item's own data |
//! | [`evaluation`](mod@evaluation) | what whoever is not satisfied is asked |
//! | [`notice`](mod@notice) | what the law wants to be made public of an item (公示要素): bases, materials, limits, channels |
//! | [`check`](mod@check) | whether a catalogue may be used, and what to mend where it may not |

mod check;
mod evaluation;
mod notice;

use serde::{Deserialize, Serialize};

use crate::field::Field;
use crate::format::Date;
pub(crate) use check::is_key;
pub use check::{Finding, check};
pub use evaluation::EvaluationForm;
pub use notice::{AgencyLevel, Approval, Basis, Channels, Limits, Material, Notice, Status};

/// A text in the languages of the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// 简体中文; always there.
    pub zh: String,
    /// English; empty where nobody has translated it, the Chinese is shown then.
    #[serde(default)]
    pub en: String,
}

impl Text {
    /// The text in the language of `tag` ("zh", "en"); Chinese where that is missing.
    #[must_use]
    pub fn in_language(&self, tag: &str) -> &str {
        if tag == "en" && !self.en.is_empty() { &self.en } else { &self.zh }
    }
}

/// One of several answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What goes into the request (aae140 codes for insurances).
    pub value: String,
    /// What is shown.
    pub label: Text,
}

/// Everything this agency offers at this terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Catalogue {
    /// Changes with every change of any item.
    pub version: String,
    /// In the order they are shown.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// In the order they are shown within their group.
    pub items: Vec<Item>,
    /// What is asked of whoever is not satisfied; nobody is asked why where there is none.
    #[serde(default)]
    pub evaluation: Option<EvaluationForm>,
}

impl Catalogue {
    /// The item with this id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// What is left of it on a day: drafts, what is withdrawn and what is not in force are gone whole, so that nothing can show, search or
    /// speak them; groups without items are gone too.
    #[must_use]
    pub fn in_force(mut self, today: Date) -> Self {
        self.items.retain(|item| item.notice.approval.in_force(today));
        let Self { groups, items, .. } = &mut self;
        groups.retain(|group| items.iter().any(|item| item.group == group.id));
        self
    }
}

/// Items that belong together on the home page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Unique in the catalogue.
    pub id: String,
    /// As it is shown.
    pub name: Text,
    /// A few words under the name.
    pub hint: Text,
    /// Name of a picture the terminal knows; unknown ones show none.
    pub icon: String,
}

/// What an item does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Shows records as a table; a slip may be printed from it.
    Query,
    /// The agency issues a document, the page printer prints it.
    Print,
    /// The citizen files something; a case begins.
    Filing,
    /// The card in the reader gets a new PIN of its social function; the agency is told how it ended, and nothing is filed.
    CardPin,
    /// Something public is shown; which, says [`Item::info`].
    Info,
    /// Whoever is signed in goes on for somebody who has authorised them (代办); what it asks for names that person and the authority.
    Mandate,
}

/// What a [`Kind::Info`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Info {
    /// 办事指南: what the catalogue makes public of each item. Nothing is asked of the agency.
    Guide,
    /// 政策咨询: texts that hold what is typed; the item's one field asks for it.
    Search,
    /// 公开信息: what the agency publishes of itself.
    Bulletin,
}

/// How sure the agency must be who it is (domain 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Level {
    /// Nobody is asked who they are.
    L0,
    /// One credential; masked data only.
    L1,
    /// Two factors.
    L2,
    /// Two factors and a fresh confirmation.
    L3,
}

/// What proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Social security card and its PIN.
    CardPin,
    /// QR code of the electronic card, resolved by the agency.
    ECard,
    /// Resident ID card and a one-time code that the agency sends and checks.
    IdCode,
    /// Any way to sign in, with a member of staff as witness before anything is filed.
    Witness,
    /// Resident ID card and a living face. Never the only way (人脸识别技术应用安全管理办法); off in this release.
    Face,
}

impl Evidence {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::CardPin, Self::ECard, Self::IdCode, Self::Witness, Self::Face];

    /// As it stands in messages, tables and journals.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CardPin => "card_pin",
            Self::ECard => "e_card",
            Self::IdCode => "id_code",
            Self::Witness => "witness",
            Self::Face => "face",
        }
    }

    /// The evidence of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|evidence| evidence.as_str() == text)
    }
}

/// Whose system answers, so that one that is down closes its own items only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// 人社.
    #[default]
    Hrss,
    /// 医保.
    Medical,
    /// 税务.
    Tax,
    /// 社会保障卡.
    Card,
    /// 好差评.
    Evaluation,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Self; 5] = [Self::Hrss, Self::Medical, Self::Tax, Self::Card, Self::Evaluation];

    /// As it stands in messages and word tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hrss => "hrss",
            Self::Medical => "medical",
            Self::Tax => "tax",
            Self::Card => "card",
            Self::Evaluation => "evaluation",
        }
    }

    /// The provider of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == text)
    }
}

/// Where an item is done that is not done at a terminal. When somebody is there, the calendar says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// Which window.
    pub window: Text,
    /// What to bring along.
    pub materials: Vec<Text>,
}

/// One service item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Short id ("Q02"), unique in the catalogue.
    pub id: String,
    /// 事项编码, 31 characters (domain 1.4); empty where the national list gives none.
    #[serde(default)]
    pub code: String,
    /// Goes up with every change; every request names it and the agency may answer `item_changed`.
    pub version: u32,
    /// 事项名称.
    pub name: Text,
    /// A few words under the name.
    pub hint: Text,
    /// Name of a picture the terminal knows ("list", "certificate"); unknown ones show none.
    pub icon: String,
    /// Id of its [`Group`].
    pub group: String,
    /// What it does.
    pub kind: Kind,
    /// What is shown; every [`Kind::Info`] says so, and nothing else does.
    #[serde(default)]
    pub info: Option<Info>,
    /// Whose system answers.
    #[serde(default)]
    pub provider: Provider,
    /// How sure the agency must be who it is.
    pub level: Level,
    /// What is accepted as proof, best first; empty for [`Level::L0`].
    pub evidence: Vec<Evidence>,
    /// What is made public of it.
    pub notice: Notice,
    /// What it asks for, in this order.
    #[serde(default)]
    pub inputs: Vec<Field>,
    /// To what the citizen agrees before it is filed; only a [`Kind::Filing`] has one.
    #[serde(default)]
    pub consent: Text,
    /// Whether the result may be printed as a slip on the receipt printer.
    #[serde(default)]
    pub slip: bool,
    /// Whether somebody on the telephone could be telling the citizen what to do: the terminal then asks first.
    #[serde(default)]
    pub protected: bool,
    /// Whether the card gets a new PIN before anything is filed; only for a [`Kind::Filing`].
    #[serde(default)]
    pub new_pin: bool,
    /// Whether a member of staff has to see the person, whatever was presented: no card and no code shows that somebody lives. Only for
    /// a [`Kind::Filing`] that takes [`Evidence::Witness`].
    #[serde(default)]
    pub witness: bool,
    /// Whether somebody who was authorised may do it for the person concerned (代办).
    #[serde(default)]
    pub by_agent: bool,
    /// Whether it may be sealed and filed later where the agency cannot be reached. Only for a [`Kind::Filing`] that asks nobody who they are:
    /// whoever is signed in waits for an answer about themselves.
    #[serde(default)]
    pub may_wait: bool,
    /// Whether the signature of what is scanned for it may be checked at the terminal where the agency cannot be reached. Only for a
    /// [`Kind::Query`] that asks nobody who they are, and whose one field takes the signed text of a document's QR code.
    #[serde(default)]
    pub offline_check: bool,
    /// Where it is done instead, while it is not done here ("此处暂不办理"): a result like any other.
    #[serde(default)]
    pub elsewhere: Option<Elsewhere>,
}

/// Whether what somebody presented opens an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It does not.
    No,
    /// It does.
    Yes,
    /// It does, once a member of staff has seen the person.
    WithWitness,
}

impl Item {
    /// What this evidence opens of it; for kiosk and agency alike. What asks nobody who they are ([`Level::L0`]) is open.
    #[must_use]
    pub fn admits(&self, evidence: Evidence) -> Admission {
        let taken = self.evidence.contains(&evidence);
        let witness = self.evidence.contains(&Evidence::Witness);
        match (taken, witness) {
            _ if self.is_of_nobody() => Admission::Yes,
            (true, _) if !self.witness => Admission::Yes,
            (_, true) => Admission::WithWitness,
            _ => Admission::No,
        }
    }

    /// Whether it asks nobody who they are ([`Level::L0`]): it is done in nobody's name, whoever is signed in.
    #[must_use]
    pub const fn is_of_nobody(&self) -> bool {
        self.evidence.is_empty()
    }

    /// Whether the card gets a new PIN.
    #[must_use]
    pub fn sets_pin(&self) -> bool {
        self.kind == Kind::CardPin || self.new_pin
    }
}
