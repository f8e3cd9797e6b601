//! The same case filed twice, and cases found by those who may and by those who guess.

use contract::message::{path, subject_digest};
use serde_json::{Value, json};

use super::{EMPLOYED, FLEXIBLE, UNEMPLOYED, Visit, act_id, code, contact, declaration, job_loss};
use crate::calls::tests::Hall;

#[test]
fn the_same_key_files_two_cases_or_shows_another_persons() {
    let mut hall = Hall::open();
    let who = hall.visit(FLEXIBLE);
    let body = hall.filing(&who, "F05", &declaration("1", 1_000_000));
    let key = act_id(7);
    let (status, first) = hall.post("t-0301", path::FILE, Some(&key), &body);
    assert_eq!(status, 200);
    let changed = |field: &str, value: Value| {
        let mut body = body.clone();
        body[field] = value;
        code(&hall.post("t-0301", path::FILE, Some(&key), &body)).to_owned()
    };
    for (field, value) in [
        ("inputs", declaration("3", 1_000_000)),
        ("item", json!("F01")),
        ("item_version", json!(2)),
        ("consent", json!("sha256:")),
        ("language", json!("en")),
        ("catalogue", json!("old")),
    ] {
        assert_eq!(changed(field, value), "key_reused", "{field}");
    }
    // Repeated as it was, under the session of another sign-in of the same visit.
    let again = hall.visit(FLEXIBLE);
    assert_ne!(again.session, who.session);
    let repeated =
        hall.post("t-0301", path::FILE, Some(&key), &hall.filing(&again, "F05", &declaration("1", 1_000_000)));
    assert_eq!(repeated, (200, first));
    let other = hall.visit(EMPLOYED);
    let body = hall.filing(&other, "F05", &declaration("1", 1_000_000));
    assert_eq!(code(&hall.post("t-0301", path::FILE, Some(&key), &body)), "key_reused");
    for wrong in [None, Some("t-0302-5f3a9c21-7"), Some("7")] {
        assert_eq!(code(&hall.post("t-0301", path::FILE, wrong, &body)), "bad_request");
    }
    // And after it has moved on.
    let case = hall.filed(&other, "F02", 8, &contact("13800000099"));
    hall.on("2026-12-20");
    let (_, moved) = hall.file(&other, "F02", 8, &contact("13800000099"));
    assert_eq!((&moved["case"], &moved["stage"]), (&case["case"], &json!("delivered")));
}

/// Without a session.
fn by_slip(hall: &Hall, terminal: &str, by: &str, value: &Value, last4: &str) -> (u16, Value) {
    let body =
        json!({"visit": "f".repeat(32), "name": {"by": by, "value": value}, "id_last4": last4, "language": "zh"});
    hall.post(terminal, path::FIND, None, &body)
}

#[test]
fn a_case_is_found_by_one_name_and_not_by_another() {
    let hall = Hall::open();
    let who = hall.visit(FLEXIBLE);
    let case = hall.filed(&who, "F05", 1, &declaration("1", 1_000_000));
    let names = [("number", "case"), ("key", "key"), ("pick_up", "pick_up")];
    for (by, name) in names {
        let (status, found) = hall.find(&who, by, &case[name]);
        assert_eq!((status, &found), (200, &case), "{by}");
        assert_eq!(found["binding"]["subject"], subject_digest(&who.visit, &hall.people[FLEXIBLE].id_number));
    }
    for (by, name) in names {
        let last4 = if by == "key" { "" } else { "0022" };
        let (status, found) = by_slip(&hall, "t-0301", by, &case[name], last4);
        assert_eq!((status, &found["case"], &found["stage"]), (200, &case["case"], &case["stage"]), "{by}");
        assert_eq!((&found["binding"]["subject"], &found["pointer"]), (&json!(""), &json!("")));
        assert_eq!((&found["figures"], &found["defects"]), (&json!([]), &json!([])));
    }
    // Another terminal's key, another person's case.
    assert_eq!(code(&by_slip(&hall, "t-0302", "key", &case["key"], "0022")), "bad_request");
    assert_eq!(code(&by_slip(&hall, "t-0301", "key", &json!(act_id(2)), "")), "case_unknown");
    let other = hall.visit(UNEMPLOYED);
    for (by, name) in names {
        assert_eq!(code(&hall.find(&other, by, &case[name])), "case_unknown", "{by}");
    }
    assert_eq!(code(&hall.withdraw(&other, &case)), "case_unknown");
    let gone = Visit { visit: who.visit, session: json!("0".repeat(32)) };
    assert_eq!(code(&hall.find(&gone, "key", &case["key"])), "signed_out");
}

#[test]
fn a_number_is_guessed_until_it_fits() {
    let hall = Hall::open();
    let case = hall.filed(&hall.visit(UNEMPLOYED), "F09", 1, &job_loss("2025-09-30"));
    let guess = |terminal, last4: &str| code(&by_slip(&hall, terminal, "pick_up", &case["pick_up"], last4)).to_owned();
    let guesses = ["0000", "", "0046", "%", "____"].map(|last4| guess("t-0301", last4));
    assert_eq!(guesses, ["case_unknown"; 5]);
    // From now on a right one tells nothing either; another terminal is not to blame.
    assert_eq!([guess("t-0301", "0045"), guess("t-0302", "0045")], ["busy", "ok"]);
    // Unknown keys and one's own searches are no guesses, and do not wait.
    assert_eq!(code(&by_slip(&hall, "t-0301", "key", &case["key"], "")), "ok");
    let later = |db: &rusqlite::Connection| db.execute("UPDATE audit SET at = '2026-01-01T00:00:00+08:00'", []);
    assert!(hall.agency.store.transact(later).unwrap() > 0);
    assert_eq!(guess("t-0301", "0045"), "ok");
}
