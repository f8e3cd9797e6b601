//! Parcels that nobody opens here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::message::{content_digest, path};
use serde_json::{Value, json};

use super::Hall;
use crate::opener;

#[test]
fn what_is_the_auditors_is_opened_here_or_taken_unsealed() {
    let hall = Hall::open();
    let sealed = b"nobody here has the key to this";
    let parcel = |algorithm: &str, content: &[u8]| {
        json!({"terminal": "t-0301", "kind": "audit_lines", "key": "0badcafe-1-150-5f3a9c21", "algorithm": algorithm,
               "content": STANDARD.encode(content)})
    };
    let hand_over = |algorithm: &str, content: &[u8]| hall.call(path::PARCELS, &parcel(algorithm, content));
    assert_eq!(hand_over("ed25519", sealed), (400, json!("bad_request")));
    let (status, kept) = hand_over(opener::ALGORITHM, sealed);
    assert_eq!((status, &kept["digest"], &kept["refused"]), (200, &json!(content_digest(sealed)), &Value::Null));
    assert_eq!(hand_over(opener::ALGORITHM, sealed), (200, kept), "the same parcel is another the second time");
    assert_eq!(hand_over(opener::ALGORITHM, b"something else").1, json!("key_reused"));
}
