//! What is common to all stages, handled first and in one place: health, catalogue, stale tickets and screens, the bottom bar,
//! the overlay, deadlines. What remains goes to the scene.

use contract::problem::ProblemCode;
use hal::Code;
use ui::{Intent, Look, Tap};

use super::context::{Context, Refusal};
use super::input::{Completion, Input, Ticket};
use super::state::{DeviceHealth, Farewell, Gone, Over, Scene, Serving, Stage, State, Visit};
use super::{acting, card, ending, item, pin};
use crate::agency::{AgencyError, Question};
use crate::events::{Event, VisitEnd};

pub(super) fn step(stage: Stage, input: Input, cx: &mut Context<'_>) -> Stage {
    match input {
        Input::Receipt(health) => {
            let known = cx.terminal.health.receipt;
            cx.terminal.health.receipt = device(known, health, "receipt", cx);
            stage
        }
        Input::Page(health) => {
            let known = cx.terminal.health.page;
            cx.terminal.health.page = device(known, health, "page", cx);
            stage
        }
        Input::Card(event) => card::event(stage, event, cx),
        Input::Done(ticket, completion) => done(stage, ticket, completion, cx),
        Input::Progress(ticket, progress) => acting::progress(stage, ticket, progress, cx),
        Input::Tap(tap) => self::tap(stage, tap, cx),
        Input::Due => due(stage, cx),
    }
}

/// A printer's health; a site without one hears nothing of it.
fn device(
    known: Option<DeviceHealth>,
    news: DeviceHealth,
    name: &'static str,
    cx: &mut Context<'_>,
) -> Option<DeviceHealth> {
    let Some(before) = known else {
        cx.refuse(Refusal::NotExpected);
        return None;
    };
    if before != news {
        log_health(news, name, cx);
    }
    Some(news)
}

pub(super) fn log_health(news: DeviceHealth, name: &'static str, cx: &mut Context<'_>) {
    cx.log(match news {
        Ok(()) => Event::FaultCleared { device: name },
        Err(code) => Event::Fault { code },
    });
}

/// A result: for the terminal, for the page shown, or for the page hidden behind a pulled card.
fn done(stage: Stage, ticket: Ticket, completion: Completion, cx: &mut Context<'_>) -> Stage {
    if cx.terminal.catalogue_ticket == Some(ticket) {
        if let Completion::Catalogue(result) = completion {
            catalogue(result, cx);
        } else {
            cx.refuse(Refusal::NotExpected);
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

fn result(visit: Box<Visit>, scene: Scene, completion: Completion, cx: &mut Context<'_>) -> Stage {
    match scene {
        Scene::Reading(reading) => card::read(visit, reading, completion, cx),
        Scene::Checking(checking) => pin::checked(visit, checking, completion, cx),
        other => {
            let mut visit = visit;
            let scene = late_result(&mut visit, other, completion, cx);
            Stage::Serving(Serving { visit, scene })
        }
    }
}

/// A result for the page that waits behind a pulled card: the page moves on, hidden.
fn hidden_result(visit: &mut Visit, ticket: Ticket, completion: Completion, cx: &mut Context<'_>) {
    match visit.paused.take() {
        Some(scene) if scene.ticket() == Some(ticket) => {
            let next = late_result(visit, *scene, completion, cx);
            visit.paused = Some(Box::new(next));
        }
        other => {
            visit.paused = other;
            cx.refuse(Refusal::StaleTicket);
        }
    }
}

/// Results that may come whether their page is shown or hidden.
fn late_result(visit: &mut Visit, scene: Scene, completion: Completion, cx: &mut Context<'_>) -> Scene {
    match scene {
        Scene::Fetching { form, ticket } => item::fetched(visit, form, ticket, completion, cx),
        Scene::Acting(acting) => acting::ended(visit, acting, completion, cx),
        other => {
            cx.refuse(Refusal::NotExpected);
            other
        }
    }
}

fn catalogue(result: Result<std::sync::Arc<contract::catalogue::Catalogue>, AgencyError>, cx: &mut Context<'_>) {
    cx.terminal.catalogue_ticket = None;
    match result {
        Ok(catalogue) => {
            cx.terminal.catalogue = Some(catalogue);
            cx.terminal.catalogue_due_ms = None;
            agency_answers(cx);
        }
        Err(error) => agency_failed(&error, cx),
    }
}

/// The agency has answered something, so it is not down.
pub(super) fn agency_answers(cx: &mut Context<'_>) {
    cx.terminal.health.agency = true;
    if cx.terminal.catalogue.is_some() {
        cx.terminal.catalogue_due_ms = None;
    }
}

/// A question failed. An outage is remembered and asked about again, so that the welcome page tells the truth.
pub(super) fn agency_failed(error: &AgencyError, cx: &mut Context<'_>) {
    match error.problem() {
        Some(code) => cx.log(Event::AgencyRefused { code }),
        None => cx.log(Event::AgencyFailed { how: error.as_str() }),
    }
    cx.terminal.health.agency = !error.is_outage() && cx.terminal.health.agency;
    let in_ms = match error.problem() {
        // What was shown is old: the next visit must find it new.
        Some(ProblemCode::ItemChanged) => Some(0),
        _ if error.is_outage() || cx.terminal.catalogue.is_none() => Some(cx.terminal.site.limits.agency_retry_ms),
        _ => None,
    };
    if let Some(in_ms) = in_ms.filter(|_| cx.terminal.catalogue_ticket.is_none()) {
        cx.terminal.catalogue_due_ms = Some(cx.now.elapsed_ms + in_ms);
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
    }
}

/// The first touch opens a visit, so that its language and size die with it.
fn welcome_tap(visit: Option<Box<Visit>>, intent: Intent, cx: &mut Context<'_>) -> Stage {
    let overlaid = visit.as_ref().is_some_and(|visit| visit.over.is_some());
    match intent {
        Intent::Larger | Intent::Language | Intent::Help | Intent::MoreTime | Intent::Leave
            if overlaid == matches!(intent, Intent::MoreTime | Intent::Leave) =>
        {
            let mut visit = visit.unwrap_or_else(|| ending::open(Look::default(), cx));
            if intent == Intent::Leave {
                return ending::end(visit, None, VisitEnd::Left, cx);
            }
            bar(&mut visit, intent, cx);
            Stage::Welcome(Some(visit))
        }
        _ => {
            cx.refuse(Refusal::NotOffered);
            Stage::Welcome(visit)
        }
    }
}

fn serving_tap(serving: Serving, intent: Intent, cx: &mut Context<'_>) -> Stage {
    let Serving { mut visit, scene } = serving;
    match intent {
        Intent::Leave if visit.over.is_some() || scene.may_leave() => {
            return ending::end(visit, Some(scene), VisitEnd::Left, cx);
        }
        _ if bar(&mut visit, intent, cx) => return Stage::Serving(Serving { visit, scene }),
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
        Scene::Home => item::home_tap(&visit, intent, cx),
        Scene::Form(form) => item::form_tap(&visit, form, intent, cx),
        Scene::Table(shown) => item::table_tap(&visit, shown, intent, cx),
        Scene::SlipChoice(shown) => item::slip_tap(&visit, shown, intent, cx),
        Scene::Notice(notice) => return item::notice_tap(visit, notice, intent, cx),
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
    if !bar(&mut gone.visit, intent, cx) {
        cx.refuse(Refusal::NotOffered);
    }
    Stage::Gone(gone)
}

fn farewell_tap(mut farewell: Farewell, intent: Intent, cx: &mut Context<'_>) -> Stage {
    match intent {
        Intent::Larger => farewell.look.size = farewell.look.size.next(),
        Intent::Language => farewell.look.lang = other_language(farewell.look),
        _ => cx.refuse(Refusal::NotOffered),
    }
    Stage::Farewell(farewell)
}

/// The bottom bar and the overlay's "go on"; false where the intent is not theirs.
fn bar(visit: &mut Visit, intent: Intent, cx: &Context<'_>) -> bool {
    match (intent, visit.over) {
        (Intent::Larger, None) => visit.look.size = visit.look.size.next(),
        (Intent::Language, None) => visit.look.lang = other_language(visit.look),
        (Intent::Help, None) => visit.over = Some(Over::Help),
        (Intent::MoreTime, Some(_)) => visit.over = None,
        _ => return false,
    }
    visit.touched_ms = cx.now.elapsed_ms;
    true
}

const fn other_language(look: Look) -> ui::Lang {
    match look.lang {
        ui::Lang::Zh => ui::Lang::En,
        ui::Lang::En => ui::Lang::Zh,
    }
}

/// Every moment at which something is due by itself.
pub(super) fn deadlines(state: &State) -> [Option<u64>; 2] {
    let stage = match &state.stage {
        Stage::Welcome(visit) => visit.as_ref().map(|visit| visit.touched_ms + state.terminal.site.limits.idle_end_ms),
        Stage::Serving(serving) => ending::serving_deadline(serving, &state.terminal.site.limits),
        Stage::Gone(gone) => Some(gone.until_ms),
        Stage::Farewell(farewell) => farewell.card_in.is_none().then_some(farewell.until_ms),
    };
    let catalogue = state.terminal.catalogue_due_ms.filter(|_| state.terminal.catalogue_ticket.is_none());
    [catalogue, stage]
}

fn due(stage: Stage, cx: &mut Context<'_>) -> Stage {
    let asked = ask_catalogue(cx);
    let limits = cx.terminal.site.limits.clone();
    let now_ms = cx.now.elapsed_ms;
    match stage {
        Stage::Welcome(Some(visit)) if now_ms >= visit.touched_ms + limits.idle_end_ms => {
            ending::end(visit, None, VisitEnd::Idle, cx)
        }
        Stage::Gone(gone) if now_ms >= gone.until_ms => ending::end(gone.visit, None, VisitEnd::CardNotBack, cx),
        Stage::Farewell(farewell) if farewell.card_in.is_none() && now_ms >= farewell.until_ms => Stage::Welcome(None),
        Stage::Serving(serving) if ending::serving_deadline(&serving, &limits).is_some_and(|at| now_ms >= at) => {
            ending::serving_due(serving, cx)
        }
        other => {
            if !asked {
                cx.refuse(Refusal::NotDue);
            }
            other
        }
    }
}

fn ask_catalogue(cx: &mut Context<'_>) -> bool {
    let due = cx.terminal.catalogue_due_ms.is_some_and(|at| cx.now.elapsed_ms >= at);
    if !due || cx.terminal.catalogue_ticket.is_some() {
        return false;
    }
    let ticket = cx.ask(0, Question::Catalogue);
    cx.terminal.catalogue_ticket = Some(ticket);
    true
}

/// Why a card cannot be served at all now, if so: there is nothing behind it.
pub(crate) fn closed(terminal: &super::state::Terminal) -> Option<Closed> {
    match terminal.health.card {
        Err(code) => Some(Closed::Reader(code)),
        Ok(()) if terminal.catalogue.is_none() || !terminal.health.agency => Some(Closed::Agency),
        Ok(()) => None,
    }
}

/// Why nobody can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// No card can be read.
    Reader(Code),
    /// The agency cannot be reached.
    Agency,
}

impl Closed {
    /// Words for it.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Reader(_) => "welcome.closed_reader",
            Self::Agency => "welcome.closed_agency",
        }
    }
}
