//! Asks `upsd` over TCP: `GET VAR name ups.status` answers `VAR name ups.status "OB LB"`, or `ERR` and a reason (RFC 9271).

use std::time::{Duration, Instant};

use super::{Power, Ups, UpsError};
use crate::control::Control;
use crate::wire::{Dial, WireError};

/// One question; upsd answers from memory.
const ANSWER: Duration = Duration::from_secs(2);
/// Longer than any line of upsd.
const MOST_BYTES: usize = 1024;

/// A supply that `upsd` knows.
pub struct NutUps {
    dial: Box<dyn Dial>,
    name: String,
}

impl NutUps {
    /// The supply `name` of the service behind `dial` (usually `127.0.0.1:3493`).
    #[must_use]
    pub const fn new(dial: Box<dyn Dial>, name: String) -> Self {
        Self { dial, name }
    }

    /// The value of one variable.
    fn variable(&mut self, variable: &str, control: &Control<'_>) -> Result<String, UpsError> {
        let until = control.deadline.min(Instant::now() + ANSWER);
        let mut wire = self.dial.dial(until)?;
        wire.send(format!("GET VAR {} {variable}\n", self.name).as_bytes(), until)?;
        let mut line = Vec::new();
        let mut bytes = [0; 256];
        while !line.contains(&b'\n') {
            let count = wire.read(&mut bytes, until)?;
            line.extend_from_slice(bytes.get(..count).unwrap_or_default());
            if line.len() > MOST_BYTES {
                return Err(UpsError::Garbled);
            }
        }
        value(&line, &self.name, variable)
    }
}

impl From<WireError> for UpsError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::NotPermitted => Self::NotPermitted,
            _ => Self::NoService,
        }
    }
}

/// Reads an answer: the value, or why there is none. Pure and total.
///
/// # Errors
/// As [`UpsError`] says.
pub fn value(answer: &[u8], name: &str, variable: &str) -> Result<String, UpsError> {
    let line = answer.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| UpsError::Garbled)?.trim_end();
    if let Some(reason) = line.strip_prefix("ERR ") {
        return Err(match reason.split(' ').next().unwrap_or_default() {
            "DATA-STALE" | "DRIVER-NOT-CONNECTED" => UpsError::NotConnected,
            "UNKNOWN-UPS" | "VAR-NOT-SUPPORTED" => UpsError::UnknownName,
            "ACCESS-DENIED" | "USERNAME-REQUIRED" | "PASSWORD-REQUIRED" => UpsError::NotPermitted,
            _ => UpsError::Garbled,
        });
    }
    let told = line.strip_prefix(&format!("VAR {name} {variable} \"")).and_then(|rest| rest.strip_suffix('"'));
    told.map(ToOwned::to_owned).ok_or(UpsError::Garbled)
}

/// What `ups.status` means: OL mains, OB battery, LB low, FSD forced shutdown, RB replace battery. Pure and total.
///
/// # Errors
/// [`UpsError::Garbled`] where it tells neither mains nor battery; [`UpsError::NotConnected`] while the driver still waits.
pub fn power(status: &str) -> Result<Power, UpsError> {
    let says = |flag: &str| status.split(' ').any(|word| word == flag);
    match (says("OL"), says("OB"), says("LB") || says("FSD")) {
        (_, true, true) => Ok(Power::BatteryLow),
        (_, true, false) => Ok(Power::OnBattery),
        (true, false, _) if says("FSD") => Ok(Power::BatteryLow),
        // Low and on mains again: it charges.
        (true, false, _) => Ok(Power::Mains { replace_battery: says("RB") }),
        (false, false, _) if says("WAIT") => Err(UpsError::NotConnected),
        (false, false, _) => Err(UpsError::Garbled),
    }
}

impl Ups for NutUps {
    fn power(&mut self, control: &Control<'_>) -> Result<Power, UpsError> {
        power(&self.variable("ups.status", control)?)
    }

    fn identity(&mut self, control: &Control<'_>) -> Result<String, UpsError> {
        self.variable("ups.model", control)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_service_talks_nonsense() {
        for answer in ["", "HELLO", "VAR other ups.status \"OL\"", "VAR kiosk ups.status OL", "ERR WHAT"] {
            assert_eq!(value(answer.as_bytes(), "kiosk", "ups.status"), Err(UpsError::Garbled), "{answer}");
        }
        assert_eq!(value(b"VAR kiosk ups.status \"OL CHRG\"\n", "kiosk", "ups.status").as_deref(), Ok("OL CHRG"));
        assert_eq!(power("TRIM"), Err(UpsError::Garbled));
    }

    #[test]
    fn a_charging_battery_is_taken_for_an_empty_one() {
        assert_eq!(power("OL CHRG LB"), Ok(Power::Mains { replace_battery: false }));
        assert_eq!(power("OB DISCHRG LB"), Ok(Power::BatteryLow));
        assert_eq!(power("FSD OL"), Ok(Power::BatteryLow), "a shutdown that was announced comes, mains or not");
    }

    #[test]
    fn battery_worn_out() {
        assert_eq!(power("OL RB").map(Power::code), Ok(Some(crate::Code::UpsReplaceBattery)));
    }

    #[test]
    fn power_service_refuses_us() {
        assert_eq!(value(b"ERR ACCESS-DENIED\n", "kiosk", "ups.status"), Err(UpsError::NotPermitted));
    }
}
