//! What is published must be what is built: the agency's contract and the site configuration.

use std::path::Path;

use hall::people::home;

fn root() -> std::path::PathBuf {
    home().join("..")
}

#[test]
fn the_published_contract_is_not_what_the_agency_speaks() {
    let file = root().join("deploy/agency/openapi.json");
    let built = agency::openapi::document();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, format!("{}\n", built.trim_end())).unwrap();
    }
    let published = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        published.trim_end() == built.trim_end(),
        "deploy/agency/openapi.json is old: UPDATE=1 cargo nextest run -p hall"
    );
}

/// `kiosk/EVENTS.md`: a row an event.
fn events() -> String {
    let mut text = "# Events\n\nEverything the terminal may write down; made from `kiosk/src/events.rs`. What the audit keeps is chained \
                    (`kiosk audit`), the rest stands in the log only. A machine's name that \
                    looks like somebody's number is written as `?`.\n\n| Event | Whose doing | Kept in | Meaning | Fields |\n|---|---|---|---|---|\n"
        .to_owned();
    for event in kiosk::events::DESCRIBED {
        let field = |(name, kind, means): &(&str, &str, &str)| format!("`{name}` ({kind}): {}", means.trim());
        let fields: Vec<String> = event.fields.iter().map(field).collect();
        let kept = if event.audited { "audit, log" } else { "log" };
        let (actor, means) = (event.actor.as_str(), event.means.trim());
        text.push_str(&format!("| `{}` | {actor} | {kept} | {means} | {} |\n", event.name, fields.join("<br>")));
    }
    text
}

#[test]
fn the_list_of_events_is_old() {
    let file = root().join("kiosk/EVENTS.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, events()).unwrap();
    }
    let published = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(published == events(), "kiosk/EVENTS.md is old: UPDATE=1 cargo nextest run -p hall");
}

#[test]
fn the_example_configuration_is_refused() {
    let site = kiosk::config::load(&[root().join("deploy/site.toml")]);
    assert!(site.is_ok(), "{:#?}", site.err());
}

fn faults(change: impl Fn(&str) -> String) -> Vec<kiosk::config::Fault> {
    let good = std::fs::read_to_string(root().join("deploy/site.toml")).unwrap();
    let file = std::env::temp_dir().join(format!("site-{}-{:?}.toml", std::process::id(), std::thread::current().id()));
    std::fs::write(&file, change(&good)).unwrap();
    let result = kiosk::config::load(std::slice::from_ref(&file));
    std::fs::remove_file(&file).unwrap();
    result.err().unwrap_or_default()
}

/// The example's key for documents.
const KEY: &str = "4ff2a9bbc21e5f88c37e246e4c16a923a33b4a034dbc2007613fffa9cae6b9cc";

const BLOCK: &str = "[[agency.document_keys]]
algorithm = \"ed25519\"
id = \"d931b4033c4226b5\"
public_key = \"4ff2a9bbc21e5f88c37e246e4c16a923a33b4a034dbc2007613fffa9cae6b9cc\"
";

#[test]
fn a_misspelt_or_senseless_key_is_without_effect() {
    let found = |change: fn(&str) -> String, key: &str| {
        let faults = faults(change);
        let fault = faults.iter().find(|fault| fault.key == key);
        let fault = fault.unwrap_or_else(|| panic!("{key} was not blamed: {faults:#?}"));
        assert!(fault.file.contains("site-") && !fault.right.is_empty(), "{fault}");
    };
    found(|good| good.replace("https://", "http://"), "agency.url");
    found(|good| format!("{good}\n[limits]\nidle_warning_ms = 5\n"), "limits.idle_warning_ms");
    found(|good| format!("{good}\n[limits]\nidle_waring_ms = 60000\n"), "limits.idle_waring_ms");
    found(|good| format!("{good}\n[limits]\nidle_warning_ms = \"long\"\n"), "limits.idle_warning_ms");
    found(|good| good.replacen("id = ", "idd = ", 1), "terminal.idd");
    // It stands in every act id, and those in the audit.
    found(|good| good.replacen("\"t-0301\"", "\"t-13800000001\"", 1), "terminal.id");
    found(|good| good.replace("[devices.card]", "[devices.cart]"), "devices.cart");
    found(|good| good.replacen("reader = ", "bridge = ", 1), "devices.card.bridge");
    found(|good| good.replacen("reader = ", "bridge = \"/run/b.sock\"\nreader = ", 1), "devices.card.bridge");
    found(|good| good.replace("# presentation = ", "presentation = \"motorised\" # "), "devices.card.presentation");
    for (key, change) in [
        ("agency.document_keys.0.algorithm", (|good| good.replace("\"ed25519\"", "\"rsa\"")) as fn(&str) -> String),
        ("agency.document_keys.0.public_key", |good| good.replace(KEY, &KEY[2..])),
        ("agency.document_keys.0.public_key", |good| good.replace(KEY, &KEY.to_uppercase())),
        ("agency.document_keys.0.id", |good| good.replace(KEY, &KEY.replace("4ff2", "4ff3"))),
        ("agency.document_keys.0.id", |good| good.replace("d931b4033c4226b5", "")),
        ("agency.document_keys.0.key", |good| good.replace("public_key", "key")),
        ("agency.document_keys.1.public_key", |good| {
            good.replace("[devices.card]", &format!("{BLOCK}\n[devices.card]"))
        }),
        ("agency.document_keys", |good| {
            good.replace("[devices.card]", &format!("{}\n[devices.card]", BLOCK.repeat(8)))
        }),
    ] {
        found(change, key);
    }
    found(
        |good| good.replace("[devices.receipt]", "[devices.psam]\nsocket = \"psam\"\n[devices.receipt]"),
        "devices.psam.socket",
    );
}

#[test]
fn the_audit_is_kept_for_less_than_the_law_says_or_sealed_to_nobody() {
    let fault = |line: &str, key: &str| {
        let faults = faults(|good| format!("{good}\n{line}\n"));
        let found = faults.iter().find(|fault| fault.key == key).map(|fault| fault.right.clone());
        found.unwrap_or_else(|| panic!("{key} was not blamed: {faults:#?}"))
    };
    let law = fault("[limits]\naudit_keep_days = 183", "limits.audit_keep_days");
    assert!(law.contains("art. 21(3)"), "nobody knows why: {law}");
    fault("[audit]\nseal_to = \"age1\"", "audit.seal_to");
    fault("[audit]\nseal_too = \"age1\"", "audit.seal_too");
    let good = std::fs::read_to_string(root().join("deploy/site.toml")).unwrap();
    let agencys = good.lines().find_map(|line| line.strip_prefix("seal_to = ")).unwrap().split(' ').next().unwrap();
    let same = fault(&format!("[audit]\nseal_to = {agencys}"), "audit.seal_to");
    assert!(same.contains("another key"), "the agency can read what is the auditor's: {same}");
    // The same key with two letters changed is another one, as far as its looks go.
    let other = agencys.replace("age1tv", "age1vt");
    assert_eq!(faults(|good| format!("{good}\n[audit]\nseal_to = {other}\n")), []);
}

#[test]
fn a_file_that_is_not_there_starts_the_terminal() {
    let faults = kiosk::config::load(&[Path::new("/nonexistent/site.toml").to_owned()]).err().unwrap_or_default();
    assert_eq!(faults.len(), 1);
}

fn blamed(change: impl FnOnce(&mut serde_json::Value)) -> Vec<(String, String)> {
    let mut catalogue = serde_json::to_value(agency::catalogue::read().unwrap()).unwrap();
    change(&mut catalogue);
    let findings = kiosk::catalogue::read(&catalogue.to_string()).err().unwrap_or_default();
    findings.into_iter().map(|finding| (finding.item, finding.field)).collect()
}

#[test]
fn the_reference_catalogue_is_refused_by_a_terminal() {
    assert_eq!(blamed(|_| {}), []);
}

#[test]
fn a_mistake_in_a_catalogue_is_not_named() {
    use serde_json::{Value, json};
    type Change = fn(&mut Value);
    let cases: [(Change, &str, &str); 24] = [
        (|whole| whole["version"] = json!(""), "", "version"),
        (|whole| whole["items"] = json!({}), "", "items"),
        (|whole| whole["items"][1]["id"] = whole["items"][0]["id"].clone(), "Q01|Q02", "id"),
        (|whole| whole["items"][0]["group"] = json!("nowhere"), "*", "group"),
        (|whole| whole["items"][0]["name"]["zh"] = json!(" "), "*", "name.zh"),
        (|whole| whole["items"][0]["level"] = json!("L9"), "*", "shape"),
        (|whole| whole["items"][0]["lvel"] = json!("L2"), "*", "shape"),
        (|whole| whole["items"][0]["evidence"] = json!([]), "*", "evidence"),
        (|whole| whole["items"][0]["evidence"] = json!(["face"]), "*", "evidence"),
        (|whole| whole["items"][0]["new_pin"] = json!(true), "*", "new_pin"),
        (|whole| whole["items"][0]["new_pin"] = json!(true), "*", "evidence"),
        (|whole| whole["items"][1]["kind"] = json!("card_pin"), "*", "inputs"),
        (|whole| whole["items"][0]["consent"]["zh"] = json!("同意"), "*", "consent"),
        (|whole| whole["items"][0]["notice"]["bases"] = json!([]), "*", "notice.bases"),
        (|whole| whole["items"][0]["notice"]["region"] = json!("19"), "*", "notice.region"),
        (|whole| whole["items"][0]["notice"]["limits"]["by_promise_working_days"] = json!(9), "*", "notice.limits"),
        (|whole| whole["items"][0]["notice"]["approval"]["approver"] = json!(""), "*", "notice.approval.approver"),
        (
            |whole| whole["items"][0]["notice"]["approval"]["effective_to"] = json!("2020-01-01"),
            "*",
            "notice.approval.effective_to",
        ),
        (
            |whole| {
                whole["items"][0]["notice"]["materials"] = json!([{ "name": { "zh": "证明" }, "basis": { "law": "" } }])
            },
            "*",
            "notice.materials.basis",
        ),
        (|whole| whole["evaluation"]["version"] = json!(0), "", "evaluation.version"),
        (|whole| whole["evaluation"]["reasons"] = json!([]), "", "evaluation.reasons"),
        (
            |whole| whole["evaluation"]["reasons"][1] = whole["evaluation"]["reasons"][0].clone(),
            "",
            "evaluation.reasons.speed",
        ),
        (|whole| whole["evaluation"]["reasons"][0]["label"] = json!({ "zh": "" }), "", "evaluation.reasons.speed"),
        (|whole| whole["evaluation"]["reasons"] = json!("speed"), "evaluation", "shape"),
    ];
    for (number, (change, item, field)) in cases.into_iter().enumerate() {
        let found = blamed(change);
        let named = |(is_item, is_field): &(String, String)| {
            (item == "*" && !is_item.is_empty() || item.split('|').any(|id| id == is_item)) && is_field == field
        };
        assert!(found.iter().any(named), "case {number}: {field} of {item} was not blamed: {found:?}");
    }
    let two = blamed(|whole| {
        whole["items"][0]["inputs"] = json!([
            { "id": "a", "label": { "zh": "甲" }, "kind": { "type": "choice", "options": [] } },
            { "id": "a", "label": { "zh": "" }, "kind": { "type": "amount", "min_fen": 5, "max_fen": 1, "step_fen": 1 } },
        ]);
    });
    assert_eq!(two.iter().filter(|(_, field)| field.starts_with("inputs.a")).count(), 4, "not all at once: {two:?}");
}

#[test]
fn a_text_that_is_no_longer_in_force_is_shown() {
    use contract::catalogue::Status;
    use contract::format::Date;
    let today = Date::new(2026, 11, 23).unwrap();
    let mut catalogue = agency::catalogue::read().unwrap();
    let all = catalogue.clone().in_force(today).items.len();
    let day = |text| Date::parse_iso(text).unwrap();
    let mut approvals = catalogue.items.iter_mut().map(|item| &mut item.notice.approval);
    approvals.next().unwrap().status = Status::Withdrawn;
    approvals.next().unwrap().status = Status::Draft;
    approvals.next().unwrap().effective_from = day("2026-11-24");
    approvals.next().unwrap().effective_to = Some(day("2026-11-22"));
    approvals.next().unwrap().effective_to = Some(today);
    drop(approvals);
    let gone: Vec<String> = catalogue.items.iter().take(4).map(|item| item.id.clone()).collect();
    let shown = catalogue.in_force(today);
    assert_eq!(shown.items.len(), all - 4);
    assert!(gone.iter().all(|id| shown.item(id).is_none()), "{gone:?}");
}

/// Every name in the last column of the table of clauses.
fn shown_by() -> Vec<String> {
    let table = std::fs::read_to_string(root().join("deploy/agency/CLAUSES.md")).unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Clause"));
    let last = rows.filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    last.flat_map(|names| names.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn a_clause_names_a_test_that_is_not_there() {
    let mut known: Vec<String> = hall::journey::all().iter().map(|journey| journey.name.to_owned()).collect();
    known.extend(hall::journey::item::rows().unwrap().into_iter().map(|row| row.item));
    let mut folders = vec![root().join("tests/suite"), root().join("tests/judging"), root().join("tests/agency/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                // Only what the runner runs.
                let tests = text.split("#[test]").skip(1);
                known.extend(tests.filter_map(|test| Some(test.split_once("fn ")?.1.split_once("()")?.0.to_owned())));
            }
        }
    }
    let named = shown_by();
    assert!(named.len() > 30, "the table is not read: {named:?}");
    let missing: Vec<_> = named.iter().filter(|name| !known.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
