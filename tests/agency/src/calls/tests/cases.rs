//! Cases as terminals file, find and withdraw them. Here: who may file what, a row an item, and how a visit is made.

mod card;
mod find;
mod life;

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use contract::format::{CaseCode, Date, from_hex, hex};
use contract::message::{IDEMPOTENCY_KEY, REQUEST_ID, content_digest, path};
use serde_json::{Value, json};
use tower::Service as _;

use super::super::{Terminal, router};
use super::Hall;
use crate::clock::Clock;

/// One person at the terminal.
struct Visit {
    visit: String,
    session: Value,
}

fn text(value: &str) -> Value {
    json!({"type": "text", "value": value})
}

fn day(value: &str) -> Value {
    json!({"type": "date", "value": value})
}

fn months(from: &str, to: &str) -> Value {
    json!({"type": "month-range", "value": {"from": from, "to": to}})
}

fn contact(phone: &str) -> Value {
    json!({"phone": text(phone), "address": text("示范区北门街道文昌路18号2栋301室"), "postcode": text("190000")})
}

fn enrolment(tier: &str, start: &str) -> Value {
    json!({"insurance": text("110"), "tier": text(tier), "start": day(start)})
}

fn declaration(months: &str, base_fen: i64) -> Value {
    json!({"months": text(months), "base": {"type": "fen", "value": base_fen}})
}

fn transfer(origin: &str) -> Value {
    json!({"kind": text("110"), "origin": text(origin), "agency": text("示例县社会保险中心")})
}

fn job_loss(ended: &str) -> Value {
    json!({"reason": text("2"), "ended": day(ended), "pledge": {"type": "accepted"}})
}

fn dispute(insurance: &str, from: &str, to: &str) -> Value {
    json!({"insurance": text(insurance), "period": months(from, to), "field": text("base"), "statement": text("基数与工资不符")})
}

fn copy_of(case: &str) -> Value {
    json!({"case": text(case), "purpose": text("own")})
}

impl Hall {
    /// Moves the clock.
    fn on(&mut self, today: &str) {
        Arc::get_mut(&mut self.agency).unwrap().clock = Clock { fixed: Date::parse_iso(today) };
    }

    fn visit(&self, person: usize) -> Visit {
        let visit = format!("{person:032x}");
        let (status, signed_in) = self.sign_in(person, &visit);
        assert_eq!(status, 200, "{signed_in}");
        Visit { visit, session: signed_in["session"].clone() }
    }

    /// Status and whole body.
    pub(super) fn post(&self, terminal: &str, path: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
        let key = key.map(|key| (IDEMPOTENCY_KEY, key));
        self.post_with(terminal, path, key.as_slice(), body)
    }

    fn post_with(&self, terminal: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        let mut app = router(Arc::clone(&self.agency)).layer(Extension(Terminal(terminal.to_owned())));
        let request = Request::post(path).header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(Body::from(body.to_string())).unwrap();
        self.runtime.block_on(async {
            let answer = app.call(request).await.unwrap();
            let status = answer.status().as_u16();
            let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            (status, serde_json::from_slice(&bytes).unwrap())
        })
    }

    fn prefill(&self, who: &Visit, item: &str) -> (u16, Value) {
        self.prefill_in(who, item, "zh")
    }

    fn prefill_in(&self, who: &Visit, item: &str, language: &str) -> (u16, Value) {
        let version = self.agency.catalogue.item(item).map_or(1, |item| item.version);
        let body = json!({"visit": who.visit, "session": who.session, "item": item, "item_version": version,
            "language": language});
        self.post("t-0301", path::PREFILL, None, &body)
    }

    fn filing(&self, who: &Visit, item: &str, inputs: &Value) -> Value {
        let consent = &self.agency.catalogue.item(item).unwrap().consent.zh;
        json!({"visit": who.visit, "session": who.session, "catalogue": self.agency.catalogue.version, "item": item,
            "item_version": self.version(item), "inputs": inputs, "consent": content_digest(consent.as_bytes()), "language": "zh"})
    }

    fn file(&self, who: &Visit, item: &str, act: u32, inputs: &Value) -> (u16, Value) {
        if self.agency.catalogue.item(item).unwrap().witness {
            self.seen(who, item);
        }
        self.post("t-0301", path::FILE, Some(&act_id(act)), &self.filing(who, item, inputs))
    }

    /// A member of staff sees the person.
    fn seen(&self, who: &Visit, item: &str) {
        let ask = json!({"visit": who.visit, "session": who.session, "item": item});
        let challenge = self.post("t-0301", path::WITNESS_CHALLENGE, None, &ask).1["challenge"].clone();
        let challenge = from_hex(challenge.as_str().unwrap()).unwrap();
        let signature = hex(&crate::staff::sign("A017", &challenge).unwrap());
        let body = json!({"visit": who.visit, "session": who.session, "item": item, "staff": "A017",
            "algorithm": "ed25519", "signature": signature});
        assert_eq!(self.post("t-0301", path::WITNESS, None, &body).0, 200, "{item}");
    }

    /// A case that is filed without a hitch.
    fn filed(&self, who: &Visit, item: &str, act: u32, inputs: &Value) -> Value {
        assert_eq!(self.prefill(who, item).0, 200, "{item}");
        let (status, case) = self.file(who, item, act, inputs);
        assert_eq!(status, 200, "{item}: {case}");
        case
    }

    fn find(&self, who: &Visit, by: &str, value: &Value) -> (u16, Value) {
        let body =
            json!({"visit": who.visit, "session": who.session, "name": {"by": by, "value": value}, "language": "zh"});
        self.post("t-0301", path::FIND, None, &body)
    }

    fn withdraw(&self, who: &Visit, case: &Value) -> (u16, Value) {
        let body = json!({"visit": who.visit, "session": who.session, "case": case["case"], "language": "zh"});
        self.post("t-0301", path::WITHDRAW, None, &body)
    }
}

fn act_id(number: u32) -> String {
    format!("t-0301-5f3a9c21-{number}")
}

fn code(answer: &(u16, Value)) -> &str {
    answer.1["code"].as_str().unwrap_or("ok")
}

/// The basis of every defect, to see that there is one.
fn bases(answer: &(u16, Value)) -> Vec<&str> {
    answer.1["defects"].as_array().unwrap().iter().map(|defect| defect["basis"].as_str().unwrap()).collect()
}

// Places in personas.toml, from 0.
const EMPLOYED: usize = 0;
const FLEXIBLE: usize = 1;
const UNEMPLOYED: usize = 2;
const PENSIONER: usize = 9;
const OFFICIAL: usize = 10;

#[test]
fn an_item_is_refused_to_whom_it_is_meant_for() {
    let hall = Hall::open();
    let mut act = 0;
    let mut filed = |person, item, inputs: Value, stage: &str| {
        act += 1;
        let case = hall.filed(&hall.visit(person), item, act, &inputs);
        assert_eq!(case["stage"], stage, "{item}");
        assert_eq!(case["due_by_law"] == "", stage == "delivered", "{item}");
        case
    };
    let certified = filed(PENSIONER, "F01", json!({}), "delivered");
    assert_eq!(certified["figures"][0]["value"]["value"], "202711");
    let declared = filed(FLEXIBLE, "F05", declaration("3", 1_000_000), "delivered");
    assert_eq!(declared["figures"][2]["value"]["value"], 3 * 200_000);
    let code = declared["pick_up"].as_str().unwrap();
    assert_eq!(declared["pointer"], format!("tax-pay:190001/{code}?fen=600000"));
    filed(UNEMPLOYED, "F09", job_loss("2025-09-30"), "delivered");
    filed(EMPLOYED, "F02", contact("13800000099"), "accepted");
    filed(UNEMPLOYED, "F04", enrolment("60", "2026-12-01"), "submitted");
    filed(EMPLOYED, "F08", transfer("110101"), "submitted");
    filed(EMPLOYED, "F16", dispute("110", "202601", "202603"), "submitted");
    let copy = filed(FLEXIBLE, "F19", copy_of(code), "submitted");
    assert_eq!(copy["route"]["window"], "9 号窗口（档案利用）");
    assert!(copy["route"]["hours"].as_str().unwrap().contains("12333"));
}

#[test]
fn whoever_may_not_file_finds_out_after_typing() {
    let hall = Hall::open();
    for (person, item, right, defects) in [
        (EMPLOYED, "F01", "no_assessment", 0),
        (UNEMPLOYED, "F01", "not_due", 0),
        (EMPLOYED, "F04", "not_eligible", 1),
        (FLEXIBLE, "F04", "already_done", 0),
        // Too old, and draws a pension: both are told at once.
        (PENSIONER, "F04", "not_eligible", 2),
        (EMPLOYED, "F05", "not_eligible", 1),
        (UNEMPLOYED, "F08", "not_eligible", 1),
        (PENSIONER, "F08", "not_eligible", 2),
        (EMPLOYED, "F09", "not_eligible", 1),
        (FLEXIBLE, "F09", "not_eligible", 1),
        (OFFICIAL, "F16", "civil_service", 0),
        (EMPLOYED, "F19", "no_records", 0),
        (EMPLOYED, "F03", "not_here", 0),
        (EMPLOYED, "F14", "not_here", 0),
        (EMPLOYED, "Q02", "bad_request", 0),
        (EMPLOYED, "F99", "bad_request", 0),
    ] {
        let who = hall.visit(person);
        let answer = hall.prefill(&who, item);
        assert_eq!((code(&answer), answer.1["defects"].as_array().unwrap().len()), (right, defects), "{item} {person}");
        assert!(bases(&answer).iter().all(|basis| !basis.is_empty()), "{item}");
        if right == "not_here" {
            assert!(!answer.1["route"]["materials"].as_array().unwrap().is_empty());
        }
    }
}

#[test]
fn what_was_typed_is_wrong_and_is_filed() {
    let mut hall = Hall::open();
    let person = hall.people[EMPLOYED].phone.clone();
    for (person, item, inputs, right, field) in [
        (EMPLOYED, "F02", contact(&person), "input_invalid", "phone"),
        (UNEMPLOYED, "F04", enrolment("60", "2026-08-01"), "input_invalid", "start"),
        (UNEMPLOYED, "F04", enrolment("61", "2026-11-30"), "input_invalid", "tier"),
        (FLEXIBLE, "F05", declaration("1", 754_599), "input_invalid", "base"),
        (FLEXIBLE, "F05", declaration("1", 3_773_101), "input_invalid", "base"),
        (EMPLOYED, "F08", transfer("190001"), "input_invalid", "origin"),
        (UNEMPLOYED, "F09", job_loss("2025-01-31"), "input_invalid", "ended"),
        (UNEMPLOYED, "F09", job_loss("2026-11-24"), "input_invalid", "ended"),
        (EMPLOYED, "F16", dispute("110", "199001", "199003"), "no_records", ""),
    ] {
        let answer = hall.file(&hall.visit(person), item, 1, &inputs);
        assert_eq!(
            (code(&answer), answer.1["defects"][0]["field"].as_str().unwrap_or_default()),
            (right, field),
            "{item}"
        );
    }
    // A base that is right from July on is out of the bounds of June.
    hall.on("2026-06-15");
    let june = hall.file(&hall.visit(UNEMPLOYED), "F04", 1, &enrolment("300", "2026-06-15"));
    assert_eq!(code(&june), "input_invalid");
    assert_eq!(june.1["defects"][0]["remedy"], "2026-06 为 6,144.00 至 30,720.00 元");
    let nothing =
        |db: &rusqlite::Connection| db.query_row("SELECT count(*) FROM cases", [], |row| row.get::<_, i64>(0));
    assert_eq!(hall.agency.store.transact(nothing).unwrap(), 0);
}

#[test]
fn an_enrolment_begins_before_it_is_filed() {
    let hall = Hall::open();
    let who = hall.visit(UNEMPLOYED);
    // Also where no bounds of the base are known.
    for start in ["2026-10-31", "2025-11-23", "1990-01-01", "2027-01-01"] {
        let answer = hall.file(&who, "F04", 1, &enrolment("60", start));
        assert_eq!((code(&answer), answer.1["defects"].as_array().unwrap().len()), ("input_invalid", 1), "{start}");
        let defect = &answer.1["defects"][0];
        assert_eq!((&defect["field"], &defect["basis"]), (&json!("start"), &json!("人社部发〔2016〕132号")));
    }
    hall.filed(&who, "F04", 2, &enrolment("60", "2026-11-01"));
}

#[test]
fn a_refusal_before_the_form_is_chinese_only() {
    let hall = Hall::open();
    let answer = hall.prefill_in(&hall.visit(PENSIONER), "F04", "en");
    assert_eq!(code(&answer), "not_eligible");
    assert_eq!(answer.1["defects"][1]["text"], "You draw a pension");
    assert_eq!(answer.1["route"]["window"], "Window 2 (all services)");
    let elsewhere = hall.prefill_in(&hall.visit(EMPLOYED), "F10", "en");
    assert_eq!(
        (code(&elsewhere), &elsewhere.1["route"]["window"]),
        ("not_here", &json!("Window 7 (unemployment and work)"))
    );
}

#[test]
fn other_words_than_those_in_force_were_agreed_to() {
    let hall = Hall::open();
    let who = hall.visit(FLEXIBLE);
    let item = hall.agency.catalogue.item("F05").unwrap();
    let file = |consent: &str| {
        let mut body = hall.filing(&who, "F05", &declaration("1", 1_000_000));
        body["consent"] = json!(content_digest(consent.as_bytes()));
        code(&hall.post("t-0301", path::FILE, Some(&act_id(1)), &body)).to_owned()
    };
    assert_eq!(["", "我同意。", &item.consent.en].map(file), ["item_changed", "item_changed", "ok"]);
}

#[test]
fn somebody_elses_file_is_copied() {
    let hall = Hall::open();
    let declared = hall.filed(&hall.visit(FLEXIBLE), "F05", 1, &declaration("1", 1_000_000));
    let who = hall.visit(UNEMPLOYED);
    hall.filed(&who, "F09", 2, &job_loss("2025-09-30"));
    let open = hall.filed(&who, "F04", 3, &enrolment("60", "2026-11-23"));
    for (case, right) in
        [(&declared["pick_up"], "case_unknown"), (&declared["case"], "case_unknown"), (&open["case"], "not_eligible")]
    {
        assert_eq!(code(&hall.file(&who, "F19", 4, &copy_of(case.as_str().unwrap()))), right);
    }
}

#[test]
fn what_was_granted_has_no_consequence() {
    let mut hall = Hall::open();
    let who = hall.visit(UNEMPLOYED);
    hall.filed(&who, "F04", 1, &enrolment("80", "2026-11-23"));
    assert_eq!(code(&hall.prefill(&who, "F04")), "already_done");
    assert_eq!(code(&hall.prefill(&who, "F05")), "not_eligible");
    // Accepted on the 24th, promised within five working days.
    hall.on("2026-12-01");
    assert_eq!(code(&hall.prefill(&who, "F04")), "already_done");
    let (_, known) = hall.prefill(&who, "F05");
    assert_eq!(known["values"]["base"], json!({"type": "fen", "value": 1_006_200}));
    hall.filed(&who, "F05", 2, &declaration("1", 1_006_200));
    assert_eq!(code(&hall.prefill(&who, "F05")), "already_declared");
    let pensioner = hall.visit(PENSIONER);
    hall.filed(&pensioner, "F01", 3, &json!({}));
    assert_eq!(code(&hall.prefill(&pensioner, "F01")), "not_due");
    hall.on("2027-12-01");
    assert_eq!(hall.prefill(&pensioner, "F01").0, 200);
}

#[test]
fn a_number_of_a_case_is_none() {
    let hall = Hall::open();
    let who = hall.visit(FLEXIBLE);
    let first = hall.filed(&who, "F05", 1, &declaration("1", 1_000_000));
    let second = hall.filed(&hall.visit(UNEMPLOYED), "F09", 2, &job_loss("2025-09-30"));
    let third = hall.filed(&hall.visit(EMPLOYED), "F16", 3, &dispute("110", "202601", "202601"));
    for case in [&first, &second, &third] {
        let number = CaseCode::parse(case["case"].as_str().unwrap()).unwrap();
        assert_eq!((number.day.to_string().as_str(), number.serial.as_str()), ("2026-11-23", "0001"));
        assert_eq!(case["pick_up"].as_str().unwrap().len(), 8);
    }
    let who = hall.visit(EMPLOYED);
    let fourth = hall.filed(&who, "F16", 4, &dispute("110", "202601", "202602"));
    assert!(fourth["case"].as_str().unwrap().ends_with("202611230002"));
    assert_ne!(fourth["pick_up"], third["pick_up"]);
}

#[test]
fn a_hint_is_longer_than_a_tile() {
    let hall = Hall::open();
    let ours = [
        "F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F14", "F15", "F16", "F19", "Q09", "Q12",
    ];
    for id in ours {
        let item = hall.agency.catalogue.item(id).unwrap();
        let hints = item.inputs.iter().filter_map(|field| field.hint.as_ref()).chain([&item.hint]);
        for hint in hints {
            assert!(hint.zh.chars().count() <= 14 && !hint.en.is_empty(), "{id}: {}", hint.zh);
        }
    }
}

/// Who files again under the same key is told the same case: only the audit can tell them from a line that has doubled one request.
#[test]
fn a_second_request_looks_like_one_that_the_line_has_doubled() {
    let hall = Hall::open();
    let who = hall.visit(FLEXIBLE);
    let body = hall.filing(&who, "F05", &declaration("3", 1_000_000));
    let key = act_id(1);
    let ids = ["a1".repeat(16), "a1".repeat(16), "b2".repeat(16), "wang".to_owned()];
    for id in &ids {
        hall.post_with("t-0301", path::FILE, &[(IDEMPOTENCY_KEY, key.as_str()), (REQUEST_ID, id.as_str())], &body);
    }
    let read = |db: &rusqlite::Connection| -> Result<Vec<String>, rusqlite::Error> {
        let mut statement = db.prepare("SELECT request FROM audit WHERE what = 'file' ORDER BY seq")?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    // What is no id gets nowhere.
    let [first, doubled, second, _] = ids;
    assert_eq!(hall.agency.store.transact(read).unwrap(), [first, doubled, second, String::new()]);
}
