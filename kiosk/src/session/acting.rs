//! Something with a consequence runs: begun here, performed by `app::clerk`, its end told as the clerk says and no better.

use contract::message::Outcome;
use hal::Progress;
use hal::receipt::Receipt;

use super::context::{Context, Refusal};
use super::effect::{ActBody, ActKind};
use super::health::agency_failed;
use super::input::{ActFailure, Completion, Ticket};
use super::state::{Acting, Form, Gone, Message, Scene, Serving, Stage, Visit};

pub(super) fn slip(visit: &Visit, item: &str, receipt: Receipt, cx: &mut Context<'_>) -> Scene {
    begin(visit, item, ActBody::Slip(receipt), cx)
}

pub(super) fn certificate(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    let Some(person) = &visit.person else {
        cx.refuse(Refusal::NotExpected);
        return Scene::Home;
    };
    let body = ActBody::Certificate {
        session: person.session.clone(),
        subject: person.subject.clone(),
        item_version: form.item.version,
        inputs: form.answers,
    };
    begin(visit, &form.item.id, body, cx)
}

fn begin(visit: &Visit, item: &str, body: ActBody, cx: &mut Context<'_>) -> Scene {
    let kind = body.kind();
    let (ticket, id) = cx.act(visit, item, body);
    Scene::Acting(Acting { ticket, id, kind, accepted: false, blocked: None })
}

/// News of a running act, whether its page is shown or hidden behind a pulled card.
pub(super) fn progress(mut stage: Stage, ticket: Ticket, progress: Progress, cx: &mut Context<'_>) -> Stage {
    let now_ms = cx.now.elapsed_ms;
    let (visit, shown) = match &mut stage {
        Stage::Serving(Serving { visit, scene }) => (visit, Some(scene)),
        Stage::Gone(Gone { visit, .. }) => (visit, None),
        Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => {
            cx.refuse(Refusal::StaleTicket);
            return stage;
        }
    };
    let scene = match shown {
        Some(scene) if scene.ticket() == Some(ticket) => Some(scene),
        _ => visit.paused.as_deref_mut().filter(|scene| scene.ticket() == Some(ticket)),
    };
    match scene {
        Some(Scene::Acting(acting)) => {
            match progress {
                Progress::Accepted => acting.accepted = true,
                Progress::Blocked(code) => acting.blocked = Some(code),
                Progress::Resumed => acting.blocked = None,
            }
            // Idle time counts from the moment somebody has to do something.
            visit.touched_ms = now_ms;
        }
        Some(_) => cx.refuse(Refusal::NotExpected),
        None => cx.refuse(Refusal::StaleTicket),
    }
    stage
}

pub(super) fn ended(visit: &mut Visit, acting: Acting, completion: Completion, cx: &mut Context<'_>) -> Scene {
    let Completion::Acted(end) = completion else {
        cx.refuse(Refusal::NotExpected);
        return Scene::Acting(acting);
    };
    visit.touched_ms = cx.now.elapsed_ms;
    visit.over = None;
    if let Some(ActFailure::Agency(error)) = &end.failure {
        agency_failed(error, cx);
    }
    if end.outcome == Outcome::Printed {
        match acting.kind {
            ActKind::Slip => visit.slips += end.papers,
            ActKind::Certificate => visit.sheets += end.papers,
        }
    }
    Scene::message(Message::Acted(acting.kind, acting.id, end))
}
