//! A new PIN for the card, by `step` and `view` alone: what is typed goes to the card or away, and no try is spent that is not the citizen's.

use std::sync::Arc;

use hal::card::{CardError, Tries};
use hal::{Code, Private};
use hall::sim::{Sim, What, way};
use kiosk::session::{
    ActBody, ActEnd, ActFailure, CardPin, Completion, Effect, PinStep, Scene, Serving, Stage, Visit, WrongPin,
};
use ui::Intent;

fn visit(sim: &Sim) -> &Visit {
    match &sim.state.stage {
        Stage::Serving(Serving { visit, .. }) => visit,
        Stage::Gone(gone) => &gone.visit,
        _ => panic!("nobody is here"),
    }
}

/// What is typed now, and why the last was not taken.
fn entry(sim: &Sim) -> (Private<String>, Option<WrongPin>) {
    match &sim.state.stage {
        Stage::Serving(Serving { scene: Scene::CardPin(CardPin { step: PinStep::Entry(entry), .. }), .. }) => {
            (entry.typed.clone(), entry.wrong)
        }
        _ => panic!("nothing is typed on {}", sim.state.page_name()),
    }
}

fn type_and_confirm(sim: &mut Sim, digits: &str) {
    for digit in digits.bytes() {
        assert_eq!(sim.tap(Intent::Digit(digit - b'0')), None);
    }
    assert_eq!(sim.tap(Intent::Confirm), None);
}

/// The PINs that acts have carried to the card.
fn sent(sim: &Sim) -> Vec<(String, String)> {
    let acts = sim.effects.iter().filter_map(|effect| match effect {
        Effect::Act(_, act) => match &act.body {
            ActBody::CardPin(change) => Some((change.old.reveal().clone(), change.new.reveal().clone())),
            _ => None,
        },
        _ => None,
    });
    acts.collect()
}

#[test]
fn digits_stay_behind_when_their_page_is_left_or_hidden() {
    let mut sim = Sim::at("card PIN: again");
    assert_eq!(sim.tap(Intent::Digit(4)), None);
    assert_eq!(sim.pull(), None);
    let paused = visit(&sim).paused.as_deref();
    assert!(
        matches!(paused, Some(Scene::CardPin(CardPin { step: PinStep::Facts, .. }))),
        "digits wait behind the card"
    );

    let mut sim = Sim::at("card PIN: again");
    let pages = [Intent::Back, Intent::Back, Intent::Back].map(|intent| {
        assert_eq!(sim.tap(intent), None);
        sim.state.page_name()
    });
    assert_eq!(pages, ["new-pin", "old-pin", "pin-facts"]);
    // Whoever begins anew types the old one anew.
    assert_eq!(sim.tap(Intent::Confirm), None);
    assert_eq!(sim.done(Completion::Tries(Ok(Tries::Left(3)))), None);
    assert!(entry(&sim).0.reveal().is_empty());
}

#[test]
fn a_pin_stands_on_the_glass_or_in_a_log() {
    let sim = Sim::at("card PIN: changing");
    assert_eq!(sent(&sim), [("1234".to_owned(), "482915".to_owned())]);
    let told = format!("{:?} {:?}", sim.screen(), sim.effects);
    assert!(!told.contains("482915") && !told.contains("1234"), "{told}");
    let typed = format!("{:?}", Sim::at("card PIN: again").screen());
    assert!(!typed.contains("482915"), "{typed}");
}

#[test]
fn a_pin_that_everybody_guesses_is_taken() {
    use contract::field::FieldError::{Repeat, Sequence};
    let guesses = [
        ("333333", WrongPin::Rule(Repeat)),
        ("345678", WrongPin::Rule(Sequence)),
        ("670512", WrongPin::Rule(contract::field::FieldError::BirthDate)),
        ("196705", WrongPin::IdNumber),
        ("120015", WrongPin::IdNumber),
    ];
    for (guess, why) in guesses {
        let mut sim = Sim::at("card PIN: new");
        type_and_confirm(&mut sim, guess);
        assert_eq!((sim.state.page_name(), entry(&sim).1), ("new-pin", Some(why)), "{guess}");
        assert!(entry(&sim).0.reveal().is_empty());
    }
    let mut sim = Sim::at("card PIN: old");
    type_and_confirm(&mut sim, "482915");
    type_and_confirm(&mut sim, "482915");
    assert_eq!(entry(&sim).1, Some(WrongPin::Same));
    assert!(sent(&sim).is_empty());
}

#[test]
fn two_entries_differ_and_one_of_them_becomes_the_pin() {
    let mut sim = Sim::at("card PIN: differs");
    assert_eq!((sim.state.page_name(), entry(&sim).1), ("new-pin", Some(WrongPin::Differs)));
    type_and_confirm(&mut sim, "739104");
    type_and_confirm(&mut sim, "739104");
    assert_eq!(sent(&sim), [("1234".to_owned(), "739104".to_owned())]);
}

#[test]
fn the_last_try_is_spent_on_an_old_pin() {
    let mut sim = Sim::at("card PIN: tries");
    assert_eq!(sim.done(Completion::Tries(Ok(Tries::Left(1)))), None);
    assert_eq!(sim.state.page_name(), "last-try");
    for (left, page) in [(1, "last-try"), (0, "pin-locked")] {
        let mut sim = Sim::at("card PIN: changing");
        let completion = sim.completion(What::WrongOld(left));
        assert_eq!(sim.done(completion), None);
        assert_eq!(sim.state.page_name(), page);
        assert_eq!(sent(&sim).len(), 1, "it was tried again");
    }
}

#[test]
fn a_card_that_tells_no_tries_is_asked_twice_in_an_insertion() {
    let mut sim = Sim::at("card PIN: tries");
    assert_eq!(sim.done(Completion::Tries(Ok(Tries::NotTold))), None);
    for digits in ["1234", "482915", "482915"] {
        type_and_confirm(&mut sim, digits);
    }
    let failure = Some(ActFailure::WrongPin(Tries::NotTold));
    let outcome = contract::message::Outcome::NotChanged;
    assert_eq!(sim.done(Completion::Acted(ActEnd { outcome, failure, papers: 0, case: None, question: None })), None);
    assert_eq!(sim.state.page_name(), "wrong-pin-untold");
    // Home, the item, nobody on the telephone, its facts, and the card is asked how many are left.
    for intent in [Intent::Confirm, Intent::Choose(3), Intent::Choose(0), Intent::Confirm] {
        assert_eq!(sim.tap(intent), None);
    }
    assert_eq!(sim.done(Completion::Tries(Ok(Tries::NotTold))), None);
    assert_eq!(sim.state.page_name(), "wrong-pin-untold");
    assert_eq!(sent(&sim).len(), 1);
    // Nor does a filing that wants the PIN once more.
    assert_eq!(sim.tap(Intent::Confirm), None);
    Arc::make_mut(&mut sim.state.terminal.site).limits.proof_fresh_ms = 0;
    sim.elapsed_ms += 1;
    for deed in way("review").into_iter().skip(way("home").len()) {
        assert_eq!(sim.deed(deed), None, "{deed:?}");
    }
    assert_eq!(sim.tap(Intent::Confirm), None);
    assert_eq!(sim.done(Completion::Tries(Ok(Tries::NotTold))), None);
    assert_eq!(sim.state.page_name(), "wrong-pin-untold");
}

#[test]
fn nobody_is_told_which_pin_to_try_first() {
    let says = |sim: &Sim| format!("{:?}", sim.screen()).contains("下次请先输入新密码");
    for place in ["card PIN: unknown", "gone, card PIN unknown", "back, card PIN unknown"] {
        assert!(says(&Sim::at(place)), "{place} does not say it");
    }
    assert!(!says(&Sim::at("gone, from home")));
    // Whoever tells first that the card has left, its page is hidden at once.
    let mut sim = Sim::at("card PIN: changing");
    let failure = Some(ActFailure::Device(Code::CardGone));
    let outcome = contract::message::Outcome::Unknown;
    assert_eq!(sim.done(Completion::Acted(ActEnd { outcome, failure, papers: 0, case: None, question: None })), None);
    assert_eq!(sim.state.page_name(), "gone");
    assert!(says(&sim));
    assert_eq!(sim.pull(), None);
    assert!(says(&sim));
    // No page has sent anything to the card since.
    assert_eq!(sent(&sim).len(), 1);
    assert_eq!(Sim::at("card PIN: settled").state.page_name(), "pin-settled");
}

#[test]
fn a_card_pulled_before_its_tries_are_told() {
    let mut sim = Sim::at("card PIN: tries");
    assert_eq!(sim.done(Completion::Tries(Err(CardError::Gone))), None);
    assert_eq!(sim.state.page_name(), "gone");
}

#[test]
fn a_sign_in_for_one_item_opens_another() {
    let sim = Sim::at("home, only");
    let text = format!("{:?}", sim.screen().page);
    assert!(text.contains("示例改密") && text.contains("这张卡还没有启用"));
    assert!(!text.contains("缴费明细查询") && !text.contains("示例申请"));
}
