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
    /// Not the visit: the audit would tell who was signed in during it.
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), ..Names::default() }
    }
}

/// Evaluate a case.
///
/// Once: afterwards `already_evaluated`. Nothing is kept of who did it.
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
    let case = kept::by_name(call.db, &CaseName::Number(request.case.clone()))?.ok_or(ProblemCode::CaseUnknown)?;
    evaluation::keep(call.db, case.seq, request.level, "", call.today)?;
    Ok(Json(Evaluated { case: case.number }))
}
