//! A byte pipe whose every call has a deadline. Drivers speak to this, never to a socket or a port.

pub mod tcp;

use std::time::Instant;

/// Why a byte pipe failed. Closed: every driver maps it to its own class's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Nobody listens there, or the name leads nowhere.
    #[error("nobody answers at the other end")]
    Absent,
    /// The other end went away in the middle.
    #[error("the other end went away")]
    Gone,
    /// The deadline passed first.
    #[error("the deadline passed")]
    Timeout,
}

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

/// Opens a pipe anew for each job, so that a printer behind a network adapter is never held while idle.
pub trait Dial: Send {
    /// Opens the pipe.
    ///
    /// # Errors
    /// [`WireError::Absent`] or [`WireError::Timeout`].
    fn dial(&mut self, deadline: Instant) -> Result<Box<dyn Wire>, WireError>;
}
