//! The table of kills: each service dies on each page of the first two journeys, and the citizen goes on as well as they can.
//! Whatever happens, the terminal lives, shows a page, says no success that did not happen and loses no row of its journal.
//!
//! Each cell runs in namespaces of its own, as a program of its own.

use std::time::Duration;

use super::{Play, sentences, testimony, witness};
use crate::cells;
use crate::people::{others, person};
use crate::until::until;

/// What can die.
pub const SERVICES: [&str; 4] = ["pcscd", "agency", "receipt", "page"];

/// Still the page "printing", but the agency has issued the document and the page printer is at work.
const ISSUED: &str = "issued";

/// The pages of the two journeys, in order.
const JOURNEYS: [(&str, &[&str]); 2] = [
    (
        "contributions-slip",
        &[
            "welcome",
            "reading",
            "pin",
            "checking",
            "home",
            "form",
            "fetching",
            "table",
            "slip-choice",
            "printing",
            "printed",
            "farewell",
        ],
    ),
    (
        "insurance-certificate",
        &["welcome", "reading", "pin", "checking", "home", "form", "printing", ISSUED, "printed", "farewell"],
    ),
];

/// Pages that pass by themselves are held by a slow device, so that the kill falls on them and not beside them.
const HOLD: [(&str, &str); 5] = [
    ("reading", "card slow 120"),
    ("checking", "agency mishap delay_ms 1500 /v1/sign-in"),
    ("fetching", "agency mishap delay_ms 1500 /v1/query"),
    ("printing", "receipt answer late 1500"),
    ("printing", "page slow 1500"),
];

/// No visit has more pages than this; one that does goes in circles.
const MOST_PAGES: usize = 40;

/// Plays all cells (of one service, where one is named) and prints them.
///
/// # Errors
/// Names the cells in which the terminal lied, died or lost a row.
pub fn table(only: Option<&str>) -> Result<(), String> {
    let services: Vec<&str> = SERVICES.into_iter().filter(|service| only.is_none_or(|only| only == *service)).collect();
    let cells: Vec<[&str; 3]> = JOURNEYS
        .iter()
        .flat_map(|(journey, pages)| pages.iter().map(move |page| (*journey, *page)))
        .flat_map(|(journey, page)| services.iter().map(move |service| [journey, page, *service]))
        .collect();
    if cells.is_empty() {
        return Err(format!("no such service; there are {}", SERVICES.join(", ")));
    }
    let rows = cells::play(&["cell"], &cells);
    println!("{:<22} {:<12} {:<8} what became of the visit", "journey", "page", "killed");
    for ([journey, page, service], row) in cells.iter().zip(&rows) {
        let said = row.clone().unwrap_or_else(|why| format!("FAILED: {why}"));
        println!("{journey:<22} {page:<12} {service:<8} {said}");
    }
    let failed = cells.len() - rows.iter().filter(|row| row.is_ok()).count();
    println!("{} cells, {failed} failed", cells.len());
    if failed == 0 { Ok(()) } else { Err(format!("{failed} cells failed")) }
}

/// One cell; prints what became of the visit.
///
/// # Errors
/// The terminal lied, died or lost a row, or the page was never reached.
pub fn cell(journey: &str, page: &str, service: &str) -> Result<(), String> {
    let directory = std::env::temp_dir().join(format!("hall-kill-{journey}-{page}-{service}"));
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut play = Play::begin(&directory, None)?;
    // Of both journeys.
    play.terminal.line(&format!("watch {}", others(&[1])?))?;
    let shown = if page == ISSUED { "printing" } else { page };
    for (_, line) in HOLD.iter().filter(|(held, _)| *held == shown) {
        play.ground(line)?;
    }
    walk(&mut play, journey, Some(shown))?;
    if page == ISSUED {
        witness::issued(&play)?;
    }
    let before = play.terminal.pages()?.len();
    kill(&mut play, service)?;
    if (page, service) == ("welcome", "pcscd") {
        // Nobody can insert a card into a reader that is gone; the page must say so by itself.
        play.open("暂停服务")?;
    }
    for line in ["card slow 0", "agency mishap", "receipt answer in-order", "page slow 0"] {
        // What is dead has nothing to be set right.
        let _may_be_dead = play.ground.line(line);
    }
    walk(&mut play, journey, None)?;
    let pages = play.terminal.pages()?;
    let after = pages.get(before..).unwrap_or_default().join(" ");
    let told = honest(&mut play, pages)?;
    println!("{}; {told}", if after.is_empty() { "stays" } else { &after });
    drop(play);
    std::fs::remove_dir_all(&directory).map_err(|error| error.to_string())
}

fn kill(play: &mut Play, service: &str) -> Result<(), String> {
    play.ground(match service {
        "pcscd" => "pcscd kill",
        "agency" => "agency down",
        "receipt" => "receipt offline",
        "page" => "page vanish",
        other => return Err(format!("no service {other}")),
    })
}

/// Goes on as a citizen would, until the page `to` or until the welcome page is back.
fn walk(play: &mut Play, journey: &str, to: Option<&str>) -> Result<(), String> {
    let slip = journey == "contributions-slip";
    let mut asked = false;
    for _ in 0..MOST_PAGES {
        let page = play.terminal.line("page")?;
        if Some(page.as_str()) == to {
            return Ok(());
        }
        if page == "welcome" && to.is_none() && (play.terminal.pages()?.len() > 1 || play.shows("暂停服务")?) {
            return Ok(());
        }
        // The page may change under the finger; then the next round sees the new one.
        if let Err(why) = one_step(play, &page, slip, &mut asked)
            && play.terminal.line("page")? == page
        {
            return Err(why);
        }
        changes(play, &page)?;
    }
    Err(format!("the visit goes in circles: {}", play.terminal.pages()?.join(" ")))
}

/// What a citizen does on a page.
fn one_step(play: &mut Play, page: &str, slip: bool, asked: &mut bool) -> Result<(), String> {
    match page {
        "welcome" => play.ground("card insert 1"),
        "pin" => play.pin(&person(1)?.pin),
        "home" if !std::mem::replace(asked, true) => {
            let (group, item) =
                if slip { ("查询权益", "缴费明细查询") } else { ("打印证明", "参保证明打印") };
            play.tap(group).and_then(|()| play.tap(item)).or_else(|_| tap_or_leave(play, "取卡离开"))
        }
        "form" => form(play, slip),
        "table" => tap_or_leave(play, "打印凭条"),
        "slip-choice" => tap_or_leave(play, "不打印金额"),
        "gone" => play.advance("card_grace"),
        "farewell" => leave(play),
        "reading" | "checking" | "fetching" | "printing" => Ok(()),
        _ => tap_or_leave(play, "取卡离开"),
    }
}

/// The button of that label; where it is greyed, the way out.
fn tap_or_leave(play: &mut Play, label: &str) -> Result<(), String> {
    play.tap(label).or_else(|_| play.tap("取卡离开")).or_else(|_| play.tap("知道了"))
}

fn form(play: &mut Play, slip: bool) -> Result<(), String> {
    if !slip {
        return play.tap("最近 12 个月");
    }
    play.tap("城镇职工基本养老保险")?;
    play.tap("今年以来")
}

/// Takes the card, if it is still in, and lets the farewell pass.
fn leave(play: &mut Play) -> Result<(), String> {
    let _may_be_out = play.ground.line("card pull");
    let seen_out = until("the card to be seen out", Duration::from_secs(10), || {
        play.terminal.line("labels").ok().filter(|labels| !labels.contains("1 张社会保障卡"))
    });
    seen_out?;
    if play.terminal.line("page")? == "farewell" { play.advance("farewell") } else { Ok(()) }
}

/// Waits for the next page, as long as the slowest device may take.
fn changes(play: &mut Play, from: &str) -> Result<(), String> {
    let terminal = &mut play.terminal;
    until(&format!("{from} to pass"), Duration::from_secs(40), || {
        terminal.line("page").ok().filter(|page| page != from)
    })
    .map(drop)
}

/// Waits until log and journal tell of as many acts and all are settled. An act that was begun in the last moment of a visit reaches the
/// two one after the other; if they never agree, a row is lost.
fn log_and_journal(play: &Play) -> Result<(), String> {
    let mut differ = String::new();
    let agreed = until("log and journal to agree", Duration::from_secs(10), || {
        witness::settled(play).ok()?;
        let log = std::fs::read_to_string(&play.terminal.log).unwrap_or_default();
        let begun = log.matches("event=act_begun ").count();
        let rows = witness::rows(play, "terminal/journal.sqlite", "SELECT kind, outcome, code FROM acts").ok()?;
        differ = format!("{begun} acts were begun, but the journal has {} rows", rows.len());
        (rows.len() == begun && rows.iter().all(|(_, outcome, _)| !outcome.is_empty())).then_some(())
    });
    agreed.map_err(|_| differ)
}

/// The witnesses of a visit that may have ended anyhow.
fn honest(play: &mut Play, pages: Vec<String>) -> Result<String, String> {
    log_and_journal(play)?;
    let testimony = testimony::hear(play, pages, 0)?;
    sentences::judge(&testimony).map_err(|untrue| format!("{untrue}; see {}", play.terminal.log.display()))?;
    Ok(match testimony.journal.first() {
        Some(act) => format!("{} {} {}", act.kind, act.outcome, act.code).trim_end().to_owned(),
        None => "nothing begun".to_owned(),
    })
}
