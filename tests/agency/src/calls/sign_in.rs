//! Whose card was read: is the person known, is the card good, and under which session the visit goes on. One visit holds one
//! person; a terminal holds one visit.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::format::Identity;
use contract::message::{SignIn, SignedIn};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, bind};
use crate::store::{self, Person};
use crate::{clock, random};

impl Named for SignIn {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), visit: Some(&self.visit), ..Names::default() }
    }
}

/// Sign a person in.
///
/// After the card has accepted the PIN. A repeat within the visit gives a new session for the same person.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/sign-in",
    request_body = SignIn,
    responses((status = 200, description = "May be served", body = SignedIn),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn sign_in(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<SignIn>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "sign_in", request, work)
}

fn work(call: &Call<'_>, request: &SignIn) -> Result<Json<SignedIn>, Refusal> {
    let identity = Identity::parse(&request.id_number, call.today, false).map_err(|_| ProblemCode::BadRequest)?;
    let person = store::person_by_number(call.db, &identity.normalized)?
        .filter(|person| person.name == request.name)
        .ok_or(ProblemCode::PersonUnknown)?;
    check_card(call, &request.card_id, &person)?;
    let session = open_session(call, &request.visit, &person)?;
    let catalogue = call.agency.catalogue.version.clone();
    Ok(Json(SignedIn { binding: bind(&request.visit, &person), session, catalogue }))
}

fn check_card(call: &Call<'_>, card_id: &str, person: &Person) -> Result<(), Refusal> {
    let sql = "SELECT state FROM cards WHERE card_id = ?1 AND person = ?2";
    let card = params![card_id.to_ascii_uppercase(), person.person];
    let state: Option<String> = call.db.query_row(sql, card, |row| row.get(0)).optional()?;
    match state.as_deref() {
        Some("normal") => Ok(()),
        Some("lost") => Err(ProblemCode::CardLost.into()),
        Some("frozen") => Err(ProblemCode::CardFrozen.into()),
        Some("expired") => Err(ProblemCode::CardExpired.into()),
        _ => Err(ProblemCode::PersonUnknown.into()),
    }
}

fn open_session(call: &Call<'_>, visit: &str, person: &Person) -> Result<String, Refusal> {
    let others = "SELECT count(*) FROM sessions WHERE visit = ?1 AND (person <> ?2 OR terminal <> ?3)";
    let others: i64 = call.db.query_row(others, params![visit, person.person, call.terminal], |row| row.get(0))?;
    if others > 0 {
        return Err(ProblemCode::BadRequest.into());
    }
    call.db.execute("DELETE FROM sessions WHERE terminal = ?1 AND visit <> ?2", params![call.terminal, visit])?;
    let session = random::hex(&random::bytes::<16>()?);
    call.db.execute(
        "INSERT INTO sessions (session, visit, person, terminal, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![session, visit, person.person, call.terminal, clock::unix_seconds()],
    )?;
    Ok(session)
}
