//! Answers a card's challenge, for cards that give the holder's data only to an authorised terminal. Answers for every card of
//! the scheme: whether its holder may be served is for the sign-in to say.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::format::{from_hex, hex};
use contract::message::{CardAuthority, CardChallenge};
use contract::problem::{Problem, ProblemCode};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer};
use crate::{hsm, random};

/// Historical bytes of an ATR that go to the agency (hal.md section 6).
const HISTORICAL_BYTES: usize = 13;

impl Named for CardChallenge {
    fn names(&self) -> Names<'_> {
        Names { visit: Some(&self.visit), ..Names::default() }
    }
}

/// Answer a card's challenge.
///
/// The terminal hands result and raw data to the card (EXTERNAL AUTHENTICATE); the key never leaves the agency.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/card-authority",
    request_body = CardChallenge,
    responses((status = 200, description = "What the card must be told", body = CardAuthority),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn card_authority(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<CardChallenge>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "card_authority", request, work)
}

fn work(_: &Call<'_>, request: &CardChallenge) -> Result<Json<CardAuthority>, Refusal> {
    let card_id = from_hex(&request.card_id).ok_or(ProblemCode::BadRequest)?;
    let challenge = from_hex(&request.challenge).ok_or(ProblemCode::BadRequest)?;
    from_hex::<HISTORICAL_BYTES>(&request.historical).ok_or(ProblemCode::BadRequest)?;
    match request.algorithm.as_str() {
        "sm4" => {}
        // Cards of the older algorithms give their data freely; one that does not is for the window.
        "des" | "ssf33" => return Err(ProblemCode::NotHere.into()),
        _ => return Err(ProblemCode::BadRequest.into()),
    }
    let raw = random::bytes()?;
    let result = hsm::response(&card_id, &challenge, &raw);
    Ok(Json(CardAuthority { key_id: hsm::KEY_ID, result: hex(&result), raw: hex(&raw) }))
}
