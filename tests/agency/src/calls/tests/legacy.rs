//! The agency with an old core system behind it: the same answers as without, and what becomes of it when that system fails.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use contract::format::Date;
use serde_json::{Value, json};

use super::{Hall, VISIT, choice, months};
use crate::legacy::province::Province;
use crate::legacy::stand_in::{Settings, StandIn};
use crate::legacy::{Legacy, Upstream};

/// A hall before a stand-in, which goes wrong as its file says.
struct Behind {
    hall: Hall,
    orders: PathBuf,
    service: StandIn,
}

impl Behind {
    fn open(test: &str, province: &str) -> Self {
        let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        let orders = std::env::temp_dir().join(format!("legacy-{test}-{}", std::process::id()));
        let province = crate_dir.join("legacy").join(province);
        let settings = Settings {
            listen: loopback(),
            province: province.clone(),
            personas: crate_dir.join("../personas.toml"),
            today: Date::new(2026, 11, 23),
            mishaps: Some(orders.clone()),
        };
        let service = StandIn::start(settings).unwrap();
        let mut table = Province::read(&province).unwrap();
        // What never comes is not waited for by a test.
        table.deadline_ms = 400;
        let hall = Hall::before(Some(Legacy::of(service.address(), vec![table])));
        Self { hall, orders, service }
    }

    fn order(&self, lines: &str) {
        std::fs::write(&self.orders, lines).unwrap();
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        // Not every test gives orders.
        let _ = std::fs::remove_file(&self.orders);
    }
}

fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// What a query takes, one for each trade.
fn enrolment() -> (&'static str, Value) {
    ("Q01", json!({}))
}

fn details(insurance: &str, from: &str, to: &str) -> (&'static str, Value) {
    ("Q02", json!({"insurance": choice(insurance), "period": months(from, to)}))
}

fn account(year: &str) -> (&'static str, Value) {
    ("Q03", json!({"year": choice(year)}))
}

/// Everything that the old system answers: one frame, several, none; years that are closed, open and not there.
fn questions() -> Vec<(&'static str, Value)> {
    let mut all = vec![enrolment(), details("110", "202611", "202611"), details("110", "199001", "199012")];
    for insurance in ["110", "210", "410"] {
        all.extend(
            [("202610", "202610"), ("202511", "202610"), ("202401", "202610"), ("202311", "202610")]
                .map(|(from, to)| details(insurance, from, to)),
        );
    }
    all.extend(["2023", "2024", "2025", "2026"].map(account));
    all
}

#[test]
fn an_old_system_answers_otherwise_than_the_books() {
    let plain = Hall::open();
    for province in ["province-a.toml", "province-b.toml"] {
        let behind = Behind::open("rows", province);
        let (mut shown, mut rows, mut refused) = (0, 0, std::collections::BTreeSet::new());
        for person in 1..=12 {
            let sessions = (plain.session(person), behind.hall.session(person));
            for ((item, inputs), language) in questions().iter().flat_map(|ask| [(ask, "zh"), (ask, "en")]) {
                let expected = plain.ask(&sessions.0, item, inputs, language);
                let found = behind.hall.ask(&sessions.1, item, inputs, language);
                assert_eq!(found, expected, "{province}: persona {person}: {item} {inputs}");
                shown += usize::from(found.0 == 200);
                rows = rows.max(found.1["rows"].as_array().map_or(0, Vec::len));
                refused.extend(found.1.as_str().map(str::to_owned));
            }
        }
        // Else both had nothing to say.
        assert!(shown > 150 && rows == 36, "{province}: {shown} answers, at most {rows} rows");
        for why in ["no_records", "civil_service", "not_here"] {
            assert!(refused.contains(why), "{province}: nobody is told {why}: {refused:?}");
        }
    }
}

#[test]
fn a_mishap_of_the_old_system_is_shown_or_closes_other_items() {
    for province in ["province-a.toml", "province-b.toml"] {
        let behind = Behind::open("mishaps", province);
        let (hall, session) = (&behind.hall, behind.hall.session(1));
        let ask = |(item, inputs): (&str, Value)| hall.ask(&session, item, &inputs, "zh");
        let trades =
            [("enrolment", enrolment()), ("months", details("110", "202401", "202610")), ("account", account("2025"))];
        let all = ["cut", "junk", "noise", "other", "stale", "code", "short"].into_iter();
        let all = all.flat_map(|what| trades.iter().map(move |(trade, question)| (what, *trade, question)));
        let single = [("silent", 2), ("drip", 0), ("again", 1)].map(|(what, n)| (what, trades[n].0, &trades[n].1));
        for (what, trade, question) in all.chain(single) {
            behind.order(&format!("{what} {trade}\n"));
            assert_eq!(ask(question.clone()), (422, json!("provider_down")), "{province}: {what} {trade}");
            for (other, question) in trades.iter().filter(|(other, _)| *other != trade) {
                assert_eq!(ask(question.clone()).0, 200, "{province}: {what} {trade} has closed {other}");
            }
            assert_eq!(ask(("Q08", json!({}))).0, 200, "{province}: {what} {trade} has closed the card's own item");
            behind.order("");
            assert_eq!(ask(question.clone()).0, 200, "{province}: {what} {trade} has not passed");
        }
        let told: Vec<_> = hall.audit().into_iter().filter(|(_, result)| result == "provider_down").collect();
        assert_eq!(told.len(), 24, "one line of the audit a refusal");
    }
}

#[test]
fn an_old_system_that_is_down_takes_the_rest_along() {
    let gone = TcpListener::bind(loopback()).unwrap().local_addr().unwrap();
    let table = Province::parse("a", include_str!("../../../legacy/province-a.toml")).unwrap();
    let hall = Hall::before(Some(Legacy::of(gone, vec![table])));
    let session = hall.session(1);
    assert_eq!(hall.query(&session, "110", "202511", "202610"), (422, json!("provider_down")));
    assert_eq!(hall.ask(&session, "Q08", &json!({}), "zh").0, 200);
    assert_eq!(hall.issue(&session, super::ACT, "202511").0, 200);
    let version = hall.version("Q01");
    let body = json!({"visit": VISIT, "session": session, "item": "Q01", "item_version": version, "inputs": {},
        "language": "en"});
    let (_, bytes) = hall.bytes("t-0301", "/v1/query", &body.to_string());
    let problem: Value = serde_json::from_slice(&bytes).unwrap();
    assert!(problem["route"]["window"].as_str().is_some_and(|window| window.starts_with("Window")), "{problem}");
}

#[test]
fn who_waits_for_the_old_system_holds_the_database() {
    let listener = TcpListener::bind(loopback()).unwrap();
    let table = Province::parse("a", include_str!("../../../legacy/province-a.toml")).unwrap();
    let hall = Hall::before(Some(Legacy::of(listener.local_addr().unwrap(), vec![table])));
    let session = hall.session(1);
    let (waiting, agency) = (session.clone(), std::sync::Arc::clone(&hall.agency));
    let slow = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let slow = Hall { agency, runtime, people: Vec::new() };
        slow.ask(&waiting, "Q01", &json!({}), "zh")
    });
    // The question has come, and is kept waiting.
    let (mut line, _) = listener.accept().unwrap();
    line.read_exact(&mut [0; 6]).unwrap();
    assert_eq!(hall.ask(&session, "Q08", &json!({}), "zh").0, 200);
    // A sign-in that ends meanwhile gets nothing, whatever the old system says.
    let end = |db: &rusqlite::Connection| db.execute("DELETE FROM sign_ins", []);
    hall.agency.store.transact(end).unwrap();
    drop(line);
    assert_eq!(slow.join().unwrap(), (409, json!("signed_out")));
}

#[test]
fn more_wait_for_the_old_system_than_there_is_room_for() {
    let behind = Behind::open("room", "province-a.toml");
    let (hall, session) = (&behind.hall, behind.hall.session(1));
    let room = std::sync::Arc::clone(&hall.agency.legacy.as_ref().unwrap().waiting);
    let all = room.try_acquire_many(u32::try_from(room.available_permits()).unwrap()).unwrap();
    assert_eq!(hall.ask(&session, "Q01", &json!({}), "zh"), (422, json!("busy")));
    drop(all);
    assert_eq!(hall.ask(&session, "Q01", &json!({}), "zh").0, 200);
}

#[test]
fn a_table_is_used_on_a_day_on_which_it_is_not_in_force() {
    let service = Behind::open("day", "province-a.toml");
    let text = include_str!("../../../legacy/province-a.toml");
    let from = |first: &str| text.replace("effective_from = \"2020-01-01\"", &format!("effective_from = \"{first}\""));
    let until = from("2020-01-01\"\neffective_to = \"2026-11-22");
    let [old, next] = [until, from("2026-11-24")].map(|text| Province::parse("a", &text).unwrap());
    assert!(!old.overlaps(&next) && old.overlaps(&old) && next.overlaps(&next));
    let hall = Hall::before(Some(Legacy::of(service.service.address(), vec![old, next])));
    assert_eq!(hall.ask(&hall.session(1), "Q01", &json!({}), "zh"), (422, json!("provider_down")));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("legacy/province-a.toml");
    let twice = Upstream { address: loopback(), provinces: vec![file.clone(), file] };
    assert!(Legacy::open(&twice).err().unwrap().to_string().contains("effective_from"));
}
