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
    request_body(content = SearchTexts, example = json!({"terminal": "t-0301", "words": "失业 领取", "language": "zh"})),
    responses((status = 200, description = "What was found", body = Hits, example = json!({"hits": [{
                  "id": "uir", "title": "失业保险条例", "kind": "regulation", "issued": "1999-01-22", "effective": "1999-01-22",
                  "snippet": "缴费满1年、不是自己愿意中断就业…"}]})),
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
    request_body(content = ReadText, example = json!({"terminal": "t-0301", "id": "uir", "language": "zh"})),
    responses((status = 200, description = "The text", body = PolicyText, example = json!({
                  "id": "uir", "title": "失业保险条例", "kind": "regulation", "number": "国务院令第258号", "issuer": "国务院",
                  "issued": "1999-01-22", "effective": "1999-01-22", "source": "本页是摘要，不代替原文。",
                  "paragraphs": ["缴费满1年、不是自己愿意中断就业、已经办理失业登记并且在找工作的，可以领取失业保险金。"],
                  "approval": {"status": "valid", "approver": "示例市社会保险经办机构政策法规科", "effective_from": "2026-01-01",
                      "effective_to": null, "updated": "2026-11-25"}})),
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
