//! The hall of the soak: every class with its mishaps as data, and the hand that lays, shows, types and inserts.

use std::path::{Path, PathBuf};

use crate::daemon::pcscd::{self, Pcscd};
use crate::emulate::Emulator;
use crate::emulate::bridge::BridgeEmulator;
use crate::emulate::card::CardEmulator;
use crate::emulate::id_reader::IdReaderEmulator;
use crate::emulate::pad::PadEmulator;
use crate::emulate::page::PageEmulator;
use crate::emulate::receipt::ReceiptEmulator;
use crate::emulate::scanner::ScannerEmulator;
use crate::emulate::sensors::SensorsEmulator;
use crate::emulate::ups::UpsEmulator;
use crate::ground::Naming;

/// Ports and names that hall and drivers agree on.
pub(super) const RECEIPT: &str = "127.0.0.1:9100";
/// The page printer's port.
pub(super) const PAGE_PORT: u16 = 8631;
/// Where the bridge of the motorised reader listens, below the soak's folder.
pub(super) const MOTOR_SOCKET: &str = "motor.sock";
/// Its program, from `deploy/bridge`.
const MOTOR: &str = "motor_reader";
/// Part of the card reader's name.
pub(super) const READER: &str = "SSC Reader";

/// A device class.
pub(super) struct Class {
    pub name: &'static str,
    /// Every fault code of the class begins with one of these.
    pub prefixes: &'static [&'static str],
    pub mishaps: &'static [Mishap],
}

/// What happens to it, and what ends that; lines of its emulator, `;` between several.
pub(super) struct Mishap {
    pub cause: &'static str,
    pub cure: &'static str,
    /// Success would be a lie.
    pub must_fail: bool,
}

const fn stops(cause: &'static str, cure: &'static str) -> Mishap {
    Mishap { cause, cure, must_fail: true }
}

const fn hinders(cause: &'static str, cure: &'static str) -> Mishap {
    Mishap { cause, cure, must_fail: false }
}

/// Nothing is wrong: most of a device's life.
const WELL: Mishap = Mishap { cause: "status", cure: "status", must_fail: false };

pub(super) const CLASSES: &[Class] = &[
    Class {
        name: "card",
        prefixes: &["card."],
        mishaps: &[
            WELL,
            stops("daemon kill", "daemon start"),
            stops("pull mid-apdu", "status"),
            stops("junk", "plain"),
            hinders("chain 61", "plain"),
            hinders("slow 20", "slow 0"),
        ],
    },
    Class {
        name: "motor",
        prefixes: &["card.", "bridge."],
        mishaps: &[
            WELL,
            stops("process kill", "process start"),
            stops("mute", "sound"),
            stops("broken", "well"),
            hinders("garble", "sound"),
            hinders("late", "sound"),
            hinders("jam", "clear"),
        ],
    },
    Class {
        name: "id",
        prefixes: &["id."],
        mishaps: &[
            WELL,
            stops("unplug", "plug"),
            stops("unplug mid-frame", "sound;plug"),
            stops("mute", "sound"),
            stops("damage 99", "sound"),
            hinders("damage 2", "sound"),
            hinders("noise AA00AAAA96", "sound"),
            hinders("split 7", "sound"),
            stops("sam broken", "well"),
            stops("refuse", "well"),
        ],
    },
    Class {
        name: "scanner",
        prefixes: &["scanner."],
        mishaps: &[
            WELL,
            stops("unplug", "plug"),
            stops("mute", "sound"),
            hinders("split 1;slow 2", "sound"),
            hinders("suffix none", "suffix crlf"),
        ],
    },
    Class {
        name: "receipt",
        prefixes: &["receipt."],
        mishaps: &[
            WELL,
            stops("offline", "online"),
            stops("paper out", "refill"),
            hinders("paper out after 40", "refill"),
            stops("cover open", "cover close"),
            stops("cutter jam", "cutter clear"),
            stops("answer never", "answer in-order"),
            stops("answer junk", "answer in-order"),
        ],
    },
    Class {
        name: "page",
        prefixes: &["page."],
        mishaps: &[
            WELL,
            stops("vanish", "return"),
            hinders("paper out", "refill"),
            stops("abort", "clear"),
            stops("jam", "clear"),
        ],
    },
    Class {
        name: "pad",
        prefixes: &["pad."],
        // A key that was pressed before still counts.
        mishaps: &[WELL, hinders("unplug", "plug"), hinders("mute", "sound"), hinders("noise FF00", "sound")],
    },
    Class {
        name: "sensors",
        prefixes: &["sensors."],
        mishaps: &[
            WELL,
            stops("unplug", "plug"),
            stops("mute", "sound"),
            stops("damage 99", "sound"),
            hinders("damage 1", "sound"),
            stops("refuse", "well"),
        ],
    },
    Class {
        name: "ups",
        prefixes: &["ups."],
        mishaps: &[WELL, stops("service down", "service up"), stops("battery", "mains"), stops("battery low", "mains")],
    },
];

/// Every device, and the real daemons behind some.
pub(super) struct Hall {
    daemon: Pcscd,
    card: CardEmulator,
    motor: BridgeEmulator,
    /// The hand before the motorised reader's slot.
    motor_card: CardEmulator,
    socket: PathBuf,
    id: IdReaderEmulator,
    scanner: ScannerEmulator,
    receipt: ReceiptEmulator,
    page: PageEmulator,
    pad: PadEmulator,
    sensors: SensorsEmulator,
    ups: UpsEmulator,
    _naming: Naming,
}

/// What the hand has done in this use.
pub(super) struct Hand {
    done: bool,
    /// Commands the reader had heard before.
    heard: usize,
    looks: usize,
}

impl Hall {
    pub(super) fn start(directory: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(directory).map_err(|error| error.to_string())?;
        let naming = Naming::start(directory)?;
        let address = RECEIPT.parse().map_err(|_| "the receipt printer's address")?;
        let socket = directory.join(MOTOR_SOCKET);
        let motor = BridgeEmulator::start(&socket, MOTOR)?;
        let mut hall = Self {
            motor_card: motor.hand()?,
            motor,
            socket,
            daemon: Pcscd::start(directory)?,
            card: CardEmulator::new(pcscd::PORT),
            id: IdReaderEmulator::plug(&directory.join("id"))?,
            scanner: ScannerEmulator::plug(&directory.join("scanner"))?,
            receipt: ReceiptEmulator::start(address, &directory.join("receipts"))?,
            page: PageEmulator::start(PAGE_PORT, &directory.join("pages"))?,
            pad: PadEmulator::plug(&directory.join("pad"))?,
            sensors: SensorsEmulator::plug(&directory.join("sensors"))?,
            ups: UpsEmulator::start(&directory.join("ups"))?,
            _naming: naming,
        };
        hall.scanner.line("model gm65")?;
        Ok(hall)
    }

    fn device(&mut self, class: &Class) -> &mut dyn Emulator {
        match class.name {
            "motor" => &mut self.motor,
            "id" => &mut self.id,
            "scanner" => &mut self.scanner,
            "receipt" => &mut self.receipt,
            "page" => &mut self.page,
            "pad" => &mut self.pad,
            "sensors" => &mut self.sensors,
            "ups" => &mut self.ups,
            _ => &mut self.card,
        }
    }

    pub(super) fn tell(&mut self, class: &Class, lines: &str) -> Result<(), String> {
        for line in lines.split(';') {
            let told = match line.split_once(' ') {
                Some(("daemon", order)) => self.daemon.line(order),
                Some(("process", order)) => self.process(order),
                _ => self.device(class).line(line),
            };
            told.map_err(|why| format!("{line}: {why}"))?;
        }
        Ok(())
    }

    /// The bridge dies, and is started again as the service manager does it.
    fn process(&mut self, order: &str) -> Result<String, String> {
        if order == "kill" {
            self.motor.kill();
        } else {
            self.motor = BridgeEmulator::start_again(&self.socket, MOTOR)?;
            self.motor_card = self.motor.hand()?;
        }
        Ok(order.to_owned())
    }

    pub(super) fn hand(&mut self, _: &Class, _: Option<&Mishap>) -> Hand {
        Hand { done: false, heard: self.heard(), looks: 0 }
    }

    /// How many commands the resident-ID module has heard.
    fn heard(&mut self) -> usize {
        let status = self.id.line("status").unwrap_or_default();
        status.split(", ").nth(3).and_then(|part| part.split(' ').next()?.parse().ok()).unwrap_or(0)
    }

    /// What a person does now, if it is time.
    pub(super) fn act(&mut self, class: &Class, hand: &mut Hand) -> Result<(), String> {
        hand.looks += 1;
        let ready = match class.name {
            // Laid down after the reader has looked twice, else it would count as left behind.
            "id" => self.heard() >= hand.heard + 3,
            "scanner" => self.scanner.line("status")?.contains("lit"),
            // A finger presses again where nothing happens.
            "pad" => {
                hand.done &= !hand.looks.is_multiple_of(20);
                true
            }
            "card" => self.daemon.line("status")?.contains("runs"),
            "motor" => self.motor.line("status").is_ok(),
            _ => false,
        };
        if ready && !hand.done {
            hand.done = true;
            let line = match class.name {
                "id" => "lay 1",
                "scanner" => "show CODE-4711",
                "pad" => "type 5",
                _ => "insert 2",
            };
            match class.name {
                "motor" => self.motor_card.line(line)?,
                _ => self.device(class).line(line)?,
            };
        }
        Ok(())
    }

    /// The person takes everything along.
    pub(super) fn put_away(&mut self, class: &Class) {
        let line = match class.name {
            "id" => "lift",
            "scanner" => "take away",
            "card" => "pull",
            "motor" => "take card",
            _ => "status",
        };
        // It may have left by itself.
        let _was_away = self.device(class).line(line);
        if class.name == "motor" {
            let _was_away = self.motor_card.line("pull");
        }
    }
}
