//! What somebody says of a case, and of what happens instead: what was said counts however the page ends, and names nobody.

use contract::message::{AnswerQuestionnaire, Evaluate, Questionnaire, Satisfaction};
use contract::problem::{Problem, ProblemCode};
use hal::sensors::{Change, Sensor};
use hall::sim::{Sim, What};
use kiosk::agency::{AgencyError, Question};
use kiosk::session::{Completion, Effect, Input, Post, Ticket, wake_at};
use ui::Intent;

/// What was asked, each with its ticket.
type Asked<'a, Q> = Vec<(Ticket, &'a Q)>;

/// Of what nobody waits for.
const LATER: Ticket = Ticket { visit: 0, seq: 0 };

/// What has been sent so far, or goes later, and under which tickets.
fn sent(sim: &Sim) -> (Asked<'_, Evaluate>, Asked<'_, AnswerQuestionnaire>) {
    let (mut opinions, mut sheets) = (Vec::new(), Vec::new());
    for effect in &sim.effects {
        match effect {
            Effect::Ask(ticket, Question::Evaluate(opinion)) => opinions.push((*ticket, opinion)),
            Effect::Ask(ticket, Question::Answers(sheet)) => sheets.push((*ticket, sheet)),
            Effect::Post(_, Post::Evaluation(opinion)) => opinions.push((LATER, opinion)),
            Effect::Post(_, Post::Answers(sheet)) => sheets.push((LATER, sheet)),
            _ => {}
        }
    }
    (opinions, sheets)
}

/// A way from a page.
type Out = fn(&mut Sim) -> Option<&'static str>;

/// Everything that may end a page before it is answered.
const OUTS: [(&str, Out); 5] = [
    ("time", |sim| {
        sim.elapsed_ms += 10_001;
        sim.feed(Input::Due)
    }),
    ("time, behind help", |sim| {
        sim.tap(Intent::Help);
        sim.elapsed_ms += 10_001;
        sim.feed(Input::Due)
    }),
    ("leave", |sim| sim.tap(Intent::Leave)),
    ("card", |sim| {
        sim.pull();
        sim.elapsed_ms += 15_001;
        sim.feed(Input::Due)
    }),
    ("fire", |sim| sim.feed(Input::Contact(Change { sensor: Sensor::FireAlarm, active: true }))),
];

#[test]
fn an_opinion_is_lost_for_want_of_a_reason() {
    for (name, out) in OUTS.into_iter().chain([("no reason", (|sim| sim.tap(Intent::Back)) as Out)]) {
        let mut sim = Sim::at("reason");
        assert!(sent(&sim).0.is_empty(), "{name}: sent before there was time for a reason");
        assert_eq!(out(&mut sim), None, "{name}");
        let said: Vec<_> = sent(&sim).0.into_iter().map(|(_, said)| (said.level, said.reason.clone())).collect();
        assert_eq!(said, [(Satisfaction::Dissatisfied, None)], "{name}");
        assert!(wake_at(&sim.state).is_none_or(|at| at > sim.elapsed_ms), "{name}: it is due again at once");
    }
}

#[test]
fn somebody_who_is_satisfied_is_asked_why() {
    for (level, page) in (0_u16..).zip(["rated", "rated", "rated", "reason", "reason"]) {
        let mut sim = Sim::at("rating");
        assert_eq!(sim.tap(Intent::Choose(level)), None);
        assert_eq!(sim.state.page_name(), page, "level {level}");
    }
}

#[test]
fn an_opinion_is_sent_in_a_visit_or_called_back_with_it() {
    for place in ["rated", "rated, with a reason", "questionnaire, sent"] {
        let mut sim = Sim::at(place);
        let ticket = sim.waits_for().unwrap();
        assert_eq!(ticket.visit, 0, "{place}: the line of a visit tells whose opinion it is");
        assert_eq!(sim.tap(Intent::Leave), None);
        let called_back = sim.effects.iter().any(|effect| matches!(effect, Effect::Cancel(it) if *it == ticket));
        assert!(!called_back, "{place}: what was said is taken back");
    }
    let sim = Sim::at("rated, with a reason");
    let (opinions, _) = sent(&sim);
    assert_eq!((opinions[0].1.reason.as_deref(), opinions[0].1.reasons_version), (Some("speed"), Some(1)));
}

#[test]
fn an_opinion_is_lost_with_the_line_or_with_its_visit() {
    let mut sim = Sim::at("rated, with a reason");
    assert_eq!(sim.done(Completion::Evaluated(Err(AgencyError::Timeout))), None);
    let kept = |sim: &Sim| sent(sim).0.iter().filter(|(ticket, _)| *ticket == LATER).count();
    assert_eq!((sim.state.page_name(), kept(&sim)), ("rated", 1), "thanks for what is not kept yet");
    assert_eq!(sim.tap(Intent::Leave), None);
    assert_eq!(kept(&sim), 1, "it is kept twice");
    let mut sim = Sim::at("rated, with a reason");
    assert_eq!(sim.tap(Intent::Leave), None);
    assert_eq!(kept(&sim), 1, "its answer finds nobody, whatever it is");
}

#[test]
fn reasons_that_have_changed_cost_the_opinion() {
    let mut sim = Sim::at("rated, with a reason");
    let changed = Problem { code: ProblemCode::ItemChanged, route: None, defects: Vec::new() };
    let refused = || Completion::Evaluated(Err(AgencyError::Refused(changed.clone())));
    assert_eq!(sim.done(refused()), None);
    assert_eq!(sim.state.page_name(), "rated");
    let (opinions, _) = sent(&sim);
    assert_eq!((opinions.len(), &opinions[1].1.reason, opinions[1].1.reasons_version), (2, &None, None));
    assert_eq!(sim.done(refused()), None, "it is said for ever");
    assert_eq!(sim.state.page_name(), "problem");
}

#[test]
fn a_questionnaire_that_does_not_fit_the_glass_is_shown() {
    let sheet = agency::opinion::read().unwrap().sheet(0, "0".repeat(32)).unwrap();
    let shows = |sheet: Questionnaire| {
        let mut sim = Sim::at("rated");
        let Completion::Evaluated(Ok(mut kept)) = sim.completion(What::Evaluated) else { panic!("another completion") };
        kept.questionnaire = Some(sheet);
        assert_eq!(sim.done(Completion::Evaluated(Ok(kept))), None);
        sim.state.page_name()
    };
    assert_eq!(shows(sheet.clone()), "questionnaire");
    let mut long = sheet.clone();
    long.questions = [&sheet.questions[..]; 2].concat();
    assert_eq!(shows(long), "thanks", "six questions");
    let mut short = sheet;
    short.questions[0].options.truncate(1);
    assert_eq!(shows(short), "thanks", "one option");
}

#[test]
fn answers_are_lost_with_the_page_or_sent_twice() {
    for (name, out) in OUTS {
        let mut sim = Sim::at("questionnaire, last");
        assert_eq!(out(&mut sim), None, "{name}");
        let (opinions, sheets) = sent(&sim);
        assert_eq!((opinions.len(), sheets.len()), (1, 1), "{name}");
        let answers: Vec<_> = sheets[0].1.answers.iter().map(|(id, value)| format!("{id} {value}")).collect();
        assert_eq!(answers, ["again perhaps", "overall very_good"], "{name}: what was passed over is answered");
        assert!(wake_at(&sim.state).is_none_or(|at| at > sim.elapsed_ms), "{name}: it is due again at once");
    }
}

#[test]
fn whoever_takes_no_part_has_answered() {
    let mut sim = Sim::at("questionnaire, last");
    assert_eq!(sim.tap(Intent::Back), None);
    assert_eq!((sim.state.page_name(), sent(&sim).1.len()), ("home", 0));
    let mut sim = Sim::at("questionnaire");
    for options in [5, 3, 3, 6] {
        assert_eq!(sim.tap(Intent::Choose(options)), Some("not offered"));
        assert_eq!(sim.tap(Intent::NextPage), None, "a question cannot be passed over");
    }
    assert_eq!((sim.state.page_name(), sent(&sim).1.len()), ("home", 0), "an empty sheet is sent");
}
