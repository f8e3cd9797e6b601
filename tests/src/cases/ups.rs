//! Power supply: hal's NUT driver against the real upsd with the real dummy-ups.

use std::time::Duration;

use hal::ups::nut::NutUps;
use hal::ups::{Power, Ups, UpsError};
use hal::wire::tcp::TcpDial;

use super::{Folder, cases, tell, within};
use crate::emulate::ups::{ADDRESS, NAME, UpsEmulator};
use crate::until::until;

cases! {
    power_service_down;
    power_supply_unplugged;
    power_supply_has_another_name;
    mains_lost;
    battery_low;
    worn_battery_goes_unnoticed;
}

/// The driver reads its file once a second, upsd calls its data old after three.
const SOON: Duration = Duration::from_secs(20);
const MAINS: Power = Power::Mains { replace_battery: false };

fn supply(name: &str) -> NutUps {
    NutUps::new(Box::new(TcpDial { address: ADDRESS.to_owned() }), name.to_owned())
}

/// Asks until it says what it must come to say.
fn comes_to(wanted: Result<Power, UpsError>) {
    let mut said = None;
    let came = until("the supply to tell", SOON, || {
        said = Some(supply(NAME).power(&within(5000)));
        (said == Some(wanted)).then_some(())
    });
    assert!(came.is_ok(), "{wanted:?} was wanted, it says {said:?}");
}

fn power_service_down(folder: &Folder) {
    let mut emulator = UpsEmulator::start(&folder.path("ups")).unwrap();
    comes_to(Ok(MAINS));
    assert_eq!(supply(NAME).identity(&within(5000)).as_deref(), Ok("Emulated 600"));
    tell(&mut emulator, "service down");
    assert_eq!(supply(NAME).power(&within(5000)), Err(UpsError::NoService));
    tell(&mut emulator, "service up");
    comes_to(Ok(MAINS));
}

fn power_supply_unplugged(folder: &Folder) {
    let mut emulator = UpsEmulator::start(&folder.path("ups")).unwrap();
    comes_to(Ok(MAINS));
    tell(&mut emulator, "unplug");
    comes_to(Err(UpsError::NotConnected));
    tell(&mut emulator, "plug");
    comes_to(Ok(MAINS));
}

fn power_supply_has_another_name(folder: &Folder) {
    let _emulator = UpsEmulator::start(&folder.path("ups")).unwrap();
    assert_eq!(supply("cellar").power(&within(5000)), Err(UpsError::UnknownName));
}

fn mains_lost(folder: &Folder) {
    let mut emulator = UpsEmulator::start(&folder.path("ups")).unwrap();
    comes_to(Ok(MAINS));
    tell(&mut emulator, "battery");
    comes_to(Ok(Power::OnBattery));
    tell(&mut emulator, "mains");
    comes_to(Ok(MAINS));
}

fn battery_low(folder: &Folder) {
    let mut emulator = UpsEmulator::start(&folder.path("ups")).unwrap();
    tell(&mut emulator, "battery low");
    comes_to(Ok(Power::BatteryLow));
    tell(&mut emulator, "mains");
    comes_to(Ok(MAINS));
}

fn worn_battery_goes_unnoticed(folder: &Folder) {
    let mut emulator = UpsEmulator::start(&folder.path("ups")).unwrap();
    tell(&mut emulator, "battery worn");
    comes_to(Ok(Power::Mains { replace_battery: true }));
}
