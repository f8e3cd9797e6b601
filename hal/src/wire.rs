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

use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::Instant;

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
const fn opening(kind: std::io::ErrorKind) -> WireError {
    match kind {
        std::io::ErrorKind::PermissionDenied => WireError::NotPermitted,
        std::io::ErrorKind::ResourceBusy => WireError::Busy,
        // NotFound, and ENXIO, ENODEV, EIO of a node whose device has been pulled.
        _ => WireError::Absent,
    }
}
