//! Queries: who asks, whether the item is one and offered here, whether the answers fit. What is answered stands in `records`.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::Kind;
use contract::message::{Query, QueryResult};
use contract::problem::Problem;

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, bind, check, offered_here, person_of};
use crate::catalogue;
use crate::language::Language;
use crate::records::{self, Asked};

impl Named for Query {
    fn names(&self) -> Names<'_> {
        let (visit, item, language) = (Some(&*self.visit), Some(&*self.item), Some(&*self.language));
        Names { visit, item, language, ..Names::default() }
    }
}

/// Ask for records.
///
/// Rows come newest first, at most 36; figures sum up what the rows show. A result that is no table has two columns without headings.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/query",
    request_body = Query,
    responses((status = 200, description = "Records", body = QueryResult),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn query(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<Query>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "query", request, work)
}

fn work(call: &Call<'_>, request: &Query) -> Result<Json<QueryResult>, Refusal> {
    let person = person_of(call, &request.session, &request.visit)?;
    let offer = &call.agency.catalogue;
    let item = catalogue::item_of(offer, &request.item, request.item_version, Kind::Query)?;
    offered_here(item)?;
    check(call, item, &request.inputs)?;
    let asked = Asked {
        db: call.db,
        person: &person,
        inputs: &request.inputs,
        rules: &call.agency.rules,
        catalogue: offer,
        today: call.today,
        language: Language::of(&request.language),
    };
    let found = records::answer(&request.item, &asked)?;
    Ok(Json(QueryResult {
        binding: bind(&request.visit, &person),
        scope: found.scope,
        figures: found.figures,
        columns: found.columns,
        rows: found.rows,
        as_of: found.as_of,
    }))
}
