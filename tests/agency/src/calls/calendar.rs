//! Working days of a year, make-up days (调休) and when a person answers.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::message::{CalendarRequest, WorkingDays};
use contract::problem::{Problem, ProblemCode};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer};

impl Named for CalendarRequest {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), ..Names::default() }
    }
}

/// The working days of a year.
///
/// Due dates are counted by them. A year that is not published is `no_records`.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/calendar",
    request_body = CalendarRequest,
    responses((status = 200, description = "The year", body = WorkingDays),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn calendar(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<CalendarRequest>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "calendar", request, work)
}

fn work(call: &Call<'_>, request: &CalendarRequest) -> Result<Json<WorkingDays>, Refusal> {
    Ok(Json(call.agency.rules.calendar.year(request.year).map_err(|_| ProblemCode::NoRecords)?))
}
