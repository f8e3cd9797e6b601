//! `kiosk journal`: reads its arguments, prints what [`tool`] says. Beside a running terminal.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use contract::message::Outcome;
use contract::site::Site;
use hal::Private;

use crate::clock::{Clock, SystemClock};
use crate::crypto::person::PersonKey;
use crate::events::Name;
use crate::journal::tool::{self, Which};
use crate::journal::{By, Journal, JournalError};

/// What is asked of the journal.
#[derive(Subcommand)]
pub enum Acts {
    /// A line an act, oldest first. Exit 1 where one has been unknown for more than a day: somebody must look.
    List {
        /// Only those of which nobody knows how they ended.
        #[arg(long)]
        open: bool,
        /// Only those that concern the person whose ID number is typed, or piped in, when asked for. It is kept nowhere.
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
        #[arg(long)]
        staff: Option<String>,
    },
    /// What waits for the agency: kind, key, state, reason. Nothing of what is in it.
    Outbox,
    /// Everything that is known of one act, with its lines of the audit.
    Show {
        /// Its id, as it stands on the slip.
        act: String,
    },
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
        tool::enter(&mut journal, &act, outcome, &By::Staff(Name::from(staff.as_str())), now)?;
        println!("{act} {}, as {staff} has found out; the agency will be told", outcome.as_str());
        return Ok(true);
    }
    let journal = Journal::look(directory)?;
    let print = |lines: Vec<String>| lines.iter().for_each(|line| println!("{line}"));
    match what {
        Acts::List { open, person } => {
            let person = if person { Some(PersonKey::read(directory)?.of(typed()?.reveal())) } else { None };
            println!("{}", tool::HEADINGS);
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
            println!(
                "{}",
                if acts.is_empty() { "nothing is to be found out" } else { "act\tbegun\tkind\tlook\tthen enter" }
            );
            print(acts);
            Ok(true)
        }
        Acts::Outbox => {
            println!("kind\tkey\tstate\treason");
            print(journal.parcels()?.iter().map(|parcel| parcel.join("\t")).collect());
            Ok(true)
        }
        Acts::Show { act } => {
            let shown = tool::show(&journal, &act)?;
            match &shown {
                Some(text) => print!("{text}"),
                None if journal.marks()?.base.sequence > 0 => eprintln!(
                    "no act {act} in this terminal's journal; what is older than half a year was pruned: ask the agency by this id"
                ),
                None => eprintln!("no act {act} in this terminal's journal"),
            }
            Ok(shown.is_some())
        }
    }
}

/// A number that stands in no list of processes and in no history of commands.
fn typed() -> std::io::Result<Private<String>> {
    eprint!("ID number: ");
    let mut line = Private::new(String::new());
    std::io::stdin().read_line(line.reveal_mut())?;
    let kept = line.reveal().trim().len();
    line.reveal_mut().truncate(kept);
    Ok(line)
}
