//! What a terminal could not hand over at once. Kept as it came, under terminal, kind and key; what has a consequence is opened and done
//! as if it had come at once, once. What nobody has agreed to (a draft) and records are kept sealed; so are
//! lines of an audit, for which there is no key here.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::message::{
    AnswerQuestionnaire, Evaluate, FileCase, PARCEL_MAX_BYTES, Parcel, ParcelKept, ParcelKind, content_digest,
};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, cases, evaluations, questionnaires};
use crate::opener::OpenerError;
use crate::store::meaning;
use crate::{clock, opener};

/// More is no name.
const KEY_MAX: usize = 64;

/// A parcel and what was in it.
struct Opened {
    parcel: Parcel,
    content: Vec<u8>,
    inside: Result<Option<Inside>, ProblemCode>,
}

/// What has a consequence.
enum Inside {
    Case(FileCase),
    Evaluation(Evaluate),
    Answers(AnswerQuestionnaire),
}

impl Named for Opened {
    fn names(&self) -> Names<'_> {
        // Records and cases belong to an act, whose id is this terminal's; an opinion must not be traced to one.
        let of_an_act = matches!(self.parcel.kind, ParcelKind::Archive | ParcelKind::Case);
        Names { terminal: Some(&self.parcel.terminal), act: of_an_act.then_some(&*self.parcel.key), ..Names::default() }
    }
}

/// Hand over a parcel.
///
/// Harmless to repeat. What is in it is done once, under its key; where nothing comes of it, the answer says why, and the parcel is kept all the
/// same. The same key with other content is `key_reused`.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/parcels",
    request_body = Parcel,
    responses((status = 200, description = "Kept", body = ParcelKept),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn parcels(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<Parcel>, JsonRejection>,
) -> Response {
    let opened = request.map(|Json(parcel)| Json(open(&agency, parcel)));
    answer(&agency, &terminal, "parcel", opened, work)
}

/// Before the database is taken: opening takes a while.
fn open(agency: &Agency, parcel: Parcel) -> Opened {
    let content = STANDARD.decode(&parcel.content).unwrap_or_default();
    let sealed = parcel.kind != ParcelKind::AuditHead;
    let key = &parcel.key;
    let named = (1..=KEY_MAX).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let fits = (1..=PARCEL_MAX_BYTES).contains(&content.len()) && named;
    let inside = if !fits || sealed != (parcel.algorithm == opener::ALGORITHM) {
        Err(ProblemCode::BadRequest)
    } else {
        is_for_us(agency, &parcel).and_then(|()| inside(agency, parcel.kind, &content))
    };
    Opened { parcel, content, inside }
}

/// What is sealed to a key that is not here would be kept, forgotten by the terminal, and opened by nobody.
fn is_for_us(agency: &Agency, parcel: &Parcel) -> Result<(), ProblemCode> {
    // A head is sealed to nobody, and lines of the audit to the auditor, whose key the agency does not know.
    if matches!(parcel.kind, ParcelKind::AuditHead | ParcelKind::AuditLines) {
        return Ok(());
    }
    let own = agency.opener.recipients().map_err(|error| {
        eprintln!("agency: parcel: {error}");
        ProblemCode::Other
    })?;
    let known = parcel.recipient.as_ref().is_some_and(|recipient| own.contains(recipient));
    if known { Ok(()) } else { Err(ProblemCode::BadRequest) }
}

fn inside(agency: &Agency, kind: ParcelKind, content: &[u8]) -> Result<Option<Inside>, ProblemCode> {
    let opened = match kind {
        ParcelKind::Archive | ParcelKind::Draft | ParcelKind::AuditHead | ParcelKind::AuditLines => return Ok(None),
        ParcelKind::Case | ParcelKind::Evaluation | ParcelKind::Answers => {
            agency.opener.open(content).map_err(|error| {
                eprintln!("agency: parcel: {error}");
                // What is wrong here may be mended; what was sealed to somebody else is not.
                if matches!(error, OpenerError::Sealed) { ProblemCode::BadRequest } else { ProblemCode::Other }
            })?
        }
    };
    let read = match kind {
        ParcelKind::Case => serde_json::from_slice(&opened).map(Inside::Case),
        ParcelKind::Evaluation => serde_json::from_slice(&opened).map(Inside::Evaluation),
        _ => serde_json::from_slice(&opened).map(Inside::Answers),
    };
    read.map(Some).map_err(|_| ProblemCode::BadRequest)
}

fn work(call: &Call<'_>, opened: &Opened) -> Result<Json<ParcelKept>, Refusal> {
    let Opened { parcel, content, inside } = opened;
    let digest = content_digest(content);
    let (kind, key) = (parcel.kind.as_str(), &parcel.key);
    let before = kept(call, parcel, &digest)?;
    if before == Some(None) {
        return Ok(Json(ParcelKept { key: key.clone(), digest, refused: None }));
    }
    let refused = match inside.as_ref().map_err(|code| Refusal::from(*code))? {
        Some(inside) => done(call, key, inside)?,
        None => None,
    };
    // What nothing came of may be handed over again, once what was wrong has been mended.
    call.db.execute(
        "INSERT OR REPLACE INTO parcels (terminal, kind, key, algorithm, digest, content, refused, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            call.terminal,
            kind,
            key,
            parcel.algorithm,
            digest,
            content,
            refused.map(ProblemCode::as_str),
            clock::audit_time()
        ],
    )?;
    Ok(Json(ParcelKept { key: key.clone(), digest, refused }))
}

/// What came of it the first time, if it was the same.
fn kept(call: &Call<'_>, parcel: &Parcel, digest: &str) -> Result<Option<Option<ProblemCode>>, Refusal> {
    let sql = "SELECT digest = ?4, refused FROM parcels WHERE terminal = ?1 AND kind = ?2 AND key = ?3";
    let row = call.db.query_row(sql, params![call.terminal, parcel.kind.as_str(), parcel.key, digest], |row| {
        let refused: Option<String> = row.get(1)?;
        let code = match refused {
            None => None,
            Some(_) => Some(meaning(row, 1, ProblemCode::parse)?),
        };
        Ok((row.get::<_, bool>(0)?, code))
    });
    match row.optional()? {
        None => Ok(None),
        Some((true, refused)) => Ok(Some(refused)),
        Some((false, _)) => Err(ProblemCode::KeyReused.into()),
    }
}

/// Does what is inside, or says why nothing comes of it; then it has changed nothing.
fn done(call: &Call<'_>, key: &str, inside: &Inside) -> Result<Option<ProblemCode>, Refusal> {
    call.db.execute_batch("SAVEPOINT parcel")?;
    let did = match inside {
        Inside::Case(case) => cases::file_later(call, key, case),
        Inside::Evaluation(said) => match evaluations::keep(call, said) {
            Err(Refusal::Problem(problem)) if problem.code == ProblemCode::ItemChanged => {
                evaluations::keep(call, &Evaluate { reason: None, reasons_version: None, ..said.clone() })
            }
            other => other,
        },
        Inside::Answers(said) => questionnaires::keep(call, said),
    };
    match did {
        Ok(()) => {
            call.db.execute_batch("RELEASE parcel")?;
            Ok(None)
        }
        Err(Refusal::Problem(problem)) => {
            call.db.execute_batch("ROLLBACK TO parcel; RELEASE parcel")?;
            match problem.code {
                // Not now: nothing is kept, and the terminal comes again.
                ProblemCode::ProviderDown | ProblemCode::Busy | ProblemCode::Closed => Err(ProblemCode::Busy.into()),
                code => Ok(Some(code)),
            }
        }
        Err(broken) => Err(broken),
    }
}
