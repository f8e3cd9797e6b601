//! A byte pipe over TCP: the raw print port (usually 9100) of receipt printers and of the network adapters before them.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Instant;

use super::{Dial, Wire, WireError, left};

/// Where to dial.
pub struct TcpDial {
    /// `host:port`.
    pub address: String,
}

impl Dial for TcpDial {
    fn dial(&mut self, deadline: Instant) -> Result<Box<dyn Wire>, WireError> {
        let mut last = WireError::Absent;
        for address in addresses(&self.address, deadline)? {
            match TcpStream::connect_timeout(&address, left(deadline)?) {
                Ok(stream) => {
                    // A status request is three bytes: it must not wait for company. Where this is refused it only waits.
                    let _only_slower = stream.set_nodelay(true);
                    return Ok(Box::new(stream));
                }
                Err(error) => last = failure(error.kind()),
            }
        }
        Err(last)
    }
}

const fn failure(kind: ErrorKind) -> WireError {
    match kind {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => WireError::Timeout,
        _ => WireError::Absent,
    }
}

/// What a name stands for. The system's own look-up has no deadline: whoever looks a name up is left behind, and ends by itself.
fn addresses(name: &str, deadline: Instant) -> Result<Vec<SocketAddr>, WireError> {
    if let Ok(address) = name.parse() {
        return Ok(vec![address]);
    }
    let (tell, told) = sync_channel(1);
    let name = name.to_owned();
    let look_up = move || {
        // Nobody may listen any more.
        let _too_late = tell.send(name.to_socket_addrs().map(Iterator::collect));
    };
    thread::Builder::new().name("look-up".to_owned()).spawn(look_up).map_err(|_| WireError::Absent)?;
    match told.recv_timeout(left(deadline)?) {
        Ok(found) => found.map_err(|_| WireError::Absent),
        Err(RecvTimeoutError::Timeout) => Err(WireError::Timeout),
        Err(RecvTimeoutError::Disconnected) => Err(WireError::Absent),
    }
}
