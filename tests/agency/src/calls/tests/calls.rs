//! Who calls, who is signed in, what is kept of acts and in the audit.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use contract::format::from_hex;
use contract::message::{path, subject_digest};
use serde_json::{Value, json};
use tower::Service as _;

use super::super::{Terminal, router};
use super::{ACT, Hall, VISIT};

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
    let right = ["ok", "ok", "ok", "ok", "card_lost", "ok", "card_expired", "person_unknown", "ok"];
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
fn a_catalogue_that_has_not_changed_is_sent_again() {
    let hall = Hall::open();
    let ask = |known: &str| {
        let mut app = router(Arc::clone(&hall.agency)).layer(Extension(Terminal("t-0301".to_owned())));
        let request = Request::post(path::CATALOGUE).header("content-type", "application/json");
        let request = request.header("if-none-match", known).body(Body::from(r#"{"terminal":"t-0301"}"#)).unwrap();
        hall.runtime.block_on(async {
            let answer = app.call(request).await.unwrap();
            let (status, tag) = (answer.status(), answer.headers()["etag"].to_str().unwrap().to_owned());
            (status, tag, to_bytes(answer.into_body(), usize::MAX).await.unwrap().len())
        })
    };
    let (status, tag, size) = ask("");
    assert_eq!((status, tag.as_str()), (StatusCode::OK, format!("\"{}\"", hall.agency.catalogue.version).as_str()));
    assert!(size > 10_000);
    assert_eq!(ask(&tag), (StatusCode::NOT_MODIFIED, tag.clone(), 0));
    assert_eq!(ask(&format!("\"older\", {tag}")), (StatusCode::NOT_MODIFIED, tag.clone(), 0));
    assert_eq!(ask("\"older\""), (StatusCode::OK, tag, size));
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
fn what_was_printed_turns_into_not_printed() {
    let hall = Hall::open();
    let report = |outcome| {
        let body = json!({"act": ACT, "visit": VISIT, "item": "P01", "kind": "certificate", "outcome": outcome});
        let (status, reply) = hall.call(path::ACTS, &body);
        // Else the acknowledgement of "unknown" passes for that of "printed".
        assert!(status != 200 || reply == json!({"act": ACT, "outcome": outcome}), "{reply} acknowledges {outcome}");
        status
    };
    let statuses = ["unknown", "unknown", "printed", "printed", "unknown", "not_printed"].map(report);
    assert_eq!(statuses, [200, 200, 200, 200, 200, 409]);
    let kept = |db: &rusqlite::Connection| {
        db.query_row("SELECT outcome, times FROM acts", [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
    };
    assert_eq!(hall.agency.store.transact(kept).unwrap(), ("printed".to_owned(), 5));
}

#[test]
fn a_record_that_cannot_be_read_is_taken_for_another() {
    let broken = |damage: &str, call: fn(&Hall) -> (u16, Value)| {
        let hall = Hall::open();
        let report = json!({"act": ACT, "visit": VISIT, "item": "P01", "kind": "slip", "outcome": "unknown"});
        assert_eq!(hall.call(path::ACTS, &report).0, 200);
        let damaged = |db: &rusqlite::Connection| db.execute(damage, []);
        assert!(hall.agency.store.transact(damaged).unwrap() > 0);
        assert_eq!(call(&hall), (500, json!("other")), "{damage}");
    };
    let months: fn(&Hall) -> (u16, Value) = |hall| hall.query(&hall.session(1), "110", "202511", "202610");
    broken("UPDATE contributions SET status = 'payed' WHERE person = 1", months);
    broken("UPDATE contributions SET period = '20260x' WHERE person = 1 AND period = '202605'", months);
    broken("UPDATE persons SET insured_as = 'employee'", months);
    broken("UPDATE cards SET state = 'god'", |hall| hall.sign_in(0, VISIT));
    broken("UPDATE acts SET outcome = 'pirnted'", |hall| {
        let report = json!({"act": ACT, "visit": VISIT, "item": "P01", "kind": "slip", "outcome": "printed"});
        hall.call(path::ACTS, &report)
    });
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
    let bytes = |key: &str| from_hex::<8>(answer[key].as_str().unwrap()).unwrap();
    let challenge = from_hex(body["challenge"].as_str().unwrap()).unwrap();
    let right = crate::hsm::response(&from_hex(card_id).unwrap(), &challenge, &bytes("raw"));
    assert_eq!(bytes("result"), right);
}
