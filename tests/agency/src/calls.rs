//! The calls of the contract, one file each. Here stands what they share: who calls, whether the request is well formed, one
//! transaction and one audit line a call, and how a refusal looks. A call must never trust a terminal's word about who it is.

pub mod acts;
pub mod card_authority;
pub mod catalogue;
pub mod documents;
mod problem;
pub mod query;
pub mod sign_in;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use axum_server::tls::TlsInfo;
use contract::catalogue::Catalogue;
use contract::format::Date;
use contract::message::{Binding, path, subject_digest};
use contract::problem::ProblemCode;
use rusqlite::Connection;

use crate::clock::Clock;
use crate::pdf::Face;
use crate::store::{self, AuditLine, Person, Store};
use crate::tls;
use problem::problem_of;

/// More than any request of the contract needs.
const BODY_MAX_BYTES: usize = 64 * 1024;

/// No visit lasts that long; the terminal's own limits are far below.
const SESSION_MAX_S: i64 = 30 * 60;

/// The agency: what every call may use.
pub struct Agency {
    pub store: Store,
    pub clock: Clock,
    pub catalogue: Catalogue,
    pub face: Face,
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
}

/// Why a call is not done.
pub enum Refusal {
    /// The agency says no.
    Problem(ProblemCode),
    /// The agency is at fault; the reason holds no personal datum.
    Broken(String),
}

impl From<ProblemCode> for Refusal {
    fn from(code: ProblemCode) -> Self {
        Self::Problem(code)
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
        .route(path::SIGN_IN, post(sign_in::sign_in))
        .route(path::QUERY, post(query::query))
        .route(path::ISSUE, post(documents::issue))
        .route(path::FETCH, post(documents::fetch))
        .route(path::ACTS, post(acts::acts))
        .fallback(no_such_call)
        .method_not_allowed_fallback(no_such_call)
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(map_response(no_store))
        .with_state(agency)
}

/// Whatever is answered is for one visit: nobody on the way may keep it.
async fn no_store(mut answer: Response) -> Response {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

async fn no_such_call() -> Response {
    (StatusCode::NOT_FOUND, Json(problem_of(ProblemCode::BadRequest))).into_response()
}

/// Puts the id from the peer's certificate where the calls look for it.
pub async fn name_terminal(tls: Extension<Arc<TlsInfo>>, mut request: Request, next: Next) -> Response {
    let Some(terminal) = tls::terminal_of(&tls) else {
        return refuse("tls", Refusal::Problem(ProblemCode::BadRequest));
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
    work: fn(&Call<'_>, &R) -> Result<A, Refusal>,
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
    };
    let work = |db: &Connection| {
        let request = request.as_ref().ok_or(ProblemCode::BadRequest)?;
        work(&Call { db, agency, terminal: &terminal.0, today: agency.clock.today() }, request)
    };
    match agency.store.call(&line, work, result_word) {
        Ok(answer) => answer.into_response(),
        Err(refusal) => refuse(what, refusal),
    }
}

fn result_word<T>(done: &Result<T, Refusal>) -> &'static str {
    match done {
        Ok(_) => "ok",
        Err(Refusal::Problem(code)) => code.as_str(),
        Err(Refusal::Broken(_)) => "broken",
    }
}

fn refuse(what: &str, refusal: Refusal) -> Response {
    let code = match refusal {
        Refusal::Problem(code) => code,
        Refusal::Broken(why) => {
            eprintln!("agency: {what}: {why}");
            return (StatusCode::INTERNAL_SERVER_ERROR, Json(problem_of(ProblemCode::Other))).into_response();
        }
    };
    let status = match code {
        ProblemCode::BadRequest => StatusCode::BAD_REQUEST,
        ProblemCode::PersonUnknown | ProblemCode::NoRecords | ProblemCode::ActUnknown => StatusCode::NOT_FOUND,
        ProblemCode::ActConflict | ProblemCode::ItemChanged | ProblemCode::SignedOut => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    (status, Json(problem_of(code))).into_response()
}

/// Whether what a request names has the right shape and is this terminal's: only then may it stand in the audit.
fn well_formed(names: &Names<'_>, terminal: &Terminal) -> bool {
    let item = |id: &str| (1..=8).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    names.terminal.is_none_or(|id| id == terminal.0)
        && names.visit.is_none_or(|visit| lower_hex(visit, 32))
        && names.item.is_none_or(item)
        && names.act.is_none_or(|act| is_act_of(act, &terminal.0))
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
    let person = store::person_of_session(call.db, session, visit, call.terminal, SESSION_MAX_S)?;
    Ok(person.ok_or(ProblemCode::SignedOut)?)
}

fn bind(visit: &str, person: &Person) -> Binding {
    Binding { visit: visit.to_owned(), subject: subject_digest(visit, &person.id_number) }
}
