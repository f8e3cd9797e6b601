//! Visits without a card: what goes wrong with codes and documents, and what happens when a card comes after all.

use super::item::e_card;
use super::{Ending, Journey, Play};
use crate::people::person;

const NOTHING: Ending = Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };

pub(super) fn journeys() -> Vec<Journey> {
    vec![
        Journey {
            name: "e-card-stale",
            tells: "a code that is over: said so, and a fresh one goes on to what was wanted",
            play: e_card_stale,
            ending: Ending {
                pages: "welcome home identify show-e-card checking identify show-e-card checking form home welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "document-left-behind",
            tells: "somebody else's identity card still lies there: it is never read",
            play: document_left_behind,
            ending: Ending {
                pages: "welcome home identify lay-document sending-code one-time-code checking form home farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "code-mistyped",
            tells: "a wrong code, then the right one",
            play: code_mistyped,
            ending: Ending {
                pages: "welcome home identify lay-document sending-code one-time-code checking one-time-code checking \
                        form home farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "card-instead-of-a-code",
            tells: "asked who they are, somebody inserts a card after all, and finds what they wanted",
            play: card_instead_of_a_code,
            ending: Ending {
                pages: "welcome home identify show-e-card reading pin checking form home farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "card-after-a-telephone",
            tells: "a card in the visit of somebody who showed a telephone: that visit is over, another begins",
            play: card_after_a_telephone,
            ending: Ending {
                pages: "welcome home identify show-e-card checking form reading pin checking home farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "scanner-unplugged",
            tells: "the scanner goes while it is waited for: that way is greyed, the others stay",
            play: scanner_unplugged,
            ending: Ending { pages: "welcome home identify show-e-card identify home welcome", ..NOTHING },
        },
    ]
}

/// From the welcome page to the question who asks for their contributions.
fn ask(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.tap("没带卡、看信息")?;
    play.page("home")?;
    play.tap("查询权益")?;
    play.tap("缴费明细查询")?;
    play.page("identify")
}

fn back_and_leave(play: &mut Play) -> Result<(), String> {
    play.page("form")?;
    play.tap("返回")?;
    play.page("home")?;
    play.leave_without_card()
}

fn e_card_stale(play: &mut Play) -> Result<(), String> {
    ask(play)?;
    play.tap("出示电子社保卡")?;
    play.page("show-e-card")?;
    play.ground("scanner show EC00000000000000000000000000000000000000")?;
    play.open("这个二维码已经失效")?;
    e_card(play, 1)?;
    back_and_leave(play)
}

fn document_left_behind(play: &mut Play) -> Result<(), String> {
    play.ground("id lay 2")?;
    ask(play)?;
    play.tap("身份证加短信验证码")?;
    play.open("感应区有一张证件")?;
    play.picture("left-behind")?;
    play.ground("id lift")?;
    play.gone("感应区有一张证件")?;
    play.ground("id lay 1")?;
    play.page("one-time-code")?;
    play.ground("id lift")?;
    let digits = play.one_time_code(1)?;
    play.type_pin(&digits, "下一步")?;
    back_and_leave(play)
}

fn code_mistyped(play: &mut Play) -> Result<(), String> {
    ask(play)?;
    let searches = play.ground.windows.searches()?;
    play.tap("身份证加短信验证码")?;
    play.wait_for_search(searches)?;
    play.ground("id lay 1")?;
    play.page("one-time-code")?;
    play.ground("id lift")?;
    let right = play.one_time_code(1)?;
    let wrong = if right.starts_with('9') { "000000" } else { "999999" };
    play.type_pin(wrong, "下一步")?;
    play.open("验证码不对或已过期")?;
    play.type_pin(&right, "下一步")?;
    back_and_leave(play)
}

fn card_instead_of_a_code(play: &mut Play) -> Result<(), String> {
    ask(play)?;
    play.tap("出示电子社保卡")?;
    play.page("show-e-card")?;
    play.ground("card insert 1")?;
    play.page("pin")?;
    play.pin(&person(1)?.pin)?;
    play.page("form")?;
    play.tap("返回")?;
    play.page("home")?;
    play.leave()
}

fn card_after_a_telephone(play: &mut Play) -> Result<(), String> {
    ask(play)?;
    e_card(play, 1)?;
    play.page("form")?;
    play.ground("card insert 2")?;
    play.page("pin")?;
    play.pin(&person(2)?.pin)?;
    play.page("home")?;
    play.leave()
}

fn scanner_unplugged(play: &mut Play) -> Result<(), String> {
    ask(play)?;
    play.tap("出示电子社保卡")?;
    play.page("show-e-card")?;
    play.ground("scanner unplug")?;
    play.page("identify")?;
    play.open("扫码器暂时不能用")?;
    play.tap("返回")?;
    play.page("home")?;
    play.ground("scanner plug")?;
    play.leave_without_card()
}
