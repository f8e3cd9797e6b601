//! Filing, finding and withdrawing cases. Who asks is settled here; what a case is and does stands in `crate::cases`. Must never answer
//! with a case of anybody but the person signed in, or, where nobody is, of anybody whose slip and number are not both at hand.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::{Item, Kind};
use contract::message::{
    Binding, Case, CaseName, FileCase, FindCase, IDEMPOTENCY_KEY, REQUEST_ID, WithdrawCase, content_digest,
};
use contract::problem::{Problem, ProblemCode};
use rusqlite::params;

use super::{
    Agency, Call, Named, Names, Refusal, Terminal, answer, bind, check, header, offered_here, person_for, person_of,
    witness,
};
use crate::cases::life::Life;
use crate::cases::parts::Parts;
use crate::cases::show::Shown;
use crate::cases::{Ask, Kept, Outcome, file as filing, kept, rules};
use crate::language::Language;
use crate::store::{self, Person};
use crate::{catalogue, clock};

/// Wrong guesses of a terminal in an hour, before it has to wait: a citizen who mistypes needs two or three.
const GUESSES_MAX: i64 = 5;
const GUESSES_S: i64 = 3600;

/// How a search by slip is called in the audit, which is also what counts the wrong guesses.
const BY_SLIP: &str = "find_by_slip";

/// A request with key and id of its head.
struct Filing {
    key: String,
    request: String,
    body: FileCase,
}

impl Named for Filing {
    fn names(&self) -> Names<'_> {
        let body = &self.body;
        let (visit, item, language) = (Some(&*body.visit), Some(&*body.item), Some(&*body.language));
        let (act, request) = (Some(&*self.key), Some(&*self.request));
        Names { visit, item, language, act, request, ..Names::default() }
    }
}

impl Named for FindCase {
    fn names(&self) -> Names<'_> {
        // A key names the terminal that filed: another one's is not well formed here.
        let act = match &self.name {
            CaseName::Key(key) => Some(&**key),
            CaseName::Number(_) | CaseName::PickUp(_) => None,
        };
        Names { visit: Some(&self.visit), language: Some(&self.language), act, ..Names::default() }
    }
}

impl Named for WithdrawCase {
    fn names(&self) -> Names<'_> {
        Names { visit: Some(&self.visit), language: Some(&self.language), ..Names::default() }
    }
}

/// File a case.
///
/// Harmless to repeat: the same key with the same body by the same person returns the first case, as it is by then. The same key with
/// anything else is `key_reused`.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/cases",
    params(("idempotency-key" = String, Header, description = "The act id under which the terminal files",
            example = "t-0301-5f3a9c21-42")),
    request_body = FileCase,
    responses((status = 200, description = "The case", body = Case),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn file(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    headers: HeaderMap,
    request: Result<Json<FileCase>, JsonRejection>,
) -> Response {
    let [key, id] = [IDEMPOTENCY_KEY, REQUEST_ID].map(|name| header(&headers, name));
    let filing = request.map(|Json(body)| Json(Filing { key, request: id, body }));
    answer(&agency, &terminal, "file", filing, file_work)
}

/// Find a case.
///
/// Signed in, one's own, by any name. Without a session: by key, for the terminal that filed; by number or pick-up code with the last
/// four characters of the ID number. Then the subject of the binding is empty, and figures, defects and pointer are left out.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/cases/find",
    request_body = FindCase,
    responses((status = 200, description = "The case", body = Case),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn find(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<FindCase>, JsonRejection>,
) -> Response {
    let by_slip = request.as_ref().is_ok_and(|Json(request)| is_by_slip(request));
    answer(&agency, &terminal, if by_slip { BY_SLIP } else { "find" }, request, find_work)
}

/// Withdraw a case.
///
/// Only before it is decided: afterwards `case_closed`.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/cases/withdraw",
    request_body = WithdrawCase,
    responses((status = 200, description = "Withdrawn", body = Case),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn withdraw(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<WithdrawCase>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "withdraw", request, withdraw_work)
}

/// Files a case that could not be filed at once. Only what may wait comes so; nobody waits for the answer any more.
pub(super) fn file_later(call: &Call<'_>, key: &str, body: &FileCase) -> Result<(), Refusal> {
    if !call.agency.catalogue.item(&body.item).is_some_and(|item| item.may_wait) {
        return Err(ProblemCode::NotHere.into());
    }
    file_body(call, key, body).map(drop)
}

fn file_work(call: &Call<'_>, Filing { key, body, .. }: &Filing) -> Result<Json<Case>, Refusal> {
    file_body(call, key, body)
}

fn file_body(call: &Call<'_>, key: &str, body: &FileCase) -> Result<Json<Case>, Refusal> {
    let language = Language::of(&body.language);
    let item = call.agency.catalogue.item(&body.item).ok_or(ProblemCode::BadRequest)?;
    let person = person_for(call, item, &body.session, &body.visit)?;
    let ask = Ask::of(call, item, &person, language);
    // First of all: what was filed was filed, whatever the rules or the catalogue say by now.
    let repeated = filing::repeated(&ask, key, &filing::request_digest(body)?)?;
    let case = match repeated {
        Some(case) => case,
        None => begin(call, &ask, key, body)?,
    };
    full(call, &case, &person, &body.visit, language).map(Json)
}

fn begin(call: &Call<'_>, ask: &Ask<'_>, key: &str, body: &FileCase) -> Result<Kept, Refusal> {
    let item = catalogue::item_of(&call.agency.catalogue, &body.item, body.item_version, Kind::Filing)?;
    offered_here(call, item)?;
    if !agreed_to(item, &body.consent) || call.changed.contains(&item.id) {
        return Err(ProblemCode::ItemChanged.into());
    }
    check(call, item, &body.inputs)?;
    let made_up = &call.agency.made_up;
    let outcome = if made_up.knows(&item.id) {
        made_up.grant(&item.id, &body.inputs)?;
        Outcome::default()
    } else {
        rules::before(ask)?;
        rules::grant(ask, &body.inputs)?
    };
    let parts = Parts {
        witness: witness::of_filing(call, item, &body.session, &body.visit)?,
        agent: store::agent_of(call.db, &body.session)?,
    };
    filing::begin(ask, &life(call), key, body, &outcome, &parts)
}

/// Whether the citizen agreed to the words that are in force, in either language.
fn agreed_to(item: &Item, consent: &str) -> bool {
    ["zh", "en"].iter().any(|language| content_digest(item.consent.in_language(language).as_bytes()) == consent)
}

fn find_work(call: &Call<'_>, request: &FindCase) -> Result<Json<Case>, Refusal> {
    let language = Language::of(&request.language);
    if !request.session.is_empty() {
        let person = person_of(call, &request.session, &request.visit)?;
        let case = kept::by_name(call.db, &request.name)?.filter(|case| case.person == person.person);
        return full(call, &case.ok_or(ProblemCode::CaseUnknown)?, &person, &request.visit, language).map(Json);
    }
    if is_by_slip(request) {
        slow_down(call, BY_SLIP)?;
    }
    let case = kept::by_name(call.db, &request.name)?.ok_or(ProblemCode::CaseUnknown)?;
    if is_by_slip(request) && !store::number_ends_with(call.db, case.person, &request.id_last4)? {
        return Err(ProblemCode::CaseUnknown.into());
    }
    let binding = Binding { visit: request.visit.clone(), subject: String::new() };
    Ok(Json(shown(call, &case, language).masked(&case, binding)))
}

fn withdraw_work(call: &Call<'_>, request: &WithdrawCase) -> Result<Json<Case>, Refusal> {
    let person = person_of(call, &request.session, &request.visit)?;
    let name = CaseName::Number(request.case.clone());
    let case = kept::by_name(call.db, &name)?.filter(|case| case.person == person.person);
    let mut case = case.ok_or(ProblemCode::CaseUnknown)?;
    life(call).withdraw(&mut case, call.today)?;
    full(call, &case, &person, &request.visit, Language::of(&request.language)).map(Json)
}

/// The case of a slip, masked, for a query of anybody: named by pick-up code or number, with the end of its owner's number. What nobody
/// filed (a complaint without a name) needs none.
pub fn by_slip(call: &Call<'_>, name: &str, tail: &str, language: Language) -> Result<Case, Refusal> {
    slow_down(call, "query")?;
    let name = if name.len() == 8 { CaseName::PickUp(name.to_owned()) } else { CaseName::Number(name.to_owned()) };
    let case = kept::by_name(call.db, &name)?.ok_or(ProblemCode::CaseUnknown)?;
    if case.person != 0 && !store::number_ends_with(call.db, case.person, tail)? {
        return Err(ProblemCode::CaseUnknown.into());
    }
    let binding = Binding { visit: String::new(), subject: String::new() };
    Ok(shown(call, &case, language).masked(&case, binding))
}

/// Nobody is signed in, and the case is named by what stands on a slip.
fn is_by_slip(request: &FindCase) -> bool {
    request.session.is_empty() && !matches!(request.name, CaseName::Key(_))
}

/// Refuses a terminal at which too much was guessed.
fn slow_down(call: &Call<'_>, what: &str) -> Result<(), Refusal> {
    let sql = "SELECT count(*) FROM audit WHERE terminal = ?1 AND what = ?2 AND result = ?3 AND at >= ?4";
    let since = clock::audit_time_before(GUESSES_S);
    let wrong = params![call.terminal, what, ProblemCode::CaseUnknown.as_str(), since];
    let guesses: i64 = call.db.query_row(sql, wrong, |row| row.get(0))?;
    if guesses < GUESSES_MAX { Ok(()) } else { Err(ProblemCode::Busy.into()) }
}

fn life<'a>(call: &Call<'a>) -> Life<'a> {
    Life { db: call.db, calendar: &call.agency.rules.calendar, catalogue: &call.agency.catalogue }
}

fn shown<'a>(call: &'a Call<'a>, case: &Kept, language: Language) -> Shown<'a> {
    Shown { call, item: call.agency.catalogue.item(&case.item), language }
}

fn full(call: &Call<'_>, case: &Kept, person: &Person, visit: &str, language: Language) -> Result<Case, Refusal> {
    Ok(shown(call, case, language).full(case, bind(visit, person))?)
}
