//! Policy texts: looked for and read. Nobody is asked who they are, and what is looked for is written down nowhere.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::message::{Hits, PolicyText, ReadText, SearchTexts};
use contract::problem::{Problem, ProblemCode};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer};

impl Named for SearchTexts {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), language: Some(&self.language), ..Names::default() }
    }
}

impl Named for ReadText {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), language: Some(&self.language), ..Names::default() }
    }
}

/// Look for policy texts.
///
/// Only what is in force on the day is found; texts with the words in their title come first.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/texts/search",
    request_body = SearchTexts,
    responses((status = 200, description = "What was found", body = Hits),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn search(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<SearchTexts>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "search", request, search_work)
}

/// Read a policy text.
///
/// One that is not in force, or no longer, is `text_withdrawn`: a terminal that has shown it in a list must not show it from memory.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/texts/read",
    request_body = ReadText,
    responses((status = 200, description = "The text", body = PolicyText),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn read(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<ReadText>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "read", request, read_work)
}

fn search_work(call: &Call<'_>, request: &SearchTexts) -> Result<Json<Hits>, Refusal> {
    let library = &call.agency.published.library;
    Ok(Json(library.search(&request.words, call.today, call.withdrawn, &request.language)?))
}

fn read_work(call: &Call<'_>, request: &ReadText) -> Result<Json<PolicyText>, Refusal> {
    let text = call.agency.published.library.text(&request.id, call.today, call.withdrawn);
    Ok(Json(text.ok_or(ProblemCode::TextWithdrawn)?.read(&request.language)))
}
