//! The real pcscd with a virtual reader of two slots (vpcd), which may die, hang and come back. Only inside [`crate::namespace`].

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use super::{PATIENCE, kill, listens, spawn};
use crate::emulate::Emulator;
use crate::until::until;

/// Where a card connects. Below the ephemeral range, so that no other socket can take it first.
pub const PORT: u16 = 27648;

/// Where a card of staff does: the second slot.
pub const STAFF_PORT: u16 = PORT + 1;

/// The second slot's name.
pub const STAFF_READER: &str = "SSC Reader 00 01";

/// Where clients of the daemon connect.
pub const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// One reader; the prefix keeps pcscd from aborting (a made-up device name overflows a set of descriptors).
const READER: &str = "FRIENDLYNAME \"SSC Reader\"\nDEVICENAME /dev/null:0x6C00\n\
                      LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID 0x6C00\n";

/// The daemon.
pub struct Pcscd {
    directory: PathBuf,
    running: Option<Child>,
}

impl Pcscd {
    /// Starts it; its reader and its log go below `directory`.
    ///
    /// # Errors
    /// It does not come up.
    pub fn start(directory: &Path) -> Result<Self, String> {
        let readers = directory.join("readers");
        std::fs::create_dir_all(&readers)
            .and_then(|()| std::fs::write(readers.join("ssc"), READER))
            .map_err(|error| error.to_string())?;
        let mut daemon = Self { directory: directory.to_owned(), running: None };
        daemon.appear()?;
        Ok(daemon)
    }

    fn appear(&mut self) -> Result<(), String> {
        if self.running.is_none() {
            let readers = self.directory.join("readers");
            let child = spawn(Command::new("pcscd").args(["-f", "-c"]).arg(&readers), "pcscd", &self.directory)?;
            self.running = Some(child);
            until("pcscd to listen", PATIENCE, || UnixStream::connect(SOCKET).ok())?;
            until("the virtual reader to listen", PATIENCE, || listens(PORT).then_some(()))?;
        }
        Ok(())
    }

    /// A daemon that hangs without dying.
    fn signal(&self, signal: &str) -> Result<(), String> {
        let daemon = self.running.as_ref().ok_or("pcscd is dead")?;
        let line = format!("kill -{signal} {}", daemon.id());
        let status = Command::new("sh").args(["-c", &line]).status().map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("{line}: {status}")) }
    }
}

impl Emulator for Pcscd {
    fn line(&mut self, line: &str) -> Result<String, String> {
        match line.trim() {
            "kill" => kill(self.running.take()),
            "start" => self.appear()?,
            "freeze" => self.signal("STOP")?,
            "thaw" => self.signal("CONT")?,
            "status" => {}
            _ => return Err(format!("not understood; {}", self.help())),
        }
        Ok(if self.running.is_some() { "pcscd runs" } else { "pcscd is dead" }.to_owned())
    }

    fn help(&self) -> &'static str {
        "kill | start | freeze | thaw | status"
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        kill(self.running.take());
    }
}
