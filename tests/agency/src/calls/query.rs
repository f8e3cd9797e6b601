//! Queries: who asks, whether the item is one and offered here, whether the answers fit. What is answered stands in `records`.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::{Item, Kind};
use contract::message::{Query, QueryResult};
use contract::problem::Problem;

use super::upstream::{self, Fetched};
use super::{
    Agency, Call, Named, Names, Refusal, Terminal, answer, bind, bind_nobody, check, offered_here, person_for,
};
use crate::catalogue;
use crate::language::Language;
use crate::legacy::question::Question;
use crate::records::{self, Asked, open};
use crate::store::Person;

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
    let fetched = upstream::fetch(&agency, &terminal, request.as_ref().ok(), question).await;
    answer(&agency, &terminal, "query", request, |call, request| work(call, request, fetched))
}

/// Who asks, and that the item is one, is offered here, and has the answers that it wants.
fn admit<'a>(call: &Call<'a>, request: &Query) -> Result<(&'a Item, Person), Refusal> {
    let item = catalogue::item_of(&call.agency.catalogue, &request.item, request.item_version, Kind::Query)?;
    let person = person_for(call, item, &request.session, &request.visit)?;
    offered_here(call, item)?;
    check(call, item, &request.inputs)?;
    Ok((item, person))
}

fn asked<'a>(call: &Call<'a>, request: &'a Query, person: &'a Person) -> Asked<'a> {
    Asked {
        db: call.db,
        person,
        inputs: &request.inputs,
        rules: &call.agency.rules,
        catalogue: &call.agency.catalogue,
        today: call.today,
        language: Language::of(&request.language),
    }
}

/// What another system has to be asked before this can be answered.
fn question(call: &Call<'_>, request: &Query) -> Result<Option<Question>, Refusal> {
    let (_, person) = admit(call, request)?;
    Question::of(&request.item, &asked(call, request, &person))
}

fn work(call: &Call<'_>, request: &Query, fetched: Option<Fetched>) -> Result<Json<QueryResult>, Refusal> {
    let (item, person) = admit(call, request)?;
    if item.is_of_nobody() {
        return open(call, item, request);
    }
    let asked = asked(call, request, &person);
    let made_up = &call.agency.made_up;
    let table = match (&*request.item, upstream::question(call, &asked, &request.item)?) {
        (_, Some(question)) => upstream::table(&asked, &question, fetched)?,
        (item, None) if made_up.knows(item) => made_up.records(item, &request.inputs)?,
        (item, None) => records::answer(item, &asked)?,
    };
    Ok(Json(QueryResult { binding: bind(&request.visit, &person), table }))
}

/// What anybody may ask: about nobody who stands here.
fn open(call: &Call<'_>, item: &Item, request: &Query) -> Result<Json<QueryResult>, Refusal> {
    let asked = open::Asked { call, inputs: &request.inputs, language: Language::of(&request.language) };
    Ok(Json(QueryResult { binding: bind_nobody(&request.visit), table: open::answer(&item.id, &asked)? }))
}
