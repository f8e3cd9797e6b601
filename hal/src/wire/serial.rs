//! A byte pipe over a serial port: 8 data bits, no parity, 1 stop bit, no flow control, as every device of this trade ships.
//! The only file that names `serialport`.
//!
//! Configure stable names (`/dev/serial/by-path/...`, `/dev/kiosk/...`): a port that is plugged into another socket is
//! another device. Unplugging shows as a broken pipe, end of file, EIO, ENXIO or ENODEV; all mean [`WireError::Gone`].

use std::path::PathBuf;
use std::time::Instant;

use serialport::{ErrorKind as PortError, SerialPort, TTYPort};

use super::{Dial, Pipe, Way, Wire, WireError, is_device, left, opening};

/// Which port, how fast.
pub struct SerialDial {
    /// Stable name of the port.
    pub path: PathBuf,
    /// Bits a second; 115200 for resident-ID modules, 9600 for most scanners.
    pub baud: u32,
}

impl Dial for SerialDial {
    fn dial(&mut self, deadline: Instant) -> Result<Box<dyn Wire>, WireError> {
        is_device(&self.path)?;
        let port = serialport::new(self.path.to_string_lossy(), self.baud).timeout(left(deadline)?).open_native();
        port.map(|port| Box::new(port) as Box<dyn Wire>).map_err(|error| match error.kind() {
            // The path was there a moment ago: "no device" is how the crate tells that somebody holds the lock.
            PortError::NoDevice => WireError::Busy,
            PortError::Io(kind) => opening(kind),
            PortError::InvalidInput | PortError::Unknown => WireError::NotADevice,
        })
    }
}

impl Pipe for TTYPort {
    fn wait(&mut self, _: Way, deadline: Instant) -> Result<(), WireError> {
        self.set_timeout(left(deadline)?).map_err(|_| WireError::Gone)
    }
}
