//! Which page a state is: stable names for journeys, tables and logs, and the key that tells one screen from the next.

use contract::message::Outcome;
use ui::Look;

use super::card_pin::{CardPin, Step};
use super::effect::ActKind;
use super::identify::At;
use super::input::Ticket;
use super::rate::{Rated, Rating};
use super::scan::Scanning;
use super::state::{Acting, Checking, Gone, Message, Reading, Scene, Serving, Stage, State};
use super::visit::Over;
use super::witness::{Witness, WitnessAt};

macro_rules! pages {
    ($($page:ident = $name:literal;)+) => {
        /// Every page. One that is not in this list cannot be shown, and one that is in it must be met by the storm.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum PageName {
            $(#[doc = $name] $page,)+
        }

        impl PageName {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$page,)+];

            /// Stable name, for journeys, tables and logs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$page => $name,)+
                }
            }
        }
    };
}

pages! {
    Welcome = "welcome";
    Gone = "gone";
    Farewell = "farewell";
    Evacuation = "evacuation";
    Reading = "reading";
    Pin = "pin";
    Checking = "checking";
    Identify = "identify";
    ShowECard = "show-e-card";
    LayDocument = "lay-document";
    SendingCode = "sending-code";
    OneTimeCode = "one-time-code";
    Witness = "witness";
    WitnessFailed = "witness-failed";
    Home = "home";
    Caution = "caution";
    Form = "form";
    Scanning = "scanning";
    Fetching = "fetching";
    Table = "table";
    SealSigned = "seal-signed";
    SealWrong = "seal-wrong";
    SealUnknownKey = "seal-unknown-key";
    NoSeal = "no-seal";
    CodeOnly = "code-only";
    SlipChoice = "slip-choice";
    Review = "review";
    PinFacts = "pin-facts";
    PinReading = "pin-reading";
    OldPin = "old-pin";
    NewPin = "new-pin";
    NewPinAgain = "new-pin-again";
    PinChanged = "pin-changed";
    PinNotChanged = "pin-not-changed";
    PinUnknown = "pin-unknown";
    PinSettled = "pin-settled";
    ChangingPin = "changing-pin";
    Filing = "filing";
    Filed = "filed";
    NotFiled = "not-filed";
    Queued = "queued";
    FileUnknown = "file-unknown";
    Printing = "printing";
    Printed = "printed";
    NotPrinted = "not-printed";
    PrintUnknown = "print-unknown";
    Rating = "rating";
    Reason = "reason";
    Questionnaire = "questionnaire";
    Rated = "rated";
    Thanks = "thanks";
    ThanksLater = "thanks-later";
    Guide = "guide";
    GuideItem = "guide-item";
    Found = "found";
    NothingFound = "nothing-found";
    Text = "text";
    QuestionLeft = "question-left";
    Bulletin = "bulletin";
    BulletinEntry = "bulletin-entry";
    CardFault = "card-fault";
    CardExpired = "card-expired";
    LastTry = "last-try";
    PinLocked = "pin-locked";
    WrongPinUntold = "wrong-pin-untold";
    OutOfService = "out-of-service";
    Problem = "problem";
    AgencyFault = "agency-fault";
    Mismatch = "mismatch";
    Fraud = "fraud";
    ActsFor = "acts-for";
}

/// Tells one page from the next: when it changes, the screen gets a new number and taps meant for the old one are refused.
/// Typing a digit does not change it.
pub type PageKey = (&'static str, u64, u64, Look, Option<Over>);

impl State {
    /// Stable name of the page now shown, for journeys, tables and logs.
    #[must_use]
    pub const fn page_name(&self) -> &'static str {
        self.stage.page_name().as_str()
    }

    /// See [`PageKey`].
    #[must_use]
    pub fn page_key(&self) -> PageKey {
        let (detail, visit) = match &self.stage {
            Stage::Welcome(visit) => (0, visit.as_deref()),
            Stage::Serving(Serving { visit, scene }) => (scene.detail(), Some(&**visit)),
            Stage::Gone(gone) => (0, Some(&*gone.visit)),
            Stage::Farewell(_) => (0, None),
            Stage::Evacuation(evacuation) => (u64::from(evacuation.card_in.is_some()), None),
        };
        let look = self.look();
        (self.page_name(), visit.map_or(0, |visit| visit.number), detail, look, visit.and_then(|visit| visit.over))
    }

    /// How the person now here wants to see.
    #[must_use]
    pub fn look(&self) -> Look {
        match &self.stage {
            Stage::Welcome(visit) => visit.as_ref().map_or_else(Look::default, |visit| visit.look),
            Stage::Serving(Serving { visit, .. }) | Stage::Gone(Gone { visit, .. }) => visit.look,
            Stage::Farewell(farewell) => farewell.look,
            Stage::Evacuation(evacuation) => evacuation.look,
        }
    }
}

impl Stage {
    /// Which page it is.
    #[must_use]
    pub const fn page_name(&self) -> PageName {
        match self {
            Self::Welcome(_) => PageName::Welcome,
            Self::Gone(_) => PageName::Gone,
            Self::Farewell(_) => PageName::Farewell,
            Self::Evacuation(_) => PageName::Evacuation,
            Self::Serving(serving) => serving.scene.page_name(),
        }
    }
}

impl Scene {
    /// Which page it is.
    #[must_use]
    pub const fn page_name(&self) -> PageName {
        match self {
            Self::Reading(_) => PageName::Reading,
            Self::Pin(_) => PageName::Pin,
            Self::Checking(_) => PageName::Checking,
            Self::Identify(identify) => match &identify.at {
                At::Ways { .. } => PageName::Identify,
                At::ECard(_) => PageName::ShowECard,
                At::Document { .. } => PageName::LayDocument,
                At::Sending(..) => PageName::SendingCode,
                At::Code(_) => PageName::OneTimeCode,
                At::Asking(_) => PageName::Checking,
            },
            Self::Witness(witness) => match witness.at {
                WitnessAt::Asking(_) | WitnessAt::Vouching { .. } => PageName::Checking,
                WitnessAt::Staff { .. } => PageName::Witness,
                WitnessAt::Failed(_) => PageName::WitnessFailed,
            },
            Self::Home(_) => PageName::Home,
            Self::Caution(_) => PageName::Caution,
            Self::Form(_) => PageName::Form,
            Self::Scanning(_) => PageName::Scanning,
            // One page for whoever waits.
            Self::Fetching { .. } | Self::Noting { .. } => PageName::Fetching,
            Self::Table(_) => PageName::Table,
            Self::Checked(checked) => checked.found.page_name(),
            Self::SlipChoice(_) => PageName::SlipChoice,
            Self::Review(_) => PageName::Review,
            Self::CardPin(pin) => pin.page_name(),
            Self::Acting(acting) if matches!(acting.kind, ActKind::Case | ActKind::Question) => PageName::Filing,
            Self::Acting(acting) if matches!(acting.kind, ActKind::CardPin) => PageName::ChangingPin,
            Self::Acting(_) => PageName::Printing,
            Self::Filed(_) => PageName::Filed,
            Self::Rating(Rating { level: None, .. }) => PageName::Rating,
            Self::Rating(_) => PageName::Reason,
            Self::Questionnaire(_) => PageName::Questionnaire,
            Self::Rated(_) => PageName::Rated,
            Self::Info(info) => info.page_name(),
            Self::Notice(notice) => notice.message.page_name(),
        }
    }

    /// The result this scene waits for.
    #[must_use]
    pub const fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Reading(Reading { ticket, .. })
            | Self::Checking(Checking { ticket, .. })
            | Self::Scanning(Scanning { ticket, .. })
            | Self::Fetching { ticket, .. }
            | Self::Noting { ticket, .. }
            | Self::Rated(Rated { ticket, .. })
            | Self::CardPin(CardPin { step: Step::Tries(ticket), .. })
            | Self::Acting(Acting { ticket, .. }) => Some(*ticket),
            Self::Form(form) => form.typed.ticket,
            Self::Identify(identify) => identify.ticket(),
            Self::Witness(witness) => witness.ticket(),
            Self::Info(info) => info.ticket(),
            _ => None,
        }
    }

    /// What tells two pages of the same name apart.
    fn detail(&self) -> u64 {
        match self {
            Self::Home(home) => home.first_tile as u64 + u64::from(home.group.is_some()) * 1000,
            Self::Form(form) => {
                (form.answers.len() + form.skipped.len()) as u64 + u64::from(form.changing.is_some()) * 1000
            }
            Self::Review(review) => review.first_row as u64,
            Self::Table(shown) => shown.first_row as u64,
            Self::Checked(checked) => checked.first_row as u64,
            Self::Info(info) => info.detail(),
            Self::Questionnaire(filling) => filling.at as u64,
            Self::Pin(pin) => u64::from(pin.wrong),
            Self::Identify(identify) => match &identify.at {
                At::Ways { told } => u64::from(told.is_some()),
                At::Document { blocked, .. } => u64::from(blocked.is_some()),
                At::Code(typing) => u64::from(typing.wrong),
                At::ECard(_) | At::Sending(..) | At::Asking(_) => 0,
            },
            Self::Witness(Witness { at: WitnessAt::Staff { blocked, .. }, .. }) => u64::from(blocked.is_some()),
            Self::Witness(Witness { at: WitnessAt::Vouching { .. }, .. }) => 1,
            Self::CardPin(pin) => u64::from(pin.was_wrong()),
            Self::Acting(acting) => u64::from(acting.blocked.is_some()),
            _ => 0,
        }
    }
}

impl Message {
    /// Which page it is.
    #[must_use]
    pub const fn page_name(&self) -> PageName {
        match self {
            Self::Card(_) => PageName::CardFault,
            Self::OutOfService(_) => PageName::OutOfService,
            Self::CardExpired => PageName::CardExpired,
            Self::LastTry => PageName::LastTry,
            Self::PinLocked => PageName::PinLocked,
            Self::WrongUntold => PageName::WrongPinUntold,
            Self::Problem(_) | Self::Elsewhere(_) => PageName::Problem,
            Self::Agency(_) => PageName::AgencyFault,
            Self::Mismatch => PageName::Mismatch,
            Self::Fraud => PageName::Fraud,
            Self::Thanks | Self::ThanksForAnswers => PageName::Thanks,
            Self::ThanksLater => PageName::ThanksLater,
            Self::ActsFor => PageName::ActsFor,
            Self::PinSettled => PageName::PinSettled,
            Self::Acted(kind, _, end) => match end.outcome {
                Outcome::Printed => PageName::Printed,
                Outcome::NotPrinted => PageName::NotPrinted,
                Outcome::Filed => PageName::Filed,
                Outcome::NotFiled => PageName::NotFiled,
                Outcome::Queued => PageName::Queued,
                Outcome::Changed => PageName::PinChanged,
                Outcome::NotChanged => PageName::PinNotChanged,
                Outcome::Unknown if matches!(kind, ActKind::Case | ActKind::Question) => PageName::FileUnknown,
                Outcome::Unknown if matches!(kind, ActKind::CardPin) => PageName::PinUnknown,
                Outcome::Unknown => PageName::PrintUnknown,
            },
        }
    }
}
