//! `kiosk devices`: the shipping program beside devices that are in use. It may look, and must neither disturb nor tell on anybody.

use std::path::Path;
use std::process::Command;

use hal::Control;
use hal::wire::Dial;
use hal::wire::serial::SerialDial;
use serde_json::Value as Json;

use super::{Folder, same};
use crate::daemon::pcscd::{self, Pcscd};
use crate::emulate::Emulator;
use crate::emulate::card::CardEmulator;
use crate::emulate::id_reader::IdReaderEmulator;
use crate::emulate::pad::PadEmulator;
use crate::emulate::receipt::ReceiptEmulator;
use crate::emulate::scanner::ScannerEmulator;
use crate::ground::beside_us;
use crate::people::person;

type Case = fn(&mut Stand) -> Result<(), String>;

/// Every case.
pub const CASES: &[super::Case] = &[
    ("listing_disturbs_a_running_terminal", |folder| on(listing_disturbs_a_running_terminal, folder)),
    ("listing_hides_what_is_missing", |folder| on(listing_hides_what_is_missing, folder)),
    ("asking_learns_less_than_listing", |folder| on(asking_learns_less_than_listing, folder)),
];

/// Daemon and devices, and a configuration that names them.
pub struct Stand {
    directory: std::path::PathBuf,
    _daemon: Pcscd,
    card: CardEmulator,
    id: IdReaderEmulator,
    scanner: ScannerEmulator,
    pad: PadEmulator,
    receipt: ReceiptEmulator,
}

/// Plays one case.
fn on(case: Case, folder: &Folder) {
    let directory = folder.path("");
    run(case, &directory).unwrap_or_else(|why| panic!("{why}"));
}

fn run(case: Case, directory: &Path) -> Result<(), String> {
    let path = |name: &str| directory.join(name);
    let mut stand = Stand {
        directory: directory.to_owned(),
        _daemon: Pcscd::start(directory)?,
        card: CardEmulator::new(pcscd::PORT),
        id: IdReaderEmulator::plug(&path("id"))?,
        scanner: ScannerEmulator::plug(&path("scanner"))?,
        pad: PadEmulator::plug(&path("pad"))?,
        receipt: ReceiptEmulator::plug(&path("receipt"), &path("paper"))?,
    };
    stand.card.line("insert 1")?;
    std::fs::write(path("site.toml"), site(directory)).map_err(|error| error.to_string())?;
    case(&mut stand)
}

fn site(directory: &Path) -> String {
    let path = |name: &str| directory.join(name).display().to_string();
    format!(
        r#"[terminal]
id = "t-1"
hall = "大厅"
number = "1"
help_desk = "服务台"
[agency]
url = "https://localhost"
ca_file = "a"
certificate_file = "b"
key_file = "c"
seal_to = "age1tvtja49h2pt0alqafeg074hgnmhj7ehjx002slv7d2srgzcdxqfse0y9x0"
[storage]
directory = "d"
[devices.card]
reader = "SSC Reader"
[devices.id]
port = "{}"
[devices.scanner]
port = "{}"
[devices.pad]
port = "{}"
[devices.receipt]
port = "{}"
[devices.receipt.row]
width_dots = 512
characters = "gbk"
tells = "when_asked"
"#,
        path("id"),
        path("scanner"),
        path("pad"),
        path("receipt"),
    )
}

impl Stand {
    /// What the program prints, and whether it says that all is well.
    fn list(&self, more: &[&str]) -> Result<(String, bool), String> {
        let output = Command::new(beside_us("kiosk")?)
            .args(["devices", "--site"])
            .arg(self.directory.join("site.toml"))
            .args(more)
            .output()
            .map_err(|error| error.to_string())?;
        Ok((String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success()))
    }

    fn json(&self, more: &[&str]) -> Result<(Json, bool), String> {
        let (text, well) = self.list(&[more, &["--json"]].concat())?;
        let json = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        Ok((json, well))
    }
}

fn of<'a>(listed: &'a Json, class: &str, what: &str) -> &'a Json {
    let device = listed.as_array().and_then(|all| all.iter().find(|device| device["class"] == class));
    device.map_or(&Json::Null, |device| &device[what])
}

fn listing_disturbs_a_running_terminal(stand: &mut Stand) -> Result<(), String> {
    // Somebody is at work: the port of the resident-ID reader is held, as the terminal holds it.
    let mut dial = SerialDial { path: stand.directory.join("id"), baud: 115_200 };
    let until = Control::within(std::time::Duration::from_secs(5)).deadline;
    let mut held = dial.dial(until).map_err(|error| error.to_string())?;
    let (listed, well) = stand.json(&[])?;
    same("all is well", &well, &true)?;
    for class in ["id", "scanner", "pad", "receipt"] {
        same(class, of(&listed, class, "state"), &Json::from("present"))?;
    }
    same("the card reader", of(&listed, "card", "state"), &Json::from("online"))?;
    held.send(b"still ours", until).map_err(|error| format!("the port was taken away: {error}"))?;
    let status = stand.card.line("status")?;
    same("commands that the card has heard", &status.ends_with(" 0 commands"), &true)?;
    // Nothing of the person whose card lies in the reader, in either form.
    let persona = person(1)?;
    let text = stand.list(&[])?.0 + &listed.to_string();
    for personal in [&persona.name, &persona.id_number, &persona.card_id, &persona.card_number, &persona.phone] {
        same("a person is named", &text.contains(personal.as_str()), &false)?;
    }
    Ok(())
}

fn listing_hides_what_is_missing(stand: &mut Stand) -> Result<(), String> {
    stand.scanner.line("unplug")?;
    let path = stand.directory.join("pad");
    stand.pad.line("unplug")?;
    std::fs::write(&path, "").map_err(|error| error.to_string())?;
    let (listed, well) = stand.json(&[])?;
    same("all is well", &well, &false)?;
    same("the scanner's fault", of(&listed, "scanner", "fault"), &Json::from("scanner.offline"))?;
    same("the scanner is found", of(&listed, "scanner", "found"), &Json::from(false))?;
    same("the pad's fault", of(&listed, "pad", "fault"), &Json::from("pad.not_a_device"))?;
    same("the others stay", of(&listed, "id", "fault"), &Json::Null)?;
    let (text, _) = stand.list(&[])?;
    same("people read it too", &text.contains("fault: scanner.offline"), &true)
}

fn asking_learns_less_than_listing(stand: &mut Stand) -> Result<(), String> {
    let (listed, well) = stand.json(&["--ask"])?;
    same("all is well", &well, &true)?;
    let told = of(&listed, "id", "identity").to_string();
    same("the module tells its number", &told.contains("security module 05.01-20260101"), &true)?;
    let able = of(&listed, "receipt", "capabilities").to_string();
    same("a printer of no table tells its width", &able.contains("512 dots"), &true)?;
    stand.receipt.line("cover open")?;
    stand.id.line("mute")?;
    let (listed, well) = stand.json(&["--ask"])?;
    same("all is well", &well, &false)?;
    same("the printer", of(&listed, "receipt", "fault"), &Json::from("receipt.cover_open"))?;
    same("the reader", of(&listed, "id", "fault"), &Json::from("id.no_answer"))
}
