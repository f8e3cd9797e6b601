//! What people say of the service: reasons, whom a questionnaire reaches, and what is left of the answers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use contract::message::{content_digest, path};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Hall, VISIT, choice};
use crate::report;

impl Hall {
    /// Somebody complains, each time of something else; the number of that case.
    fn complaint(&self, n: u32) -> String {
        let item = self.agency.catalogue.item("F18").unwrap();
        let body = json!({"visit": VISIT, "session": "", "catalogue": self.agency.catalogue.version, "item": "F18",
            "item_version": item.version, "consent": content_digest(item.consent.zh.as_bytes()), "language": "zh",
            "inputs": {"kind": choice("complaint"), "text": choice(&format!("排队 {n} 次"))}});
        let (status, case) = self.post("t-0301", path::FILE, Some(&format!("t-0301-5f3a9c21-{n}")), &body);
        assert_eq!(status, 200, "{case}");
        case["case"].as_str().unwrap().to_owned()
    }

    fn evaluate(&self, case: &str, level: &str, reason: &Value, version: &Value) -> (u16, Value) {
        let body = json!({"terminal": "t-0301", "case": case, "level": level, "reason": reason,
            "reasons_version": version});
        self.call(path::EVALUATE, &body)
    }

    /// The questionnaire that comes with the evaluation of a fresh case.
    fn sheet(&self, n: u32) -> Value {
        let (status, kept) = self.evaluate(&self.complaint(n), "fair", &Value::Null, &Value::Null);
        assert_eq!(status, 200, "{kept}");
        kept["questionnaire"].clone()
    }

    fn answers(&self, sheet: &Value, answers: &Value) -> (u16, Value) {
        let body = json!({"terminal": "t-0301", "id": sheet["id"], "version": sheet["version"],
            "token": sheet["token"], "answers": answers});
        self.call(path::QUESTIONNAIRES, &body)
    }

    fn counted(&self, report: impl Fn(&Connection) -> Result<String, rusqlite::Error>) -> String {
        self.agency.store.transact(report).unwrap()
    }
}

#[test]
fn a_reason_that_nobody_could_choose_is_kept() {
    let hall = Hall::open();
    let case = hall.complaint(1);
    let (none, one) = (Value::Null, json!(1));
    for (level, reason, version, code) in [
        ("dissatisfied", json!("speed"), json!(2), "item_changed"),
        ("dissatisfied", json!("speed"), none.clone(), "input_invalid"),
        ("dissatisfied", none.clone(), one.clone(), "input_invalid"),
        ("dissatisfied", json!("weather"), one.clone(), "input_invalid"),
        ("satisfied", json!("speed"), one.clone(), "input_invalid"),
    ] {
        assert_eq!(hall.evaluate(&case, level, &reason, &version).1, code, "{level} {reason} {version}");
    }
    assert_eq!(hall.evaluate(&case, "very_dissatisfied", &json!("speed"), &one).0, 200, "a refusal counted");
    assert_eq!(hall.evaluate(&case, "fair", &none, &none).1, "already_evaluated");
    let other = hall.complaint(2);
    assert_eq!(hall.evaluate(&other, "dissatisfied", &none, &none).0, 200, "nobody need say why");
    let bad = hall.counted(report::bad);
    let lines = [
        "case,item,terminal,day,level,reason,reasons_version,text".to_owned(),
        format!("{case},F18,t-0301,2026-11-23,very_dissatisfied,speed,1,"),
        format!("{other},F18,t-0301,2026-11-23,dissatisfied,,,"),
    ];
    assert_eq!(bad, lines.join("\n"));
}

#[test]
fn everybody_is_asked_or_always_the_same() {
    let hall = Hall::open();
    let sheets: Vec<Value> = (1..=16).map(|n| hall.sheet(n)).collect();
    let ids: Vec<&str> = sheets.iter().map(|sheet| sheet["id"].as_str().unwrap_or("-")).collect();
    let turns = "machine - - - - hall - - - - service - - - - machine";
    assert_eq!(ids.join(" "), turns);
    let refused = hall.evaluate("1119", "fair", &Value::Null, &Value::Null);
    assert_eq!(refused, (404, json!("case_unknown")));
    assert_ne!(sheets[0]["token"], sheets[15]["token"]);
}

#[test]
fn a_sheet_is_counted_twice_or_with_what_was_never_asked() {
    let hall = Hall::open();
    let sheet = hall.sheet(1);
    for wrong in [json!({}), json!({"letters": "blue"}), json!({"overall": "good"}), json!({"*": "returned"})] {
        assert_eq!(hall.answers(&sheet, &wrong), (422, json!("input_invalid")), "{wrong}");
    }
    let with = |key: &str, value: Value| {
        let mut other = sheet.clone();
        other[key] = value;
        other
    };
    let good = json!({"letters": "barely", "steps": "easy"});
    assert_eq!(hall.answers(&with("version", json!(2)), &good), (409, json!("item_changed")));
    assert_eq!(hall.answers(&with("id", json!("weather")), &good), (422, json!("input_invalid")));
    assert_eq!(hall.answers(&with("token", json!("0".repeat(32))), &good), (409, json!("key_reused")));
    assert_eq!(hall.answers(&sheet, &good), (200, json!({"id": "machine"})));
    assert_eq!(hall.answers(&sheet, &good), (409, json!("key_reused")));
    let counts = [
        "set,version,question,option,terminal,day,count",
        "machine,1,*,offered,t-0301,2026-11-23,1",
        "machine,1,*,returned,t-0301,2026-11-23,1",
        "machine,1,letters,barely,t-0301,2026-11-23,1",
        "machine,1,steps,easy,t-0301,2026-11-23,1",
    ];
    assert_eq!(hall.counted(report::answers), counts.join("\n"));
}

#[test]
fn answers_given_before_midnight_and_delivered_after_do_not_count() {
    let handed_out = |days_ago: u32| {
        let hall = Hall::open();
        let sheet = hall.sheet(1);
        let sql = format!("UPDATE sheets SET day = date('2026-11-23', '-{days_ago} days')");
        hall.counted(|db| db.execute(&sql, []).map(|_| String::new()));
        let answer = hall.answers(&sheet, &json!({"letters": "barely"}));
        (answer, hall.counted(report::answers))
    };
    let (answer, counts) = handed_out(7);
    assert_eq!(answer, (200, json!({"id": "machine"})));
    assert!(
        counts.contains("machine,1,letters,barely,t-0301,2026-11-16,1"),
        "not on the day of the question: {counts}"
    );
    let (answer, counts) = handed_out(8);
    assert_eq!(answer, (409, json!("key_reused")));
    assert!(!counts.contains("barely"), "a sheet waits for ever");
}

#[test]
fn a_sheet_that_came_back_is_still_there() {
    let hall = Hall::open();
    let sheet = hall.sheet(1);
    hall.answers(&sheet, &json!({"help": "family"}));
    // Not with whom, after which case, in which visit or at what time: whatever is kept says so of nobody.
    let left = hall.counted(|db| {
        db.query_row("SELECT count(*) FROM sheets", [], |row| row.get::<_, i64>(0)).map(|n| n.to_string())
    });
    assert_eq!(left, "0", "the token outlives its sheet");
    let columns = "SELECT group_concat(name, ' ') FROM pragma_table_info('answers')";
    assert_eq!(
        hall.counted(|db| db.query_row(columns, [], |row| row.get(0))),
        "set_id version question option terminal day times"
    );
    let audit = "SELECT visit || item || act || result FROM audit WHERE what = 'answers'";
    assert_eq!(hall.counted(|db| db.query_row(audit, [], |row| row.get(0))), "ok");
}

#[test]
fn a_case_without_an_opinion_is_left_out_of_the_rate() {
    let hall = Hall::open();
    let cases: Vec<String> = (1..=3).map(|n| hall.complaint(n)).collect();
    for (case, level) in cases.iter().zip(["very_satisfied", "dissatisfied"]) {
        hall.evaluate(case, level, &Value::Null, &Value::Null);
    }
    let as_service = |db: &Connection| db.execute("UPDATE cases SET item = 'F02'", []).map(|_| String::new());
    hall.counted(as_service);
    let counts = [
        "item,terminal,day,cases,very_satisfied,satisfied,fair,dissatisfied,very_dissatisfied",
        "F02,t-0301,2026-11-23,3,1,0,0,1,0",
    ];
    assert_eq!(hall.counted(|db| report::levels(db, &hall.agency.catalogue)), counts.join("\n"));
}

#[test]
fn a_spreadsheet_computes_what_somebody_typed() {
    let hall = Hall::open();
    let case = hall.complaint(1);
    hall.evaluate(&case, "dissatisfied", &Value::Null, &Value::Null);
    let typed =
        |db: &Connection| db.execute("UPDATE evaluations SET text = '=1+1, \"太慢\"'", []).map(|_| String::new());
    hall.counted(typed);
    assert!(hall.counted(report::bad).ends_with(",\"'=1+1, \"\"太慢\"\"\""), "{}", hall.counted(report::bad));
}
