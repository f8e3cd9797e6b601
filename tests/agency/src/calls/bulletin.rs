//! What the agency publishes of itself (社会保险法, art. 70).

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::message::{Bulletin, BulletinRequest};
use contract::problem::Problem;

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer};

impl Named for BulletinRequest {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), language: Some(&self.language), ..Names::default() }
    }
}

/// What the agency publishes of itself.
///
/// Only what is in force on the day, newest first.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/bulletin",
    request_body = BulletinRequest,
    responses((status = 200, description = "Everything that is published", body = Bulletin),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn bulletin(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<BulletinRequest>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "bulletin", request, work)
}

fn work(call: &Call<'_>, request: &BulletinRequest) -> Result<Json<Bulletin>, Refusal> {
    Ok(Json(call.agency.published.bulletin(call.today, &request.language)))
}
