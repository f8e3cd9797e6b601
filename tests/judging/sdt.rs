//! Judge: every case of `sdt.json`.

use hal::id::block::{self, BadBlock};
use hal::id::sdt::{self, Command, Framer, Malformed, Meaning, Reply};
use hal::id::{Document, Field, Kind, dialect_b};
use serde_json::{Value as Json, json};

use super::{Found, bytes, hex, number, text, xor};

#[test]
fn a_document_is_framed_or_read_wrong() {
    super::judge(&super::file("sdt.json"), &[], |case| {
        let input = &case["input"];
        let given = || bytes(&input["hex"]);
        match text(&case["kind"]) {
            "command" => Ok(json!({ "hex": hex(&command(text(&input["op"])).frame()) })),
            "frame_build" => Ok(json!({ "hex": hex(&sdt::frame(&bytes(&input["payload_hex"]))) })),
            "reply" => Reply::parse(&given()).map(|reply| reply_json(&reply)).map_err(malformed),
            "stream" => Ok(stream(input)),
            "sam_id" => sdt::module_id(&given()).map(|text| json!({ "text": text })).map_err(malformed),
            "read_reply" => read_reply(&given(), text(&input["op"])),
            "text_block" => block::decode(&given()).map(|document| fields(&document)).map_err(bad_block),
            "dialect_b_command" => Ok(json!({ "hex": hex(&dialect_b_command(text(&input["op"]))) })),
            "dialect_b_reply" => dialect_b_reply(&given()),
            other => panic!("unknown kind {other}"),
        }
    });
}

fn command(op: &str) -> Command {
    match op {
        "reset_sam" => Command::ResetSam,
        "sam_status" => Command::SamStatus,
        "sam_id" => Command::SamId,
        "find_card" => Command::Find,
        "select_card" => Command::Select,
        "read_text_photo" => Command::ReadTextPhoto,
        "read_text_photo_fingerprint" => Command::ReadTextPhotoFingerprint,
        "read_newest_address" => Command::ReadNewestAddress,
        other => panic!("unknown operation {other}"),
    }
}

fn dialect_b_command(op: &str) -> Vec<u8> {
    match op {
        "read_full" => dialect_b::Read::Full,
        "read_number" => dialect_b::Read::Number,
        "read_name_number" => dialect_b::Read::NameNumber,
        "read_text" => dialect_b::Read::Text,
        other => panic!("unknown operation {other}"),
    }
    .frame()
}

fn reply_json(reply: &Reply) -> Json {
    let [sw1, sw2, sw3] = reply.status.map(|byte| format!("{byte:02X}"));
    json!({ "sw1": sw1, "sw2": sw2, "sw3": sw3, "meaning": meaning(reply.meaning()), "data_hex": hex(&reply.data) })
}

const fn meaning(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Ok => "ok",
        Meaning::CardFound => "card_found",
        Meaning::ChecksumError => "checksum_error",
        Meaning::LengthError => "length_error",
        Meaning::CommandError => "command_error",
        Meaning::UnknownError => "unknown_error",
        Meaning::AuthCardToSamFailed => "auth_card_to_sam_failed",
        Meaning::AuthSamToCardFailed => "auth_sam_to_card_failed",
        Meaning::VerifyFailed => "verify_failed",
        Meaning::WrongCard => "wrong_card",
        Meaning::ReadFailed => "read_failed",
        Meaning::RandomFailed => "random_failed",
        Meaning::SelfTestFailed => "self_test_failed",
        Meaning::NotAuthorised => "not_authorised",
        Meaning::NoCard => "no_card",
        Meaning::SelectFailed => "select_failed",
        Meaning::ItemEmpty => "item_empty",
        Meaning::Unrecognised => "unrecognised",
    }
}

const fn malformed(error: Malformed) -> &'static str {
    match error {
        Malformed::Header => "header",
        Malformed::Length => "length",
        Malformed::Checksum => "checksum",
        Malformed::EndMarker => "end_marker",
    }
}

const fn bad_block(error: BadBlock) -> &'static str {
    match error {
        BadBlock::Length => "length",
        BadBlock::Encoding => "encoding",
        BadBlock::UnknownType => "unknown_type",
        BadBlock::Date => "date",
        BadBlock::Sex => "sex",
        BadBlock::IdCheck => "id_check",
    }
}

fn stream(input: &Json) -> Json {
    let mut framer = Framer::new(usize::try_from(number(&input["max_len"])).unwrap());
    let chunks: Vec<_> = input["chunks"].as_array().unwrap().iter().map(bytes).collect();
    let replies: Vec<_> = chunks.iter().flat_map(|chunk| framer.feed(chunk)).collect();
    let frames: Vec<_> = replies
        .iter()
        .map(|reply| {
            let mut frame = reply_json(reply);
            frame["data_len"] = reply.data.len().into();
            frame["data_xor"] = xor(&reply.data).into();
            frame
        })
        .collect();
    json!({ "frames": frames, "bad_frames": framer.bad_frames(), "pending_bytes": framer.pending_bytes() })
}

fn read_reply(frame: &[u8], op: &str) -> Found {
    let reply = Reply::parse(frame).map_err(malformed)?;
    if op == "read_newest_address" {
        return block::address(&reply.data).map(|address| json!({ "address": address.reveal() })).map_err(bad_block);
    }
    let parts = sdt::parts(&reply.data, op == "read_text_photo_fingerprint").map_err(malformed)?;
    // Header, length and three status bytes come before the data.
    let offset = |start: usize| start + 10;
    let of = |range: &std::ops::Range<usize>| &reply.data[range.clone()];
    Ok(json!({
        "text_len": parts.text.len(), "text_offset": offset(parts.text.start), "text_xor": xor(of(&parts.text)),
        "photo_len": parts.photo.len(), "photo_offset": offset(parts.photo.start), "photo_xor": xor(of(&parts.photo)),
        "fp_len": parts.fingerprint.len(), "fp_offset": offset(parts.fingerprint.start),
        "fp_xor": xor(of(&parts.fingerprint)), "total": frame.len(),
        "finger_positions": sdt::finger_positions(of(&parts.fingerprint)),
    }))
}

fn dialect_b_reply(frame: &[u8]) -> Found {
    let reply = dialect_b::Reply::parse(frame).map_err(malformed)?;
    let document = block::decode(&reply.text).map_err(bad_block)?;
    let mut found = fields(&document);
    found["sw"] = format!("{:04X}", reply.status).into();
    found["text_len"] = reply.text.len().into();
    found["photo_len"] = reply.photo.len().into();
    found["photo_xor"] = xor(&reply.photo).into();
    found["text_hex_xor"] = xor(&reply.text).into();
    Ok(found)
}

/// The vectors' names for what a document tells.
fn fields(document: &Document) -> Json {
    let foreign = matches!(document.kind, Kind::Foreigner2017 | Kind::Foreigner2023);
    let name = |field: Field| match field {
        Field::Name if foreign => "chinese_name",
        Field::Name => "name",
        Field::LatinName => "english_name",
        Field::Sex => "sex",
        Field::EthnicGroup => "ethnic",
        Field::Birth => "birth",
        Field::Address => "address",
        Field::Number if document.kind == Kind::Foreigner2017 => "permit_number",
        Field::Number => "id_number",
        Field::Authority if foreign => "authority_code",
        Field::Authority => "authority",
        Field::ValidFrom if foreign => "issue_date",
        Field::ValidFrom => "valid_from",
        Field::ValidTo if foreign => "expiry_date",
        Field::ValidTo => "valid_to",
        Field::TravelPermit => "travel_permit",
        Field::IssueCount => "issue_count",
        Field::Nationality => "nationality",
        Field::CardVersion => "card_version",
        Field::RenewalCount => "renewal_count",
        Field::FormerPermit => "former_permit_link",
    };
    let value = |field: Field, text: &str| match field {
        Field::ValidTo if text == block::LONG_TERM => "long_term".to_owned(),
        Field::Birth | Field::ValidFrom | Field::ValidTo => format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]),
        _ => text.to_owned(),
    };
    let mut found: serde_json::Map<String, Json> = document
        .fields
        .iter()
        .map(|(field, text)| (name(*field).to_owned(), value(*field, text.reveal()).into()))
        .collect();
    let kind = match document.kind {
        Kind::Resident => "mainland",
        Kind::HmtPermit => "hmt",
        Kind::Foreigner2017 => "pr2017",
        Kind::Foreigner2023 => "pr2023",
    };
    found.insert("card_type".to_owned(), kind.into());
    let birth = document.birth.reveal();
    assert_eq!(found["birth"], format!("{:04}-{:02}-{:02}", birth.year, birth.month, birth.day));
    Json::Object(found)
}
