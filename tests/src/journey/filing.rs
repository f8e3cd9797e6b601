//! Filings whose answer does not come: filed or not is settled by asking, never by filing again.

use std::time::Duration;

use super::good::expect;
use super::{Play, item, later, witness};
use crate::until::until;

/// From home to the certification of somebody who is due, and whom a member of staff has seen, being filed.
pub(super) fn file(play: &mut Play) -> Result<(), String> {
    play.sign_in(10)?;
    play.tap("待遇与就业")?;
    while !play.shows("领取待遇资格认证")? {
        play.tap("下一页")?;
    }
    play.tap("领取待遇资格认证")?;
    play.page("review")?;
    play.tap("同意并提交")?;
    item::staff(play, "A017")?;
    play.page("review")?;
    play.tap("同意并提交")
}

/// The agency has it and never says so: its number is learnt by asking for the act, in the same visit.
pub(super) fn filing_reply_lost(play: &mut Play) -> Result<(), String> {
    play.ground("agency mishap hang /v1/cases")?;
    file(play)?;
    play.page("filed")?;
    play.must_show("取件码")?;
    play.leave()
}

/// The agency breaks before it does anything: the citizen is told that nobody knows yet, and after the visit it is known.
pub(super) fn filing_not_taken(play: &mut Play) -> Result<(), String> {
    play.ground("agency mishap status 503 /v1/cases")?;
    file(play)?;
    play.page("file-unknown")?;
    play.must_show("请不要重复提交")?;
    play.ground("agency mishap")?;
    play.leave()?;
    settled(play, "not_filed")
}

/// The agency has it, and both its answer and what it says when it is asked are damaged on their way. TLS gives the line up, which is no refusal:
/// nobody knows yet, and after the visit the case is found by its act, with its records.
pub(super) fn filing_reply_damaged(play: &mut Play) -> Result<(), String> {
    play.ground("agency mishap damaged /v1/cases\ndamaged /v1/cases/find")?;
    file(play)?;
    play.page("file-unknown")?;
    play.must_show("请不要重复提交")?;
    let filed = |play: &Play| {
        let cases = witness::rows(play, "agency/agency.db", "SELECT item, key, pick_up FROM cases")?;
        expect(cases.len() == 1, &format!("the agency has {} cases", cases.len()))
    };
    filed(play)?;
    play.ground("agency mishap")?;
    play.leave()?;
    settled(play, "filed")?;
    later::delivered(play, "archive")?;
    filed(play)
}

/// The agency has filed and does not say so, not even when it is asked; its citizen's card is out.
pub(super) fn case_on_its_way(play: &mut Play) -> Result<(), String> {
    play.ground("agency mishap hang /v1/cases\nhang /v1/cases/find")?;
    file(play)?;
    play.page("filing")?;
    let cases = "SELECT item, key, pick_up FROM cases";
    until("the agency to file", Duration::from_secs(10), || {
        witness::rows(play, "agency/agency.db", cases).ok().filter(|cases| cases.len() == 1)
    })?;
    play.ground("card pull")?;
    play.page("gone")
}

/// Power is cut while the agency works; it has filed. The terminal asks when it is back.
pub(super) fn power_cut_while_filing(play: &mut Play) -> Result<(), String> {
    case_on_its_way(play)?;
    play.cut_power()?;
    play.ground("agency mishap")?;
    settled(play, "filed")
}

/// Somebody files in the name of nobody as often as an hour may have, and switches the terminal off and on: it knows of what it has brought.
pub(super) fn killed_to_file_without_end(play: &mut Play) -> Result<(), String> {
    let once = play.ground.site_toml().replace("[limits]", "[limits]\nhour_open_cases_max = 1");
    play.start_again(&once)?;
    complaint(play)?;
    play.tap("同意并提交")?;
    play.page("filed")?;
    settled(play, "filed")?;
    play.start_again(&once)?;
    complaints(play)?;
    while !play.shows("投诉建议")? {
        play.tap("下一页")?;
    }
    play.must_show("提交过于频繁")?;
    let offered = play.tap("投诉建议").is_ok();
    play.leave_without_card()?;
    expect(!offered, "it is offered again")
}

/// From the welcome page to a complaint in nobody's name that is only to be agreed to.
pub(super) fn complaint(play: &mut Play) -> Result<(), String> {
    complaints(play)?;
    item::open(play, "投诉建议")?;
    ["投诉", "abc", "type qwerty", "下一步", "跳过"].iter().try_for_each(|answer| item::act(play, answer))?;
    play.open("同意并提交")
}

/// To the group in which complaints are.
fn complaints(play: &mut Play) -> Result<(), String> {
    item::begin(play)?;
    item::open(play, "转移与异议")
}

/// Journal and agency know how it ended, after the visit.
pub(super) fn settled(play: &Play, outcome: &str) -> Result<(), String> {
    let known = |file: &str| {
        let rows = witness::rows(play, file, "SELECT kind, item, outcome FROM acts");
        rows.is_ok_and(|rows| rows.iter().any(|(_, _, told)| told == outcome))
    };
    until("the case to be settled", Duration::from_secs(30), || {
        (known("terminal/journal.sqlite") && known("agency/agency.db")).then_some(())
    })
}
