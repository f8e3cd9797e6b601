//! What staff ask the journal beside a running terminal: whose acts, which copy, what is known of one, and what nobody has known for a day.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value as Json;

use super::good::expect;
use super::{Ending, Journey, Play, mishap, testimony, witness};
use crate::ground::beside_us;
use crate::people::person;
use crate::until::until;

const JOURNAL: &str = "terminal/journal.sqlite";

/// What the welcome page says of an act that has been unknown for a day.
const UNRESOLVED: &str = "有业务一天以上结果未查明";

/// Both journeys, and how each must end.
pub(super) fn journeys() -> Vec<Journey> {
    let nothing = || Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };
    vec![
        Journey {
            name: "acts-asked-for-by-name",
            tells: "one person prints two slips, another one: the journal tells which is a copy and, to whoever knows a number, whose they are; \
                    to nobody else",
            play: by_name,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed \
                        home form fetching table slip-choice printing printed farewell welcome \
                        reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: &[("slip", "Q02", "printed"), ("slip", "Q02", "printed"), ("slip", "Q02", "printed")],
                receipts: 3,
                ..nothing()
            },
        },
        Journey {
            name: "unknown-for-a-day",
            tells: "nobody has found out for a day whether a slip came out: staff are told, on the glass too, until somebody enters it",
            play: unknown_for_a_day,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: &[("slip", "Q02", "printed"), ("slip", "Q02", "printed")],
                receipts: 2,
                ..nothing()
            },
        },
    ]
}

/// What `kiosk journal` has said, and whether it ended well.
struct Said {
    well: bool,
    out: String,
    err: String,
}

/// `kiosk journal ...` beside the terminal, with this typed where it asks.
fn journal(play: &Play, arguments: &[&str], typed: &str) -> Result<Said, String> {
    let failed = |error: std::io::Error| format!("kiosk journal: {error}");
    let mut command = Command::new(beside_us("kiosk")?);
    command.arg("journal").args(arguments).arg("--site").arg(play.ground.path("terminal/site.toml"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut kiosk = command.spawn().map_err(failed)?;
    if let Some(mut keys) = kiosk.stdin.take() {
        // What asks for nothing may have ended.
        let _nobody_reads = keys.write_all(typed.as_bytes());
    }
    let output = kiosk.wait_with_output().map_err(failed)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Said { well: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) })
}

/// The acts of whoever has this number.
fn acts_of(play: &Play, id_number: &str) -> Result<Said, String> {
    journal(play, &["list", "--person"], &format!("{id_number}\n"))
}

/// From home to a slip that has come out.
fn slip(play: &mut Play) -> Result<(), String> {
    play.ask_contributions()?;
    play.print_slip()?;
    play.page("printed")
}

fn by_name(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    slip(play)?;
    play.tap("返回首页")?;
    play.page("home")?;
    slip(play)?;
    play.leave()?;
    play.sign_in(2)?;
    slip(play)?;
    play.leave()?;
    let untold = "SELECT act, NULL, NULL FROM acts WHERE told IS NULL OR reported = 0";
    until("all to be told", Duration::from_secs(20), || {
        witness::rows(play, JOURNAL, untold).ok().filter(Vec::is_empty)
    })?;
    let all = journal(play, &["list"], "")?;
    let lines: Vec<&str> = all.out.lines().collect();
    let copies: Vec<&str> = lines.iter().filter_map(|line| line.split('\t').nth(4)).collect();
    expect(all.well && copies == ["copy", "1", "2", "1"], &format!("they are listed as {}{}", all.out, all.err))?;
    let theirs = acts_of(play, &person(1)?.id_number)?;
    let found = theirs.well && theirs.out.lines().eq(lines.iter().copied().take(3));
    expect(found, &format!("of the first person there is {}{}", theirs.out, theirs.err))?;
    let nobodys = acts_of(play, &person(3)?.id_number)?;
    expect(nobodys.well && nobodys.out.lines().count() == 1, &format!("of another there is {}", nobodys.out))?;
    let copy = lines.get(2).and_then(|line| line.split('\t').next()).ok_or("no second slip")?;
    let shown = shows(play, copy)?;
    let export = exports(play)?;
    let waits = journal(play, &["reconcile"], "")?;
    expect(waits.well && waits.out.trim() == "nothing is to be found out", &waits.out)?;
    for Said { out, err, .. } in [&all, &theirs, &nobodys, &shown, &export] {
        let leaked = testimony::leaked(&format!("{out}{err}"))?;
        expect(leaked.is_empty(), &format!("the journal tells {}", leaked.join(", ")))?;
    }
    Ok(())
}

/// Everything of the second slip, with its lines of the audit, and no other act's.
fn shows(play: &Play, act: &str) -> Result<Said, String> {
    let shown = journal(play, &["show", act], "")?;
    let told: Vec<&str> = shown.out.lines().filter(|line| line.contains(" event=")).collect();
    let tells = |event: &str| told.iter().any(|line| line.contains(&format!(" event={event} act={act} ")));
    let only_its_own = told.iter().all(|line| line.contains(&format!(" act={act} ")));
    let is_a_copy = shown.out.lines().any(|line| line.split_whitespace().eq(["copy", "2"]));
    let whole = tells("act_begun") && tells("act_ended") && only_its_own && is_a_copy;
    expect(shown.well && whole, &format!("of {act} is shown {}{}", shown.out, shown.err))?;
    let none = journal(play, &["show", &format!("{act}0")], "")?;
    expect(!none.well && none.out.is_empty(), "an act is shown that there is not")?;
    Ok(shown)
}

/// An object an act; the same person's under the same pseudonym.
fn exports(play: &Play) -> Result<Said, String> {
    let export = journal(play, &["export"], "")?;
    let objects: Result<Vec<Json>, _> = export.out.lines().map(serde_json::from_str::<Json>).collect();
    let objects = objects.map_err(|error| format!("{error}: {}", export.out))?;
    let persons: Vec<Option<&str>> = objects.iter().map(|object| object.get("person").and_then(Json::as_str)).collect();
    let theirs = matches!(&persons[..], [Some(one), Some(same), Some(other)] if one == same && one != other);
    let copies: Vec<Option<i64>> = objects.iter().map(|object| object.get("copy").and_then(Json::as_i64)).collect();
    let right = export.well && theirs && copies == [Some(1), Some(2), Some(1)];
    expect(right, &format!("exported is {}{}", export.out, export.err))?;
    Ok(export)
}

fn unknown_for_a_day(play: &mut Play) -> Result<(), String> {
    mishap::receipt_never_answers(play)?;
    play.ground("receipt answer in-order")?;
    let young = journal(play, &["list"], "")?;
    expect(young.well && !play.shows(UNRESOLVED)?, "nobody has had a day to look, and somebody is told to")?;
    play.terminal.kill();
    // It was begun twenty-five hours ago.
    witness::tamper(&play.ground.path(JOURNAL), "UPDATE acts SET begun_ms = begun_ms - 90000000")?;
    play.start_again(&play.ground.site_toml())?;
    play.open(UNRESOLVED)?;
    play.picture("unresolved")?;
    let log = std::fs::read_to_string(&play.terminal.log).map_err(|error| error.to_string())?;
    expect(log.contains("event=fault code=store.unresolved"), "no technician is told")?;
    let old = journal(play, &["list"], "")?;
    let told = old.err.contains("1 act(s) unknown for more than a day");
    expect(!old.well && told, &format!("the list says {}{}", old.out, old.err))?;
    let waits = journal(play, &["reconcile"], "")?;
    let act = waits.out.lines().nth(1).and_then(|line| line.split('\t').next()).ok_or("nothing is to be found out")?;
    expect(waits.out.contains("\tprinted or not_printed"), &waits.out)?;
    let entered = journal(play, &["reconcile", act, "printed", "--staff", "0042"], "")?;
    expect(entered.well, &entered.err)?;
    let known = journal(play, &["list"], "")?;
    expect(known.well && known.out.contains("\tprinted\t0042\t"), &format!("the list says {}", known.out))?;
    // The books are looked at once a minute, and after each act.
    play.sign_in(2)?;
    slip(play)?;
    play.leave()?;
    play.gone(UNRESOLVED)
}
