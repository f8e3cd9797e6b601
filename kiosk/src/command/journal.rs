//! `kiosk journal`: reads its arguments, prints what [`tool`] says. Beside a running terminal.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use contract::message::{Outcome, ParcelKind};
use contract::site::Site;

use super::{say, typed};
use crate::clock::{Clock, Now, SystemClock};
use crate::crypto::person::{PersonKey, Pseudonym};
use crate::events::By;
use crate::journal::tool::{self, Which};
use crate::journal::{Journal, JournalError};

/// What is asked of the journal.
#[derive(Subcommand)]
pub enum Acts {
    /// A line an act, oldest first. Exit 1 where one has been unknown for more than a day: somebody must look.
    List {
        /// Only those of which nobody knows how they ended.
        #[arg(long)]
        open: bool,
        /// Only those that concern the person whose ID number is typed, or piped in, when asked for. It is shown and kept
        /// nowhere.
        #[arg(long)]
        person: bool,
    },
    /// The same as JSON, an object a line.
    Export {
        /// Only those of which nobody knows how they ended.
        #[arg(long)]
        open: bool,
    },
    /// Enter what somebody has found out about an act of unknown outcome; without one, list what is to be found out, and how.
    Reconcile {
        /// Its id, as it stands on the slip.
        #[arg(requires_all = ["outcome", "staff"])]
        act: Option<String>,
        /// `printed`, `not_printed`, `filed`, `not_filed`, `changed` or `not_changed`.
        #[arg(value_parser = outcome)]
        outcome: Option<Outcome>,
        /// 工号 of whoever has looked. It stands in the audit.
        #[arg(long, value_parser = super::staff)]
        staff: Option<By>,
    },
    /// What waits for the agency: kind, key, state, reason. Nothing of what is in it. Exit 1 where something was refused, or is of a kind that
    /// this release does not know: somebody must decide what becomes of it.
    Outbox {
        /// What becomes of one parcel.
        #[command(subcommand)]
        deed: Option<Deed>,
    },
    /// Everything that is known of one act, with its lines of the audit.
    Show {
        /// Its id, as it stands on the slip.
        act: String,
    },
}

/// What becomes of a parcel that the agency has refused. Others of a terminal that runs go by themselves; one of a kind that this release does
/// not know (`unknown_kind`) goes with a release that knows it, and may be saved and handed over until then.
#[derive(Subcommand)]
pub enum Deed {
    /// Send it again, once what was wrong at the agency has been mended. A running terminal does so within a minute.
    SendAgain {
        /// As it stands in the list.
        #[command(flatten)]
        parcel: Named,
        /// 工号 of whoever decides. It stands in the audit.
        #[arg(long, value_parser = super::staff)]
        staff: By,
    },
    /// Write it into a file, sealed as it is, to hand it over by another way. It stays here until it is dropped. Also one that was not refused:
    /// of a journal that was damaged and moved away, none goes by itself.
    Save {
        /// As it stands in the list; also one that this release does not know.
        kind: String,
        /// As it stands in the list.
        key: String,
        /// Must not exist yet.
        file: PathBuf,
    },
    /// Forget it. A case only when it is known whether it was filed.
    Drop {
        /// As it stands in the list.
        #[command(flatten)]
        parcel: Named,
        /// 工号 of whoever decides. It stands in the audit.
        #[arg(long, value_parser = super::staff)]
        staff: By,
    },
}

/// A parcel's name.
#[derive(Args)]
pub struct Named {
    /// As it stands in the list.
    #[arg(value_parser = kind)]
    kind: ParcelKind,
    /// As it stands in the list.
    key: String,
}

fn kind(text: &str) -> Result<ParcelKind, String> {
    let all = || ParcelKind::ALL.map(ParcelKind::as_str).join(", ");
    ParcelKind::parse(text).ok_or_else(all)
}

fn outcome(text: &str) -> Result<Outcome, String> {
    Outcome::parse(text).ok_or_else(|| "printed, not_printed, filed, not_filed, changed or not_changed".to_owned())
}

/// Exit 1 where nothing was found, something cannot be entered, or somebody must look.
#[must_use]
pub fn run(what: Acts, site: &Site) -> ExitCode {
    match obey(what, site) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            let directory = Path::new(&site.storage.directory);
            let why = why.downcast::<JournalError>().map(|error| error.at(directory).to_string());
            eprintln!("{}", why.unwrap_or_else(|other| other.to_string()));
            ExitCode::FAILURE
        }
    }
}

fn obey(what: Acts, site: &Site) -> Result<bool, Box<dyn std::error::Error>> {
    let directory = Path::new(&site.storage.directory);
    let now = SystemClock::start().now();
    if let Acts::Reconcile { act: Some(act), outcome: Some(outcome), staff: Some(staff) } = what {
        let mut journal = Journal::enter(directory, &site.terminal.id, now)?;
        tool::enter(&mut journal, &act, outcome, &staff, now)?;
        say(format_args!("{act} {}, as {staff} has found out; the agency will be told", outcome.as_str()));
        return Ok(true);
    }
    let journal = Journal::look(directory)?;
    let print = |lines: Vec<String>| lines.iter().for_each(say);
    match what {
        Acts::List { open, person } => {
            let person = if person { Some(somebody(directory)?) } else { None };
            say(tool::HEADINGS);
            print(tool::list(&journal, &Which { open, person })?);
            let overdue = tool::overdue(&journal, now)?;
            if overdue > 0 {
                eprintln!("{overdue} act(s) unknown for more than a day: see kiosk journal reconcile");
            }
            Ok(overdue == 0)
        }
        Acts::Export { open } => {
            print(tool::export(&journal, &Which { open, person: None })?);
            Ok(true)
        }
        Acts::Reconcile { .. } => {
            let acts = tool::to_find_out(&journal)?;
            say(if acts.is_empty() { "nothing is to be found out" } else { "act\tbegun\tkind\tlook\tthen enter" });
            print(acts);
            Ok(true)
        }
        Acts::Outbox { deed: None } => {
            say("kind\tkey\tstate\treason");
            print(journal.parcels()?.iter().map(|parcel| parcel.join("\t")).collect());
            let refused = journal.refused_parcels()?;
            if refused > 0 {
                eprintln!(
                    "{refused} parcel(s) refused, or of a kind that this release does not know (unknown_kind): see kiosk journal outbox --help"
                );
            }
            Ok(refused == 0)
        }
        Acts::Outbox { deed: Some(deed) } => decide(deed, &journal, site, now),
        Acts::Show { act } => {
            let shown = tool::show(&journal, &act)?;
            match &shown {
                Some(text) => say(text.trim_end()),
                None if journal.marks()?.base.sequence > 0 => eprintln!(
                    "no act {act} in this terminal's journal; what is older than half a year was pruned: ask the agency by this id"
                ),
                None => eprintln!("no act {act} in this terminal's journal"),
            }
            Ok(shown.is_some())
        }
    }
}

/// Does with a refused parcel what somebody has decided.
fn decide(deed: Deed, journal: &Journal, site: &Site, now: Now) -> Result<bool, Box<dyn std::error::Error>> {
    let enter = || Journal::enter(Path::new(&site.storage.directory), &site.terminal.id, now);
    match deed {
        Deed::SendAgain { parcel: Named { kind, key }, staff } => {
            enter()?.send_again(kind, &key, &staff, now)?;
            say(format_args!("{} {key} goes again: a running terminal sends it within a minute", kind.as_str()));
        }
        Deed::Save { kind, key, file } => {
            let content = journal.parcel(&kind, &key)?;
            let place = file.display();
            save(&file, &content).map_err(|why| {
                let remedy = "name a file that does not exist yet, in a folder with room that you may write to";
                format!("{place}: {why}. Nothing was saved: {remedy}.")
            })?;
            say(format_args!("{kind} {key} is in {place}, sealed to the agency; it is still here, too"));
        }
        Deed::Drop { parcel: Named { kind, key }, staff } => {
            enter()?.drop_parcel(kind, &key, &staff, now)?;
            say(format_args!("{} {key} is forgotten, as {staff} has decided", kind.as_str()));
        }
    }
    Ok(true)
}

/// What the terminal calls somebody whose number is typed.
fn somebody(directory: &Path) -> Result<Pseudonym, Box<dyn std::error::Error>> {
    let key = PersonKey::read(directory).map_err(|why| {
        format!(
            "{why}. The terminal makes it when it first starts, for its own user to read: check that --site names this terminal, and ask as \
             that user. Another key finds nobody."
        )
    })?;
    Ok(key.of(typed::id_number()?.reveal()))
}

/// Whole or not at all: what is there for half would be in the way of the next try.
fn save(file: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut written = File::options().write(true).create_new(true).mode(0o600).open(file)?;
    written.write_all(content).and_then(|()| written.sync_all()).inspect_err(|_| {
        let _half_is_left = std::fs::remove_file(file);
    })
}
