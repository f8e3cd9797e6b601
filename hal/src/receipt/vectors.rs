//! Judges the pure parts with the golden vectors, written apart from this code.

use serde_json::Value;

use super::gb18030::{Charset, encode, in_kanji_mode};
use super::raster::header;
use super::status::{Flags, GS_R_1, NotStatus, dle_eot, parse_asb, parse_dle_eot};
use super::{Status, gb18030};

const VECTORS: &str = include_str!("../../../tests/vectors/escpos.json");

/// Conventions decided otherwise, by name.
const DECIDED_OTHERWISE: &[&str] = &[];

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn names(flags: Flags) -> Vec<&'static str> {
    let all = [
        (flags.offline, "offline"),
        (flags.cover_open, "cover_open"),
        (flags.paper_near_end, "paper_near_end"),
        (flags.paper_out, "paper_out"),
        (flags.paper_stop, "paper_stop"),
        (flags.error, "error"),
        (flags.cutter, "cutter_error"),
        (flags.unrecoverable, "unrecoverable"),
        (flags.recoverable, "recoverable"),
    ];
    let mut names: Vec<_> = all.into_iter().filter_map(|(set, name)| set.then_some(name)).collect();
    names.sort_unstable();
    names
}

/// The vectors' word for a status; an error without a named cause is one that may go away.
fn status_matches(status: Status, word: &str) -> bool {
    let words: &[&str] = match status {
        Status::Ready => &["ready"],
        Status::PaperLow => &["paper_near_end"],
        Status::PaperOut => &["paper_out"],
        Status::CoverOpen => &["cover_open"],
        Status::Cutter => &["cutter_error"],
        Status::Recoverable => &["recoverable", "error"],
        Status::Unrecoverable => &["unrecoverable"],
        Status::Offline => &["offline"],
        Status::Unknown => &[],
    };
    words.contains(&word)
}

fn judge_flags(case: &Value, got: Result<Flags, NotStatus>) {
    let id = &case["id"];
    match (case.get("expect"), got) {
        (Some(expect), Ok(flags)) => {
            let mut wanted: Vec<_> = expect["flags"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
            wanted.sort_unstable();
            assert_eq!(names(flags), wanted, "{id}");
            if let Some(status) = expect["status"].as_str() {
                assert!(status_matches(flags.status(), status), "{id}: {:?}", flags.status());
            }
            if let Some(printable) = expect["printable"].as_bool() {
                assert_eq!(flags.status().printable(), printable, "{id}");
            }
        }
        (None, Err(error)) => {
            let word = if error == NotStatus::Length { "length" } else { "not_status" };
            assert_eq!(case["expect_error"].as_str().unwrap(), word, "{id}");
        }
        (expect, got) => panic!("{id}: wanted {expect:?}, got {got:?}"),
    }
}

fn judge(case: &Value) {
    let (input, expect, id) = (&case["input"], &case["expect"], &case["id"]);
    match case["kind"].as_str().unwrap() {
        "dle_eot" => {
            let n = u8::try_from(input["n"].as_u64().unwrap()).unwrap();
            judge_flags(case, parse_dle_eot(n, &bytes(&input["hex"])));
        }
        "poll" => {
            let all = (1..=4).try_fold(Flags::NONE, |flags, n| {
                parse_dle_eot(n, &bytes(&input[format!("n{n}")])).map(|more| flags.and(more))
            });
            judge_flags(case, all);
        }
        "asb" => judge_flags(case, parse_asb(&bytes(&input["hex"]))),
        "text" => {
            let text = input["text"].as_str().unwrap();
            let payload = hex(&encode(text));
            match expect["accept"].as_array() {
                Some(accept) => assert!(accept.iter().any(|one| one == &payload), "{id}: {payload}"),
                None => assert_eq!(payload, expect["payload_hex"].as_str().unwrap(), "{id}"),
            }
            if let Some(full) = expect["full_hex"].as_str().filter(|_| !text.is_ascii()) {
                assert_eq!(hex(&in_kanji_mode(text)), full, "{id}");
            }
        }
        "fallback" => {
            let charset = match input["declared"].as_str().unwrap() {
                "GB2312" => Charset::Gb2312,
                "GBK" => Charset::Gbk,
                "GB18030" => Charset::Gb18030,
                other => panic!("{id}: {other}"),
            };
            let outside: Vec<_> =
                charset.outside(input["text"].as_str().unwrap()).iter().map(char::to_string).collect();
            assert_eq!(serde_json::json!(outside), expect["outside"], "{id}");
            assert_eq!(!outside.is_empty(), expect["raster"].as_bool().unwrap(), "{id}");
        }
        "command" => judge_command(input, expect, id),
        other => panic!("{id}: nobody judges {other}"),
    }
}

fn judge_command(input: &Value, expect: &Value, id: &Value) {
    let wanted = expect["hex"].as_str().unwrap();
    let got = match input["op"].as_str().unwrap() {
        "chinese_on" => hex(&gb18030::KANJI_ON),
        "chinese_off" => hex(&gb18030::KANJI_OFF),
        // The crate writes the cut; what it wrote must end a receipt.
        "cut" => {
            let mut pen = super::raster::Pen::new(std::path::Path::new("/nonexistent"));
            let job = super::encode::encode(&super::Receipt::default(), &super::model::ALL[0], &mut pen).unwrap();
            hex(&job[job.len() - 4..])
        }
        // Not sent: status is asked for, so that a printer which cannot tell by itself is no special case.
        "asb_on" => return,
        "raster_header" => {
            let number = |key: &str| u16::try_from(input[key].as_u64().unwrap()).unwrap();
            let row_bytes = number("width") / 8;
            assert_eq!(expect["data_len"], u64::from(row_bytes) * u64::from(number("height")), "{id}");
            hex(&header(row_bytes, number("height")))
        }
        op => hex(&dle_eot(op.strip_prefix("realtime_status_").unwrap().parse().unwrap())),
    };
    assert_eq!(got, wanted, "{id}");
}

#[test]
fn a_status_byte_is_read_wrong_or_a_character_written_wrong() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let judged = cases.iter().filter(|case| !DECIDED_OTHERWISE.contains(&case["id"].as_str().unwrap()));
    assert_eq!(judged.inspect(|case| judge(case)).count(), 104 - DECIDED_OTHERWISE.len());
    assert_eq!(hex(&GS_R_1), "1D7201");
}
