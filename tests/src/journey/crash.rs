//! The matrix of crashes: every kind of act times every boundary that it passes, from `ActKind::boundaries`. The visit is played up to the act;
//! the terminal dies at the boundary; it is started again on the same ground; and journal, audit, agency, paper, card and glass are
//! compared. Nothing may be lost, doubled or untrue, and the next visit is served.
//!
//! Each cell runs in namespaces of its own, as a program of its own.

mod stand;

use std::time::{Duration, Instant};

use kiosk::session::{ActKind, Boundary};

use super::{Play, card_pin, filing, item, paper, witness};
use crate::cells;
use crate::people::person;
use crate::terminal::fuse::{TRAIL, place};
use crate::until::until;
use stand::can_be_asked;
pub use stand::{Finding, HEADINGS, Heard, Kept, Stand, good_outcome, judge};

const JOURNAL: &str = "terminal/journal.sqlite";
const AGENCY: &str = "agency/agency.db";

/// How often the agency is asked again: a cell need not wait as long as a hall.
const LIMITS: &str = "[limits]\nagency_retry_ms = 1000";

/// A terminal that has not come to rest by then never does.
const REST: Duration = Duration::from_secs(30);

/// Nobody tells when the daemon has seen that a card is out; it looks every 400 ms. No hand puts in another sooner.
const SEEN_OUT: Duration = Duration::from_secs(1);

/// What was there when the power went.
struct Death {
    kind: ActKind,
    boundary: Boundary,
    /// The page on the glass.
    glass: String,
    /// How often the act had been done.
    done: usize,
    /// When the card was taken out, after that.
    card_out: Instant,
}

/// Plays all cells (of one kind, where one is named; by a saboteur, where one is) and prints them.
///
/// # Errors
/// What was lost, doubled or untrue, or that a cell could not be played.
pub fn matrix(only: Option<&str>, saboteur: Option<&str>) -> Result<(), String> {
    let kinds = ActKind::ALL.into_iter().filter(|kind| only.is_none_or(|only| only == kind.as_str()));
    let of = |kind: ActKind| kind.boundaries().iter().map(move |boundary| [kind.as_str(), boundary.as_str()]);
    let cells: Vec<[&str; 2]> = kinds.flat_map(of).collect();
    if cells.is_empty() {
        return Err(format!("no such kind; there are {}", ActKind::ALL.map(ActKind::as_str).join(", ")));
    }
    let by = saboteur.map(|saboteur| ["--saboteur", saboteur]);
    let rows = cells::play(&[&["crash-cell"][..], by.as_ref().map_or(&[], |by| &by[..])].concat(), &cells);
    line(["kind", "dies at"], &HEADINGS);
    for (cell, row) in cells.iter().zip(&rows) {
        match row {
            Ok(row) => line(*cell, &row.split('\t').collect::<Vec<_>>()),
            Err(why) => line(*cell, &[why.as_str()]),
        }
    }
    let found =
        |word: &str| rows.iter().filter_map(|row| row.as_ref().err()).map(|why| why.matches(word).count()).sum();
    let [lost, doubled, untrue]: [usize; 3] = ["LOST: ", "DOUBLED: ", "UNTRUE: "].map(found);
    println!("{} cells: {lost} lost, {doubled} doubled, {untrue} untrue", cells.len());
    match cells.len() - rows.iter().filter(|row| row.is_ok()).count() {
        0 => Ok(()),
        failed => Err(format!("{failed} cells failed")),
    }
}

fn line([kind, boundary]: [&str; 2], columns: &[&str]) {
    let columns = columns.iter().map(|column| format!("{column:<22} ")).collect::<String>();
    println!("{kind:<12} {boundary:<13} {}", columns.trim_end());
}

/// One cell; prints what stands where.
///
/// # Errors
/// What was lost, doubled or untrue, or what could not be played.
pub fn cell(kind: &str, boundary: &str, saboteur: Option<&str>) -> Result<(), String> {
    let saboteur = saboteur.unwrap_or_default();
    let directory = std::env::temp_dir().join(format!("hall-crash-{kind}-{boundary}-{saboteur}"));
    let (kind, boundary) = place(kind, boundary)?;
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut play = Play::begin(&directory, None)?;
    let glass = die(&mut play, kind, boundary, saboteur)?;
    // Only while it lies there can the card be asked.
    let done = done(&mut play, kind)?;
    if (done > 0) != (boundary >= Boundary::Performed) {
        return Err(format!("it was done {done} times at {}: the boundary stands at another place", boundary.as_str()));
    }
    // Where nobody is signed in, none is in.
    let _may_be_out = play.ground.line("card pull");
    let death = Death { kind, boundary, glass, done, card_out: Instant::now() };
    let site = play.ground.site_toml().replace("[limits]", LIMITS);
    play.start_again(&site)?;
    if boundary == Boundary::Asked {
        play.terminal.line(&format!("die {} {}", kind.as_str(), boundary.as_str()))?;
        play.terminal.ended()?;
        passed(&play, kind, boundary)?;
        play.start_again(&site)?;
    }
    play.terminal.line("die")?;
    let findings = compare(&mut play, death)?;
    drop(play);
    if findings.is_empty() {
        return std::fs::remove_dir_all(&directory).map_err(|error| error.to_string());
    }
    let said = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    Err(format!("{said} Files: {}", directory.display()))
}

/// Lets the terminal come to rest and serve somebody else; prints what stands where.
fn compare(play: &mut Play, death: Death) -> Result<Vec<Finding>, String> {
    let Death { kind, boundary, glass, done: done_then, card_out } = death;
    rest(play, kind, boundary);
    until("the card to be seen out", REST, || (card_out.elapsed() > SEEN_OUT).then_some(()))?;
    let before = acts(play)?;
    let seen = seen(play)?;
    let not_served = next_visit(play, kind).err();
    rest(play, kind, boundary);
    listed(play)?;
    let next = acts(play)?.into_iter().find(|act| !before.contains(act));
    let others = format!("act <> '{}'", next.as_deref().unwrap_or_default());
    let journal =
        witness::rows(play, JOURNAL, &format!("SELECT outcome, reported || '', by FROM acts WHERE {others}"))?;
    let agency = witness::rows(play, AGENCY, &format!("SELECT outcome, times || '', NULL FROM acts WHERE {others}"))?;
    let issues = witness::rows(play, AGENCY, &format!("SELECT act, NULL, NULL FROM issues WHERE {others}"))?;
    let stand = Stand {
        kind,
        boundary,
        journal: journal.into_iter().map(|(outcome, told, by)| Kept { outcome, told: told == "1", by }).collect(),
        agency: agency
            .into_iter()
            .map(|(outcome, times, _)| Heard { outcome, times: times.parse().unwrap_or_default() })
            .collect(),
        drawn: issues.len(),
        done: match kind {
            // Nobody has had the card in hand since.
            ActKind::CardPin => done_then,
            // The next visit's paper is its own.
            ActKind::Slip | ActKind::Certificate => done(play, kind)?.saturating_sub(not_served.is_none().into()),
            ActKind::Case | ActKind::Question => done(play, kind)?,
        },
        glass,
        audit: witness::audit(play).err(),
        seen,
        next: next.as_deref().map(sequence),
        not_served,
    };
    println!("{}", stand.columns().join("\t"));
    Ok(judge(&stand))
}

/// Plays a visit up to the act and has the terminal die at the boundary. The page that was on the glass.
fn die(play: &mut Play, kind: ActKind, boundary: Boundary, saboteur: &str) -> Result<String, String> {
    // What is asked later was unknown first.
    let first = if boundary == Boundary::Asked { Boundary::Performed } else { boundary };
    play.terminal.line(&format!("die {} {} {saboteur}", kind.as_str(), first.as_str()))?;
    // It may die before the last finger has its answer.
    let played = visit(play, kind);
    play.terminal.ended().map_err(|why| format!("{why}; {}", played.err().unwrap_or_default()))?;
    passed(play, kind, first)
}

/// From the welcome page to the last finger before the act.
fn visit(play: &mut Play, kind: ActKind) -> Result<(), String> {
    match kind {
        ActKind::Slip => {
            play.sign_in(1)?;
            play.ask_contributions()?;
            play.print_slip()
        }
        ActKind::Certificate => {
            play.sign_in(1)?;
            play.ask_certificate()
        }
        ActKind::Case => filing::file(play),
        ActKind::CardPin => {
            play.sign_in(2)?;
            card_pin::type_all(play, &person(2)?.pin)?;
            play.tap("确认修改")
        }
        ActKind::Question => {
            item::begin(play)?;
            item::open(play, "指南与政策")?;
            item::open(play, "政策咨询")?;
            ["abc", "type qwerty", "下一步", "把它作为问题留下"].iter().try_for_each(|answer| item::act(play, answer))
        }
    }
}

/// No kind may pass a boundary that it does not list: there would be no cell for it.
fn listed(play: &Play) -> Result<(), String> {
    trail(play).lines().filter_map(|line| line.split_once(' ')).try_for_each(|(kind, rest)| {
        let (boundary, _) = rest.split_once(' ').unwrap_or((rest, ""));
        place(kind, boundary).map(drop)
    })
}

fn trail(play: &Play) -> String {
    std::fs::read_to_string(play.ground.path("terminal").join(TRAIL)).unwrap_or_default()
}

/// The boundaries that were passed must be those that the kind lists, in this order, and this one the last. The page at that moment.
fn passed(play: &Play, kind: ActKind, boundary: Boundary) -> Result<String, String> {
    let trail = trail(play);
    let passed: Vec<Vec<&str>> = trail.lines().map(|line| line.split(' ').collect()).collect();
    let names: Vec<&str> = passed.iter().filter_map(|line| line.get(1).copied()).collect();
    let listed: Vec<&str> =
        kind.boundaries().iter().filter(|listed| **listed <= boundary).map(|listed| listed.as_str()).collect();
    let last = names.last() == Some(&boundary.as_str());
    // What is asked later is asked in another run, which tells what was unknown meanwhile.
    if last && (names == listed || boundary == Boundary::Asked) {
        Ok(passed.last().and_then(|line| line.get(2)).copied().unwrap_or_default().to_owned())
    } else {
        Err(format!("it passed {}, but {} is listed", names.join(" "), listed.join(" ")))
    }
}

/// Waits until the terminal has nothing left to settle, to ask or to tell. Where that never comes, what stands then is judged.
fn rest(play: &Play, kind: ActKind, boundary: Boundary) {
    let asked = if can_be_asked(kind, boundary).is_some() { "OR outcome = 'unknown'" } else { "" };
    let open = format!("SELECT act, kind, item FROM acts WHERE outcome IS NULL OR reported = 0 {asked}");
    let at_rest = || witness::rows(play, JOURNAL, &open).ok().filter(Vec::is_empty);
    let _judged_as_it_stands = until("the terminal to come to rest", REST, at_rest);
}

/// Somebody else comes, with a card of their own, and prints on the printer that was at work, else on the other.
fn next_visit(play: &mut Play, kind: ActKind) -> Result<(), String> {
    play.sign_in(if kind == ActKind::CardPin { 1 } else { 2 })?;
    if kind == ActKind::Certificate {
        play.ask_certificate()?;
    } else {
        play.ask_contributions()?;
        play.print_slip()?;
    }
    play.page("printed")?;
    play.leave()
}

/// How often an act of this kind has been done on this ground.
fn done(play: &mut Play, kind: ActKind) -> Result<usize, String> {
    let kept = |query: &str| witness::rows(play, AGENCY, query).map(|rows| rows.len());
    match kind {
        ActKind::Slip => Ok(paper::receipts(&play.ground).len()),
        ActKind::Certificate => Ok(paper::documents(&play.ground).len()),
        ActKind::Case => kept("SELECT key, item, pick_up FROM cases"),
        ActKind::Question => kept("SELECT key, number, asked FROM questions"),
        ActKind::CardPin => {
            let old = person(2)?.pin;
            let holds = |play: &mut Play, pin: &str| play.ground.line(&format!("card holds {pin}")).is_ok();
            match (holds(play, &old), holds(play, card_pin::NEW)) {
                (true, false) => Ok(0),
                (false, true) => Ok(1),
                _ => Err("the card holds neither its old PIN nor the new one".to_owned()),
            }
        }
    }
}

fn acts(play: &Play) -> Result<Vec<String>, String> {
    let acts = witness::rows(play, JOURNAL, "SELECT act, NULL, NULL FROM acts ORDER BY sequence")?;
    Ok(acts.into_iter().map(|(act, ..)| act).collect())
}

/// The highest sequence of an act that stands anywhere: in the journal, the audit and the log, and in the agency's books.
fn seen(play: &Play) -> Result<u64, String> {
    let mut acts = acts(play)?;
    for books in ["SELECT act, NULL, NULL FROM acts", "SELECT act, NULL, NULL FROM issues"] {
        acts.extend(witness::rows(play, AGENCY, books)?.into_iter().map(|(act, ..)| act));
    }
    for books in ["SELECT key, NULL, NULL FROM cases", "SELECT key, NULL, NULL FROM questions"] {
        acts.extend(witness::rows(play, AGENCY, books)?.into_iter().map(|(act, ..)| act));
    }
    let audit = witness::rows(play, JOURNAL, "SELECT text, NULL, NULL FROM audit")?;
    let log = std::fs::read_to_string(&play.terminal.log).map_err(|error| error.to_string())?;
    for line in audit.iter().map(|(text, ..)| text.as_str()).chain(log.lines()) {
        acts.extend(line.split(' ').filter_map(|word| word.strip_prefix("act=")).map(str::to_owned));
    }
    Ok(acts.iter().map(|act| sequence(act)).max().unwrap_or(0))
}

/// What an act's id ends with; 0 where it is none.
fn sequence(act: &str) -> u64 {
    act.rsplit('-').next().and_then(|text| text.parse().ok()).unwrap_or(0)
}
