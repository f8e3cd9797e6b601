//! Documents: issues one under an act id, and hands out its bytes. The same act always gets the same document, and so does
//! another act of the same person for the same request on the same day (one code a person, kind and day); an act id that was used for
//! anything else is refused. What stands on a document is said in `papers`.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use contract::catalogue::Kind;
use contract::message::{FetchDocument, IssueDocument, Issued, content_digest};
use contract::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension, params};

use super::{Agency, Call, Named, Names, Refusal, Terminal, answer, bind, check, offered_here, person_for, person_of};
use crate::language::Language;
use crate::pdf::{self, Stamp};
use crate::records::Asked;
use crate::rules::REGION;
use crate::store::Person;
use crate::{catalogue, clock, papers, random};

/// How long a document can be verified (domain 4.5: three months are in use).
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
    let item = call.agency.catalogue.item(&request.item).ok_or(ProblemCode::BadRequest)?;
    let person = person_for(call, item, &request.session, &request.visit)?;
    let asked = serde_json::to_string(&(&request.item, request.item_version, &request.inputs))
        .map_err(|error| Refusal::Broken(error.to_string()))?;
    if kept(call, &request.act)?.is_none() {
        let code = match of_today(call, &person, &asked)? {
            Some(code) => code,
            None => make(call, request, &person, &asked)?,
        };
        call.db.execute("INSERT INTO issues (act, code) VALUES (?1, ?2)", params![request.act, code])?;
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
    let sql = "SELECT person, request, code, valid_until, sheets, digest, length(pdf)
               FROM issues JOIN documents USING (code) WHERE act = ?1";
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

/// The code of what this person was given for this request today.
fn of_today(call: &Call<'_>, person: &Person, asked: &str) -> Result<Option<String>, rusqlite::Error> {
    let sql = "SELECT code FROM documents WHERE person = ?1 AND request = ?2 AND issued_on = ?3";
    call.db.query_row(sql, params![person.person, asked, call.today.to_string()], |row| row.get(0)).optional()
}

/// Makes a document; gives its code.
fn make(call: &Call<'_>, request: &IssueDocument, person: &Person, asked: &str) -> Result<String, Refusal> {
    let offer = &call.agency.catalogue;
    let item = catalogue::item_of(offer, &request.item, request.item_version, Kind::Print)?;
    offered_here(call, item)?;
    check(call, item, &request.inputs)?;
    let paper = papers::compose(
        &request.item,
        &Asked {
            db: call.db,
            person,
            inputs: &request.inputs,
            rules: &call.agency.rules,
            catalogue: offer,
            today: call.today,
            language: Language::Zh,
        },
    )?;
    let stamp = stamp(call, &request.item, person)?;
    let printed = pdf::print(&call.agency.face, &paper, &stamp).map_err(|error| match error {
        // Part of the name cannot be printed: a person at the window can write it.
        pdf::PdfError::MissingGlyph => ProblemCode::NotHere.into(),
        other => Refusal::Broken(other.to_string()),
    })?;
    let digest = content_digest(&printed.bytes);
    let (issued, until) = (stamp.issued.to_string(), stamp.valid_until.to_string());
    call.db.execute(
        "INSERT INTO documents (code, person, request, issued_on, valid_until, sheets, digest, pdf)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![stamp.code, person.person, asked, issued, until, printed.sheets, digest, printed.bytes],
    )?;
    Ok(stamp.code)
}

/// Number, code, dates and signature of a new document. Numbers count through a day: calls are done one at a time.
fn stamp(call: &Call<'_>, item: &str, person: &Person) -> Result<Stamp, Refusal> {
    let issued = call.today;
    let before = "SELECT count(*) FROM documents WHERE issued_on = ?1";
    let before: i64 = call.db.query_row(before, [issued.to_string()], |row| row.get(0))?;
    let day = issued.to_string().replace('-', "");
    let valid_until = clock::months_later(issued, VALID_MONTHS).unwrap_or(issued);
    let code = random::verification_code()?;
    let sealed = call.agency.seal.text(&code, issued, valid_until, &person.id_number);
    let sealed = sealed.map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(Stamp { number: format!("{REGION}{item}{day}{:04}", before + 1), code, issued, valid_until, sealed })
}

fn fetch_work(call: &Call<'_>, request: &FetchDocument) -> Result<Response, Refusal> {
    let person = person_of(call, &request.session, &request.visit)?;
    let sql = "SELECT pdf FROM issues JOIN documents USING (code) WHERE act = ?1 AND person = ?2";
    let bytes: Option<Vec<u8>> =
        call.db.query_row(sql, params![request.act, person.person], |row| row.get(0)).optional()?;
    let bytes = bytes.ok_or(ProblemCode::ActUnknown)?;
    Ok(([(CONTENT_TYPE, "application/pdf")], bytes).into_response())
}
