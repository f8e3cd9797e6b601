//! A document that is checked without the agency: what may be said of it, and what may not.

use agency::seal::{Algorithm, Seal, document_keys as printed};
use contract::catalogue::check;
use contract::format::{Date, DocumentSeal};
use contract::site::DocumentKey;
use hal::scanner::ScanError;
use hal::{Code, Private};
use hall::sim::{Deed, PLACES, Sim, What, document_keys, seal, verdicts};
use kiosk::agency::{AgencyError, OutOfDate, Question};
use kiosk::crypto::document::{Verdict, verify};
use kiosk::session::{Completion, Device, Effect, Input};
use ui::Intent;
use ui::model::{Page, Tone};

fn verdict(text: &str, keys: &[DocumentKey]) -> &'static str {
    match DocumentSeal::parse(text).map(|seal| verify(&seal, keys)) {
        Some(Verdict::Signed) => "signed",
        Some(Verdict::Wrong) => "wrong",
        Some(Verdict::UnknownKey) => "unknown_key",
        None => "no_seal",
    }
}

#[test]
fn a_signature_of_another_program_is_judged_otherwise() {
    let (keys, cases) = (document_keys(), verdicts());
    assert!(keys.len() == 2 && cases.len() > 20, "the vectors were not read");
    for (id, text, wanted) in cases {
        assert_eq!(verdict(text, &keys), wanted, "{id}");
        // Without keys nothing is judged, and nothing is called forged.
        assert!(["unknown_key", "no_seal"].contains(&verdict(text, &[])), "{id}");
    }
}

#[derive(serde::Deserialize)]
struct Site {
    agency: Agency,
}

#[derive(serde::Deserialize)]
struct Agency {
    document_keys: Vec<DocumentKey>,
}

#[test]
fn a_document_of_the_agency_is_strange_to_its_own_terminal() {
    let folder = std::env::temp_dir().join(format!("offline-seal-{}", std::process::id()));
    let day = |text| Date::parse_iso(text).unwrap();
    let text = |algorithm| {
        let seal = Seal::open(&folder, algorithm).unwrap();
        seal.text("AAAA-BBBB-CCCC-DDDD", day("2026-11-23"), day("2027-02-23"), "190001196705120015").unwrap()
    };
    let texts = Algorithm::ALL.map(text);
    let keys = toml::from_str::<Site>(&printed(&folder).unwrap()).unwrap().agency.document_keys;
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(keys.len(), 2);
    for text in texts {
        assert_eq!(verdict(&text, &keys), "signed");
        for at in 0..text.len() {
            // One sign otherwise anywhere: it is no text, names another key, or is not signed. Never signed.
            let (head, tail) = text.split_at(at);
            let other = if tail.starts_with('7') { "8" } else { "7" };
            let touched = format!("{head}{other}{}", &tail[1..]);
            assert_ne!(verdict(&touched, &keys), "signed", "{touched}");
        }
    }
}

/// Without the agency, this was held before the scanner.
fn scanned(text: &str) -> Sim {
    let mut sim = Sim::at("scanning, offline");
    assert_eq!(sim.done(Completion::Scanned(Ok(Private::from(text)))), None);
    sim
}

/// Everything that can be read, on all pages.
fn said(sim: &mut Sim) -> String {
    let mut all = String::new();
    loop {
        all.push_str(&format!("{:?}", sim.screen().page));
        if sim.tap(Intent::NextPage).is_some() {
            return all;
        }
    }
}

fn asked(sim: &Sim) -> usize {
    sim.effects.iter().filter(|effect| matches!(effect, Effect::Ask(_, Question::Query(_)))).count()
}

#[test]
fn a_signature_is_taken_for_the_whole_truth() {
    let mut sim = scanned(&seal("signed"));
    assert_eq!(sim.state.page_name(), "seal-signed");
    let said = said(&mut sim);
    for words in [
        "签名有效，未联网核对是否撤销",
        "K7Q2-9F4M-X3TB-6WPD",
        "2026年11月23日",
        "2027年02月23日（未过期）",
        "没有核对",
        "12333",
    ] {
        assert!(said.contains(words), "{words} is missing: {said}");
    }
    assert!(said.contains("ed25519 d931b4033c4226b5"), "the key is not named: {said}");
    assert!(!said.contains("打印"), "it can be printed: {said}");
    let sm2 = self::said(&mut scanned(&seal("signed with SM2")));
    assert!(sm2.contains("签名有效") && sm2.contains("sm2-standin"), "{sm2}");
}

#[test]
fn it_is_said_in_green_or_with_a_tick() {
    let places = PLACES
        .iter()
        .map(|(name, ..)| *name)
        .filter(|name| name.starts_with("seal ") || ["no seal", "code only"].contains(name));
    let mut pages = 0;
    for place in places {
        let tone = match Sim::at(place).screen().page {
            Page::Summary(page) => page.tone,
            Page::Notice(page) => page.tone,
            page => panic!("{place}: {page:?}"),
        };
        assert!(matches!(tone, Tone::Warn | Tone::Stop), "{place}: {tone:?}");
        pages += 1;
    }
    assert_eq!(pages, 8);
}

#[test]
fn a_forged_document_passes_or_a_strange_one_is_called_forged() {
    for (case, page, words) in [
        ("a forged date", "seal-wrong", "签名不符"),
        ("a replaced subject", "seal-wrong", "签名不符"),
        ("another agency's key under our name", "seal-wrong", "签名不符"),
        ("another agency's key", "seal-unknown-key", "这不等于是假的"),
        ("an algorithm of tomorrow", "seal-unknown-key", "无法判断"),
        ("cut off", "no-seal", "这不是证明上的二维码"),
        ("an address", "no-seal", "这不是证明上的二维码"),
    ] {
        let mut sim = scanned(&seal(case));
        assert_eq!(sim.state.page_name(), page, "{case}");
        let said = said(&mut sim);
        assert!(said.contains(words) && !said.contains("签名有效"), "{case}: {said}");
        // What nobody has signed stands nowhere on the glass.
        assert!(!said.contains("2037") && !said.contains("K7Q2"), "{case}: {said}");
    }
}

#[test]
fn an_expired_document_or_a_wrong_clock_is_passed_over() {
    let expired = said(&mut scanned(&seal("expired")));
    assert!(expired.contains("2026年10月01日（已过期）") && expired.contains("已经过期"), "{expired}");
    assert!(said(&mut scanned(&seal("last day"))).contains("2026年11月23日（未过期）"), "its last day does not count");
    let future = said(&mut scanned(&seal("from the future")));
    assert!(future.contains("不能确定是否过期") && future.contains("本机时钟"), "{future}");
    // By the agency's certificate, or by what the agency said the time was before the line broke.
    let known: [fn(&mut Sim); 2] = [
        |sim| sim.state.terminal.health.agency_fault = Some(Code::AgencyClockWrong),
        |sim| assert_eq!(sim.feed(Input::Health(Device::Clock, Err(Code::ClockOff))), None),
    ];
    for (case, wrong) in ["signed", "expired"].into_iter().zip(known) {
        let mut sim = scanned(&seal(case));
        wrong(&mut sim);
        assert!(said(&mut sim).contains("不能确定是否过期"), "{case}: a clock that is known to be wrong is believed");
    }
}

#[test]
fn the_agency_is_back_and_nobody_asks_it() {
    // While somebody looks for their paper.
    let mut sim = Sim::at("scanning, offline");
    assert_eq!(sim.deed(Deed::AgencyBack), None);
    let before = asked(&sim);
    sim.done(Completion::Scanned(Ok(Private::new(seal("signed")))));
    assert_eq!((sim.state.page_name(), asked(&sim)), ("fetching", before + 1));
    // While they read what was found without it.
    let mut sim = Sim::at("seal signed, agency back");
    assert!(said(&mut sim).contains("联网核对"), "nothing leads there");
    let before = asked(&sim);
    assert_eq!((sim.tap(Intent::Confirm), sim.state.page_name(), asked(&sim)), (None, "fetching", before + 1));
    let records = sim.completion(What::Records);
    assert_eq!((sim.done(records), sim.state.page_name()), (None, "table"));
}

#[test]
fn the_line_breaks_in_the_middle_and_nothing_is_told() {
    for error in [AgencyError::Timeout, AgencyError::Lost, AgencyError::Broken, AgencyError::OutOfDate(OutOfDate::Own)]
    {
        let mut sim = Sim::at("scanning");
        sim.done(Completion::Scanned(Ok(Private::new(seal("signed")))));
        assert_eq!(sim.state.page_name(), "fetching", "an agency that is there is not asked");
        sim.done(Completion::Queried(Err(error)));
        assert_eq!(sim.state.page_name(), "seal-signed");
        assert!(!sim.state.terminal.health.agency);
    }
    // An answer that nobody understands is no outage, and no reason to tell half of it.
    let mut sim = Sim::at("scanning");
    sim.done(Completion::Scanned(Ok(Private::new(seal("signed")))));
    sim.done(Completion::Queried(Err(AgencyError::Garbled)));
    assert_eq!(sim.state.page_name(), "agency-fault");
}

#[test]
fn junk_before_the_scanner_ends_in_a_form_or_nothing() {
    for junk in ["EC0011223344556677", "SR1|", "|||||||", "https://example.invalid/", "社保", "\u{0}\u{1}"] {
        let mut sim = scanned(junk);
        assert_eq!(sim.state.page_name(), "no-seal", "{junk:?}");
        assert_eq!((sim.tap(Intent::Confirm), sim.state.page_name()), (None, "scanning"), "{junk:?}");
    }
    let mut sim = Sim::at("scanning, offline");
    sim.done(Completion::Scanned(Err(ScanError::NothingShown)));
    assert_eq!(sim.state.page_name(), "form", "nothing shown is no document");
}

#[test]
fn a_typed_code_is_judged_without_the_agency() {
    let mut sim = Sim::at("scanning, offline");
    sim.tap(Intent::Back);
    for key in "K7Q29F4M".chars() {
        assert_eq!(sim.tap(Intent::Type(key)), None);
    }
    assert_eq!((sim.tap(Intent::Confirm), sim.state.page_name()), (None, "code-only"));
    assert!(said(&mut sim).contains("要联网才能核对"));
}

/// Home of a guest while the agency is down, and what its last tile says.
fn tile(change: impl Fn(&mut Sim)) -> (bool, String) {
    let mut sim = Sim::at("code only");
    change(&mut sim);
    sim.tap(Intent::Back);
    let Page::Home(home) = sim.screen().page else { panic!("no home") };
    let tile = home.tiles.into_iter().find(|tile| tile.label.contains("证明核验")).unwrap();
    (tile.intent.is_some(), tile.hint)
}

#[test]
fn a_terminal_offers_to_check_what_it_cannot() {
    let (open, hint) = tile(|_| ());
    assert!(open && hint.contains("核对签名"), "{hint}");
    let without_keys = |sim: &mut Sim| {
        let mut site = (*sim.state.terminal.site).clone();
        site.agency.document_keys.clear();
        sim.state.terminal.site = site.into();
    };
    let no_scanner = |sim: &mut Sim| {
        let _taken = sim.feed(Input::Health(Device::Scanner, Err(Code::ScannerOffline)));
    };
    for (open, hint) in [tile(without_keys), tile(no_scanner)] {
        assert!(!open && hint.contains("连不上"), "{hint}");
    }
    let (open, hint) = tile(|sim| assert_eq!(sim.deed(Deed::AgencyBack), None));
    assert!(open && !hint.contains("核对签名"), "{hint}");
    // The line breaks where there are no keys: as before.
    let mut sim = Sim::at("scanned nonsense");
    without_keys(&mut sim);
    sim.done(Completion::Queried(Err(AgencyError::Unreachable)));
    assert_eq!(sim.state.page_name(), "agency-fault");
}

#[test]
fn the_audit_tells_which_document_it_was() {
    let sim = scanned(&seal("signed"));
    let lines: Vec<String> = sim
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Log(event) => Some(event.line()),
            _ => None,
        })
        .filter(|line| line.contains("checked_offline"))
        .collect();
    assert_eq!(lines.last().unwrap(), "event=checked_offline visit=1 item=V01 found=seal-signed");
    assert!(lines.iter().all(|line| !line.contains("K7Q2") && !line.contains("sha256")), "{lines:?}");
}

#[test]
fn an_item_without_a_signature_is_checked_offline() {
    let good = agency::catalogue::read().unwrap();
    let found = |change: fn(&mut contract::catalogue::Item)| {
        let mut catalogue = good.clone();
        change(catalogue.items.iter_mut().find(|item| item.offline_check).unwrap());
        check(&catalogue).into_iter().map(|finding| finding.field).collect::<Vec<_>>()
    };
    assert_eq!(found(|_| {}), Vec::<String>::new());
    assert_eq!(found(|item| item.inputs.clear()), ["offline_check"]);
    assert_eq!(found(|item| item.inputs[0].kind = contract::field::FieldType::IdTail {}), ["offline_check"]);
    let twice = |item: &mut contract::catalogue::Item| {
        let mut field = item.inputs[0].clone();
        field.id.push('2');
        item.inputs.push(field);
    };
    assert_eq!(found(twice), ["offline_check"]);
    assert!(found(|item| item.kind = contract::catalogue::Kind::Print).contains(&"offline_check".to_owned()));
}
