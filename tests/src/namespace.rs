//! Runs a program in namespaces of its own (network, mounts, processes): fixed ports never collide, nothing survives the
//! run, several runs at once do not see each other.
//!
//! The program re-executes itself under `unshare`; inside, loopback is brought up and the daemons' folders below /run are
//! fresh. With a window the network stays the machine's own, so that a browser reaches the panel.

use std::path::Path;
use std::process::{Command, ExitStatus};

/// Set inside; its presence tells that we are there.
const INSIDE: &str = "HALL_INSIDE_NAMESPACE";

/// Everything a run needs, with the Debian package that has it.
const PROGRAMS: &[(&str, &str)] = &[
    ("unshare", "util-linux"),
    ("ip", "iproute2"),
    ("dbus-daemon", "dbus"),
    ("avahi-daemon", "avahi-daemon"),
    ("ippeveprinter", "cups-ipp-utils"),
    ("cupsd", "cups-daemon"),
    ("lpadmin", "cups-client"),
    ("pcscd", "pcscd"),
    ("upsd", "nut-server"),
];

/// Whether the run needs the machine's own network.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Loopback of its own, nothing else.
    Own,
    /// The machine's.
    Shared,
}

/// What to do next.
pub enum Side {
    /// We are inside; go on.
    Inside,
    /// The run has taken place inside; this was its end.
    Outside(ExitStatus),
}

/// Makes sure that the caller runs in namespaces of its own.
///
/// # Errors
/// A program is missing, or the machine does not allow namespaces: a sentence that says what to do.
pub fn enter(network: Network) -> Result<Side, String> {
    if std::env::var_os(INSIDE).is_some() {
        furnish(network)?;
        return Ok(Side::Inside);
    }
    for (program, package) in PROGRAMS {
        if !is_there(program) {
            return Err(format!(
                "{program} is missing: install the Debian package {package}, or run deploy/dev/install"
            ));
        }
    }
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let status = Command::new("unshare")
        .args((network == Network::Own).then_some("-n"))
        .args(["-m", "-p", "-f", "--mount-proc", "--kill-child", "--"])
        .arg(own)
        .args(std::env::args_os().skip(1))
        .env(INSIDE, "1")
        .status()
        .map_err(|error| format!("unshare: {error}"))?;
    Ok(Side::Outside(status))
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let sbin = ["/usr/sbin", "/sbin"].map(std::path::PathBuf::from);
    std::env::split_paths(&path).chain(sbin).any(|folder| folder.join(program).is_file())
}

/// Loopback up, fresh folders where the daemons put their sockets.
fn furnish(network: Network) -> Result<(), String> {
    if network == Network::Own {
        run("ip", &["link", "set", "lo", "up"])?;
    }
    for folder in ["/run/dbus", "/run/pcscd", "/run/avahi-daemon"] {
        std::fs::create_dir_all(Path::new(folder)).map_err(|error| format!("{folder}: {error}"))?;
        run("mount", &["-t", "tmpfs", "tmpfs", folder])?;
    }
    Ok(())
}

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let status = Command::new(program).args(arguments).status().map_err(|error| format!("{program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} {} failed: {status}", arguments.join(" "))) }
}
