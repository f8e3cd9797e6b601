//! Who is it? What was presented is judged here: is the person known, is the card good, is the code theirs, and under which session the
//! visit goes on. One visit holds one person; a terminal holds one visit.
//! A card whose social function is not active yet opens what activates it, and nothing else.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::{Evidence, Kind, Text};
use contract::format::hex;
use contract::message::{self, News, Proof, SignIn, SignedIn};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, SESSION_MAX_S, Terminal, answer, bind, one_time};
use crate::papers::statement;
use crate::persona::CardState;
use crate::store::{self, Person};
use crate::{clock, mandates, phone, random};

/// 社保卡启用.
const ACTIVATION: &str = "F11";
/// 个人权益记录单.
const STATEMENT: &str = "P03";
/// Authorities that a visit may name and that are none: two slips of a finger, and a number read from the wrong line.
const MANDATE_GUESSES_MAX: i64 = 5;

impl Named for SignIn {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), visit: Some(&self.visit), ..Names::default() }
    }
}

/// Sign a person in.
///
/// By a card that has accepted its PIN, by the code of an electronic card, or by an identity document with a one-time code. A repeat
/// within the visit gives a new session for the same person. Whoever is signed in may name an authority to act for somebody else: the
/// answer is then about that person, and its session opens what the authority covers.
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
    if let Proof::Mandate { session, id_number, name, mandate } = &request.proof {
        return act_for(call, &request.visit, session, (id_number, name), mandate);
    }
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
        Proof::Mandate { .. } => return Err(ProblemCode::BadRequest.into()),
    };
    let evidence = request.proof.evidence().ok_or(ProblemCode::BadRequest)?;
    let session = open_session(call, &request.visit, evidence, &person)?;
    restrict(call, &session, &only)?;
    let only_because = (!only.is_empty()).then_some(ProblemCode::CardFrozen);
    let catalogue = call.agency.catalogue.version.clone();
    let told = matches!(request.proof, Proof::ECard { .. })
        .then(|| message::Named { name: person.name.clone(), id_number: person.id_number.clone() });
    let (binding, news) = (bind(&request.visit, &person), news(call, &person, &only)?);
    Ok(Json(SignedIn { binding, session, catalogue, person: told, only, only_because, news }))
}

/// What a person should know of who signs in to everything: the yearly statement (社会保险法 74).
fn news(call: &Call<'_>, person: &Person, only: &[String]) -> Result<Vec<News>, Refusal> {
    if !only.is_empty() || !statement::is_new(call, person)? {
        return Ok(Vec::new());
    }
    let year = call.today.year() - 1;
    let text = Text {
        zh: format!("{year} 年度个人权益记录单可以打印了。"),
        en: format!("Your {year} statement can be printed."),
    };
    Ok(vec![News { item: STATEMENT.to_owned(), text }])
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

fn open_session(call: &Call<'_>, visit: &str, evidence: Evidence, person: &Person) -> Result<String, Refusal> {
    // One visit, one person: whoever acts for another was there first, and stays.
    let others = "SELECT count(*) FROM sign_ins WHERE visit = ?1 AND (person <> ?2 OR terminal <> ?3)
                  AND session NOT IN (SELECT session FROM session_agents)";
    let others: i64 = call.db.query_row(others, params![visit, person.person, call.terminal], |row| row.get(0))?;
    if others > 0 {
        return Err(ProblemCode::BadRequest.into());
    }
    call.db.execute("DELETE FROM sign_ins WHERE terminal = ?1 AND visit <> ?2", params![call.terminal, visit])?;
    begin(call, visit, evidence, person)
}

fn begin(call: &Call<'_>, visit: &str, evidence: Evidence, person: &Person) -> Result<String, Refusal> {
    let session = hex(&random::bytes::<16>()?);
    call.db.execute(
        "INSERT INTO sign_ins (session, visit, person, terminal, evidence, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![session, visit, person.person, call.terminal, evidence.as_str(), clock::unix_seconds()],
    )?;
    Ok(session)
}

/// A session in which whoever is signed in acts for somebody else: one number for all reasons why not, so that nobody learns who has
/// authorised whom.
fn act_for(
    call: &Call<'_>,
    visit: &str,
    session: &str,
    (id_number, name): (&str, &str),
    number: &str,
) -> Result<Json<SignedIn>, Refusal> {
    let signed_in = store::signed_in(call.db, session, visit, call.terminal, SESSION_MAX_S)?;
    let (agent, evidence) = signed_in.ok_or(ProblemCode::SignedOut)?;
    if !call.agency.catalogue.items.iter().any(|item| item.kind == Kind::Mandate && item.evidence.contains(&evidence)) {
        return Err(ProblemCode::EvidenceNeeded.into());
    }
    slow_down(call, visit)?;
    let unknown = || Refusal::from(ProblemCode::MandateUnknown);
    let person = named(call, id_number, name).map_err(|_| unknown())?;
    let mandate = mandates::between(&call.agency.mandates, number, &agent, &person, call.today).ok_or_else(unknown)?;
    let allowed = |id: &String| call.agency.catalogue.item(id).is_some_and(|item| item.by_agent);
    let only: Vec<String> = mandate.items.iter().filter(|id| allowed(id)).cloned().collect();
    let session = begin(call, visit, evidence, &person)?;
    restrict(call, &session, &only)?;
    call.db.execute("DELETE FROM session_agents WHERE session NOT IN (SELECT session FROM sign_ins)", [])?;
    call.db.execute(
        "INSERT INTO session_agents (session, agent, mandate) VALUES (?1, ?2, ?3)",
        params![session, agent.person, mandate.number],
    )?;
    let (binding, catalogue) = (bind(visit, &person), call.agency.catalogue.version.clone());
    Ok(Json(SignedIn { binding, session, catalogue, person: None, only, only_because: None, news: Vec::new() }))
}

/// Refuses a visit in which too many authorities were guessed.
fn slow_down(call: &Call<'_>, visit: &str) -> Result<(), Refusal> {
    let sql = "SELECT count(*) FROM audit WHERE visit = ?1 AND what = 'sign_in' AND result = 'mandate_unknown'";
    let guesses: i64 = call.db.query_row(sql, [visit], |row| row.get(0))?;
    if guesses < MANDATE_GUESSES_MAX { Ok(()) } else { Err(ProblemCode::Busy.into()) }
}
