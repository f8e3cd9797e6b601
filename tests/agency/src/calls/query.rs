//! Queries: who asks, whether the item is one and offered here, whether the answers fit. What is answered stands in `records`.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::{Item, Kind};
use contract::message::{Binding, Query, QueryResult};
use contract::problem::Problem;

use super::{
    Agency, Call, Named, Names, Refusal, Terminal, answer, bind, bind_nobody, check, offered_here, person_for,
};
use crate::catalogue;
use crate::language::Language;
use crate::records::{self, Asked, Records, open};

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
    let offer = &call.agency.catalogue;
    let item = catalogue::item_of(offer, &request.item, request.item_version, Kind::Query)?;
    if item.evidence.is_empty() {
        return open(call, item, request);
    }
    let person = person_for(call, item, &request.session, &request.visit)?;
    offered_here(call, item)?;
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
    let made_up = &call.agency.made_up;
    let found = match &*request.item {
        item if made_up.knows(item) => made_up.records(item, &request.inputs)?,
        item => records::answer(item, &asked)?,
    };
    Ok(Json(result(bind(&request.visit, &person), found)))
}

/// What anybody may ask: about nobody who stands here.
fn open(call: &Call<'_>, item: &Item, request: &Query) -> Result<Json<QueryResult>, Refusal> {
    offered_here(call, item)?;
    check(call, item, &request.inputs)?;
    let asked = open::Asked { call, inputs: &request.inputs, language: Language::of(&request.language) };
    Ok(Json(result(bind_nobody(&request.visit), open::answer(&item.id, &asked)?)))
}

fn result(binding: Binding, found: Records) -> QueryResult {
    let Records { scope, figures, columns, rows, as_of } = found;
    QueryResult { binding, scope, figures, columns, rows, as_of }
}
