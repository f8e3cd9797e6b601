//! Records a visit: ground, terminal and hands in one process tree under `strace`, so that what went to the disk, what went to
//! printer, agency and card, and what the citizen was told stand in one order.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use kiosk::clock::Now;
use kiosk::events::{Event, VisitEnd};
use kiosk::journal::Journal;

use super::Kind;
use super::strace;
use super::trace::{DATABASE, Files, Trace, counts};
use crate::ground::{Ground, TERMINAL};
use crate::journey::Play;
use crate::until::until;

/// A visit takes some five seconds, and twice that while it is watched.
const PATIENCE: Duration = Duration::from_secs(240);

/// Everything that may change a file or tell somebody something.
const CALLS: &str = "trace=open,creat,openat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,fallocate,fsync,fdatasync,sync_file_range,\
                     rename,renameat,renameat2,unlink,unlinkat,sendto,sendmsg";

/// More than the largest write into a database, and than a job's first piece.
const BYTES: &str = "70000";

/// Some days of visits before this one.
const NOW: Now = Now { elapsed_ms: 1, unix_ms: 1_795_000_000_000 };

/// Who has their hand in a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saboteur {
    /// A disk that makes nothing durable, and tells nobody: what `synchronous=OFF` means.
    DeafDisk,
    /// A performer who journals an act when it has been performed.
    LatePerformer,
}

/// Plays a visit of this kind below `directory` and reads what it did.
///
/// # Errors
/// strace is missing, the visit went wrong, or it did what nobody expects.
pub fn record(kind: &Kind, directory: &Path, saboteur: Option<Saboteur>) -> Result<Trace, String> {
    let folder = directory.join("terminal");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    if kind.log_bytes > 0 {
        earlier_visits(kind.log_bytes, &directory.join("earlier"), &folder)?;
    }
    let before = database(&folder)?;
    let log = directory.join("strace.log");
    watch(kind, directory, &log, saboteur)?;
    let calls = std::fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let calls = strace::calls(&String::from_utf8_lossy(&calls))?;
    Trace::read(&calls, &folder.display().to_string(), before, kind)
        .map_err(|why| format!("{why}; see {}", log.display()))
}

fn watch(kind: &Kind, directory: &Path, log: &Path, saboteur: Option<Saboteur>) -> Result<(), String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let is_deaf = saboteur == Some(Saboteur::DeafDisk);
    let deaf: &[&str] = if is_deaf { &["-e", "inject=fsync,fdatasync:retval=0"] } else { &[] };
    let late = (saboteur == Some(Saboteur::LatePerformer)).then_some("--late");
    let mut strace = Command::new("strace")
        .args(["-f", "--seccomp-bpf", "-q", "-yy", "-xx", "-e", "signal=none", "-s", BYTES, "-e", CALLS])
        .args(deaf)
        .arg("-o")
        .arg(log)
        .arg(own)
        .args(["powercut-visit", kind.name])
        .arg(directory)
        .args(late)
        .spawn()
        .map_err(|error| format!("strace (package strace; deploy/dev/install): {error}"))?;
    let ended = until("the visit to end", PATIENCE, || strace.try_wait().ok().flatten());
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the visit failed: {status}")),
        Err(why) => {
            let _gone = strace.kill().and_then(|()| strace.wait());
            Err(why)
        }
    }
}

/// The visit itself, in the process that is watched; `late` has the late performer perform its act.
///
/// # Errors
/// What went otherwise than it should.
pub fn visit(kind: &Kind, directory: &Path, late: bool) -> Result<(), String> {
    let mut play = Play::on(Ground::start(directory)?, directory, None)?;
    if late {
        play.terminal.line("die late")?;
    }
    (kind.play)(&mut play)
}

/// The files that count, as they lie there.
///
/// # Errors
/// One cannot be read.
pub fn database(folder: &Path) -> Result<Files, String> {
    let io = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Files::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if counts(&name) {
            files.insert(name, std::fs::read(entry.path()).map_err(io)?);
        }
    }
    Ok(files)
}

/// Makes `folder` one of a terminal that has stood for days and lost its power: its log is so long that this visit brings it into the
/// database.
fn earlier_visits(log_bytes: u64, made_in: &Path, folder: &Path) -> Result<(), String> {
    let mut journal = Journal::open(made_in, "0d15ea5e", TERMINAL, NOW).map_err(|error| error.to_string())?;
    let name = |ending: &str| PathBuf::from(format!("{DATABASE}{ending}"));
    let log = made_in.join(name("-wal"));
    let mut visit = 1;
    while std::fs::metadata(&log).map_err(|error| error.to_string())?.len() < log_bytes {
        let happened = [Event::VisitOpened { visit }, Event::VisitEnded { visit, why: VisitEnd::Left }];
        journal.note(&happened.map(|event| (event, NOW))).map_err(|error| error.to_string())?;
        visit += 1;
    }
    for file in [name(""), name("-wal")] {
        std::fs::copy(made_in.join(&file), folder.join(&file))
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}
