//! A card that comes or goes when nobody thought of it, by `step` and `view` alone.

use contract::message::{Binding, Issued, Outcome};
use hal::Code;
use hal::card::{CardError, CardEvent, Insertion};
use hal::sensors::{Change, Sensor};
use hall::sim::{Deed, PLACES, Sim, What, way};
use kiosk::session::{
    ActEnd, CardCommand, Cause, Completion, Device, Effect, Input, LaidDown, Serving, Stage, VisitCard,
};
use ui::{Intent, Page};

/// What is asked of the world while this is done.
fn effects(sim: &mut Sim, doing: impl FnOnce(&mut Sim)) -> Vec<Effect> {
    let before = sim.effects.len();
    doing(sim);
    sim.effects.split_off(before)
}

fn released(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::ReleaseCard))
}

fn mute(sim: &mut Sim) {
    assert_eq!(sim.feed(Input::Card(CardEvent::Mute)), None);
}

fn alarm(active: bool) -> Input {
    Input::Contact(Change { sensor: Sensor::FireAlarm, active })
}

#[test]
fn a_card_put_in_the_wrong_way_round_stays_in_the_motor() {
    for (place, ..) in PLACES {
        assert!(released(&effects(&mut Sim::at(place), mute)), "{place}: it stays inside");
    }
}

#[test]
fn a_card_that_could_not_be_read_again_stays_in_the_motor() {
    let again = || {
        let mut deeds = way("review, PIN once more");
        let _it_tells_its_tries = deeds.pop();
        let mut sim = Sim::new();
        for deed in deeds {
            assert_eq!(sim.deed(deed), None, "{deed:?}");
        }
        sim
    };
    let failed = |sim: &mut Sim, completion: Completion| {
        let failing = effects(sim, |sim| assert_eq!(sim.done(completion), None));
        let Stage::Gone(gone) = &sim.state.stage else { panic!("{} is shown", sim.state.page_name()) };
        (gone.cause, released(&failing))
    };
    let mut sim = again();
    assert_eq!(failed(&mut sim, Completion::Tries(Err(CardError::Garbled))), (Cause::Unreadable, true));
    // It is taken from the slot, put in again, and cannot be read a second time.
    assert_eq!((sim.pull(), sim.insert(), sim.state.page_name()), (None, None, "reading"));
    assert_eq!(failed(&mut sim, Completion::CardBegun(Err(CardError::Mute))), (Cause::Unreadable, true));
    // One that has left is out of the motor's reach.
    let mut sim = again();
    assert_eq!(failed(&mut sim, Completion::Tries(Err(CardError::Gone))), (Cause::CardPulled, false));
}

#[test]
fn nobody_is_told_that_their_card_is_the_wrong_way_round() {
    for (place, page) in [("welcome", "card-fault"), ("guest", "card-fault"), ("farewell, document", "card-fault")] {
        let mut sim = Sim::at(place);
        mute(&mut sim);
        assert_eq!(sim.state.page_name(), page, "{place}");
    }
    let mut sim = Sim::at("guest");
    mute(&mut sim);
    assert_eq!((sim.tap(Intent::Confirm), sim.state.page_name()), (None, "home"), "the message throws them out");

    let mut sim = Sim::at("identify");
    let before = sim.screen();
    mute(&mut sim);
    assert!(sim.state.page_name() == "identify" && sim.screen() != before, "nothing is said");

    let mut sim = Sim::at("identify");
    sim.elapsed_ms += 60_000;
    assert_eq!(sim.feed(Input::Due), None, "nobody is warned");
    mute(&mut sim);
    sim.elapsed_ms += 30_000;
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (Some("not due"), "identify"), "they were there");

    let mut sim = Sim::at("gone, from home");
    mute(&mut sim);
    assert!(matches!(&sim.state.stage, Stage::Gone(gone) if gone.cause == Cause::Unreadable), "nothing is said");
}

#[test]
fn a_card_drawn_in_during_the_alarm_is_swallowed() {
    let mut sim = Sim::at("evacuation");
    let drawn_in = effects(&mut sim, |sim| {
        sim.insert();
    });
    assert!(released(&drawn_in));
    // One that only waited for its turn has not been handed back yet.
    let mut sim = Sim::at("farewell, draft, next card");
    let fire = effects(&mut sim, |sim| {
        sim.feed(alarm(true));
    });
    assert!(released(&fire));
    assert!(matches!(&sim.state.stage, Stage::Evacuation(out) if out.card_in == Some(Insertion(sim.insertions))));
}

#[test]
fn an_identity_card_is_forgotten_beside_a_card_or_in_a_fire() {
    let mut sim = Sim::at("farewell, card and document");
    assert_eq!((sim.pull(), sim.state.page_name()), (None, "farewell"));
    sim.elapsed_ms += sim.state.terminal.site.limits.farewell_ms;
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (None, "welcome"));

    for place in ["form, by document", "farewell, document"] {
        let mut sim = Sim::at(place);
        for active in [true, false] {
            assert_eq!(sim.feed(alarm(active)), None);
        }
        assert!(matches!(&sim.state.stage, Stage::Farewell(farewell) if farewell.document.is_there()), "{place}");
    }
}

/// Whether a document that may still lie on its reader is asked for.
fn asks_for_the_document(sim: &Sim) -> bool {
    matches!(&sim.state.stage, Stage::Farewell(farewell) if farewell.document.is_there())
}

#[test]
fn an_identity_card_is_forgotten_once_a_card_follows() {
    for place in ["form, by document", "farewell, document"] {
        let mut sim = Sim::at(place);
        for deed in [Deed::Insert, Deed::Done(What::Read), Deed::Done(What::Tries(3)), Deed::Tap(Intent::Leave)] {
            assert_eq!(sim.deed(deed), None, "{place}: {deed:?}");
        }
        assert_eq!(sim.pull(), None);
        assert!(asks_for_the_document(&sim), "{place}");
        // It was pointed at twice: whoever comes third has nothing to do with it.
        for deed in [Deed::Insert, Deed::Done(What::Read), Deed::Done(What::Tries(3)), Deed::Tap(Intent::Leave)] {
            assert_eq!(sim.deed(deed), None, "{place}: {deed:?}");
        }
        assert_eq!((sim.pull(), sim.state.page_name()), (None, "welcome"), "{place}");
    }
    let mut sim = Sim::at("farewell, document");
    mute(&mut sim);
    assert_eq!(sim.tap(Intent::Leave), None);
    assert!(asks_for_the_document(&sim), "a card that is the wrong way round");

    let mut sim = Sim::at("farewell, draft, next card");
    let Stage::Farewell(farewell) = &mut sim.state.stage else { panic!("no farewell") };
    farewell.document = LaidDown::Own;
    sim.elapsed_ms += sim.state.terminal.site.limits.notice_ms;
    assert_eq!((sim.feed(Input::Due), sim.pull()), (None, None));
    assert!(asks_for_the_document(&sim), "a card that waited");

    for (what, then) in [(What::OtherCard, What::Tries(3)), (What::Read, What::Tries(0))] {
        let mut sim = Sim::at("gone, from home");
        let Stage::Gone(gone) = &mut sim.state.stage else { panic!("the card is in") };
        gone.visit.document = LaidDown::Own;
        for deed in [Deed::Insert, Deed::Done(what), Deed::Done(then), Deed::Pull] {
            assert_eq!(sim.deed(deed), None, "{what:?}: {deed:?}");
        }
        assert!(asks_for_the_document(&sim), "{what:?}");
    }
}

/// How a visit ends.
type End = fn(&mut Sim) -> Option<&'static str>;

#[test]
fn a_card_that_waited_for_a_number_stays_in_the_motor() {
    let fire: End = |sim| sim.feed(alarm(true));
    let leaves: End = |sim| sim.tap(Intent::Leave);
    let battery: End = |sim| {
        sim.feed(Input::Health(Device::Ups, Err(Code::UpsBatteryLow)));
        sim.feed(Input::Due)
    };
    let all: [(&str, &[End]); 3] = [
        ("complaint filed, card waits", &[fire, leaves, battery]),
        ("leaving a question, card waits", &[fire]),
        ("question, slip lost, card waits", &[fire, leaves, battery]),
    ];
    for (place, ends) in all {
        for end in ends {
            let mut sim = Sim::at(place);
            let ended = effects(&mut sim, |sim| assert_eq!(end(sim), None, "{place}"));
            let page = sim.state.page_name();
            let asked_for = match &sim.state.stage {
                Stage::Farewell(farewell) => farewell.card_in,
                Stage::Evacuation(evacuation) => evacuation.card_in,
                _ => None,
            };
            assert!(released(&ended), "{place}, {page}: it stays inside");
            assert_eq!(asked_for, Some(Insertion(sim.insertions)), "{place}, {page}: nobody is told to take it");
        }
    }
}

/// Whether the number of a draft stands on the glass.
fn tells_a_number(sim: &Sim) -> bool {
    let Page::Farewell(farewell) = sim.screen().page else { return false };
    farewell.items.iter().any(|(_, text)| text.starts_with("编号"))
}

#[test]
fn the_next_card_takes_a_number_away_before_it_is_written_down() {
    let mut sim = Sim::at("farewell, draft, next card");
    assert!(tells_a_number(&sim));
    // It is told at last where the card came while the draft was still being sealed, too.
    let mut sealing = Sim::at("farewell, sealing a draft");
    assert_eq!((sealing.pull(), sealing.insert()), (None, None));
    assert_eq!((sealing.done(Completion::Posted(true)), tells_a_number(&sealing)), (None, true));

    sim.elapsed_ms += sim.state.terminal.site.limits.notice_ms - 1;
    sim.feed(Input::Due);
    assert!(tells_a_number(&sim), "it goes too early");
    sim.elapsed_ms += 1;
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (None, "reading"), "the card that waits is forgotten");

    let mut sim = Sim::at("farewell, draft, next card");
    assert_eq!(sim.pull(), None);
    assert!(tells_a_number(&sim));
    sim.elapsed_ms += sim.state.terminal.site.limits.notice_ms;
    assert_eq!((sim.feed(Input::Due), sim.state.page_name()), (None, "welcome"), "a card that has gone is read");
}

#[test]
fn a_card_is_taken_in_while_its_owner_writes_a_number_down() {
    let mut sim = Sim::at("farewell, sealing a draft");
    let (forgotten_ms, number_ms) = {
        let limits = &sim.state.terminal.site.limits;
        (limits.card_forgotten_ms, limits.notice_ms)
    };
    let taken_in = |sim: &mut Sim, after_ms: u64| {
        sim.elapsed_ms += after_ms;
        let then = effects(sim, |sim| {
            sim.feed(Input::Due);
        });
        then.iter().any(|effect| matches!(effect, Effect::Card(_, CardCommand::Keep)))
    };
    assert!(!taken_in(&mut sim, forgotten_ms), "before the number is told");
    assert_eq!((sim.done(Completion::Posted(true)), tells_a_number(&sim)), (None, true));
    assert!(!taken_in(&mut sim, number_ms - 1), "before it has stood its time");
    assert!(taken_in(&mut sim, 1), "nobody takes in what is forgotten");
}

#[test]
fn an_agency_says_that_a_document_has_more_sheets_than_there_is_paper() {
    let issued = |sheets| Issued {
        binding: Binding { visit: String::new(), subject: String::new() },
        verification_code: String::new(),
        valid_until: String::new(),
        sheets,
        size_bytes: 1,
        digest: String::new(),
    };
    assert_eq!(
        [0, 1, 200, 201, u32::MAX].map(|sheets| issued(sheets).is_well_formed()),
        [false, true, true, false, false]
    );

    let mut sim = Sim::at("printing, a second time");
    let end = ActEnd { outcome: Outcome::Printed, failure: None, papers: u32::MAX, case: None, question: None };
    assert_eq!(sim.done(Completion::Acted(end)), None);
    assert_eq!((sim.tap(Intent::Leave), sim.pull(), sim.state.page_name()), (None, None, "farewell"));
}

/// What the page now shown waits for comes only after its card has been pulled: whether anything was taken from whoever stands there.
fn comes_too_late(sim: &mut Sim, what: What) {
    let ticket = sim.waits_for().unwrap();
    let page = sim.state.page_name();
    let pulled = effects(sim, |sim| assert_eq!(sim.pull(), None));
    assert_eq!(sim.state.page_name(), "gone", "{page}");
    assert!(
        pulled.iter().any(|effect| matches!(effect, Effect::Cancel(gone) if *gone == ticket)),
        "{page} still waits"
    );
    let completion = sim.completion(what);
    let late = effects(sim, |sim| assert_eq!(sim.feed(Input::Done(ticket, completion)), Some("stale ticket")));
    assert!(late.is_empty(), "{page}, behind a pulled card: {late:?}");
}

#[test]
fn a_strangers_code_is_taken_behind_a_pulled_card() {
    let mut sim = Sim::at("home");
    assert_eq!((sim.tap(Intent::Choose(7)), sim.state.page_name()), (None, "scanning"));
    comes_too_late(&mut sim, What::Scanned);
}

#[test]
fn somebody_is_vouched_for_who_has_gone() {
    for (place, what) in [("witness: asking", What::Asked), ("witness", What::StaffSigned)] {
        let mut sim = Sim::at(place);
        // In the simulation it takes a document to need a witness; elsewhere it may be a card.
        if let Stage::Serving(Serving { visit, .. }) = &mut sim.state.stage {
            visit.card = Some(VisitCard { insertion: Some(Insertion(0)), id: None, holder: None });
        }
        comes_too_late(&mut sim, what);
    }
}

#[test]
fn the_audit_says_that_records_were_shown_which_nobody_saw() {
    let mut sim = Sim::at("fetching");
    comes_too_late(&mut sim, What::Records);
    for deed in [Deed::Insert, Deed::Done(What::Read), Deed::Done(What::Tries(3))] {
        assert_eq!(sim.deed(deed), None, "{deed:?}");
    }
    for digit in [1, 2, 3, 4] {
        assert_eq!(sim.tap(Intent::Digit(digit)), None);
    }
    assert_eq!(sim.tap(Intent::Confirm), None);
    assert_eq!(sim.deed(Deed::Done(What::Right)), None);
    assert_eq!(sim.state.page_name(), "form", "what was asked before is lost");
}
