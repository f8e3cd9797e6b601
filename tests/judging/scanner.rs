//! Judge: every case of `scanner.json`.

use hal::scanner::model::{GM65_SAVE, GM65_TRIGGER, HONEYWELL_TRIGGER, newland_set};
use hal::scanner::stream::{BadCode, Collector, Config, Encoding, Suffix};
use serde_json::{Value as Json, json};

use super::{Found, bytes, hex, number, text};

#[test]
fn a_code_is_cut_or_decoded_wrong() {
    super::judge(&super::file("scanner.json"), &[], |case| {
        let input = &case["input"];
        match text(&case["kind"]) {
            "stream" => stream(input),
            "command" => command(input),
            other => panic!("unknown kind {other}"),
        }
    });
}

fn command(input: &Json) -> Found {
    let bytes = match text(&input["op"]) {
        "gm65_trigger" => GM65_TRIGGER.to_vec(),
        "gm65_save" => GM65_SAVE.to_vec(),
        "honeywell_trigger" => HONEYWELL_TRIGGER.to_vec(),
        "newland_set" => newland_set(text(&input["prefix"]).chars().next().unwrap(), text(&input["tag_sub_data"])),
        other => panic!("unknown operation {other}"),
    };
    Ok(json!({ "hex": hex(&bytes) }))
}

fn stream(input: &Json) -> Found {
    let config = &input["config"];
    let mut collector = Collector::new(Config {
        suffix: match text(&config["suffix"]) {
            "CR" => Suffix::Cr,
            "LF" => Suffix::Lf,
            "CRLF" => Suffix::CrLf,
            "any" => Suffix::Any,
            "none" => Suffix::None,
            other => panic!("unknown suffix {other}"),
        },
        encoding: match text(&config["encoding"]) {
            "utf8" => Encoding::Utf8,
            "gbk" => Encoding::Gbk,
            "auto" => Encoding::Auto,
            other => panic!("unknown encoding {other}"),
        },
        idle_ms: number(&config["idle_ms"]),
        max_bytes: usize::try_from(number(&config["max_len"])).unwrap(),
    });
    let mut codes = Vec::new();
    for event in input["events"].as_array().unwrap() {
        codes.extend(collector.feed(&bytes(&event["hex"]), number(&event["t_ms"])));
    }
    codes.extend(collector.idle(number(&input["end_ms"])));
    let results: Vec<_> = codes
        .into_iter()
        .map(|code| match code {
            Ok(code) => json!({ "text": code.reveal() }),
            Err(BadCode::Oversize) => json!({ "error": "oversize" }),
            Err(BadCode::Undecodable) => json!({ "error": "undecodable" }),
            Err(BadCode::ControlBytes) => json!({ "error": "control_bytes" }),
        })
        .collect();
    Ok(json!({ "results": results }))
}
