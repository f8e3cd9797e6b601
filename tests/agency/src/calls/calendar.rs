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
    request_body(content = CalendarRequest, example = json!({"terminal": "t-0301", "year": 2026})),
    responses((status = 200, description = "The year", body = WorkingDays, example = json!({"year": 2026,
                  "source": "国务院办公厅关于2026年部分节假日安排的通知 (2025-11-04)", "holidays": ["2026-01-01", "2026-01-02"],
                  "make_up_days": ["2026-01-04"], "opening_hours": [{"place": "window", "from": "2026-01-01", "to": "2026-12-31",
                      "spans": [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:30", "closes": "17:00"}]}]})),
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
