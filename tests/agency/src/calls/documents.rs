//! 参保证明: issues the certificate as a snapshot under an act id, and hands out its bytes. The same act always gets the same
//! snapshot; an act id that was used for anything else is refused.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use contract::catalogue::Kind;
use contract::format::Period;
use contract::message::{FetchDocument, IssueDocument, Issued, content_digest};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, bind, person_of};
use crate::pdf::{self, Certificate};
use crate::store::{self, Person};
use crate::{catalogue, clock, random};

/// How long a certificate can be verified.
const VALID_MONTHS: u16 = 3;

impl Named for IssueDocument {
    fn names(&self) -> Names<'_> {
        Names { visit: Some(&self.visit), item: Some(&self.item), act: Some(&self.act), ..Names::default() }
    }
}

impl Named for FetchDocument {
    fn names(&self) -> Names<'_> {
        Names { visit: Some(&self.visit), act: Some(&self.act), ..Names::default() }
    }
}

/// Issue a document.
///
/// Harmless to repeat under the same act id: the first answer counts.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/documents",
    request_body = IssueDocument,
    responses((status = 200, description = "The document exists", body = Issued),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn issue(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<IssueDocument>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "issue", request, issue_work)
}

/// Fetch a document.
///
/// Its bytes have the digest and the size that were told when it was issued.
#[utoipa::path(
    post,
    tag = "agency",
    path = "/v1/documents/content",
    request_body = FetchDocument,
    responses((status = 200, description = "The document", content_type = "application/pdf", body = Pdf),
              (status = "4XX", description = "Why not", body = Problem))
)]
pub async fn fetch(
    State(agency): State<Arc<Agency>>,
    Extension(terminal): Extension<Terminal>,
    request: Result<Json<FetchDocument>, JsonRejection>,
) -> Response {
    answer(&agency, &terminal, "fetch", request, fetch_work)
}

/// The bytes of a document.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code)]
pub struct Pdf(Vec<u8>);

/// What is kept of a document, but for its bytes.
struct Kept {
    person: i64,
    request: String,
    code: String,
    valid_until: String,
    sheets: u32,
    digest: String,
    size_bytes: i64,
}

fn issue_work(call: &Call<'_>, request: &IssueDocument) -> Result<Json<Issued>, Refusal> {
    let person = person_of(call, &request.session, &request.visit)?;
    let asked = serde_json::to_string(&(&request.item, request.item_version, &request.inputs))
        .map_err(|error| Refusal::Broken(error.to_string()))?;
    if kept(call, &request.act)?.is_none() {
        make(call, request, &person, &asked)?;
    }
    let kept = kept(call, &request.act)?.ok_or(ProblemCode::ActUnknown)?;
    if kept.person != person.person || kept.request != asked {
        return Err(ProblemCode::ActConflict.into());
    }
    Ok(Json(Issued {
        binding: bind(&request.visit, &person),
        verification_code: kept.code,
        valid_until: kept.valid_until,
        sheets: kept.sheets,
        size_bytes: u64::try_from(kept.size_bytes).unwrap_or(0),
        digest: kept.digest,
    }))
}

fn kept(call: &Call<'_>, act: &str) -> Result<Option<Kept>, rusqlite::Error> {
    let sql = "SELECT person, request, code, valid_until, sheets, digest, length(pdf) FROM documents WHERE act = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Kept {
            person: row.get(0)?,
            request: row.get(1)?,
            code: row.get(2)?,
            valid_until: row.get(3)?,
            sheets: row.get(4)?,
            digest: row.get(5)?,
            size_bytes: row.get(6)?,
        })
    };
    call.db.query_row(sql, [act], read).optional()
}

fn make(call: &Call<'_>, request: &IssueDocument, person: &Person, asked: &str) -> Result<(), Refusal> {
    let offer = &call.agency.catalogue;
    let item = catalogue::item_of(offer, &request.item, request.item_version, Kind::Print)?;
    catalogue::check_inputs(item, &request.inputs, clock::month_of(call.today))?;
    let (from, to) = catalogue::months(&request.inputs, "period")?;
    let certificate = certificate(call, person, from, to)?;
    let printed = pdf::print(&call.agency.face, offer, &certificate).map_err(|error| match error {
        // Part of the name cannot be printed: a person at the window can write it.
        pdf::PdfError::MissingGlyph => Refusal::Problem(ProblemCode::NotHere),
        other => Refusal::Broken(other.to_string()),
    })?;
    let (issued, until) = (call.today.to_string(), certificate.valid_until.to_string());
    call.db.execute(
        "INSERT INTO documents (act, person, request, code, issued_at, valid_until, sheets, digest, pdf)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            request.act,
            person.person,
            asked,
            certificate.code,
            issued,
            until,
            pdf::SHEETS,
            content_digest(&printed),
            printed
        ],
    )?;
    Ok(())
}

fn certificate(call: &Call<'_>, person: &Person, from: Period, to: Period) -> Result<Certificate, Refusal> {
    let mut all = store::contributions(call.db, person.person, Period::default(), to)?;
    all.reverse();
    if !all.iter().any(|month| month.period >= from) {
        return Err(ProblemCode::NoRecords.into());
    }
    Ok(Certificate {
        name: person.name.clone(),
        id_number: person.id_number.clone(),
        male: person.male,
        from,
        to,
        months: all,
        code: random::verification_code()?,
        issued: call.today,
        valid_until: clock::months_later(call.today, VALID_MONTHS).unwrap_or(call.today),
    })
}

fn fetch_work(call: &Call<'_>, request: &FetchDocument) -> Result<Response, Refusal> {
    let person = person_of(call, &request.session, &request.visit)?;
    let sql = "SELECT pdf FROM documents WHERE act = ?1 AND person = ?2";
    let bytes: Option<Vec<u8>> =
        call.db.query_row(sql, params![request.act, person.person], |row| row.get(0)).optional()?;
    let bytes = bytes.ok_or(ProblemCode::ActUnknown)?;
    Ok(([(CONTENT_TYPE, "application/pdf")], bytes).into_response())
}
