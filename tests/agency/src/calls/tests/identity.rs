//! Signing in without a card, and what each proof opens.

use super::*;
use contract::catalogue::Evidence;

impl Hall {
    fn e_card_code(&self, n: i64, code: &str) {
        let row = rusqlite::params![code, n, crate::clock::unix_seconds()];
        let insert = |db: &rusqlite::Connection| db.execute("INSERT INTO e_cards VALUES (?1, ?2, ?3)", row);
        self.agency.store.transact(insert).unwrap();
    }

    fn prove(&self, visit: &str, proof: &Value) -> (u16, Value) {
        self.call(path::SIGN_IN, &json!({"visit": visit, "terminal": "t-0301", "proof": proof}))
    }

    fn send_code(&self, n: usize, visit: &str) -> (u16, Value) {
        let person = &self.people[n];
        let (id, name) = (&person.id_number, &person.name);
        self.call(path::SEND_CODE, &json!({"visit": visit, "terminal": "t-0301", "id_number": id, "name": name}))
    }

    fn id_code(&self, n: usize, visit: &str, code: &str) -> (u16, Value) {
        let person = &self.people[n];
        let (id, name) = (&person.id_number, &person.name);
        self.prove(visit, &json!({"evidence": "id_code", "id_number": id, "name": name, "code": code}))
    }

    /// The code in the newest message.
    fn told(&self) -> String {
        let sql = "SELECT text FROM messages ORDER BY seq DESC LIMIT 1";
        let text: String = self.agency.store.transact(|db| db.query_row(sql, [], |row| row.get(0))).unwrap();
        text.chars().filter(char::is_ascii_digit).take(6).collect()
    }
}

#[test]
fn an_electronic_cards_code_is_used_twice_or_too_late() {
    let hall = Hall::open();
    let proof = json!({"evidence": "e_card", "code": "EC01"});
    assert_eq!(hall.prove(VISIT, &proof), (422, json!("e_card_invalid")));
    hall.e_card_code(1, "EC01");
    let (status, answer) = hall.prove(VISIT, &proof);
    assert_eq!((status, &answer["person"]["id_number"]), (200, &json!(hall.people[0].id_number)));
    assert_eq!(hall.prove(VISIT, &proof), (422, json!("e_card_invalid")));
    hall.e_card_code(1, "EC02");
    let old = |db: &rusqlite::Connection| db.execute("UPDATE e_cards SET at = at - 61", []);
    hall.agency.store.transact(old).unwrap();
    assert_eq!(hall.prove(VISIT, &json!({"evidence": "e_card", "code": "EC02"})), (422, json!("e_card_invalid")));
}

#[test]
fn an_electronic_card_outlives_the_card_that_was_reported_lost() {
    let hall = Hall::open();
    let lost = hall.people.iter().position(|person| person.card_state == crate::persona::CardState::Lost);
    hall.e_card_code(i64::try_from(lost.unwrap()).unwrap() + 1, "EC03");
    assert_eq!(hall.prove(VISIT, &json!({"evidence": "e_card", "code": "EC03"})), (422, json!("card_lost")));
}

#[test]
fn a_one_time_code_is_guessed_shared_or_used_twice() {
    let hall = Hall::open();
    let (status, sent) = hall.send_code(0, VISIT);
    assert_eq!((status, &sent["phone"]), (200, &json!("138****0001")));
    assert!(sent.get("code").is_none(), "the terminal is told the code");
    let code = hall.told();
    let other = "00000000000000000000000000000002";
    assert_eq!(hall.id_code(0, other, &code), (422, json!("code_wrong")), "in another visit");
    assert_eq!(hall.id_code(1, VISIT, &code), (422, json!("code_wrong")), "by another person");
    assert_eq!(hall.id_code(0, VISIT, &code).0, 200);
    assert_eq!(hall.id_code(0, VISIT, &code), (422, json!("code_wrong")), "a second time");
}

#[test]
fn a_code_is_found_by_trying_all_of_them() {
    let hall = Hall::open();
    hall.send_code(0, VISIT);
    let code = hall.told();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(hall.id_code(0, VISIT, wrong), (422, json!("code_wrong")));
    }
    assert_eq!(hall.id_code(0, VISIT, &code), (422, json!("code_wrong")), "after five guesses the right one is none");
}

#[test]
fn somebodys_telephone_is_flooded_with_codes() {
    let hall = Hall::open();
    for _ in 0..3 {
        assert_eq!(hall.send_code(0, VISIT).0, 200);
    }
    assert_eq!(hall.send_code(0, VISIT), (422, json!("too_many_codes")));
}

#[test]
fn an_item_is_opened_with_what_it_does_not_take() {
    let hall = Hall::open();
    let by_card = hall.session(1);
    let item = hall.agency.catalogue.item("F13").unwrap();
    assert_eq!(item.evidence, [Evidence::IdCode]);
    let body = json!({"visit": VISIT, "session": by_card, "item": "F13", "item_version": item.version,
        "language": "zh"});
    assert_eq!(hall.call(path::PREFILL, &body), (422, json!("evidence_needed")));
}

#[test]
fn anybody_asks_for_somebodys_records_without_saying_who_they_are() {
    let hall = Hall::open();
    let (status, _) = hall.ask(&json!(""), "Q01", &json!({}), "zh");
    assert_eq!(status, 409, "an empty session is none");
    let unknown = json!({"code": {"type": "text", "value": "AAAA-BBBB-CCCC-DDDD"}});
    assert_eq!(hall.ask(&json!(""), "V01", &unknown, "zh"), (422, json!("document_unknown")));
}

#[test]
fn a_document_that_was_printed_here_is_not_known_or_tells_too_much() {
    let hall = Hall::open();
    let session = hall.session(1);
    let (_, issued) = hall.issue(&session, ACT, "202511");
    let code = json!({"code": {"type": "text", "value": issued["verification_code"]}});
    let (status, answer) = hall.ask(&json!(""), "V01", &code, "zh");
    assert_eq!(status, 200, "{answer:#}");
    assert_eq!(answer["binding"]["subject"], json!(contract::message::subject_digest(VISIT, "")));
    assert_eq!(value_of(&answer, "姓名"), json!("**远"));
    let person = &hall.people[0];
    let whole = answer.to_string();
    assert!(!whole.contains(&person.name) && !whole.contains(&person.id_number), "{whole}");
}

#[test]
fn an_evaluation_is_traced_to_whoever_was_signed_in() {
    let hall = Hall::open();
    let body = json!({"visit": VISIT, "terminal": "t-0301", "case": "none", "level": "fair"});
    assert_eq!(hall.call(path::EVALUATE, &body), (404, json!("case_unknown")));
    let sql = "SELECT visit FROM audit WHERE what = 'evaluate'";
    let visit: String = hall.agency.store.transact(|db| db.query_row(sql, [], |row| row.get(0))).unwrap();
    assert_eq!(visit, "");
}
