//! A byte pipe over a serial port: 8 data bits, no parity, 1 stop bit, no flow control, as every device of this trade ships.
//! The only file that names `serialport`.
//!
//! Configure stable names (`/dev/serial/by-path/...`, `/dev/kiosk/...`): a port that is plugged into another socket is
//! another device. Unplugging shows as a broken pipe, end of file, EIO, ENXIO or ENODEV; all mean [`WireError::Gone`].

use std::io::{ErrorKind, Read, Write};
use std::path::PathBuf;
use std::time::Instant;

use serialport::{ErrorKind as PortError, SerialPort, TTYPort};

use super::tcp::left;
use super::{Dial, Wire, WireError, is_device, opening};

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
        port.map(|port| Box::new(Serial(port)) as Box<dyn Wire>).map_err(|error| match error.kind() {
            // The path was there a moment ago: "no device" is how the crate tells that somebody holds the lock.
            PortError::NoDevice => WireError::Busy,
            PortError::Io(kind) => opening(kind),
            PortError::InvalidInput | PortError::Unknown => WireError::NotADevice,
        })
    }
}

struct Serial(TTYPort);

impl Serial {
    fn wait_until(&mut self, deadline: Instant) -> Result<(), WireError> {
        self.0.set_timeout(left(deadline)?).map_err(|_| WireError::Gone)
    }
}

impl Wire for Serial {
    fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WireError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            self.wait_until(deadline)?;
            match self.0.write(rest) {
                Ok(0) => return Err(WireError::Gone),
                Ok(sent) => rest = rest.get(sent..).unwrap_or_default(),
                Err(error) => failure(error.kind())?,
            }
        }
        Ok(())
    }

    fn read(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, WireError> {
        loop {
            self.wait_until(deadline)?;
            match self.0.read(into) {
                Ok(0) => return Err(WireError::Gone),
                Ok(count) => return Ok(count),
                Err(error) => failure(error.kind())?,
            }
        }
    }
}

/// A wait that ended early is waited again until its deadline.
const fn failure(kind: ErrorKind) -> Result<(), WireError> {
    match kind {
        ErrorKind::Interrupted | ErrorKind::TimedOut | ErrorKind::WouldBlock => Ok(()),
        _ => Err(WireError::Gone),
    }
}
