//! How much a visit, a day and a page may have: what is over a limit is not offered, and what has been typed is not lost.

use std::sync::Arc;

use contract::catalogue::Kind;
use contract::field::Value;
use contract::message::{FileCase, Outcome, content_digest};
use contract::site::Limits;
use hal::receipt::Line;
use hal::{Code, Progress};
use hall::ground::TERMINAL;
use hall::sim::{Deed, Sim, What, way};
use kiosk::agency::AgencyError;
use kiosk::clock::Now;
use kiosk::crypto::person::PersonKey;
use kiosk::journal::Journal;
use kiosk::session::{
    Act, ActBody, ActId, Brought, Completion, Device, Effect, Input, Post, Scene, Serving, Stage, wake_at,
};
use ui::{Intent, Page};

/// A terminal at that place, with limits of its own.
fn limited(place: &str, limit: fn(&mut Limits)) -> Sim {
    let mut sim = Sim::at(place);
    limit(&mut Arc::make_mut(&mut sim.state.terminal.site).limits);
    sim
}

/// Hints of the tiles that cannot be tapped.
fn closed(sim: &Sim) -> Vec<String> {
    let Page::Home(home) = sim.screen().page else { panic!("home is not shown") };
    home.tiles.into_iter().filter(|tile| tile.intent.is_none()).map(|tile| tile.hint).collect()
}

#[test]
fn somebody_files_case_after_case() {
    for limit in [(|limits| limits.visit_cases_max = 1) as fn(&mut Limits), |limits| limits.day_cases_max = 1] {
        let mut sim = limited("filed", limit);
        for _ in ["to the rating", "home"] {
            assert_eq!(sim.tap(Intent::Back), None);
        }
        assert_eq!((sim.state.page_name(), closed(&sim).len()), ("home", 1));
        assert_eq!(sim.tap(Intent::Choose(2)), Some("not offered"));
    }
}

#[test]
fn somebody_leaves_in_the_middle_of_filing_again_and_again() {
    let mut sim = limited("filing", |limits| limits.day_cases_max = 1);
    assert_eq!(sim.pull(), None);
    sim.elapsed_ms += 900_000;
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (None, "welcome"));
    // The terminal is ready already.
    for deed in way("home").into_iter().skip(1) {
        assert_eq!(sim.deed(deed), None, "{deed:?}");
    }
    assert_eq!(closed(&sim), ["本机今日受理已满，请到窗口"]);
}

#[test]
fn a_card_put_in_while_nobodys_complaint_is_on_its_way_lets_it_pass_uncounted() {
    let mut sim = limited("leaving a question, nobody", |limits| limits.hour_open_cases_max = 1);
    assert_eq!((sim.insert(), sim.state.page_name()), (None, "filing"));
    assert_eq!((sim.deed(Deed::Done(What::Left)), sim.state.page_name()), (None, "question-left"));
    assert_eq!((sim.tap(Intent::Back), sim.state.page_name()), (None, "reading"));
    assert_eq!((sim.pull(), sim.state.page_name()), (None, "welcome"));
    for deed in way("nothing found, nobody").into_iter().skip(1) {
        assert_eq!(sim.deed(deed), None, "{deed:?}");
    }
    assert_eq!(sim.tap(Intent::Choose(1)), Some("not offered"));
}

#[test]
fn a_page_behind_a_hanging_disk_outlives_its_visit() {
    let mut sim = Sim::at("noting");
    let longest_ms = sim.state.terminal.site.limits.visit_max_ms;
    sim.elapsed_ms += longest_ms;
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (None, "farewell"));
    // Nor does the message that nothing is shown hold anybody whom the battery forbids to serve.
    let mut sim = Sim::at("not noted");
    sim.feed(Input::Health(Device::Ups, Err(Code::UpsBatteryLow)));
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (None, "farewell"));
}

const MINUTE_MS: i64 = 60_000;
/// Noon in the hall.
const NOON: Now = Now { elapsed_ms: 5, unix_ms: 1_795_406_400_000 };

/// So many minutes later.
fn later(minutes: i64) -> Now {
    Now { unix_ms: NOON.unix_ms + minutes * MINUTE_MS, ..NOON }
}

/// Something is brought on its way, in the name of somebody or of nobody; where it ends, it ends so.
fn brings(journal: &mut Journal, of: Option<&str>, outcome: Option<Outcome>, at: Now) {
    let sequence = journal.next_sequence().unwrap();
    let act = Act {
        id: ActId { text: format!("{TERMINAL}-0d15ea5e-{sequence}"), sequence },
        visit_token: "0".repeat(32),
        item: "F18".to_owned(),
        person: of.map(|id_number| PersonKey::new(&[7; 32]).of(id_number)),
        body: ActBody::Question(String::new()),
    };
    journal.begin(&act, 1, None, at).unwrap();
    journal.advance(&act.id.text, "sending").unwrap();
    if let Some(outcome) = outcome {
        journal.settle(&act.id.text, outcome, None, None, at).unwrap();
    }
}

#[test]
fn a_terminal_is_killed_to_file_without_end() {
    let folder = std::env::temp_dir().join(format!("killed-to-file-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOON).unwrap();
    let somebody = Some("190001196705120015");
    brings(&mut journal, somebody, Some(Outcome::Filed), later(-24 * 60));
    brings(&mut journal, None, Some(Outcome::Filed), later(-70));
    brings(&mut journal, somebody, Some(Outcome::NotFiled), later(-5));
    brings(&mut journal, None, Some(Outcome::Queued), later(-4));
    // The power goes: of the last nobody knows whether it was filed.
    brings(&mut journal, somebody, None, later(-3));
    drop(journal);
    let brought = Journal::open(&folder, "ffffffff", TERMINAL, NOON).unwrap().brought(NOON).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(brought, Brought { cases_today: 1, of_nobody_ago_ms: vec![4 * MINUTE_MS] });

    let mut sim = limited("home", |limits| limits.day_cases_max = 1);
    let now = sim.now();
    sim.state.terminal.has_brought(&brought, now);
    assert_eq!(closed(&sim), ["本机今日受理已满，请到窗口"]);
    sim.elapsed_ms += 24 * 3_600_000;
    assert_eq!(closed(&sim), [] as [&str; 0], "it stays closed");

    let leaves_a_question = |brought: &Brought| {
        let mut sim = limited("nothing found", |limits| limits.hour_open_cases_max = 1);
        let now = sim.now();
        sim.state.terminal.has_brought(brought, now);
        sim.tap(Intent::Choose(1))
    };
    assert_eq!(leaves_a_question(&brought), Some("not offered"));
    let an_hour_ago = Brought { of_nobody_ago_ms: vec![60 * MINUTE_MS], ..brought };
    assert_eq!(leaves_a_question(&an_hour_ago), None, "it stays closed");
}

#[test]
fn somebody_prints_until_the_paper_is_gone() {
    let mut sim = limited("printed", |limits| limits.visit_papers_max = 1);
    assert_eq!(sim.tap(Intent::Confirm), None);
    assert_eq!((sim.state.page_name(), closed(&sim)), ("home", vec!["本次打印张数已满，请到窗口".to_owned()]));
}

#[test]
fn a_pin_lies_on_the_glass_for_longer_than_it_may() {
    let mut sim = limited("pin, typed", |limits| limits.pin_idle_ms = 50_000);
    sim.elapsed_ms += 20_000;
    assert_eq!(sim.feed(Input::Due), None, "nobody is warned");
    sim.elapsed_ms += 30_000;
    assert_eq!(sim.feed(Input::Due), None, "the warning stays");
    assert_eq!(sim.state.page_name(), "farewell");
}

/// The visit has lasted too long; under which number what was typed is kept.
fn time_is_over(sim: &mut Sim) -> (String, FileCase) {
    sim.elapsed_ms += 900_000;
    assert_eq!(sim.feed(Input::Due), None);
    let drafts = sim.effects.iter().filter_map(|effect| match effect {
        Effect::Post(Some(_), Post::Draft { code, typed }) => Some((code.clone(), (**typed).clone())),
        _ => None,
    });
    let [draft] = &drafts.collect::<Vec<_>>()[..] else { panic!("no draft from {}", sim.state.page_name()) };
    draft.clone()
}

#[test]
fn the_time_is_over_before_a_last_proof_and_what_was_typed_is_lost() {
    let typed = |place: &str| time_is_over(&mut Sim::at(place)).1.inputs;
    assert!(!typed("witness: foreign").is_empty());
    assert_eq!(typed("review, PIN once more"), typed("review"));
    assert_eq!(typed("review, e-card once more"), typed("review, e-card"));
}

#[test]
fn the_time_is_over_in_the_middle_of_a_word_and_it_is_lost() {
    let mut sim = Sim::at("form: key on its way");
    for what in [What::Composed, What::Chosen] {
        assert_eq!(sim.deed(Deed::Done(what)), None);
    }
    let Stage::Serving(Serving { scene: Scene::Form(form), .. }) = &mut sim.state.stage else { panic!("no form") };
    // As if it were the first question.
    form.item.inputs.retain(|field| field.id == "name");
    form.answers.clear();
    let (_, typed) = time_is_over(&mut sim);
    assert_eq!(typed.inputs.get("name"), Some(&Value::Text("知远".to_owned())));
}

#[test]
fn half_of_a_new_answer_takes_the_place_of_the_old_one() {
    for (typed, kept) in [("139", "13800000001"), ("13900000002", "13900000002")] {
        let mut sim = Sim::at("review");
        let Stage::Serving(Serving { scene, .. }) = &mut sim.state.stage else { panic!("nobody is there") };
        let Scene::Review(review) = &*scene else { panic!("no review") };
        let mut form = review.form.clone();
        form.changing = Some("phone".to_owned());
        form.typed.text = typed.to_owned();
        *scene = Scene::Form(form);
        let (_, draft) = time_is_over(&mut sim);
        assert_eq!(draft.inputs.get("phone"), Some(&Value::Text(kept.to_owned())), "{typed}");
    }
}

#[test]
fn the_time_is_over_while_the_card_gets_its_pin_and_what_was_typed_is_lost() {
    let mut sim = Sim::at("card PIN: old");
    let Stage::Serving(Serving { scene: Scene::CardPin(pin), .. }) = &mut sim.state.stage else { panic!("no PIN") };
    pin.form.item.kind = Kind::Filing;
    pin.form.answers.insert("name".to_owned(), Value::Text("知远".to_owned()));
    pin.form.answers.insert("pin".to_owned(), Value::Withheld);
    let (_, typed) = time_is_over(&mut sim);
    assert_eq!(typed.inputs.into_keys().collect::<Vec<_>>(), ["name"]);
}

#[test]
fn a_warning_that_was_answered_ends_the_visit_later() {
    // Paper is refilled, and later it jams: whoever waits has a whole warning's time from there.
    let mut sim = Sim::at("printing, blocked, warned");
    assert_eq!(sim.progress(Progress::Resumed), None);
    sim.elapsed_ms += 40_000;
    assert_eq!(sim.progress(Progress::Blocked(Code::ReceiptPaperOut)), None);
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (Some("not due"), "printing"));
    // A document is laid down, and the agency takes its time.
    let mut sim = Sim::at("document, warned");
    assert_eq!(sim.deed(Deed::Done(What::DocumentRead)), None);
    sim.elapsed_ms += 40_000;
    assert_eq!(sim.deed(Deed::Done(What::CodeSent)), None);
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (Some("not due"), "one-time-code"));
}

#[test]
fn a_result_that_is_refused_prolongs_a_visit() {
    for place in ["scanning", "e-card", "witness"] {
        let mut sim = Sim::at(place);
        let ends_ms = wake_at(&sim.state);
        sim.elapsed_ms += 1_000;
        assert_eq!(sim.done(Completion::Posted(true)), Some("not expected"), "{place}");
        assert_eq!(wake_at(&sim.state), ends_ms, "{place}");
    }
    let mut sim = Sim::at("document, warned");
    let before = sim.screen();
    assert_eq!(sim.deed(Deed::Done(What::Scanned)), Some("not expected"));
    assert!(sim.screen() == before, "what nobody asked for answers the warning");
}

#[test]
fn a_printer_that_repeats_its_complaint_answers_a_warning() {
    let mut sim = Sim::at("printing, blocked, warned");
    assert_eq!(sim.progress(Progress::Blocked(Code::ReceiptPaperOut)), None);
    sim.elapsed_ms += 30_000;
    assert_eq!(sim.feed(Input::Due), None);
    assert_ne!(sim.state.page_name(), "printing", "nobody is there");
}

#[test]
fn a_slip_is_cut_off_in_silence() {
    for (choice, mark) in [(1, ""), (0, "补缴")] {
        let mut sim = Sim::at("slip choice");
        let Stage::Serving(Serving { scene: Scene::SlipChoice(shown), .. }) = &mut sim.state.stage else {
            panic!("no choice")
        };
        let mut row = shown.table.rows[0].clone();
        mark.clone_into(&mut row.mark);
        shown.table.rows = vec![row; 40];
        assert_eq!(sim.tap(Intent::Choose(choice)), None);
        let slip = sim.effects.iter().find_map(|effect| match effect {
            Effect::Act(_, Act { body: ActBody::Slip(receipt), .. }) => Some(&receipt.lines),
            _ => None,
        });
        let lines = slip.unwrap();
        let of_a_row = |line: &&Line| match line {
            Line::Row(_) => true,
            Line::Pair(_, value) => !mark.is_empty() && value == mark,
            _ => false,
        };
        // The headings are a row, too.
        assert_eq!(lines.iter().filter(of_a_row).count(), if mark.is_empty() { 37 } else { 36 });
        let told = |line: &Line| matches!(line, Line::Text(text) if text == "其余 4 行未打印");
        assert!(lines.iter().any(told), "nobody is told that four rows are missing");
    }
}

#[test]
fn the_number_of_a_draft_can_be_counted_from_what_the_journal_shows() {
    let (code, typed) = time_is_over(&mut Sim::at("review"));
    let from_the_token = content_digest(format!("{}/draft", typed.visit).as_bytes());
    let counted = from_the_token.bytes().fold(0u64, |sum, byte| (sum * 31 + u64::from(byte)) % 100_000_000);
    assert_ne!(code, format!("{counted:08}"));
}

#[test]
fn the_time_is_over_and_what_was_typed_is_lost() {
    let mut sim = Sim::at("review");
    let (code, typed) = time_is_over(&mut sim);
    assert!(!typed.inputs.is_empty() && typed.session.is_empty() && typed.consent.is_empty(), "it could be filed");
    let number = format!("编号 {} {}", &code[..4], &code[4..]);
    assert!(!numbers(&sim).contains(&number), "told before it is on the disk");
    // The clerk is busy; then whoever waits has the whole time to write it down.
    sim.elapsed_ms += 10_000;
    assert_eq!(sim.done(Completion::Posted(true)), None);
    assert_eq!(numbers(&sim), [number]);
    sim.pull();
    assert_eq!(wake_at(&sim.state), Some(sim.elapsed_ms + sim.state.terminal.site.limits.notice_ms));
}

/// What the farewell lists.
fn numbers(sim: &Sim) -> Vec<String> {
    let Page::Farewell(farewell) = sim.screen().page else { panic!("{}", sim.state.page_name()) };
    farewell.items.into_iter().map(|(_, text)| text).filter(|text| text.starts_with("编号")).collect()
}

#[test]
fn a_number_is_told_under_which_nothing_is_kept() {
    let sim = Sim::at("farewell, draft lost");
    let Page::Farewell(farewell) = sim.screen().page else { panic!("{}", sim.state.page_name()) };
    assert!(numbers(&sim).is_empty() && farewell.hint.contains("没有保存"), "{}", farewell.hint);
}

#[test]
fn nobody_looks_what_became_of_an_act_or_sees_that_the_outbox_is_full() {
    for (place, code) in [
        ("welcome, books open", "store.unresolved"),
        ("welcome, parcel refused", "store.parcel_refused"),
        ("welcome, result not taken", "store.unreported"),
        ("welcome, clock off", "clock.off"),
        ("welcome, outbox full", "store.outbox_full"),
        ("welcome, audit short of room", "store.audit_filling"),
        ("welcome, audit full", "store.audit_full"),
    ] {
        let Page::Welcome(welcome) = Sim::at(place).screen().page else { panic!("{place}") };
        let wanted = ui::words::Words::of(ui::Lang::Zh).fault(code, "staff");
        assert!(welcome.notices.iter().any(|notice| notice.contains(wanted)), "{place}: {:?}", welcome.notices);
    }
}

#[test]
fn an_opinion_is_said_to_be_kept_where_nothing_can_be() {
    let mut sim = Sim::at("rated");
    sim.feed(Input::Health(Device::Store, Err(Code::StoreUnwritable)));
    sim.done(Completion::Evaluated(Err(AgencyError::Unreachable)));
    assert_eq!(sim.state.page_name(), "agency-fault");
    // Or where the disk fails in that moment.
    let mut sim = Sim::at("opinion, being sealed");
    sim.done(Completion::Posted(false));
    assert_eq!(sim.state.page_name(), "agency-fault");
}
