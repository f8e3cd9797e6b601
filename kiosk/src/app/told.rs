//! Tells `step` how a device or a room is when that changes, and only then. For the threads of `app`.

use super::inbox::Inbox;
use crate::session::{Device, DeviceHealth, Input};

/// What was told of one device.
pub(super) struct Told {
    /// Also for whatever else the device has to say.
    pub(super) inbox: Inbox,
    device: Device,
    last: Option<DeviceHealth>,
}

impl Told {
    /// Nothing has been told yet.
    pub(super) fn new(inbox: &Inbox, device: Device) -> Self {
        Self { inbox: inbox.clone(), device, last: None }
    }

    /// It counts as well until something else is told.
    pub(super) fn well(inbox: &Inbox, device: Device) -> Self {
        Self { last: Some(Ok(())), ..Self::new(inbox, device) }
    }

    pub(super) fn tell(&mut self, health: DeviceHealth) {
        if self.last != Some(health) {
            self.last = Some(health);
            self.inbox.send(Input::Health(self.device, health));
        }
    }
}
