//! Real programs that the hall starts and kills: one folder of logs, no orphan.

pub mod pcscd;

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a real program may take to come up on a machine with two busy cores.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The log of this program below `directory`.
///
/// # Errors
/// It cannot be written.
pub fn log(directory: &Path, name: &str) -> Result<File, String> {
    let file = directory.join(format!("{name}.log"));
    File::options().create(true).append(true).open(&file).map_err(|error| format!("{}: {error}", file.display()))
}

/// Starts a program that reads nothing and writes into its log.
///
/// # Errors
/// It cannot be started.
pub fn spawn(command: &mut Command, name: &str, directory: &Path) -> Result<Child, String> {
    let out = log(directory, name)?;
    let err = out.try_clone().map_err(|error| error.to_string())?;
    command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().map_err(|error| format!("{name}: {error}"))
}

/// Kills it and waits for its end.
pub fn kill(child: Option<Child>) {
    if let Some(mut child) = child {
        // Already dead is as good.
        let _dead = child.kill().and_then(|()| child.wait());
    }
}

/// Whether somebody listens on a port of this machine, asked of the kernel: connecting might be taken for a card or a job.
#[must_use]
pub fn listens(port: u16) -> bool {
    let wanted = format!(":{port:04X} 00000000:0000 0A");
    std::fs::read_to_string("/proc/net/tcp").is_ok_and(|table| table.contains(&wanted))
}
