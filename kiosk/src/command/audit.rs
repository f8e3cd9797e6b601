//! `kiosk audit`: reads its arguments, prints what [`tool`] says. Beside a running terminal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use contract::site::Site;

use crate::audit::tool::{self, ToolError};
use crate::audit::{Broken, Head};

/// What is asked of the audit.
#[derive(Subcommand)]
pub enum Audit {
    /// Look whether a line was changed, taken out or put elsewhere; say where, and print the head. Exit 0 only if nothing is wrong.
    Verify {
        /// A head that was kept elsewhere, as SEQUENCE:DIGEST; without one, a chain that was cut off or made anew cannot be told.
        #[arg(long, value_parser = tool::head)]
        kept: Option<Head>,
        /// An export to verify, instead of this terminal's own lines.
        file: Option<PathBuf>,
    },
    /// Print the lines, each after its digest, for whoever verifies and keeps them.
    Export {
        /// The first line.
        #[arg(long, default_value_t = 1)]
        from: i64,
    },
}

/// Verifies an export instead of the terminal's own lines; needs no configuration.
#[must_use]
pub fn verify_export(file: &Path, kept: Option<Head>) -> ExitCode {
    verified(tool::verify_export(file, kept))
}

/// Exit 1 where anything is wrong.
#[must_use]
pub fn run(what: Audit, site: &Site) -> ExitCode {
    let directory = Path::new(&site.storage.directory);
    match what {
        Audit::Verify { kept, .. } => verified(tool::verify(directory, kept)),
        Audit::Export { from } => match tool::export(directory, from, |line| println!("{line}")) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
    }
}

fn verified(told: Result<(Head, Vec<Broken>), ToolError>) -> ExitCode {
    match told {
        Ok((Head { sequence, digest }, wrong)) if wrong.is_empty() => {
            println!("ok up to line {sequence}, nothing wrong\nhead {sequence}:{digest}");
            ExitCode::SUCCESS
        }
        Ok((_, wrong)) => {
            wrong.iter().for_each(|broken| println!("{broken}"));
            println!("{} thing(s) wrong", wrong.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
