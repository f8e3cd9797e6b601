//! What is public: asked without a session, and only what is in force.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use contract::message::path;
use serde_json::{Value, json};

use super::{ACT, Hall, VISIT};

fn search(hall: &Hall, words: &str) -> (u16, Value) {
    hall.call(path::SEARCH_TEXTS, &json!({"terminal": "t-0301", "words": words, "language": "zh"}))
}

fn read(hall: &Hall, id: &str) -> (u16, Value) {
    hall.call(path::READ_TEXT, &json!({"terminal": "t-0301", "id": id, "language": "zh"}))
}

fn leave(hall: &Hall, key: &str, words: &str) -> (u16, Value) {
    let body = json!({"terminal": "t-0301", "visit": VISIT, "item": "I02", "words": words});
    let (status, answer) = hall.post("t-0301", path::QUESTIONS, Some(key), &body);
    (status, if status == 200 { answer } else { answer["code"].clone() })
}

#[test]
fn a_withdrawn_text_is_searched_or_read() {
    let hall = Hall::open();
    let (status, found) = search(&hall, "失业");
    assert_eq!((status, &found["hits"][0]["id"]), (200, &json!("uir")));
    assert_eq!(read(&hall, "uir").1["number"], "国务院令第258号");
    assert_eq!(search(&hall, "工本费"), (200, json!({"hits": []})));
    for gone in ["old-card", "next-year", "nothing", ""] {
        assert_eq!(read(&hall, gone), (404, json!("text_withdrawn")), "{gone}");
    }
    assert_eq!(search(&hall, "\"* OR").0, 200);
}

#[test]
fn what_was_looked_for_is_written_into_the_audit() {
    let hall = Hall::open();
    search(&hall, "张三的养老金");
    let lines = |db: &rusqlite::Connection| -> Result<String, rusqlite::Error> {
        db.query_row("SELECT group_concat(visit || what || item || act || result) FROM audit", [], |row| row.get(0))
    };
    assert_eq!(hall.agency.store.transact(lines).unwrap(), "searchok");
}

#[test]
fn a_question_is_kept_twice_or_under_somebody_elses_number() {
    let hall = Hall::open();
    let (status, kept) = leave(&hall, ACT, "外地能认证吗");
    // Monday 2026-11-23: five working days later.
    assert_eq!((status, &kept["answered_by"]), (200, &json!("2026-11-30")));
    assert_eq!(kept["number"].as_str().unwrap().len(), 8);
    assert_eq!(leave(&hall, ACT, "外地能认证吗"), (200, kept));
    assert_eq!(leave(&hall, ACT, "别的问题"), (409, json!("key_reused")));
    assert_eq!(leave(&hall, "t-0302-5f3a9c21-1", "问").0, 400, "another terminal's key");
    for wrong in [" ", "一\n二", &"长".repeat(201)] {
        assert_eq!(leave(&hall, "t-0301-5f3a9c21-7", wrong), (422, json!("input_invalid")));
    }
}

#[test]
fn the_bulletin_is_old_or_its_rows_do_not_fit() {
    let hall = Hall::open();
    let (status, bulletin) = hall.call(path::BULLETIN, &json!({"terminal": "t-0301", "language": "en"}));
    let days: Vec<&str> =
        bulletin["entries"].as_array().unwrap().iter().map(|entry| entry["published"].as_str().unwrap()).collect();
    assert_eq!((status, days), (200, vec!["2026-06-25", "2026-04-20", "2026-03-15", "2026-01-05"]));
    assert_eq!(bulletin["entries"][1]["content"]["rows"][0]["cells"][0]["value"], "Employees' pension");
    let all = bulletin.to_string();
    // In each title, and where it is from.
    assert_eq!((all.matches("(sample)").count(), all.matches("sample data").count()), (4, 4), "a figure looks real");
}

#[test]
fn a_day_is_told_of_a_year_that_is_not_published() {
    let hall = Hall::open();
    let year = |year: u32| hall.call(path::CALENDAR, &json!({"terminal": "t-0301", "year": year}));
    let (status, days) = year(2026);
    assert_eq!((status, days["make_up_days"].as_array().unwrap().len()), (200, 6));
    assert_eq!(days["opening_hours"][0]["spans"][1], json!({"opens": "13:30", "closes": "17:00"}));
    assert!(days["holidays"].as_array().unwrap().iter().all(|day| day.as_str().unwrap().starts_with("2026-")));
    assert_eq!(year(2028), (404, json!("no_records")));
    assert_eq!(year(0), (404, json!("no_records")));
}
