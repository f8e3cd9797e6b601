//! A byte pipe over TCP: the raw print port (usually 9100) of receipt printers and of the network adapters before them.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::{Dial, Wire, WireError};

/// Where to dial.
pub struct TcpDial {
    /// `host:port`.
    pub address: String,
}

impl Dial for TcpDial {
    fn dial(&mut self, deadline: Instant) -> Result<Box<dyn Wire>, WireError> {
        let addresses = self.address.to_socket_addrs().map_err(|_| WireError::Absent)?;
        let mut last = WireError::Absent;
        for address in addresses {
            match TcpStream::connect_timeout(&address, left(deadline)?) {
                Ok(stream) => {
                    // A status request is three bytes: it must not wait for company. Where this is refused it only waits.
                    let _only_slower = stream.set_nodelay(true);
                    return Ok(Box::new(Socket(stream)));
                }
                Err(error) => last = if is_timeout(error.kind()) { WireError::Timeout } else { WireError::Absent },
            }
        }
        Err(last)
    }
}

/// What a socket of either family can do: TCP here, Unix in [`super::unix`].
pub(super) trait Stream: Read + Write + Send {
    /// The next reads end after that long.
    fn read_within(&self, time: Duration) -> io::Result<()>;
    /// The next writes end after that long.
    fn write_within(&self, time: Duration) -> io::Result<()>;
}

impl Stream for TcpStream {
    fn read_within(&self, time: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(time))
    }

    fn write_within(&self, time: Duration) -> io::Result<()> {
        self.set_write_timeout(Some(time))
    }
}

/// A connected socket.
pub(super) struct Socket<S>(pub(super) S);

impl<S: Stream> Wire for Socket<S> {
    fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WireError> {
        self.0.write_within(left(deadline)?).map_err(|_| WireError::Gone)?;
        self.0.write_all(bytes).map_err(|error| failure(error.kind()))
    }

    fn read(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, WireError> {
        self.0.read_within(left(deadline)?).map_err(|_| WireError::Gone)?;
        match self.0.read(into) {
            Ok(0) => Err(WireError::Gone),
            Ok(count) => Ok(count),
            Err(error) => Err(failure(error.kind())),
        }
    }
}

/// What is left; a socket takes no time-out of zero.
pub(super) fn left(deadline: Instant) -> Result<Duration, WireError> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(WireError::Timeout) } else { Ok(left) }
}

const fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

const fn failure(kind: ErrorKind) -> WireError {
    if is_timeout(kind) { WireError::Timeout } else { WireError::Gone }
}
