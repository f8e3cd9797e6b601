//! What is known already of the person who is about to file, and whether they may file at all. Writes nothing.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::Kind;
use contract::message::{Prefill, Prefilled};
use contract::problem::Problem;

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, bind, offered_here, person_for};
use crate::cases::{Ask, rules};
use crate::catalogue;
use crate::language::Language;

impl Named for Prefill {
    fn names(&self) -> Names<'_> {
        let (visit, item, language) = (Some(&*self.visit), Some(&*self.item), Some(&*self.language));
        Names { visit, item, language, ..Names::default() }
    }
}

/// Ask what is known already.
///
/// An item's own rules refuse here, with everything that stands in the way, before anybody has typed.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/prefill",
    request_body = Prefill,
    responses((status = 200, description = "May file; what is known already", body = Prefilled),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn prefill(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<Prefill>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "prefill", request, work)
}

fn work(call: &Call<'_>, request: &Prefill) -> Result<Json<Prefilled>, Refusal> {
    let item = catalogue::item_of(&call.agency.catalogue, &request.item, request.item_version, Kind::Filing)?;
    let person = person_for(call, item, &request.session, &request.visit)?;
    offered_here(call, item)?;
    let ask = Ask::of(call, item, &person, Language::of(&request.language));
    if !call.agency.made_up.knows(&item.id) {
        rules::before(&ask)?;
    }
    Ok(Json(Prefilled { binding: bind(&request.visit, &person), values: ask.prefilled()? }))
}
