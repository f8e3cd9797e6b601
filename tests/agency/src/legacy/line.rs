//! A connection to the service, for one question. Every step has what is left of the question's time, so that a service that sends a byte
//! now and then is not waited for any longer than one that sends none.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::Fault;
use super::frame::Framing;

/// The connection.
pub struct Line {
    stream: TcpStream,
    until: Instant,
}

impl Line {
    /// Connects, if that is done by then.
    pub fn open(address: SocketAddr, until: Instant) -> Result<Self, Fault> {
        let stream = TcpStream::connect_timeout(&address, left(until)?)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, until })
    }

    /// Sends a body as a frame, and waits for the frame that answers.
    pub fn exchange(&mut self, framing: Framing, body: &[u8]) -> Result<Vec<u8>, Fault> {
        let frame = framing.wrap(body)?;
        self.write_all(&frame)?;
        read_frame(self, framing)
    }
}

/// Reads the body of the next frame. No more memory is taken than a frame may have, whatever its length says.
pub fn read_frame(from: &mut impl Read, framing: Framing) -> Result<Vec<u8>, Fault> {
    let mut digits = vec![0; framing.length_digits];
    from.read_exact(&mut digits)?;
    let mut body = vec![0; framing.body_bytes(&digits)?];
    from.read_exact(&mut body)?;
    Ok(body)
}

impl Read for Line {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.until)?))?;
        self.stream.read(bytes)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.until)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// What is left, if anything is.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}
