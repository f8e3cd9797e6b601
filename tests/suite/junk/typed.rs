//! What people type and the agency sends, for the table: the contract's formats and fields.
//!
//! The types of fields, and what is typed into them, are those of the shared list of cases (`vectors/fields.json`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use contract::field::{Field, FieldType, Value, check_form, check_received};
use contract::format::{
    CaseCode, CreditCode, Date, DocumentSeal, Identity, ItemCode, Period, check_new_pin, fen_to_capitals, mask_bank,
    mask_id_own, mask_id_shared, mask_name, mask_phone, yuan_to_fen,
};
use kiosk::crypto::document::{Verdict, verify};
use serde_json::Value as Json;

use super::Taken;
use super::table::{file_of, gives, lossy, reads, seed_of};

/// Every type of field that the list has, one of each, and optional: a form may be right with any of them.
static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let mut kinds: Vec<Json> = Vec::new();
    for kind in inputs("fields.json", "field", "type") {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let field = |(at, kind): (usize, Json)| {
        let json =
            serde_json::json!({ "id": at.to_string(), "label": { "zh": "某项" }, "kind": kind, "optional": true });
        serde_json::from_value(json).unwrap()
    };
    let fields: Vec<Field> = kinds.into_iter().enumerate().map(field).collect();
    assert!(fields.len() > 20, "the list of cases was not found");
    fields
});

fn inputs(file: &str, kind: &str, key: &str) -> Vec<Json> {
    let all = file_of(file);
    let cases = all["cases"].as_array().unwrap().iter().filter(|case| kind.is_empty() || case["kind"] == kind);
    cases.filter_map(|case| case["input"].get(key)).cloned().collect()
}

fn texts(file: &str, kind: &str) -> Vec<Vec<u8>> {
    inputs(file, kind, "text").iter().map(|text| text.as_str().unwrap().as_bytes().to_vec()).collect()
}

pub fn numbers() -> Vec<Vec<u8>> {
    texts("formats.json", "")
}

pub fn fields() -> Vec<Vec<u8>> {
    texts("fields.json", "field")
}

/// Fields as the catalogue writes them, and forms as they are sent.
pub fn definitions() -> Vec<Vec<u8>> {
    let defined = FIELDS.iter().map(|field| serde_json::to_vec(field).unwrap());
    let sent = inputs("fields.json", "received", "values");
    defined.chain(sent.iter().map(|values| serde_json::to_vec(values).unwrap())).collect()
}

fn today() -> Date {
    Date::new(2026, 11, 23).unwrap()
}

pub fn identity(bytes: &[u8]) -> Taken {
    let id = Identity::parse(&lossy(bytes), today(), bytes.len().is_multiple_of(2)).ok();
    gives(id.map(|id| {
        reads((id.region(), id.province_and_nationality()));
        id.upgraded().map_or(id.normalized.len(), |upgraded| upgraded.len())
    }))
}

pub fn credit_code(bytes: &[u8]) -> Taken {
    let code = CreditCode::parse(&lossy(bytes)).ok();
    gives(
        code.map(|code| {
            [code.department(), code.class(), code.region(), code.organisation(), code.check()].concat().len()
        }),
    )
}

pub fn codes(bytes: &[u8]) -> Taken {
    let text = lossy(bytes);
    reads(ItemCode::parse(&text).map(|code| (code.base().len(), code.implementation().is_some())));
    gives(CaseCode::parse(&text).ok().map(|code| code.number().len()))
}

pub fn days(bytes: &[u8]) -> Taken {
    let text = lossy(bytes);
    let days = [Date::parse_iso(&text), Date::parse_compact(&text)].map(|day| day.map(|day| day.long_zh().len()));
    let month = Period::parse(&text).ok().map(|month| month.dashed().len());
    gives(days.into_iter().chain([month]).flatten().max())
}

pub fn pin(bytes: &[u8]) -> Taken {
    reads(check_new_pin(&lossy(bytes), Some(today())))
}

/// What is read is written again as it was, and whoever damages a text gets no other that counts.
pub fn seal(bytes: &[u8]) -> Taken {
    let text = lossy(bytes);
    let seal = DocumentSeal::parse(&text);
    if let Some(seal) = &seal {
        assert_eq!(seal.text(), text, "one text has two forms");
        let known =
            || hall::sim::verdicts().into_iter().any(|(_, known, verdict)| known == text && verdict == "signed");
        let signed = verify(seal, &hall::sim::document_keys()) == Verdict::Signed;
        assert!(!signed || known(), "{text} counts as signed");
    }
    gives(seal.map(|seal| seal.text().len()))
}

pub fn seals() -> Vec<Vec<u8>> {
    hall::sim::verdicts().into_iter().map(|(_, text, _)| text.as_bytes().to_vec()).collect()
}

pub fn amount(bytes: &[u8]) -> Taken {
    let whole = i64::from_ne_bytes(seed_of(bytes).to_ne_bytes());
    let words = [yuan_to_fen(&lossy(bytes)).ok(), Some(whole)].into_iter().flatten().filter_map(fen_to_capitals);
    // A digit becomes a numeral and a unit of three bytes each, whatever the number.
    for words in words {
        assert!(words.len() < 200, "{words}");
    }
    Taken::default()
}

pub fn masks(bytes: &[u8]) -> Taken {
    let text = lossy(bytes);
    gives([mask_name, mask_id_own, mask_id_shared, mask_phone, mask_bank].iter().map(|mask| mask(&text).len()).max())
}

/// What is right once is right again, and gives the same.
pub fn every_type(bytes: &[u8]) -> Taken {
    let text = lossy(bytes);
    let right = |kind: &FieldType| {
        let value = kind.check(&text, today()).ok()?;
        let again = kind.leaves_the_kiosk().then(|| kind.check(&value.to_text(), today()));
        assert!(again.is_none_or(|again| again == Ok(value.clone())), "{kind:?} takes {text:?} only once");
        Some(value.to_text().len())
    };
    gives(FIELDS.iter().filter_map(|field| right(&field.kind)).max())
}

/// A line a field, and one more than there are.
pub fn form(bytes: &[u8]) -> Taken {
    let text = lossy(bytes);
    let lines = text.split('\n').take(FIELDS.len() + 1).enumerate();
    let entered: BTreeMap<String, String> = lines.map(|(at, line)| (at.to_string(), line.to_owned())).collect();
    let checked = check_form(&FIELDS, &entered, today());
    gives(checked.ok().map(|values| values.values().map(|value| value.to_text().len()).sum()))
}

pub fn definition(bytes: &[u8]) -> Taken {
    let field: Option<Field> = serde_json::from_slice(bytes).ok();
    // A catalogue may contradict itself; a check then refuses.
    reads(field.map(|field| field.kind.check("190001", today()).is_ok() | field.kind.check("1.50", today()).is_ok()))
}

pub fn received(bytes: &[u8]) -> Taken {
    let values: Option<BTreeMap<String, Value>> = serde_json::from_slice(bytes).ok();
    reads(values.map(|values| check_received(&FIELDS, &values, today())))
}
