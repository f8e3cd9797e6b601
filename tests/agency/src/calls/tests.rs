//! Calls as a terminal makes them, without TLS: through the router, with the terminal named as the TLS layer would.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use contract::format::Date;
use contract::message::{content_digest, path, subject_digest};
use serde_json::{Value, json};
use tower::Service as _;

use super::{Agency, Terminal, router};
use crate::clock::Clock;
use crate::pdf::Face;
use crate::persona::{Persona, tests::everybody};
use crate::store::Store;

const VISIT: &str = "00000000000000000000000000000001";
const ACT: &str = "t-0301-5f3a9c21-42";

struct Hall {
    agency: Arc<Agency>,
    runtime: tokio::runtime::Runtime,
    people: Vec<Persona>,
}

impl Hall {
    fn open() -> Self {
        let clock = Clock { fixed: Date::new(2026, 11, 23) };
        let people = everybody();
        let store = Store::in_memory().unwrap();
        store.transact(|db| crate::seed::fill(db, &people, clock.today())).unwrap();
        let catalogue = crate::catalogue::read().unwrap();
        let face = Face::read(Path::new(crate::FONT_FILE)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { agency: Arc::new(Agency { store, clock, catalogue, face }), runtime, people }
    }

    fn bytes(&self, terminal: &str, path: &str, body: &str) -> (StatusCode, Vec<u8>) {
        let mut app = router(Arc::clone(&self.agency)).layer(Extension(Terminal(terminal.to_owned())));
        let request = Request::post(path).header("content-type", "application/json");
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.runtime.block_on(async {
            let answer = app.call(request).await.unwrap();
            assert_eq!(answer.headers()["cache-control"], "no-store", "{path}: somebody on the way may keep it");
            (answer.status(), to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
        })
    }

    /// Status and body; for a refusal the problem's code.
    fn call(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, bytes) = self.bytes("t-0301", path, &body.to_string());
        let json: Value = serde_json::from_slice(&bytes).unwrap();
        (status.as_u16(), if status.is_success() { json } else { json["code"].clone() })
    }

    fn sign_in(&self, person: usize, visit: &str) -> (u16, Value) {
        let person = &self.people[person];
        let (card, id) = (&person.card_id, &person.id_number);
        let body = json!({"visit": visit, "terminal": "t-0301", "card_id": card, "id_number": id, "name": person.name});
        self.call(path::SIGN_IN, &body)
    }

    fn query(&self, session: &Value, insurance: &str, from: &str, to: &str) -> (u16, Value) {
        let inputs = json!({
            "insurance": {"type": "choice", "value": insurance},
            "period": {"type": "month_range", "from": from, "to": to},
        });
        let body = json!({"visit": VISIT, "session": session, "item": "Q02", "item_version": 1, "inputs": inputs, "language": "zh"});
        self.call(path::QUERY, &body)
    }

    fn issue(&self, session: &Value, act: &str, from: &str) -> (u16, Value) {
        let inputs = json!({"period": {"type": "month_range", "from": from, "to": "202610"}});
        let body =
            json!({"visit": VISIT, "session": session, "act": act, "item": "P01", "item_version": 1, "inputs": inputs});
        self.call(path::ISSUE, &body)
    }

    fn audit(&self) -> Vec<(String, String)> {
        let read = |db: &rusqlite::Connection| -> Result<Vec<_>, rusqlite::Error> {
            let mut statement = db.prepare("SELECT what, result FROM audit ORDER BY seq")?;
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        self.agency.store.transact(read).unwrap()
    }
}

#[test]
fn a_card_that_may_not_serve_signs_in() {
    let hall = Hall::open();
    let codes: Vec<Value> = (0..9)
        .map(|person| hall.sign_in(person, &format!("{person:032x}")).1)
        .map(|json| match json {
            Value::Object(_) => json!("ok"),
            code => code,
        })
        .collect();
    let right = ["ok", "ok", "ok", "ok", "card_lost", "card_frozen", "card_expired", "person_unknown", "ok"];
    assert_eq!(codes, right);
    assert_eq!(hall.audit().len(), 9);
}

#[test]
fn another_terminals_name_or_session_is_used() {
    let hall = Hall::open();
    let (_, signed_in) = hall.sign_in(0, VISIT);
    assert_eq!(signed_in["binding"]["subject"], subject_digest(VISIT, &hall.people[0].id_number));
    let body = json!({"terminal": "t-0302"}).to_string();
    assert_eq!(hall.bytes("t-0301", path::CATALOGUE, &body).0, StatusCode::BAD_REQUEST);
    assert_eq!(hall.bytes("t-0302", path::CATALOGUE, &body).0, StatusCode::OK);
    let fetch = json!({"visit": VISIT, "session": signed_in["session"], "act": "t-0302-5f3a9c21-1"}).to_string();
    let (status, answer) = hall.bytes("t-0302", path::FETCH, &fetch);
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(String::from_utf8(answer).unwrap().contains("signed_out"));
}

#[test]
fn one_visit_serves_two_people() {
    let hall = Hall::open();
    assert_eq!(hall.sign_in(0, VISIT).0, 200);
    assert_eq!(hall.sign_in(1, VISIT), (400, json!("bad_request")));
}

#[test]
fn the_session_outlives_its_visit() {
    let hall = Hall::open();
    let session = hall.sign_in(0, VISIT).1["session"].clone();
    assert_eq!(hall.query(&session, "110", "202511", "202610").0, 200);
    assert_eq!(hall.sign_in(1, "00000000000000000000000000000002").0, 200);
    assert_eq!(hall.query(&session, "110", "202511", "202610"), (409, json!("signed_out")));
}

#[test]
fn arrears_are_summed_up_as_paid() {
    let hall = Hall::open();
    let session = hall.sign_in(0, VISIT).1["session"].clone();
    let (_, result) = hall.query(&session, "110", "202511", "202610");
    let rows = result["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["cells"][0]["value"]), (12, &json!("202610")));
    let marks: Vec<_> = rows.iter().map(|row| row["mark"].as_str().unwrap()).filter(|mark| !mark.is_empty()).collect();
    assert_eq!(marks, ["欠缴", "补缴"]);
    // Eleven months of 8,230.00: 8 % and 16 %.
    let figures: Vec<_> =
        result["figures"].as_array().unwrap().iter().map(|figure| &figure["value"]["value"]).collect();
    assert_eq!(figures, [&json!(11), &json!(11 * 65_840), &json!(11 * 131_680)]);
    assert_eq!(result["as_of"], "数据截至 2026年10月31日");
    assert_eq!(result["scope"], "城镇职工基本养老保险，2025-11 至 2026-10");
}

#[test]
fn records_that_are_not_there_are_made_up() {
    let hall = Hall::open();
    let session = hall.sign_in(2, VISIT).1["session"].clone();
    assert_eq!(hall.query(&session, "110", "202511", "202610"), (404, json!("no_records")));
    assert_eq!(hall.query(&session, "110", "202501", "202612"), (422, json!("period_invalid")));
    assert_eq!(hall.query(&session, "999", "202501", "202512"), (400, json!("bad_request")));
    assert_eq!(hall.issue(&session, ACT, "202511"), (404, json!("no_records")));
}

#[test]
fn the_same_act_issues_two_certificates() {
    let hall = Hall::open();
    let session = hall.sign_in(3, VISIT).1["session"].clone();
    let (status, first) = hall.issue(&session, ACT, "202311");
    assert_eq!((status, &first["valid_until"], &first["sheets"]), (200, &json!("2027-02-23"), &json!(1)));
    assert_eq!(hall.issue(&session, ACT, "202311"), (200, first.clone()));
    assert_eq!(hall.issue(&session, ACT, "202511"), (409, json!("act_conflict")));
    let fetch = json!({"visit": VISIT, "session": session, "act": ACT}).to_string();
    let (_, pdf) = hall.bytes("t-0301", path::FETCH, &fetch);
    assert!(pdf.starts_with(b"%PDF-") && first["size_bytes"] == pdf.len());
    assert_eq!(first["digest"], content_digest(&pdf));
    let unknown = fetch.replace("-42", "-43");
    assert_eq!(hall.bytes("t-0301", path::FETCH, &unknown).0, StatusCode::NOT_FOUND);
}

#[test]
fn what_was_printed_turns_into_not_printed() {
    let hall = Hall::open();
    let report = |outcome| {
        let body = json!({"act": ACT, "visit": VISIT, "item": "P01", "kind": "certificate", "outcome": outcome});
        hall.call(path::ACTS, &body).0
    };
    let statuses = ["unknown", "unknown", "printed", "printed", "unknown", "not_printed"].map(report);
    assert_eq!(statuses, [200, 200, 200, 200, 200, 409]);
    let kept = |db: &rusqlite::Connection| {
        db.query_row("SELECT outcome, times FROM acts", [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
    };
    assert_eq!(hall.agency.store.transact(kept).unwrap(), ("printed".to_owned(), 5));
}

#[test]
fn a_name_gets_into_the_audit_by_way_of_a_token() {
    let hall = Hall::open();
    for body in ["", "{", "[1]", "{\"visit\": \"林知远\", \"session\": \"\", \"act\": \"t-0301-5f3a9c21-1\"}"] {
        let (status, answer) = hall.bytes("t-0301", path::FETCH, body);
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(String::from_utf8(answer).unwrap().contains("bad_request"));
    }
    assert_eq!(hall.bytes("t-0301", path::FETCH, &" ".repeat(65 * 1024)).0, StatusCode::BAD_REQUEST);
    assert_eq!(hall.bytes("t-0301", "/v1/nothing", "{}").0, StatusCode::NOT_FOUND);
    assert!(hall.audit().iter().all(|(what, result)| what == "fetch" && result == "bad_request"));
    let blank = |db: &rusqlite::Connection| {
        db.query_row("SELECT count(*) FROM audit WHERE visit <> '' OR act <> ''", [], |row| row.get::<_, i64>(0))
    };
    assert_eq!(hall.agency.store.transact(blank).unwrap(), 0);
}

#[test]
fn a_card_is_answered_with_another_cards_key() {
    let hall = Hall::open();
    let card_id = &hall.people[0].card_id;
    let body = json!({"visit": VISIT, "card_id": card_id, "historical": "0081 4A44468660190001000015".replace(' ', ""),
        "algorithm": "sm4", "challenge": "0011223344556677"});
    let (status, answer) = hall.call(path::CARD_AUTHORITY, &body);
    assert_eq!((status, &answer["key_id"]), (200, &json!(10)));
    let bytes = |key: &str| crate::hsm::from_hex::<8>(answer[key].as_str().unwrap()).unwrap();
    let challenge = crate::hsm::from_hex(body["challenge"].as_str().unwrap()).unwrap();
    let right = crate::hsm::response(&crate::hsm::from_hex(card_id).unwrap(), &challenge, &bytes("raw"));
    assert_eq!(bytes("result"), right);
}
