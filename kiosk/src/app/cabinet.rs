//! The threads of what stands around the screen: `sensors` (contacts and the relays beside them), `lights` (LED class), `pad`
//! (keys), `ups` (power). Each owns its device; one that is not configured has no thread.
//!
//! Nothing here has a consequence for paper or filings, so nothing is journalled. The light is a picture of the state, like the
//! screen: only the newest wish counts.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use contract::site::Site;
use hal::pad::{NumberPad, PadError};
use hal::sensors::led::LedLights;
use hal::sensors::modbus::ModbusBoard;
use hal::sensors::{Lamp, SensorBoard};
use hal::ups::Ups;
use hal::ups::nut::NutUps;
use hal::{Code, Control};

use super::inbox::Inbox;
use super::latest::Latest;
use super::told::Told;
use crate::devices;
use crate::session::{Device, Input};

/// How long the board is listened to before its relays are looked after: a light follows its page within that.
const LISTEN: Duration = Duration::from_millis(200);
/// How long a key is waited for at once; nothing hangs on it.
const KEY_WAIT: Duration = Duration::from_secs(3600);
/// How soon a pad that is away is looked for again.
const PAD_AGAIN: Duration = Duration::from_secs(2);
/// A light that may have been pulled is switched again this often.
const LIGHT_AGAIN: Duration = Duration::from_secs(10);
/// One question to the power service.
const POWER_ANSWER: Duration = Duration::from_secs(4);

/// The way to the lights.
pub(super) struct Lights {
    wishes: Vec<Arc<Latest<Option<Lamp>>>>,
    shining: Option<Lamp>,
}

impl Lights {
    /// Lets this place shine and no other.
    pub(super) fn point(&mut self, lamp: Option<Lamp>) {
        if self.shining != lamp {
            self.shining = lamp;
            self.wishes.iter().for_each(|wish| wish.put(lamp));
        }
    }
}

pub(super) fn start(site: &Site, inbox: &Inbox) -> io::Result<Lights> {
    let devices = &site.devices;
    let mut lights = Lights { wishes: Vec::new(), shining: None };
    if let Some(config) = &devices.sensors {
        let work = Board {
            board: devices::sensors(config),
            wish: lights.wish(),
            lit: None,
            told: Told::new(inbox, Device::Sensors),
        };
        spawn("sensors", move || work.run())?;
    }
    if let Some(config) = &devices.lights {
        let work = Leds { leds: devices::lights(config), wish: lights.wish(), told: Told::new(inbox, Device::Lights) };
        spawn("lights", move || work.run())?;
    }
    if let Some(config) = &devices.pad {
        let (pad, told) = (devices::pad(config), Told::new(inbox, Device::Pad));
        spawn("pad", move || keys(pad, told))?;
    }
    if let Some(config) = &devices.ups {
        let (ups, told) = (devices::ups(config), Told::new(inbox, Device::Ups));
        let poll = Duration::from_millis(site.limits.ups_poll_ms);
        spawn("ups", move || power(ups, told, poll))?;
    }
    Ok(lights)
}

impl Lights {
    fn wish(&mut self) -> Arc<Latest<Option<Lamp>>> {
        let wish = Arc::new(Latest::default());
        self.wishes.push(wish.clone());
        wish
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

/// Contacts and relays of one board.
struct Board {
    board: ModbusBoard,
    wish: Arc<Latest<Option<Lamp>>>,
    /// What we know to shine; `None` while the board may have forgotten.
    lit: Option<Option<Lamp>>,
    told: Told,
}

impl Board {
    fn run(mut self) {
        loop {
            let turned = self.shine();
            let looked = turned.and_then(|()| self.board.changes(&Control::within(LISTEN)));
            match looked {
                Ok(changes) => {
                    self.told.tell(Ok(()));
                    changes.into_iter().for_each(|change| self.told.inbox.send(Input::Contact(change)));
                }
                Err(error) => {
                    // It may come back with every relay open.
                    self.lit = None;
                    self.told.tell(Err(error.code()));
                    self.wish.wait(LISTEN);
                }
            }
        }
    }

    fn shine(&mut self) -> Result<(), hal::sensors::SensorError> {
        let wanted = self.wish.get().flatten();
        if self.lit == Some(wanted) {
            return Ok(());
        }
        for lamp in Lamp::ALL {
            self.board.light(lamp, wanted == Some(lamp), &Control::within(LISTEN * 5))?;
        }
        self.lit = Some(wanted);
        Ok(())
    }
}

/// Lights that the kernel knows.
struct Leds {
    leds: LedLights,
    wish: Arc<Latest<Option<Lamp>>>,
    told: Told,
}

impl Leds {
    fn run(mut self) {
        loop {
            let wanted = self.wish.get().flatten();
            let switched =
                Lamp::ALL.into_iter().try_for_each(|lamp| self.leds.light(lamp, wanted == Some(lamp)).map(drop));
            self.told.tell(switched.map_err(hal::sensors::LightError::code));
            self.wish.wait(LIGHT_AGAIN);
        }
    }
}

fn keys(mut pad: Box<dyn NumberPad>, mut told: Told) {
    loop {
        if let Err(error) = pad.status(&Control::within(PAD_AGAIN)) {
            told.tell(Err(error.code()));
            std::thread::park_timeout(PAD_AGAIN);
            continue;
        }
        told.tell(Ok(()));
        loop {
            match pad.key(&Control::within(KEY_WAIT)) {
                Ok(key) => told.inbox.send(Input::Key(key)),
                Err(PadError::NothingTyped) => {}
                Err(error) => {
                    told.tell(Err(error.code()));
                    break;
                }
            }
        }
    }
}

fn power(mut ups: NutUps, mut told: Told, poll: Duration) {
    loop {
        let power = ups.power(&Control::within(POWER_ANSWER));
        told.tell(
            power.map_err(hal::ups::UpsError::code).and_then(|power| power.code().map_or(Ok(()), Err::<(), Code>)),
        );
        std::thread::park_timeout(poll);
    }
}
