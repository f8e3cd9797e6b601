//! Questions that no text answers: kept under a number, with a day by which somebody answers. Nobody's name or number goes with one.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use contract::catalogue::{Info, Kind};
use contract::format::Date;
use contract::message::{IDEMPOTENCY_KEY, LeaveQuestion, QuestionKept, REQUEST_ID};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, header};
use crate::random;

/// What this agency promises; the law sets 15 days for a matter that is brought before an office (信访工作条例).
const ANSWER_WORKING_DAYS: u32 = 5;
/// More is no question.
const WORDS_MAX_CHARS: usize = 200;
/// Draws before an agency with that many questions is taken for broken.
const DRAWS_MAX: u32 = 32;

/// A question with key and id of its head.
struct Asked {
    key: String,
    request: String,
    body: LeaveQuestion,
}

impl Named for Asked {
    fn names(&self) -> Names<'_> {
        let LeaveQuestion { terminal, visit, item, .. } = &self.body;
        Names {
            terminal: Some(terminal),
            visit: Some(visit),
            item: Some(item),
            act: Some(&self.key),
            request: Some(&self.request),
            ..Names::default()
        }
    }
}

/// Leave a question that no text answers.
///
/// Harmless to repeat: the same key with the same words returns the first number; with other words it is `key_reused`.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/questions",
    params(("idempotency-key" = String, Header, description = "The act id under which the terminal leaves it")),
    request_body = LeaveQuestion,
    responses((status = 200, description = "Kept", body = QuestionKept),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn questions(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    headers: HeaderMap,
    request: Result<Json<LeaveQuestion>, JsonRejection>,
) -> Response {
    let [key, id] = [IDEMPOTENCY_KEY, REQUEST_ID].map(|name| header(&headers, name));
    let asked = request.map(|Json(body)| Json(Asked { key, request: id, body }));
    answer(&agency, &terminal, "question", asked, work)
}

fn work(call: &Call<'_>, Asked { key, body, .. }: &Asked) -> Result<Json<QuestionKept>, Refusal> {
    let searches = |item: &contract::catalogue::Item| item.kind == Kind::Info && item.info == Some(Info::Search);
    if !call.agency.catalogue.item(&body.item).is_some_and(searches) {
        return Err(ProblemCode::BadRequest.into());
    }
    let words = body.words.trim();
    if words.is_empty() || words.chars().count() > WORDS_MAX_CHARS || words.chars().any(char::is_control) {
        return Err(ProblemCode::InputInvalid.into());
    }
    if let Some(kept) = kept(call, key, words)? {
        return Ok(Json(kept));
    }
    let answered_by = call.agency.rules.calendar.nth_working_day(call.today, ANSWER_WORKING_DAYS)?;
    let number = number(call)?;
    call.db.execute(
        "INSERT INTO questions (number, key, words, asked, answered_by) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![number, key, words, call.today.to_string(), answered_by.to_string()],
    )?;
    Ok(Json(QuestionKept { key: key.clone(), number, answered_by }))
}

/// What was kept under this key, if it was the same question.
fn kept(call: &Call<'_>, key: &str, words: &str) -> Result<Option<QuestionKept>, Refusal> {
    let sql = "SELECT number, answered_by, words = ?2 FROM questions WHERE key = ?1";
    let row = call.db.query_row(sql, [key, words], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?))
    });
    match row.optional()? {
        None => Ok(None),
        Some((number, day, true)) => {
            let answered_by = Date::parse_iso(&day).ok_or_else(|| Refusal::Broken("a day that is none".to_owned()))?;
            Ok(Some(QuestionKept { key: key.to_owned(), number, answered_by }))
        }
        Some((.., false)) => Err(ProblemCode::KeyReused.into()),
    }
}

/// Eight random digits that no question has.
fn number(call: &Call<'_>) -> Result<String, Refusal> {
    for _ in 0..DRAWS_MAX {
        let drawn = format!("{:08}", u64::from_be_bytes(random::bytes()?) % 100_000_000);
        let sql = "SELECT count(*) FROM questions WHERE number = ?1";
        let taken: i64 = call.db.query_row(sql, [&drawn], |row| row.get(0))?;
        if taken == 0 {
            return Ok(drawn);
        }
    }
    Err(Refusal::Broken("no number is free".to_owned()))
}
