//! Something with a consequence runs: begun here, performed by `app::clerk`, its end told as the clerk says and no better.

use contract::catalogue::{Item, Provider};
use contract::field::to_send;
use contract::message::{Case, Outcome, QuestionKept};
use hal::Progress;
use hal::receipt::Receipt;

use super::context::{Context, Refusal};
use super::effect::{ActBody, ActKind, ChangePin, Filing};
use super::health::{agency_answers, item_failed};
use super::input::{ActEnd, ActFailure, Completion, Ticket};
use super::state::{Acting, Filed, Form, Gone, Message, Review, Scene, Serving, Stage};
use super::visit::Visit;
use super::{card_pin, enough, evidence, identify, info, review, witness};
use crate::agency::AgencyError;

pub(super) fn slip(visit: &Visit, item: &str, receipt: Receipt, cx: &mut Context<'_>) -> Scene {
    begin(visit, item, ActBody::Slip(receipt), cx)
}

/// What the slip that has just begun repeats: where none comes out, its number is told once more.
pub(super) fn repeating(begun: Scene, case: Option<Box<Case>>, question: Option<Box<QuestionKept>>) -> Scene {
    match begun {
        Scene::Acting(acting) => Scene::Acting(Acting { case, question, ..acting }),
        other => other,
    }
}

pub(super) fn certificate(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    let asker = visit.asks_as(&form.item);
    let body = ActBody::Certificate {
        session: asker.session,
        subject: asker.subject,
        item_version: form.item.version,
        inputs: form.answers,
    };
    begin(visit, &form.item.id, body, cx)
}

/// Files what was reviewed, with the consent that was given by doing so.
pub(super) fn case(visit: &Visit, review: Review, cx: &mut Context<'_>) -> Scene {
    let Form { item, answers, .. } = &review.form;
    let asker = visit.asks_as(item);
    let filing = Filing {
        session: asker.session,
        subject: asker.subject,
        catalogue: visit.catalogue.version.clone(),
        item_version: item.version,
        inputs: to_send(answers.clone()),
        consent: review::consent(item, visit),
        consent_words: item.consent.in_language(visit.look.lang.tag()).to_owned(),
        evidence: evidence::of(visit, item, cx.now),
        language: visit.look.lang.tag(),
        may_wait: item.may_wait,
    };
    let begun = begin(visit, &item.id, ActBody::Case(Box::new(filing)), cx);
    part_of(review, begun)
}

/// Gives the card another PIN, as one page of an item.
pub(super) fn card_pin(visit: &Visit, form: Form, change: ChangePin, cx: &mut Context<'_>) -> Scene {
    let begun = begin(visit, &form.item.id, ActBody::CardPin(change), cx);
    part_of(Review::of(form), begun)
}

fn part_of(review: Review, begun: Scene) -> Scene {
    match begun {
        Scene::Acting(acting) => Scene::Acting(Acting { review: Some(Box::new(review)), ..acting }),
        other => other,
    }
}

/// Leaves a question; nobody has to be signed in for it.
pub(super) fn question(visit: &Visit, form: Form, words: String, cx: &mut Context<'_>) -> Scene {
    let begun = begin(visit, &form.item.id, ActBody::Question(words), cx);
    part_of(Review::of(form), begun)
}

fn begin(visit: &Visit, item: &str, body: ActBody, cx: &mut Context<'_>) -> Scene {
    let kind = body.kind();
    let known = visit.catalogue.item(item);
    let person = known.and_then(|item| visit.pseudonym(item));
    let token = known.map_or_else(|| visit.token.clone(), |item| visit.asks_as(item).visit);
    let (ticket, id) = cx.act(visit.number, token, item, person, body);
    Scene::Acting(Acting {
        ticket,
        id,
        item: item.to_owned(),
        kind,
        review: None,
        case: None,
        question: None,
        accepted: false,
        blocked: None,
    })
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
            let before = acting.blocked;
            match progress {
                Progress::Accepted => acting.accepted = true,
                Progress::Blocked(code) => acting.blocked = Some(code),
                Progress::Resumed => acting.blocked = None,
            }
            let changed = acting.blocked != before;
            // Idle time counts from the moment somebody has to do something.
            visit.touched_ms = now_ms;
            if changed {
                visit.told_ms = now_ms;
                visit.answer_warning();
            }
        }
        Some(Scene::Identify(identify)) => identify::progress(identify, progress, cx),
        Some(Scene::Witness(witness)) => witness::progress(witness, progress, cx),
        // A code that cannot be read is held on, and read or not.
        Some(Scene::Scanning(_)) => {}
        Some(_) => cx.refuse(Refusal::NotExpected),
        None => cx.refuse(Refusal::StaleTicket),
    }
    stage
}

/// The visit is over before its act. Nobody here is told what becomes of it, so that it counts as if something came of it.
pub(super) fn outlives(visit: &mut Visit, scene: &Scene, cx: &mut Context<'_>) {
    if let Scene::Acting(acting) = scene {
        count(visit, acting, Outcome::Unknown, cx);
    }
}

fn count(visit: &mut Visit, acting: &Acting, outcome: Outcome, cx: &mut Context<'_>) {
    let of_nobody = visit.catalogue.item(&acting.item).is_some_and(Item::is_of_nobody);
    enough::count(visit, cx.terminal, acting.kind, outcome, of_nobody, cx.now);
}

pub(super) fn ended(visit: &mut Visit, acting: Acting, completion: Completion, cx: &mut Context<'_>) -> Scene {
    let Completion::Acted(mut end) = completion else {
        cx.refuse(Refusal::NotExpected);
        return Scene::Acting(acting);
    };
    visit.to_tell = Some((acting.id.clone(), end.outcome));
    count(visit, &acting, end.outcome, cx);
    if let Some(ActFailure::Agency(error)) = &end.failure {
        item_failed(visit.catalogue.item(&acting.item), error, cx);
    }
    if end.outcome == Outcome::Printed {
        match acting.kind {
            ActKind::Slip => visit.slips = visit.slips.saturating_add(end.papers),
            ActKind::Certificate => visit.sheets = visit.sheets.saturating_add(end.papers),
            ActKind::Case | ActKind::CardPin | ActKind::Question => {}
        }
    }
    if acting.kind == ActKind::Slip {
        return slip_ended(acting, end);
    }
    if acting.kind == ActKind::CardPin {
        return card_pin::ended(visit, acting, end);
    }
    if acting.kind == ActKind::Question {
        return info::left(acting, end, cx);
    }
    match (end.case.take(), acting.review, &end.failure) {
        (Some(case), Some(review), _) => {
            agency_answers(cx);
            // An opinion is not asked about an opinion.
            let ask = review.form.item.provider != Provider::Evaluation;
            visit.to_rate = ask.then(|| case.case.clone());
            Scene::Filed(Filed { item: review.form.item, case })
        }
        // What is wrong can be mended where it stands: nothing that was typed is lost.
        (None, Some(review), Some(ActFailure::Agency(AgencyError::Refused(problem))))
            if !problem.defects.is_empty() =>
        {
            Scene::Review(Review::of(Form { defects: problem.defects.clone(), ..review.form }))
        }
        _ => Scene::message(Message::Acted(acting.kind, acting.id, end)),
    }
}

/// What the slip was to repeat goes with a message that none certainly came out: the page that told its number is left.
fn slip_ended(acting: Acting, mut end: ActEnd) -> Scene {
    if end.outcome != Outcome::Printed {
        (end.case, end.question) = (acting.case, acting.question);
    }
    Scene::message(Message::Acted(acting.kind, acting.id, end))
}
