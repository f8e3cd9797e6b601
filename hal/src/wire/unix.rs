//! A byte pipe over a Unix socket: how a vendor bridge is reached, which is a process of another user on this machine.
//! Names `rustix`, as `node` does.
//!
//! The socket is the bridge's own: it is never made, moved or removed here.

use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::node::may_open;
use super::{Dial, Wire, WireError, opening};

/// Which socket.
pub struct UnixDial {
    /// Path of the socket.
    pub path: PathBuf,
}

impl Dial for UnixDial {
    fn dial(&mut self, _: Instant) -> Result<Box<dyn Wire>, WireError> {
        is_socket(&self.path)?;
        let address = SocketAddrUnix::new(&self.path).map_err(|_| WireError::Absent)?;
        // Without waiting: where a bridge hangs and its queue is full, connecting would wait for ever.
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).map_err(failure)?;
        connect(&socket, &address).map_err(failure)?;
        let stream = UnixStream::from(socket);
        stream.set_nonblocking(false).map_err(|_| WireError::Gone)?;
        Ok(Box::new(stream))
    }
}

/// Whether a path could be connected to by us, without connecting.
///
/// # Errors
/// [`WireError::Absent`], [`WireError::NotPermitted`], [`WireError::NotADevice`].
pub fn look(path: &Path) -> Result<(), WireError> {
    is_socket(path)?;
    may_open(path)
}

fn is_socket(path: &Path) -> Result<(), WireError> {
    match std::fs::metadata(path) {
        Ok(found) if found.file_type().is_socket() => Ok(()),
        Ok(_) => Err(WireError::NotADevice),
        Err(error) => Err(opening(error.kind())),
    }
}

/// Why it could not be connected.
fn failure(error: Errno) -> WireError {
    match error {
        Errno::ACCESS | Errno::PERM => WireError::NotPermitted,
        Errno::PROTOTYPE => WireError::NotADevice,
        // Its queue is full: it lives and takes nobody.
        Errno::AGAIN => WireError::Timeout,
        // A socket that a dead bridge left behind refuses.
        _ => WireError::Absent,
    }
}
