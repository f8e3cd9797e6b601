//! Judge: every case of `formats.json`.

use contract::format::{
    CaseCode, CodeError, CreditCode, CreditError, Date, IdError, IdKind, Identity, ItemCode, Period, PeriodError,
    PinError, RangeError, check_new_pin, fen_to_capitals, mask_bank, mask_id_own, mask_id_shared, mask_name,
    mask_phone,
};
use serde_json::{Value as Json, json};

use super::{Found, text};

/// Nothing was decided otherwise.
const OTHERWISE: [(&str, &str); 0] = [];

/// A page of records (domain 1.7).
const MONTHS_A_PAGE: u32 = 36;

#[test]
fn a_format_is_read_or_shown_otherwise_than_specified() {
    super::judge(&super::file("formats.json"), &OTHERWISE, |case| {
        let input = &case["input"];
        let given = || text(&input["text"]);
        match text(&case["kind"]) {
            "citizen_id" | "extract" => identity(given(), text(&input["context"]) == "archive"),
            "uscc" => CreditCode::parse(given()).map(|code| credit_code(&code)).map_err(credit_error),
            "cny_upper" => in_capitals(input),
            "period" => Period::parse(given()).map(period).map_err(period_error),
            "period_range" => period_range(input),
            "date_display" => Ok(json!({ "text": Date::parse_iso(text(&input["date"])).unwrap().long_zh() })),
            "mask" => Ok(mask(text(&input["what"]), given())),
            "pin_policy" => pin(input),
            "item_code" => ItemCode::parse(given()).map(|code| item(&code)).map_err(code_error),
            "case_code" => CaseCode::parse(given()).map(|code| filed(&code)).map_err(code_error),
            other => panic!("unknown kind {other}"),
        }
    });
}

/// The day on which the vectors were written: some numbers are of people who are not born yet.
fn today() -> Date {
    Date::new(2026, 11, 23).unwrap()
}

fn identity(text: &str, archive: bool) -> Found {
    let id = Identity::parse(text, today(), archive).map_err(|error| match error {
        IdError::Length => "length",
        IdError::Charset => "charset",
        IdError::Date => "date",
        IdError::Future => "future",
        IdError::Check => "check",
        IdError::ArchiveOnly => "archive_only",
    })?;
    let kind = match id.kind {
        IdKind::Citizen18 => "citizen18",
        IdKind::HmtPermit18 => "hmt_permit18",
        IdKind::ForeignPr18 => "foreign_pr18",
        IdKind::ForeignPr15 => "foreign_pr15",
        IdKind::Archive15 => "archive15",
    };
    let (province, nationality) = id.province_and_nationality().unzip();
    Ok(json!({
        "type": kind, "normalized": id.normalized, "region": id.region(), "upgraded18": id.upgraded(),
        "birth": id.birth, "sex": id.male.map(|male| if male { "male" } else { "female" }),
        "province": province, "nationality": nationality,
    }))
}

fn credit_code(code: &CreditCode) -> Json {
    json!({
        "normalized": code.as_str(), "dept": code.department(), "class": code.class(), "region": code.region(),
        "org": code.organisation(), "check": code.check(),
    })
}

const fn credit_error(error: CreditError) -> &'static str {
    match error {
        CreditError::Length => "length",
        CreditError::Charset => "charset",
        CreditError::Check => "check",
    }
}

fn in_capitals(input: &Json) -> Found {
    let words = fen_to_capitals(input["fen"].as_i64().unwrap()).ok_or("negative")?;
    let before = if input["prefix"] == true { "人民币" } else { "" };
    Ok(json!({ "text": format!("{before}{words}") }))
}

fn period(period: Period) -> Json {
    json!({ "year": period.year(), "month": period.month() })
}

const fn period_error(error: PeriodError) -> &'static str {
    match error {
        PeriodError::Length => "length",
        PeriodError::Charset => "charset",
        PeriodError::Month => "month",
    }
}

fn period_range(input: &Json) -> Found {
    let month = |key: &str| Period::parse(text(&input[key])).map_err(period_error);
    let months = Period::check_range(month("start")?, month("end")?, month("now")?).map_err(|error| match error {
        RangeError::Order => "order",
        RangeError::Future => "future",
    })?;
    Ok(json!({ "months": months, "pages": months.div_ceil(MONTHS_A_PAGE) }))
}

fn mask(what: &str, text: &str) -> Json {
    let masked = match what {
        "name" => mask_name(text),
        "id_shared" => mask_id_shared(text),
        "id_own" => mask_id_own(text),
        "phone" => mask_phone(text),
        "bank" => mask_bank(text),
        other => panic!("nobody masks {other}"),
    };
    let shown: String = masked.chars().filter(char::is_ascii_digit).collect();
    json!({ "text": masked, "digits_shown": shown.len(), "suffix": masked.trim_start_matches('*') })
}

fn pin(input: &Json) -> Found {
    let holder = Identity::parse(text(&input["id"]), today(), false).unwrap_or_else(|error| panic!("{error:?}"));
    check_new_pin(text(&input["pin"]), holder.birth).map(|()| json!({ "ok": true })).map_err(|error| match error {
        PinError::Length => "length",
        PinError::Charset => "charset",
        PinError::Repeat => "repeat",
        PinError::Sequence => "sequence",
        PinError::BirthDate => "birth_date",
    })
}

fn item(code: &ItemCode) -> Json {
    json!({
        "agency": code.agency().as_str(), "type": code.item_type(), "base": code.base(), "impl": code.implementation(),
    })
}

fn filed(code: &CaseCode) -> Json {
    let mut found = item(&code.item);
    found["item"] = code.item.as_str().into();
    found["date"] = code.day.to_string().into();
    found["serial"] = code.serial.clone().into();
    found
}

const fn code_error(error: CodeError) -> &'static str {
    match error {
        CodeError::Length => "length",
        CodeError::Charset => "charset",
        CodeError::Check => "check",
        CodeError::Date => "date",
    }
}
