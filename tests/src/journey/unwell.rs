//! Visits with one act that do not end well, or not at once: for whoever looks at what an act leaves behind, as [`super::act`] is for those
//! that do.

use std::process::Command;
use std::time::Duration;

use super::good::expect;
use super::{Play, filing, item, later, mishap, witness};
use crate::until::until;

const JOURNAL: &str = "terminal/journal.sqlite";

/// The agency files and dies before it has said so: the citizen is told that nobody knows, and the terminal asks when it is back.
///
/// # Errors
/// What went otherwise than it should.
pub fn reply_lost(play: &mut Play) -> Result<(), String> {
    play.ground("agency mishap hang /v1/cases")?;
    filing::file(play)?;
    let cases = "SELECT item, key, pick_up FROM cases";
    until("the agency to file", Duration::from_secs(20), || {
        witness::rows(play, "agency/agency.db", cases).ok().filter(|cases| cases.len() == 1)
    })?;
    play.ground("agency down")?;
    play.page("file-unknown")?;
    play.ground("agency mishap")?;
    play.ground("agency up")?;
    play.leave()?;
    filing::settled(play, "filed")?;
    later::delivered(play, "archive")
}

/// A complaint while the agency is down: sealed, and delivered when it is back.
///
/// # Errors
/// What went otherwise than it should.
pub fn queued(play: &mut Play) -> Result<(), String> {
    later::complain(play)?;
    play.ground("agency up")?;
    play.advance("agency_retry")?;
    later::delivered(play, "case")?;
    filing::settled(play, "filed")?;
    later::delivered(play, "archive")
}

/// A certificate whose printer jams: nobody knows whether the sheet is in there.
///
/// # Errors
/// What went otherwise than it should.
pub fn jam(play: &mut Play) -> Result<(), String> {
    mishap::page_jam(play)
}

/// A slip whose printer never says that it is done. The paper lies there: a member of staff finds it, and enters that beside the running
/// terminal.
///
/// # Errors
/// What went otherwise than it should.
pub fn found_by_staff(play: &mut Play) -> Result<(), String> {
    mishap::receipt_never_answers(play)?;
    let acts = witness::rows(play, JOURNAL, "SELECT act, outcome, NULL FROM acts")?;
    let [(act, outcome, _)] = &acts[..] else { return Err(format!("{} acts", acts.len())) };
    expect(outcome == "unknown", &format!("it ended {outcome}"))?;
    let mut kiosk = Command::new(crate::ground::beside_us("kiosk")?);
    kiosk.args(["journal", "reconcile", act, "printed", "--staff", "0042", "--site"]);
    let entered = kiosk.arg(play.ground.path("terminal/site.toml")).output().map_err(|error| error.to_string())?;
    expect(entered.status.success(), &String::from_utf8_lossy(&entered.stderr))?;
    let acts = witness::rows(play, JOURNAL, "SELECT outcome, by, NULL FROM acts")?;
    expect(
        acts.iter().all(|(outcome, by, _)| (outcome.as_str(), by.as_str()) == ("printed", "0042")),
        "nobody entered it",
    )?;
    // The terminal writes on: somebody else comes, and goes.
    item::begin(play)?;
    play.leave_without_card()
}
