//! The golden vectors judge codecs and procedures. They were written from the specifications, apart from the code.
//!
//! `VECTORS_DIR` names another folder of the same schema. Every case is judged: an unknown kind or operation fails the run, and a
//! convention that was decided otherwise is listed by id with its reason.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod escpos;
mod scanner;
mod sdt;
mod ssc_card;

use std::path::PathBuf;

use serde_json::Value as Json;

/// What the code made of a case: its finding, or the short name of its refusal.
type Found = Result<Json, &'static str>;

/// Judges a whole file. `otherwise`: id and reason of each convention that was decided otherwise.
fn judge(file: &str, otherwise: &[(&str, &str)], find: impl Fn(&Json) -> Found) {
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors"));
    let folder = std::env::var_os("VECTORS_DIR").map_or(own, PathBuf::from);
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let all: Json = serde_json::from_str(&text).unwrap();
    let cases = all["cases"].as_array().unwrap();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for case in cases {
        let id = self::text(&case["id"]);
        if otherwise.iter().any(|(decided, _)| *decided == id) {
            assert_eq!(case["basis"], "convention", "{id} is no convention: it cannot be decided otherwise");
            continue;
        }
        judged += 1;
        wrong.extend(compare(case, &find(case)).err().map(|why| format!("{id}: {why}")));
    }
    assert!(wrong.is_empty(), "{} of {judged} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(judged > 0, "{} holds no cases", path.display());
    println!("{}: {judged} cases judged", path.display());
}

fn compare(case: &Json, found: &Found) -> Result<(), String> {
    let also = case["also_accept"].as_array();
    let accepted = |value: &Json| also.is_some_and(|list| list.contains(value));
    match (found, case.get("expect"), case.get("expect_error")) {
        (Ok(found), Some(expect), None) => expect.as_object().unwrap().iter().try_for_each(|(field, wanted)| {
            let got = &found[field];
            let in_other_words = expect.get("alt").and_then(Json::as_array).is_some_and(|list| list.contains(got));
            if matches!(field.as_str(), "alt" | "accept") || in_other_words || accepted(got) {
                Ok(())
            } else {
                same(field, got, wanted)
            }
        }),
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
