//! What must hold after every step of the core, each as a sentence, and how it is looked at.

use std::collections::HashSet;
use std::sync::Arc;

use contract::catalogue::{Admission, Catalogue, Item};
use contract::message::Outcome;
use hal::sensors::Sensor;
use kiosk::events::Event;
use kiosk::session::{
    ActBody, CardCommand, CardPin, Effect, InfoPage, Message, Notice, PinStep, Scene, Serving, Stage, Visit, wake_at,
};
use ui::Screen;

use crate::sim::{MASKED_NAME, Sim};

/// What must hold after every step, as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invariant(pub &'static str);

macro_rules! invariants {
    ($($name:ident = $sentence:literal;)+) => {
        $(#[doc = $sentence] pub const $name: Invariant = Invariant($sentence);)+
        /// All of them.
        pub const INVARIANTS: &[Invariant] = &[$($name),+];
    };
}

invariants! {
    TITLED = "A page has a title, and the name that the state has for it.";
    ACCEPTED = "A button that is shown is accepted.";
    HIDDEN = "Outside of a visit, and while its card is out, nothing personal stands on the glass.";
    MASKED = "Nobody's whole name stands on the glass.";
    CARD_OUT = "Whoever signed in with a card is served only while it is in.";
    WAITS = "A card waits only while it is in, no other is served, and something is still to be told.";
    PASSES = "No page stays for ever: a result, a deadline or a person ends it.";
    ASKED_FOR = "A card is asked for only while it is in.";
    ALARM = "The page of the alarm is shown exactly while there is one.";
    KNOWN = "What belongs to somebody is shown only while it is known who is there.";
    PROVED = "An item is open only to what it takes as proof.";
    PIN_ANEW = "After its card was out, nothing of a visit is shown before the PIN was asked anew.";
    ONCE = "An act is begun once.";
    TOLD_ONCE = "How an act ended is told once.";
    OVER = "Nothing is begun for a visit that is over.";
    SEEN = "Nothing that wants a witness is filed for somebody whom nobody has seen.";
    ENDS_ONCE = "A visit ends once.";
    ENDED = "Whoever is no longer served has had their visit ended, outside of the rules, too.";
    CONFIRMED = "How an act ended is said only after it was confirmed so, of that very act.";
    REFUSED = "A result that is refused changes neither the page, nor how long it stays, nor what is asked of the world.";
    ENDED_TICKET = "A result for a ticket that has ended is refused and changes nothing.";
    OFFERED = "What is offered to somebody who is known stays the same in their visit.";
    DIES = "Whatever comes, the rules do not panic.";
}

/// Which, and what was there instead.
pub(super) type Wrong = (Invariant, String);

pub(super) fn hold(holds: bool, invariant: Invariant, instead: impl FnOnce() -> String) -> Result<(), Wrong> {
    if holds { Ok(()) } else { Err((invariant, instead())) }
}

/// The item that a page is about.
const fn item(scene: &Scene) -> Option<&Item> {
    match scene {
        Scene::Caution(form) | Scene::Form(form) | Scene::Fetching { form, .. } | Scene::Noting { form, .. } => {
            Some(&form.item)
        }
        Scene::Review(review) => Some(&review.form.item),
        Scene::Table(shown) | Scene::SlipChoice(shown) => Some(&shown.form.item),
        Scene::Scanning(scanning) => Some(&scanning.form.item),
        Scene::Checked(checked) => Some(&checked.form.item),
        _ => None,
    }
}

/// What the storm remembers of a terminal.
#[derive(Default)]
pub(super) struct Seen {
    acts: HashSet<String>,
    told: HashSet<String>,
    opened: HashSet<u64>,
    ended: HashSet<u64>,
    /// The visit whose card was out last, until its PIN is asked anew.
    hidden: Option<u64>,
    /// What was offered to whoever was known last, and in which visit.
    offered: Option<(u64, Arc<Catalogue>)>,
    /// Effects that were looked at.
    effects: usize,
    /// What was shown last; most inputs change nothing on it, and reading a keyboard takes longer than a step.
    screen: Option<Screen>,
}

impl Seen {
    /// What has happened on the way to where the storm begins.
    pub(super) fn of(sim: &Sim) -> Self {
        let hidden = match &sim.state.stage {
            Stage::Gone(gone) => Some(gone.visit.number),
            _ => None,
        };
        let mut seen = Self { hidden, effects: sim.effects.len(), ..Self::default() };
        for effect in &sim.effects {
            match effect {
                Effect::Log(Event::VisitOpened { visit }) => drop(seen.opened.insert(*visit)),
                Effect::EndVisit(visit) => drop(seen.ended.insert(*visit)),
                Effect::Act(_, act) => drop(seen.acts.insert(act.id.text.clone())),
                Effect::Told { act, .. } => drop(seen.told.insert(act.text.clone())),
                _ => {}
            }
        }
        seen
    }
}

/// Looks at everything.
pub(super) fn check(sim: &Sim, seen: &mut Seen) -> Result<(), Wrong> {
    glass(sim, seen)?;
    stage(sim)?;
    match &sim.state.stage {
        Stage::Serving(serving) => served(sim, serving, seen)?,
        Stage::Gone(gone) => seen.hidden = Some(gone.visit.number),
        Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => {}
    }
    offered(sim, seen)?;
    effects(sim, seen)?;
    confirmed(sim)
}

/// What anybody can read.
fn glass(sim: &Sim, seen: &mut Seen) -> Result<(), Wrong> {
    let screen = sim.screen();
    let name = screen.name;
    hold(!screen.title.is_empty() && name == sim.state.page_name(), TITLED, || name.to_owned())?;
    let hidden = !matches!(sim.state.stage, Stage::Serving(_));
    let text = if seen.screen.as_ref() == Some(&screen) { String::new() } else { format!("{screen:?}") };
    for personal in [MASKED_NAME, "知远", "13800000001", "2607 0019", "3,265.32"] {
        hold(!hidden || !text.contains(personal), HIDDEN, || format!("{personal} stands on {name}"))?;
    }
    seen.screen = Some(screen);
    hold(!text.contains("林知远"), MASKED, || format!("one stands on {name}"))
}

/// Whether what is there can end, and fits the world.
fn stage(sim: &Sim) -> Result<(), Wrong> {
    let name = sim.state.page_name();
    if matches!(sim.state.stage, Stage::Serving(_) | Stage::Gone(_) | Stage::Welcome(Some(_))) {
        // What nobody has been asked for never comes.
        let passes = wake_at(&sim.state).is_some() || sim.waits_for().is_some_and(|ticket| sim.has_asked_for(ticket));
        hold(passes, PASSES, || format!("{name} would stay"))?;
    }
    if let Stage::Farewell(farewell) = &sim.state.stage {
        hold(farewell.card_in.is_none() || sim.card_in, ASKED_FOR, || "it is out".to_owned())?;
        let passes = farewell.card_in.is_some() || wake_at(&sim.state).is_some();
        hold(passes, PASSES, || "the farewell would stay".to_owned())?;
    }
    let alarm = sim.state.terminal.contacts.contains(&Sensor::FireAlarm);
    let shown = matches!(sim.state.stage, Stage::Evacuation(_));
    hold(alarm == shown, ALARM, || format!("alarm {alarm}, and {name} is shown"))
}

/// Whether it is this visit's person's to see.
fn served(sim: &Sim, Serving { visit, scene }: &Serving, seen: &Seen) -> Result<(), Wrong> {
    let name = sim.state.page_name();
    let acts = matches!(scene, Scene::Acting(_) | Scene::SlipChoice(_) | Scene::Filed(_) | Scene::CardPin(_));
    let personal =
        acts || matches!(scene, Scene::Home(_) | Scene::Scanning(_) | Scene::CardPin(_)) || item(scene).is_some();
    // What takes no proof is nobody's: a question, a complaint, and the slip of either.
    let open = match scene {
        Scene::Acting(acting) => visit.catalogue.item(&acting.item).is_some_and(|item| item.is_of_nobody()),
        Scene::Filed(filed) => filed.item.is_of_nobody(),
        _ => false,
    };
    hold(!acts || open || visit.person.is_some(), KNOWN, || format!("{name} without a person"))?;
    if let Some(item) = item(scene).filter(|item| !item.is_of_nobody()) {
        let takes = visit.person.as_ref().is_some_and(|person| item.admits(person.evidence()) != Admission::No);
        hold(takes, PROVED, || format!("{name} of {} without what it takes", item.id))?;
    }
    // Told by what the card was asked, too: a page that was taken from where it waited leaves nothing there.
    let anew = visit.paused.is_none() && seen.hidden != Some(visit.number);
    hold(!personal || anew, PIN_ANEW, || format!("{name} is shown"))?;
    let by_card = visit.person.is_some() && visit.card.as_ref().is_some_and(|card| card.insertion.is_some());
    hold(!by_card || sim.card_in, CARD_OUT, || format!("{name} while it is out"))?;
    let may_wait = sim.card_in && visit.card.is_none() && !matches!(scene, Scene::Home(_));
    hold(visit.next.is_none() || may_wait, WAITS, || format!("one waits on {name}"))?;
    if let Scene::Notice(Notice { message: Message::Acted(_, id, _), .. }) = scene {
        let known = visit.person.is_some() || is_nobodys(sim, visit, &id.text);
        hold(known, KNOWN, || format!("{} of nobody", id.text))?;
    }
    Ok(())
}

/// The catalogue changes between visits only.
fn offered(sim: &Sim, seen: &mut Seen) -> Result<(), Wrong> {
    let visit = match &sim.state.stage {
        Stage::Serving(serving) => &serving.visit,
        Stage::Gone(gone) => &gone.visit,
        Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => return Ok(()),
    };
    if visit.person.is_none() {
        return Ok(());
    }
    let before = seen.offered.as_ref().filter(|(number, _)| *number == visit.number);
    let same = before.is_none_or(|(_, catalogue)| Arc::ptr_eq(catalogue, &visit.catalogue));
    hold(same, OFFERED, || format!("visit {} has another catalogue", visit.number))?;
    seen.offered = Some((visit.number, Arc::clone(&visit.catalogue)));
    Ok(())
}

/// Whether an act is about what takes no proof.
fn is_nobodys(sim: &Sim, visit: &Visit, id: &str) -> bool {
    let act = sim.effects.iter().rev().find_map(|effect| match effect {
        Effect::Act(_, act) if act.id.text == id => Some(act),
        _ => None,
    });
    act.and_then(|act| visit.catalogue.item(&act.item)).is_some_and(|item| item.is_of_nobody())
}

/// What was asked of the world.
fn effects(sim: &Sim, seen: &mut Seen) -> Result<(), Wrong> {
    for effect in sim.effects.iter().skip(seen.effects) {
        if let Effect::Card(ticket, CardCommand::Verify(..)) = effect {
            seen.hidden = seen.hidden.filter(|visit| *visit != ticket.visit);
        }
        match effect {
            Effect::Act(ticket, act) => {
                hold(seen.acts.insert(act.id.text.clone()), ONCE, || format!("{} twice", act.id.text))?;
                hold(!seen.ended.contains(&ticket.visit), OVER, || "an act".to_owned())?;
                let case = matches!(act.body, ActBody::Case { .. });
                hold(!case || is_seen(sim, &act.item), SEEN, || format!("{} is filed", act.item))?;
            }
            Effect::Card(ticket, _)
            | Effect::Scan(ticket)
            | Effect::ReadDocument(ticket)
            | Effect::AwaitStaff(ticket, _)
            | Effect::Authorize(ticket, ..)
            | Effect::Ask(ticket, _)
            | Effect::Press(ticket, _) => {
                hold(!seen.ended.contains(&ticket.visit), OVER, || "work for it".to_owned())?;
            }
            Effect::EndVisit(visit) => {
                hold(seen.ended.insert(*visit), ENDS_ONCE, || format!("visit {visit} ended twice"))?;
            }
            Effect::Log(Event::VisitOpened { visit }) => drop(seen.opened.insert(*visit)),
            Effect::Told { act, outcome } => {
                hold(seen.told.insert(act.text.clone()), TOLD_ONCE, || format!("{} twice", act.text))?;
                let so = sim.is_confirmed(&act.text, *outcome);
                hold(so, CONFIRMED, || format!("{} is told as {}", act.text, outcome.as_str()))?;
            }
            Effect::Cancel(_)
            | Effect::ReleaseCard
            | Effect::Count { .. }
            | Effect::Post(..)
            | Effect::Log(_)
            | Effect::Keep(..) => {}
        }
    }
    seen.effects = sim.effects.len();
    let present = match &sim.state.stage {
        Stage::Serving(serving) => Some(serving.visit.number),
        Stage::Gone(gone) => Some(gone.visit.number),
        Stage::Welcome(visit) => visit.as_ref().map(|visit| visit.number),
        Stage::Farewell(_) | Stage::Evacuation(_) => None,
    };
    let left = seen.opened.iter().find(|visit| Some(**visit) != present && !seen.ended.contains(visit));
    hold(left.is_none(), ENDED, || format!("visit {left:?} goes on without anybody"))
}

/// Pages that say that something was done, and what must have been confirmed.
const SAYS: [(&str, Outcome); 5] = [
    ("printed", Outcome::Printed),
    ("filed", Outcome::Filed),
    ("queued", Outcome::Queued),
    ("question-left", Outcome::Filed),
    ("pin-changed", Outcome::Changed),
];

/// What a page says of an act is of the one that this visit began last; that another was confirmed proves nothing.
fn confirmed(sim: &Sim) -> Result<(), Wrong> {
    let Stage::Serving(serving) = &sim.state.stage else { return Ok(()) };
    let name = sim.state.page_name();
    let said = said(sim, serving);
    let named = SAYS.into_iter().find(|(page, _)| *page == name).map(|(_, outcome)| outcome);
    let of_one = named.is_none() || named == said.map(|(_, outcome)| outcome);
    hold(of_one, CONFIRMED, || format!("{name} is said of no act that ended so"))?;
    let Some((act, outcome)) = said else { return Ok(()) };
    let so = act == last_act(sim, serving.visit.number) && sim.is_confirmed(act, outcome);
    hold(so, CONFIRMED, || format!("{name} is said of {act:?}"))
}

/// Of which act the page now shown speaks, by its id, and how it says that it ended.
fn said<'a>(sim: &'a Sim, Serving { visit, scene }: &'a Serving) -> Option<(&'a str, Outcome)> {
    match scene {
        Scene::Notice(Notice { message: Message::Acted(_, act, end), .. }) => Some((act.text.as_str(), end.outcome)),
        Scene::Filed(filed) => Some((filed.case.key.as_str(), Outcome::Filed)),
        Scene::Info(info) => match &info.page {
            InfoPage::Left(kept) => Some((kept.key.as_str(), Outcome::Filed)),
            _ => None,
        },
        // It names none, so that it can speak of the last only.
        Scene::CardPin(CardPin { step: PinStep::Changed, .. }) => Some((last_act(sim, visit.number), Outcome::Changed)),
        _ => None,
    }
}

/// The act that was begun last for this visit; nothing where none was.
fn last_act(sim: &Sim, visit: u64) -> &str {
    let begun = sim.effects.iter().rev().find_map(|effect| match effect {
        Effect::Act(ticket, act) if ticket.visit == visit => Some(act.id.text.as_str()),
        _ => None,
    });
    begun.unwrap_or_default()
}

/// Whether a member of staff has seen the person, where the item wants that; an act that has just begun is on the page or behind it.
fn is_seen(sim: &Sim, item: &str) -> bool {
    let visit = match &sim.state.stage {
        Stage::Serving(serving) => &serving.visit,
        Stage::Gone(gone) => &gone.visit,
        Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => return true,
    };
    let Some((person, item)) = visit.person.as_ref().zip(visit.catalogue.item(item)) else { return true };
    let seen = person.seen.as_ref().is_some_and(|seen| seen.item == item.id);
    item.admits(person.evidence()) != Admission::WithWitness || seen
}
