//! The kiosk as a child process: the real program with a glass without a display, a clock that stands still until it is
//! moved, and a control socket with text lines. `hall kiosk` is the child, [`Terminal`] its parent's handle.

mod bug;
pub mod child;
pub mod fuse;
pub mod held;
mod saboteur;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::until::until;

/// How long a page may take to come: real devices and two busy cores.
const PATIENCE: Duration = Duration::from_secs(25);

/// How long the child waits for it; then it still can say so.
const AWAIT: Duration = Duration::from_secs(20);

/// A group that is not root's, for a program of which is asked whether it may be dumped: `daemon`, which every Debian has.
pub const GROUP: u32 = 1;

/// Whether the kernel would write down the memory of this process if it crashed; it must run in [`GROUP`]. Where it would not, what `/proc` tells of
/// the process is root's and of root's group, whoever it runs as (proc(5), "dumpable"). No limit plays a part.
///
/// # Errors
/// It does not run, or runs in another group.
pub fn may_be_dumped(process: u32) -> Result<bool, String> {
    let group = |file: &str| {
        let about = std::fs::metadata(format!("/proc/{process}{file}")).map_err(|error| format!("{process}: {error}"));
        about.map(|about| about.gid())
    };
    // Its folder is its own in any case.
    if group("")? != GROUP {
        return Err(format!("{process}: it runs in another group"));
    }
    Ok(group("/environ")? == GROUP)
}

/// A running terminal.
pub struct Terminal {
    child: Child,
    socket: PathBuf,
    lines: BufReader<UnixStream>,
    /// Its log.
    pub log: PathBuf,
}

impl Terminal {
    /// Starts `hall kiosk` with `site` (TOML text); its files go below `directory`.
    ///
    /// # Errors
    /// It does not come up; the log says why.
    pub fn start(directory: &Path, site: &str) -> Result<Self, String> {
        Self::start_with(directory, site, &[])
    }

    /// The same with these variables in its environment.
    ///
    /// # Errors
    /// It does not come up; the log says why.
    pub fn start_with(directory: &Path, site: &str, variables: &[(&str, &str)]) -> Result<Self, String> {
        Self::begin(spawn(directory, site, |command| {
            command.envs(variables.iter().copied());
        })?)
    }

    /// The same in this group instead of ours.
    ///
    /// # Errors
    /// It does not come up; the log says why.
    pub fn start_in_group(directory: &Path, site: &str, group: u32) -> Result<Self, String> {
        Self::begin(spawn(directory, site, |command| {
            command.gid(group);
        })?)
    }

    fn begin(spawned: Spawned) -> Result<Self, String> {
        let Spawned { mut child, socket, log } = spawned;
        let lines = connect(&socket).inspect_err(|_| {
            let _dead = child.kill();
        });
        let lines = lines.map_err(|why| format!("{why}; see {}", log.display()))?;
        Ok(Self { child, socket, lines, log })
    }

    /// Starts it where it must refuse to start; what it said, if it ended with an exit code that tells of a failure.
    ///
    /// # Errors
    /// It runs, or ends as if all were well.
    pub fn refuses(directory: &Path, site: &str) -> Result<String, String> {
        let Spawned { mut child, log, .. } = spawn(directory, site, |_| {})?;
        let before = std::fs::metadata(&log).map_or(0, |log| log.len());
        let ended = until("the terminal to refuse", PATIENCE, || child.try_wait().ok().flatten());
        let _dead = child.kill().and_then(|()| child.wait());
        let said = std::fs::read(&log).map_err(|error| error.to_string())?;
        let said = said.get(usize::try_from(before).unwrap_or(0)..).unwrap_or_default();
        match ended?.code() {
            Some(1) => Ok(String::from_utf8_lossy(said).into_owned()),
            code => Err(format!("it ended with {code:?}; see {}", log.display())),
        }
    }

    /// Waits until it listens again, after it has begun anew by itself.
    ///
    /// # Errors
    /// It does not.
    pub fn again(&mut self) -> Result<(), String> {
        let mut rest = String::new();
        while matches!(self.lines.read_line(&mut rest), Ok(1..)) {}
        // It is going; it may still take a call.
        until("the terminal to answer again", PATIENCE, || {
            self.lines = connect(&self.socket).ok()?;
            self.line("page").ok()
        })
        .map(drop)
    }

    /// Waits until it has ended; its exit code, if it has one.
    ///
    /// # Errors
    /// It goes on.
    pub fn ended(&mut self) -> Result<Option<i32>, String> {
        let ended = until("the terminal to end", PATIENCE, || self.child.try_wait().ok().flatten())?;
        Ok(ended.code())
    }

    /// Sends a line; returns what it says after `ok`.
    ///
    /// # Errors
    /// What it says after `err`, or that it says nothing.
    pub fn line(&mut self, line: &str) -> Result<String, String> {
        self.lines.get_mut().write_all(format!("{line}\n").as_bytes()).map_err(|error| format!("{line}: {error}"))?;
        let mut answer = String::new();
        let read = self.lines.read_line(&mut answer);
        let state = || self.log.display().to_string();
        match read {
            Ok(0) => Err(format!("{line}: the terminal has ended; see {}", state())),
            Err(error) => Err(format!("{line}: no answer ({error}); see {}", state())),
            Ok(_) => match answer.trim_end().split_once(' ').unwrap_or((answer.trim_end(), "")) {
                ("ok", said) => Ok(said.to_owned()),
                (_, said) => Err(format!("{line}: {said}")),
            },
        }
    }

    /// Waits until a page of this name is shown.
    ///
    /// # Errors
    /// Another page is shown instead; says which.
    pub fn wait(&mut self, page: &str) -> Result<(), String> {
        match self.line(&format!("await {page}")) {
            Ok(_) => Ok(()),
            Err(why) => Err(why),
        }
    }

    /// Names of all pages shown so far, in order, repeats left out.
    ///
    /// # Errors
    /// The terminal has ended.
    pub fn pages(&mut self) -> Result<Vec<String>, String> {
        Ok(self.line("pages")?.split_whitespace().map(str::to_owned).collect())
    }

    /// Kills it as a power cut would.
    pub fn kill(&mut self) {
        let _dead = self.child.kill().and_then(|()| self.child.wait());
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Its process id, for looking at its memory from outside.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

struct Spawned {
    child: Child,
    socket: PathBuf,
    log: PathBuf,
}

fn spawn(directory: &Path, site: &str, prepare: impl FnOnce(&mut Command)) -> Result<Spawned, String> {
    let io = |error: std::io::Error| format!("{}: {error}", directory.display());
    std::fs::create_dir_all(directory).map_err(io)?;
    let (file, socket, log) = (directory.join("site.toml"), directory.join("control"), directory.join("kiosk.log"));
    std::fs::write(&file, site).map_err(io)?;
    let _first_start = std::fs::remove_file(&socket);
    let err = std::fs::File::options().create(true).append(true).open(&log).map_err(io)?;
    let mut command = Command::new(crate::ground::beside_us("hall")?);
    command.arg("kiosk").arg("--site").arg(&file).arg("--control").arg(&socket);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(err);
    prepare(&mut command);
    let child = command.spawn().map_err(io)?;
    Ok(Spawned { child, socket, log })
}

fn connect(socket: &Path) -> Result<BufReader<UnixStream>, String> {
    let stream = until("the terminal to listen", PATIENCE, || UnixStream::connect(socket).ok())?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
    Ok(BufReader::new(stream))
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.kill();
    }
}
