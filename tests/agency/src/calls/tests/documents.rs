//! Each document with somebody for whom it is right and somebody whom its own rule refuses; snapshots; what the QR code says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::process::Command;

use axum::http::StatusCode;
use contract::message::{content_digest, path, subject_digest};
use serde_json::{Value, json};

use super::{ACT, Hall, VISIT, choice, months};

/// The act of another printing.
fn act(n: usize) -> String {
    format!("t-0301-5f3a9c21-{n}")
}

#[test]
fn the_same_act_issues_two_certificates() {
    let hall = Hall::open();
    let session = hall.sign_in(3, VISIT).1["session"].clone();
    let (status, first) = hall.issue(&session, ACT, "202511");
    assert_eq!((status, &first["valid_until"], &first["sheets"]), (200, &json!("2027-02-23"), &json!(1)));
    assert_eq!(hall.issue(&session, ACT, "202511"), (200, first.clone()));
    assert_eq!(hall.issue(&session, ACT, "202311"), (409, json!("act_conflict")));
    let fetch = json!({"visit": VISIT, "session": session, "act": ACT}).to_string();
    let (_, pdf) = hall.bytes("t-0301", path::FETCH, &fetch);
    assert!(pdf.starts_with(b"%PDF-") && first["size_bytes"] == pdf.len());
    assert_eq!(first["digest"], content_digest(&pdf));
    let unknown = fetch.replace("-42", "-43");
    assert_eq!(hall.bytes("t-0301", path::FETCH, &unknown).0, StatusCode::NOT_FOUND);
}

#[test]
fn a_reprint_on_the_same_day_gets_another_code() {
    let hall = Hall::open();
    let session = hall.session(4);
    let (_, first) = hall.issue(&session, &act(1), "202511");
    assert_eq!(hall.issue(&session, &act(2), "202511"), (200, first.clone()));
    let (_, longer) = hall.issue(&session, &act(3), "202311");
    let (_, somebody_elses) = hall.issue(&hall.session(9), &act(4), "202511");
    let codes = [&first, &longer, &somebody_elses].map(|issued| issued["verification_code"].as_str().unwrap());
    assert!(codes[0] != codes[1] && codes[0] != codes[2] && codes[1] != codes[2]);
    assert_eq!(hall.issue(&hall.session(9), &act(1), "202511"), (409, json!("act_conflict")));
}

#[test]
fn a_document_is_issued_to_somebody_who_may_not_have_it() {
    let hall = Hall::open();
    let year = |year| json!({"year": choice(year)});
    let kind = |kind| json!({"kind": choice(kind)});
    let region = |code| json!({"region": choice(code)});
    let list = |from, to| json!({"insurance": choice("410"), "period": months(from, to)});
    let (fine, unwell) = (None, Some);
    for (n, (persona, item, inputs, refused)) in [
        (1, "P01", json!({"period": months("202311", "202610")}), fine),
        (3, "P01", json!({"period": months("202511", "202610")}), unwell("no_records")),
        (1, "P02", list("202311", "202610"), fine),
        (2, "P02", list("202311", "202610"), unwell("no_records")),
        (1, "P03", year("2025"), fine),
        (10, "P03", year("2023"), fine),
        (12, "P03", year("2025"), unwell("no_closed_year")),
        (7, "P03", year("2025"), unwell("no_records")),
        (7, "P04", kind("assessment"), fine),
        (10, "P04", kind("payment"), fine),
        (1, "P04", kind("payment"), unwell("no_assessment")),
        (3, "P05", region("330106"), fine),
        (6, "P05", region("330106"), fine),
        (3, "P05", region("190001"), unwell("not_eligible")),
        (1, "P05", region("330106"), unwell("arrears")),
        (2, "P05", region("330106"), unwell("not_eligible")),
        (10, "P05", region("330106"), unwell("not_eligible")),
        (11, "P05", region("330106"), unwell("civil_service")),
    ]
    .into_iter()
    .enumerate()
    {
        let session = hall.session(persona);
        let (status, answer) = hall.issue_item(&session, &act(n), item, &inputs);
        let found = (status != 200).then(|| answer.as_str().unwrap());
        assert_eq!(found, refused, "{item} of persona {persona}");
        if found.is_none() {
            keep(&hall, &session, &act(n), &format!("{item}-{persona}"));
        }
    }
}

/// Leaves the document where somebody can look at it, if a folder is named.
fn keep(hall: &Hall, session: &Value, act: &str, name: &str) {
    let fetch = json!({"visit": VISIT, "session": session, "act": act}).to_string();
    let (status, pdf) = hall.bytes("t-0301", path::FETCH, &fetch);
    assert_eq!(status, StatusCode::OK, "{name}");
    if let Some(folder) = std::env::var_os("DOCUMENTS") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.pdf")), pdf).unwrap();
    }
}

#[test]
fn thirty_six_months_are_cut_off_at_the_foot() {
    let hall = Hall::open();
    let (_, issued) = hall.issue(&hall.session(1), ACT, "202311");
    assert_eq!(issued["sheets"], 2);
}

#[test]
fn the_signature_on_a_document_is_somebody_elses() {
    let hall = Hall::open();
    let session = hall.session(1);
    let (_, issued) = hall.issue(&session, ACT, "202511");
    let fetch = json!({"visit": VISIT, "session": session, "act": ACT}).to_string();
    let said = read_qr(&hall.bytes("t-0301", path::FETCH, &fetch).1);
    let sealed = crate::seal::verify(&said, &[hall.agency.seal.public_key()]).unwrap();
    let code = issued["verification_code"].as_str().unwrap();
    assert_eq!((sealed.code.as_str(), sealed.issued), (code, hall.agency.clock.today()));
    assert_eq!(sealed.valid_until.to_string(), issued["valid_until"].as_str().unwrap());
    assert_eq!(sealed.subject, subject_digest(code, &hall.people[0].id_number));
}

/// What the QR code on a document says, by poppler (which draws it) and zbar (which reads it): neither is ours.
fn read_qr(pdf: &[u8]) -> String {
    let stem = std::env::temp_dir().join(format!("document-{}", std::process::id()));
    let (sheet, picture) = (stem.with_extension("pdf"), stem.with_extension("png"));
    std::fs::write(&sheet, pdf).unwrap();
    let drawn = Command::new("pdftoppm").args(["-r", "200", "-png", "-singlefile"]).arg(&sheet).arg(&stem).status();
    assert!(drawn.unwrap().success());
    let said = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(&picture).output().unwrap();
    for file in [sheet, picture] {
        std::fs::remove_file(file).unwrap();
    }
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}
