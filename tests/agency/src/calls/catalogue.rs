//! What is offered at this terminal: the same everywhere here.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use contract::catalogue::Catalogue;
use contract::message::CatalogueRequest;
use contract::problem::Problem;

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer};

/// A request with the tags of its header; empty where the terminal has no catalogue yet.
struct Asked {
    body: CatalogueRequest,
    known: String,
}

impl Named for Asked {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.body.terminal), ..Names::default() }
    }
}

/// What is offered here.
///
/// Asked when a terminal starts, when a visit has ended, and after `item_changed`. The answer has an `ETag`, which is its version; a
/// terminal that sends it as `If-None-Match` gets 304 and no body while that version is in force, as it would from a `GET`.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/catalogue",
    params(("if-none-match" = Option<String>, Header, description = "`ETag` of the catalogue that the terminal has")),
    request_body = CatalogueRequest,
    responses((status = 200, description = "Everything on offer", body = Catalogue,
               headers(("etag" = String, description = "The version, in quotes"))),
              (status = 304, description = "What the terminal has is in force"),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn catalogue(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    headers: HeaderMap,
    request: Result<Json<CatalogueRequest>, JsonRejection>,
) -> Response {
    let known = headers.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default().to_owned();
    answer(&agency, &terminal, "catalogue", request.map(|Json(body)| Json(Asked { body, known })), work)
}

fn work(call: &Call<'_>, request: &Asked) -> Result<Response, Refusal> {
    let catalogue = &call.agency.catalogue;
    let tag = format!("\"{}\"", catalogue.version);
    let known = request.known.split(',').any(|one| one.trim() == tag);
    // Nothing personal: whoever asks again before using it may keep it.
    let headers = [(ETAG, tag), (CACHE_CONTROL, "no-cache".to_owned())];
    Ok(if known {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, Json(catalogue)).into_response()
    })
}
