//! What somebody holds something before: code scanner and resident-ID reader, each on a line of its own, the reader for staff cards; and the
//! telephone in a citizen's hand.

use std::path::{Path, PathBuf};

use crate::daemon::pcscd;
use crate::emulate::Emulator;
use crate::emulate::id_reader::IdReaderEmulator;
use crate::emulate::scanner::ScannerEmulator;
use crate::emulate::staff::StaffEmulator;
use crate::people::person;

/// Scanner, ID reader, reader for staff cards, telephones.
pub struct Windows {
    directory: PathBuf,
    agency: PathBuf,
    scanner: ScannerEmulator,
    id: IdReaderEmulator,
    staff: StaffEmulator,
}

impl Windows {
    /// Plugs both in; lines go below `directory`. `agency` is where the agency keeps its data.
    ///
    /// # Errors
    /// The machine gives no pty.
    pub fn plug(directory: &Path, agency: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(directory).map_err(|error| error.to_string())?;
        let mut scanner = ScannerEmulator::plug(&directory.join("scanner"))?;
        scanner.line("model gm65")?;
        let id = IdReaderEmulator::plug(&directory.join("id"))?;
        let staff = StaffEmulator::new(pcscd::STAFF_PORT);
        Ok(Self { directory: directory.to_owned(), agency: agency.to_owned(), scanner, id, staff })
    }

    /// Obeys a line: `scanner`, `id` or `staff` and what it should do; `phone show N` holds persona N's electronic card before the scanner,
    /// `phone message N` tells the newest message they were sent.
    ///
    /// # Errors
    /// What is wrong with the line.
    pub fn line(&mut self, device: &str, rest: &str) -> Result<String, String> {
        match (device, rest.split_once(' ')) {
            ("scanner", _) => self.scanner.line(rest),
            ("id", _) => self.id.line(rest),
            ("staff", _) => self.staff.line(rest),
            (_, Some(("show", n))) => {
                let n = n.parse().map_err(|_| "which persona?".to_owned())?;
                let code = agency::phone::e_card(&self.agency, n).map_err(|error| error.to_string())?;
                self.scanner.line(&format!("show {code}"))
            }
            (_, Some(("message", n))) => {
                let phone = person(n.parse().map_err(|_| "which persona?".to_owned())?)?.phone;
                let message = agency::phone::message(&self.agency, &phone).map_err(|error| error.to_string())?;
                message.ok_or_else(|| "no message has come".to_owned())
            }
            _ => Err(Self::help().to_owned()),
        }
    }

    /// What it obeys.
    pub const fn help() -> &'static str {
        "scanner: show CODE | take away ...\nid: lay N | lift ...\nstaff: lay NUMBER | lift ...\nphone: show N (electronic card before the scanner) | message N"
    }

    /// How often the ID reader has looked for a document.
    ///
    /// # Errors
    /// Its line is gone.
    pub fn searches(&mut self) -> Result<usize, String> {
        let said = self.id.line("status")?;
        let count = said.rsplit_once(", searched ").and_then(|(_, count)| count.split(' ').next()?.parse().ok());
        count.ok_or_else(|| format!("the ID reader does not count: {said}"))
    }

    /// All, as a site's configuration.
    pub fn site_toml(&self) -> String {
        let [scanner, id] = ["scanner", "id"].map(|name| self.directory.join(name).display().to_string());
        let staff = pcscd::STAFF_READER;
        format!(
            "[devices.scanner]\nport = \"{scanner}\"\nmodel = \"gm65\"\n\n[devices.id]\nport = \"{id}\"\n\n\
             [devices.staff]\nreader = \"{staff}\"\n"
        )
    }
}
