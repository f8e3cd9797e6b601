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
    request_body(content = BulletinRequest, example = json!({"terminal": "t-0301", "language": "zh"})),
    responses((status = 200, description = "Everything that is published", body = Bulletin, example = json!({"entries": [{
                  "id": "service-2025", "title": "2025年经办服务情况（样例）", "published": "2026-03-15",
                  "source": "示例市社会保险经办机构（样例数据）",
                  "content": {"type": "table", "scope": "全市",
                      "figures": [{"label": "全年办件", "value": {"type": "text", "value": "182,460"}}],
                      "columns": [{"label": "渠道", "kind": "text"}, {"label": "办件", "kind": "text"}],
                      "rows": [{"cells": [{"type": "text", "value": "自助终端"}, {"type": "text", "value": "36,492"}], "mark": ""}],
                      "as_of": "数据截至 2025年12月31日，样例"}}]})),
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
