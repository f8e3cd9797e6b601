//! `hall emulate`: one emulated device alone, for a person or a program that has a driver of its own to try. It obeys text
//! lines from standard input, or on a Unix socket, and answers each with one line: `ok` and what is now so, or `err` and why not.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Emulator;
use super::card::CardEmulator;
use super::id_reader::IdReaderEmulator;
use super::pad::PadEmulator;
use super::page::PageEmulator;
use super::receipt::ReceiptEmulator;
use super::scanner::ScannerEmulator;
use super::sensors::SensorsEmulator;
use super::ups::{ADDRESS, NAME, UpsEmulator};
use crate::ground::Naming;

/// Port of the first virtual reader that the package `vsmartcard-vpcd` sets up.
const VPCD_PORT: u16 = 35963;
/// Where the page printer listens unless told otherwise; 631 is cupsd's.
const PAGE_PORT: u16 = 8631;

/// Which device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Class {
    /// Social security cards and the hand that holds them, before the virtual reader of a running pcscd.
    Card,
    /// Resident-ID module on a serial line.
    IdReader,
    /// Code scanner on a serial line.
    Scanner,
    /// ESC/POS printer on a serial line, or with HOST:PORT on TCP.
    ReceiptPrinter,
    /// The real ippeveprinter, with faults on request.
    PagePrinter,
    /// Number pad on a serial line.
    NumberPad,
    /// Relay board with inputs on a serial line.
    Sensors,
    /// The real upsd with dummy-ups.
    Ups,
}

/// What to emulate, where.
#[derive(Args)]
#[command(after_help = HELP)]
pub struct Wanted {
    /// The device.
    #[arg(value_enum)]
    pub class: Class,
    /// Where it shall be found: a path for the serial line (made), HOST:PORT, or the port of vpcd.
    #[arg(long, value_name = "WHERE")]
    at: Option<String>,
    /// Folder for paper, logs and whatever the device needs; made. Without: one for temporary files, removed at the end.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Obey lines on this Unix socket (made) instead of standard input.
    #[arg(long, value_name = "FILE")]
    socket: Option<PathBuf>,
}

const HELP: &str = "\
The first line printed says where the device is. Then each line is obeyed and answered by one line; `help` lists what the device
understands, `quit` or the end of input ends it. On a socket, the end of one conversation leaves the device for the next.

card            connects to vpcd, which a pcscd must have loaded (packages pcscd, vsmartcard-vpcd; `pcscd -f`).
                --at: its port, 35963 unless told otherwise. `insert 1` puts in the card of persona 1.
page-printer    ippeveprinter (cups-ipp-utils), dbus-daemon and avahi-daemon are started here, the last two in namespaces of their
                own, the printer on the machine's network: needs root. --at: 127.0.0.1:PORT, 8631 unless told otherwise.
ups             upsd and dummy-ups (nut-server) are started here, as root, on 127.0.0.1:3493; the supply is named kiosk.
receipt-printer --at HOST:PORT listens on TCP; --at PATH, or nothing, is a serial line.
all others      a serial line on a pty; --at: its name.";

impl Wanted {
    /// Whether daemons with fixed places below /run are started.
    #[must_use]
    pub fn needs_namespace(&self) -> bool {
        self.class == Class::PagePrinter
    }

    fn start(&self) -> Result<Running, String> {
        let name = format!("hall-emulate-{:?}-{}", self.class, std::process::id());
        let own = self.dir.is_none().then(|| Folder(std::env::temp_dir().join(name)));
        let folder = self.dir.clone().or_else(|| own.as_ref().map(|own| own.0.clone())).unwrap_or_default();
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let line = self.at.as_ref().map_or_else(|| folder.join("port"), PathBuf::from);
        let on_a_line = |emulator: Box<dyn Emulator>| (emulator, format!("on the line {}", line.display()));
        let mut naming = None;
        let (emulator, place): (Box<dyn Emulator>, String) = match self.class {
            Class::Card => {
                let port =
                    self.at.as_ref().map_or(Ok(VPCD_PORT), |at| at.parse().map_err(|_| "--at is vpcd's port"))?;
                (Box::new(CardEmulator::new(port)), format!("before vpcd on port {port}, which must be running"))
            }
            Class::IdReader => on_a_line(Box::new(IdReaderEmulator::plug(&line)?)),
            Class::Scanner => on_a_line(Box::new(ScannerEmulator::plug(&line)?)),
            Class::NumberPad => on_a_line(Box::new(PadEmulator::plug(&line)?)),
            Class::Sensors => on_a_line(Box::new(SensorsEmulator::plug(&line)?)),
            Class::ReceiptPrinter => match self.at.as_ref().and_then(|at| at.parse::<SocketAddr>().ok()) {
                Some(address) => (Box::new(ReceiptEmulator::start(address, &folder)?), format!("on TCP {address}")),
                None => on_a_line(Box::new(ReceiptEmulator::plug(&line, &folder)?)),
            },
            Class::PagePrinter => {
                let port = self.at.as_ref().map_or(Ok(PAGE_PORT), |at| page_port(at))?;
                naming = Some(Naming::start(&folder)?);
                let printer = PageEmulator::start(port, &folder)?;
                (Box::new(printer), format!("at ipp://localhost:{port}/ipp/print"))
            }
            Class::Ups if self.at.as_deref().is_none_or(|at| at == ADDRESS) => {
                (Box::new(UpsEmulator::start(&folder)?), format!("{NAME} at {ADDRESS}"))
            }
            Class::Ups => return Err(format!("upsd is started on its own port only: {ADDRESS}")),
        };
        Ok(Running { emulator, place, folder, _naming: naming, _own: own })
    }
}

/// `127.0.0.1:PORT` or `localhost:PORT`: ippeveprinter listens on every address, and is only promised on this one.
fn page_port(at: &str) -> Result<u16, String> {
    let port = at.strip_prefix("127.0.0.1:").or_else(|| at.strip_prefix("localhost:"));
    port.and_then(|port| port.parse().ok()).ok_or_else(|| format!("{at}: a page printer is at localhost:PORT"))
}

struct Running {
    emulator: Box<dyn Emulator>,
    place: String,
    folder: PathBuf,
    _naming: Option<Naming>,
    /// Last: whatever writes there has ended before.
    _own: Option<Folder>,
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// What a conversation ended with.
#[derive(PartialEq, Eq)]
enum End {
    Quit,
    Input,
}

/// Runs the device until `quit` or the end of input.
///
/// # Errors
/// It does not come up, or the socket cannot be had.
pub fn run(wanted: &Wanted) -> Result<(), String> {
    let mut running = wanted.start()?;
    println!("ready: {:?} {}; files in {}", wanted.class, running.place, running.folder.display());
    match &wanted.socket {
        None => drop(obey(running.emulator.as_mut(), std::io::stdin().lock(), &mut std::io::stdout())),
        Some(socket) => serve(running.emulator.as_mut(), socket)?,
    }
    Ok(())
}

/// One conversation after the other.
fn serve(emulator: &mut dyn Emulator, socket: &Path) -> Result<(), String> {
    let listener = UnixListener::bind(socket).map_err(|error| format!("{}: {error}", socket.display()))?;
    for stream in listener.incoming().map_while(Result::ok) {
        let Ok(lines) = stream.try_clone() else { continue };
        if obey(emulator, BufReader::new(lines), &mut &stream) == End::Quit {
            break;
        }
    }
    // Somebody else may have removed it.
    let _gone = std::fs::remove_file(socket);
    Ok(())
}

fn obey(emulator: &mut dyn Emulator, lines: impl BufRead, to: &mut impl Write) -> End {
    for line in lines.lines().map_while(Result::ok) {
        let answer = match line.trim() {
            "" => continue,
            "quit" => return End::Quit,
            "help" => Ok(format!("{} | help | quit", emulator.help())),
            line => emulator.line(line),
        };
        let said = answer.map_or_else(|why| format!("err {why}"), |now| format!("ok {now}"));
        // Whoever no longer listens has ended the conversation.
        if writeln!(to, "{said}").and_then(|()| to.flush()).is_err() {
            break;
        }
    }
    End::Input
}
