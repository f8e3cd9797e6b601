//! A seeded storm of everything that can happen, in any order. Whatever comes, the terminal shows a page that offers what it
//! accepts, never what belongs to somebody else, and never a success that nobody confirmed.

use std::collections::HashSet;

use contract::catalogue::{Admission, Item};
use hal::card::{CardError, CardEvent};
use hal::pad::Key;
use hal::sensors::{Change, Sensor};
use hal::{Code, Progress};
use hall::dice::Dice;
use hall::sim::{MASKED_NAME, Sim, What};
use kiosk::session::{ActBody, ActKind, Device, Effect, Input, Message, Scene, Serving, Stage, wake_at};
use ui::model::{Board, Button, Page};
use ui::{Intent, Screen, ScreenId, Tap};

/// Every key of a board.
fn board(board: &Board) -> Vec<Button> {
    match board {
        Board::Digits(keys) => keys.iter().flatten().cloned().collect(),
        Board::Letters(letters) => {
            let keys = letters.rows.iter().flatten().chain(&letters.candidates).chain(&letters.boards);
            keys.chain(&letters.previous).chain(&letters.next).cloned().collect()
        }
    }
}

/// Every button of a screen that can be tapped.
pub(crate) fn buttons(screen: &Screen) -> Vec<Button> {
    let page: Vec<Button> = match &screen.page {
        Page::Welcome(page) => page.begin.iter().chain([&page.elder]).cloned().collect(),
        Page::Working(page) => page.back.clone().into_iter().collect(),
        Page::Pin(page) => {
            let others = [&page.erase, &page.clear, &page.confirm].into_iter().chain(&page.back);
            page.digits.iter().chain(others).cloned().collect()
        }
        Page::Home(page) => {
            let others = [&page.previous, &page.next, &page.back].into_iter().flatten();
            page.tiles.iter().chain(others).cloned().collect()
        }
        Page::Choose(page) => page.choices.iter().chain(&page.back).chain(&page.skip).cloned().collect(),
        Page::Table(page) => {
            [&page.previous, &page.next, &page.primary, &page.back].into_iter().flatten().cloned().collect()
        }
        Page::Entry(page) => {
            let others = [&page.erase, &page.clear, &page.confirm].into_iter().chain(&page.back);
            board(&page.board).into_iter().chain(others.cloned()).collect()
        }
        Page::Summary(page) => {
            let changes = page.rows.iter().filter_map(|pair| pair.change.as_ref());
            let others = [&page.previous, &page.next, &page.primary, &page.secondary, &page.back].into_iter().flatten();
            changes.chain(others).cloned().collect()
        }
        Page::Reading(page) => [&page.previous, &page.next, &page.back].into_iter().flatten().cloned().collect(),
        Page::Notice(page) => page.primary.iter().chain(&page.back).cloned().collect(),
        Page::Farewell(_) => Vec::new(),
    };
    let over = screen.over.iter().flat_map(|ask| [ask.yes.clone(), ask.no.clone()]);
    // What lies under the overlay can neither be seen nor touched; nor can the bar be used while it asks.
    let under =
        page.into_iter().chain(screen.leave.clone()).chain(screen.bar.clone()).filter(|_| screen.over.is_none());
    over.chain(under).filter(|button| button.intent.is_some()).collect()
}

const fn is_bar(intent: Intent) -> bool {
    use Intent::{Contrast, Display, Help, Language, Larger, LowReach};
    matches!(intent, Contrast | Display | Help | Language | Larger | LowReach)
}

/// Mostly fine: a storm in which nothing works goes nowhere.
fn health(dice: &mut Dice) -> Input {
    let faults = [
        (Device::Receipt, Code::ReceiptPaperOut),
        (Device::Page, Code::PageJam),
        (Device::Pad, Code::PadOffline),
        (Device::Id, Code::IdNoAnswer),
        (Device::Scanner, Code::ScannerOffline),
        (Device::Staff, Code::StaffOffline),
        (Device::Ups, Code::UpsBatteryLow),
    ];
    let (device, code) = faults[dice.roll(faults.len())];
    Input::Health(device, if dice.roll(4) == 0 { Err(code) } else { Ok(()) })
}

/// Alarms end sooner than they begin, for the same reason.
fn contact(dice: &mut Dice) -> Input {
    let sensors = [Sensor::Door, Sensor::Tamper, Sensor::CallButton, Sensor::Approach, Sensor::FireAlarm];
    let sensor = sensors[dice.roll(sensors.len())];
    let often = matches!(sensor, Sensor::CallButton | Sensor::Approach);
    Input::Contact(Change { sensor, active: dice.roll(if often { 2 } else { 8 }) == 0 })
}

fn key(dice: &mut Dice) -> Input {
    let keys = [Key::Confirm, Key::Correct, Key::Cancel, Key::Previous, Key::Next];
    Input::Key(match dice.roll(2) {
        0 => Key::Digit(u8::try_from(dice.roll(10)).unwrap()),
        _ => keys[dice.roll(keys.len())],
    })
}

fn random(sim: &mut Sim, dice: &mut Dice) -> Option<&'static str> {
    match dice.roll(18) {
        0..=5 => {
            let shown = buttons(&sim.screen());
            // The bar has as many buttons as a page; somebody who only changes the letters gets nowhere.
            let mut pick = || shown.get(dice.roll(shown.len().max(1))).and_then(|button| button.intent);
            let first = pick()?;
            let intent = if is_bar(first) { pick()? } else { first };
            let refused = sim.tap(intent);
            assert_eq!(refused, None, "{} offers {intent:?} and refuses it", sim.state.page_name());
            None
        }
        6 => {
            let screen = ScreenId(sim.state.screen.0.saturating_sub(dice.roll(3) as u64));
            let intent = Intent::KINDS[dice.roll(Intent::KINDS.len())];
            sim.feed(Input::Tap(Tap { screen, intent }))
        }
        7 => sim.insert(),
        8 => sim.pull(),
        9 => match dice.roll(4) {
            0 => {
                sim.card_in = false;
                sim.feed(Input::Card(CardEvent::ReaderLost(CardError::Service)))
            }
            1 => sim.feed(Input::Card(CardEvent::Mute)),
            _ => sim.feed(Input::Card(CardEvent::ReaderReady)),
        },
        10 => sim.feed(health(dice)),
        11 => {
            sim.elapsed_ms += [10, 100, 1_000, 5_000, 5_000, 15_000, 61_000, 900_001][dice.roll(8)];
            sim.feed(Input::Due)
        }
        12 => sim.progress(if dice.roll(2) == 0 { Progress::Resumed } else { Progress::Blocked(Code::PageJam) }),
        13 => sim.feed(contact(dice)),
        14 => sim.feed(key(dice)),
        // Some result of the kind that is waited for: the first that is not refused, from a random one on.
        _ => {
            let first = dice.roll(What::ALL.len());
            let mut kinds = What::ALL.iter().cycle().skip(first).take(What::ALL.len());
            kinds.find(|what| {
                if !sim.could_end(**what) {
                    return false;
                }
                let completion = sim.completion(**what);
                sim.done(completion).is_none()
            });
            None
        }
    }
}

/// The item that a page is about.
const fn item(scene: &Scene) -> Option<&Item> {
    match scene {
        Scene::Caution(form) | Scene::Form(form) | Scene::Fetching { form, .. } => Some(&form.item),
        Scene::Review(review) => Some(&review.form.item),
        Scene::Table(shown) | Scene::SlipChoice(shown) => Some(&shown.form.item),
        Scene::Scanning(scanning) => Some(&scanning.form.item),
        _ => None,
    }
}

/// What the storm remembers of a terminal.
#[derive(Default)]
struct Seen {
    acts: HashSet<String>,
    ended: HashSet<u64>,
    /// What was shown last; most inputs change nothing on it, and reading a keyboard takes longer than a step.
    screen: Option<Screen>,
}

fn check(sim: &Sim, seen: &mut Seen, effects_seen: usize) {
    let Seen { acts, ended, screen: last } = seen;
    let screen = sim.screen();
    assert!(!screen.title.is_empty() && screen.name == sim.state.page_name());
    let hidden = !matches!(sim.state.stage, Stage::Serving(_));
    let text = if last.as_ref() == Some(&screen) { String::new() } else { format!("{screen:?}") };
    for personal in [MASKED_NAME, "知远", "13800000001", "2607 0019", "3,265.32"] {
        assert!(!hidden || !text.contains(personal), "{personal} stands on {}", screen.name);
    }
    assert!(!text.contains("林知远"), "a whole name stands on {}", screen.name);
    if matches!(sim.state.stage, Stage::Serving(_) | Stage::Gone(_) | Stage::Welcome(Some(_))) {
        let works = sim.waits_for().is_some();
        assert!(works || wake_at(&sim.state).is_some(), "{} would stay for ever", screen.name);
    }
    if let Stage::Farewell(farewell) = &sim.state.stage {
        assert!(farewell.card_in.is_none() || sim.card_in, "a card is asked for that is out");
        assert!(farewell.card_in.is_some() || wake_at(&sim.state).is_some(), "the farewell would stay for ever");
    }
    let alarm = sim.state.terminal.contacts.contains(&Sensor::FireAlarm);
    assert_eq!(alarm, matches!(sim.state.stage, Stage::Evacuation(_)), "the alarm and {} do not fit", screen.name);
    if let Stage::Serving(Serving { visit, scene }) = &sim.state.stage {
        let acts = matches!(scene, Scene::Acting(_) | Scene::SlipChoice(_) | Scene::Filed(_) | Scene::CardPin(_));
        let personal =
            acts || matches!(scene, Scene::Home(_) | Scene::Scanning(_) | Scene::CardPin(_)) || item(scene).is_some();
        // A question, and a filing that takes no proof, are nobody's.
        let open = match scene {
            Scene::Acting(acting) => acting.kind == ActKind::Question,
            _ => false,
        };
        assert!(!acts || open || visit.person.is_some(), "{} without a person", screen.name);
        if let Some(item) = item(scene).filter(|item| !item.evidence.is_empty()) {
            let takes = visit.person.as_ref().is_some_and(|person| item.admits(person.evidence) != Admission::No);
            assert!(takes, "{} of {} without what it takes", screen.name, item.id);
        }
        assert!(!personal || visit.paused.is_none(), "{} while the card's PIN has not been asked anew", screen.name);
        if let Scene::Notice(notice) = scene {
            let acted = matches!(&notice.message, Message::Acted(kind, ..) if *kind != ActKind::Question);
            assert!(!acted || visit.person.is_some(), "an act of nobody");
        }
    }
    *last = Some(screen);
    for effect in &sim.effects[effects_seen..] {
        match effect {
            Effect::Act(ticket, act) => {
                assert!(acts.insert(act.id.text.clone()), "act {} was begun twice", act.id.text);
                assert!(!ended.contains(&ticket.visit), "an act of a visit that is over");
                if let ActBody::Case { .. } = &act.body {
                    assert!(is_seen(sim, &act.item), "{} filed for somebody whom nobody has seen", act.item);
                }
            }
            Effect::Card(ticket, _)
            | Effect::Scan(ticket)
            | Effect::ReadDocument(ticket)
            | Effect::AwaitStaff(ticket, _)
            | Effect::Authorize(ticket, ..)
            | Effect::Ask(ticket, _)
            | Effect::Press(ticket, _) => {
                assert!(!ended.contains(&ticket.visit), "work for a visit that is over");
            }
            Effect::EndVisit(visit) => assert!(ended.insert(*visit), "visit {visit} ended twice"),
            Effect::Cancel(_) | Effect::ReleaseCard | Effect::Count { .. } | Effect::Log(_) => {}
        }
    }
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
    item.admits(person.evidence) != Admission::WithWitness || seen
}

#[test]
fn a_storm_finds_a_page_that_lies_or_a_button_that_does_nothing() {
    let (mut pages, mut printed) = (HashSet::new(), 0);
    for seed in 1..=600_u64 {
        let mut dice = Dice::new(seed);
        let mut sim = Sim::at(
            ["welcome", "home", "form: composing", "review", "guest", "found", "review, by document", "home, may act"]
                [usize::try_from(seed % 8).unwrap()],
        );
        let mut all = Seen::default();
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..500 {
                let seen = sim.effects.len();
                random(&mut sim, &mut dice);
                check(&sim, &mut all, seen);
                pages.insert(sim.state.page_name());
                printed += usize::from(sim.state.page_name() == "printed");
            }
        }));
        assert!(played.is_ok(), "seed {seed}: see above");
    }
    // A storm that never leaves the harbour proves nothing.
    assert!(printed > 0 && pages.len() > 20, "only {} pages were reached: {pages:?}", pages.len());
}
