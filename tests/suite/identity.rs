//! Who is it, without a card: nobody is waited for who has gone, and two people's credentials never join.

use std::sync::Arc;

use contract::catalogue::Evidence;
use contract::message::{Binding, Named, SignedIn, Witnessed, subject_digest};
use hal::Code;
use hal::sensors::{Change, Sensor};
use hall::sim::{Deed, Sim, What, catalogue};
use kiosk::agency::Question;
use kiosk::session::{ActBody, Completion, Effect, Input, Stage, Ticket, wake_at};
use ui::Intent;

/// What was counted, in order: item and step.
fn counted(sim: &Sim) -> Vec<(String, &'static str)> {
    let counts = sim.effects.iter().filter_map(|effect| match effect {
        Effect::Count { item, step, .. } => Some((item.clone(), step.as_str())),
        _ => None,
    });
    counts.collect()
}

#[test]
fn somebody_who_gives_up_is_not_counted() {
    let count = |place: &str, out: fn(&mut Sim)| {
        let mut sim = Sim::at(place);
        out(&mut sim);
        counted(&sim).into_iter().map(|(item, step)| format!("{item} {step}")).collect::<Vec<_>>().join(", ")
    };
    let nothing: fn(&mut Sim) = |_| {};
    assert_eq!(count("table", nothing), "Q02 entered, Q02 done");
    assert_eq!(count("filed", nothing), "X01 entered, X01 done");
    assert_eq!(
        count("identify", |sim| {
            sim.tap(Intent::Back);
        }),
        "Q02 entered, Q02 left"
    );
    assert_eq!(
        count("form: insurance", |sim| {
            sim.tap(Intent::Leave);
        }),
        "Q02 entered, Q02 left"
    );
    let idle: fn(&mut Sim) = |sim| {
        for _ in 0..2 {
            sim.elapsed_ms += 61_000;
            sim.feed(Input::Due);
        }
    };
    assert_eq!(count("form: insurance", idle), "Q02 entered, Q02 timed_out");
    assert_eq!(count("filing, unknown", nothing), "X01 entered, X01 failed");
    assert_eq!(count("printed", nothing), "P01 entered, P01 done");
    assert_eq!(count("card PIN: changed", nothing), "X02 entered, X02 done");
    assert_eq!(count("found", nothing), "I02 entered, I02 done");
    assert_eq!(count("identify, card in", nothing), "Q02 entered", "a card is no reason to count them as gone");
}

fn cancelled(sim: &Sim, ticket: Ticket) -> bool {
    sim.effects.iter().any(|effect| matches!(effect, Effect::Cancel(gone) if *gone == ticket))
}

fn visit(sim: &Sim) -> Option<(u64, bool)> {
    match &sim.state.stage {
        Stage::Serving(serving) => Some((serving.visit.number, serving.visit.person.is_some())),
        _ => None,
    }
}

/// A way from a page.
type Out = fn(&mut Sim) -> Option<&'static str>;

#[test]
fn a_window_waits_for_somebody_who_has_gone() {
    let outs: [(&str, Out); 4] = [
        ("back", |sim| sim.tap(Intent::Back)),
        ("leave", |sim| sim.tap(Intent::Leave)),
        ("card", Sim::insert),
        ("fire", |sim| sim.feed(Input::Contact(Change { sensor: Sensor::FireAlarm, active: true }))),
    ];
    for place in ["e-card", "document", "scanning", "witness"] {
        for (name, out) in outs {
            let mut sim = Sim::at(place);
            let ticket = sim.waits_for().unwrap();
            let _refused = out(&mut sim);
            assert!(cancelled(&sim, ticket), "{place}, {name}: the device still waits");
            assert_ne!(sim.waits_for(), Some(ticket), "{place}, {name}");
        }
    }
}

#[test]
fn an_identity_card_is_left_behind_by_whoever_gives_up() {
    let mut sim = Sim::at("one-time code");
    sim.tap(Intent::Leave);
    assert_eq!(sim.state.page_name(), "farewell", "nobody is told to take it along");
}

#[test]
fn a_question_that_is_over_asks_to_be_looked_at_for_ever() {
    let mut sim = Sim::at("rating");
    assert_eq!(sim.tap(Intent::Help), None);
    sim.elapsed_ms += 10_001;
    sim.feed(Input::Due);
    assert!(wake_at(&sim.state).is_none_or(|at| at > sim.elapsed_ms), "it is due again at once");
}

#[test]
fn somebodys_visit_is_joined_by_another_persons_card() {
    let mut sim = Sim::at("home, by e-card");
    let (before, _) = visit(&sim).unwrap();
    sim.insert();
    assert_eq!(visit(&sim), Some((before + 1, false)), "the card goes on in the visit of somebody else");
}

#[test]
fn a_proof_is_renewed_by_somebody_else() {
    let mut sim = Sim::at("review, e-card once more");
    assert_eq!(sim.tap(Intent::Choose(0)), None);
    let code = sim.completion(What::Scanned);
    assert_eq!(sim.done(code), None);
    let other = "190001197410080022";
    let token = match &sim.state.stage {
        Stage::Serving(serving) => serving.visit.token.clone(),
        _ => String::new(),
    };
    let mut answer: SignedIn = sim.signed_in();
    answer.binding.subject = subject_digest(&token, other);
    answer.person = Some(Named { name: "陈淑芬".to_owned(), id_number: other.to_owned() });
    sim.done(Completion::SignedIn(Ok(answer)));
    assert!(matches!(sim.state.stage, Stage::Welcome(None)), "{} goes on", sim.state.page_name());
}

#[test]
fn a_fresh_proof_loses_what_was_about_to_be_filed() {
    let mut sim = Sim::at("review, e-card once more");
    sim.tap(Intent::Choose(0));
    for what in [What::Scanned, What::SignedIn] {
        let completion = sim.completion(what);
        assert_eq!(sim.done(completion), None);
    }
    assert_eq!(sim.state.page_name(), "review");
    assert_eq!(sim.tap(Intent::Confirm), None, "the proof is fresh now");
    assert_eq!(sim.state.page_name(), "filing");
}

#[test]
fn an_answer_about_somebody_passes_for_one_about_nobody() {
    let mut sim = Sim::at("form: code");
    for key in "B2-C3D4".chars() {
        assert_eq!(sim.tap(Intent::Type(key)), None);
    }
    assert_eq!(sim.tap(Intent::Confirm), None);
    assert_eq!(sim.state.page_name(), "fetching");
    let mut records = sim.records();
    records.binding = sim.signed_in().binding;
    sim.done(Completion::Queried(Ok(records)));
    assert_eq!(sim.state.page_name(), "mismatch");
}

#[test]
fn an_electronic_card_is_taken_for_whomever_the_agency_names() {
    let mut sim = Sim::at("e-card, asking");
    let mut answer = sim.signed_in();
    answer.person = Some(Named { name: "陈淑芬".to_owned(), id_number: "190001197410080022".to_owned() });
    sim.done(Completion::SignedIn(Ok(answer)));
    assert_eq!(sim.state.page_name(), "mismatch", "name and subject of the answer are two people's");
}

/// Every act so far, by item, with the subject that its answer must carry.
fn acts(sim: &Sim) -> Vec<(String, String)> {
    let acts = sim.effects.iter().filter_map(|effect| match effect {
        Effect::Act(_, act) => Some(act),
        _ => None,
    });
    let subject = |body: &ActBody| match body {
        ActBody::Case(filing) => filing.subject.clone(),
        ActBody::Certificate { subject, .. } => subject.clone(),
        _ => String::new(),
    };
    acts.map(|act| (act.item.clone(), subject(&act.body))).collect()
}

#[test]
fn something_is_filed_for_somebody_whom_nobody_has_seen() {
    let mut sim = Sim::at("review, by document");
    sim.tap(Intent::Confirm);
    assert_eq!((sim.state.page_name(), acts(&sim).len()), ("checking", 0));
    for place in ["witness: foreign", "witness: refused"] {
        let mut sim = Sim::at(place);
        assert_eq!((sim.state.page_name(), acts(&sim).len()), ("witness-failed", 0), "{place}");
        sim.tap(Intent::Choose(0));
        assert_eq!(sim.state.page_name(), "checking", "{place}: no way to try again");
    }
    let mut sim = Sim::at("review, witnessed");
    sim.tap(Intent::Confirm);
    assert_eq!((sim.state.page_name(), acts(&sim).len()), ("filing", 1));
}

#[test]
fn a_witness_serves_for_ever() {
    let mut sim = Sim::at("review, witnessed");
    for _ in 0..3 {
        sim.elapsed_ms += 50_000;
        sim.feed(Input::Due);
        sim.tap(Intent::Help);
        sim.tap(Intent::MoreTime);
    }
    sim.tap(Intent::Confirm);
    assert_eq!((sim.state.page_name(), acts(&sim).len()), ("checking", 0), "seen two and a half minutes ago");
}

#[test]
fn a_witness_of_another_person_or_visit_is_taken() {
    let mut sim = Sim::at("witness: vouching");
    let binding = Binding { visit: "another".to_owned(), subject: String::new() };
    sim.done(Completion::Witnessed(Ok(Witnessed { binding, staff: "A017".to_owned() })));
    assert_eq!(sim.state.page_name(), "mismatch");
}

#[test]
fn what_is_done_for_another_is_done_in_ones_own_name() {
    let mut sim = Sim::at("home, acting");
    let token = match &sim.state.stage {
        Stage::Serving(serving) => serving.visit.token.clone(),
        _ => String::new(),
    };
    let tiles = match sim.screen().page {
        ui::Page::Home(home) => home.tiles.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(tiles, 1, "more than the authority covers is offered");
    sim.tap(Intent::Choose(0));
    sim.tap(Intent::Choose(0));
    assert_eq!(acts(&sim), [("P01".to_owned(), subject_digest(&token, "190001197410080022"))]);
}

#[test]
fn whoever_is_signed_in_cannot_ask_what_anybody_may() {
    let mut sim = Sim::at("home");
    sim.tap(Intent::Choose(7));
    sim.tap(Intent::Back);
    for key in "A1B2C3".chars() {
        sim.tap(Intent::Type(key));
    }
    sim.tap(Intent::Confirm);
    let asked = sim.effects.iter().rev().find_map(|effect| match effect {
        Effect::Ask(_, Question::Query(query)) => Some((query.session.clone(), query.visit.clone())),
        _ => None,
    });
    let (session, named) = asked.unwrap();
    let Stage::Serving(serving) = &sim.state.stage else { panic!("nobody is served") };
    assert!(session.is_empty() && named != serving.visit.token, "the agency is told who asks");
    sim.deed(Deed::Done(What::Records));
    assert_eq!(sim.state.page_name(), "table");
}

/// How many ways a guest has into an item that takes no card, at a site with or without these devices; none where home does not show it.
fn ways_without_a_card(scanner: bool, id: bool) -> Option<usize> {
    let mut sim = Sim::at("welcome");
    let mut offered = catalogue();
    let item = offered.items.iter_mut().find(|item| item.id == "Q02").unwrap();
    item.evidence = vec![Evidence::ECard, Evidence::IdCode];
    let name = item.name.zh.clone();
    let terminal = &mut sim.state.terminal;
    terminal.catalogue = Some(Arc::new(offered));
    // Out of order is not the same as not there.
    terminal.health.scanner = scanner.then_some(Err(Code::ScannerOffline));
    terminal.health.id = id.then_some(Ok(()));
    assert_eq!(sim.tap(Intent::Begin), None);
    let ui::Page::Home(home) = sim.screen().page else { panic!("no home page") };
    let tile = home.tiles.iter().position(|tile| tile.label.contains(&name))?;
    assert_eq!(sim.tap(Intent::Choose(u16::try_from(tile).unwrap())), None);
    let ui::Page::Choose(page) = sim.screen().page else { panic!("nobody is asked who they are") };
    Some(page.choices.len())
}

#[test]
fn whoever_has_lost_their_card_is_told_to_insert_it() {
    assert_eq!(ways_without_a_card(false, false), None);
    for (scanner, id, ways) in [(true, false, 1), (false, true, 1), (true, true, 2)] {
        assert_eq!(ways_without_a_card(scanner, id), Some(ways), "{scanner} {id}");
    }
}
