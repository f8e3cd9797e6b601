//! The calls of the contract, one file each. Here stands what they share: who calls, whether the request is well formed, one
//! transaction and one audit line a call, and how a refusal looks. A call must never trust a terminal's word about who it is.

pub mod acts;
pub mod bulletin;
pub mod calendar;
pub mod card_authority;
pub mod cases;
pub mod catalogue;
pub mod documents;
pub mod evaluations;
pub mod one_time;
pub mod parcels;
pub mod prefill;
mod problem;
pub mod query;
pub mod questionnaires;
pub mod questions;
pub mod sign_in;
#[cfg(test)]
mod tests;
pub mod texts;
mod upstream;
pub mod witness;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use axum_server::tls::TlsInfo;
use contract::catalogue::{Admission, Catalogue, Elsewhere, Item, Provider};
use contract::field::{FieldType, Value};
use contract::format::Date;
use contract::message::{Binding, Defect, REQUEST_ID, path, subject_digest};
use contract::problem::{Problem, ProblemCode, Route};
use rusqlite::Connection;

use crate::cases::life::Life;
use crate::clock::Clock;
use crate::language::Language;
use crate::legacy::Legacy;
use crate::made_up::MadeUp;
use crate::mandates::Mandate;
use crate::opener::Opener;
use crate::opinion::Opinions;
use crate::pdf::Face;
use crate::rules::{RuleError, Rules};
use crate::seal::Seal;
use crate::staff::Member;
use crate::store::{self, AuditLine, Person, Store};
use crate::texts::Published;
use crate::windows::Desk;
use crate::{catalogue as offer, mishap, tls};
pub use problem::problem_of;

/// More than any request of the contract needs.
const BODY_MAX_BYTES: usize = 64 * 1024;

/// No visit lasts that long; the terminal's own limits are far below.
const SESSION_MAX_S: i64 = 30 * 60;

/// The agency: what every call may use.
pub struct Agency {
    pub store: Store,
    pub clock: Clock,
    pub catalogue: Catalogue,
    /// What is answered to items that nobody compiled in.
    pub made_up: MadeUp,
    /// Figures and days for [`crate::rules`].
    pub rules: Rules,
    pub face: Face,
    /// The file that moves the clock and steers cases; see [`mishap::orders`].
    pub orders: Option<PathBuf>,
    /// Signs what is printed.
    pub seal: Seal,
    /// Policy texts and the bulletin.
    pub published: Published,
    /// Who may be a witness.
    pub staff: Vec<Member>,
    /// Who may act for whom.
    pub mandates: Vec<Mandate>,
    /// The old system that answers some items, where there is one.
    pub legacy: Option<Legacy>,
    /// What people are asked of the service.
    pub opinions: Opinions,
    /// Opens what terminals have sealed.
    pub opener: Opener,
}

/// The id in the peer's certificate.
#[derive(Clone)]
pub struct Terminal(pub String);

/// One call while it is done.
pub struct Call<'a> {
    pub db: &'a Connection,
    pub agency: &'a Agency,
    pub terminal: &'a str,
    pub today: Date,
    /// Whose systems do not answer.
    pub silent: &'a [Provider],
    /// Ids of policy texts that an order has withdrawn.
    pub withdrawn: &'a [String],
    /// Ids of items that an order has changed.
    pub changed: &'a [String],
}

/// Why a call is not done.
pub enum Refusal {
    /// The agency says no.
    Problem(Box<Problem>),
    /// The agency is at fault; the reason holds no personal datum.
    Broken(String),
}

impl From<ProblemCode> for Refusal {
    fn from(code: ProblemCode) -> Self {
        Self::Problem(Box::new(problem_of(code)))
    }
}

impl From<RuleError> for Refusal {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::NotEligible | RuleError::NotApplicable | RuleError::Exhausted => ProblemCode::NotEligible.into(),
            // Missing figures are the agency's fault: nobody is told that they have no right.
            other => Self::Broken(format!("rules: {other}")),
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<rustls::crypto::GetRandomFailed> for Refusal {
    fn from(_: rustls::crypto::GetRandomFailed) -> Self {
        Self::Broken("no randomness".to_owned())
    }
}

/// What a request names besides its matter; checked before anything else and written to the audit.
#[derive(Default)]
pub struct Names<'a> {
    pub terminal: Option<&'a str>,
    pub visit: Option<&'a str>,
    pub item: Option<&'a str>,
    pub act: Option<&'a str>,
    /// 工号 of a member of staff.
    pub staff: Option<&'a str>,
    /// Its own id, where a second request for the same must not come.
    pub request: Option<&'a str>,
    /// In which language a refusal tells where to go on; Chinese where the request has none.
    pub language: Option<&'a str>,
}

/// A request of the contract.
pub trait Named {
    /// What it names.
    fn names(&self) -> Names<'_>;
}

/// The routes, without TLS; expects the [`Terminal`] as an extension.
pub fn router(agency: Arc<Agency>) -> Router {
    Router::new()
        .route(path::CATALOGUE, post(catalogue::catalogue))
        .route(path::CARD_AUTHORITY, post(card_authority::card_authority))
        .route(path::SEND_CODE, post(one_time::send_code))
        .route(path::SIGN_IN, post(sign_in::sign_in))
        .route(path::WITNESS_CHALLENGE, post(witness::challenge))
        .route(path::WITNESS, post(witness::witness))
        .route(path::QUERY, post(query::query))
        .route(path::ISSUE, post(documents::issue))
        .route(path::FETCH, post(documents::fetch))
        .route(path::ACTS, post(acts::acts))
        .route(path::PREFILL, post(prefill::prefill))
        .route(path::FILE, post(cases::file))
        .route(path::EVALUATE, post(evaluations::evaluate))
        .route(path::QUESTIONNAIRES, post(questionnaires::answers))
        .route(path::FIND, post(cases::find))
        .route(path::WITHDRAW, post(cases::withdraw))
        .route(path::SEARCH_TEXTS, post(texts::search))
        .route(path::READ_TEXT, post(texts::read))
        .route(path::QUESTIONS, post(questions::questions))
        .route(path::PARCELS, post(parcels::parcels))
        .route(path::BULLETIN, post(bulletin::bulletin))
        .route(path::CALENDAR, post(calendar::calendar))
        .fallback(no_such_call)
        .method_not_allowed_fallback(no_such_call)
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(map_response(no_store))
        .with_state(agency)
}

/// Whatever is answered is for one visit: nobody on the way may keep it, unless the call itself says otherwise.
async fn no_store(mut answer: Response) -> Response {
    answer.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// Every answer, good or not, carries the id of its request: a terminal believes no other.
pub async fn echo(request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).cloned();
    let mut answer = next.run(request).await;
    if let Some(id) = id {
        answer.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
    answer
}

/// A header's text; nothing where it has none.
fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

async fn no_such_call() -> Response {
    (StatusCode::NOT_FOUND, Json(problem_of(ProblemCode::BadRequest))).into_response()
}

/// Puts the id from the peer's certificate where the calls look for it.
pub async fn name_terminal(tls: Extension<Arc<TlsInfo>>, mut request: Request, next: Next) -> Response {
    let Some(terminal) = tls::terminal_of(&tls) else {
        return (StatusCode::BAD_REQUEST, Json(problem_of(ProblemCode::BadRequest))).into_response();
    };
    request.extensions_mut().insert(Terminal(terminal));
    next.run(request).await
}

/// Does one call: checks what the request names, works in one transaction, writes the audit line, answers.
pub fn answer<R: Named, A: IntoResponse>(
    agency: &Agency,
    terminal: &Terminal,
    what: &'static str,
    request: Result<Json<R>, JsonRejection>,
    work: impl FnOnce(&Call<'_>, &R) -> Result<A, Refusal>,
) -> Response {
    let request = request.ok().map(|Json(request)| request).filter(|request| well_formed(&request.names(), terminal));
    let names = request.as_ref().map(Named::names).unwrap_or_default();
    let text = |name: Option<&str>| name.unwrap_or_default().to_owned();
    let line = AuditLine {
        terminal: terminal.0.clone(),
        visit: text(names.visit),
        what,
        item: text(names.item),
        act: text(names.act),
        staff: text(names.staff),
        // No reason to refuse anybody: one that is no id is left out.
        request: text(names.request.filter(|id| lower_hex(id, 32))),
    };
    let orders = mishap::orders(agency.orders.as_deref());
    let today = orders.today.unwrap_or_else(|| agency.clock.today());
    let work = |db: &Connection| {
        let request = request.as_ref().ok_or(ProblemCode::BadRequest)?;
        // Every call finds cases, and what they have changed, as they are today.
        let life = Life { db, calendar: &agency.rules.calendar, catalogue: &agency.catalogue };
        life.advance(&orders.cases, today)?;
        let (silent, withdrawn, changed) = (&orders.silent, &orders.withdrawn, &orders.changed);
        work(&Call { db, agency, terminal: &terminal.0, today, silent, withdrawn, changed }, request)
    };
    match agency.store.call(&line, work, result_word) {
        Ok(answer) => answer.into_response(),
        Err(refusal) => {
            refuse(what, refusal, &Desk::of(agency, today, Language::of(names.language.unwrap_or_default())))
        }
    }
}

fn result_word<T>(done: &Result<T, Refusal>) -> &'static str {
    match done {
        Ok(_) => "ok",
        Err(Refusal::Problem(problem)) => problem.code.as_str(),
        Err(Refusal::Broken(_)) => "broken",
    }
}

fn refuse(what: &str, refusal: Refusal, desk: &Desk<'_>) -> Response {
    let problem = match refusal {
        Refusal::Problem(problem) => desk.direct(*problem),
        Refusal::Broken(why) => {
            eprintln!("agency: {what}: {why}");
            return (StatusCode::INTERNAL_SERVER_ERROR, Json(problem_of(ProblemCode::Other))).into_response();
        }
    };
    let status = match problem.code {
        ProblemCode::BadRequest => StatusCode::BAD_REQUEST,
        ProblemCode::PersonUnknown
        | ProblemCode::NoRecords
        | ProblemCode::ActUnknown
        | ProblemCode::CaseUnknown
        | ProblemCode::TextWithdrawn => StatusCode::NOT_FOUND,
        ProblemCode::ActConflict
        | ProblemCode::KeyReused
        | ProblemCode::CaseClosed
        | ProblemCode::ItemChanged
        | ProblemCode::SignedOut => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    (status, Json(problem)).into_response()
}

/// Whether what a request names has the right shape and is this terminal's: only then may it stand in the audit.
fn well_formed(names: &Names<'_>, terminal: &Terminal) -> bool {
    let item = |id: &str| (1..=8).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    names.terminal.is_none_or(|id| id == terminal.0)
        && names.visit.is_none_or(|visit| lower_hex(visit, 32))
        && names.item.is_none_or(item)
        && names.act.is_none_or(|act| is_act_of(act, &terminal.0))
        && names
            .staff
            .is_none_or(|staff| (4..=8).contains(&staff.len()) && staff.bytes().all(|c| c.is_ascii_alphanumeric()))
}

/// Terminal id, installation epoch (8 hexadecimal digits) and sequence.
fn is_act_of(act: &str, terminal: &str) -> bool {
    let rest = act.strip_prefix(terminal).and_then(|rest| rest.strip_prefix('-'));
    let parts = rest.and_then(|rest| rest.split_once('-'));
    let number = |text: &str| (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    parts.is_some_and(|(epoch, sequence)| lower_hex(epoch, 8) && number(sequence))
}

fn lower_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The person signed in under this session in this visit at this terminal.
fn person_of(call: &Call<'_>, session: &str, visit: &str) -> Result<Person, Refusal> {
    let signed_in = store::signed_in(call.db, session, visit, call.terminal, SESSION_MAX_S)?;
    Ok(signed_in.ok_or(ProblemCode::SignedOut)?.0)
}

/// The same, for an item that takes what was presented; nobody, for one that takes nothing.
fn person_for(call: &Call<'_>, item: &Item, session: &str, visit: &str) -> Result<Person, Refusal> {
    if item.is_of_nobody() {
        return Ok(Person::nobody());
    }
    let signed_in = store::signed_in(call.db, session, visit, call.terminal, SESSION_MAX_S)?;
    let (person, evidence) = signed_in.ok_or(ProblemCode::SignedOut)?;
    if item.admits(evidence) == Admission::No {
        return Err(ProblemCode::EvidenceNeeded.into());
    }
    if store::session_opens(call.db, session, &item.id)? {
        return Ok(person);
    }
    // A card that is not active opens what activates it; an authority, what it covers.
    let acts = store::agent_of(call.db, session)?.is_some();
    Err(if acts { ProblemCode::MandateUnknown } else { ProblemCode::CardFrozen }.into())
}

/// Whether the answers are those the item asks for; every defect of a field is told at once, a wrong period in a code of its own.
fn check(call: &Call<'_>, item: &Item, inputs: &BTreeMap<String, Value>) -> Result<(), Refusal> {
    let Err(defects) = offer::check_inputs(item, inputs, call.today) else { return Ok(()) };
    let of_period =
        |id: &str| item.inputs.iter().any(|field| field.id == id && matches!(field.kind, FieldType::MonthRange { .. }));
    if defects.iter().all(|defect| of_period(&defect.field)) {
        return Err(ProblemCode::PeriodInvalid.into());
    }
    let defects = defects.iter().map(|defect| Defect {
        field: defect.field.clone(),
        text: defect.error.as_str().to_owned(),
        basis: String::new(),
        remedy: defect.example.clone(),
    });
    Err(Refusal::Problem(Box::new(Problem { defects: defects.collect(), ..problem_of(ProblemCode::InputInvalid) })))
}

/// Refuses an item that is not done here, with the place where it is, and one whose provider does not answer.
fn offered_here(call: &Call<'_>, item: &Item) -> Result<(), Refusal> {
    if call.silent.contains(&item.provider) {
        return Err(ProblemCode::ProviderDown.into());
    }
    match &item.elsewhere {
        None => Ok(()),
        Some(Elsewhere { window, materials }) => {
            // Hours and the window's name in the request's language are put to it by `refuse`.
            let materials = materials.iter().map(|material| material.zh.clone()).collect();
            let route = Some(Route { window: window.zh.clone(), hours: String::new(), materials });
            Err(Refusal::Problem(Box::new(Problem { route, ..problem_of(ProblemCode::NotHere) })))
        }
    }
}

/// Of an answer that is about nobody.
fn bind_nobody(visit: &str) -> Binding {
    Binding { visit: visit.to_owned(), subject: subject_digest(visit, "") }
}

fn bind(visit: &str, person: &Person) -> Binding {
    Binding { visit: visit.to_owned(), subject: subject_digest(visit, &person.id_number) }
}
