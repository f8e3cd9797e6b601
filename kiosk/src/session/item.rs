//! An item from its tile to its result: questions, records, pages, the choice of slip. Knows kinds and field types, no item.

use contract::catalogue::{Field, FieldKind, Item, Kind, Value};
use contract::format::Period;
use contract::message::{Binding, Query, QueryResult};
use ui::Intent;

use super::context::{Context, Refusal};
use super::health::{agency_answers, agency_failed};
use super::input::{Completion, DeviceHealth, Ticket};
use super::look::{rows_a_page, shape};
use super::state::{Form, Health, Message, Notice, Scene, Serving, Shown, Stage, Visit};
use super::{acting, ending, slip};
use crate::agency::Question;
use crate::events::{Event, VisitEnd};

/// The items this site can offer at all, in catalogue order: what needs a device that is not here is left out.
pub(crate) fn offered<'a>(visit: &'a Visit, health: &'a Health) -> impl Iterator<Item = &'a Item> {
    visit.catalogue.items.iter().filter(|item| item.kind != Kind::Print || health.page.is_some())
}

/// Whether an item that is offered works now, or which fault stands in its way.
pub(crate) fn available(item: &Item, health: &Health) -> DeviceHealth {
    match item.kind {
        Kind::Query => Ok(()),
        Kind::Print => health.page.unwrap_or(Ok(())),
    }
}

/// The next question of a form; `None` when all are answered.
pub(crate) fn open_field(form: &Form) -> Option<&Field> {
    form.item.inputs.iter().find(|field| !form.answers.contains_key(&field.key))
}

/// The answers a field offers in this month.
pub(crate) fn answers(field: &Field, month: Period) -> Vec<Value> {
    match &field.kind {
        FieldKind::Choice { options } => {
            options.iter().map(|option| Value::Choice { value: option.value.clone() }).collect()
        }
        FieldKind::MonthRange { spans } => spans
            .iter()
            .filter_map(|span| span.resolve(month))
            .map(|(from, to)| Value::MonthRange { from, to })
            .collect(),
    }
}

pub(super) fn home_tap(visit: &Visit, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let chosen = match intent {
        Intent::Choose(n) => offered(visit, &cx.terminal.health).nth(usize::from(n)).cloned(),
        _ => None,
    };
    match chosen.filter(|item| available(item, &cx.terminal.health).is_ok()) {
        Some(item) => go_on(visit, Form { item, answers: std::collections::BTreeMap::new() }, cx),
        None => {
            cx.refuse(Refusal::NotOffered);
            Scene::Home
        }
    }
}

pub(super) fn form_tap(visit: &Visit, mut form: Form, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let month = cx.now.month();
    let open = open_field(&form).map(|field| (field.key.clone(), answers(field, month)));
    match (intent, open) {
        (Intent::Choose(n), Some((key, mut offered))) if usize::from(n) < offered.len() => {
            form.answers.insert(key, offered.swap_remove(usize::from(n)));
            go_on(visit, form, cx)
        }
        (Intent::Back, _) => step_back(form),
        _ => {
            cx.refuse(Refusal::NotOffered);
            Scene::Form(form)
        }
    }
}

/// One question back; before the first question, home.
fn step_back(mut form: Form) -> Scene {
    let last = form.item.inputs.iter().rev().find(|field| form.answers.contains_key(&field.key));
    match last.map(|field| field.key.clone()) {
        Some(key) => {
            form.answers.remove(&key);
            Scene::Form(form)
        }
        None => Scene::Home,
    }
}

/// The next question, or what the answers are for.
fn go_on(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    if open_field(&form).is_some() {
        return Scene::Form(form);
    }
    match form.item.kind {
        Kind::Print => acting::certificate(visit, form, cx),
        Kind::Query => fetch(visit, form, cx),
    }
}

fn fetch(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    let Some(person) = &visit.person else {
        cx.refuse(Refusal::NotExpected);
        return Scene::Home;
    };
    let query = Query {
        visit: visit.token.clone(),
        session: person.session.reveal().clone(),
        item: form.item.id.clone(),
        item_version: form.item.version,
        inputs: form.answers.clone(),
        language: visit.look.lang.tag().to_owned(),
    };
    let ticket = cx.ask(visit.number, Question::Query(query));
    Scene::Fetching { ticket, form }
}

/// Records have come, or not.
pub(super) fn fetched(
    visit: &mut Visit,
    form: Form,
    ticket: Ticket,
    completion: Completion,
    cx: &mut Context<'_>,
) -> Scene {
    visit.touched_ms = cx.now.elapsed_ms;
    match completion {
        Completion::Queried(Ok(result)) if is_ours(visit, &result.binding) => {
            agency_answers(cx);
            if well_formed(&result) {
                return Scene::Table(Shown { form, result: Box::new(result), first_row: 0 });
            }
            cx.log(Event::AgencyFailed { how: "garbled" });
            Scene::message(Message::Agency("garbled"))
        }
        Completion::Queried(Ok(_)) => {
            cx.log(Event::BindingMismatch { visit: visit.number });
            Scene::message(Message::Mismatch)
        }
        Completion::Queried(Err(error)) => {
            agency_failed(&error, cx);
            Scene::message(Message::of(&error))
        }
        _ => {
            cx.refuse(Refusal::NotExpected);
            Scene::Fetching { ticket, form }
        }
    }
}

fn is_ours(visit: &Visit, binding: &Binding) -> bool {
    binding.visit == visit.token && visit.person.as_ref().is_some_and(|person| person.subject == binding.subject)
}

/// A table whose rows fit its columns; anything else is no answer.
fn well_formed(result: &QueryResult) -> bool {
    (1..=5).contains(&result.columns.len()) && result.rows.iter().all(|row| row.cells.len() == result.columns.len())
}

pub(super) fn table_tap(visit: &Visit, mut shown: Shown, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let a_page = rows_a_page(visit.look.size, shape(&cx.terminal.site.panel));
    match intent {
        Intent::NextPage if shown.first_row + a_page < shown.result.rows.len() => shown.first_row += a_page,
        Intent::PreviousPage if shown.first_row > 0 => shown.first_row = shown.first_row.saturating_sub(a_page),
        Intent::Confirm if slip_ready(&shown, &cx.terminal.health) => return Scene::SlipChoice(shown),
        Intent::Back => return Scene::Home,
        _ => cx.refuse(Refusal::NotOffered),
    }
    Scene::Table(shown)
}

/// Whether a slip of these records can be printed now.
pub(crate) fn slip_ready(shown: &Shown, health: &Health) -> bool {
    shown.form.item.slip && health.receipt == Some(Ok(()))
}

/// Without amounts is the first answer, with amounts the second: money goes on paper only if asked for.
pub(super) fn slip_tap(visit: &Visit, shown: Shown, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let amounts = match intent {
        Intent::Choose(0) => false,
        Intent::Choose(1) => true,
        Intent::Back => return Scene::Table(shown),
        _ => {
            cx.refuse(Refusal::NotOffered);
            return Scene::SlipChoice(shown);
        }
    };
    if !slip_ready(&shown, &cx.terminal.health) {
        cx.refuse(Refusal::NotOffered);
        return Scene::SlipChoice(shown);
    }
    let site = cx.terminal.site.clone();
    let id = cx.terminal.peek_act_id();
    let receipt = slip::compose(visit, &shown, amounts, &id, &site, cx.now);
    acting::slip(visit, &shown.form.item.id, receipt, cx)
}

/// A message is read: home for who is signed in, else the end.
pub(super) fn notice_tap(visit: Box<Visit>, notice: Notice, intent: Intent, cx: &mut Context<'_>) -> Stage {
    match intent {
        Intent::Confirm if visit.person.is_some() => Stage::Serving(Serving { visit, scene: Scene::Home }),
        Intent::Confirm => ending::end(visit, None, VisitEnd::Left, cx),
        _ => {
            cx.refuse(Refusal::NotOffered);
            Stage::Serving(Serving { visit, scene: Scene::Notice(notice) })
        }
    }
}
