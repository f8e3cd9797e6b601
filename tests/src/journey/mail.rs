//! What waits for the agency where things go wrong with it: its place is full, or the agency will not take it. And a line that gives one
//! question's answer to another.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use super::good::expect;
use super::{Ending, Journey, Play, filing, item, witness};
use crate::ground::beside_us;
use crate::until::until;

/// Every such journey, and how each must end.
pub(super) fn journeys() -> Vec<Journey> {
    let nothing = || Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };
    vec![
        Journey {
            name: "outbox-full",
            tells: "what waits has no more room while the agency is out of reach: nothing is lost, what needs a place is closed with the reason, \
                    and opens by itself",
            play: outbox_full,
            ending: Ending {
                pages: "welcome home fetching form welcome",
                journal: &[("case", "F18", "filed")],
                ..nothing()
            },
        },
        Journey {
            name: "parcel-refused",
            tells: "a complaint was sealed to a key that the agency no longer has: staff see it, save it, and with the key mended it is filed once",
            play: parcel_refused,
            ending: Ending {
                pages: "welcome home fetching form review filing queued home welcome",
                journal: &[("case", "F18", "filed")],
                ..nothing()
            },
        },
        Journey {
            name: "answers-mixed-up",
            tells: "the line gives answers to other questions: records of nobody are shown, a filing is found by its act, and neither is told wrong",
            play: answers_mixed_up,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching agency-fault farewell welcome reading pin checking home fetching review \
                        checking witness checking review filing filed farewell welcome",
                journal: &[("case", "F01", "filed")],
                ..nothing()
            },
        },
    ]
}

/// A complaint by somebody who does not say who they are.
fn complain(play: &mut Play) -> Result<(), String> {
    item::begin(play)?;
    let _on_the_first_page = play.tap("下一页");
    play.open("转移与异议")?;
    play.tap("转移与异议")?;
    item::open(play, "投诉建议")?;
    for answer in ["投诉", "pinyin paidui 排队", "下一步", "跳过", "同意并提交"] {
        item::act(play, answer)?;
    }
    play.page("queued")?;
    play.must_show("已加密保存")?;
    play.tap("返回首页")?;
    play.page("home")
}

fn outbox_full(play: &mut Play) -> Result<(), String> {
    // A case takes two places: itself, and its records.
    let site = play.ground.site_toml().replace("[limits]\n", "[limits]\noutbox_parcels_max = 2\n");
    play.start_again(&site)?;
    head_is_away(play)?;
    play.ground("agency down")?;
    complain(play)?;
    let _on_the_first_page = play.tap("下一页");
    play.open("转移与异议")?;
    play.tap("转移与异议")?;
    play.open("本机暂停申报业务")?;
    play.picture("full")?;
    expect(play.tap("投诉建议").is_err(), "a complaint can be begun that would have no place")?;
    play.leave_without_card()?;
    play.open("待上传材料已满")?;
    play.picture("welcome")?;
    // Neither a power cut nor time takes anything out of it.
    play.terminal.kill();
    play.terminal = crate::terminal::Terminal::start(&play.ground.path("terminal"), &site)?;
    play.terminal.wait("welcome")?;
    play.open("待上传材料已满")?;
    let places = witness::rows(play, "terminal/journal.sqlite", "SELECT kind, state, NULL FROM outbox ORDER BY kind")?;
    expect(places.len() == 2, &format!("{places:?} wait"))?;
    play.ground("agency up")?;
    play.advance("agency_retry")?;
    play.open("请插入社会保障卡")?;
    play.gone("待上传材料已满")?;
    filing::settled(play, "filed")?;
    item::begin(play)?;
    let _on_the_first_page = play.tap("下一页");
    play.open("转移与异议")?;
    play.tap("转移与异议")?;
    item::open(play, "投诉建议")?;
    play.page("form")?;
    play.leave_without_card()
}

/// The day's head of the audit has gone; it would take a place.
fn head_is_away(play: &Play) -> Result<(), String> {
    until("the outbox to be empty", Duration::from_secs(30), || {
        let sent =
            witness::rows(play, "agency/agency.db", "SELECT key, NULL, NULL FROM parcels WHERE kind = 'audit_head'");
        let here = witness::rows(play, "terminal/journal.sqlite", "SELECT kind, NULL, NULL FROM outbox");
        (sent.is_ok_and(|sent| !sent.is_empty()) && here.is_ok_and(|here| here.is_empty())).then_some(())
    })
}

fn parcel_refused(play: &mut Play) -> Result<(), String> {
    let (own, other) = (play.ground.path("certs"), play.ground.path("other"));
    std::fs::create_dir_all(&other).map_err(|error| error.to_string())?;
    agency::opener::make(&other).map_err(|error| error.to_string())?;
    let public = |folder: &Path| agency::opener::public(folder).map_err(|error| error.to_string());
    let site = play.ground.site_toml().replace(&public(&own)?, &public(&other)?);
    play.start_again(&site)?;
    play.ground("agency down")?;
    complain(play)?;
    play.leave_without_card()?;
    play.ground("agency up")?;
    play.advance("agency_retry")?;
    play.open("有材料经办系统不予接收")?;
    play.picture("welcome")?;
    let file = play.ground.path("site.toml");
    std::fs::write(&file, &site).map_err(|error| error.to_string())?;
    let (listed, said) = journal(&file, &["outbox"])?;
    expect(!listed && said.contains("\trefused\tbad_request"), &format!("staff are told {said}"))?;
    let act = said.lines().find_map(|line| line.strip_prefix("case\t")?.split('\t').next()).ok_or("no case waits")?;
    // It can be handed over by hand, to whoever has the key.
    let saved = play.ground.path("saved").display().to_string();
    let (done, said) = journal(&file, &["outbox", "save", "case", act, &saved])?;
    expect(done, &said)?;
    let opened = Command::new("age").args(["-d", "-i"]).arg(other.join("seal.key")).arg(&saved).output();
    let opened = opened.map_err(|error| format!("age: {error}"))?;
    expect(String::from_utf8_lossy(&opened.stdout).contains("排队"), "what was saved is not the complaint")?;
    // The agency has its key back.
    std::fs::copy(other.join("seal.key"), own.join("seal.key")).map_err(|error| error.to_string())?;
    let (done, said) = journal(&file, &["outbox", "send-again", "case", act, "--staff", "A017"])?;
    expect(done, &said)?;
    play.gone("有材料经办系统不予接收")?;
    filing::settled(play, "filed")?;
    let cases = witness::rows(play, "agency/agency.db", "SELECT item, key, NULL FROM cases")?;
    expect(matches!(&cases[..], [(_, key, _)] if key == act), &format!("the agency has {cases:?}"))?;
    until("the records of the case", Duration::from_secs(30), || {
        let records = "SELECT key, NULL, NULL FROM parcels WHERE kind = 'archive'";
        witness::rows(play, "agency/agency.db", records).ok().filter(|rows| rows.iter().any(|(key, ..)| key == act))
    })?;
    let (done, said) = journal(&file, &["outbox", "send-again", "case", act, "--staff", "A017"])?;
    expect(!done && said.contains("no refused parcel"), &format!("it goes twice: {said}"))
}

/// What `kiosk journal` says beside the running terminal, and whether it ends well.
fn journal(site: &Path, arguments: &[&str]) -> Result<(bool, String), String> {
    let mut kiosk = Command::new(beside_us("kiosk")?);
    let output = kiosk.arg("journal").args(arguments).arg("--site").arg(site).output();
    let Output { status, stdout, stderr } = output.map_err(|error| error.to_string())?;
    Ok((status.success(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr))))
}

fn answers_mixed_up(play: &mut Play) -> Result<(), String> {
    play.ground("agency mishap foreign /v1/query")?;
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("agency-fault")?;
    play.must_show("garbled")?;
    play.leave()?;
    play.ground("agency mishap foreign /v1/cases")?;
    filing::file(play)?;
    play.page("filed")?;
    play.must_show("取件码")?;
    play.leave()
}
