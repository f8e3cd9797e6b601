//! The program that ships, started: what the hall's own does first, it does too.

use std::fs;
use std::process::Command;

use hall::ground::beside_us;
use hall::people::home;

use super::audit::Folder;

/// How long it may take to find out that there is no screen; in seconds, as `timeout` has it.
const PATIENCE: &str = "60";

/// Program and limit again, and then what must stand in its last beginning.
const CALLS: &str = "trace=execve,prctl,prlimit64,?setrlimit";

#[test]
fn what_ships_runs_with_a_core_that_would_be_written() {
    let folder = Folder::new("ships");
    fs::create_dir_all(&folder.0).unwrap();
    let example = fs::read_to_string(home().join("../deploy/site.toml")).unwrap();
    // In a window, with no display to have it on: it ends by itself, and takes nobody's screen.
    let windowed = example.replace("backend = \"auto\"", "backend = \"winit\"");
    assert!(windowed != example, "the example has another backend");
    let there = format!("\"{}\"", folder.0.display());
    let site = folder.write("site.toml", &windowed.replace("\"/var/lib/kiosk\"", &there));
    let log = folder.0.join("calls");
    let mut kiosk = Command::new("timeout");
    kiosk.args([PATIENCE, "strace", "-e", CALLS, "-e", "signal=none", "-o"]).arg(&log);
    kiosk.arg(beside_us("kiosk").unwrap()).args(["run", "--site"]).arg(site);
    for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        kiosk.env_remove(display);
    }
    let ended = kiosk.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("the screen cannot be opened"), "{said}");
    let calls = fs::read_to_string(&log).unwrap();
    // It begins a second time, with the panel's scale: what was said before then is lifted again.
    let own = calls.rsplit("execve(").next().unwrap();
    for call in ["RLIMIT_CORE, {rlim_cur=0, rlim_max=0}", "prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) = 0"] {
        assert!(own.contains(call), "{call} is not among\n{calls}");
    }
}

#[test]
fn a_start_that_failed_five_times_is_never_tried_again() {
    for unit in ["kiosk.service", "kiosk-bridge@.service"] {
        let text = fs::read_to_string(home().join("../deploy/systemd").join(unit)).unwrap();
        for line in ["StartLimitIntervalSec=0", "Restart=always"] {
            assert!(text.lines().any(|own| own == line), "{unit}: {line}");
        }
    }
}
