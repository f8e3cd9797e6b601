//! Where the guidance light shines: at the slot that the page speaks of, and nowhere else. A plain function of the state.

use contract::site::devices::Pad;
use hal::sensors::{Lamp, Sensor};

use crate::session::{ActKind, At, CardPin, Message, PinStep, Scene, Serving, Stage, State, closed};

/// The place that a person should look at now.
#[must_use]
pub fn lamp(state: &State) -> Option<Lamp> {
    match &state.stage {
        Stage::Welcome(_) => welcome(state).then_some(Lamp::Card),
        Stage::Serving(Serving { scene, .. }) => serving(scene, state),
        Stage::Gone(_) => Some(Lamp::Card),
        Stage::Farewell(farewell) => {
            let places = [
                (farewell.card_in.is_some(), Lamp::Card),
                (farewell.document.is_there(), Lamp::IdDocument),
                (farewell.slips > 0, Lamp::Receipt),
                (farewell.sheets > 0, Lamp::Page),
            ];
            places.into_iter().find_map(|(there, lamp)| there.then_some(lamp))
        }
        Stage::Evacuation(evacuation) => evacuation.card_in.map(|_| Lamp::Card),
    }
}

/// Where the cabinet sees who comes, the slot shines for them only.
fn welcome(state: &State) -> bool {
    let sees = state.terminal.site.devices.sensors.as_ref().is_some_and(|sensors| sensors.sees_who_comes());
    closed(&state.terminal).is_none() && (!sees || state.terminal.contacts.contains(&Sensor::Approach))
}

fn serving(scene: &Scene, state: &State) -> Option<Lamp> {
    let paper = |kind: ActKind| match kind {
        ActKind::Slip => Some(Lamp::Receipt),
        ActKind::Certificate => Some(Lamp::Page),
        ActKind::Case | ActKind::CardPin | ActKind::Question => None,
    };
    match scene {
        Scene::Pin(_) | Scene::CardPin(CardPin { step: PinStep::Entry(_), .. }) => {
            let takes_pins = state.terminal.site.devices.pad.as_ref().is_some_and(Pad::takes_card_pins);
            (takes_pins && state.terminal.health.pad == Some(Ok(()))).then_some(Lamp::Pad)
        }
        Scene::Identify(identify) => match &identify.at {
            At::Ways { .. } => Some(Lamp::Card).filter(|_| identify.wanted.takes_a_card(&state.terminal.health)),
            At::ECard(_) => Some(Lamp::Scanner),
            At::Document { .. } => Some(Lamp::IdDocument),
            At::Sending(..) | At::Code(_) | At::Asking(_) => None,
        },
        Scene::Scanning(_) => Some(Lamp::Scanner),
        Scene::Acting(acting) => paper(acting.kind),
        Scene::Notice(notice) => match &notice.message {
            Message::Acted(kind, _, end) if end.papers > 0 => paper(*kind),
            Message::Card(_) => Some(Lamp::Card),
            // Somebody has just put one in.
            Message::OutOfService(_) if !notice.leads_home() => Some(Lamp::Card),
            _ => None,
        },
        _ => None,
    }
}
