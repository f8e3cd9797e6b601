//! An item from its tile to its result: what is asked first, what is asked of the agency, and what comes back. Knows kinds, no item.

use contract::catalogue::{Admission, Item, Kind};
use contract::field::Value;
use contract::message::{Prefill, Prefilled, Proof, Query, QueryResult, SignIn, SignedIn, Table};
use contract::problem::{Problem, ProblemCode};
use hal::card::Holder;
use hal::{Code, Private};
use ui::Intent;

use super::context::{Context, Refusal};
use super::health::{agency_answers, item_failed};
use super::identify::{Identify, Wanted};
use super::input::{Completion, Ticket};
use super::state::{Form, Home, Message, Review, Scene, Shown};
use super::visit::{Person, Visit};
use super::{acting, card_pin, evidence, form, info, offline, scan, sign_in, witness};
use crate::agency::Question;
use crate::events::{Event, Name};

/// A tile was tapped: where it is done elsewhere says so, where it is not known who asks, that is asked first.
pub(super) fn open(visit: &Visit, home: Home, item: Box<Item>, cx: &mut Context<'_>) -> Scene {
    if let Some(elsewhere) = item.elsewhere {
        return Scene::message(Message::Elsewhere(Box::new(elsewhere)));
    }
    let open = item.is_of_nobody();
    let form = Form::of(item, home);
    if open || visit.person.is_some() {
        return admitted(visit, form, cx);
    }
    Scene::Identify(Identify::ways(Wanted::Item(Box::new(form))))
}

/// It is known who asks, or need not be: a protected item asks first, a filing asks what is known already.
pub(super) fn admitted(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    let item = &form.item;
    let takes = |person: &Person| match item.admits(person.evidence()) {
        Admission::No => false,
        Admission::Yes => true,
        Admission::WithWitness => witness::possible(&cx.terminal.health).is_ok(),
    };
    // Two credentials never join: whoever has shown the wrong one begins anew with the right one.
    if !(item.is_of_nobody() || visit.person.as_ref().is_some_and(takes)) {
        return problem(ProblemCode::EvidenceNeeded);
    }
    if form.item.protected { Scene::Caution(form) } else { begin(visit, form, cx) }
}

fn problem(code: ProblemCode) -> Scene {
    Scene::message(Message::Problem(Problem { code, route: None, defects: Vec::new() }))
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
    if form.item.may_wait && !cx.terminal.health.agency {
        return go_on(visit, form, cx);
    }
    let language = visit.look.lang.tag().to_owned();
    ask(visit, form, cx, |visit, session, form| {
        let (item, item_version) = (form.item.id.clone(), form.item.version);
        Question::Prefill(Prefill { visit, session, item, item_version, language })
    })
}

/// The next question, or what the answers are for.
pub(super) fn go_on(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    if scan::begins(&form, &cx.terminal.health) {
        return scan::begin(visit, form, cx);
    }
    if form::open_field(&form).is_some() {
        return Scene::Form(form);
    }
    if form.item.sets_pin() && !form.pin_changed {
        return card_pin::begin(visit, form);
    }
    match form.item.kind {
        Kind::CardPin => Scene::Home(form.home),
        Kind::Print => acting::certificate(visit, form, cx),
        Kind::Filing => Scene::Review(Review::of(form)),
        Kind::Info => info::begin(visit, form, cx),
        Kind::Mandate => mandate(visit, form, cx),
        Kind::Query if offline::instead(&form.item, cx.terminal) => offline::answered(visit, form, cx),
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

/// Asks something in the name of who is signed in, or of nobody; `make` is given visit token and session.
fn ask(visit: &Visit, form: Form, cx: &mut Context<'_>, make: impl FnOnce(String, String, &Form) -> Question) -> Scene {
    let asker = visit.asks_as(&form.item);
    let question = make(asker.visit, asker.session.reveal().clone(), &form);
    let ticket = cx.ask(visit.number, question);
    Scene::Fetching { ticket, form }
}

/// Asks whether the visit's person may act for whom the form names.
fn mandate(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    let terminal = cx.terminal.site.terminal.id.clone();
    ask(visit, form, cx, |visit, session, form| {
        Question::SignIn(SignIn { visit, terminal, proof: authority(form, session) })
    })
}

/// What shows that somebody may act for another.
fn authority(form: &Form, session: String) -> Proof {
    let said = |field: &str| form.answers.get(field).map(Value::to_text).unwrap_or_default();
    Proof::Mandate { session, id_number: said("id_number"), name: said("name"), mandate: said("mandate") }
}

/// The person acts for somebody else from now on, and is told so.
fn mandated(visit: &mut Visit, form: &Form, answer: SignedIn, cx: &mut Context<'_>) -> Scene {
    let said = |field: &str| Private::new(form.answers.get(field).map(Value::to_text).unwrap_or_default());
    let holder = Holder { name: said("name"), id_number: said("id_number") };
    let digest = evidence::digest(&authority(form, visit.asks_as(&form.item).session.reveal().clone()));
    match sign_in::act_for(visit, holder, digest, answer, cx) {
        Ok(()) => Scene::message(Message::ActsFor),
        Err(_) => Scene::message(Message::Mismatch),
    }
}

/// What was asked for has come, or not.
pub(super) fn fetched(
    visit: &mut Visit,
    form: Form,
    ticket: Ticket,
    completion: Completion,
    cx: &mut Context<'_>,
) -> Scene {
    let filing = form.item.kind == Kind::Filing;
    match completion {
        Completion::Queried(Ok(result)) if !filing && visit.is_ours(&form.item, &result.binding) => {
            records(visit, form, result, cx)
        }
        Completion::Prefilled(Ok(known)) if filing && visit.is_ours(&form.item, &known.binding) => {
            prefilled(visit, form, known, cx)
        }
        Completion::SignedIn(Ok(answer)) if form.item.kind == Kind::Mandate => mandated(visit, &form, answer, cx),
        Completion::Queried(Ok(_)) if !filing => mismatch(visit, cx),
        Completion::Prefilled(Ok(_)) if filing => mismatch(visit, cx),
        // What may go later may also be begun without the agency; only what it knows already is missing.
        Completion::Prefilled(Err(error)) if filing && form.item.may_wait && error.is_outage() => {
            item_failed(Some(&form.item), &error, cx);
            go_on(visit, form, cx)
        }
        // Half an answer is better than none, and says that it is half.
        Completion::Queried(Err(error)) if offline::after(&form.item, &error, cx.terminal) => {
            item_failed(Some(&form.item), &error, cx);
            offline::answered(visit, form, cx)
        }
        Completion::Queried(Err(error)) | Completion::Prefilled(Err(error)) | Completion::SignedIn(Err(error)) => {
            item_failed(Some(&form.item), &error, cx);
            Scene::message(Message::of(&error))
        }
        _ => {
            cx.refuse(Refusal::NotExpected);
            Scene::Fetching { ticket, form }
        }
    }
}

fn records(visit: &Visit, form: Form, result: QueryResult, cx: &mut Context<'_>) -> Scene {
    agency_answers(cx);
    if result.table.is_well_formed() {
        return shown(visit, form, Some(Box::new(result.table)), cx);
    }
    cx.log(Event::AgencyFailed { how: "garbled" });
    Scene::message(Message::Agency("garbled"))
}

/// Nothing of somebody is on the glass before the audit says that it was: whose it is, is known from the visit. What concerns nobody is
/// nobody's record.
fn shown(visit: &Visit, form: Form, table: Option<Box<Table>>, cx: &mut Context<'_>) -> Scene {
    if form.item.is_of_nobody() {
        return show(visit, form, table, cx);
    }
    let shown = Event::RecordsShown { visit: visit.number, item: Name::from(form.item.id.as_str()) };
    Scene::Noting { ticket: cx.keep(visit.number, shown), form, table }
}

fn show(visit: &Visit, form: Form, table: Option<Box<Table>>, cx: &mut Context<'_>) -> Scene {
    match table {
        Some(table) => Scene::Table(Shown { form, table, first_row: 0 }),
        None => go_on(visit, form, cx),
    }
}

/// It is written down that they are shown, or it is not, and they are not shown either.
pub(super) fn noted(
    visit: &Visit,
    form: Form,
    table: Option<Box<Table>>,
    ticket: Ticket,
    completion: Completion,
    cx: &mut Context<'_>,
) -> Scene {
    match completion {
        Completion::Posted(true) => show(visit, form, table, cx),
        Completion::Posted(false) => Scene::message(Message::OutOfService(Code::StoreUnwritable)),
        _ => {
            cx.refuse(Refusal::NotExpected);
            Scene::Noting { ticket, form, table }
        }
    }
}

/// What the agency knows stands in the form as if it had been answered; the citizen sees all of it before anything is filed. What does not
/// pass the field's own check is asked.
fn prefilled(visit: &Visit, mut form: Form, known: Prefilled, cx: &mut Context<'_>) -> Scene {
    agency_answers(cx);
    let today = cx.now.date();
    let inputs = &form.item.inputs;
    let good = known.values.into_iter().filter(|(key, value)| {
        inputs.iter().any(|field| field.id == *key && field.kind.check(&value.to_text(), today).as_ref() == Ok(value))
    });
    form.answers.extend(good);
    form.known.extend(form.answers.keys().cloned());
    shown(visit, form, None, cx)
}

/// An answer about somebody else is shown to nobody.
pub(super) fn mismatch(visit: &Visit, cx: &mut Context<'_>) -> Scene {
    cx.log(Event::BindingMismatch { visit: visit.number });
    Scene::message(Message::Mismatch)
}
