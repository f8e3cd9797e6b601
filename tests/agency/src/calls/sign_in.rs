//! Who is it? What was presented is judged here: is the person known, is the card good, is the code theirs, and under which session the
//! visit goes on. One visit holds one person; a terminal holds one visit.
//! A card whose social function is not active yet opens what activates it, and nothing else.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::message::{self, Proof, SignIn, SignedIn};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, bind, one_time};
use crate::persona::CardState;
use crate::store::{self, Person};
use crate::{clock, phone, random};

/// 社保卡启用.
const ACTIVATION: &str = "F11";

impl Named for SignIn {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), visit: Some(&self.visit), ..Names::default() }
    }
}

/// Sign a person in.
///
/// By a card that has accepted its PIN, by the code of an electronic card, or by an identity document with a one-time code. A repeat
/// within the visit gives a new session for the same person.
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
    let mut only = Vec::new();
    let person = match &request.proof {
        Proof::CardPin { card_id, id_number, name } => {
            let person = named(call, id_number, name)?;
            only = check_card(call, card_id, &person)?;
            person
        }
        Proof::ECard { code } => e_card(call, code)?,
        Proof::IdCode { id_number, name, code } => {
            let person = named(call, id_number, name)?;
            one_time::check(call, &request.visit, &person, code)?;
            person
        }
    };
    let session = open_session(call, request, &person)?;
    restrict(call, &session, &only)?;
    let only_because = (!only.is_empty()).then_some(ProblemCode::CardFrozen);
    let catalogue = call.agency.catalogue.version.clone();
    let told = matches!(request.proof, Proof::ECard { .. })
        .then(|| message::Named { name: person.name.clone(), id_number: person.id_number.clone() });
    Ok(Json(SignedIn { binding: bind(&request.visit, &person), session, catalogue, person: told, only, only_because }))
}

/// The person of this number and name, as they stand on a chip.
pub fn named(call: &Call<'_>, id_number: &str, name: &str) -> Result<Person, Refusal> {
    let identity = contract::format::Identity::parse(id_number, call.today, false);
    let identity = identity.map_err(|_| ProblemCode::BadRequest)?;
    let person = store::person_by_number(call.db, &identity.normalized)?;
    Ok(person.filter(|person| person.name == name).ok_or(ProblemCode::PersonUnknown)?)
}

/// Ids of the items that this card opens; none for all.
fn check_card(call: &Call<'_>, card_id: &str, person: &Person) -> Result<Vec<String>, Refusal> {
    let sql = "SELECT state FROM cards WHERE card_id = ?1 AND person = ?2";
    let card = params![card_id.to_ascii_uppercase(), person.person];
    let state = call.db.query_row(sql, card, |row| store::meaning(row, 0, CardState::parse)).optional()?;
    match state.ok_or(ProblemCode::PersonUnknown)? {
        CardState::Frozen => activation(call),
        state => in_use(state).map(|()| Vec::new()),
    }
}

fn in_use(state: CardState) -> Result<(), Refusal> {
    match state {
        CardState::Normal => Ok(()),
        CardState::Lost => Err(ProblemCode::CardLost.into()),
        CardState::Frozen => Err(ProblemCode::CardFrozen.into()),
        CardState::Expired => Err(ProblemCode::CardExpired.into()),
    }
}

/// The holder of an electronic card. It may be used while the card itself is in use (domain 1.5).
fn e_card(call: &Call<'_>, code: &str) -> Result<Person, Refusal> {
    let person = phone::holder(call.db, code)?.ok_or(ProblemCode::ECardInvalid)?;
    let person = store::person_by_place(call.db, person)?.ok_or(ProblemCode::ECardInvalid)?;
    let cards = store::cards(call.db, person.person)?;
    in_use(cards.first().ok_or(ProblemCode::ECardInvalid)?.state)?;
    Ok(person)
}

/// What a card that is not active opens (domain 9.3), where it can be activated at a terminal at all.
fn activation(call: &Call<'_>) -> Result<Vec<String>, Refusal> {
    let here = call.agency.catalogue.item(ACTIVATION).is_some_and(|item| item.elsewhere.is_none());
    if here { Ok(vec![ACTIVATION.to_owned()]) } else { Err(ProblemCode::CardFrozen.into()) }
}

fn restrict(call: &Call<'_>, session: &str, only: &[String]) -> Result<(), Refusal> {
    call.db.execute("DELETE FROM session_items WHERE session NOT IN (SELECT session FROM sign_ins)", [])?;
    for item in only {
        call.db.execute("INSERT INTO session_items (session, item) VALUES (?1, ?2)", params![session, item])?;
    }
    Ok(())
}

fn open_session(call: &Call<'_>, request: &SignIn, person: &Person) -> Result<String, Refusal> {
    let visit = &request.visit;
    let others = "SELECT count(*) FROM sign_ins WHERE visit = ?1 AND (person <> ?2 OR terminal <> ?3)";
    let others: i64 = call.db.query_row(others, params![visit, person.person, call.terminal], |row| row.get(0))?;
    if others > 0 {
        return Err(ProblemCode::BadRequest.into());
    }
    call.db.execute("DELETE FROM sign_ins WHERE terminal = ?1 AND visit <> ?2", params![call.terminal, visit])?;
    let session = random::hex(&random::bytes::<16>()?);
    let evidence = request.proof.evidence().as_str();
    call.db.execute(
        "INSERT INTO sign_ins (session, visit, person, terminal, evidence, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![session, visit, person.person, call.terminal, evidence, clock::unix_seconds()],
    )?;
    Ok(session)
}
