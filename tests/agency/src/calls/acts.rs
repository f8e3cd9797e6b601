//! Keeps how acts ended, as terminals report it, so that "was it printed?" has an answer. A repeat changes nothing but the count;
//! "unknown" may become certain later; what was certain never turns into its opposite.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::message::{ActKept, ActReport, Outcome};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer};
use crate::clock;
use crate::store::meaning;

impl Named for ActReport {
    fn names(&self) -> Names<'_> {
        Names { visit: Some(&self.visit), item: Some(&self.item), act: Some(&self.act), ..Names::default() }
    }
}

/// Report how an act ended.
///
/// Needs no session: a terminal reports when it can, also after the visit.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/acts",
    request_body = ActReport,
    responses((status = 200, description = "Written down", body = ActKept),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn acts(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<ActReport>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "act", request, work)
}

fn work(call: &Call<'_>, report: &ActReport) -> Result<Json<ActKept>, Refusal> {
    if !["slip", "certificate", "case", "card_pin", "question"].contains(&report.kind.as_str()) {
        return Err(ProblemCode::BadRequest.into());
    }
    let outcome = match kept(call, report)? {
        None => report.outcome,
        Some(before) => later(before, report.outcome).ok_or(ProblemCode::ActConflict)?,
    };
    call.db.execute(
        "INSERT INTO acts (act, visit, item, kind, outcome, first_at, last_at, times) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1)
         ON CONFLICT (act) DO UPDATE SET outcome = excluded.outcome, last_at = excluded.last_at, times = times + 1",
        params![report.act, report.visit, report.item, report.kind, outcome.as_str(), clock::audit_time()],
    )?;
    Ok(Json(ActKept { act: report.act.clone(), outcome: report.outcome }))
}

/// The outcome kept for this act, if it was the same act.
fn kept(call: &Call<'_>, report: &ActReport) -> Result<Option<Outcome>, Refusal> {
    let sql = "SELECT visit = ?2 AND item = ?3 AND kind = ?4, outcome FROM acts WHERE act = ?1";
    let row = call.db.query_row(sql, params![report.act, report.visit, report.item, report.kind], |row| {
        Ok((row.get::<_, bool>(0)?, meaning(row, 1, Outcome::parse)?))
    });
    match row.optional()? {
        None => Ok(None),
        Some((true, outcome)) => Ok(Some(outcome)),
        Some((false, _)) => Err(ProblemCode::ActConflict.into()),
    }
}

fn later(before: Outcome, now: Outcome) -> Option<Outcome> {
    match (before, now) {
        (Outcome::Unknown | Outcome::Queued, later) => Some(later),
        (certain, Outcome::Unknown | Outcome::Queued) => Some(certain),
        (before, now) => (before == now).then_some(before),
    }
}
