//! The kiosk as a child process: the real program with a glass without a display, a clock that stands still until it is
//! moved, and a control socket with text lines. `hall kiosk` is the child, [`Terminal`] its parent's handle.

pub mod child;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::until::until;

/// How long a page may take to come: real devices and two busy cores.
const PATIENCE: Duration = Duration::from_secs(25);

/// A running terminal.
pub struct Terminal {
    child: Child,
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
        let io = |error: std::io::Error| format!("{}: {error}", directory.display());
        std::fs::create_dir_all(directory).map_err(io)?;
        let (file, socket, log) = (directory.join("site.toml"), directory.join("control"), directory.join("kiosk.log"));
        std::fs::write(&file, site).map_err(io)?;
        let _first_start = std::fs::remove_file(&socket);
        let err = std::fs::File::options().create(true).append(true).open(&log).map_err(io)?;
        let mut child = Command::new(crate::ground::beside_us("hall")?)
            .arg("kiosk")
            .arg("--site")
            .arg(&file)
            .arg("--control")
            .arg(&socket)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(err)
            .spawn()
            .map_err(io)?;
        let stream =
            until("the terminal to listen", PATIENCE, || UnixStream::connect(&socket).ok()).inspect_err(|_| {
                let _dead = child.kill();
            });
        let stream = stream.map_err(|why| format!("{why}; see {}", log.display()))?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(io)?;
        Ok(Self { child, lines: BufReader::new(stream), log })
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

impl Drop for Terminal {
    fn drop(&mut self) {
        self.kill();
    }
}
