//! The cabinet's contacts: fire alarm, tamper, call button, door, headphones, somebody before it.
//!
//! The fire alarm comes before everything: whoever is here is sent out and the visit is over. Tampering ends the visit too and
//! closes the terminal until the contact is quiet again. A door is opened to refill paper, so it ends nothing.

use hal::sensors::{Change, Sensor};
use ui::{Intent, Look};

use super::context::Context;
use super::effect::Effect;
use super::state::{Evacuation, Farewell, LaidDown, Serving, Stage};
use super::visit::{Over, Visit};
use super::{ending, look};
use crate::events::{Event, VisitEnd};

pub(super) fn contact(stage: Stage, change: Change, cx: &mut Context<'_>) -> Stage {
    let Change { sensor, active } = change;
    let news = if active { cx.terminal.contacts.insert(sensor) } else { cx.terminal.contacts.remove(&sensor) };
    if !news {
        return stage;
    }
    if let Some(sensor) = name(sensor) {
        cx.log(Event::Contact { sensor, active });
    }
    match (sensor, active) {
        (Sensor::FireAlarm, true) => evacuate(stage, cx),
        (Sensor::FireAlarm, false) => all_clear(stage, cx),
        (Sensor::CallButton, true) => call(stage, cx),
        // Whoever opens the door to empty the bin takes the cards along.
        (Sensor::Door, true) => {
            cx.terminal.kept_cards = 0;
            stage
        }
        // Tampering is looked for wherever a visit may begin or go on; the rest is shown or pointed at.
        _ => stage,
    }
}

/// For the log; nobody is counted who only passes by.
const fn name(sensor: Sensor) -> Option<&'static str> {
    match sensor {
        Sensor::Door => Some("door"),
        Sensor::Tamper => Some("tamper"),
        Sensor::CallButton => Some("call_button"),
        Sensor::Headphones => Some("headphones"),
        Sensor::FireAlarm => Some("fire_alarm"),
        Sensor::Approach => None,
    }
}

fn evacuate(stage: Stage, cx: &mut Context<'_>) -> Stage {
    Stage::Evacuation(match stage {
        Stage::Welcome(None) => Evacuation { look: Look::default(), card_in: None, document: LaidDown::None },
        Stage::Welcome(Some(visit)) => ended(visit, None, cx),
        Stage::Serving(Serving { visit, scene }) => ended(visit, Some(scene), cx),
        Stage::Gone(gone) => ended(gone.visit, None, cx),
        Stage::Farewell(Farewell { look, card_in, next, document, .. }) => {
            if next.is_some() {
                // Nobody has begun to read it.
                cx.push(Effect::ReleaseCard);
            }
            Evacuation { look, card_in: card_in.or(next), document }
        }
        Stage::Evacuation(evacuation) => evacuation,
    })
}

fn ended(visit: Box<Visit>, scene: Option<super::Scene>, cx: &mut Context<'_>) -> Evacuation {
    let left = Evacuation { look: visit.look, card_in: visit.card_in(), document: visit.document };
    let _where_it_would_end_otherwise = ending::end(visit, scene, VisitEnd::FireAlarm, cx);
    left
}

/// A card or document that was left behind is asked for, as after any visit.
fn all_clear(stage: Stage, cx: &Context<'_>) -> Stage {
    match stage {
        Stage::Evacuation(Evacuation { card_in: None, document: LaidDown::None, .. }) => Stage::Welcome(None),
        Stage::Evacuation(Evacuation { look, card_in, document }) => {
            Stage::Farewell(Farewell { document, ..Farewell::of(look, card_in, cx) })
        }
        other => other,
    }
}

/// The button beside the screen asks for what the button on the screen asks for; it also tells that somebody is there.
fn call(mut stage: Stage, cx: &mut Context<'_>) -> Stage {
    if matches!(stage, Stage::Welcome(None)) {
        stage = Stage::Welcome(Some(ending::open(Look::default(), cx)));
    }
    let visit = match &mut stage {
        Stage::Welcome(Some(visit)) | Stage::Serving(Serving { visit, .. }) => visit,
        Stage::Gone(gone) => &mut gone.visit,
        Stage::Welcome(None) | Stage::Farewell(_) | Stage::Evacuation(_) => return stage,
    };
    if matches!(visit.over, Some(Over::Idle { .. })) {
        visit.over = None;
    }
    look::bar(visit, Intent::Help, cx);
    stage
}
