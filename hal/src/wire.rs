//! A byte pipe whose every call has a deadline. Drivers speak to this, never to a socket or a port.
//!
//! | What it is | Opened by | Steadied by |
//! |---|---|---|
//! | TCP: raw print port, network adapter | [`tcp::TcpDial`] | dialled anew for each job |
//! | serial port, USB-CDC | [`serial::SerialDial`] | [`steady::Steady`] |
//! | any other character device (`/dev/usb/lp0`) | [`node::NodeDial`] | dialled anew for each job |
//! | Unix socket of a vendor bridge | [`unix::UnixDial`] | [`steady::Steady`] |
//!
//! A device path is never created and must be a character device: a misspelt `/dev/ttyUSB9` that became a plain file would
//! swallow every job and answer none.

pub mod node;
pub mod serial;
pub mod steady;
pub mod stx;
pub mod tcp;
pub mod unix;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Why a byte pipe failed. Closed: every driver maps it to its own class's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Nobody listens there, or the name leads nowhere.
    #[error("nobody answers at the other end")]
    Absent,
    /// It is there, and we may not open it.
    #[error("it may not be opened")]
    NotPermitted,
    /// It is there, and somebody else holds it.
    #[error("somebody else holds it")]
    Busy,
    /// The name leads to something that is no device.
    #[error("it is no device")]
    NotADevice,
    /// The other end went away in the middle.
    #[error("the other end went away")]
    Gone,
    /// The deadline passed first.
    #[error("the deadline passed")]
    Timeout,
}

/// How a class of serial devices tells what its pipe says: every such class has these four variants, and one for silence.
macro_rules! from_wire {
    ($error:ident, timeout: $timeout:ident) => {
        impl From<$crate::wire::WireError> for $error {
            fn from(error: $crate::wire::WireError) -> Self {
                match error {
                    $crate::wire::WireError::Absent | $crate::wire::WireError::Gone => Self::Absent,
                    $crate::wire::WireError::NotPermitted => Self::NotPermitted,
                    $crate::wire::WireError::Busy => Self::Busy,
                    $crate::wire::WireError::NotADevice => Self::NotADevice,
                    $crate::wire::WireError::Timeout => Self::$timeout,
                }
            }
        }
    };
}
pub(crate) use from_wire;

/// A byte pipe.
pub trait Wire: Send {
    /// Sends all of `bytes` or fails. On [`WireError::Timeout`] an unknown part has been sent.
    ///
    /// # Errors
    /// As [`WireError`] says.
    fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WireError>;

    /// Reads what has come, at least one byte, at most `into.len()`; returns how many.
    ///
    /// # Errors
    /// As [`WireError`] says; nothing has been read then.
    fn read(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, WireError>;
}

/// What is waited for.
#[derive(Clone, Copy)]
enum Way {
    /// Something to read.
    In,
    /// Room to write.
    Out,
}

/// A kind of pipe: it says how it waits; how it is read and written is the same for all.
trait Pipe: Read + Write + Send {
    /// Waits until it can be read or written, or sees to it that the next read or write ends by the deadline. May return early.
    fn wait(&mut self, way: Way, deadline: Instant) -> Result<(), WireError>;
}

impl<P: Pipe> Wire for P {
    fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WireError> {
        let mut rest = bytes;
        // Anew for each part: whoever takes a byte now and then is not waited for without end.
        while !rest.is_empty() {
            self.wait(Way::Out, deadline)?;
            match self.write(rest) {
                Ok(0) => return Err(WireError::Gone),
                Ok(sent) => rest = rest.get(sent..).unwrap_or_default(),
                Err(error) => ended_early(error.kind())?,
            }
        }
        Ok(())
    }

    fn read(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, WireError> {
        loop {
            self.wait(Way::In, deadline)?;
            match Read::read(self, into) {
                Ok(0) => return Err(WireError::Gone),
                Ok(count) => return Ok(count),
                Err(error) => ended_early(error.kind())?,
            }
        }
    }
}

/// A socket of either family does not wait: its next read or write ends by itself.
macro_rules! sockets {
    ($($socket:ty),+) => {
        $(impl Pipe for $socket {
            fn wait(&mut self, way: Way, deadline: Instant) -> Result<(), WireError> {
                let time = Some(left(deadline)?);
                let set = match way {
                    Way::In => self.set_read_timeout(time),
                    Way::Out => self.set_write_timeout(time),
                };
                set.map_err(|_| WireError::Gone)
            }
        })+
    };
}
sockets!(TcpStream, UnixStream);

/// A wait that ended early is waited again until its deadline.
const fn ended_early(kind: ErrorKind) -> Result<(), WireError> {
    match kind {
        ErrorKind::Interrupted | ErrorKind::TimedOut | ErrorKind::WouldBlock => Ok(()),
        _ => Err(WireError::Gone),
    }
}

/// What is left; no pipe takes a time-out of zero.
fn left(deadline: Instant) -> Result<Duration, WireError> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(WireError::Timeout) } else { Ok(left) }
}

/// Opens a pipe: anew for each job, so that a printer behind a network adapter is never held while idle, or anew whenever
/// it was lost.
pub trait Dial: Send {
    /// Opens the pipe.
    ///
    /// # Errors
    /// As [`WireError`] says; nothing is held then.
    fn dial(&mut self, deadline: Instant) -> Result<Box<dyn Wire>, WireError>;
}

/// Whether a path may be opened as a device. Looks only.
///
/// # Errors
/// [`WireError::Absent`], [`WireError::NotPermitted`], [`WireError::NotADevice`].
pub fn is_device(path: &Path) -> Result<(), WireError> {
    match std::fs::metadata(path) {
        Ok(found) if found.file_type().is_char_device() => Ok(()),
        Ok(_) => Err(WireError::NotADevice),
        Err(error) => Err(opening(error.kind())),
    }
}

/// Whether a path could be opened by us, without opening it: whoever holds it is not disturbed.
///
/// # Errors
/// As [`is_device`], and [`WireError::NotPermitted`].
pub fn look(path: &Path) -> Result<(), WireError> {
    is_device(path)?;
    node::may_open(path)
}

/// Why a device could not be opened, from what the system says.
const fn opening(kind: ErrorKind) -> WireError {
    match kind {
        ErrorKind::PermissionDenied => WireError::NotPermitted,
        ErrorKind::ResourceBusy => WireError::Busy,
        // NotFound, and ENXIO, ENODEV, EIO of a node whose device has been pulled.
        _ => WireError::Absent,
    }
}
