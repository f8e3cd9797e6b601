//! Has strace answer some system calls of a running terminal in the kernel's place: for what nobody can bring about from outside, such as a disk in
//! use that takes nothing more, or a process that does not die. Must never be told what the terminal is for.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::Terminal;
use crate::until::until;

/// How long strace may take to have hold of every thread.
const HELD: Duration = Duration::from_secs(10);

/// A terminal that is held; until it is let go, or this is dropped.
pub struct Held(Child);

impl Held {
    /// From here on each of these calls has this answer, as strace's `inject` writes it (`error=EROFS`, `retval=0`), and does nothing. Where files
    /// are named, only calls on them.
    ///
    /// # Errors
    /// strace is missing, or does not get hold of the terminal.
    pub fn hold(terminal: &Terminal, calls: &str, answer: &str, files: &[PathBuf]) -> Result<Self, String> {
        let process = terminal.id().to_string();
        let held = Command::new("strace")
            .args(["-f", "-q", "-p", &process])
            .args(files.iter().flat_map(|file| [OsStr::new("-P"), file.as_os_str()]))
            .args(["-e", &format!("trace={calls}"), "-e", &format!("inject={calls}:{answer}"), "-o", "/dev/null"])
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| format!("strace (package strace; deploy/dev/install): {error}"))?;
        let held = Self(held);
        until("strace to hold every thread", HELD, || is_held(&process))?;
        Ok(held)
    }

    /// From here on the kernel answers again.
    ///
    /// # Errors
    /// strace does not go.
    pub fn let_go(&mut self) -> Result<(), String> {
        self.0.kill().and_then(|()| self.0.wait()).map(drop).map_err(|error| error.to_string())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // It may have been let go already.
        let _gone = self.let_go();
    }
}

/// The main thread is held first, and any other may make the call that counts.
fn is_held(process: &str) -> Option<()> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).ok()?;
    // One that has ended meanwhile has no status.
    let mut told = threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("status")).ok());
    told.all(|told| !told.contains("TracerPid:\t0\n")).then_some(())
}
