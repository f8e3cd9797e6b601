//! Cases as the days go by: due dates, steps, orders, withdrawal, and what a restart leaves.

use contract::format::Date;
use contract::message::path;
use serde_json::{Value, json};

use super::{
    EMPLOYED, FLEXIBLE, UNEMPLOYED, code, contact, declaration, dispute, enrolment, job_loss, months, transfer,
};
use crate::calls::tests::Hall;
use crate::cases::effect;

#[test]
fn a_due_date_is_counted_over_the_national_holiday() {
    let mut hall = Hall::open();
    hall.on("2026-09-28");
    let who = hall.visit(UNEMPLOYED);
    let case = hall.filed(&who, "F04", 1, &enrolment("60", "2026-10-01"));
    // Accepted on the 29th; 1 to 7 October off, Saturday the 10th made up.
    assert_eq!((&case["due_by_promise"], &case["due_by_law"]), (&json!("2026-10-12"), &json!("2026-10-19")));
    for (today, stage) in [
        ("2026-09-28", "submitted"),
        ("2026-09-29", "accepted"),
        ("2026-09-30", "in_review"),
        ("2026-10-10", "in_review"),
        ("2026-10-12", "approved"),
        ("2026-10-13", "delivered"),
    ] {
        hall.on(today);
        let (_, found) = hall.find(&who, "number", &case["case"]);
        assert_eq!((&found["stage"], &found["due_by_promise"]), (&json!(stage), &json!("2026-10-12")), "{today}");
    }
    // A case that nobody looked at in between has gone the same way.
    hall.on("2026-11-23");
    let (_, found) = hall.find(&who, "number", &case["case"]);
    let days: Vec<_> = found["steps"].as_array().unwrap().iter().map(|step| step["on"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-09-28", "2026-09-29", "2026-10-12", "2026-10-13"]);
}

#[test]
fn a_transfer_is_called_merged_before_it_is() {
    let mut hall = Hall::open();
    let who = hall.visit(EMPLOYED);
    let case = hall.filed(&who, "F08", 1, &transfer("110101"));
    let first = Date::parse_iso("2026-11-23").unwrap().days_since_1970();
    let mut seen = 0;
    for days in first..first + 75 {
        let today = Date::from_days_since_1970(days).to_string();
        hall.on(&today);
        let (_, found) = hall.find(&who, "number", &case["case"]);
        let steps = found["steps"].as_array().unwrap();
        let state = |at: usize| steps[at]["state"].as_str().unwrap();
        assert_eq!(steps.len(), 6);
        assert_eq!(state(5) == "done", found["stage"] == "delivered", "{today}");
        assert!(steps.iter().all(|step| step["on"].as_str().unwrap() <= today.as_str()), "{today}: ahead of the days");
        let told = found["next"].to_string();
        assert_eq!(told.contains("已合并"), found["stage"] == "delivered", "{today}: {told}");
        // What the two agencies do is known when it is decided, and not because days have passed.
        let decided = ["approved", "delivered"].contains(&found["stage"].as_str().unwrap());
        assert!((2..5).all(|at| (state(at) == "done") == decided), "{today}");
        let done = (0..6).filter(|at| state(*at) == "done").count();
        assert!(done >= seen && (0..done).all(|at| state(at) == "done"), "{today}");
        assert_eq!((0..6).filter(|at| state(*at) == "now").count(), usize::from(done < 6), "{today}");
        seen = done;
    }
    assert_eq!(seen, 6);
}

/// Writes the steering file and lets the agency read it.
fn steer(hall: &mut Hall, lines: &str) -> std::path::PathBuf {
    let file = std::env::temp_dir().join(format!("orders-{}-{:?}", std::process::id(), std::thread::current().id()));
    std::fs::write(&file, lines).unwrap();
    std::sync::Arc::get_mut(&mut hall.agency).unwrap().orders = Some(file.clone());
    file
}

#[test]
fn an_order_takes_a_decision_back() {
    let mut hall = Hall::open();
    let who = hall.visit(EMPLOYED);
    let case = hall.filed(&who, "F02", 1, &contact("13800000099"));
    let changes = |db: &rusqlite::Connection| {
        db.query_row("SELECT count(*) FROM changes WHERE fact = 'phone'", [], |row| row.get::<_, i64>(0))
    };
    let mut file = std::path::PathBuf::new();
    for (order, stage) in [
        ("approved", "approved"),
        ("accepted", "approved"),
        ("correction", "approved"),
        ("rejected", "approved"),
        ("delivered", "delivered"),
        ("approved", "delivered"),
    ] {
        let line = format!("today 2026-11-24\ncase {} {order}\n", case["pick_up"].as_str().unwrap());
        file = steer(&mut hall, &line);
        assert_eq!(hall.find(&who, "number", &case["case"]).1["stage"], stage, "{order}");
        assert_eq!(hall.agency.store.transact(changes).unwrap(), 1, "{order}");
    }
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn an_item_leaves_the_catalogue_and_its_cases_are_done_at_once() {
    let mut hall = Hall::open();
    let who = hall.visit(UNEMPLOYED);
    let case = hall.filed(&who, "F04", 1, &enrolment("60", "2026-11-23"));
    let offer = hall.agency.catalogue.clone();
    let catalogue = |hall: &mut Hall, offer| std::sync::Arc::get_mut(&mut hall.agency).unwrap().catalogue = offer;
    let mut less = offer.clone();
    less.items.retain(|item| item.id != "F04");
    catalogue(&mut hall, less);
    let line = format!("today 2026-12-20\ncase {} accepted\n", case["pick_up"].as_str().unwrap());
    let file = steer(&mut hall, &line);
    let (status, found) = hall.find(&who, "number", &case["case"]);
    assert_eq!((status, &found["stage"], &found["due_by_law"]), (200, &json!("submitted"), &case["due_by_law"]));
    // An order that was not carried out is not noted as if it were.
    catalogue(&mut hall, offer);
    std::fs::write(&file, line.replace("2026-12-20", "2026-11-23")).unwrap();
    assert_eq!(hall.find(&who, "number", &case["case"]).1["stage"], "accepted");
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_case_falls_off_the_end_of_the_list_unsaid() {
    let hall = Hall::open();
    let who = hall.visit(FLEXIBLE);
    let open = hall.filed(&who, "F16", 100, &dispute("110", "202601", "202601"));
    let code_of = hall.filed(&who, "F05", 101, &declaration("1", 1_000_000))["pick_up"].clone();
    for act in 1..=38 {
        let copy = json!({"case": {"type": "text", "value": code_of}, "purpose": {"type": "text", "value": "own"}});
        let case = hall.filed(&who, "F19", act, &copy);
        // The open one stays, however old it is.
        let close = |db: &rusqlite::Connection| {
            db.execute("UPDATE cases SET stage = 'delivered', next_on = '' WHERE number = ?1", [case["case"].as_str()])
        };
        assert_eq!(hall.agency.store.transact(close).unwrap(), 1);
    }
    let query = |item: &str, inputs: Value| {
        let body = json!({"visit": who.visit, "session": who.session, "item": item, "item_version": hall.version(item),
            "inputs": inputs,
            "language": "zh"});
        hall.post("t-0301", path::QUERY, None, &body).1
    };
    let progress = query("Q09", json!({}));
    let rows = progress["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[35]["cells"][0]["value"]), (36, &open["pick_up"]));
    assert_eq!(progress["scope"], "本人最近办件（共 40 件，列出 36 件，凭取件码可查更早的）");
    let count = |answer: &Value, at: usize| answer["figures"][at]["value"]["value"].clone();
    assert_eq!((count(&progress, 0), count(&progress, 1)), (json!("1"), json!("35")));
    let archive = query("Q12", json!({"period": months("202611", "202611")}));
    assert!(archive["scope"].as_str().unwrap().contains("共 39 件，列出 36 件"), "{}", archive["scope"]);
    assert_eq!(count(&archive, 0), "36");
}

#[test]
fn a_stolen_card_moves_the_telephone() {
    let mut hall = Hall::open();
    let who = hall.visit(EMPLOYED);
    let case = hall.filed(&who, "F02", 1, &contact("13800000099"));
    assert_eq!((&case["stage"], &case["due_by_promise"]), (&json!("accepted"), &json!("2026-11-26")));
    let notice = |db: &rusqlite::Connection| {
        db.query_row("SELECT phone, day FROM notices", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
    };
    assert_eq!(hall.agency.store.transact(notice).unwrap(), ("13800000001".to_owned(), "2026-11-23".to_owned()));
    assert_eq!(code(&hall.prefill(&who, "F02")), "under_correction");
    hall.on("2026-11-25");
    let (_, withdrawn) = hall.withdraw(&who, &case);
    assert_eq!(withdrawn["stage"], "withdrawn");
    assert_eq!(withdrawn["steps"].as_array().unwrap().last().unwrap()["name"], "已撤回");
    hall.on("2026-12-20");
    let phone = |hall: &Hall| hall.prefill(&who, "F02").1["values"]["phone"]["value"].clone();
    assert_eq!(phone(&hall), "13800000001");
    // The rightful owner's change, over a restart of the agency.
    hall.filed(&who, "F02", 2, &contact("13800000098"));
    hall.on("2026-12-23");
    assert_eq!(phone(&hall), "13800000098");
    let restart = |db: &rusqlite::Connection| {
        let today = Date::parse_iso("2026-12-23").unwrap();
        crate::seed::fill(db, &hall.people, &hall.agency.rules, today).map_err(|error| error.to_string()).unwrap();
        effect::lay_over(db)
    };
    hall.agency.store.transact(restart).unwrap();
    assert_eq!(phone(&hall), "13800000098");
}

#[test]
fn a_decided_case_is_withdrawn() {
    let mut hall = Hall::open();
    let at_once = hall.filed(&hall.visit(FLEXIBLE), "F05", 1, &declaration("1", 1_000_000));
    assert_eq!(code(&hall.withdraw(&hall.visit(FLEXIBLE), &at_once)), "case_closed");
    let who = hall.visit(UNEMPLOYED);
    let case = hall.filed(&who, "F04", 2, &enrolment("60", "2026-11-23"));
    hall.on("2026-12-01");
    assert_eq!(hall.find(&who, "key", &case["key"]).1["stage"], "approved");
    assert_eq!(code(&hall.withdraw(&who, &case)), "case_closed");
    let gone = json!({"case": "1119000119A0B0C13M7002014005002202602280417"});
    assert_eq!(code(&hall.withdraw(&who, &gone)), "case_unknown");
}

#[test]
fn the_days_of_a_correction_are_counted() {
    let mut hall = Hall::open();
    let who = hall.visit(EMPLOYED);
    let case = hall.filed(&who, "F16", 1, &dispute("110", "202601", "202603"));
    assert_eq!(case["due_by_promise"], "2026-12-08");
    let file = std::env::temp_dir().join(format!("orders-{}-{:?}", std::process::id(), std::thread::current().id()));
    let order = |hall: &mut Hall, today: &str, stage: &str| -> Value {
        let lines = format!("today {today}\ncase {} {stage}\n", case["pick_up"].as_str().unwrap());
        std::fs::write(&file, lines).unwrap();
        std::sync::Arc::get_mut(&mut hall.agency).unwrap().orders = Some(file.clone());
        hall.find(&who, "number", &case["case"]).1
    };
    let mending = order(&mut hall, "2026-11-24", "correction");
    assert_eq!((&mending["stage"], &mending["due_by_law"]), (&json!("correction"), &json!("")));
    assert!(!mending["defects"].as_array().unwrap().is_empty() && !mending["route"].is_null());
    let states: Vec<_> =
        mending["steps"].as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["done", "now", "next", "next", "next"]);
    // Six weeks later it still waits; mended, it has all its days.
    assert_eq!(order(&mut hall, "2027-01-04", "correction")["stage"], "correction");
    let mended = order(&mut hall, "2027-01-05", "accepted");
    assert_eq!((&mended["stage"], &mended["due_by_promise"]), (&json!("accepted"), &json!("2027-01-19")));
    let refused = order(&mut hall, "2027-01-06", "rejected");
    assert_eq!(refused["stage"], "rejected");
    assert!(refused["next"].as_array().unwrap().iter().any(|next| next.as_str().unwrap().contains("行政复议")));
    assert_eq!(order(&mut hall, "2027-01-07", "approved")["stage"], "rejected");
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_list_shows_other_peoples_cases_or_open_ones_as_filed_away() {
    let mut hall = Hall::open();
    hall.filed(&hall.visit(FLEXIBLE), "F05", 1, &declaration("1", 1_000_000));
    let who = hall.visit(UNEMPLOYED);
    let closed = hall.filed(&who, "F09", 2, &job_loss("2025-09-30"));
    let open = hall.filed(&who, "F04", 3, &enrolment("60", "2026-11-23"));
    hall.on("2026-11-24");
    let query = |item: &str, inputs: Value| {
        let body = json!({"visit": who.visit, "session": who.session, "item": item, "item_version": hall.version(item),
            "inputs": inputs,
            "language": "zh"});
        hall.post("t-0301", path::QUERY, None, &body)
    };
    let (_, progress) = query("Q09", json!({}));
    let rows = progress["rows"].as_array().unwrap();
    let cell = |row: usize, column: usize| &rows[row]["cells"][column]["value"];
    assert_eq!((rows.len(), cell(0, 0), cell(0, 4)), (2, &open["pick_up"], &json!("2026-12-01")));
    assert_eq!((cell(1, 0), cell(1, 2)), (&closed["pick_up"], &json!("已办结")));
    let (_, archive) = query("Q12", json!({"period": months("202611", "202611")}));
    let rows = archive["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["cells"][0]["value"]), (1, &closed["pick_up"]));
    assert_eq!(rows[0]["cells"][4]["value"].as_str().unwrap().len(), 12);
    assert_eq!(code(&query("Q12", json!({"period": months("202601", "202610")}))), "no_records");
}
