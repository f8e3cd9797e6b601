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

/// Tells one page from the next: when it changes, the screen gets a new number and taps meant for the old one are refused.
/// Typing a digit does not change it.
pub type PageKey = (&'static str, u64, u64, Look, Option<Over>);

impl State {
    /// Stable name of the page now shown, for journeys, tables and logs.
    #[must_use]
    pub fn page_name(&self) -> &'static str {
        self.stage.page_name()
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
    /// Stable name of the page.
    #[must_use]
    pub const fn page_name(&self) -> &'static str {
        match self {
            Self::Welcome(_) => "welcome",
            Self::Gone(_) => "gone",
            Self::Farewell(_) => "farewell",
            Self::Evacuation(_) => "evacuation",
            Self::Serving(serving) => serving.scene.page_name(),
        }
    }
}

impl Scene {
    /// Stable name of the page.
    #[must_use]
    pub const fn page_name(&self) -> &'static str {
        match self {
            Self::Reading(_) => "reading",
            Self::Pin(_) => "pin",
            Self::Checking(_) => "checking",
            Self::Identify(identify) => match &identify.at {
                At::Ways { .. } => "identify",
                At::ECard(_) => "show-e-card",
                At::Document { .. } => "lay-document",
                At::Sending(..) => "sending-code",
                At::Code(_) => "one-time-code",
                At::Asking(_) => "checking",
            },
            Self::Witness(witness) => match witness.at {
                WitnessAt::Asking(_) | WitnessAt::Vouching { .. } => "checking",
                WitnessAt::Staff { .. } => "witness",
                WitnessAt::Failed(_) => "witness-failed",
            },
            Self::Home(_) => "home",
            Self::Caution(_) => "caution",
            Self::Form(_) => "form",
            Self::Scanning(_) => "scanning",
            Self::Fetching { .. } => "fetching",
            Self::Table(_) => "table",
            Self::Checked(checked) => checked.found.as_str(),
            Self::SlipChoice(_) => "slip-choice",
            Self::Review(_) => "review",
            Self::CardPin(pin) => pin.page_name(),
            Self::Acting(acting) if matches!(acting.kind, ActKind::Case | ActKind::Question) => "filing",
            Self::Acting(acting) if matches!(acting.kind, ActKind::CardPin) => "changing-pin",
            Self::Acting(_) => "printing",
            Self::Filed(_) => "filed",
            Self::Rating(Rating { level: None, .. }) => "rating",
            Self::Rating(_) => "reason",
            Self::Questionnaire(_) => "questionnaire",
            Self::Rated(_) => "rated",
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
            Self::Form(form) => form.answers.len() as u64 + u64::from(form.changing.is_some()) * 1000,
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
    /// Stable name of the page.
    #[must_use]
    pub const fn page_name(&self) -> &'static str {
        match self {
            Self::Card(_) => "card-fault",
            Self::OutOfService(_) => "out-of-service",
            Self::CardExpired => "card-expired",
            Self::LastTry => "last-try",
            Self::PinLocked => "pin-locked",
            Self::WrongUntold => "wrong-pin-untold",
            Self::Problem(_) | Self::Elsewhere(_) => "problem",
            Self::Agency(_) => "agency-fault",
            Self::Mismatch => "mismatch",
            Self::Fraud => "fraud",
            Self::Thanks | Self::ThanksForAnswers => "thanks",
            Self::ThanksLater => "thanks-later",
            Self::ActsFor => "acts-for",
            Self::PinSettled => "pin-settled",
            Self::Acted(kind, _, end) => match end.outcome {
                Outcome::Printed => "printed",
                Outcome::NotPrinted => "not-printed",
                Outcome::Filed => "filed",
                Outcome::NotFiled => "not-filed",
                Outcome::Queued => "queued",
                Outcome::Changed => "pin-changed",
                Outcome::NotChanged => "pin-not-changed",
                Outcome::Unknown if matches!(kind, ActKind::Case | ActKind::Question) => "file-unknown",
                Outcome::Unknown if matches!(kind, ActKind::CardPin) => "pin-unknown",
                Outcome::Unknown => "print-unknown",
            },
        }
    }
}
