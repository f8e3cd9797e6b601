//! What waits for the agency where things go wrong with it: its place is full, or the agency will not take it. And a line that gives one
//! question's answer to another.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use contract::message::{Outcome, ParcelKind};
use kiosk::clock::{Clock, SystemClock};
use kiosk::crypto::seal::Recipient;
use kiosk::journal::outbox::Content;
use kiosk::journal::{AT_MOST, Journal, JournalError};
use kiosk::session::{Act, ActBody, ActId};

use super::good::expect;
use super::{Ending, Journey, Play, filing, item, later, witness};
use crate::ground::{TERMINAL, beside_us};
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
            name: "records-of-a-retired-key",
            tells: "the agency has changed its key, the terminal has not: records of a case are not taken and forgotten, staff see it, save them, and \
                    they go when the agency opens both",
            play: records_of_a_retired_key,
            ending: Ending { pages: "welcome", journal: &[("case", "F01", "filed")], ..nothing() },
        },
        Journey {
            name: "complaint-of-a-changed-item",
            tells: "a complaint waits while its item changes: nothing comes of it, staff hear of it, save it, and send it again when that is mended",
            play: complaint_of_a_changed_item,
            ending: Ending {
                pages: "welcome home fetching form review filing queued home welcome",
                journal: &[("case", "F18", "filed")],
                ..nothing()
            },
        },
        Journey {
            name: "parcel-breaks-the-agency",
            tells: "the agency breaks at one parcel whenever that comes: those behind it go, it stays, and goes when that is mended",
            play: parcel_breaks_the_agency,
            ending: Ending { pages: "welcome", ..nothing() },
        },
        Journey {
            name: "draft-behind-a-long-post",
            tells: "what somebody had typed waits behind more outcomes than are asked for at once, one of which the agency cannot bear, and behind \
                    other drafts: it goes in its turn, and outcomes go in between",
            play: draft_behind_a_long_post,
            ending: Ending { pages: "welcome home fetching form farewell welcome", journal: &LONG_POST, ..nothing() },
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

/// What the welcome page says of a parcel that was refused.
const NOT_TAKEN: &str = "有材料经办系统不予接收";

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
    heads_are_away(play, 1)?;
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
    // Midnight may have fallen into this: the head of the new day waits without having been asked for.
    let places = "SELECT kind, state, NULL FROM outbox WHERE kind <> 'audit_head' ORDER BY kind";
    let places = witness::rows(play, "terminal/journal.sqlite", places)?;
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

/// So many heads of the audit have gone, and nothing waits, refused or not: a head that stayed would take a place.
pub(super) fn heads_are_away(play: &Play, heads: usize) -> Result<(), String> {
    until("the outbox to be empty", Duration::from_secs(30), || {
        let sent =
            witness::rows(play, "agency/agency.db", "SELECT key, NULL, NULL FROM parcels WHERE kind = 'audit_head'");
        let here = witness::rows(play, "terminal/journal.sqlite", "SELECT kind, NULL, NULL FROM outbox");
        (sent.is_ok_and(|sent| sent.len() >= heads) && here.is_ok_and(|here| here.is_empty())).then_some(())
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
    play.open(NOT_TAKEN)?;
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
    play.gone(NOT_TAKEN)?;
    filing::settled(play, "filed")?;
    let cases = witness::rows(play, "agency/agency.db", "SELECT item, key, NULL FROM cases")?;
    expect(matches!(&cases[..], [(_, key, _)] if key == act), &format!("the agency has {cases:?}"))?;
    until("the records of the case", Duration::from_secs(30), || records(play, act))?;
    let (done, said) = journal(&file, &["outbox", "send-again", "case", act, "--staff", "A017"])?;
    expect(!done && said.contains("no refused parcel"), &format!("it goes twice: {said}"))
}

fn records_of_a_retired_key(play: &mut Play) -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let (own, old) = (play.ground.path("certs"), play.ground.path("old.key"));
    let site = play.ground.path("site.toml");
    std::fs::write(&site, play.ground.site_toml()).map_err(failed)?;
    std::fs::rename(own.join("seal.key"), &old).map_err(failed)?;
    agency::opener::make(&own).map_err(|error| error.to_string())?;
    filing::file(play)?;
    play.page("filed")?;
    play.leave()?;
    play.open(NOT_TAKEN)?;
    let (listed, said) = journal(&site, &["outbox"])?;
    expect(!listed && said.contains("\trefused\tbad_request"), &format!("staff are told {said}"))?;
    let act =
        said.lines().find_map(|line| line.strip_prefix("archive\t")?.split('\t').next()).ok_or("they are gone")?;
    expect(records(play, act).is_none(), "the agency keeps what it cannot open")?;
    let saved = play.ground.path("saved").display().to_string();
    let (done, said) = journal(&site, &["outbox", "save", "archive", act, &saved])?;
    expect(done, &said)?;
    let opened = Command::new("age").args(["-d", "-i"]).arg(&old).arg(&saved).output();
    expect(opened.is_ok_and(|opened| opened.status.success()), "what was saved does not open with the old key")?;
    // Both keys, as long as somebody may still seal to the old one.
    let keys = [own.join("seal.key"), old].map(|key| std::fs::read_to_string(key).unwrap_or_default());
    std::fs::write(own.join("seal.key"), keys.concat()).map_err(failed)?;
    let (done, said) = journal(&site, &["outbox", "send-again", "archive", act, "--staff", "A017"])?;
    expect(done, &said)?;
    // The next start knows the new key; what was sealed before it goes as what it is.
    play.cut_power()?;
    until("the records of the case", Duration::from_secs(30), || records(play, act))?;
    play.gone(NOT_TAKEN)
}

/// Whether the agency has the records of this act.
fn records(play: &Play, act: &str) -> Option<()> {
    let records = "SELECT key, NULL, NULL FROM parcels WHERE kind = 'archive'";
    let rows = witness::rows(play, "agency/agency.db", records).ok()?;
    rows.iter().any(|(key, ..)| key == act).then_some(())
}

fn complaint_of_a_changed_item(play: &mut Play) -> Result<(), String> {
    let site = play.ground.path("site.toml");
    std::fs::write(&site, play.ground.site_toml()).map_err(|error| error.to_string())?;
    play.ground("agency down")?;
    complain(play)?;
    play.leave_without_card()?;
    play.ground("agency mishap changed F18")?;
    play.ground("agency up")?;
    play.advance("agency_retry")?;
    play.open(NOT_TAKEN)?;
    let (listed, said) = journal(&site, &["outbox"])?;
    expect(!listed && said.contains("\trefused\titem_changed"), &format!("staff are told {said}"))?;
    let act = said.lines().find_map(|line| line.strip_prefix("case\t")?.split('\t').next()).ok_or("it is gone")?;
    let saved = play.ground.path("saved").display().to_string();
    let (done, said) = journal(&site, &["outbox", "save", "case", act, &saved])?;
    expect(done, &said)?;
    let opened = Command::new("age").args(["-d", "-i"]).arg(play.ground.path("certs/seal.key")).arg(&saved).output();
    let opened = opened.map_err(|error| format!("age: {error}"))?;
    expect(String::from_utf8_lossy(&opened.stdout).contains("排队"), "what was saved is not the complaint")?;
    // Nobody has asked the agency for it, which would have said that it is not filed, for good.
    let stands = witness::rows(play, "terminal/journal.sqlite", "SELECT outcome, by, code FROM acts")?;
    let unknown = matches!(&stands[..], [(outcome, by, _)] if outcome == "unknown" && by == "agency");
    expect(unknown, &format!("it stands as {stands:?}"))?;
    play.ground("agency mishap")?;
    let (done, said) = journal(&site, &["outbox", "send-again", "case", act, "--staff", "A017"])?;
    expect(done, &said)?;
    play.gone(NOT_TAKEN)?;
    filing::settled(play, "filed")?;
    until("the records of the case", Duration::from_secs(30), || records(play, act)).map(drop)
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

/// More outcomes than the journal gives at once.
const OUTCOMES: usize = AT_MOST + 5;

/// How they end.
const LONG_POST: [(&str, &str, &str); OUTCOMES] = [("question", "I02", "filed"); OUTCOMES];

/// Several times as many as are handed over at once.
const DRAFTS: usize = 30;

/// Puts into the terminal's journal so many outcomes that the agency has not heard, and then so many drafts. Ids of the acts, numbers of the drafts.
fn pile_up(play: &Play, outcomes: usize, drafts: usize) -> Result<[Vec<String>; 2], String> {
    let failed = |error: JournalError| error.to_string();
    let now = SystemClock::start().now();
    let key = agency::opener::public(&play.ground.path("certs")).map_err(|error| error.to_string())?;
    let to = Recipient::parse(&key).map_err(|error| error.to_string())?;
    let mut journal = Journal::enter(&play.ground.path("terminal"), TERMINAL, now).map_err(failed)?;
    let epoch = journal.epoch().map_err(failed)?;
    let (mut acts, mut numbers) = (Vec::new(), Vec::new());
    for _ in 0..outcomes {
        let sequence = journal.next_sequence().map_err(failed)?;
        let id = ActId { text: format!("{TERMINAL}-{epoch}-{sequence}"), sequence };
        acts.push(id.text.clone());
        let body = ActBody::Question(String::new());
        let act = Act { id, visit_token: "0".repeat(32), item: "I02".to_owned(), person: None, body };
        journal.begin(&act, sequence, None, now).map_err(failed)?;
        journal.settle(&act.id.text, Outcome::Filed, None, None, now).map_err(failed)?;
    }
    for n in 0..drafts {
        let number = format!("{:08}", 10_000_000 + n);
        let content = Content::sealed(&to, number.as_bytes()).map_err(|error| error.to_string())?;
        journal.post(ParcelKind::Draft, &number, &content, now).map_err(failed)?;
        numbers.push(number);
    }
    Ok([acts, numbers])
}

/// The first column of what stands there; nothing where that cannot be read now.
fn column(play: &Play, file: &str, query: &str) -> Vec<String> {
    witness::rows(play, file, query).unwrap_or_default().into_iter().map(|(first, ..)| first).collect()
}

/// Numbers of the drafts that have reached the agency, in the order in which they came.
fn drafts_there(play: &Play) -> Vec<String> {
    column(play, "agency/agency.db", "SELECT key, NULL, NULL FROM parcels WHERE kind = 'draft' ORDER BY rowid")
}

fn parcel_breaks_the_agency(play: &mut Play) -> Result<(), String> {
    heads_are_away(play, 1)?;
    play.terminal.kill();
    let [_, numbers] = pile_up(play, 0, DRAFTS)?;
    let (first, others) = numbers.split_first().ok_or("no drafts")?;
    play.ground(&format!("agency mishap unbearable {first} /v1/parcels"))?;
    play.cut_power()?;
    let waiting = "SELECT key, state, NULL FROM outbox WHERE kind = 'draft' AND state = 'ready'";
    until("all but the first to go", Duration::from_secs(30), || {
        let stays = column(play, "terminal/journal.sqlite", waiting);
        (stays == std::slice::from_ref(first) && drafts_there(play) == others).then_some(())
    })?;
    play.ground("agency mishap")?;
    heads_are_away(play, 1)?;
    let there = drafts_there(play);
    expect(there.len() == DRAFTS && there.last() == Some(first), &format!("the agency has {there:?}"))
}

fn draft_behind_a_long_post(play: &mut Play) -> Result<(), String> {
    heads_are_away(play, 1)?;
    play.ground("agency down")?;
    let [acts, mut drafts] = pile_up(play, OUTCOMES, DRAFTS)?;
    let number = later::runs_out_of_time(play)?;
    drafts.push(number.replace(' ', ""));
    let unbearable = acts.get(2).ok_or("no acts")?;
    play.ground(&format!("agency mishap unbearable {unbearable} /v1/acts"))?;
    play.ground("agency up")?;
    let told = |play: &Play| column(play, "agency/agency.db", "SELECT act, NULL, NULL FROM acts");
    until("the draft, and all outcomes but one", Duration::from_secs(60), || {
        let told = told(play);
        let all_but_one = told.len() == OUTCOMES - 1 && !told.contains(unbearable);
        (all_but_one && drafts_there(play).len() > DRAFTS).then_some(())
    })?;
    let there = drafts_there(play);
    expect(there == drafts, &format!("they came as {there:?}"))?;
    expect(later::at_the_window(play, &number)?.contains(later::WORDS), "the window finds something else")?;
    // The head went by itself, before. Had all drafts gone at once, only one row of parcels would follow it.
    let calls = "SELECT what, NULL, NULL FROM audit WHERE what IN ('act', 'parcel') ORDER BY seq";
    let calls = column(play, "agency/agency.db", calls);
    let rows = calls.chunk_by(|one, next| one == next).filter(|row| row.first().is_some_and(|what| what == "parcel"));
    expect(rows.count() > 2, "parcels hold up what the agency is to be told")?;
    play.ground("agency mishap")?;
    until("the last outcome", Duration::from_secs(30), || (told(play).len() == OUTCOMES).then_some(()))
}
