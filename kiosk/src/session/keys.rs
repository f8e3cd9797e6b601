//! What a key of the number pad asks for on this page. Digits choose by the number that stands on a button, from 1.
//!
//! Only a translation: what it asks for goes the way of a finger, and is refused where a finger would be.

use contract::site::devices::Pad;
use hal::pad::Key;
use ui::Intent;

use super::identify::At;
use super::state::{Scene, Serving, Stage};
use super::terminal::Terminal;
use super::visit::Over;
use super::witness::{Witness, WitnessAt};

/// `None`: this page has nothing for that key.
pub(super) fn intent(stage: &Stage, key: Key) -> Option<Intent> {
    match stage {
        Stage::Welcome(visit) => visit.as_ref().and_then(|visit| visit.over).and_then(|over| overlaid(over, key)),
        Stage::Serving(Serving { visit, scene }) => match visit.over {
            Some(over) => overlaid(over, key),
            None => on(scene, key),
        },
        Stage::Gone(gone) => match gone.visit.over {
            Some(over) => overlaid(over, key),
            None => (key == Key::Cancel).then_some(Intent::Leave),
        },
        Stage::Farewell(_) | Stage::Evacuation(_) => None,
    }
}

/// A digit of a PIN comes from a plain pad only.
pub(super) fn may_type(intent: Intent, terminal: &Terminal) -> bool {
    !matches!(intent, Intent::Digit(_)) || terminal.site.devices.pad.as_ref().is_some_and(Pad::takes_card_pins)
}

fn on(scene: &Scene, key: Key) -> Option<Intent> {
    match (scene, key) {
        (Scene::Info(info), key) if key != Key::Cancel => info.key(key),
        (Scene::Pin(_) | Scene::CardPin(_), Key::Digit(digit)) => Some(Intent::Digit(digit)),
        (Scene::Pin(_) | Scene::CardPin(_), Key::Correct) => Some(Intent::Erase),
        (Scene::Identify(identify), key) => identified(&identify.at, key),
        (Scene::Witness(Witness { at: WitnessAt::Failed(_), .. }), Key::Digit(digit)) => chosen(digit),
        (Scene::Witness(witness), Key::Correct) if !witness.is_working() => Some(Intent::Back),
        (
            Scene::Home(_)
            | Scene::Caution(_)
            | Scene::Form(_)
            | Scene::SlipChoice(_)
            | Scene::Rating(_)
            | Scene::Questionnaire(_),
            Key::Digit(digit),
        ) => chosen(digit),
        (Scene::Home(_) | Scene::Table(_) | Scene::Checked(_) | Scene::Review(_), Key::Previous) => {
            Some(Intent::PreviousPage)
        }
        (
            Scene::Home(_) | Scene::Table(_) | Scene::Checked(_) | Scene::Review(_) | Scene::Questionnaire(_),
            Key::Next,
        ) => Some(Intent::NextPage),
        (
            Scene::Pin(_)
            | Scene::CardPin(_)
            | Scene::Table(_)
            | Scene::Checked(_)
            | Scene::Review(_)
            | Scene::Filed(_)
            | Scene::Notice(_),
            Key::Confirm,
        ) => Some(Intent::Confirm),
        (
            Scene::Home(_)
            | Scene::Caution(_)
            | Scene::Form(_)
            | Scene::Scanning(_)
            | Scene::Rating(_)
            | Scene::Questionnaire(_)
            | Scene::SlipChoice(_)
            | Scene::Table(_)
            | Scene::Checked(_)
            | Scene::Review(_)
            | Scene::Filed(_),
            Key::Correct,
        ) => Some(Intent::Back),
        (_, Key::Cancel) => Some(Intent::Leave),
        _ => None,
    }
}

fn identified(at: &At, key: Key) -> Option<Intent> {
    match (at, key) {
        (At::Ways { .. }, Key::Digit(digit)) => chosen(digit),
        (At::Code(_), Key::Digit(digit)) => Some(Intent::Digit(digit)),
        (At::Code(_), Key::Correct) => Some(Intent::Erase),
        (At::Code(_), Key::Confirm) => Some(Intent::Confirm),
        (At::Ways { .. } | At::ECard(_) | At::Document { .. }, Key::Correct) => Some(Intent::Back),
        (_, Key::Cancel) => Some(Intent::Leave),
        _ => None,
    }
}

fn overlaid(over: Over, key: Key) -> Option<Intent> {
    match (over, key) {
        (Over::Display, Key::Digit(1)) => Some(Intent::Contrast),
        (Over::Display, Key::Digit(2)) => Some(Intent::LowReach),
        (_, Key::Confirm) | (Over::Display, Key::Correct | Key::Cancel) => Some(Intent::MoreTime),
        (Over::Idle { .. } | Over::Help, Key::Cancel) => Some(Intent::Leave),
        _ => None,
    }
}

pub(super) fn chosen(digit: u8) -> Option<Intent> {
    digit.checked_sub(1).map(|n| Intent::Choose(u16::from(n)))
}
