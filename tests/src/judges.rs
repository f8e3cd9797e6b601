//! Programs that we did not write look at our emulated parts: does pcsc-lite's own `scriptor` get an answer from the card, does
//! `ipptool` see the printer?

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::ground::Ground;
use crate::until::until;

/// SELECT SSSE, then VERIFY with nothing: how many tries are left?
const SCRIPT: &str = "00 A4 04 00 0F 73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF\n00 20 00 00 00\n";

/// Runs both on a ground of their own; prints what they say.
///
/// # Errors
/// One of them is missing, or sees something else than it should.
pub fn run() -> Result<(), String> {
    let directory = std::env::temp_dir().join("hall-judges");
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut ground = Ground::start(&directory)?;
    ground.line("card insert 1")?;
    // The daemon looks at its readers a few times a second; until it has seen the card, scriptor finds none.
    let card = until("scriptor to find the card", Duration::from_secs(10), || {
        scriptor().ok().filter(|said| said.contains('<'))
    })?;
    println!("{card}");
    expect(&card, "63 C6", "scriptor does not see six PIN tries")?;
    expect(&card, "9F 0C 03 86 01 03", "scriptor does not see a card of algorithm SM4")?;
    let printer = ipptool(&directory)?;
    println!("{printer}");
    expect(&printer, "iso_a4_210x297mm", "ipptool does not see A4 paper")?;
    expect(&printer, "application/pdf", "ipptool does not see PDF")
}

fn expect(text: &str, wanted: &str, otherwise: &str) -> Result<(), String> {
    if text.contains(wanted) { Ok(()) } else { Err(format!("{otherwise}: {text}")) }
}

fn scriptor() -> Result<String, String> {
    let mut child = Command::new("scriptor")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("scriptor (package pcsc-tools): {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(SCRIPT.as_bytes()).map_err(|error| error.to_string())?;
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn ipptool(directory: &Path) -> Result<String, String> {
    let output = Command::new("ipptool")
        .args(["-tv", "ipp://localhost:8631/ipp/print", "get-printer-attributes.test"])
        .current_dir(directory)
        .output()
        .map_err(|error| format!("ipptool (package cups-ipp-utils): {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
