//! A power supply: the real `upsd` with the real `dummy-ups` driver, which reads its state from a file of ours.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::Emulator;
use crate::until::until;

/// As configured in `upsd`.
pub const NAME: &str = "kiosk";
/// NUT's own port.
pub const ADDRESS: &str = "127.0.0.1:3493";
/// How long a daemon may take to come up on a machine with two busy cores.
const PATIENCE: Duration = Duration::from_secs(20);

/// The supply.
pub struct UpsEmulator {
    directory: PathBuf,
    driver: Option<Child>,
    service: Option<Child>,
}

impl UpsEmulator {
    /// Starts driver and service; their files go below `directory`.
    ///
    /// # Errors
    /// NUT is missing or does not come up.
    pub fn start(directory: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(directory).map_err(|error| error.to_string())?;
        let mut ups = Self { directory: directory.to_owned(), driver: None, service: None };
        ups.write("ups.conf", &format!("[{NAME}]\ndriver = dummy-ups\nport = kiosk.dev\nmode = dummy-loop\n"))?;
        ups.write("upsd.conf", "LISTEN 127.0.0.1 3493\nMAXAGE 3\n")?;
        ups.write("upsd.users", "")?;
        ups.state("OL")?;
        // upsd insists that nobody else reads its files.
        for file in ["ups.conf", "upsd.conf", "upsd.users"] {
            std::fs::set_permissions(directory.join(file), std::os::unix::fs::PermissionsExt::from_mode(0o600))
                .map_err(|error| error.to_string())?;
        }
        ups.driver_start()?;
        ups.service_start()?;
        Ok(ups)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let (new, file) = (self.directory.join(format!("{name}.new")), self.directory.join(name));
        std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &file)).map_err(|error| error.to_string())
    }

    fn state(&self, status: &str) -> Result<(), String> {
        self.write("kiosk.dev", &format!("ups.status: {status}\nups.model: Emulated 600\nTIMER 1\n"))
    }

    /// The driver looks at its file once a second; the line is answered when the service tells the new state.
    fn becomes(&self, status: &str) -> Result<(), String> {
        self.state(status)?;
        if self.driver.is_none() || self.service.is_none() {
            return Ok(());
        }
        Self::said(&format!("ups.status \"{status}\""))
    }

    fn program(&self, path: &str, arguments: &[&str]) -> Result<Child, String> {
        let log = std::fs::File::options().create(true).append(true).open(self.directory.join("nut.log"));
        let log = log.map_err(|error| error.to_string())?;
        Command::new(path)
            .args(arguments)
            .env("NUT_CONFPATH", &self.directory)
            .env("NUT_STATEPATH", &self.directory)
            .env("NUT_ALTPIDPATH", &self.directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(|error| error.to_string())?)
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{path} (package nut-server): {error}"))
    }

    /// Waits until the service itself says so: it hears of a change a moment after the driver's file.
    fn said(text: &str) -> Result<(), String> {
        until(&format!("upsd to say {text}"), PATIENCE, || {
            let mut stream = TcpStream::connect(ADDRESS).ok()?;
            stream.set_read_timeout(Some(PATIENCE)).ok()?;
            writeln!(stream, "GET VAR {NAME} ups.status").ok()?;
            let mut answer = String::new();
            BufReader::new(stream).read_line(&mut answer).ok()?;
            answer.contains(text).then_some(())
        })
    }

    /// Driver and service find each other a moment after both run.
    fn connected(&self) -> Result<(), String> {
        if self.driver.is_some() && self.service.is_some() { Self::said("VAR ") } else { Ok(()) }
    }

    fn driver_start(&mut self) -> Result<(), String> {
        if self.driver.is_none() {
            self.driver = Some(self.program("/lib/nut/dummy-ups", &["-a", NAME, "-FF", "-u", "root"])?);
            let socket = self.directory.join(format!("dummy-ups-{NAME}"));
            until("dummy-ups to come up", PATIENCE, || socket.exists().then_some(()))?;
        }
        Ok(())
    }

    /// A driver that hangs without dying.
    fn driver_signal(&self, signal: &str) -> Result<(), String> {
        let driver = self.driver.as_ref().ok_or("the supply is unplugged")?;
        let line = format!("kill -{signal} {}", driver.id());
        let status = Command::new("sh").args(["-c", &line]).status().map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("{line}: {status}")) }
    }

    fn service_start(&mut self) -> Result<(), String> {
        if self.service.is_none() {
            // The number in it may be somebody else's by now, and upsd would believe that it runs already.
            let _killed_without_a_word = std::fs::remove_file(self.directory.join("upsd.pid"));
            self.service = Some(self.program("/lib/nut/upsd", &["-FF", "-u", "root"])?);
            until("upsd to listen", PATIENCE, || TcpStream::connect(ADDRESS).ok())?;
        }
        Ok(())
    }
}

fn stop(child: &mut Option<Child>) {
    if let Some(mut child) = child.take() {
        // Already dead is as good.
        let _dead = child.kill().and_then(|()| child.wait());
    }
}

impl Drop for UpsEmulator {
    fn drop(&mut self) {
        stop(&mut self.driver);
        stop(&mut self.service);
    }
}

impl Emulator for UpsEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["mains"] => self.becomes("OL")?,
            ["battery"] => self.becomes("OB DISCHRG")?,
            ["battery", "low"] => self.becomes("OB DISCHRG LB")?,
            ["battery", "worn"] => self.becomes("OL RB")?,
            ["unplug"] => stop(&mut self.driver),
            ["plug"] => {
                self.driver_start()?;
                self.connected()?;
            }
            ["freeze"] => self.driver_signal("STOP")?,
            ["thaw"] => self.driver_signal("CONT")?,
            ["service", "down"] => stop(&mut self.service),
            ["service", "up"] => {
                self.service_start()?;
                self.connected()?;
            }
            ["await", text] => Self::said(text)?,
            ["status"] => {}
            _ => return Err(format!("not understood; {}", self.help())),
        }
        let state = std::fs::read_to_string(self.directory.join("kiosk.dev")).unwrap_or_default();
        let there = |child: &Option<Child>| if child.is_some() { "up" } else { "down" };
        Ok(format!(
            "{}, driver {}, service {}",
            state.lines().next().unwrap_or_default(),
            there(&self.driver),
            there(&self.service)
        ))
    }

    fn help(&self) -> &'static str {
        "mains | battery | battery low | battery worn | unplug | plug | freeze | thaw | service down | service up | await TEXT | status"
    }
}
