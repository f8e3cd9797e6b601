//! Judge: every case of `fields.json`, the one list for the kiosk's and the agency's checks.

use std::collections::BTreeMap;

use contract::field::{Defect, Field, FieldError, FieldType, Value, check_form, check_received, to_send};
use contract::format::Date;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::{Found, text};

#[test]
fn a_field_takes_what_is_wrong_or_refuses_what_is_right() {
    // The list is the contract's own: another folder of golden vectors has none.
    super::judge(&super::read(&super::own_folder().join("fields.json")), &[], |case| {
        let input = &case["input"];
        match text(&case["kind"]) {
            "field" => field(&read(&input["type"]), text(&input["text"]), day(input)),
            "form" => form(&read::<Vec<Field>>(&input["fields"]), &read(&input["entered"]), day(input)),
            "received" => received(&read::<Vec<Field>>(&input["fields"]), &read(&input["values"]), day(input)),
            "definition" => definition(&input["type"]),
            other => panic!("unknown kind {other}"),
        }
    });
}

fn read<T: DeserializeOwned>(json: &Json) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn day(input: &Json) -> Date {
    read(&input["today"])
}

/// What is right stays right on its way: as text, and at the agency.
fn field(kind: &FieldType, text: &str, today: Date) -> Found {
    assert!(kind.check(&kind.example(), today).is_ok(), "the example {:?} of {kind:?} is wrong", kind.example());
    let value = kind.check(text, today).map_err(FieldError::as_str)?;
    let shown = json!(value);
    assert!(read::<Value>(&shown) == value, "{shown} is read otherwise");
    if kind.leaves_the_kiosk() {
        assert!(kind.check(&value.to_text(), today).as_ref() == Ok(&value), "{shown} does not give itself again");
        assert_eq!(check_received(&[alone(kind)], &BTreeMap::from([("alone".to_owned(), value)]), today), Ok(()));
    }
    Ok(json!({ "value": shown }))
}

fn alone(kind: &FieldType) -> Field {
    read(&json!({ "id": "alone", "label": { "zh": "某项" }, "kind": kind }))
}

fn form(fields: &[Field], entered: &BTreeMap<String, String>, today: Date) -> Found {
    let checked = check_form(fields, entered, today);
    if let Ok(values) = &checked {
        assert_eq!(check_received(fields, &to_send(values.clone()), today), Ok(()), "the agency sees it otherwise");
    }
    Ok(checked.map_or_else(|defects| told(&defects), |values| json!({ "values": values })))
}

fn received(fields: &[Field], values: &BTreeMap<String, Value>, today: Date) -> Found {
    Ok(check_received(fields, values, today).map_or_else(|defects| told(&defects), |()| json!({ "right": true })))
}

fn told(defects: &[Defect]) -> Json {
    json!({ "defects": defects })
}

fn definition(kind: &Json) -> Found {
    let read: FieldType = serde_json::from_value(kind.clone()).map_err(|_| "refused")?;
    Ok(json!({ "type": json!(read)["type"] }))
}
