//! `kiosk devices`: what is configured, what of it is there, and how it is. Names no person.
//!
//! Plain listing opens no port and no printer, so that a running terminal is not disturbed: a serial device is then only "present".
//! Asking (`--ask`) opens each one in turn, and is for a terminal that is stopped.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use contract::site::Site;
use contract::site::devices::IdDialect;
use hal::bridge::BridgeError;
use hal::card::CardError;
use hal::card::pcsc::readers;
use hal::card::transport::CardTransport;
use hal::page::PagePrinter;
use hal::receipt::ReceiptPrinter;
use hal::scanner::Scanner;
use hal::sensors::SensorBoard;
use hal::ups::Ups;
use hal::wire::{self, WireError};
use hal::{Code, Control, DeviceState};
use serde::Serialize;

/// One device has to answer within this.
const ANSWER: Duration = Duration::from_secs(5);

/// One configured device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// `card`, `psam`, `id`, `staff`, `scanner`, `receipt`, `page`, `pad`, `sensors`, `lights`, `ups`.
    pub class: &'static str,
    /// Where it is looked for.
    pub configured: String,
    /// Whether something is there.
    pub found: bool,
    /// Common device state; `present` where nothing was asked.
    pub state: &'static str,
    /// The stable fault code, where something is wrong.
    pub fault: Option<&'static str>,
    /// What it can do.
    pub capabilities: Vec<String>,
    /// Model, firmware, serial number, as far as it tells.
    pub identity: Vec<String>,
}

/// What one look found.
type Look = Result<&'static str, Code>;

impl Listed {
    fn new(class: &'static str, configured: impl Into<String>, look: Look) -> Self {
        let fault = look.err();
        let found =
            fault.is_none_or(|code| code.state() != DeviceState::NoDevice && code.state() != DeviceState::Offline);
        let state = look.unwrap_or_else(|code| state(code.state()));
        let fault = fault.map(Code::as_str);
        Self {
            class,
            configured: configured.into(),
            found,
            state,
            fault,
            capabilities: Vec::new(),
            identity: Vec::new(),
        }
    }

    fn able(mut self, capabilities: impl IntoIterator<Item = String>) -> Self {
        self.capabilities.extend(capabilities);
        self
    }

    fn called(mut self, identity: impl IntoIterator<Item = String>) -> Self {
        self.identity.extend(identity);
        self
    }
}

const PRESENT: &str = "present";
const ONLINE: &str = "online";

const fn state(state: DeviceState) -> &'static str {
    match state {
        DeviceState::Online => ONLINE,
        DeviceState::Offline => "offline",
        DeviceState::NoDevice => "no device",
        DeviceState::NotPermitted => "not permitted",
        DeviceState::Busy => "busy",
        DeviceState::HardwareError => "hardware error",
        DeviceState::UserError => "waits for a person",
        DeviceState::FraudAttempt => "tampered with",
    }
}

/// All configured devices, in a fixed order. With `ask`, each is opened and asked.
#[must_use]
pub fn list(site: &Site, ask: bool) -> Vec<Listed> {
    let devices = &site.devices;
    let mut listed = vec![match &devices.card.bridge {
        Some(path) => card_bridge(path, ask),
        None => card(&devices.card),
    }];
    listed.extend(devices.psam.as_ref().map(|site| psam(site, ask)));
    listed.extend(devices.id.as_ref().map(|id| self::id(id, ask)));
    listed.extend(devices.staff.as_ref().map(|site| staff(site, ask)));
    listed.extend(devices.scanner.as_ref().map(|site| scanner(site, ask)));
    listed.extend(devices.receipt.as_ref().map(|site| receipt(site, ask)));
    listed.extend(devices.page.as_ref().map(page));
    listed.extend(devices.pad.as_ref().map(|site| pad(site, ask)));
    listed.extend(devices.sensors.as_ref().map(|site| sensors(site, ask)));
    listed.extend(devices.lights.as_ref().map(lights));
    listed.extend(devices.ups.as_ref().map(ups));
    listed
}

fn answer() -> Control<'static> {
    Control::within(ANSWER)
}

/// A look at a port, in the words of its class.
fn port(path: &str, absent: Code, not_permitted: Code, not_a_device: Code) -> Look {
    wire::look(Path::new(path)).map(|()| PRESENT).map_err(|error| match error {
        WireError::NotPermitted => not_permitted,
        WireError::NotADevice => not_a_device,
        _ => absent,
    })
}

/// A look at a vendor bridge's socket.
fn bridge(path: &str) -> Look {
    wire::unix::look(Path::new(path)).map(|()| PRESENT).map_err(|error| BridgeError::from(error).code())
}

fn card(site: &contract::site::devices::Card) -> Listed {
    let pattern = site.reader.as_deref().unwrap_or_default();
    let wanted = pattern.to_lowercase();
    let names = readers();
    let found = names.as_ref().ok().and_then(|all| all.iter().find(|name| name.to_lowercase().contains(&wanted)));
    let look = match (&names, found) {
        (Err(error), _) => Err(error.code()),
        (Ok(_), None) => Err(Code::CardNoReader),
        (Ok(_), Some(_)) => Ok(ONLINE),
    };
    let others = names.iter().flatten().filter(|name| Some(*name) != found).map(|name| format!("not used: {name}"));
    Listed::new("card", pattern, look)
        .able([SPECIFICATIONS.to_owned(), in_words(super::presentation(site))])
        .called(found.cloned().into_iter().chain(others.collect::<Vec<_>>()))
}

/// What the procedures of `hal::card::ssc` know.
const SPECIFICATIONS: &str = "social security card 1.0x, 2.0, 3.00";

fn card_bridge(path: &str, ask: bool) -> Listed {
    let (_, mut reader) = super::card_bridge(path);
    let mut bin = None;
    let look = if ask {
        reader.status(&answer()).map(|told| bin = Some(told.retained)).map(|()| ONLINE).map_err(CardError::code)
    } else {
        bridge(path)
    };
    let named = bin.map(|retained| format!("{}, {retained} cards in the bin", reader.name()));
    Listed::new("card", path, look)
        .able([SPECIFICATIONS.to_owned(), "Motorised: ejects, retracts".to_owned()])
        .called(named)
}

fn psam(site: &contract::site::devices::Psam, ask: bool) -> Listed {
    let mut module = super::psam(site);
    let mut told = Vec::new();
    let look = if ask {
        let status = module.status(&answer()).map(|names| told.extend(names));
        status.map(|()| ONLINE).map_err(hal::card::authority::AuthorityError::code)
    } else {
        bridge(&site.socket)
    };
    Listed::new("psam", &site.socket, look).able(["answers cards of 3.00".to_owned()]).called(told)
}

fn id(site: &contract::site::devices::IdReader, ask: bool) -> Listed {
    let name = site.port.as_deref().or(site.reader.as_deref()).unwrap_or_default();
    let mut reader = super::id_reader(site);
    let able = reader.capabilities();
    let mut number = None;
    let look = if ask || site.dialect == IdDialect::Pcsc {
        reader.status(&answer()).map(|told| number = told).map(|()| ONLINE).map_err(hal::id::IdError::code)
    } else {
        port(name, Code::IdOffline, Code::IdNotPermitted, Code::IdNotADevice)
    };
    let all = [
        (able.gives_photo, "portrait, not decoded"),
        (able.reads_newest_address, "newest address"),
        (able.tells_module_id, "number of the security module"),
    ];
    Listed::new("id", name, look)
        .able(all.into_iter().filter(|(can, _)| *can).map(|(_, what)| what.to_owned()))
        .called(number.map(|number| format!("security module {number}")))
}

/// Whether pcscd knows a reader of that name; asked, whether the driver finds it too.
fn staff(site: &contract::site::devices::StaffReader, ask: bool) -> Listed {
    let named = |names: &[String]| names.iter().any(|name| name.to_lowercase().contains(&site.reader.to_lowercase()));
    let look = match (ask, readers()) {
        (true, _) => super::staff(site).status(&answer()).map(|()| ONLINE).map_err(hal::staff::StaffError::code),
        (false, Ok(names)) if named(&names) => Ok(PRESENT),
        (false, Err(CardError::NotPermitted)) => Err(Code::StaffNotPermitted),
        (false, _) => Err(Code::StaffOffline),
    };
    Listed::new("staff", &site.reader, look)
}

fn scanner(site: &contract::site::devices::Scanner, ask: bool) -> Listed {
    let look = match super::scanner(site) {
        Err(_) => Err(Code::ScannerNotADevice),
        Ok(mut scanner) if ask => scanner.status(&answer()).map(|()| ONLINE).map_err(hal::scanner::ScanError::code),
        Ok(_) => port(&site.port, Code::ScannerOffline, Code::ScannerNotPermitted, Code::ScannerNotADevice),
    };
    Listed::new("scanner", &site.port, look).able([format!("model {}", site.model)])
}

fn receipt(site: &contract::site::devices::Receipt, ask: bool) -> Listed {
    let name = [&site.address, &site.port, &site.node].into_iter().flatten().next().cloned().unwrap_or_default();
    let Ok(mut printer) = super::receipt(site) else {
        return Listed::new("receipt", name, Err(Code::ReceiptOffline));
    };
    let able = printer.capabilities();
    let look = match (ask, site.port.as_ref().or(site.node.as_ref())) {
        (true, _) => match printer.status(&answer()) {
            Ok(status) => status.code().filter(|_| !status.printable()).map_or(Ok(ONLINE), Err),
            Err(error) => Err(error.code()),
        },
        (false, Some(path)) => port(path, Code::ReceiptOffline, Code::ReceiptOffline, Code::ReceiptOffline),
        // A network printer serves one at a time: it is not even dialled.
        (false, None) => Ok("not asked"),
    };
    let tells = match able.tells {
        hal::receipt::model::Tells::Nothing => "tells nothing: what was printed is never known",
        hal::receipt::model::Tells::WhenAsked => "tells its status when asked",
        hal::receipt::model::Tells::ByItself => "tells its status by itself",
    };
    let cuts = if able.cuts { "cuts" } else { "has no cutter" };
    Listed::new("receipt", name, look).able([
        format!("model {}", site.model),
        format!("{} dots", able.width_dots),
        tells.to_owned(),
        cuts.to_owned(),
    ])
}

fn page(site: &contract::site::devices::PagePrinter) -> Listed {
    let mut printer = super::page(site);
    let look = match printer.status(&answer()) {
        Ok(hal::page::Status::Ready(_)) => Ok(ONLINE),
        Ok(hal::page::Status::Stopped(code)) => Err(code),
        Err(error) => Err(error.code()),
    };
    let told = printer.identity(&answer()).unwrap_or_default();
    let supplies = told.supplies.into_iter().map(|(name, level)| match level {
        Some(level) => format!("{name} {level} %"),
        None => format!("{name}, level not told"),
    });
    let sides = if told.two_sided { "both sides" } else { "one side" };
    let identity = [(told.model, ""), (told.firmware, "firmware "), (told.serial, "serial number ")];
    Listed::new("page", &site.uri, look)
        .able(std::iter::once(sides.to_owned()).chain(told.media_ready).chain(supplies))
        .called(identity.into_iter().filter_map(|(text, what)| text.map(|text| format!("{what}{text}"))))
}

fn pad(site: &contract::site::devices::Pad, ask: bool) -> Listed {
    let mut pad = super::pad(site);
    let look = if ask {
        pad.status(&answer()).map(|()| ONLINE).map_err(hal::pad::PadError::code)
    } else {
        port(&site.port, Code::PadOffline, Code::PadNotPermitted, Code::PadNotADevice)
    };
    let able = if pad.capabilities().encrypts { "encrypts PINs" } else { "plain keys" };
    Listed::new("pad", &site.port, look).able([able.to_owned()])
}

fn sensors(site: &contract::site::devices::Sensors, ask: bool) -> Listed {
    let mut board = super::sensors(site);
    let look = if ask {
        board.changes(&Control::within(Duration::ZERO)).map(|_| ONLINE).map_err(hal::sensors::SensorError::code)
    } else {
        port(&site.port, Code::SensorsOffline, Code::SensorsNotPermitted, Code::SensorsNotADevice)
    };
    Listed::new("sensors", &site.port, look)
        .able(board.sensors().iter().map(in_words))
        .able(site.lights.keys().map(|lamp| format!("light at {}", in_words(lamp))))
}

fn lights(site: &contract::site::devices::Lights) -> Listed {
    let missing = site.names.values().any(|name| !Path::new(&site.directory).join(name).join("brightness").is_file());
    let look = if missing { Err(Code::LightsAbsent) } else { Ok(PRESENT) };
    Listed::new("lights", &site.directory, look)
        .able(site.names.keys().map(|lamp| format!("light at {}", in_words(lamp))))
}

fn ups(site: &contract::site::devices::Ups) -> Listed {
    let mut ups = super::ups(site);
    let look = match ups.power(&answer()) {
        Ok(power) => power.code().map_or(Ok(ONLINE), Err),
        Err(error) => Err(error.code()),
    };
    let model = ups.identity(&answer()).ok();
    Listed::new("ups", format!("{} at {}", site.name, site.address), look).called(model)
}

/// A name of ours as people read it: `FireAlarm` is "fire alarm".
fn in_words(name: impl fmt::Debug) -> String {
    let name = format!("{name:?}");
    let word = |(at, c): (usize, char)| {
        let space = if at > 0 && c.is_uppercase() { " " } else { "" };
        format!("{space}{}", c.to_lowercase())
    };
    name.char_indices().map(word).collect()
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<18} {}", self.class, self.state, self.configured)?;
        if let Some(fault) = self.fault {
            write!(f, "\n{:27} fault: {fault}", "")?;
        }
        for (what, list) in [("is", &self.identity), ("can", &self.capabilities)] {
            if !list.is_empty() {
                write!(f, "\n{:27} {what}: {}", "", list.join(", "))?;
            }
        }
        Ok(())
    }
}
