//! What is common to all stages, handled first and in one place: health, catalogue, stale tickets and screens, the bottom bar,
//! the overlay, deadlines. What remains goes to the scene.

use ui::{Intent, Look, Tap};

use super::context::{Context, Refusal};
use super::input::{Completion, Input, Ticket};
use super::state::{Farewell, Gone, Scene, Serving, Stage, State};
use super::visit::Visit;
use super::{
    acting, cabinet, card, card_pin, ending, form, health, home, identify, info, info_tap, item, keys, look, offline,
    pin, questionnaire, rate, review, scan, table, witness,
};
use crate::events::VisitEnd;

pub(super) fn step(stage: Stage, input: Input, cx: &mut Context<'_>) -> Stage {
    let stage = match input {
        Input::Health(device, news) => {
            health::device(device, news, cx);
            stage
        }
        Input::Contact(change) => cabinet::contact(stage, change, cx),
        Input::Key(key) => match keys::intent(&stage, key).filter(|intent| keys::may_type(*intent, cx.terminal)) {
            // What a key asks for it asks of the page that is there: a blind hand does not wait for glass.
            Some(intent) => tap(stage, Tap { screen: cx.screen, intent }, cx),
            None => {
                cx.refuse(Refusal::NotOffered);
                stage
            }
        },
        Input::Card(event) => card::event(stage, event, cx),
        Input::Done(ticket, completion) => done(stage, ticket, completion, cx),
        Input::Progress(ticket, progress) => acting::progress(stage, ticket, progress, cx),
        Input::Tap(tap) => self::tap(stage, tap, cx),
        Input::Due => due(stage, cx),
    };
    card::awaited(stage, cx)
}

/// A result: for the terminal, for the page shown, or for the page hidden behind a pulled card.
fn done(stage: Stage, ticket: Ticket, completion: Completion, cx: &mut Context<'_>) -> Stage {
    if cx.terminal.catalogue_ticket == Some(ticket) {
        let Completion::Catalogue(result) = completion else {
            cx.refuse(Refusal::NotExpected);
            return stage;
        };
        health::catalogue(result, cx);
        return card::goes_on(stage, cx);
    }
    if cx.terminal.calendar_ticket == Some(ticket) {
        match completion {
            Completion::Calendar(result) => health::calendar(result, cx),
            _ => cx.refuse(Refusal::NotExpected),
        }
        return stage;
    }
    if cx.terminal.keeping == Some(ticket) {
        match completion {
            Completion::CardKept(result) => ending::kept(result, cx),
            _ => cx.refuse(Refusal::NotExpected),
        }
        return stage;
    }
    match stage {
        Stage::Serving(Serving { visit, scene }) if scene.ticket() == Some(ticket) => {
            result(visit, scene, completion, cx)
        }
        Stage::Serving(Serving { mut visit, scene }) => {
            hidden_result(&mut visit, ticket, completion, cx);
            Stage::Serving(Serving { visit, scene })
        }
        Stage::Farewell(farewell) if farewell.ticket() == Some(ticket) => ending::posted(farewell, completion, cx),
        Stage::Gone(mut gone) => {
            hidden_result(&mut gone.visit, ticket, completion, cx);
            Stage::Gone(gone)
        }
        other => {
            cx.refuse(Refusal::StaleTicket);
            other
        }
    }
}

fn result(mut visit: Box<Visit>, scene: Scene, completion: Completion, cx: &mut Context<'_>) -> Stage {
    let answers_warning = completion.answers_warning();
    let mut stage = match scene {
        Scene::Reading(reading) => card::read(visit, reading, completion, cx),
        Scene::Checking(checking) => pin::checked(visit, checking, completion, cx),
        Scene::Identify(identify) => identify::ended(visit, identify, completion, cx),
        other => {
            let scene = late_result(&mut visit, other, completion, cx);
            card::unless_gone(visit, scene, cx)
        }
    };
    // What is refused brings nothing new: what lies over the page stays, and nobody has more time.
    if let Stage::Serving(Serving { visit, .. }) = &mut stage
        && !cx.refused()
    {
        visit.touched_ms = cx.now.elapsed_ms;
        visit.told_ms = cx.now.elapsed_ms;
        visit.uncover();
        if answers_warning {
            visit.answer_warning();
        }
    }
    stage
}

/// A result for the page that waits behind a pulled card: the page moves on, hidden.
fn hidden_result(visit: &mut Visit, ticket: Ticket, completion: Completion, cx: &mut Context<'_>) {
    match visit.paused.take() {
        Some(scene) if scene.ticket() == Some(ticket) => {
            let next = late_result(visit, *scene, completion, cx);
            visit.paused = Some(Box::new(card::behind(next, cx)));
        }
        other => {
            visit.paused = other;
            cx.refuse(Refusal::StaleTicket);
        }
    }
}

/// Results for a page with its person in front of it, or of what goes on behind a card that has left.
fn late_result(visit: &mut Visit, scene: Scene, completion: Completion, cx: &mut Context<'_>) -> Scene {
    match scene {
        Scene::Fetching { form, ticket } => item::fetched(visit, form, ticket, completion, cx),
        Scene::Noting { ticket, form, table } => item::noted(visit, form, table, ticket, completion, cx),
        Scene::Form(form) => form::composed(visit, form, completion, cx),
        Scene::Scanning(scanning) => scan::ended(visit, scanning, completion, cx),
        Scene::Witness(witness) => witness::ended(visit, witness, completion, cx),
        Scene::Rated(rated) => rate::ended(rated, completion, cx),
        Scene::Acting(acting) => acting::ended(visit, acting, completion, cx),
        Scene::CardPin(pin) => card_pin::told(visit, pin, completion, cx),
        Scene::Info(info) => info::answered(info, completion, cx),
        other => {
            cx.refuse(Refusal::NotExpected);
            other
        }
    }
}

fn tap(stage: Stage, tap: Tap, cx: &mut Context<'_>) -> Stage {
    if tap.screen != cx.screen {
        cx.refuse(Refusal::StaleScreen);
        return stage;
    }
    match stage {
        Stage::Welcome(visit) => welcome_tap(visit, tap.intent, cx),
        Stage::Serving(serving) => serving_tap(serving, tap.intent, cx),
        Stage::Gone(gone) => gone_tap(gone, tap.intent, cx),
        Stage::Farewell(farewell) => farewell_tap(farewell, tap.intent, cx),
        evacuation @ Stage::Evacuation(_) => {
            cx.refuse(Refusal::NotOffered);
            evacuation
        }
    }
}

/// The first touch opens a visit, so that its language and size die with it.
fn welcome_tap(visit: Option<Box<Visit>>, intent: Intent, cx: &mut Context<'_>) -> Stage {
    match (visit, intent) {
        (Some(visit), Intent::Leave) if visit.over.is_some() => ending::end(visit, None, VisitEnd::Left, cx),
        (Some(visit), Intent::Begin) if visit.over.is_none() && home::may_begin(cx.terminal) => home::begin(visit, cx),
        (None, Intent::Begin) if home::may_begin(cx.terminal) => home::begin(ending::open(Look::default(), cx), cx),
        (Some(mut visit), _) => {
            if !look::bar(&mut visit, intent, cx) {
                cx.refuse(Refusal::NotOffered);
            }
            Stage::Welcome(Some(visit))
        }
        (None, Intent::Larger | Intent::Language | Intent::Help | Intent::Display) => {
            let mut visit = ending::open(Look::default(), cx);
            look::bar(&mut visit, intent, cx);
            Stage::Welcome(Some(visit))
        }
        (None, _) => {
            cx.refuse(Refusal::NotOffered);
            Stage::Welcome(None)
        }
    }
}

fn serving_tap(serving: Serving, intent: Intent, cx: &mut Context<'_>) -> Stage {
    let Serving { mut visit, scene } = serving;
    match intent {
        Intent::Leave if visit.over.is_some() || scene.may_leave() => {
            return ending::end(visit, Some(scene), VisitEnd::Left, cx);
        }
        _ if look::bar(&mut visit, intent, cx) => return Stage::Serving(Serving { visit, scene }),
        _ if visit.over.is_some() => {
            cx.refuse(Refusal::NotOffered);
            return Stage::Serving(Serving { visit, scene });
        }
        _ => {}
    }
    let mut visit = visit;
    let touched = visit.touched_ms;
    visit.touched_ms = cx.now.elapsed_ms;
    let scene = match scene {
        Scene::Pin(typed) => pin::tap(&visit, typed, intent, cx),
        Scene::Identify(identify) => identify::tap(&visit, identify, intent, cx),
        Scene::Witness(witness) => witness::tap(&visit, witness, intent, cx),
        Scene::Home(home) => home::tap(&visit, home, intent, cx),
        Scene::Caution(form) => item::caution_tap(&visit, form, intent, cx),
        Scene::Form(form) => form::tap(&visit, form, intent, cx),
        Scene::Scanning(scanning) => scan::tap(scanning, intent, cx),
        Scene::Table(shown) => table::tap(&visit, shown, intent, cx),
        Scene::Checked(checked) => offline::tap(&visit, checked, intent, cx),
        Scene::SlipChoice(shown) => table::slip_tap(&visit, shown, intent, cx),
        Scene::CardPin(pin) => card_pin::tap(&visit, pin, intent, cx),
        Scene::Review(review) => return review::tap(visit, review, intent, cx),
        Scene::Filed(filed) => review::filed_tap(&mut visit, filed, intent, cx),
        Scene::Rating(rating) => rate::tap(&visit, rating, intent, cx),
        Scene::Questionnaire(filling) => questionnaire::tap(filling, intent, cx),
        Scene::Info(info) => info_tap::tap(&visit, info, intent, cx),
        Scene::Notice(notice) => return table::notice_tap(visit, notice, intent, cx),
        other => {
            cx.refuse(Refusal::NotOffered);
            other
        }
    };
    if cx.refused() {
        visit.touched_ms = touched;
    }
    Stage::Serving(Serving { visit, scene })
}

fn gone_tap(mut gone: Gone, intent: Intent, cx: &mut Context<'_>) -> Stage {
    if intent == Intent::Leave {
        return ending::end(gone.visit, None, VisitEnd::Left, cx);
    }
    if !look::bar(&mut gone.visit, intent, cx) {
        cx.refuse(Refusal::NotOffered);
    }
    Stage::Gone(gone)
}

fn farewell_tap(mut farewell: Farewell, intent: Intent, cx: &mut Context<'_>) -> Stage {
    let shape = look::shape(&cx.terminal.site.panel);
    if !look::change(&mut farewell.look, intent, shape, false) {
        cx.refuse(Refusal::NotOffered);
    }
    Stage::Farewell(farewell)
}

/// Every moment at which something is due by itself.
pub(super) fn deadlines(state: &State) -> [Option<u64>; 4] {
    let stage = match &state.stage {
        Stage::Welcome(visit) => visit.as_ref().map(|visit| visit.touched_ms + state.terminal.site.limits.idle_end_ms),
        Stage::Serving(serving) => ending::serving_deadline(serving, &state.terminal),
        Stage::Gone(gone) => Some(gone.until_ms),
        Stage::Farewell(farewell) if farewell.card_in.is_none() => Some(farewell.until_ms),
        Stage::Farewell(farewell) => farewell.keep_at_ms,
        Stage::Evacuation(_) => None,
    };
    let catalogue = state.terminal.catalogue_due_ms.filter(|_| state.terminal.catalogue_ticket.is_none());
    let calendar = health::calendar_is_due(&state.terminal).then_some(0);
    [catalogue, calendar, state.terminal.silent.values().min().copied(), stage]
}

fn due(stage: Stage, cx: &mut Context<'_>) -> Stage {
    let done = health::ask_catalogue(cx) | health::ask_calendar(cx) | health::offer_again(cx);
    let idle_end_ms = cx.terminal.site.limits.idle_end_ms;
    let now_ms = cx.now.elapsed_ms;
    match stage {
        Stage::Welcome(Some(visit)) if now_ms >= visit.touched_ms + idle_end_ms => {
            ending::end(visit, None, VisitEnd::Idle, cx)
        }
        Stage::Gone(gone) if now_ms >= gone.until_ms => ending::end(gone.visit, None, VisitEnd::CardNotBack, cx),
        Stage::Farewell(farewell) if farewell.card_in.is_none() && now_ms >= farewell.until_ms => {
            card::after(&farewell, cx)
        }
        Stage::Farewell(farewell)
            if farewell.card_in.is_some() && farewell.keep_at_ms.is_some_and(|at| now_ms >= at) =>
        {
            ending::keep(farewell, cx)
        }
        Stage::Serving(serving) if ending::serving_deadline(&serving, cx.terminal).is_some_and(|at| now_ms >= at) => {
            ending::serving_due(serving, cx)
        }
        other => {
            if !done {
                cx.refuse(Refusal::NotDue);
            }
            other
        }
    }
}
