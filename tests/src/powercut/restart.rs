//! The whole terminal, started on what a power cut has left, on the ground of the visit: its welcome page comes, and an act of unknown outcome
//! becomes what the agency knows of it.

use std::path::Path;
use std::time::Duration;

use contract::message::Outcome;
use kiosk::journal::{Journal, Row};
use kiosk::session::{ActKind, Boundary};

use super::Kind;
use super::record::database;
use super::trace::{Files, Story};
use crate::ground::Ground;
use crate::journey::{paper, witness};
use crate::terminal::Terminal;
use crate::until::until;

const PATIENCE: Duration = Duration::from_secs(25);

/// The ground on which a visit has taken place, brought up again.
pub struct Hall {
    ground: Ground,
}

impl Hall {
    /// Brings everything below `directory` up again, with what it keeps.
    ///
    /// # Errors
    /// Something does not come up.
    pub fn again(directory: &Path) -> Result<Self, String> {
        Ok(Self { ground: Ground::start(directory)? })
    }

    /// Starts the terminal on this folder. An act that has a row must end as `kind` says.
    ///
    /// # Errors
    /// Its welcome page does not come, or the row says something else.
    pub fn start(&self, files: &Files, story: &Story, kind: &Kind) -> Result<String, String> {
        let folder = self.ground.path("terminal");
        put(&folder, files)?;
        let before = Journal::look(&folder).and_then(|journal| journal.rows()).unwrap_or_default();
        let known = before.into_iter().find(|row| row.act == story.act);
        let site = self.ground.site_toml().replace("[limits]", "[limits]\nagency_retry_ms = 1000");
        let mut terminal = Terminal::start(&folder, &site)?;
        let welcome = || terminal.line("labels").ok().filter(|labels| labels.contains("请插入社会保障卡"));
        until("the welcome page", PATIENCE, welcome)?;
        let Some(known) = known else { return Ok("welcome, no row".to_owned()) };
        let wanted = wanted(&known, story, kind);
        let row = || {
            Journal::look(&folder)
                .and_then(|journal| journal.rows())
                .unwrap_or_default()
                .into_iter()
                .find(|row| row.act == story.act)
        };
        let settled = until("the row to be settled", PATIENCE, || {
            row().filter(|row| row.outcome.as_deref() == Some(wanted.as_str()))
        });
        settled
            .map(|_| format!("welcome, {}", wanted.as_str()))
            .map_err(|why| format!("{why} as {}: {:?}", wanted.as_str(), row()))
    }

    /// After all these starts the world still has of the act what the visit has left: no paper more, no case more. Says what was compared.
    ///
    /// # Errors
    /// What there is.
    pub fn has_it_once(&self, story: &Story, kind: &Kind) -> Result<String, String> {
        let kept = |query: &str| witness::rows_in(&self.ground.path("agency/agency.db"), query).map(|rows| rows.len());
        let done = usize::from(story.happened.is_some());
        let (has, what) = match kind.act {
            Some(ActKind::Slip) => (paper::receipts(&self.ground).len(), "slips"),
            Some(ActKind::Certificate) => (paper::documents(&self.ground).len(), "documents"),
            Some(ActKind::Case) => (kept("SELECT key, NULL, NULL FROM cases")?, "cases"),
            Some(ActKind::Question) => (kept("SELECT key, NULL, NULL FROM questions")?, "questions"),
            // Nobody can be asked: the card has gone with the process of its visit, and none is in during these starts.
            Some(ActKind::CardPin) => return Ok("the card is gone, nothing is compared".to_owned()),
            None => (kept("SELECT kind, NULL, NULL FROM acts")?, "acts"),
        };
        if has == done {
            Ok(format!("still {has} {what}"))
        } else {
            Err(format!("{}: {has} {what}, and it was done {done} times", kind.name))
        }
    }
}

/// What had not gone out was not done. Cases are asked for, and the agency has this one by now or never will; what was queued has reached it
/// or does now. What else was not known to have ended stays unknown.
fn wanted(row: &Row, story: &Story, kind: &Kind) -> Outcome {
    let asked = if story.happened.is_some() { Outcome::Filed } else { Outcome::NotFiled };
    match row.outcome.as_deref().and_then(Outcome::parse) {
        Some(Outcome::Queued) => Outcome::Filed,
        None if row.phase != Boundary::Sending.as_str() => kind.act.map_or(Outcome::Unknown, ActKind::not_done),
        None | Some(Outcome::Unknown) if kind.act == Some(ActKind::Case) => asked,
        None => Outcome::Unknown,
        Some(outcome) => outcome,
    }
}

/// Makes what counts in the folder these files: database, key and what was kept.
///
/// # Errors
/// It cannot be written.
pub fn put(folder: &Path, files: &Files) -> Result<(), String> {
    let io = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(io)?;
    for old in database(folder)?.into_keys().chain([super::trace::NOT_KEPT.to_owned()]) {
        // The last may not be there.
        let _gone = std::fs::remove_file(folder.join(old));
    }
    files.iter().try_for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes)).map_err(io)
}
