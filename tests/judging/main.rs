//! The golden vectors judge codecs and procedures. They were written from the specifications, apart from the code.
//!
//! `VECTORS_DIR` names another folder of the same schema. Every case is judged: an unknown kind or operation fails the run, and a
//! convention that was decided otherwise is listed by id with its reason.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod escpos;
mod fields;
mod formats;
mod rules;
mod scanner;
mod sdt;
mod ssc_card;

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// What the code made of a case: its finding, or the short name of its refusal.
type Found = Result<Json, &'static str>;

fn own_folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors"))
}

fn read(path: &Path) -> Json {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    println!("{}", path.display());
    serde_json::from_str(&text).unwrap()
}

/// A file of the folder in force, whole.
fn file(name: &str) -> Json {
    read(&std::env::var_os("VECTORS_DIR").map_or_else(own_folder, PathBuf::from).join(name))
}

/// Judges a whole file. `otherwise`: id and reason of each convention that was decided otherwise.
fn judge(file: &Json, otherwise: &[(&str, &str)], find: impl Fn(&Json) -> Found) {
    let cases = file["cases"].as_array().unwrap();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for case in cases {
        let id = text(&case["id"]);
        if otherwise.iter().any(|(decided, _)| *decided == id) {
            assert_eq!(case["basis"], "convention", "{id} is no convention: it cannot be decided otherwise");
            continue;
        }
        judged += 1;
        wrong.extend(compare(case, &find(case)).err().map(|why| format!("{id}: {why}")));
    }
    assert!(wrong.is_empty(), "{} of {judged} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(judged > 0, "{file} holds no cases");
    println!("{file}: {judged} cases judged");
}

fn compare(case: &Json, found: &Found) -> Result<(), String> {
    let also = case["also_accept"].as_array();
    let accepted = |value: &Json| also.is_some_and(|list| list.contains(value));
    match (found, case.get("expect"), case.get("expect_error")) {
        (Ok(found), Some(expect), None) => {
            let listed = |got: &Json, list: &Json| list.as_array().is_some_and(|list| list.contains(got));
            expect.as_object().unwrap().iter().try_for_each(|(field, wanted)| {
                let got = &found[field];
                match field.as_str() {
                    "alt" => Ok(()),
                    // Whatever it is called, one of what was found must stand in the list.
                    "accept" if found.as_object().unwrap().values().any(|got| listed(got, wanted)) => Ok(()),
                    "accept" => Err(format!("{found} is none of {wanted}")),
                    _ if listed(got, &expect["alt"]) || accepted(got) => Ok(()),
                    _ => same(field, got, wanted),
                }
            })
        }
        (Err(error), None, Some(wanted)) => {
            let got = Json::from(*error);
            if got == *wanted || accepted(&got) { Ok(()) } else { Err(format!("refused with {got}, not {wanted}")) }
        }
        (Ok(found), ..) => Err(format!("accepted as {found}")),
        (Err(error), ..) => Err(format!("refused: {error}")),
    }
}

/// Every field that is given is compared; those that are not are not judged.
fn same(name: &str, got: &Json, wanted: &Json) -> Result<(), String> {
    match (got, wanted) {
        (Json::Array(got), Json::Array(wanted)) if got.len() == wanted.len() => {
            got.iter().zip(wanted).try_for_each(|(got, wanted)| same(name, got, wanted))
        }
        (Json::Object(got), Json::Object(wanted)) => {
            let also = wanted.get("also_accept").and_then(Json::as_array);
            wanted.iter().filter(|(field, _)| *field != "also_accept").try_for_each(|(field, value)| {
                let found = got.get(field).unwrap_or(&Json::Null);
                if also.is_some_and(|list| list.contains(found)) { Ok(()) } else { same(field, found, value) }
            })
        }
        (got, wanted) if got == wanted => Ok(()),
        (got, wanted) => Err(format!("{name} is {got}, not {wanted}")),
    }
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap()
}

fn number(value: &Json) -> u64 {
    value.as_u64().unwrap()
}

fn bytes(value: &Json) -> Vec<u8> {
    let digits: Vec<u8> = text(value).chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The XOR of all bytes, as the vectors write it.
fn xor(bytes: &[u8]) -> String {
    format!("{:02X}", bytes.iter().fold(0, |sum, byte| sum ^ byte))
}
