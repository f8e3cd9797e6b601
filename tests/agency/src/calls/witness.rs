//! A member of staff sees whoever is signed in: a challenge, and what a staff card says to it. Who it was is kept with the session and named
//! in the audit. Must never say why a card is refused.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::Admission;
use contract::format::{from_hex, hex};
use contract::message::{AskWitness, Witness, WitnessChallenge, Witnessed, witness_message};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, SESSION_MAX_S, Terminal, answer, bind};
use crate::store::{self, Person};
use crate::{clock, random, staff};

/// How long a challenge is good: somebody has to come and find their card.
const GOOD_S: i64 = 120;
/// How long what was seen serves for filing: to read everything through once more.
const SEEN_S: i64 = 300;

impl Named for AskWitness {
    fn names(&self) -> Names<'_> {
        Names { visit: Some(&self.visit), item: Some(&self.item), ..Names::default() }
    }
}

impl Named for Witness {
    fn names(&self) -> Names<'_> {
        Names { visit: Some(&self.visit), item: Some(&self.item), staff: Some(&self.staff), ..Names::default() }
    }
}

/// Ask for a challenge for a witness.
///
/// For an item that a member of staff has to vouch for, given what was presented at sign-in. The challenge before is no longer good.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/witness-challenges",
    request_body = AskWitness,
    responses((status = 200, description = "To be signed", body = WitnessChallenge),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn challenge(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<AskWitness>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "ask_witness", request, challenge_work)
}

/// Tell what a staff card said.
///
/// A challenge serves for one witness. What the item wants can be filed in the next five minutes.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/witnesses",
    request_body = Witness,
    responses((status = 200, description = "Kept", body = Witnessed),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn witness(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<Witness>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "witness", request, witness_work)
}

fn challenge_work(call: &Call<'_>, request: &AskWitness) -> Result<Json<WitnessChallenge>, Refusal> {
    let item = call.agency.catalogue.item(&request.item).ok_or(ProblemCode::BadRequest)?;
    let person = super::person_for(call, item, &request.session, &request.visit)?;
    if !is_needed(call, item, &request.session, &request.visit)? {
        return Err(ProblemCode::BadRequest.into());
    }
    // What a sign-in that is over was asked or told serves nobody any more.
    for table in ["witness_challenges", "witnesses"] {
        call.db.execute(&format!("DELETE FROM {table} WHERE session NOT IN (SELECT session FROM sign_ins)"), [])?;
    }
    let challenge = hex(&random::bytes::<16>()?);
    call.db.execute(
        "INSERT OR REPLACE INTO witness_challenges (session, item, challenge, at) VALUES (?1, ?2, ?3, ?4)",
        params![request.session, request.item, challenge, clock::unix_seconds()],
    )?;
    Ok(Json(WitnessChallenge { binding: bind(&request.visit, &person), challenge }))
}

fn witness_work(call: &Call<'_>, request: &Witness) -> Result<Json<Witnessed>, Refusal> {
    let item = call.agency.catalogue.item(&request.item).ok_or(ProblemCode::BadRequest)?;
    let person = super::person_for(call, item, &request.session, &request.visit)?;
    let sql = "DELETE FROM witness_challenges WHERE session = ?1 AND item = ?2 AND at >= ?3 RETURNING challenge";
    let asked = params![request.session, request.item, clock::unix_seconds() - GOOD_S];
    let challenge: Option<String> = call.db.query_row(sql, asked, |row| row.get(0)).optional()?;
    let right = challenge.is_some_and(|challenge| is_right(call, request, &challenge, &person));
    if !right {
        return Err(ProblemCode::WitnessRefused.into());
    }
    call.db.execute(
        "INSERT INTO witnesses (session, item, staff, at) VALUES (?1, ?2, ?3, ?4)",
        params![request.session, request.item, request.staff, clock::unix_seconds()],
    )?;
    Ok(Json(Witnessed { binding: bind(&request.visit, &person), staff: request.staff.clone() }))
}

/// Whether a card in use has signed this challenge, of somebody else than the person.
fn is_right(call: &Call<'_>, request: &Witness, challenge: &str, person: &Person) -> bool {
    let known = call.agency.staff.iter().find(|member| member.number == request.staff && member.active);
    let other = known.is_some_and(|member| member.persona != Some(person.person));
    let Some((challenge, signature)) = from_hex::<16>(challenge).zip(from_hex::<64>(&request.signature)) else {
        return false;
    };
    let signed = || staff::public(&request.staff).is_ok_and(|key| key.signed(&witness_message(&challenge), &signature));
    other && request.algorithm == "ed25519" && signed()
}

/// Whether this session needs a witness for this item.
fn is_needed(call: &Call<'_>, item: &contract::catalogue::Item, session: &str, visit: &str) -> Result<bool, Refusal> {
    let signed_in = store::signed_in(call.db, session, visit, call.terminal, SESSION_MAX_S)?;
    Ok(signed_in.is_some_and(|(_, evidence)| item.admits(evidence) == Admission::WithWitness))
}

/// Who has seen the person for what is about to be filed; `None` where nobody need have.
pub fn of_filing(
    call: &Call<'_>,
    item: &contract::catalogue::Item,
    session: &str,
    visit: &str,
) -> Result<Option<String>, Refusal> {
    if !is_needed(call, item, session, visit)? {
        return Ok(None);
    }
    seen(call.db, session, &item.id)?.map(Some).ok_or_else(|| ProblemCode::WitnessNeeded.into())
}

fn seen(db: &Connection, session: &str, item: &str) -> Result<Option<String>, rusqlite::Error> {
    let sql = "SELECT staff FROM witnesses WHERE session = ?1 AND item = ?2 AND at >= ?3 ORDER BY seq DESC LIMIT 1";
    db.query_row(sql, params![session, item, clock::unix_seconds() - SEEN_S], |row| row.get(0)).optional()
}
