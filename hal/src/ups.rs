//! Uninterruptible power supply, through NUT's own protocol (`upsd`, RFC 9271): is there mains power, how long does the battery last?
//!
//! | Fault | What the driver reports | Recommended action |
//! |---|---|---|
//! | power service down | `UpsError::NoService` | Reset |
//! | power supply unplugged | `UpsError::NotConnected` | Maintain |
//! | power supply has another name | `UpsError::UnknownName` | Configure |
//! | power service refuses us | `UpsError::NotPermitted` | Configure |
//! | power service talks nonsense | `UpsError::Garbled` | Maintain |
//! | mains lost | `Power::OnBattery`, code `ups.on_battery` | Maintain |
//! | battery low | `Power::BatteryLow`, code `ups.battery_low` | Suspend |
//! | battery worn out | `Power::Mains { replace_battery: true }`, code `ups.replace_battery` | Maintain |
//!
//! Tried on: real stack (`upsd` with `dummy-ups`). Not tried on metal.

pub mod nut;

use crate::control::Control;
use crate::fault::{Code, DeviceState};

/// How power is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// Mains power; the battery is only there.
    Mains {
        /// The supply says that its battery should be replaced.
        replace_battery: bool,
    },
    /// Mains lost; the battery carries.
    OnBattery,
    /// Mains lost and the battery nearly empty, or a forced shutdown announced: end what must be ended.
    BatteryLow,
}

impl Power {
    /// The fault behind it, if any.
    #[must_use]
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Mains { replace_battery: false } => None,
            Self::Mains { replace_battery: true } => Some(Code::UpsReplaceBattery),
            Self::OnBattery => Some(Code::UpsOnBattery),
            Self::BatteryLow => Some(Code::UpsBatteryLow),
        }
    }
}

/// Why the supply's state is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpsError {
    /// Nobody listens at the configured address.
    #[error("the power service does not answer")]
    NoService,
    /// The service has lost the supply, or its data are old.
    #[error("the power service does not reach the supply")]
    NotConnected,
    /// The service knows no supply of that name.
    #[error("the power service knows no such supply")]
    UnknownName,
    /// The service refuses us.
    #[error("the power service refuses access")]
    NotPermitted,
    /// It answers what the protocol does not have.
    #[error("the power service answers nonsense")]
    Garbled,
}

impl UpsError {
    /// The stable fault code; words are looked up by it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::NoService => Code::UpsNoService,
            Self::NotConnected => Code::UpsNotConnected,
            Self::UnknownName => Code::UpsUnknownName,
            Self::NotPermitted => Code::UpsNotPermitted,
            Self::Garbled => Code::UpsGarbled,
        }
    }

    /// The common device state.
    #[must_use]
    pub const fn kind(self) -> DeviceState {
        self.code().state()
    }
}

/// A power supply with a battery.
pub trait Ups: Send {
    /// Asks how power is.
    ///
    /// # Errors
    /// As [`UpsError`] says.
    fn power(&mut self, control: &Control<'_>) -> Result<Power, UpsError>;

    /// Model and firmware as the supply tells them; names no person.
    ///
    /// # Errors
    /// As [`UpsError`] says.
    fn identity(&mut self, control: &Control<'_>) -> Result<String, UpsError>;
}
