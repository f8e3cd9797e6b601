//! Judge: every case of `escpos.json`.

use hal::receipt::gb18030::{self, Charset, encode, in_kanji_mode};
use hal::receipt::raster::{Pen, header};
use hal::receipt::status::{ASB_ON, Flags, NotStatus, dle_eot, parse_asb, parse_dle_eot};
use hal::receipt::{Receipt, Status, model};
use serde_json::{Value as Json, json};

use super::{Found, bytes, hex, number, text};

#[test]
fn a_status_byte_is_read_wrong_or_a_character_written_wrong() {
    super::judge(&super::file("escpos.json"), &[], |case| {
        let (input, expect) = (&case["input"], &case["expect"]);
        match text(&case["kind"]) {
            "dle_eot" => {
                let n = u8::try_from(number(&input["n"])).unwrap();
                flags_json(expect, parse_dle_eot(n, &bytes(&input["hex"])))
            }
            "poll" => flags_json(
                expect,
                (1..=4).try_fold(Flags::NONE, |flags, n| {
                    parse_dle_eot(n, &bytes(&input[format!("n{n}")])).map(|more| flags.and(more))
                }),
            ),
            "asb" => flags_json(expect, parse_asb(&bytes(&input["hex"]))),
            "text" => Ok(text_json(text(&input["text"]), expect)),
            "fallback" => Ok(fallback(input)),
            "command" => Ok(json!({ "hex": command(input), "data_len": data_len(input) })),
            other => panic!("unknown kind {other}"),
        }
    });
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

fn flags_json(expect: &Json, got: Result<Flags, NotStatus>) -> Found {
    let flags = got.map_err(|error| if error == NotStatus::Length { "length" } else { "not_status" })?;
    let mut wanted: Vec<_> = expect["flags"].as_array().into_iter().flatten().map(text).collect();
    wanted.sort_unstable();
    let names = names(flags);
    // Their order is free.
    let named = if names == wanted { expect["flags"].clone() } else { json!(names) };
    let status = flags.status();
    let word = expect["status"].as_str().filter(|word| status_matches(status, word));
    let said = word.map_or_else(|| format!("{status:?}"), ToOwned::to_owned);
    Ok(json!({ "flags": named, "status": said, "printable": status.printable() }))
}

fn text_json(text: &str, expect: &Json) -> Json {
    // Pure ASCII needs no kanji mode.
    let full_hex = if text.is_ascii() { expect["full_hex"].clone() } else { hex(&in_kanji_mode(text)).into() };
    json!({ "payload_hex": hex(&encode(text)), "full_hex": full_hex })
}

fn fallback(input: &Json) -> Json {
    let charset = match text(&input["declared"]) {
        "GB2312" => Charset::Gb2312,
        "GBK" => Charset::Gbk,
        "GB18030" => Charset::Gb18030,
        other => panic!("unknown character set {other}"),
    };
    let outside: Vec<_> = charset.outside(text(&input["text"])).iter().map(char::to_string).collect();
    json!({ "raster": !outside.is_empty(), "outside": outside })
}

fn data_len(input: &Json) -> Json {
    input.get("width").map_or(Json::Null, |width| (number(width) / 8 * number(&input["height"])).into())
}

fn command(input: &Json) -> String {
    match text(&input["op"]) {
        "chinese_on" => hex(&gb18030::KANJI_ON),
        "chinese_off" => hex(&gb18030::KANJI_OFF),
        // What is written must end a receipt.
        "cut" => {
            let mut pen = Pen::new(std::path::Path::new("/nonexistent"));
            let job = hal::receipt::encode::encode(&Receipt::default(), &model::ALL[0], &mut pen).unwrap();
            hex(&job[job.len() - 4..])
        }
        "asb_on" => hex(&ASB_ON),
        "raster_header" => {
            let number = |key: &str| u16::try_from(number(&input[key])).unwrap();
            hex(&header(number("width") / 8, number("height")))
        }
        op => hex(&dle_eot(op.strip_prefix("realtime_status_").unwrap().parse().unwrap())),
    }
}
