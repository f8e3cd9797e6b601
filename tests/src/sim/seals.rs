//! What was held before the scanner: signed texts of documents, from the golden vectors (`tests/vectors/seals.json`), and the keys that a
//! terminal accepts.

use std::sync::LazyLock;

use contract::site::DocumentKey;
use serde::Deserialize;

/// The vectors.
#[derive(Deserialize)]
struct Vectors {
    /// Keys that the terminal accepts.
    keys: Vec<DocumentKey>,
    cases: Vec<Case>,
}

/// A text, and what a terminal may say of it.
#[derive(Deserialize)]
struct Case {
    id: String,
    text: String,
    verdict: String,
}

static VECTORS: LazyLock<Option<Vectors>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../vectors/seals.json")).ok());

fn case(id: &str) -> Option<&'static Case> {
    VECTORS.as_ref()?.cases.iter().find(|case| case.id == id)
}

/// The keys that every simulated terminal accepts.
#[must_use]
pub fn keys() -> Vec<DocumentKey> {
    VECTORS.as_ref().map(|vectors| vectors.keys.clone()).unwrap_or_default()
}

/// The text of that case; empty for none of that name.
#[must_use]
pub fn seal(id: &str) -> String {
    case(id).map(|case| case.text.clone()).unwrap_or_default()
}

/// Every case and its verdict: `signed`, `wrong`, `unknown_key` or `no_seal`.
#[must_use]
pub fn verdicts() -> Vec<(&'static str, &'static str, &'static str)> {
    let cases = VECTORS.iter().flat_map(|vectors| &vectors.cases);
    cases.map(|case| (case.id.as_str(), case.text.as_str(), case.verdict.as_str())).collect()
}
