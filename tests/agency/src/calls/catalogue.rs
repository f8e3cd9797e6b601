//! What is offered at this terminal: the same everywhere here.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::Catalogue;
use contract::message::CatalogueRequest;
use contract::problem::Problem;

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer};

impl Named for CatalogueRequest {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), ..Names::default() }
    }
}

/// What is offered here.
///
/// Asked when a terminal starts, when a visit has ended, and after `item_changed`.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/catalogue",
    request_body = CatalogueRequest,
    responses((status = 200, description = "Everything on offer", body = Catalogue),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn catalogue(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<CatalogueRequest>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "catalogue", request, work)
}

fn work(call: &Call<'_>, _: &CatalogueRequest) -> Result<Json<Catalogue>, Refusal> {
    Ok(Json(call.agency.catalogue.clone()))
}
