//! Filing: the same key with the same body by the same person is the same case, whatever has become of it; anything else under a key that
//! was used is refused, and never answered with somebody's case.

use contract::message::{CaseName, CaseStage, FileCase, content_digest};
use contract::problem::ProblemCode;
use rusqlite::params;

use super::life::Life;
use super::parts::Parts;
use super::{Ask, Kept, Outcome, kept, number};
use crate::calls::Refusal;

/// Digest of everything that was asked for; the session may be another when a terminal asks again.
pub fn request_digest(request: &FileCase) -> Result<String, Refusal> {
    let asked = FileCase { session: String::new(), ..request.clone() };
    let bytes = serde_json::to_vec(&asked).map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(content_digest(&bytes))
}

/// The case that was filed under this key, if it was the same request of the same person.
pub fn repeated(ask: &Ask<'_>, key: &str, digest: &str) -> Result<Option<Kept>, Refusal> {
    match kept::by_name(ask.db, &CaseName::Key(key.to_owned()))? {
        None => Ok(None),
        Some(case) if case.person == ask.person.person && case.request == digest => Ok(Some(case)),
        Some(_) => Err(ProblemCode::KeyReused.into()),
    }
}

/// Begins a case. What is done at once is delivered when this returns.
pub fn begin(
    ask: &Ask<'_>,
    life: &Life<'_>,
    key: &str,
    request: &FileCase,
    outcome: &Outcome,
    parts: &Parts,
) -> Result<Kept, Refusal> {
    let json = |written: Result<String, serde_json::Error>| written.map_err(|error| Refusal::Broken(error.to_string()));
    let (number, pick_up) = (number::next(ask)?, number::pick_up(ask.db)?);
    ask.db.execute(
        "INSERT INTO cases (number, pick_up, key, person, item, request, inputs, consent, outcome, stage, filed, accepted, due_law,
                            due_promise, next_on, ordered)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, '', '', '', '', '')",
        params![
            number,
            pick_up,
            key,
            ask.person.person,
            ask.item.id,
            request_digest(request)?,
            json(serde_json::to_string(&request.inputs))?,
            request.consent,
            json(serde_json::to_string(outcome))?,
            CaseStage::Submitted.as_str(),
            ask.today.to_string()
        ],
    )?;
    let name = CaseName::Key(key.to_owned());
    let lost = || Refusal::Broken("a case that was just written is not there".to_owned());
    let mut case = kept::by_name(ask.db, &name)?.ok_or_else(lost)?;
    parts.keep(ask.db, case.seq)?;
    if let Some(phone) = &outcome.notice_to {
        let row = params![phone, case.seq, ask.today.to_string()];
        ask.db.execute("INSERT INTO notices (phone, of_case, day) VALUES (?1, ?2, ?3)", row)?;
    }
    life.enter(&mut case, CaseStage::Submitted, ask.today)?;
    life.advance(&[], ask.today)?;
    kept::by_name(ask.db, &name)?.ok_or_else(lost)
}
