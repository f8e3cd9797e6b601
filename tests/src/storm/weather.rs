//! What can happen to the core, at random: mostly what a hall sees, sometimes what it never should.

use hal::card::{CardError, CardEvent};
use hal::pad::Key;
use hal::sensors::{Change, Sensor};
use hal::{Code, Progress};
use kiosk::session::{Device, Input, Refusal, wake_at};
use ui::model::{Board, Button, Page};
use ui::{Intent, Screen, ScreenId, Tap};

use super::invariants::{ACCEPTED, ENDED_TICKET, REFUSED, Wrong, hold};
use crate::dice::Dice;
use crate::sim::{Sim, What};

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
#[must_use]
pub fn buttons(screen: &Screen) -> Vec<Button> {
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
        (Device::Store, Code::StoreUnwritable),
        (Device::Outbox, Code::StoreOutboxFull),
        (Device::Books, Code::StoreUnresolved),
        (Device::Clock, Code::ClockOff),
        (Device::Audit, Code::StoreAuditFilling),
        (Device::Audit, Code::StoreAuditFull),
    ];
    let (device, code) = dice.pick(&faults).copied().unwrap_or((Device::Receipt, Code::ReceiptPaperOut));
    // Each of these closes all filings by itself.
    let closes = matches!(device, Device::Store | Device::Outbox | Device::Audit);
    Input::Health(device, if dice.roll(if closes { 12 } else { 4 }) == 0 { Err(code) } else { Ok(()) })
}

/// Alarms end sooner than they begin, for the same reason.
fn contact(dice: &mut Dice) -> Input {
    let sensors = [Sensor::Door, Sensor::Tamper, Sensor::CallButton, Sensor::Approach, Sensor::FireAlarm];
    let sensor = dice.pick(&sensors).copied().unwrap_or(Sensor::Door);
    let often = matches!(sensor, Sensor::CallButton | Sensor::Approach);
    Input::Contact(Change { sensor, active: dice.roll(if often { 2 } else { 8 }) == 0 })
}

fn key(dice: &mut Dice) -> Input {
    let keys = [Key::Confirm, Key::Correct, Key::Cancel, Key::Previous, Key::Next];
    Input::Key(match dice.roll(2) {
        0 => Key::Digit(u8::try_from(dice.roll(10)).unwrap_or(0)),
        _ => dice.pick(&keys).copied().unwrap_or(Key::Confirm),
    })
}

/// In one of so many steps something comes for a ticket that has ended, and in one of so many somebody sets the wall clock.
const STALE_ONE_IN: usize = 24;
const CLOCK_ONE_IN: usize = 60;

/// How far the wall clock is set ahead, in milliseconds: mostly right, a minute before midnight, a day ahead, an hour back, and ten years ahead,
/// where no card holds any more.
const WALL_MS: [i64; 7] = [0, 0, 0, 50_340_000, 86_400_000, -3_600_000, 315_576_000_000];

/// Kinds of result that are tried for a ticket that has ended.
const STALE_KINDS: usize = 4;

/// Milliseconds that pass at once.
const LEAPS_MS: [u64; 8] = [10, 100, 1_000, 5_000, 5_000, 15_000, 61_000, 900_001];

/// Lets something happen.
pub(super) fn random(sim: &mut Sim, dice: &mut Dice) -> Result<(), Wrong> {
    if dice.roll(STALE_ONE_IN) == 0 {
        return stale(sim, dice);
    }
    if dice.roll(CLOCK_ONE_IN) == 0 {
        sim.wall_offset_ms = dice.pick(&WALL_MS).copied().unwrap_or(0);
    }
    let _refused = match dice.roll(18) {
        0..=5 => return finger(sim, dice),
        6 => {
            let back = u64::try_from(dice.roll(3)).unwrap_or(0);
            let screen = ScreenId(sim.state.screen.0.saturating_sub(back));
            let intent = dice.pick(&Intent::KINDS).copied().unwrap_or(Intent::Back);
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
            sim.elapsed_ms += dice.pick(&LEAPS_MS).copied().unwrap_or(10);
            sim.feed(Input::Due)
        }
        12 => sim.progress(if dice.roll(2) == 0 { Progress::Resumed } else { Progress::Blocked(Code::PageJam) }),
        13 => sim.feed(contact(dice)),
        14 => sim.feed(key(dice)),
        _ => return answer(sim, dice),
    };
    Ok(())
}

/// A finger on something that is shown.
fn finger(sim: &mut Sim, dice: &mut Dice) -> Result<(), Wrong> {
    let shown = buttons(&sim.screen());
    // The bar has as many buttons as a page; somebody who only changes the letters gets nowhere.
    let mut pick = || dice.pick(&shown).and_then(|button| button.intent);
    let first = pick();
    let Some(intent) = first.filter(|intent| !is_bar(*intent)).or_else(pick) else { return Ok(()) };
    let page = sim.state.page_name();
    let refused = sim.tap(intent);
    hold(refused.is_none(), ACCEPTED, || format!("{page} offers {intent:?} and refuses it"))
}

/// Some result of the kind that is waited for: the first that is not refused, from a random one on.
fn answer(sim: &mut Sim, dice: &mut Dice) -> Result<(), Wrong> {
    let first = dice.roll(What::ALL.len());
    let kinds = What::ALL.iter().cycle().skip(first).take(What::ALL.len());
    for what in kinds {
        if !sim.could_end(*what) {
            continue;
        }
        let before = (sim.state.page_key(), wake_at(&sim.state), sim.effects.len());
        let completion = sim.completion(*what);
        if sim.done(completion).is_none() {
            break;
        }
        let after = (sim.state.page_key(), wake_at(&sim.state), sim.effects.len());
        hold(after == before, REFUSED, || format!("{what:?} is refused on {}, and changes something", before.0.0))?;
    }
    Ok(())
}

/// A result that comes too late, or a second time: of a kind for which the page now shown may well wait.
fn stale(sim: &mut Sim, dice: &mut Dice) -> Result<(), Wrong> {
    let ended = sim.ended_tickets();
    let Some(ticket) = dice.pick(&ended).copied() else { return Ok(()) };
    let before = (sim.state.page_key(), sim.screen(), sim.waits_for(), wake_at(&sim.state), sim.effects.len());
    let first = dice.roll(What::ALL.len());
    for what in What::ALL.iter().cycle().skip(first).take(STALE_KINDS) {
        let completion = sim.completion(*what);
        let refused = sim.feed(Input::Done(ticket, completion));
        let page = before.0.0;
        hold(refused == Some(Refusal::StaleTicket.as_str()), ENDED_TICKET, || {
            format!("{what:?} for {ticket:?} on {page}: {refused:?}")
        })?;
    }
    let after = (sim.state.page_key(), sim.screen(), sim.waits_for(), wake_at(&sim.state), sim.effects.len());
    hold(after == before, ENDED_TICKET, || format!("something changes on {}", before.0.0))
}
