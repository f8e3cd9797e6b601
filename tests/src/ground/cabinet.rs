//! What stands around the screen: contacts and relays on a board, lights of the LED class (a folder of plain files), a number pad,
//! a power supply behind the real `upsd`. A journey that needs them plugs them in; the others run without.

use std::path::{Path, PathBuf};

use crate::emulate::Emulator;
use crate::emulate::pad::PadEmulator;
use crate::emulate::sensors::SensorsEmulator;
use crate::emulate::ups::{NAME, UpsEmulator};

/// Lights of the LED class, by what they point at.
const LEDS: [&str; 2] = ["card", "pad"];

/// Everything around the screen.
pub struct Cabinet {
    directory: PathBuf,
    sensors: SensorsEmulator,
    pad: PadEmulator,
    ups: UpsEmulator,
}

impl Cabinet {
    /// Plugs everything in, quiet and dark; files go below `directory`.
    ///
    /// # Errors
    /// A part is missing.
    pub fn plug(directory: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(directory).map_err(|error| error.to_string())?;
        for led in LEDS {
            let folder = directory.join("leds").join(led);
            std::fs::create_dir_all(&folder)
                .and_then(|()| std::fs::write(folder.join("brightness"), "0\n"))
                .map_err(|error| error.to_string())?;
        }
        let mut sensors = SensorsEmulator::plug(&directory.join("sensors"))?;
        // The loop of the fire alarm is whole.
        sensors.line("close 5")?;
        Ok(Self {
            directory: directory.to_owned(),
            sensors,
            pad: PadEmulator::plug(&directory.join("pad"))?,
            ups: UpsEmulator::start(&directory.join("ups"))?,
        })
    }

    /// Obeys a line: `sensors`, `pad` or `ups`, then what it should do.
    ///
    /// # Errors
    /// What is wrong with the line.
    pub fn line(&mut self, device: &str, rest: &str) -> Result<String, String> {
        match device {
            "sensors" => self.sensors.line(rest),
            "pad" => self.pad.line(rest),
            _ => self.ups.line(rest),
        }
    }

    /// What shines now: LEDs by name, relays of the board by number.
    #[must_use]
    pub fn lit(&mut self) -> Vec<String> {
        let leds = LEDS.into_iter().filter(|led| {
            let file = self.directory.join("leds").join(led).join("brightness");
            std::fs::read_to_string(file).is_ok_and(|level| level.lines().next() != Some("0"))
        });
        let mut lit: Vec<String> = leds.map(ToOwned::to_owned).collect();
        let board = self.sensors.line("status").unwrap_or_default();
        let relays = board.split_once("lit: ").map_or("none", |(_, relays)| relays);
        lit.extend(relays.split(' ').filter(|relay| *relay != "none").map(|relay| format!("relay {relay}")));
        lit
    }

    /// What a site configuration says of it.
    #[must_use]
    pub fn site_toml(&self) -> String {
        let path = |name: &str| self.directory.join(name).display().to_string();
        format!(
            r#"
[devices.pad]
port = "{}"

[devices.sensors]
port = "{}"
baud = 115200

[devices.sensors.inputs]
door = {{ address = 0 }}
tamper = {{ address = 1 }}
call_button = {{ address = 2 }}
approach = {{ address = 3 }}
headphones = {{ address = 4 }}
fire_alarm = {{ address = 5, normally_closed = true }}

[devices.sensors.lights]
receipt = 0
page = 1

[devices.lights]
directory = "{}"

[devices.lights.names]
card = "card"
pad = "pad"

[devices.ups]
name = "{NAME}"
"#,
            path("pad"),
            path("sensors"),
            path("leds"),
        )
    }
}
