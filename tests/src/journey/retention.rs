//! The audit is more than this terminal: lines that nobody has exported run out of room, by hand or by themselves they reach the auditor, and
//! what was closed meanwhile opens without a start. What has come is opened with `age` and verified by a script that uses nothing of ours.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use kiosk::clock::{Clock, SystemClock};
use kiosk::events::Event;
use kiosk::journal::Journal;

use super::good::expect;
use super::{Ending, Journey, Play, item, witness};
use crate::ground::{TERMINAL, beside_us};
use crate::until::until;

/// Every such journey, and how each must end.
pub(super) fn journeys() -> Vec<Journey> {
    let nothing = || Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };
    vec![
        Journey {
            name: "audit-goes-to-the-auditor",
            tells: "the agency takes nothing until room for lines has run out; then they go, sealed to the auditor, and what was closed opens",
            play: to_the_auditor,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table farewell welcome",
                ..nothing()
            },
        },
        Journey {
            name: "audit-room-runs-out",
            tells: "nobody exports: staff are told, then services close and the guide stays; an export that was verified opens them again",
            play: by_hand,
            ending: Ending {
                pages: "welcome home guide welcome reading pin checking home form fetching table farewell welcome",
                ..nothing()
            },
        },
    ]
}

/// As many unexported lines as a terminal on this ground may have.
const MOST_LINES: u64 = 1_000;

/// With so many, lines go before the day is over.
const AT_ONCE_LINES: u64 = 20;

/// The ground's configuration with these limits, and a table at its end.
fn site(play: &Play, limits: &str, table: &str) -> String {
    let limits = format!("[limits]\naudit_unexported_lines_max = {MOST_LINES}\n{limits}");
    format!("{}\n{table}", play.ground.site_toml().replace("[limits]\n", &limits))
}

/// So much happens that there are as many lines.
fn happens(play: &Play, lines: u64) -> Result<(), String> {
    let now = SystemClock::start().now();
    let failed = |error: kiosk::journal::JournalError| error.to_string();
    let mut journal = Journal::enter(&play.ground.path("terminal"), TERMINAL, now).map_err(failed)?;
    let there = journal.marks().map_err(failed)?.unexported();
    let more: Vec<_> = (there..lines).map(|_| (Event::FaultCleared { device: "lights" }, now)).collect();
    journal.note(&more).map_err(failed)
}

/// `kiosk audit ...` beside the running terminal.
fn kiosk(play: &Play, arguments: &[&str]) -> Result<Output, String> {
    let site = play.ground.path("terminal/site.toml");
    let output = Command::new(beside_us("kiosk")?).arg("audit").args(arguments).arg("--site").arg(site).output();
    output.map_err(|error| error.to_string())
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What the script says of these parts: the head, if nothing is wrong with them.
fn verified(parts: &[PathBuf]) -> Result<String, String> {
    let script = crate::people::home().join("../deploy/verify-audit");
    let output = Command::new(script).args(parts).output().map_err(|error| error.to_string())?;
    let told = said(&output);
    told.trim().strip_prefix("ok: head ").map(str::to_owned).ok_or(told)
}

fn status(play: &Play, good: bool, words: &str) -> Result<(), String> {
    let output = kiosk(play, &["status"])?;
    let told = said(&output);
    expect(output.status.success() == good && told.contains(words), &format!("kiosk audit status says {told}"))
}

fn by_hand(play: &mut Play) -> Result<(), String> {
    play.terminal.kill();
    happens(play, MOST_LINES * 7 / 10)?;
    play.start_again(&site(play, "", ""))?;
    play.open("操作日志快存满了")?;
    play.picture("filling")?;
    status(play, false, "soon, before it is full")?;
    // It knows now that somebody may do something at any moment, and looks often.
    happens(play, MOST_LINES)?;
    play.open("操作日志未导出且已存满")?;
    play.picture("full")?;
    item::begin(play)?;
    item::open(play, "指南与政策")?;
    item::open(play, "办事指南")?;
    play.page("guide")?;
    play.leave_without_card()?;
    play.sign_in(2)?;
    closed(play)?;
    export_and_acknowledge(play)?;
    opens(play)?;
    status(play, true, "exported       up to")
}

/// In a visit: nothing of what is somebody's is offered, with the reason.
fn closed(play: &mut Play) -> Result<(), String> {
    play.tap("查询权益")?;
    play.open("本机暂停办理业务")?;
    play.picture("closed")?;
    expect(play.tap("缴费明细查询").is_err(), "records can be asked for")?;
    let told = std::fs::read_to_string(&play.terminal.log).unwrap_or_default();
    expect(told.contains("event=fault code=store.audit_full"), "no technician is told")
}

/// It is offered again, without a start, and can be had.
fn opens(play: &mut Play) -> Result<(), String> {
    play.gone("本机暂停办理业务")?;
    play.tap("全部事项")?;
    play.ask_contributions()?;
    play.page("table")?;
    play.leave()
}

fn export_and_acknowledge(play: &Play) -> Result<(), String> {
    status(play, false, "at once: what shows records")?;
    let export = kiosk(play, &["export", "--unexported"])?;
    let file = play.ground.path("export.audit");
    std::fs::write(&file, &export.stdout).map_err(|error| error.to_string())?;
    let head = verified(std::slice::from_ref(&file))?;
    let wrong = head.replace(head.get(20..24).unwrap_or_default(), "0000");
    let refused = kiosk(play, &["acknowledge", &wrong, "--staff", "A0031"])?;
    expect(!refused.status.success() && said(&refused).contains("another digest"), &said(&refused))?;
    expect(!kiosk(play, &["acknowledge", &head])?.status.success(), "nobody has said so")?;
    let taken = kiosk(play, &["acknowledge", &head, "--staff", "A0031"])?;
    expect(taken.status.success(), &said(&taken))?;
    let who = "SELECT text, NULL, NULL FROM audit WHERE text LIKE '% event=audit_acknowledged % by=A0031'";
    expect(witness::rows(play, "terminal/journal.sqlite", who)?.len() == 1, "nobody knows who has said so")
}

fn to_the_auditor(play: &mut Play) -> Result<(), String> {
    let key = play.ground.path("auditor.key");
    let made = Command::new("age-keygen").arg("-o").arg(&key).output().map_err(|error| error.to_string())?;
    let public = Command::new("age-keygen").arg("-y").arg(&key).output().map_err(|error| error.to_string())?;
    expect(made.status.success() && public.status.success(), "age-keygen gives no key")?;
    let public = String::from_utf8_lossy(&public.stdout).trim().to_owned();
    play.ground("agency mishap status 503 /v1/parcels")?;
    play.terminal.kill();
    happens(play, MOST_LINES)?;
    let limit = format!("audit_post_lines = {AT_ONCE_LINES}\n");
    play.start_again(&site(play, &limit, &format!("[audit]\nseal_to = \"{public}\"\n")))?;
    play.open("操作日志未导出且已存满")?;
    play.sign_in(2)?;
    closed(play)?;
    sealed(play)?;
    play.ground("agency mishap")?;
    opens(play)?;
    // One part after the other, as long as as many stand as go at once.
    until("what goes at once to have gone", Duration::from_secs(20), || {
        let told = said(&kiosk(play, &["status"]).ok()?);
        let stand: u64 = told.split_once("not exported   ")?.1.split(' ').next()?.parse().ok()?;
        (stand < AT_ONCE_LINES && told.contains("on its way     nothing")).then_some(())
    })?;
    status(play, true, "nothing: the terminal posts its lines every day")?;
    let parts = opened(play, &key)?;
    expect(parts.len() > 3, &format!("{} parts", parts.len()))?;
    let head = verified(&parts)?;
    let kept = kiosk(play, &["verify", "--kept", &head])?;
    expect(kept.status.success(), &said(&kept))?;
    let marks = "SELECT CAST(sequence AS TEXT) || ':' || digest, NULL, NULL FROM audit_marks WHERE name = 'exported'";
    let marks = witness::rows(play, "terminal/journal.sqlite", marks)?;
    let exported = marks.first().map(|(exported, ..)| exported.clone()).unwrap_or_default();
    expect(exported == head, &format!("{exported} is exported, {head} has come"))?;
    let (_, without_one) = parts.split_first().ok_or("no parts")?;
    let (first, second) = (parts.first().ok_or("no parts")?, without_one.get(1).ok_or("two parts")?);
    expect(verified(&[first.clone(), second.clone()]).is_err(), "a part is missing, and nobody minds")
}

/// One parcel waits, and nothing of it can be read: neither on the terminal's disk nor with the agency's key.
fn sealed(play: &Play) -> Result<(), String> {
    let waiting = "SELECT hex(content), state, algorithm FROM outbox WHERE kind = 'audit_lines'";
    let parcels = witness::rows(play, "terminal/journal.sqlite", waiting)?;
    let [(content, state, algorithm)] = &parcels[..] else { return Err(format!("{} parcels wait", parcels.len())) };
    expect(state == "ready" && algorithm == "age-v1-x25519", &format!("{state}, {algorithm}"))?;
    let bytes = crate::emulate::line::bytes(content).ok_or("no hexadecimal")?;
    let inside = bytes.windows(4).any(|at| at == b"seq=");
    expect(!inside, "lines lie open in the outbox")?;
    let file = play.ground.path("sealed.age");
    std::fs::write(&file, bytes).map_err(|error| error.to_string())?;
    expect(open(&file, &play.ground.path("certs/seal.key")).is_err(), "the agency can read what is the auditor's")
}

/// What the agency has kept for the auditor, opened with their key, in the order of its lines.
fn opened(play: &Play, key: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = play.ground.path("auditor");
    let (data, failed) = (play.ground.path("agency"), |error: std::io::Error| error.to_string());
    let mut write = Command::new(beside_us("agency")?);
    write.arg("audit-lines").arg("--data").arg(data).args(["--terminal", TERMINAL, "--into"]).arg(&folder);
    let written = write.output().map_err(failed)?;
    expect(written.status.success(), &said(&written))?;
    let mut parts = Vec::new();
    for name in String::from_utf8_lossy(&written.stdout).lines() {
        let part = folder.join(name).with_extension("audit");
        std::fs::write(&part, open(&folder.join(name), key)?).map_err(failed)?;
        parts.push(part);
    }
    Ok(parts)
}

fn open(sealed: &Path, key: &Path) -> Result<Vec<u8>, String> {
    let output = Command::new("age").args(["-d", "-i"]).arg(key).arg(sealed).output();
    let output = output.map_err(|error| error.to_string())?;
    if output.status.success() { Ok(output.stdout) } else { Err(said(&output)) }
}
