//! Vendor bridges: the examples of `deploy/bridge`, compiled as integrators compile them and run as processes of their own.
//!
//! The lines that they obey are their own; see the heads of the C files.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::Emulator;
use super::card::CardEmulator;
use crate::people::home;

/// As in `deploy/bridge/Makefile`.
const FLAGS: &str = "-std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror";

/// A bridge that runs.
pub struct BridgeEmulator {
    child: Child,
    lines: ChildStdin,
    said: BufReader<ChildStdout>,
    card_port: Option<u16>,
}

impl BridgeEmulator {
    /// Compiles and starts an example, which then serves `socket`; the program lies beside it.
    ///
    /// # Errors
    /// There is no compiler, it does not compile, or it does not start.
    pub fn start(socket: &Path, name: &str) -> Result<Self, String> {
        compile(name, &Self::program(socket, name))?;
        Self::start_again(socket, name)
    }

    /// Starts an example that has been compiled, as the service manager does when it has died.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_again(socket: &Path, name: &str) -> Result<Self, String> {
        let io = |error: std::io::Error| format!("{name}: {error}");
        let mut command = Command::new(Self::program(socket, name));
        command.arg("--socket").arg(socket).stdin(Stdio::piped()).stdout(Stdio::piped());
        if name == "motor_reader" {
            command.args(["--card-port", "0"]);
        }
        let mut child = command.spawn().map_err(io)?;
        let lines = child.stdin.take().ok_or("no way in")?;
        let said = BufReader::new(child.stdout.take().ok_or("no way out")?);
        let mut bridge = Self { child, lines, said, card_port: None };
        loop {
            let line = bridge.hear()?;
            match line.strip_prefix("card port ") {
                Some(port) => bridge.card_port = port.parse().ok(),
                None if line == "ready" => return Ok(bridge),
                None => return Err(format!("{name} says {line}")),
            }
        }
    }

    fn program(socket: &Path, name: &str) -> PathBuf {
        socket.with_file_name(name)
    }

    /// A hand with cards before its slot.
    ///
    /// # Errors
    /// It has no slot.
    pub fn hand(&self) -> Result<CardEmulator, String> {
        self.card_port.map(CardEmulator::new).ok_or_else(|| "this bridge has no slot".to_owned())
    }

    /// Kills it, or waits until a line has killed it.
    pub fn kill(&mut self) {
        // Already dead is as good.
        let _dead = self.child.kill().and_then(|()| self.child.wait());
    }

    fn hear(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.said.read_line(&mut line) {
            Ok(1..) => Ok(line.trim().to_owned()),
            _ => Err("the bridge has ended".to_owned()),
        }
    }
}

impl Emulator for BridgeEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        writeln!(self.lines, "{line}").map_err(|error| error.to_string())?;
        let said = self.hear()?;
        match said.split_once(' ').unwrap_or((&said, "")) {
            ("ok", said) => Ok(said.to_owned()),
            (_, said) => Err(said.to_owned()),
        }
    }

    fn help(&self) -> &'static str {
        "mute | sound | die | garble | late | version N | class N | absent | broken | well | refuse | \
         jam | clear | stall | free | bin full | bin empty | take card | status"
    }
}

impl Drop for BridgeEmulator {
    fn drop(&mut self) {
        self.kill();
    }
}

fn compile(name: &str, program: &Path) -> Result<(), String> {
    let folder = home().join("../deploy/bridge");
    let makefile = std::fs::read_to_string(folder.join("Makefile")).map_err(|error| format!("Makefile: {error}"))?;
    if !makefile.contains(FLAGS) {
        return Err("integrators compile with other flags than the hall".to_owned());
    }
    let source = folder.join(name).with_extension("c");
    let compiled = Command::new("gcc").args(FLAGS.split(' ')).arg("-o").arg(program).arg(source).status();
    match compiled.map_err(|error| format!("gcc: {error}; deploy/dev/install")) {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{name}.c does not compile")),
        Err(why) => Err(why),
    }
}
