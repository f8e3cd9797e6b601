//! What lies below TLS: a connection's own bytes, for what goes wrong on the way and at neither end. Must never write but for a mishap.

use std::future::{Ready, ready};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::Arc;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use tokio::net::TcpStream;
use tower::Layer;

/// A record of application data, as its head says, that no key opens.
const DAMAGED: &[u8] = b"\x17\x03\x03\x00\x14twenty damaged bytes";

/// Hands each connection's wire to its requests.
#[derive(Clone, Copy)]
pub struct Wires;

impl<S> Accept<TcpStream, S> for Wires {
    type Stream = TcpStream;
    type Service = AddExtension<S, Wire>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        // Without it every small answer waits 40 ms for the peer's acknowledgement.
        let wire = stream.set_nodelay(true).and_then(|()| Wire::of(&stream));
        ready(wire.map(|wire| (stream, Extension(wire).layer(service))))
    }
}

/// Writes beside TLS; goes with its connection.
#[derive(Clone)]
pub struct Wire(Arc<std::net::TcpStream>);

impl Wire {
    fn of(stream: &TcpStream) -> io::Result<Self> {
        let file = stream.as_fd().try_clone_to_owned()?;
        Ok(Self(Arc::new(std::net::TcpStream::from(file))))
    }

    /// Puts a record that fits no key before the next one of the server. Whoever reads it gives the connection up.
    pub fn damage(&self) {
        let mut wire: &std::net::TcpStream = &self.0;
        if let Err(error) = wire.write_all(DAMAGED) {
            eprintln!("agency: mishap: {error}");
        }
    }
}
