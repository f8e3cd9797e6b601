//! One-time codes: sent to the telephone of the register, good for five minutes, for one visit and for one sign-in. The terminal is told
//! neither the code nor the whole number. Must never say whether a guess was close.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use contract::format::mask_phone;
use contract::message::{CodeSent, SendCode};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, bind, sign_in};
use crate::store::Person;
use crate::{clock, phone, random};

/// As many as a hand can copy from a telephone.
const DIGITS: u8 = 6;
/// How long a code is good: messages may take a minute, and slow hands need their time.
const GOOD_S: i64 = 300;
/// More codes than this in [`SENDS_S`] would be somebody else's nuisance.
const SENDS_MAX: i64 = 3;
const SENDS_S: i64 = 600;
/// Wrong guesses in a visit: one in two hundred thousand is found by luck.
const GUESSES_MAX: i64 = 5;

impl Named for SendCode {
    fn names(&self) -> Names<'_> {
        Names { terminal: Some(&self.terminal), visit: Some(&self.visit), ..Names::default() }
    }
}

/// Send a one-time code.
///
/// To the telephone of the register; the code before is no longer good.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/one-time-codes",
    request_body = SendCode,
    responses((status = 200, description = "On its way", body = CodeSent),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn send_code(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<SendCode>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "send_code", request, work)
}

fn work(call: &Call<'_>, request: &SendCode) -> Result<Json<CodeSent>, Refusal> {
    let person = sign_in::named(call, &request.id_number, &request.name)?;
    if person.phone.is_empty() {
        return Err(ProblemCode::NoPhone.into());
    }
    let since = clock::unix_seconds() - SENDS_S;
    let sql = "SELECT count(*) FROM one_time_codes WHERE person = ?1 AND at >= ?2";
    let sends: i64 = call.db.query_row(sql, params![person.person, since], |row| row.get(0))?;
    if sends >= SENDS_MAX {
        return Err(ProblemCode::TooManyCodes.into());
    }
    let code = random::digits(DIGITS)?;
    call.db.execute(
        "INSERT INTO one_time_codes (person, visit, code, at) VALUES (?1, ?2, ?3, ?4)",
        params![person.person, request.visit, code, clock::unix_seconds()],
    )?;
    let minutes = GOOD_S / 60;
    let text = format!("【示例市社保】验证码 {code}，{minutes} 分钟内在自助终端输入有效。工作人员不会向您索要。");
    phone::deliver(call.db, &person.phone, &text)?;
    Ok(Json(CodeSent { binding: bind(&request.visit, &person), phone: mask_phone(&person.phone), digits: DIGITS }))
}

/// Whether this is the newest code of this person in this visit; a right one is used up.
pub fn check(call: &Call<'_>, visit: &str, person: &Person, typed: &str) -> Result<(), Refusal> {
    let sql = "SELECT count(*) FROM audit WHERE visit = ?1 AND what = 'sign_in' AND result = 'code_wrong'";
    let guesses: i64 = call.db.query_row(sql, [visit], |row| row.get(0))?;
    let sql =
        "SELECT seq, code FROM one_time_codes WHERE person = ?1 AND visit = ?2 AND at >= ?3 ORDER BY seq DESC LIMIT 1";
    let since = clock::unix_seconds() - GOOD_S;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
    let newest = call.db.query_row(sql, params![person.person, visit, since], read).optional()?;
    let right = newest.filter(|(_, code)| guesses < GUESSES_MAX && code == typed);
    let (seq, _) = right.ok_or(ProblemCode::CodeWrong)?;
    // It stays as a row, so that it counts as sent.
    call.db.execute("UPDATE one_time_codes SET code = '' WHERE seq = ?1", [seq])?;
    Ok(())
}
