//! Judges the formats by the golden vectors (tests/vectors/formats.json). Never part of a product build.
//! An unknown kind, a skipped id that no longer exists and an empty file all fail.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value;

use super::*;

/// Kinds of the vectors that no code of this product reads or writes yet.
const NOT_BUILT_YET: [&str; 5] = ["uscc", "cny_upper", "pin_policy", "item_code", "case_code"];

/// Cases that rest on an unverified convention and are decided otherwise here, with the reason.
const SKIPPED: [(&str, &str); 3] = [
    ("fmt-extract-001", "a 15-digit number is never turned into an 18-digit one: only the police may say who that is"),
    ("fmt-mask-016", "no item shows a bank account yet"),
    ("fmt-mask-017", "no item shows a bank account yet"),
];

#[test]
fn a_format_is_read_or_shown_otherwise_than_specified() {
    let vectors: Value = serde_json::from_str(include_str!("../../../../tests/vectors/formats.json")).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    for (id, _) in SKIPPED {
        assert!(cases.iter().any(|case| case["id"] == id && case["basis"] == "convention"), "{id} may not be skipped");
    }
    let judged: Vec<_> = cases.iter().filter(|case| due(case)).collect();
    assert!(judged.len() > 80, "only {} cases judged", judged.len());
    let wrong: Vec<_> = judged.into_iter().filter_map(|case| judge(case).err()).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn due(case: &Value) -> bool {
    let not_built = NOT_BUILT_YET.iter().any(|kind| case["kind"] == *kind);
    !not_built && !SKIPPED.iter().any(|(id, _)| case["id"] == *id)
}

fn judge(case: &Value) -> Result<(), String> {
    let input = &case["input"];
    let got = match case["kind"].as_str().unwrap() {
        "citizen_id" | "extract" => identity(text(input, "text"), text(input, "context")),
        "period" => Period::parse(text(input, "text"))
            .map(|period| serde_json::json!({ "year": period.year(), "month": period.month() }))
            .map_err(|error| format!("{error:?}")),
        "period_range" => {
            let [first, last, now] = ["start", "end", "now"].map(|key| Period::parse(text(input, key)).unwrap());
            Period::check_range(first, last, now)
                .map(|months| serde_json::json!({ "months": months, "pages": months.div_ceil(36) }))
                .map_err(|error| format!("{error:?}"))
        }
        "date_display" => Ok(serde_json::json!({ "text": Date::parse_iso(text(input, "date")).unwrap().long_zh() })),
        "mask" => Ok(serde_json::json!({ "text": mask(text(input, "what"), text(input, "text")) })),
        unknown => panic!("nobody judges the kind {unknown}"),
    };
    let right = match &got {
        Ok(got) => case.get("expect").is_some_and(|expect| agrees(got, expect)),
        Err(error) => refuses(error, case),
    };
    if right { Ok(()) } else { Err(format!("{}: {got:?}", case["id"])) }
}

fn text<'a>(input: &'a Value, key: &str) -> &'a str {
    input[key].as_str().unwrap_or("sign_in")
}

/// Every field expected is there and equal; `accept` lists several right texts.
fn agrees(got: &Value, expect: &Value) -> bool {
    expect.as_object().unwrap().iter().all(|(key, value)| match key.as_str() {
        "accept" => value.as_array().unwrap().contains(&got["text"]),
        _ => &got[key] == value,
    })
}

fn refuses(error: &str, case: &Value) -> bool {
    let short = match error {
        "ArchiveOnly" => "archive_only".to_owned(),
        one_word => one_word.to_ascii_lowercase(),
    };
    let others = case["also_accept"].as_array();
    case["expect_error"] == *short
        || (case.get("expect_error").is_some() && others.is_some_and(|all| all.iter().any(|one| *one == *short)))
}

fn identity(text: &str, context: &str) -> Result<Value, String> {
    let today = Date::new(2026, 11, 23).unwrap();
    let id = Identity::parse(text, today, context == "archive").map_err(|error| format!("{error:?}"))?;
    let kind = match id.kind {
        IdKind::Citizen18 => "citizen18",
        IdKind::HmtPermit18 => "hmt_permit18",
        IdKind::ForeignPr18 => "foreign_pr18",
        IdKind::ForeignPr15 => "foreign_pr15",
        IdKind::Archive15 => "archive15",
    };
    // Nothing in the product asks for these places of a number; the judge reads them to see that they are left as they were.
    let foreign = id.kind == IdKind::ForeignPr18;
    Ok(serde_json::json!({
        "province": id.normalized.get(1..3).filter(|_| foreign),
        "nationality": id.normalized.get(3..6).filter(|_| foreign),
        "type": kind,
        "normalized": id.normalized,
        "birth": id.birth.map(|birth| birth.to_string()),
        "sex": id.male.map(|male| if male { "male" } else { "female" }),
        "region": id.normalized.get(..6),
    }))
}

fn mask(what: &str, text: &str) -> String {
    match what {
        "name" => mask_name(text),
        "id_shared" => mask_id_shared(text),
        "id_own" => mask_id_own(text),
        "phone" => mask_phone(text),
        unknown => panic!("nobody masks {unknown}"),
    }
}
