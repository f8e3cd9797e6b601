//! Reads a catalogue from a file, for `kiosk check-catalogue`: an agency checks what it is about to publish with the terminal's own eyes.
//! JSON, as it goes over the wire. Each item is read for itself, so that one mistake does not hide the next.

use contract::catalogue::{Catalogue, EvaluationForm, Finding, Group, Item, check};
use serde::Deserialize;
use serde_json::Value;

/// Everything that is wrong with a catalogue in JSON.
///
/// # Errors
/// Every finding: item, field, what is wrong, what would be right.
pub fn read(text: &str) -> Result<Catalogue, Vec<Finding>> {
    let whole: Value = serde_json::from_str(text).map_err(|error| vec![unread("", &error, "write JSON")])?;
    let mut findings = Vec::new();
    let version = whole.get("version").and_then(Value::as_str).unwrap_or_default().to_owned();
    let groups: Vec<Group> = parts(&whole, "groups", &mut findings);
    let items: Vec<Item> = parts(&whole, "items", &mut findings);
    let form = whole.get("evaluation").filter(|form| !form.is_null()).map(EvaluationForm::deserialize);
    let evaluation = form.transpose().unwrap_or_else(|error| {
        findings.push(unread("evaluation", &error, "follow deploy/agency/openapi.json"));
        None
    });
    let catalogue = Catalogue { version, groups, items, evaluation };
    findings.extend(check(&catalogue));
    if findings.is_empty() { Ok(catalogue) } else { Err(findings) }
}

fn parts<T: serde::de::DeserializeOwned>(whole: &Value, name: &str, findings: &mut Vec<Finding>) -> Vec<T> {
    let Some(list) = whole.get(name).and_then(Value::as_array) else {
        findings.push(Finding {
            item: String::new(),
            field: name.to_owned(),
            wrong: "is missing or is no list".to_owned(),
            fix: "write a list, as deploy/agency/openapi.json says".to_owned(),
        });
        return Vec::new();
    };
    let read = |part: &Value| {
        let id = part.get("id").and_then(Value::as_str).unwrap_or(name);
        T::deserialize(part).map_err(|error| unread(id, &error, "follow deploy/agency/openapi.json"))
    };
    let (good, bad): (Vec<_>, Vec<_>) = list.iter().map(read).partition(Result::is_ok);
    findings.extend(bad.into_iter().filter_map(Result::err));
    good.into_iter().filter_map(Result::ok).collect()
}

/// The reader's own words name the field.
fn unread(item: &str, error: &serde_json::Error, fix: &str) -> Finding {
    Finding { item: item.to_owned(), field: "shape".to_owned(), wrong: error.to_string(), fix: fix.to_owned() }
}
