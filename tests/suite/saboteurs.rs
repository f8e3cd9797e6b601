//! What sabotages the storm on the core: each saboteur is a step of ours around the real one, and must be found by the sentence that it breaks.

use std::sync::Arc;

use contract::catalogue::Evidence;
use contract::message::Outcome;
use hal::card::CardEvent;
use hal::sensors::{Change, Sensor};
use hall::sim::Step;
use hall::storm::invariants::{
    ACCEPTED, ALARM, ASKED_FOR, CARD_OUT, CONFIRMED, DIES, ENDED, ENDED_TICKET, ENDS_ONCE, HIDDEN, INVARIANTS,
    Invariant, KNOWN, MASKED, OFFERED, ONCE, OVER, PASSES, PIN_ANEW, PROVED, REFUSED, SEEN, TITLED, TOLD_ONCE, WAITS,
};
use hall::storm::{Found, storm};
use kiosk::clock::Now;
use kiosk::session::{
    Act, ActBody, ActEnd, Completion, Draft, Effect, Effects, Input, Message, Notice, Refusal, Scene, Serving, Stage,
    State, Ticket, Visit, step,
};
use ui::{Intent, Tap};

use crate::storm::{SEEDS, STEPS};

/// The sentence that each must be found by.
const SABOTEURS: &[(Invariant, Step)] = &[
    (ACCEPTED, holds_everybody),
    (HIDDEN, says_goodbye_by_name),
    (MASKED, names_in_full),
    (CARD_OUT, blind_to_the_card),
    (WAITS, blind_to_the_next_card),
    (PASSES, asks_nobody),
    (ASKED_FOR, blind_at_the_farewell),
    (ALARM, deaf_to_the_alarm),
    (KNOWN, forgets_who_is_there),
    (PROVED, takes_the_wrong_proof),
    (PIN_ANEW, comes_back_without_the_pin),
    (ONCE, acts_twice),
    (TOLD_ONCE, tells_twice),
    (OVER, scans_for_nobody),
    (SEEN, files_unseen),
    (ENDS_ONCE, ends_twice),
    (ENDED, wipe_skipped),
    (CONFIRMED, done_before_confirmation),
    (CONFIRMED, done_like_the_last_one),
    (CONFIRMED, told_before_confirmation),
    (REFUSED, refused_uncovers),
    (REFUSED, refused_prolongs),
    (ENDED_TICKET, takes_any_ticket),
    (OFFERED, offers_anew_in_a_visit),
    (DIES, dies_of_a_key),
];

/// Sentences that no step can break, and why.
const EXCEPTIONS: &[(Invariant, &str)] = &[(TITLED, "whatever the state is, the view alone makes titles and names")];

#[test]
fn a_saboteur_is_not_found() {
    for (n, (sentence, saboteur)) in SABOTEURS.iter().enumerate() {
        let found = finds(*saboteur);
        let by = found.as_ref().map(|found| found.invariant);
        assert_eq!(by, Some(*sentence), "saboteur {n}: {found:?}");
    }
}

#[test]
fn a_sentence_is_broken_by_nobody() {
    let tried = |sentence: Invariant| SABOTEURS.iter().any(|(of, _)| *of == sentence);
    let excepted = |sentence: Invariant| EXCEPTIONS.iter().any(|(of, _)| *of == sentence);
    let either = INVARIANTS.iter().find(|sentence| tried(**sentence) == excepted(**sentence));
    assert_eq!(either, None, "nobody tries it, or it is an exception that somebody tries");
}

/// What the storms find in which the real step does nothing wrong.
fn finds(saboteur: Step) -> Option<Found> {
    (1..=SEEDS).find_map(|seed| storm(seed, STEPS / SEEDS, saboteur).err())
}

/// Does this to whoever is served once something was taken; a change by what is refused would be another sentence's.
fn taken(state: &mut State, input: Input, now: Now, does: fn(&mut Serving)) -> Effects {
    let effects = step(state, input, now);
    if let Stage::Serving(serving) = &mut state.stage
        && effects.refused.is_none()
    {
        does(serving);
    }
    effects
}

/// Does this to whoever is there when a result comes that their page does not wait for.
fn refused(state: &mut State, input: Input, now: Now, does: fn(&mut Visit, Now)) -> Effects {
    let result = matches!(input, Input::Done(..));
    let effects = step(state, input, now);
    if let Stage::Serving(Serving { visit, .. }) = &mut state.stage
        && result
        && effects.refused == Some(Refusal::NotExpected)
    {
        does(visit, now);
    }
    effects
}

/// Asks the world for one thing more, where it is asked for something else.
fn besides(state: &mut State, input: Input, now: Now, more: fn(&Effect) -> Option<Effect>) -> Effects {
    let mut effects = step(state, input, now);
    let more = effects.list.iter().find_map(more);
    effects.list.extend(more);
    effects
}

/// Forgets to ask the world for this.
fn without(state: &mut State, input: Input, now: Now, this: fn(&Effect) -> bool) -> Effects {
    let mut effects = step(state, input, now);
    effects.list.retain(|effect| !this(effect));
    effects
}

/// Does not see that a card has left.
fn blind(state: &mut State, input: Input, now: Now, at: fn(&Stage) -> bool) -> Effects {
    match input {
        Input::Card(CardEvent::Removed(_)) if at(&state.stage) => Effects::default(),
        other => step(state, other, now),
    }
}

/// Offers to leave, and lets nobody.
fn holds_everybody(state: &mut State, input: Input, now: Now) -> Effects {
    if matches!(input, Input::Tap(Tap { intent: Intent::Leave, .. })) {
        return Effects { refused: Some(Refusal::NotOffered), ..Effects::default() };
    }
    step(state, input, now)
}

/// Has the name stand where the number of a draft would.
fn says_goodbye_by_name(state: &mut State, input: Input, now: Now) -> Effects {
    let name = match &state.stage {
        Stage::Serving(Serving { visit, .. }) => visit.person.as_ref().map(|person| person.name.reveal().clone()),
        _ => None,
    };
    let effects = step(state, input, now);
    if let (Stage::Farewell(farewell), Some(name)) = (&mut state.stage, name) {
        farewell.draft = Some(Draft::Kept(name));
    }
    effects
}

/// Writes the whole name above somebody's records.
fn names_in_full(state: &mut State, input: Input, now: Now) -> Effects {
    taken(state, input, now, |Serving { visit, scene }| {
        if let (Scene::Table(shown), Some(person)) = (scene, &visit.person) {
            shown.table.scope.clone_from(person.name.reveal());
        }
    })
}

/// Serves on whoever has signed in. Before that, the card would be missed at the farewell only.
fn blind_to_the_card(state: &mut State, input: Input, now: Now) -> Effects {
    blind(state, input, now, |stage| matches!(stage, Stage::Serving(Serving { visit, .. }) if visit.person.is_some()))
}

/// Has a card wait that its owner has taken back.
fn blind_to_the_next_card(state: &mut State, input: Input, now: Now) -> Effects {
    blind(state, input, now, |stage| matches!(stage, Stage::Serving(Serving { visit, .. }) if visit.next.is_some()))
}

/// Goes on asking for a card that was taken.
fn blind_at_the_farewell(state: &mut State, input: Input, now: Now) -> Effects {
    blind(state, input, now, |stage| matches!(stage, Stage::Farewell(farewell) if farewell.card_in.is_some()))
}

/// Waits for an answer to a question that was never asked.
fn asks_nobody(state: &mut State, input: Input, now: Now) -> Effects {
    without(state, input, now, |effect| matches!(effect, Effect::Ask(..)))
}

/// Knows of the alarm, and sends nobody out.
fn deaf_to_the_alarm(state: &mut State, input: Input, now: Now) -> Effects {
    if matches!(input, Input::Contact(Change { sensor: Sensor::FireAlarm, active: true })) {
        state.terminal.contacts.insert(Sensor::FireAlarm);
        return Effects::default();
    }
    step(state, input, now)
}

/// Signs somebody out while they choose their slip.
fn forgets_who_is_there(state: &mut State, input: Input, now: Now) -> Effects {
    taken(state, input, now, |Serving { visit, scene }| {
        if matches!(scene, Scene::SlipChoice(_)) {
            visit.person = None;
        }
    })
}

/// Opens to somebody with an e-card what takes a card and its PIN only.
fn takes_the_wrong_proof(state: &mut State, input: Input, now: Now) -> Effects {
    taken(state, input, now, |Serving { visit, scene }| {
        if let (Scene::Caution(_), Some(person)) = (scene, &mut visit.person) {
            person.presented.evidence = Evidence::ECard;
        }
    })
}

/// Shows the page that was left to whoever puts a card in, and leaves nothing behind that would tell.
fn comes_back_without_the_pin(state: &mut State, input: Input, now: Now) -> Effects {
    let gone = matches!(state.stage, Stage::Gone(_));
    let effects = step(state, input, now);
    if let Stage::Serving(Serving { visit, scene }) = &mut state.stage
        && gone
        && let Some(paused) = visit.paused.take()
    {
        *scene = *paused;
    }
    effects
}

/// Begins every act a second time.
fn acts_twice(state: &mut State, input: Input, now: Now) -> Effects {
    besides(state, input, now, |effect| match effect {
        Effect::Act(ticket, Act { id, visit_token, item, .. }) => {
            let (id, visit_token, item) = (id.clone(), visit_token.clone(), item.clone());
            let body = ActBody::Question(String::new());
            Some(Effect::Act(*ticket, Act { id, visit_token, item, person: None, body }))
        }
        _ => None,
    })
}

/// Has it written down a second time that the citizen was told of an end.
fn tells_twice(state: &mut State, input: Input, now: Now) -> Effects {
    besides(state, input, now, |effect| match effect {
        Effect::Told { act, outcome } => Some(Effect::Told { act: act.clone(), outcome: *outcome }),
        _ => None,
    })
}

/// Waits for a code in a visit that has just ended.
fn scans_for_nobody(state: &mut State, input: Input, now: Now) -> Effects {
    besides(state, input, now, |effect| match effect {
        Effect::EndVisit(visit) => Some(Effect::Scan(Ticket { visit: *visit, seq: 0 })),
        _ => None,
    })
}

/// Has whatever was presented do for what is about to be filed.
fn files_unseen(state: &mut State, input: Input, now: Now) -> Effects {
    if let (Stage::Serving(Serving { scene: Scene::Review(review), .. }), Input::Tap(_)) = (&mut state.stage, &input) {
        review.form.item.evidence = vec![Evidence::CardPin, Evidence::ECard, Evidence::IdCode];
    }
    step(state, input, now)
}

/// Has a visit wiped twice.
fn ends_twice(state: &mut State, input: Input, now: Now) -> Effects {
    besides(state, input, now, |effect| match effect {
        Effect::EndVisit(visit) => Some(Effect::EndVisit(*visit)),
        _ => None,
    })
}

/// Forgets to have a visit wiped outside of the rules.
fn wipe_skipped(state: &mut State, input: Input, now: Now) -> Effects {
    without(state, input, now, |effect| matches!(effect, Effect::EndVisit(_)))
}

/// Whatever runs, its page says that it is done.
fn says_done(serving: &mut Serving) {
    if let Scene::Acting(acting) = &serving.scene {
        let end = ActEnd { outcome: Outcome::Printed, failure: None, papers: 1, case: None, question: None };
        let message = Message::Acted(acting.kind, acting.id.clone(), end);
        serving.scene = Scene::Notice(Notice { message, until_ms: None });
    }
}

/// Says done as soon as an act has begun.
fn done_before_confirmation(state: &mut State, input: Input, now: Now) -> Effects {
    taken(state, input, now, says_done)
}

/// The same, but only to somebody who has a slip in their hand: something was printed in that visit, if not this.
fn done_like_the_last_one(state: &mut State, input: Input, now: Now) -> Effects {
    taken(state, input, now, |serving| {
        if serving.visit.slips > 0 {
            says_done(serving);
        }
    })
}

/// Has it written down that the citizen was told of an end, while the act begins.
fn told_before_confirmation(state: &mut State, input: Input, now: Now) -> Effects {
    besides(state, input, now, |effect| match effect {
        Effect::Act(_, act) => Some(Effect::Told { act: act.id.clone(), outcome: Outcome::Printed }),
        _ => None,
    })
}

/// Takes away what lies over their page.
fn refused_uncovers(state: &mut State, input: Input, now: Now) -> Effects {
    refused(state, input, now, |visit, _| visit.over = None)
}

/// Gives them more time.
fn refused_prolongs(state: &mut State, input: Input, now: Now) -> Effects {
    refused(state, input, now, |visit, now| visit.touched_ms = now.elapsed_ms)
}

/// Takes whatever result comes for the one that the page waits for.
fn takes_any_ticket(state: &mut State, input: Input, now: Now) -> Effects {
    let waits_for = match &state.stage {
        Stage::Serving(serving) => serving.scene.ticket(),
        _ => None,
    };
    match input {
        Input::Done(ticket, completion) => step(state, Input::Done(waits_for.unwrap_or(ticket), completion), now),
        other => step(state, other, now),
    }
}

/// Has a catalogue that has just come count for whoever is there.
fn offers_anew_in_a_visit(state: &mut State, input: Input, now: Now) -> Effects {
    let comes = matches!(input, Input::Done(_, Completion::Catalogue(_)));
    let effects = step(state, input, now);
    if let Stage::Serving(serving) = &mut state.stage
        && let Some(catalogue) = state.terminal.catalogue.as_ref().filter(|_| comes && effects.refused.is_none())
    {
        serving.visit.catalogue = Arc::clone(catalogue);
    }
    effects
}

/// Dies of a key.
fn dies_of_a_key(state: &mut State, input: Input, now: Now) -> Effects {
    assert!(!matches!(input, Input::Key(_)), "a key");
    step(state, input, now)
}
