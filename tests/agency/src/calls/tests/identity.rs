//! Signing in without a card, and what each proof opens.

use super::*;
use contract::catalogue::Evidence;
use contract::format::{from_hex, hex};

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

impl Hall {
    fn challenge(&self, session: &Value) -> (u16, Value) {
        self.call(path::WITNESS_CHALLENGE, &json!({"visit": VISIT, "session": session, "item": "F01"}))
    }

    /// What the card of this number says to a challenge.
    fn vouch(&self, session: &Value, staff: &str, challenge: &Value) -> (u16, Value) {
        let challenge = from_hex(challenge["challenge"].as_str().unwrap()).unwrap();
        let signature = hex(&crate::staff::sign(staff, &challenge).unwrap());
        let body = json!({"visit": VISIT, "session": session, "item": "F01", "staff": staff, "algorithm": "ed25519",
            "signature": signature});
        self.call(path::WITNESS, &body)
    }

    fn certify(&self, session: &Value, act: &str) -> (u16, Value) {
        let item = self.agency.catalogue.item("F01").unwrap();
        let consent = contract::message::content_digest(item.consent.zh.as_bytes());
        let body = json!({"visit": VISIT, "session": session, "catalogue": self.agency.catalogue.version, "item": "F01",
            "item_version": item.version, "inputs": {}, "consent": consent, "language": "zh"});
        let (status, answer) = self.post("t-0301", path::FILE, Some(act), &body);
        (status, if status == 200 { answer } else { answer["code"].clone() })
    }

    fn mandate(&self, session: &Value, number: &str, of: usize) -> (u16, Value) {
        let person = &self.people[of];
        self.prove(
            VISIT,
            &json!({"evidence": "mandate", "session": session, "id_number": person.id_number,
            "name": person.name, "mandate": number}),
        )
    }
}

#[test]
fn somebody_is_certified_whom_nobody_has_seen() {
    let hall = Hall::open();
    let session = hall.session(10);
    assert_eq!(hall.certify(&session, ACT), (422, json!("witness_needed")));
    let refused = (422, json!("witness_refused"));
    let (_, old) = hall.challenge(&session);
    let (_, challenge) = hall.challenge(&session);
    assert_eq!(hall.vouch(&session, "A018", &challenge), refused, "a card that was handed back");
    assert_eq!(hall.vouch(&session, "A010", &challenge), refused, "for herself");
    assert_eq!(hall.vouch(&session, "B999", &challenge), refused, "unknown");
    assert_eq!(hall.vouch(&session, "A017", &old), refused, "an older challenge");
    assert_eq!(hall.vouch(&session, "A017", &challenge).1["staff"], "A017");
    assert_eq!(hall.vouch(&session, "A017", &challenge), refused, "a challenge was good twice");
    let (status, case) = hall.certify(&session, ACT);
    let told = case["figures"].as_array().unwrap().iter().find(|figure| figure["label"] == "见证人工号").unwrap();
    assert_eq!((status, &told["value"]["value"]), (200, &json!("A017")));
}

#[test]
fn a_witness_of_yesterday_or_of_another_item_serves() {
    let hall = Hall::open();
    let session = hall.session(10);
    let (_, challenge) = hall.challenge(&session);
    let late = |db: &rusqlite::Connection| db.execute("UPDATE witness_challenges SET at = at - 121", []);
    hall.agency.store.transact(late).unwrap();
    assert_eq!(hall.vouch(&session, "A017", &challenge), (422, json!("witness_refused")), "too late");
    let (_, challenge) = hall.challenge(&session);
    assert_eq!(hall.vouch(&session, "A017", &challenge).0, 200);
    let elsewhere = |db: &rusqlite::Connection| db.execute("UPDATE witnesses SET item = 'F08'", []);
    hall.agency.store.transact(elsewhere).unwrap();
    assert_eq!(hall.certify(&session, ACT), (422, json!("witness_needed")), "of another item");
    let old = |db: &rusqlite::Connection| db.execute("UPDATE witnesses SET item = 'F01', at = at - 301", []);
    hall.agency.store.transact(old).unwrap();
    assert_eq!(hall.certify(&session, ACT), (422, json!("witness_needed")), "too long ago");
}

#[test]
fn the_audit_forgets_who_was_witness() {
    let hall = Hall::open();
    let session = hall.session(10);
    let (_, challenge) = hall.challenge(&session);
    hall.vouch(&session, "A017", &challenge);
    let sql = "SELECT staff, result FROM audit WHERE what = 'witness'";
    let read = |db: &rusqlite::Connection| db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    let line: (String, String) = hall.agency.store.transact(read).unwrap();
    assert_eq!(line, ("A017".to_owned(), "ok".to_owned()));
}

#[test]
fn somebody_acts_for_whoever_has_not_authorised_them() {
    let hall = Hall::open();
    let (agent, stranger) = (hall.sign_in(9, VISIT).1["session"].clone(), hall.session(4));
    let unknown = (422, json!("mandate_unknown"));
    assert_eq!(hall.mandate(&stranger, "2026110001", 0), unknown, "somebody else's authority");
    assert_eq!(hall.mandate(&agent, "2026110001", 3), unknown, "for somebody else");
    assert_eq!(hall.mandate(&agent, "2025060002", 1), unknown, "over");
    assert_eq!(hall.mandate(&agent, "2026119999", 0), unknown, "none");
    let (status, acts) = hall.mandate(&agent, "2026110001", 0);
    let subject = contract::message::subject_digest(VISIT, &hall.people[0].id_number);
    assert_eq!((status, &acts["binding"]["subject"]), (200, &json!(subject)));
    assert_eq!(acts["only"], json!(["P01", "P05", "F08", "F19"]));
    let session = &acts["session"];
    assert_eq!(hall.issue(session, ACT, "202601").0, 200);
    assert_eq!(hall.query(session, "110", "202601", "202610"), (422, json!("mandate_unknown")), "not covered");
    let own = (404, json!("no_records"));
    assert_eq!(hall.query(&agent, "110", "202601", "202610"), own, "the agent's own are looked for");
    assert_eq!(hall.mandate(session, "2026110001", 0), unknown, "a principal acts for themselves");
}

#[test]
fn authorities_are_found_by_trying_numbers() {
    let hall = Hall::open();
    let (_, agent) = hall.sign_in(9, VISIT);
    for _ in 0..5 {
        assert_eq!(hall.mandate(&agent["session"], "2026119999", 0), (422, json!("mandate_unknown")));
    }
    assert_eq!(hall.mandate(&agent["session"], "2026110001", 0), (422, json!("busy")));
}

#[test]
fn the_yearly_statement_is_announced_again_and_again_or_never() {
    let hall = Hall::open();
    let (_, signed_in) = hall.sign_in(0, VISIT);
    assert_eq!(signed_in["news"][0]["item"], "P03");
    let earlier = hall.issue_item(&signed_in["session"], ACT, "P03", &json!({"year": choice("2024")}));
    assert_eq!((earlier.0, &hall.sign_in(0, VISIT).1["news"][0]["item"]), (200, &json!("P03")), "another year's");
    let given = hall.issue_item(&signed_in["session"], "t-0301-5f3a9c21-43", "P03", &json!({"year": choice("2025")}));
    assert_eq!((given.0, &hall.sign_in(0, VISIT).1["news"]), (200, &json!([])));
    let nothing_booked = hall.people.iter().position(|person| person.name == "陈晓").unwrap();
    assert_eq!(hall.sign_in(nothing_booked, "00000000000000000000000000000002").1["news"], json!([]));
}
