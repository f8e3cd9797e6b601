//! Numbers that are told once, to somebody whose name nobody knows: nothing else finds the case or the answer, and what comes after
//! their page must not take them away.

use std::sync::Arc;

use contract::message::Outcome;
use contract::problem::{Problem, ProblemCode, Route};
use hal::card::{CardError, CardEvent, Insertion};
use hal::{Code, Progress};
use hall::sim::{Deed, Sim, What, way};
use kiosk::agency::AgencyError;
use kiosk::session::{ActEnd, ActFailure, CardCommand, Completion, Effect, Input, Serving, Stage, wake_at};
use ui::Intent;

/// What is told to whoever has put a card in that waits.
const WAITS: &str = "新卡请稍候";

/// What stands on the page now shown.
fn said(sim: &Sim) -> String {
    format!("{:?}", sim.screen().page)
}

/// The slip of what was filed or left there does not come out, or nobody knows whether it does: the number, as it is called, is told again.
fn slip_jams(place: &str, number: &str) {
    for (deed, page) in [
        (Deed::Done(What::NotPrinted), "not-printed"),
        (Deed::Done(What::Unknown), "print-unknown"),
        // Whoever leaves this page sees no other.
        (Deed::Progress(Progress::Blocked(Code::ReceiptPaperOut)), "printing"),
    ] {
        let mut sim = Sim::at(place);
        let limits = &mut Arc::make_mut(&mut sim.state.terminal.site).limits;
        limits.idle_warning_ms = limits.notice_ms / 4;
        let written_down_ms = limits.notice_ms;
        assert!(said(&sim).contains("2607 0019"), "{place}");
        assert_eq!((sim.tap(Intent::Confirm), sim.state.page_name()), (None, "printing"), "{place}");
        assert_eq!((sim.deed(deed), sim.state.page_name()), (None, page), "{place}");
        assert!(said(&sim).contains(&format!("{number}：2607 0019")), "{place}, {page}: {}", said(&sim));
        assert_eq!(wake_at(&sim.state), Some(sim.elapsed_ms + written_down_ms), "{place}, {page}: it goes too early");
    }
}

#[test]
fn a_slip_that_jams_takes_the_number_of_nobodys_complaint_along() {
    slip_jams("complaint filed, nobody", "取件码");
}

#[test]
fn a_slip_that_jams_takes_the_number_of_a_question_along() {
    slip_jams("question left, nobody", "问题编号");
}

#[test]
fn a_slip_that_came_out_is_said_to_be_lost() {
    let mut sim = Sim::at("complaint filed, nobody");
    for deed in [Deed::Tap(Intent::Confirm), Deed::Done(What::Printed)] {
        assert_eq!(sim.deed(deed), None, "{deed:?}");
    }
    assert!(sim.state.page_name() == "printed" && !said(&sim).contains("2607 0019"), "{}", said(&sim));
}

/// How many cards were begun to be read.
fn read(sim: &Sim) -> usize {
    sim.effects.iter().filter(|effect| matches!(effect, Effect::Card(_, CardCommand::Begin(_)))).count()
}

/// Whoever is at this place of the table, but for the last step on the way there; and that step.
fn before(place: &str) -> (Sim, Deed) {
    let way = way(place);
    let (last, before) = way.split_last().unwrap();
    let mut sim = Sim::new();
    for deed in before {
        assert_eq!(sim.deed(*deed), None, "{deed:?}");
    }
    (sim, *last)
}

#[test]
fn a_card_put_in_while_nobodys_complaint_is_on_its_way_hides_its_number() {
    let (_, filed) = before("complaint filed, nobody");
    for (end, page, told) in [
        (filed, "filed", "2607 0019"),
        (Deed::Done(What::Queued), "queued", "查询凭编号"),
        (Deed::Done(What::NotFiled), "not-filed", "没有提交任何内容"),
    ] {
        let (mut sim, _) = before("complaint filed, nobody");
        assert_eq!((sim.insert(), sim.state.page_name()), (None, "filing"));
        assert!(said(&sim).contains(WAITS), "{}", said(&sim));
        assert_eq!((sim.deed(end), sim.state.page_name()), (None, page));
        assert!(said(&sim).contains(told) && said(&sim).contains(WAITS), "{page}: {}", said(&sim));
        assert_eq!(read(&sim), 0, "{page}");
    }
    let mut sim = Sim::at("complaint filed, card waits");
    assert_eq!((sim.tap(Intent::Back), sim.state.page_name()), (None, "reading"), "the card that waits is forgotten");
    assert_eq!(read(&sim), 1);
}

/// The complaint is not filed, and the agency says where it would be.
fn filed_elsewhere() -> Completion {
    let route = Route { window: "3号窗口".to_owned(), hours: String::new(), materials: Vec::new() };
    let problem = Problem { code: ProblemCode::Other, route: Some(route), defects: Vec::new() };
    let failure = Some(ActFailure::Agency(AgencyError::Refused(problem)));
    Completion::Acted(ActEnd { outcome: Outcome::NotFiled, failure, papers: 0, case: None, question: None })
}

#[test]
fn a_card_waits_and_what_the_agency_says_of_a_complaint_hides_that() {
    type Ends = fn(&Sim) -> Completion;
    let ends: [(Ends, _, _); 2] = [
        (|sim| sim.completion(What::FileWrong), "review", "手机号没有变化"),
        (|_| filed_elsewhere(), "not-filed", "3号窗口"),
    ];
    for (end, page, told) in ends {
        let (mut sim, _) = before("complaint filed, nobody");
        assert_eq!(sim.insert(), None, "{page}");
        let end = end(&sim);
        assert_eq!((sim.done(end), sim.state.page_name()), (None, page));
        assert!(said(&sim).contains(told) && said(&sim).contains(WAITS), "{page}: {}", said(&sim));
        assert_eq!(sim.pull(), None, "{page}");
        assert!(said(&sim).contains(told) && !said(&sim).contains(WAITS), "{page}: {}", said(&sim));
    }
}

#[test]
fn a_card_put_in_takes_the_number_of_a_question_away() {
    for place in ["question left, nobody", "question, slip printed or not"] {
        let mut sim = Sim::at(place);
        sim.elapsed_ms += 1_000;
        assert_eq!(sim.insert(), None, "{place}");
        sim.elapsed_ms += sim.state.terminal.site.limits.notice_ms - 1;
        sim.feed(Input::Due);
        assert!(said(&sim).contains("2607 0019") && said(&sim).contains(WAITS), "{place}: {}", said(&sim));
        // Whoever waits is not asked whether they are there.
        sim.elapsed_ms += 1;
        assert_eq!((sim.feed(Input::Due), sim.state.page_name(), read(&sim)), (None, "reading", 1), "{place}");
    }
    let mut sim = Sim::at("question, slip lost, card waits");
    assert_eq!((sim.tap(Intent::Confirm), sim.state.page_name()), (None, "reading"));
}

#[test]
fn a_card_waits_for_a_page_that_nobody_leaves() {
    let mut sim = Sim::at("complaint filed, card waits");
    let Stage::Serving(Serving { visit, .. }) = &mut sim.state.stage else { panic!("nobody is served") };
    visit.to_rate = Some("1".to_owned());
    assert_eq!((sim.tap(Intent::Back), sim.state.page_name()), (None, "rating"));
    sim.elapsed_ms += sim.state.terminal.site.limits.evaluation_ms;
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (None, "reading"));
}

#[test]
fn a_card_that_was_taken_back_is_read() {
    let gone: [fn(&mut Sim) -> Option<&'static str>; 2] =
        [Sim::pull, |sim| sim.feed(Input::Card(CardEvent::ReaderLost(CardError::Service)))];
    for gone in gone {
        let mut sim = Sim::at("complaint filed, card waits");
        assert_eq!((gone(&mut sim), sim.state.page_name()), (None, "filed"));
        assert!(!said(&sim).contains(WAITS), "{}", said(&sim));
        assert_eq!((sim.tap(Intent::Back), sim.state.page_name(), read(&sim)), (None, "home", 0));
    }
}

#[test]
fn the_last_of_two_cards_is_not_the_one_that_is_read() {
    let mut sim = Sim::at("complaint filed, card waits");
    assert_eq!((sim.insert(), sim.state.page_name()), (None, "filed"));
    assert_eq!((sim.tap(Intent::Back), sim.state.page_name()), (None, "reading"));
    let last = sim.effects.iter().rev().find_map(|effect| match effect {
        Effect::Card(_, CardCommand::Begin(insertion)) => Some(*insertion),
        _ => None,
    });
    assert_eq!(last, Some(Insertion(2)));
}

#[test]
fn an_answer_that_comes_late_shows_its_number_for_a_moment_only() {
    let (mut sim, filed) = before("complaint filed, nobody");
    let limits = &sim.state.terminal.site.limits;
    let (longest_ms, written_down_ms) = (limits.visit_max_ms, limits.notice_ms);
    sim.elapsed_ms += longest_ms;
    assert_eq!((sim.deed(filed), sim.state.page_name()), (None, "filed"));
    assert_eq!(wake_at(&sim.state), Some(sim.elapsed_ms + written_down_ms), "the visit has been long enough");
    sim.elapsed_ms += written_down_ms;
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (None, "welcome"));
}

#[test]
fn a_number_holds_the_queue_as_long_as_somebody_taps() {
    let touches: [fn(&mut Sim) -> Option<&'static str>; 2] = [|sim| sim.tap(Intent::Language), Sim::insert];
    for (touch, then) in touches.into_iter().zip(["welcome", "reading"]) {
        let (mut sim, filed) = before("complaint filed, nobody");
        let limits = &sim.state.terminal.site.limits;
        let (longest_ms, half_ms) = (limits.visit_max_ms, limits.notice_ms / 2);
        sim.elapsed_ms += longest_ms;
        assert_eq!(sim.deed(filed), None);
        sim.elapsed_ms += half_ms;
        assert_eq!((touch(&mut sim), sim.state.page_name()), (None, "filed"));
        assert_eq!(wake_at(&sim.state), Some(sim.elapsed_ms + half_ms), "it stays on, {then}");
        sim.elapsed_ms += half_ms;
        assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (None, then));
    }
    // Where its slip jams it is told anew.
    let (mut sim, filed) = before("complaint filed, nobody");
    let limits = &sim.state.terminal.site.limits;
    let (longest_ms, written_down_ms) = (limits.visit_max_ms, limits.notice_ms);
    sim.elapsed_ms += longest_ms;
    assert_eq!((sim.deed(filed), sim.tap(Intent::Confirm)), (None, None));
    sim.elapsed_ms += written_down_ms;
    assert_eq!(sim.progress(Progress::Blocked(Code::ReceiptPaperOut)), None);
    assert_eq!(wake_at(&sim.state), Some(sim.elapsed_ms + written_down_ms));
}

/// Which visit it is, and since when.
fn visit(sim: &Sim) -> (u64, String, u64) {
    match &sim.state.stage {
        Stage::Serving(Serving { visit, .. }) => (visit.number, visit.token.clone(), visit.opened_ms),
        _ => panic!("nobody is served"),
    }
}

#[test]
fn whoever_comes_next_goes_on_in_the_visit_of_somebody_who_has_walked_away() {
    let mut sim = Sim::at("complaint filed, card waits");
    let (number, token, _) = visit(&sim);
    sim.elapsed_ms += sim.state.terminal.site.limits.notice_ms;
    assert_eq!((sim.feed(Input::Due), sim.state.page_name(), read(&sim)), (None, "reading", 1));
    let theirs = visit(&sim);
    assert!(theirs.0 > number && theirs.1 != token && theirs.2 == sim.elapsed_ms, "{theirs:?}");
}

#[test]
fn a_card_that_waited_for_a_late_number_is_handed_back_unread() {
    let passes: fn(&mut Sim) = |sim| {
        sim.elapsed_ms += sim.state.terminal.site.limits.notice_ms;
        assert_eq!(sim.feed(Input::Due), None);
    };
    let goes_home: fn(&mut Sim) = |sim| {
        sim.elapsed_ms += 1;
        assert_eq!(sim.tap(Intent::Back), None);
    };
    for (ends, stays) in [(passes, false), (goes_home, true)] {
        let (mut sim, filed) = before("complaint filed, nobody");
        assert_eq!(sim.tap(Intent::Language), None);
        let theirs = sim.state.look();
        sim.elapsed_ms += sim.state.terminal.site.limits.visit_max_ms;
        assert_eq!((sim.deed(filed), sim.insert(), sim.state.page_name()), (None, None, "filed"));
        ends(&mut sim);
        assert_eq!((sim.state.page_name(), read(&sim), visit(&sim).2), ("reading", 1, sim.elapsed_ms), "{stays}");
        assert!(!sim.effects.iter().any(|effect| matches!(effect, Effect::ReleaseCard)), "{stays}: it is handed back");
        assert_eq!(sim.state.look() == theirs, stays, "how they want to see");
        for deed in [Deed::Done(What::Read), Deed::Done(What::Tries(3)), Deed::Pass(0)] {
            sim.deed(deed);
        }
        assert_eq!(sim.state.page_name(), "pin", "{stays}: a visit that has only begun is too long");
    }
}

/// Whoever has signed in by e-card and goes on so, as a guest would.
fn by_e_card(place: &str) -> Sim {
    let (way_on, signs_in) = (way(place), way("home, by e-card"));
    let mut sim = Sim::new();
    for deed in way_on.iter().take(1).chain(signs_in.iter().skip(1)).chain(way_on.iter().skip(2)) {
        assert_eq!(sim.deed(*deed), None, "{place}: {deed:?}");
    }
    sim
}

#[test]
fn a_card_put_in_hides_the_number_of_nobodys_complaint_of_somebody_who_signed_in_without_one() {
    let (complaint, question) = ("filing a complaint, nobody", "leaving a question, nobody");
    let (filed, left) = (Deed::Done(What::Filed), Deed::Done(What::Left));
    let (print, jam) = (Deed::Tap(Intent::Confirm), Deed::Progress(Progress::Blocked(Code::ReceiptPaperOut)));
    let (queued, unknown) = (Deed::Done(What::Queued), Deed::Done(What::Unknown));
    let all: [(_, &[Deed], _, _, Intent); 6] = [
        (complaint, &[Deed::Insert, filed], "filed", "2607 0019", Intent::Back),
        (complaint, &[filed, Deed::Insert], "filed", "2607 0019", Intent::Back),
        (complaint, &[queued, Deed::Insert], "queued", "查询凭编号", Intent::Confirm),
        (complaint, &[filed, print, jam, Deed::Insert, unknown], "print-unknown", "2607 0019", Intent::Confirm),
        (complaint, &[filed, print, unknown, Deed::Insert], "print-unknown", "2607 0019", Intent::Confirm),
        (question, &[left, Deed::Insert], "question-left", "2607 0019", Intent::Back),
    ];
    for (place, deeds, page, told, goes_home) in all {
        let mut sim = by_e_card(place);
        let (theirs, ..) = visit(&sim);
        for deed in deeds {
            assert_eq!(sim.deed(*deed), None, "{deeds:?}: {deed:?}");
        }
        assert_eq!((sim.state.page_name(), read(&sim)), (page, 0), "{deeds:?}");
        assert!(said(&sim).contains(told) && said(&sim).contains(WAITS), "{deeds:?}: {}", said(&sim));
        assert_eq!((sim.tap(goes_home), sim.state.page_name(), read(&sim)), (None, "reading", 1), "{deeds:?}");
        assert!(visit(&sim).0 > theirs, "{deeds:?}: the card's holder goes on in the visit of somebody else");
    }
    // What is their own they find again; and the card may be somebody else's, who is not to see it.
    let mut sim = Sim::at("review, e-card");
    for (deed, page) in [(print, "filing"), (filed, "filed"), (Deed::Insert, "reading")] {
        assert_eq!((sim.deed(deed), sim.state.page_name()), (None, page));
    }
}
