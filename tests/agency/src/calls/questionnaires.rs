//! Answers to a questionnaire: counted, and then nothing is left of the sheet. Must never learn whose they are.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::message::{AnswerQuestionnaire, AnswersKept};
use contract::problem::Problem;

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer};

impl Named for AnswerQuestionnaire {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), ..Names::default() }
    }
}

/// Answer a questionnaire.
///
/// Once a sheet, on the day on which it was handed out: afterwards `key_reused`. `item_changed` where the set has another version by now. Nothing
/// is kept but the counts.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/questionnaires",
    request_body = AnswerQuestionnaire,
    responses((status = 200, description = "Counted", body = AnswersKept),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn answers(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<AnswerQuestionnaire>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "answers", request, work)
}

fn work(call: &Call<'_>, sheet: &AnswerQuestionnaire) -> Result<Json<AnswersKept>, Refusal> {
    keep(call, sheet)?;
    Ok(Json(AnswersKept { id: sheet.id.clone() }))
}

pub(super) fn keep(call: &Call<'_>, sheet: &AnswerQuestionnaire) -> Result<(), Refusal> {
    call.agency.opinions.count(call.db, sheet, call.today)
}
