//! 好差评: one a case, whoever gives it. Must never keep who it was.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::message::{CaseName, Evaluate, Evaluated};
use contract::problem::{Problem, ProblemCode};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer};
use crate::cases::{evaluation, kept};

impl Named for Evaluate {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), ..Names::default() }
    }
}

/// Evaluate a case.
///
/// Once: afterwards `already_evaluated`. Nothing is kept of who did it. A reason belongs to one of the two worst levels; `item_changed` where
/// the terminal has reasons of another version: the level may then be sent without one. Some answers bring a questionnaire along.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/evaluations",
    request_body = Evaluate,
    responses((status = 200, description = "Kept", body = Evaluated),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn evaluate(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<Evaluate>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "evaluate", request, work)
}

fn work(call: &Call<'_>, request: &Evaluate) -> Result<Json<Evaluated>, Refusal> {
    keep(call, request)?;
    let questionnaire = call.agency.opinions.draw(call.db, call.terminal, call.today)?;
    Ok(Json(Evaluated { case: request.case.clone(), questionnaire }))
}

/// Keeps it; whoever is there still may be asked more.
pub(super) fn keep(call: &Call<'_>, request: &Evaluate) -> Result<(), Refusal> {
    let case = kept::by_name(call.db, &CaseName::Number(request.case.clone()))?.ok_or(ProblemCode::CaseUnknown)?;
    call.agency.opinions.check(request)?;
    evaluation::keep(call.db, case.seq, request.level, "", call.today)?;
    Ok(evaluation::keep_reason(call.db, case.seq, request)?)
}
