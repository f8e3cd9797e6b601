//! Calls as a terminal makes them, without TLS: through the router, with the terminal named as the TLS layer would.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod calls;
mod cases;
mod documents;
mod examples;
mod identity;
mod legacy;
mod opinions;
mod parcels;
mod public;
mod records;

use std::path::Path;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use contract::format::Date;
use contract::message::path;
use serde_json::{Value, json};
use tower::Service as _;

use super::{Agency, Terminal, router};
use crate::clock::Clock;
use crate::legacy::Legacy;
use crate::made_up::MadeUp;
use crate::pdf::Face;
use crate::persona::{Persona, tests::everybody};
use crate::seal::{Algorithm, Seal};
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
        Self::before(None)
    }

    /// With an old system behind it.
    fn before(legacy: Option<Legacy>) -> Self {
        let clock = Clock { fixed: Date::new(2026, 11, 23) };
        let people = everybody();
        let store = Store::in_memory().unwrap();
        let rules = crate::rules::read().unwrap();
        let filled = store.transact(|db| crate::seed::fill(db, &people, &rules, clock.today()));
        filled.map_err(|error| error.to_string()).unwrap();
        let catalogue = crate::catalogue::read().unwrap();
        let face = Face::read(Path::new(crate::FONT_FILE)).unwrap();
        let published = crate::texts::read().unwrap();
        let seal = Seal::in_memory(Algorithm::Ed25519).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let agency = Agency {
            staff: crate::staff::read().unwrap(),
            mandates: crate::mandates::read().unwrap(),
            store,
            clock,
            catalogue,
            made_up: MadeUp::default(),
            rules,
            face,
            orders: None,
            seal,
            published,
            legacy,
            opinions: crate::opinion::read().unwrap(),
            opener: crate::opener::Opener::of(Path::new("no folder")),
        };
        Self { agency: Arc::new(agency), runtime, people }
    }

    fn bytes(&self, terminal: &str, to: &str, body: &str) -> (StatusCode, Vec<u8>) {
        let mut app = router(Arc::clone(&self.agency)).layer(Extension(Terminal(terminal.to_owned())));
        let request = Request::post(to).header("content-type", "application/json");
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.runtime.block_on(async {
            let answer = app.call(request).await.unwrap();
            let whose = if to == path::CATALOGUE && answer.status().is_success() { "no-cache" } else { "no-store" };
            assert_eq!(answer.headers()["cache-control"], whose, "{to}: somebody on the way may keep it");
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
        let proof = json!({"evidence": "card_pin", "card_id": card, "id_number": id, "name": person.name});
        let body = json!({"visit": visit, "terminal": "t-0301", "proof": proof});
        self.call(path::SIGN_IN, &body)
    }

    /// The session of persona `n` (from 1, as in the table), as if their card were good: what a record says does not depend on a card.
    fn session(&self, n: u32) -> Value {
        let session = format!("session of {n}");
        let row = rusqlite::params![session, VISIT, n, "t-0301", crate::clock::unix_seconds()];
        let insert = |db: &rusqlite::Connection| {
            let sql = "INSERT OR REPLACE INTO sign_ins (session, visit, person, terminal, evidence, at) VALUES (?1, ?2, ?3, ?4, 'card_pin', ?5)";
            db.execute(sql, row)
        };
        self.agency.store.transact(insert).unwrap();
        json!(session)
    }

    fn version(&self, item: &str) -> u32 {
        self.agency.catalogue.item(item).unwrap().version
    }

    fn ask(&self, session: &Value, item: &str, inputs: &Value, language: &str) -> (u16, Value) {
        let version = self.version(item);
        self.call(
            path::QUERY,
            &json!({"visit": VISIT, "session": session, "item": item, "item_version": version, "inputs": inputs,
                "language": language}),
        )
    }

    fn query(&self, session: &Value, insurance: &str, from: &str, to: &str) -> (u16, Value) {
        self.ask(session, "Q02", &json!({"insurance": choice(insurance), "period": months(from, to)}), "zh")
    }

    fn issue_item(&self, session: &Value, act: &str, item: &str, inputs: &Value) -> (u16, Value) {
        let version = self.version(item);
        self.call(
            path::ISSUE,
            &json!({"visit": VISIT, "session": session, "act": act, "item": item, "item_version": version,
                "inputs": inputs}),
        )
    }

    fn issue(&self, session: &Value, act: &str, from: &str) -> (u16, Value) {
        self.issue_item(session, act, "P01", &json!({"period": months(from, "202610")}))
    }

    fn audit(&self) -> Vec<(String, String)> {
        let read = |db: &rusqlite::Connection| -> Result<Vec<_>, rusqlite::Error> {
            let mut statement = db.prepare("SELECT what, result FROM audit ORDER BY seq")?;
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        self.agency.store.transact(read).unwrap()
    }
}

/// An option that was chosen, or a text that was typed.
fn choice(value: &str) -> Value {
    json!({"type": "text", "value": value})
}

/// A span of months.
fn months(from: &str, to: &str) -> Value {
    json!({"type": "month-range", "value": {"from": from, "to": to}})
}

/// The value of the row with this label, of a result without headings.
fn value_of(result: &Value, label: &str) -> Value {
    let rows = result["rows"].as_array().unwrap().iter();
    let mut found = rows.filter(|row| row["cells"][0]["value"] == label);
    found.next().unwrap_or_else(|| panic!("no row {label} in {result:#}"))["cells"][1]["value"].clone()
}
