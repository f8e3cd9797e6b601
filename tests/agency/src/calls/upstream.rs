//! What another system has to be asked before a call can be answered (`crate::legacy`). Asked between two transactions: the first looks who
//! asks what and lets the database go, the second is the call itself, which looks again. So nobody waits for the database, nor for one of
//! the server's workers, because somebody waits for that system; and a session that ended meanwhile gets nothing.

use std::sync::Arc;

use axum::Json;
use contract::format::Date;
use contract::message::Table;
use contract::problem::ProblemCode;
use tokio::task;

use super::{Agency, Call, Named, Refusal, Terminal, well_formed};
use crate::legacy::question::Question;
use crate::legacy::reply::Found;
use crate::mishap;
use crate::records::{Asked, account, contributions, enrolment};

/// A question, and what came of it.
pub struct Fetched {
    question: Question,
    found: Result<Found, ProblemCode>,
}

/// Asks what this request needs of another system; nothing where it needs none, or is refused before: the call itself says why.
pub async fn fetch<R: Named>(
    agency: &Arc<Agency>,
    terminal: &Terminal,
    request: Option<&Json<R>>,
    look: fn(&Call<'_>, &R) -> Result<Option<Question>, Refusal>,
) -> Option<Fetched> {
    agency.legacy.as_ref()?;
    let Json(request) = request.filter(|request| well_formed(&request.names(), terminal))?;
    let orders = mishap::orders(agency.orders.as_deref());
    let today = orders.today.unwrap_or_else(|| agency.clock.today());
    let looked = agency.store.transact(|db| {
        let (silent, withdrawn, changed) = (&orders.silent, &orders.withdrawn, &orders.changed);
        look(&Call { db, agency, terminal: &terminal.0, today, silent, withdrawn, changed }, request)
    });
    let question = looked.ok().flatten()?;
    let (asker, terminal, asked) = (Arc::clone(agency), terminal.0.clone(), question.clone());
    // A thread that may wait; the workers go on.
    let found = task::spawn_blocking(move || ask(&asker, &terminal, today, &asked)).await;
    Some(Fetched { question, found: found.unwrap_or(Err(ProblemCode::ProviderDown)) })
}

fn ask(agency: &Agency, terminal: &str, today: Date, question: &Question) -> Result<Found, ProblemCode> {
    let legacy = agency.legacy.as_ref().ok_or(ProblemCode::ProviderDown)?;
    let _permit = legacy.waiting.try_acquire().map_err(|_| ProblemCode::Busy)?;
    legacy.ask(terminal, today, question).map_err(|fault| {
        eprintln!("agency: legacy: {}: {fault}", question.trade().as_str());
        ProblemCode::ProviderDown
    })
}

/// The question behind this item, where another system answers it.
pub fn question(call: &Call<'_>, asked: &Asked<'_>, item: &str) -> Result<Option<Question>, Refusal> {
    if call.agency.legacy.is_some() { Question::of(item, asked) } else { Ok(None) }
}

/// What was fetched, as it is shown.
pub fn table(asked: &Asked<'_>, question: &Question, fetched: Option<Fetched>) -> Result<Table, Refusal> {
    // Signed in, or moved to another day, between the two looks: asked again, it will be right.
    let fetched = fetched.filter(|fetched| fetched.question == *question).ok_or(ProblemCode::Busy)?;
    match fetched.found? {
        Found::Refused(code) => Err(code.into()),
        Found::Enrolments(enrolments) => enrolment::table(asked, &enrolments),
        Found::Months(months) => contributions::table(asked, &months),
        Found::Account(year) => Ok(account::table(asked, &year)),
    }
}
