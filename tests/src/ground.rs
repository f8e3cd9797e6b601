//! The ground a terminal stands on: the real pcscd with a virtual reader, the real ippeveprinter, the reference agency, and
//! the emulated card and receipt printer. Only to be used inside [`crate::namespace`]: all ports are fixed.

mod cabinet;
mod windows;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cabinet::Cabinet;
use windows::Windows;

use contract::format::Date;
use kiosk::clock::{Clock, SystemClock};

use crate::daemon::pcscd::{self, Pcscd};
use crate::daemon::{self, PATIENCE, kill, spawn};
use crate::emulate::Emulator;
use crate::emulate::card::CardEmulator;
use crate::emulate::page::PageEmulator;
use crate::emulate::receipt::ReceiptEmulator;
use crate::people;
use crate::proxy::Proxy;
use crate::until::until;

const RECEIPT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9100);
const PAGE_PORT: u16 = 8631;
const AGENCY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8443);
const PROXY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8444);
/// Id of the terminal in certificate and configuration.
pub const TERMINAL: &str = "t-0301";
/// The day it is in the hall.
pub const TODAY: &str = "2026-11-23";

/// Time-outs of the machine's own clock, short enough for a test.
const SHORT: &str = "\
agency_call_ms = 3000
agency_retry_max_ms = 5000
daily_spread_ms = 0
receipt_job_ms = 4000
page_job_ms = 20000
printer_poll_ms = 1000
card_call_ms = 5000
ups_poll_ms = 500
window_poll_ms = 1000
";

/// The same, a twentieth of what ships or the least that a configuration may say; a card's alone is longer, because pcscd looks at its
/// virtual reader every 400 ms. All visits of a storm fall into one hour of the hall's clock: it may have as many cases as anybody files.
const TWENTIETH: &str = "\
hour_open_cases_max = 1000
day_cases_max = 10000
agency_call_ms = 1000
agency_retry_ms = 1000
daily_spread_ms = 0
agency_retry_max_ms = 1000
receipt_job_ms = 1500
page_job_ms = 4500
printer_poll_ms = 1000
card_call_ms = 2500
ups_poll_ms = 500
window_poll_ms = 1000
";

/// How long a terminal in a hurry waits for the agency.
const HURRIED_CALL: Duration = Duration::from_millis(1000);

/// Everything around one terminal.
pub struct Ground {
    directory: PathBuf,
    /// Time-outs in the terminal's configuration.
    limits: &'static str,
    /// What stands between the terminal and the agency.
    proxy: Option<Proxy>,
    /// Cards and the hand that holds them.
    pub card: CardEmulator,
    /// Receipt printer.
    pub receipt: ReceiptEmulator,
    /// Page printer.
    pub page: PageEmulator,
    /// Scanner, ID reader, telephones.
    pub windows: Windows,
    pcscd: Pcscd,
    cabinet: Option<Cabinet>,
    agency: Option<Child>,
    /// Items that the agency has laid over its own.
    catalogue: Option<PathBuf>,
    _naming: Naming,
}

/// What ippeveprinter needs to come up at all: dbus and, on top of it, avahi.
pub struct Naming(Vec<Child>);

impl Naming {
    /// Starts both; their logs go into `directory`.
    ///
    /// # Errors
    /// Which did not come up.
    pub fn start(directory: &Path) -> Result<Self, String> {
        let mut naming = Self(vec![dbus(directory)?]);
        naming.0.push(avahi(directory)?);
        Ok(naming)
    }
}

impl Drop for Naming {
    fn drop(&mut self) {
        self.0.drain(..).for_each(|child| kill(Some(child)));
    }
}

impl Ground {
    /// Starts everything; files go below `directory`.
    ///
    /// # Errors
    /// Which program did not come up.
    pub fn start(directory: &Path) -> Result<Self, String> {
        Self::start_with(directory, None)
    }

    /// The same, with an agency that has items of a file laid over its own.
    ///
    /// # Errors
    /// Which program did not come up.
    pub fn start_with(directory: &Path, catalogue: Option<&Path>) -> Result<Self, String> {
        std::fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        let naming = Naming::start(directory)?;
        let mut ground = Self {
            directory: directory.to_owned(),
            limits: SHORT,
            proxy: None,
            card: CardEmulator::new(pcscd::PORT),
            receipt: ReceiptEmulator::start(RECEIPT, &directory.join("receipts"))?,
            page: PageEmulator::start(PAGE_PORT, &directory.join("pages"))?,
            windows: Windows::plug(&directory.join("windows"), &directory.join("agency"))?,
            pcscd: Pcscd::start(directory)?,
            cabinet: None,
            agency: None,
            catalogue: catalogue.map(Path::to_owned),
            _naming: naming,
        };
        ground.certificates()?;
        ground.agency_start("certs")?;
        Ok(ground)
    }

    /// Has the terminal call the agency through a proxy, and wait a twentieth of what it would: for its next start.
    ///
    /// # Errors
    /// The proxy does not come up.
    pub fn hurry_through_a_proxy(&mut self) -> Result<(), String> {
        self.limits = TWENTIETH;
        self.proxy = Some(Proxy::start(PROXY, AGENCY, &self.path("certs"), TERMINAL, HURRIED_CALL)?);
        Ok(())
    }

    /// What stands between the terminal and the agency, if anything does.
    #[must_use]
    pub const fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    /// A path below the ground's own folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Obeys a line: a device, then what it should do (`card insert 1`, `receipt paper out`, `agency down`, `pcscd kill`).
    ///
    /// # Errors
    /// What is wrong with the line, or why it cannot be obeyed.
    pub fn line(&mut self, line: &str) -> Result<String, String> {
        let (device, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        match (device, rest) {
            ("card", rest) => self.card.line(rest),
            ("receipt", rest) => self.receipt.line(rest),
            ("page", rest) => self.page.line(rest),
            ("agency", "down") => self.agency_kill(),
            ("agency", "up") => self.agency_start("certs"),
            ("agency", "impostor") => {
                self.agency_kill()?;
                self.agency_start("certs/wrong")
            }
            ("agency", "expired") => {
                self.agency_kill()?;
                self.agency_start("certs/expired")
            }
            ("agency", mishap) if mishap.starts_with("mishap") => {
                self.agency_mishap(mishap.trim_start_matches("mishap").trim())
            }
            ("pcscd", rest) => {
                let said = self.pcscd.line(rest)?;
                if rest == "kill" {
                    // The card lies in a reader that is gone; the next daemon must not find its connection.
                    let _was_out = self.card.line("pull");
                }
                Ok(said)
            }
            ("cabinet", "plug") => {
                self.cabinet = Some(Cabinet::plug(&self.path("cabinet"))?);
                Ok("the cabinet is plugged in".to_owned())
            }
            ("sensors" | "pad" | "ups", rest) => {
                self.cabinet.as_mut().ok_or("no cabinet is plugged in: cabinet plug")?.line(device, rest)
            }
            ("scanner" | "id" | "staff" | "phone", rest) => self.windows.line(device, rest),
            ("help", _) => Ok(self.help()),
            _ => Err(format!("not understood; {}", self.help())),
        }
    }

    fn help(&self) -> String {
        format!(
            "card: {}\nreceipt: {}\npage: {}\nagency: down | up | impostor | expired | mishap LINE (see agency serve --help) | mishap\npcscd: {}\n{}",
            self.card.help(),
            self.receipt.help(),
            self.page.help(),
            self.pcscd.help(),
            Windows::help()
        )
    }

    fn certificates(&self) -> Result<(), String> {
        let certs = self.path("certs");
        // By the machine's clock, as TLS has it.
        let yesterday = Date::from_days_since_1970(SystemClock::start().now().date().days_since_1970() - 1);
        agency::certs::make(&certs, TERMINAL)
            .and_then(|()| agency::certs::make_expired(&certs, TERMINAL, yesterday))
            .map_err(|error| error.to_string())
    }

    fn agency_start(&mut self, certs: &str) -> Result<String, String> {
        if self.agency.is_some() {
            return Ok("the agency runs".to_owned());
        }
        let program = beside_us("agency")?;
        let mut command = Command::new(program);
        command.args(["serve", "--listen", &AGENCY.to_string(), "--today", TODAY]);
        command.arg("--data").arg(self.path("agency")).arg("--certs").arg(self.path(certs));
        command.arg("--personas").arg(people::file()).arg("--mishaps").arg(self.path("mishaps"));
        if let Some(catalogue) = &self.catalogue {
            command.arg("--catalogue").arg(catalogue);
        }
        let log = daemon::log(&self.directory, "agency")?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("agency: {error}"))?;
        let said = child.stdout.take().and_then(|out| BufReader::new(out).lines().next()).and_then(Result::ok);
        self.agency = Some(child);
        said.filter(|line| line.starts_with("listening"))
            .ok_or_else(|| format!("the agency does not start; see {}", self.path("agency.log").display()))
    }

    fn agency_kill(&mut self) -> Result<String, String> {
        kill(self.agency.take());
        Ok("the agency is down".to_owned())
    }

    fn agency_mishap(&self, line: &str) -> Result<String, String> {
        std::fs::write(self.path("mishaps"), format!("{line}\n")).map_err(|error| error.to_string())?;
        Ok(if line.is_empty() { "the agency behaves".to_owned() } else { format!("the agency: {line}") })
    }

    /// What shines now; nothing where no cabinet is plugged in.
    #[must_use]
    pub fn lit(&mut self) -> Vec<String> {
        self.cabinet.as_mut().map(Cabinet::lit).unwrap_or_default()
    }

    /// A site configuration for a terminal that stands on this ground.
    #[must_use]
    pub fn site_toml(&self) -> String {
        let cabinet = self.cabinet.as_ref().map(Cabinet::site_toml).unwrap_or_default();
        let windows = self.windows.site_toml();
        let (limits, agency) = (self.limits, if self.proxy.is_some() { PROXY } else { AGENCY });
        let path = |name: &str| self.path(name).display().to_string();
        format!(
            r#"[terminal]
id = "{TERMINAL}"
hall = "示范区社会保险服务大厅"
number = "3"
help_desk = "大厅 1 号服务台"

[agency]
url = "https://{agency}"
ca_file = "{}"
certificate_file = "{}"
key_file = "{}"
seal_to = "{}"

{}
[devices.card]
reader = "SSC Reader"

[devices.receipt]
address = "{RECEIPT}"

[devices.page]
uri = "ipp://localhost:{PAGE_PORT}/ipp/print"

[storage]
directory = "{}"
scratch = "{}"

[limits]
{limits}
{windows}
{cabinet}"#,
            path("certs/ca.pem"),
            path(&format!("certs/{TERMINAL}.pem")),
            path(&format!("certs/{TERMINAL}-key.pem")),
            agency::opener::public(&self.path("certs")).unwrap_or_default(),
            agency::seal::document_keys(&self.path("agency")).unwrap_or_default(),
            path("terminal"),
            path("scratch"),
        )
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        kill(self.agency.take());
    }
}

/// A program that was built beside this one.
///
/// # Errors
/// It has not been built.
pub fn beside_us(name: &str) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    // A test binary lies one folder deeper.
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.ok_or_else(|| format!("{name} is not built: cargo build --workspace"))
}

fn dbus(directory: &Path) -> Result<Child, String> {
    let child = spawn(Command::new("dbus-daemon").args(["--system", "--nofork", "--nopidfile"]), "dbus", directory)?;
    until("dbus to listen", PATIENCE, || UnixStream::connect("/run/dbus/system_bus_socket").ok())?;
    Ok(child)
}

fn avahi(directory: &Path) -> Result<Child, String> {
    let arguments = ["--no-drop-root", "--no-rlimits", "--no-chroot"];
    let child = spawn(Command::new("avahi-daemon").args(arguments), "avahi", directory)?;
    until("avahi to listen", PATIENCE, || UnixStream::connect("/run/avahi-daemon/socket").ok())?;
    Ok(child)
}

/// `hall ground`: everything runs until the end of input; each line is obeyed and answered.
///
/// # Errors
/// Something did not come up.
pub fn console() -> Result<(), String> {
    let directory = std::env::temp_dir().join(format!("hall-ground-{}", std::process::id()));
    let mut ground = Ground::start(&directory)?;
    println!(
        "ready: pcscd, ippeveprinter, agency real; card and receipt printer emulated; files in {}",
        directory.display()
    );
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match ground.line(&line) {
            Ok(said) => println!("ok {said}"),
            Err(why) => println!("err {why}"),
        }
    }
    Ok(())
}
