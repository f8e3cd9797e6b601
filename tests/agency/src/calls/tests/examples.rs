//! The examples of the published contract, played one after the other against the agency: an example that is refused teaches nobody.

use std::collections::BTreeMap;

use contract::catalogue::{Catalogue, check};
use contract::format::{from_hex, hex};
use contract::message::path;
use serde_json::{Value, json};

use super::Hall;
use crate::openapi::{Example, examples};

/// In this order each has what it needs: a sign-in before a query, a case before its withdrawal.
const CALLS: [&str; 22] = [
    path::CATALOGUE,
    path::CARD_AUTHORITY,
    path::SEND_CODE,
    path::SIGN_IN,
    path::WITNESS_CHALLENGE,
    path::WITNESS,
    path::QUERY,
    path::ISSUE,
    path::FETCH,
    path::ACTS,
    path::PREFILL,
    path::FILE,
    path::FIND,
    path::WITHDRAW,
    path::EVALUATE,
    path::QUESTIONNAIRES,
    path::SEARCH_TEXTS,
    path::READ_TEXT,
    path::QUESTIONS,
    path::PARCELS,
    path::BULLETIN,
    path::CALENDAR,
];

/// What is another at each run.
const DRAWN: [&str; 9] =
    ["session", "verification_code", "digest", "size_bytes", "result", "raw", "pick_up", "challenge", "token"];

fn play() -> BTreeMap<String, Example> {
    let (hall, mut session, mut token, mut played) = (Hall::open(), Value::Null, Value::Null, BTreeMap::new());
    for path in CALLS {
        let example = examples().remove(path).unwrap_or_else(|| panic!("{path} has no example"));
        let mut asked = example.request.clone();
        if asked.get("session").is_some() {
            asked["session"] = session.clone();
        }
        if path == path::WITNESS {
            asked["signature"] = json!(signed(&asked, &played));
        }
        if path == path::QUESTIONNAIRES {
            asked["token"] = token.clone();
        }
        let key = [path::FILE, path::QUESTIONS].contains(&path).then_some("t-0301-5f3a9c21-42");
        let response = if path == path::FETCH {
            assert!(hall.bytes("t-0301", path, &asked.to_string()).0.is_success());
            None
        } else {
            let (status, answer) = hall.post("t-0301", path, key, &asked);
            assert_eq!(status, 200, "{path}: {answer}");
            Some(answer)
        };
        if path == path::SIGN_IN {
            session = response.as_ref().unwrap()["session"].clone();
        }
        if path == path::EVALUATE {
            token = response.as_ref().unwrap()["questionnaire"]["token"].clone();
        }
        played.insert(path.to_owned(), Example { response: response.map(|answer| short(path, answer)), ..example });
    }
    played
}

/// What the staff card of the request says to the challenge before.
fn signed(asked: &Value, played: &BTreeMap<String, Example>) -> String {
    let answer = played[path::WITNESS_CHALLENGE].response.as_ref().unwrap();
    let challenge = from_hex(answer["challenge"].as_str().unwrap()).unwrap();
    hex(&crate::staff::sign(asked["staff"].as_str().unwrap(), &challenge).unwrap())
}

/// Of the catalogue one item and its group, of the bulletin the newest entry.
fn short(path: &str, mut answer: Value) -> Value {
    for list in ["groups", "items", "entries"] {
        if let Some(list) = answer.get_mut(list).and_then(Value::as_array_mut) {
            list.truncate(1);
        }
    }
    if path == path::CATALOGUE {
        assert_eq!(check(&serde_json::from_value::<Catalogue>(answer.clone()).unwrap()), []);
    }
    answer
}

fn blank(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if DRAWN.contains(&name.as_str()) && !value.is_object() { *value = json!(null) } else { blank(value) }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(blank),
        _ => {}
    }
}

#[test]
fn an_example_of_the_contract_is_refused_or_answered_otherwise() {
    let mut played = play();
    if std::env::var_os("UPDATE").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples.json");
        std::fs::write(file, format!("{}\n", serde_json::to_string_pretty(&played).unwrap())).unwrap();
        return;
    }
    let mut written = examples();
    for (path, example) in &mut played {
        let published = written.get_mut(path).unwrap();
        for response in [&mut example.response, &mut published.response].into_iter().flatten() {
            blank(response);
            if path == path::QUESTIONS {
                response["number"] = json!(null);
            }
        }
        assert_eq!(published, example, "{path}: UPDATE=1 writes examples.json anew; build twice");
    }
    assert_eq!(written.len(), CALLS.len());
}
