//! An item from its tile to its result: what is asked first, what is asked of the agency, and what comes back. Knows kinds, no item.

use contract::catalogue::{Evidence, Item, Kind};
use contract::message::{Binding, Prefill, Prefilled, Query, QueryResult};
use contract::problem::{Problem, ProblemCode};
use ui::Intent;

use super::context::{Context, Refusal};
use super::health::{agency_answers, agency_failed};
use super::input::{Completion, Ticket};
use super::state::{Form, Home, Message, Review, Scene, Shown};
use super::visit::Visit;
use super::{acting, form};
use crate::agency::Question;
use crate::events::Event;

/// A tile was tapped: where it is done elsewhere says so, a protected one asks first, a filing asks what is known already.
pub(super) fn open(visit: &Visit, home: Home, item: Box<Item>, cx: &mut Context<'_>) -> Scene {
    // Whoever is here has shown a card and its PIN; an item that does not take them is not done here.
    if item.elsewhere.is_some() || !(item.evidence.is_empty() || item.evidence.contains(&Evidence::CardPin)) {
        let problem = Problem { code: ProblemCode::NotHere, route: item.elsewhere, defects: Vec::new() };
        return Scene::message(Message::Problem(problem));
    }
    let form = Form::of(item, home);
    if form.item.protected { Scene::Caution(form) } else { begin(visit, form, cx) }
}

/// 是否有人在电话里指挥您操作？ No is the first answer, yes the second.
pub(super) fn caution_tap(visit: &Visit, form: Form, intent: Intent, cx: &mut Context<'_>) -> Scene {
    match intent {
        Intent::Choose(0) => begin(visit, form, cx),
        Intent::Choose(1) => Scene::message(Message::Fraud),
        Intent::Back => Scene::Home(form.home),
        _ => {
            cx.refuse(Refusal::NotOffered);
            Scene::Caution(form)
        }
    }
}

fn begin(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    if form.item.kind != Kind::Filing {
        return go_on(visit, form, cx);
    }
    ask(visit, form, cx, |visit, session, form| {
        Question::Prefill(Prefill { visit, session, item: form.item.id.clone(), item_version: form.item.version })
    })
}

/// The next question, or what the answers are for.
pub(super) fn go_on(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    if form::open_field(&form).is_some() {
        return Scene::Form(form);
    }
    match form.item.kind {
        Kind::Print => acting::certificate(visit, form, cx),
        Kind::Filing => Scene::Review(Review::of(form)),
        Kind::Query => {
            let language = visit.look.lang.tag().to_owned();
            ask(visit, form, cx, |visit, session, form| {
                Question::Query(Query {
                    visit,
                    session,
                    item: form.item.id.clone(),
                    item_version: form.item.version,
                    inputs: form.answers.clone(),
                    language,
                })
            })
        }
    }
}

/// Asks something in the name of who is signed in; `make` is given visit token and session.
fn ask(visit: &Visit, form: Form, cx: &mut Context<'_>, make: impl FnOnce(String, String, &Form) -> Question) -> Scene {
    let Some(person) = &visit.person else {
        cx.refuse(Refusal::NotExpected);
        return Scene::Home(form.home);
    };
    let question = make(visit.token.clone(), person.session.reveal().clone(), &form);
    let ticket = cx.ask(visit.number, question);
    Scene::Fetching { ticket, form }
}

/// What was asked for has come, or not.
pub(super) fn fetched(
    visit: &mut Visit,
    form: Form,
    ticket: Ticket,
    completion: Completion,
    cx: &mut Context<'_>,
) -> Scene {
    visit.touched_ms = cx.now.elapsed_ms;
    let filing = form.item.kind == Kind::Filing;
    match completion {
        Completion::Queried(Ok(result)) if !filing && is_ours(visit, &result.binding) => records(form, result, cx),
        Completion::Prefilled(Ok(known)) if filing && is_ours(visit, &known.binding) => {
            prefilled(visit, form, known, cx)
        }
        Completion::Queried(Ok(_)) if !filing => mismatch(visit, cx),
        Completion::Prefilled(Ok(_)) if filing => mismatch(visit, cx),
        Completion::Queried(Err(error)) | Completion::Prefilled(Err(error)) => {
            agency_failed(&error, cx);
            Scene::message(Message::of(&error))
        }
        _ => {
            cx.refuse(Refusal::NotExpected);
            Scene::Fetching { ticket, form }
        }
    }
}

fn records(form: Form, result: QueryResult, cx: &mut Context<'_>) -> Scene {
    agency_answers(cx);
    if well_formed(&result) {
        return Scene::Table(Shown { form, result: Box::new(result), first_row: 0 });
    }
    cx.log(Event::AgencyFailed { how: "garbled" });
    Scene::message(Message::Agency("garbled"))
}

/// What the agency knows stands in the form as if it had been answered; the citizen sees all of it before anything is filed. What does not
/// pass the field's own check is asked.
fn prefilled(visit: &Visit, mut form: Form, known: Prefilled, cx: &mut Context<'_>) -> Scene {
    agency_answers(cx);
    let today = cx.now.date();
    let Form { item, answers, .. } = &mut form;
    let good = known.values.into_iter().filter(|(key, value)| {
        item.inputs
            .iter()
            .any(|field| field.id == *key && field.kind.check(&value.to_text(), today).as_ref() == Ok(value))
    });
    answers.extend(good);
    go_on(visit, form, cx)
}

fn mismatch(visit: &Visit, cx: &mut Context<'_>) -> Scene {
    cx.log(Event::BindingMismatch { visit: visit.number });
    Scene::message(Message::Mismatch)
}

/// Whether an answer is about this visit and its person.
fn is_ours(visit: &Visit, binding: &Binding) -> bool {
    binding.visit == visit.token && visit.person.as_ref().is_some_and(|person| person.subject == binding.subject)
}

/// A table whose rows fit its columns; anything else is no answer.
fn well_formed(result: &QueryResult) -> bool {
    (1..=5).contains(&result.columns.len()) && result.rows.iter().all(|row| row.cells.len() == result.columns.len())
}
