//! A new PIN for the card, and what can come between. Who knows which PIN holds is the card itself: it is asked here, and by nobody there.

use super::{Ending, Journey, Play, witness};
use crate::people::person;

/// Every journey of a card's PIN, and how each must end.
pub(super) fn journeys() -> Vec<Journey> {
    let nothing = || Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };
    vec![
        Journey {
            name: "card-pulled-while-the-pin-changes",
            tells: "the command goes out, the card goes, and nobody knows: nothing is tried, and its owner's next entry settles it, \
                    whether the card had obeyed or not",
            play: card_pulled,
            ending: Ending {
                pages: "welcome reading pin checking home caution pin-facts pin-reading old-pin new-pin new-pin-again \
                        changing-pin gone reading pin checking pin checking pin-settled farewell welcome \
                        reading pin checking home caution pin-facts pin-reading old-pin new-pin new-pin-again \
                        changing-pin gone reading pin checking pin-settled farewell welcome",
                journal: &[("card_pin", "F12", "unknown"), ("card_pin", "F12", "unknown")],
                ..nothing()
            },
        },
        Journey {
            name: "card-pulled-before-the-pin-changes",
            tells: "the card goes while its new PIN is being typed: the digits go with it, and everything is as it was",
            play: card_pulled_before,
            ending: Ending {
                pages: "welcome reading pin checking home caution pin-facts pin-reading old-pin new-pin new-pin-again \
                        gone reading pin checking pin-facts farewell welcome",
                ..nothing()
            },
        },
        Journey {
            name: "power-cut-while-the-pin-changes",
            tells: "power goes while the card works: the journal says that nobody knows, and so does the agency",
            play: power_cut,
            ending: Ending { pages: "welcome", journal: &[("card_pin", "F12", "unknown")], ..nothing() },
        },
        Journey {
            name: "telephone-tells-to-change-the-pin",
            tells: "somebody on the telephone wants the PIN changed: nothing is asked of the card",
            play: telephone,
            ending: Ending { pages: "welcome reading pin checking home caution fraud farewell welcome", ..nothing() },
        },
    ]
}

/// What everybody here wants.
pub(super) const NEW: &str = "482915";

/// What is said where nobody knows, on the page without the card and on that of the next entry.
const UNKNOWN: &str = "下次请先输入新密码";

/// From home to the question whether somebody is on the telephone.
fn open(play: &mut Play) -> Result<(), String> {
    play.tap("社会保障卡")?;
    while !play.shows("社保卡密码修改")? {
        play.tap("下一页")?;
    }
    play.tap("社保卡密码修改")?;
    play.page("caution")
}

/// Everything is typed, and one key is left.
pub(super) fn type_all(play: &mut Play, old: &str) -> Result<(), String> {
    open(play)?;
    play.tap("没有，继续办理")?;
    play.page("pin-facts")?;
    play.tap("开始修改")?;
    play.page("old-pin")?;
    play.type_pin(old, "下一步")?;
    play.page("new-pin")?;
    play.type_pin(NEW, "下一步")?;
    play.page("new-pin-again")?;
    NEW.chars().try_for_each(|digit| play.tap(&digit.to_string()))
}

/// Once before the card has obeyed, once after.
fn card_pulled(play: &mut Play) -> Result<(), String> {
    let old = person(2)?.pin;
    for (how, holds) in [("pull mid-apdu", old.as_str()), ("pull unanswered", NEW)] {
        play.sign_in(2)?;
        type_all(play, &old)?;
        play.ground(&format!("card {how}"))?;
        play.tap("确认修改")?;
        play.page("gone")?;
        play.open(UNKNOWN)?;
        play.picture("gone")?;
        play.ground("card pull")?;
        play.ground("card insert 2")?;
        play.page("pin")?;
        play.must_show(UNKNOWN)?;
        play.must_show("密码还可以输入 6 次")?;
        play.pin(NEW)?;
        if holds != NEW {
            play.page("pin")?;
            play.must_show("密码不对，还可以输入 5 次")?;
            play.pin(&old)?;
        }
        play.page("pin-settled")?;
        play.ground(&format!("card holds {holds}"))?;
        play.leave()?;
    }
    Ok(())
}

fn card_pulled_before(play: &mut Play) -> Result<(), String> {
    let old = person(2)?.pin;
    play.sign_in(2)?;
    type_all(play, &old)?;
    play.ground("card pull")?;
    play.page("gone")?;
    play.come_back(2, "pin-facts")?;
    play.ground(&format!("card holds {old}"))?;
    play.leave()
}

fn power_cut(play: &mut Play) -> Result<(), String> {
    let old = person(2)?.pin;
    play.sign_in(2)?;
    type_all(play, &old)?;
    play.ground("card slow 1500")?;
    play.tap("确认修改")?;
    play.page("changing-pin")?;
    // The page may be there before the row is.
    let sending = "SELECT act, kind, item FROM acts WHERE phase = 'sending'";
    crate::until::until("the change to be on its way", std::time::Duration::from_secs(10), || {
        witness::rows(play, "terminal/journal.sqlite", sending).ok().filter(|rows| !rows.is_empty())
    })?;
    play.terminal.kill();
    play.ground("card pull")?;
    // The card's last command holds the daemon for a second and a half, and nobody tells when it sees the card out.
    let pulled = std::time::Instant::now();
    let seen_out = || (pulled.elapsed() > std::time::Duration::from_secs(2)).then_some(());
    crate::until::until("the daemon to see the card out", std::time::Duration::from_secs(5), seen_out)?;
    play.cut_power()?;
    witness::settled(play)
}

fn telephone(play: &mut Play) -> Result<(), String> {
    let old = person(2)?.pin;
    play.sign_in(2)?;
    open(play)?;
    play.tap("有人在指挥我")?;
    play.page("fraud")?;
    play.ground(&format!("card holds {old}"))?;
    play.leave()
}
