//! A byte pipe over any character device (`/dev/usb/lp0`, a vendor's own node): bytes out, bytes back where the device
//! gives any. Names `rustix`, as `unix` does.
//!
//! Many printer-class nodes never give a byte back; then every read ends at its deadline, and the driver's model row must say
//! that the device tells no status.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Access, Mode, OFlags, access, open};

use super::{Dial, Pipe, Way, Wire, WireError, is_device, left, opening};

/// Which node.
pub struct NodeDial {
    /// Stable name of the node.
    pub path: PathBuf,
}

impl Dial for NodeDial {
    fn dial(&mut self, _: Instant) -> Result<Box<dyn Wire>, WireError> {
        is_device(&self.path)?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let node = open(&self.path, flags, Mode::empty()).map_err(|error| opening(error.kind()))?;
        Ok(Box::new(File::from(node)))
    }
}

/// Whether we may read and write a path.
///
/// # Errors
/// [`WireError::NotPermitted`], or [`WireError::Absent`] where it has just gone.
pub(super) fn may_open(path: &Path) -> Result<(), WireError> {
    access(path, Access::READ_OK | Access::WRITE_OK).map_err(|error| opening(error.kind()))
}

impl Pipe for File {
    fn wait(&mut self, way: Way, deadline: Instant) -> Result<(), WireError> {
        let wanted = match way {
            Way::In => PollFlags::IN,
            Way::Out => PollFlags::OUT,
        };
        let time = Timespec::try_from(left(deadline)?).map_err(|_| WireError::Timeout)?;
        let mut waiting = [PollFd::new(&*self, wanted)];
        match poll(&mut waiting, Some(&time)) {
            Ok(0) => Err(WireError::Timeout),
            // Interrupted: whoever asks tries, meets "would block" and waits again.
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(_) => Err(WireError::Gone),
        }
    }
}
