//! Parcels that nobody opens here, and those that nobody could open.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::message::{content_digest, path};
use serde_json::{Value, json};

use super::Hall;
use crate::opener::{self, Opener};

#[test]
fn what_is_the_auditors_is_opened_here_or_taken_unsealed() {
    let hall = Hall::open();
    let sealed = b"nobody here has the key to this";
    let parcel = |algorithm: &str, content: &[u8]| {
        json!({"terminal": "t-0301", "kind": "audit_lines", "key": "0badcafe-1-150-5f3a9c21", "algorithm": algorithm,
               "recipient": content_digest(b"age1 of the auditor"), "content": STANDARD.encode(content)})
    };
    let hand_over = |algorithm: &str, content: &[u8]| hall.call(path::PARCELS, &parcel(algorithm, content));
    assert_eq!(hand_over("ed25519", sealed), (400, json!("bad_request")));
    let (status, kept) = hand_over(opener::ALGORITHM, sealed);
    assert_eq!((status, &kept["digest"], &kept["refused"]), (200, &json!(content_digest(sealed)), &Value::Null));
    assert_eq!(hand_over(opener::ALGORITHM, sealed), (200, kept), "the same parcel is another the second time");
    assert_eq!(hand_over(opener::ALGORITHM, b"something else").1, json!("key_reused"));
}

#[test]
fn what_is_sealed_to_a_retired_key_is_kept_and_opened_by_nobody() {
    let folders =
        ["new", "old"].map(|name| std::env::temp_dir().join(format!("parcels-{name}-{}", std::process::id())));
    for folder in &folders {
        let _from_last_time = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).unwrap();
        opener::make(folder).unwrap();
    }
    let [new, old] = &folders;
    let mut hall = Hall::open();
    Arc::get_mut(&mut hall.agency).unwrap().opener = Opener::of(new);
    let named = |folder: &Path| json!(content_digest(opener::public(folder).unwrap().as_bytes()));
    let hand_over = |kind: &str, recipient: Value| {
        let key = if ["archive", "case"].contains(&kind) { "t-0301-0badcafe-1" } else { "13304390" };
        let parcel = json!({"terminal": "t-0301", "kind": kind, "key": key, "algorithm": opener::ALGORITHM,
                            "recipient": recipient, "content": STANDARD.encode(b"sealed")});
        hall.call(path::PARCELS, &parcel)
    };
    let kept = || {
        hall.agency.store.transact(|db| db.query_row("SELECT count(*) FROM parcels", [], |row| row.get::<_, i64>(0)))
    };
    for kind in ["archive", "case", "draft", "evaluation", "answers"] {
        assert_eq!(hand_over(kind, named(old)), (400, json!("bad_request")), "{kind}");
        assert_eq!(hand_over(kind, Value::Null), (400, json!("bad_request")), "{kind}");
    }
    assert_eq!(kept(), Ok(0));
    assert_eq!(hand_over("archive", named(new)).0, 200);
    // During a change both are here.
    let both = [new, old].map(|folder| std::fs::read_to_string(folder.join("seal.key")).unwrap());
    std::fs::write(new.join("seal.key"), both.concat()).unwrap();
    assert_eq!(hand_over("draft", named(old)).0, 200);
    assert_eq!(kept(), Ok(2));
    folders.iter().for_each(|folder| std::fs::remove_dir_all(folder).unwrap());
}
