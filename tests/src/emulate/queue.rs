//! A CUPS queue before a page printer: the real cupsd with the very files that ship (`deploy/cups`), their folders moved below
//! one of ours.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::Emulator;
use crate::people;
use crate::until::until;

/// Where the shipped configuration makes cupsd listen.
const ADDRESS: &str = "127.0.0.1:631";
/// Where the queue stands.
pub const URI: &str = "ipp://127.0.0.1:631/printers/a4";
/// How long cupsd may take to come up on a machine with two busy cores.
const PATIENCE: Duration = Duration::from_secs(20);

/// The queue.
pub struct QueueEmulator {
    directory: PathBuf,
    running: Option<Child>,
}

impl QueueEmulator {
    /// Starts cupsd with a queue before the printer at `printer`; its files go below `directory`.
    ///
    /// # Errors
    /// CUPS is missing or does not come up.
    pub fn start(printer: &str, directory: &Path) -> Result<Self, String> {
        let mut queue = Self { directory: directory.to_owned(), running: None };
        for folder in ["etc", "run/tmp"] {
            std::fs::create_dir_all(directory.join(folder)).map_err(|error| error.to_string())?;
        }
        for file in ["cupsd.conf", "cups-files.conf", "kiosk.convs"] {
            queue.furnish(file)?;
        }
        queue.appear()?;
        let arguments = ["-p", "a4", "-E", "-v", printer, "-m", "everywhere"];
        let made = Command::new("lpadmin").env("CUPS_SERVER", ADDRESS).args(arguments).output();
        let made = made.map_err(|error| format!("lpadmin (package cups-client): {error}"))?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned());
        }
        // The queue asks its printer what it can after lpadmin has ended.
        let ppd = directory.join("etc/ppd/a4.ppd");
        until("the queue to know its printer", PATIENCE, || ppd.is_file().then_some(()))?;
        // cupsd writes a new queue down at its leisure; one that is asked to end writes it now.
        queue.end()?;
        queue.appear()?;
        Ok(queue)
    }

    /// Where it keeps documents and the history of jobs.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.directory.join("run/spool")
    }

    /// Copies a file that ships; only its folders become ours.
    fn furnish(&self, file: &str) -> Result<(), String> {
        let shipped = people::home().join("../deploy/cups").join(file);
        let text = std::fs::read_to_string(&shipped).map_err(|error| format!("{}: {error}", shipped.display()))?;
        let ours = |folder: &str| self.directory.join(folder).display().to_string();
        let text = text.replace("/etc/cups", &ours("etc")).replace("/run/kiosk-cups", &ours("run"));
        std::fs::write(self.directory.join("etc").join(file), text).map_err(|error| error.to_string())
    }

    fn appear(&mut self) -> Result<(), String> {
        if self.running.is_some() {
            return Ok(());
        }
        // As the unit that ships does before each start (`deploy/cups/cups.service.conf`).
        let _nothing_there = std::fs::remove_dir_all(self.spool());
        let file = |name: &str| self.directory.join(name);
        let log = std::fs::File::create(file("cupsd.log")).map_err(|error| error.to_string())?;
        let child = Command::new("cupsd")
            .arg("-f")
            .arg("-c")
            .arg(file("etc/cupsd.conf"))
            .arg("-s")
            .arg(file("etc/cups-files.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(|error| error.to_string())?)
            .stderr(log)
            .spawn()
            .map_err(|error| format!("cupsd (package cups-daemon): {error}"))?;
        self.running = Some(child);
        until("cupsd to listen", PATIENCE, || TcpStream::connect(ADDRESS).ok()).map(drop)
    }

    /// Asks cupsd to end, and waits until it has.
    fn end(&mut self) -> Result<(), String> {
        let Some(mut child) = self.running.take() else { return Ok(()) };
        let asked = Command::new("sh").args(["-c", &format!("kill {}", child.id())]).status();
        asked.and_then(|_| child.wait()).map(drop).map_err(|error| error.to_string())
    }

    fn vanish(&mut self) {
        if let Some(mut child) = self.running.take() {
            // Already dead is as good.
            let _dead = child.kill().and_then(|()| child.wait());
        }
    }
}

impl Drop for QueueEmulator {
    fn drop(&mut self) {
        self.vanish();
    }
}

impl Emulator for QueueEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        match line.trim() {
            "vanish" => self.vanish(),
            "return" => self.appear()?,
            "restart" => {
                self.end()?;
                self.appear()?;
            }
            "status" => {}
            _ => return Err(format!("not understood; {}", self.help())),
        }
        let kept = std::fs::read_dir(self.spool()).map_or(0, Iterator::count);
        let there = if self.running.is_some() { "online" } else { "gone" };
        Ok(format!("{there}, {kept} files in the spool"))
    }

    fn help(&self) -> &'static str {
        "vanish | return | restart | status"
    }
}
