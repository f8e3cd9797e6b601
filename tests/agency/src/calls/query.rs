//! 缴费明细: one person's months of one insurance, with their sums. Shows what is booked and computes no right.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::Kind;
use contract::message::{Cell, CellKind, Column, Figure, Query, QueryResult, Row};
use contract::problem::{Problem, ProblemCode};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, bind, person_of};
use crate::store::{self, Contribution};
use crate::{catalogue, clock};

impl Named for Query {
    fn names(&self) -> Names<'_> {
        Names { visit: Some(&self.visit), item: Some(&self.item), ..Names::default() }
    }
}

/// Ask for records.
///
/// Rows come newest first, at most 36; figures sum up what the rows show.
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
    let this_month = clock::month_of(call.today);
    catalogue::check_inputs(item, &request.inputs, this_month)?;
    let insurance = catalogue::choice(&request.inputs, "insurance")?;
    let (from, to) = catalogue::months(&request.inputs, "period")?;
    let mut months = store::contributions(call.db, person.person, from, to)?;
    months.retain(|month| month.insurance == insurance);
    if months.is_empty() {
        return Err(ProblemCode::NoRecords.into());
    }
    let language = Language { english: request.language == "en" };
    let as_of = this_month.minus_months(1).and_then(clock::last_day).unwrap_or(call.today);
    Ok(Json(QueryResult {
        binding: bind(&request.visit, &person),
        scope: format!(
            "{}{}{} {} {}",
            catalogue::label(offer, insurance, &request.language),
            language.say("，", ", "),
            from.dashed(),
            language.say("至", "to"),
            to.dashed()
        ),
        figures: figures(&months, language),
        columns: columns(language),
        rows: months.iter().map(|month| row(month, language)).collect(),
        as_of: if language.english {
            format!("Data as of {as_of}")
        } else {
            format!("数据截至 {}", as_of.long_zh())
        },
    }))
}

#[derive(Clone, Copy)]
struct Language {
    english: bool,
}

impl Language {
    const fn say(self, zh: &'static str, en: &'static str) -> &'static str {
        if self.english { en } else { zh }
    }
}

fn figures(months: &[Contribution], language: Language) -> Vec<Figure> {
    let paid: BTreeSet<_> = months.iter().filter(|month| store::counts(month)).map(|month| month.period).collect();
    let figure = |zh, en, value| Figure { label: language.say(zh, en).to_owned(), value };
    let count = u32::try_from(paid.len()).unwrap_or(u32::MAX);
    let personal = months.iter().map(|month| month.personal_fen).sum();
    let employer = months.iter().map(|month| month.employer_fen).sum();
    vec![
        figure("期内缴费月数", "Months paid in this period", Cell::Months(count)),
        figure("期内个人缴纳合计", "Paid by you in this period", Cell::Fen(personal)),
        figure("期内单位缴纳合计", "Paid by employer in this period", Cell::Fen(employer)),
    ]
}

fn columns(language: Language) -> Vec<Column> {
    let column = |zh, en, kind| Column { label: language.say(zh, en).to_owned(), kind };
    vec![
        column("缴费月份", "Month", CellKind::Period),
        column("缴费基数", "Base", CellKind::Fen),
        column("个人缴纳", "You", CellKind::Fen),
        column("单位缴纳", "Employer", CellKind::Fen),
    ]
}

fn row(month: &Contribution, language: Language) -> Row {
    let mark = match month.status.as_str() {
        "arrears" => language.say("欠缴", "In arrears"),
        "made_up" => language.say("补缴", "Paid late"),
        "transferred" => language.say("转入", "Transferred in"),
        _ => "",
    };
    let cells = vec![
        Cell::Period(month.period),
        Cell::Fen(month.base_fen),
        Cell::Fen(month.personal_fen),
        Cell::Fen(month.employer_fen),
    ];
    Row { cells, mark: mark.to_owned() }
}
