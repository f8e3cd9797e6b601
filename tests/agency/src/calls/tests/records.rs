//! Each query with somebody for whom it is right and somebody whom its own rule refuses. What must come out was worked out by hand
//! (domain.md 9.6) and does not come from the code that is tested.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use contract::format::yuan_to_fen;
use serde_json::{Value, json};

use super::{Hall, VISIT, choice, months, value_of};

fn nothing() -> Value {
    json!({})
}

#[test]
fn arrears_are_summed_up_as_paid() {
    let hall = Hall::open();
    let session = hall.sign_in(0, VISIT).1["session"].clone();
    let (_, result) = hall.query(&session, "110", "202511", "202610");
    let rows = result["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["cells"][0]["value"]), (12, &json!("202610")));
    let marks: Vec<_> = rows.iter().map(|row| row["mark"].as_str().unwrap()).filter(|mark| !mark.is_empty()).collect();
    assert_eq!(marks, ["欠缴", "补缴"]);
    // Eleven months of 8,230.00: 8 % and 16 %.
    let figures: Vec<_> =
        result["figures"].as_array().unwrap().iter().map(|figure| &figure["value"]["value"]).collect();
    assert_eq!(figures, [&json!(11), &json!(11 * 65_840), &json!(11 * 131_680)]);
    assert_eq!(result["as_of"], "数据截至 2026年10月31日");
    assert_eq!(result["scope"], "城镇职工基本养老保险，2025-11 至 2026-10");
}

#[test]
fn records_that_are_not_there_are_made_up() {
    let hall = Hall::open();
    let session = hall.sign_in(2, VISIT).1["session"].clone();
    assert_eq!(hall.query(&session, "110", "202511", "202610"), (404, json!("no_records")));
    assert_eq!(hall.query(&session, "110", "202501", "202612"), (422, json!("period_invalid")));
    assert_eq!(hall.query(&session, "999", "202501", "202512"), (422, json!("input_invalid")));
}

#[test]
fn a_flexible_worker_pays_another_share() {
    let hall = Hall::open();
    let (_, result) = hall.query(&hall.session(2), "110", "202610", "202610");
    assert_eq!(result["rows"][0]["cells"][2]["value"], 200_000);
    let (_, result) = hall.query(&hall.session(5), "110", "202610", "202610");
    assert_eq!(result["rows"][0]["cells"][2]["value"], 150_920);
}

#[test]
fn an_enrolment_is_told_of_somebody_without_records() {
    let hall = Hall::open();
    let (status, result) = hall.ask(&hall.session(1), "Q01", &nothing(), "en");
    let pension = &result["rows"][0]["cells"];
    assert_eq!(
        (status, &pension[1]["value"], &pension[2]["value"]),
        (200, &json!("Enrolled, paying"), &json!("200111"))
    );
    // 300 months, one of them in arrears.
    assert_eq!(result["figures"][0]["value"]["value"], 299);
    let (_, result) = hall.ask(&hall.session(3), "Q01", &nothing(), "zh");
    assert_eq!(result["rows"][0]["cells"][1]["value"], "暂停缴费");
    let (_, result) = hall.ask(&hall.session(2), "Q01", &nothing(), "zh");
    let rows: Vec<_> = (0..3).map(|row| &result["rows"][row]["cells"][1]["value"]).collect();
    assert_eq!(rows, ["参保缴费", "未参保", "未参保"]);
    let stranger = hall.session(11);
    let forget = |db: &rusqlite::Connection| db.execute("UPDATE persons SET civil_service = 0 WHERE person = 11", []);
    hall.agency.store.transact(forget).unwrap();
    assert_eq!(hall.ask(&stranger, "Q01", &nothing(), "zh"), (404, json!("no_records")));
}

#[test]
fn a_civil_servants_record_is_looked_for_in_the_wrong_scheme() {
    let hall = Hall::open();
    let session = hall.session(11);
    let period = months("202601", "202610");
    for (item, inputs) in [
        ("Q01", nothing()),
        ("Q02", json!({"insurance": choice("110"), "period": period})),
        ("Q03", json!({"year": choice("2025")})),
        ("Q04", json!({"insurance": choice("110"), "period": period})),
        ("Q06", nothing()),
        ("Q10", nothing()),
        ("Q11", json!({"until": choice("stops")})),
    ] {
        assert_eq!(hall.ask(&session, item, &inputs, "zh"), (422, json!("civil_service")), "{item}");
    }
    assert_eq!(hall.issue_item(&session, super::ACT, "P01", &json!({"period": period})), (422, json!("civil_service")));
    assert_eq!(hall.ask(&session, "Q08", &nothing(), "zh").0, 200);
}

#[test]
fn an_account_is_credited_at_another_years_rate() {
    let hall = Hall::open();
    let session = hall.session(12);
    // Eight months of 7,600.00 at 8 %, in the year whose rate is not out.
    let (status, result) = hall.ask(&session, "Q03", &json!({"year": choice("2026")}), "zh");
    assert_eq!((status, value_of(&result, "本年记入本金")), (200, json!(8 * 60_800)));
    assert_eq!(value_of(&result, "本年利息"), "尚未公布");
    assert_eq!(hall.ask(&session, "Q03", &json!({"year": choice("2025")}), "zh"), (404, json!("no_records")));
    // The account of a pensioner is being paid out.
    assert_eq!(hall.ask(&hall.session(10), "Q03", &json!({"year": choice("2025")}), "zh"), (422, json!("not_here")));
    // The second year of persona 9: 2024-05 to 12 at 12,500.00, then 1.50 % on what was there when 2025 began.
    let (_, result) = hall.ask(&hall.session(9), "Q03", &json!({"year": choice("2025")}), "zh");
    assert_eq!(value_of(&result, "上年末累计储存额"), json!(8 * 100_000));
    assert_eq!((value_of(&result, "本年利息"), value_of(&result, "本年记账利率")), (json!(12_000), json!("1.50%")));
    assert_eq!(value_of(&result, "年末累计储存额"), json!(8 * 100_000 + 12_000 + 12 * 100_000));
}

#[test]
fn benefits_are_shown_to_somebody_who_was_never_assessed() {
    let hall = Hall::open();
    let inputs = |insurance| json!({"insurance": choice(insurance), "period": months("202511", "202610")});
    let (status, result) = hall.ask(&hall.session(7), "Q04", &inputs("110"), "zh");
    assert_eq!((status, &result["figures"][0]["value"]["value"]), (200, &json!(12 * 400_000)));
    let account = result["figures"][2]["value"]["value"].as_str().unwrap();
    assert_eq!(account, "0075", "more than its end");
    assert_eq!(hall.ask(&hall.session(1), "Q04", &inputs("110"), "zh"), (422, json!("no_assessment")));
    assert_eq!(hall.ask(&hall.session(1), "Q04", &inputs("210"), "zh"), (404, json!("no_records")));
    let (_, result) = hall.ask(&hall.session(3), "Q04", &inputs("210"), "en");
    assert_eq!(result["rows"][0]["cells"][1]["value"], 187_200);
}

#[test]
fn ten_years_of_contribution_give_another_benefit() {
    let hall = Hall::open();
    let (status, result) = hall.ask(&hall.session(3), "Q06", &nothing(), "zh");
    let found = ["核定月数", "已领月数", "剩余月数", "下月金额", "剩余金额合计"].map(|label| value_of(&result, label));
    assert_eq!((status, found), (200, [20, 14, 6, 187_200, 6 * 187_200].map(|number| json!(number))));
    assert_eq!(value_of(&result, "首次发放月份"), "202509");
    assert_eq!(hall.ask(&hall.session(1), "Q06", &nothing(), "zh"), (422, json!("not_eligible")));
}

#[test]
fn a_card_is_told_with_its_whole_number_or_another_state() {
    let hall = Hall::open();
    let (status, result) = hall.ask(&hall.session(5), "Q08", &nothing(), "zh");
    assert_eq!((status, value_of(&result, "卡状态")), (200, json!("已挂失")));
    assert_eq!(value_of(&result, "卡号"), "*****0061");
    let forget = |db: &rusqlite::Connection| db.execute("DELETE FROM cards WHERE person = 5", []);
    hall.agency.store.transact(forget).unwrap();
    assert_eq!(hall.ask(&hall.session(5), "Q08", &nothing(), "zh"), (404, json!("no_records")));
}

#[test]
fn a_pensioner_misses_the_month_of_certification() {
    let hall = Hall::open();
    let (_, result) = hall.ask(&hall.session(7), "Q10", &nothing(), "zh");
    assert_eq!(
        (value_of(&result, "下次应认证月份"), value_of(&result, "认证情况")),
        (json!("202703"), json!("未到期"))
    );
    let (_, result) = hall.ask(&hall.session(10), "Q10", &nothing(), "zh");
    assert_eq!(value_of(&result, "认证情况"), "已逾期，请尽快认证");
    assert_eq!(hall.ask(&hall.session(1), "Q10", &nothing(), "zh"), (422, json!("not_eligible")));
}

#[test]
fn somebody_retires_in_another_month_or_after_too_few() {
    let hall = Hall::open();
    // Persona, retirement, age, least months, gap (domain.md 9.6).
    for (persona, retires, age, least, gap) in [
        (1, "2028年01月12日", "60岁8个月", 180, 0),
        (2, "2031年01月08日", "56岁3个月", 192, 0),
        (3, "2043年06月17日", "55岁", 240, 120),
        (4, "2046年02月25日", "63岁", 240, 204),
        (5, "2045年04月11日", "55岁", 240, 140),
        (6, "2018年04月30日", "50岁", 180, 12),
    ] {
        let (status, result) = hall.ask(&hall.session(persona), "Q11", &json!({"until": choice("stops")}), "zh");
        assert_eq!(status, 200, "{persona}: {result}");
        let row = |label: &str| {
            let rows = result["rows"].as_array().unwrap();
            let row = rows.iter().find(|row| row["cells"][0]["value"] == label).unwrap();
            row["cells"][1]["value"].as_str().unwrap().lines().next().unwrap().to_owned()
        };
        let found = [row("法定退休日期"), row("法定退休年龄"), row("最低缴费年限"), row("按现有记录还需缴费")];
        assert_eq!(found, [retires.to_owned(), age.to_owned(), least.to_string(), gap.to_string()], "{persona}");
    }
}

#[test]
fn an_estimate_hides_how_it_was_made() {
    let hall = Hall::open();
    let (_, result) = hall.ask(&hall.session(1), "Q11", &json!({"until": choice("goes_on")}), "zh");
    let lines = |label: &str| -> Vec<String> {
        let rows = result["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["cells"][0]["value"] == label).unwrap();
        row["cells"][1]["value"].as_str().unwrap().lines().map(ToOwned::to_owned).collect()
    };
    assert_eq!(lines("计发月数")[..2], ["134.3", "N = 139 − (139 − 132) × 8 ÷ 12"]);
    // 299 months paid, 14 more from November 2026 to December 2027.
    assert_eq!(lines("累计缴费月数")[0], "313");
    let fen = |label: &str| yuan_to_fen(&lines(label)[0].replace(',', "")).unwrap();
    let sum = fen("基础养老金") + fen("个人账户养老金");
    assert_eq!((fen("每月合计"), &result["figures"][0]["value"]["value"]), (sum, &json!(sum)));
    // Each says where it comes from.
    let sourced = |row: &Value| row["cells"][1]["value"].as_str().unwrap().lines().count() >= 2;
    assert!(result["rows"].as_array().unwrap().iter().all(sourced));
    assert!(result["as_of"].as_str().unwrap().contains("仅供参考"));
    assert_eq!(
        hall.ask(&hall.session(7), "Q11", &json!({"until": choice("stops")}), "zh"),
        (422, json!("already_done"))
    );
}

#[test]
fn an_item_of_another_agency_ends_nowhere() {
    let hall = Hall::open();
    let session = hall.session(1);
    for item in ["Q05", "Q07", "P06", "P07"] {
        let version = hall.version(item);
        let (path, act) = if item.starts_with('Q') { ("/v1/query", None) } else { ("/v1/documents", Some(super::ACT)) };
        let body = json!({"visit": VISIT, "session": session, "item": item, "item_version": version, "inputs": {},
            "language": "zh", "act": act});
        let (status, bytes) = hall.bytes("t-0301", path, &body.to_string());
        let problem: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("not_here")), "{item}");
        let route = &problem["route"];
        assert_eq!(route["window"], hall.agency.catalogue.item(item).unwrap().elsewhere.as_ref().unwrap().window.zh);
        assert!(route["hours"].as_str().unwrap().contains("12333"), "{item}: {route}");
    }
}

#[test]
fn a_refusal_speaks_another_language() {
    let hall = Hall::open();
    let version = hall.version("Q01");
    let body = json!({"visit": VISIT, "session": hall.session(11), "item": "Q01", "item_version": version, "inputs": {},
        "language": "en"});
    let (_, bytes) = hall.bytes("t-0301", "/v1/query", &body.to_string());
    let problem: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(problem["route"]["window"], "Window 5 (institutions' scheme)");
    assert_eq!(problem["route"]["materials"], json!(["Your identity document"]));
}
