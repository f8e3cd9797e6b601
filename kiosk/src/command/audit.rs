//! `kiosk audit`: reads its arguments, prints what [`tool`] and [`status`] say. Beside a running terminal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use contract::site::Site;

use super::say;
use crate::audit::tool::{self, Start, ToolError};
use crate::audit::{Broken, Head, status};
use crate::clock::{Clock, SystemClock};
use crate::events::By;
use crate::journal::Journal;

/// What is asked of the audit.
#[derive(Subcommand)]
pub enum Audit {
    /// Look whether a line was changed, taken out or put elsewhere; say where, and print the head. Exit 0 only if nothing is wrong.
    ///
    /// Begins with the first line that is kept. Where older ones were pruned, a line must say so, and one that their export had been
    /// acknowledged: a beginning that was cut off shows.
    Verify {
        /// A head that was kept elsewhere, as SEQUENCE:DIGEST; without one, a chain that was cut off or made anew cannot be told.
        #[arg(long, value_parser = tool::head)]
        kept: Option<Head>,
        /// An export to verify, instead of this terminal's own lines.
        file: Option<PathBuf>,
    },
    /// Print the lines, each after its digest, for whoever verifies and keeps them. Without an option: all that are kept here.
    Export {
        /// The first line. One that was pruned is no longer here: exit 1, and it says from which on lines are.
        #[arg(long)]
        from: Option<i64>,
        /// Only those that nobody has exported yet. Exit 1 where there are none.
        #[arg(long, conflicts_with = "from")]
        unexported: bool,
    },
    /// Enter that an export was verified and is kept elsewhere. Its lines take no room here from now on, and may be pruned once they are old.
    ///
    /// Taken only where that line stands here with that digest, and never backwards. A running terminal opens by itself what it had closed
    /// for want of room. It stands in the audit who has said so.
    Acknowledge {
        /// The head of the export, as SEQUENCE:DIGEST: deploy/verify-audit prints it.
        #[arg(value_parser = tool::head)]
        head: Head,
        /// 工号 of whoever has verified and stored it: letters, digits, `-`, `.` and `_`. It stands in the audit.
        #[arg(long, value_parser = super::staff)]
        staff: By,
    },
    /// Say which lines are kept, which are exported, how much room there is for those that are not, and what to do next.
    ///
    /// Exit 1 where somebody must do something: room is short, the agency refuses what is posted, or a line does not hold that is old enough to
    /// be pruned.
    Status,
}

/// Verifies an export instead of the terminal's own lines; needs no configuration.
#[must_use]
pub fn verify_export(file: &Path, kept: Option<Head>) -> ExitCode {
    verified(tool::verify_export(file, kept))
}

/// Exit 1 where anything is wrong, or somebody must do something.
#[must_use]
pub fn run(what: Audit, site: &Site) -> ExitCode {
    let directory = Path::new(&site.storage.directory);
    match what {
        Audit::Verify { kept, .. } => {
            if let Ok(base) = tool::base(directory)
                && base.sequence > 0
            {
                say(format_args!("lines up to {} were pruned; the chain goes on from {}", base.sequence, base.digest));
            }
            verified(tool::verify(directory, kept))
        }
        Audit::Export { from, unexported } => export(directory, from, unexported),
        Audit::Acknowledge { head, staff } => acknowledge(&head, &staff, site),
        Audit::Status => match status::look(site, SystemClock::start().now()) {
            Ok(status) => {
                status.told().iter().for_each(|(what, how)| say(format_args!("{what:<13}  {how}")));
                if status.needs_somebody() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
            }
            Err(error) => failed(&error),
        },
    }
}

fn export(directory: &Path, from: Option<i64>, unexported: bool) -> ExitCode {
    let start = match from {
        Some(line) => Start::Line(line),
        None if unexported => Start::Unexported,
        None => Start::Kept,
    };
    match tool::export(directory, start, |line| say(line)) {
        Ok(base) => {
            if start == Start::Kept && base.sequence > 0 {
                eprintln!("lines up to {} are no longer kept here: they are where their export is", base.sequence);
            }
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn acknowledge(head: &Head, by: &By, site: &Site) -> ExitCode {
    let now = SystemClock::start().now();
    let directory = Path::new(&site.storage.directory);
    let entered = match Journal::enter(directory, &site.terminal.id, now) {
        Ok(mut journal) => journal.acknowledge(head, by, now),
        Err(error) => return failed(&error),
    };
    match entered {
        Ok(Some(_)) => say(format_args!("lines up to {} count as exported from now on", head.sequence)),
        Ok(None) => say(format_args!("lines up to {} count as exported already", head.sequence)),
        Err(error) => return failed(&error),
    }
    ExitCode::SUCCESS
}

fn failed(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

fn verified(told: Result<(Head, Vec<Broken>), ToolError>) -> ExitCode {
    match told {
        Ok((Head { sequence, digest }, wrong)) if wrong.is_empty() => {
            say(format_args!("ok up to line {sequence}, nothing wrong\nhead {sequence}:{digest}"));
            ExitCode::SUCCESS
        }
        Ok((_, wrong)) => {
            wrong.iter().for_each(say);
            say(format_args!("{} thing(s) wrong", wrong.len()));
            ExitCode::FAILURE
        }
        Err(error) => failed(&error),
    }
}
