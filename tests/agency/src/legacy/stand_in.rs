//! An old core system to test against: speaks the wire of a province's table from the books of the invented people, so that what the adapter
//! makes of it can be held against what the reference agency answers itself. Goes wrong on demand ([`mishap`]).
//! Must never: answer outside of tests and demonstrations; it asks nobody who they are.

mod book;
mod mishap;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use contract::format::Date;

use super::Fault;
use super::line::read_frame;
use super::province::{BadProvince, Province};
use crate::clock::Clock;
use crate::persona::{self, PersonaError};
use crate::rules::{self, BadRules};
use crate::seed::{self, SeedError};
use crate::store::Store;
use book::{Book, Unanswered};
use mishap::Mishap;

/// How long a connection may say nothing; an adapter gives up long before.
const IDLE: Duration = Duration::from_secs(30);

/// Between two bytes of an answer that drips.
const DRIP: Duration = Duration::from_millis(100);

/// Connections at once; one more is closed as it comes.
const CONNECTIONS_MAX: usize = 32;

/// What a stand-in needs to know; `agency legacy --help` explains each.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Settings {
    pub listen: SocketAddr,
    pub province: PathBuf,
    pub personas: PathBuf,
    pub today: Option<Date>,
    pub mishaps: Option<PathBuf>,
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No socket or thread.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
    /// The province's table is broken.
    #[error(transparent)]
    Province(#[from] BadProvince),
    /// The table of people cannot be read.
    #[error(transparent)]
    Personas(#[from] PersonaError),
    /// The rules' figures are broken.
    #[error(transparent)]
    Rules(#[from] BadRules),
    /// There is no memory for the books.
    #[error("database: {0}")]
    Store(#[from] rusqlite::Error),
    /// The books cannot be filled.
    #[error(transparent)]
    Seed(#[from] SeedError),
}

/// A running stand-in; dropping it stops it.
pub struct StandIn {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What every connection shares.
struct Desk {
    book: Book,
    mishaps: Option<PathBuf>,
}

impl StandIn {
    /// Starts one; when this returns, it can be asked.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn start(settings: Settings) -> Result<Self, Failure> {
        let province = Province::read(&settings.province)?;
        let people = persona::read(&settings.personas)?;
        let (rules, store) = (rules::read()?, Store::in_memory()?);
        let today = Clock { fixed: settings.today }.today();
        store.transact(|db| seed::fill(db, &people, &rules, today))?;
        let listener = TcpListener::bind(settings.listen)?;
        let (address, stop) = (listener.local_addr()?, Arc::new(AtomicBool::new(false)));
        let desk = Arc::new(Desk { book: Book { province, store, rules, today }, mishaps: settings.mishaps });
        let stopped = Arc::clone(&stop);
        let thread =
            thread::Builder::new().name("legacy".to_owned()).spawn(move || listen(&listener, &desk, &stopped))?;
        Ok(Self { address, stop, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it has stopped, which without a fault is never.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been reported by itself.
            let _ = thread.join();
        }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the one who waits for the next connection.
        let _ = TcpStream::connect_timeout(&self.address, IDLE);
        self.join();
    }
}

fn listen(listener: &TcpListener, desk: &Arc<Desk>, stop: &AtomicBool) {
    for stream in listener.incoming() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        // One count is this thread's own.
        let Some(stream) = stream.ok().filter(|_| Arc::strong_count(desk) <= CONNECTIONS_MAX) else { continue };
        let desk = Arc::clone(desk);
        // A thread that cannot be had closes the connection, which is what a busy service does.
        let _ = thread::Builder::new().name("legacy-line".to_owned()).spawn(move || desk.talk(stream));
    }
}

impl Desk {
    /// Answers until the other side is done or something cannot be read, as the old systems do: they hang up without a word.
    fn talk(&self, mut stream: TcpStream) {
        let timed = stream.set_read_timeout(Some(IDLE)).and_then(|()| stream.set_write_timeout(Some(IDLE)));
        let mut goes_on = timed.is_ok();
        while goes_on {
            goes_on = match self.answer(&mut stream) {
                Ok(goes_on) => goes_on,
                Err(Unanswered::Fault(Fault::Cut)) => false,
                Err(why) => {
                    eprintln!("legacy: {why}");
                    false
                }
            };
        }
    }

    /// Answers one request; whether there may be another.
    fn answer(&self, stream: &mut TcpStream) -> Result<bool, Unanswered> {
        let province = &self.book.province;
        let mut asked = self.book.read(&read_frame(stream, province.frame)?)?;
        let mishap = mishap::find(self.mishaps.as_deref(), asked.trade);
        match mishap {
            Some(Mishap::Silent) => {
                // Until the other side loses its patience.
                stream.read(&mut [0; 1]).map_err(Fault::from)?;
                return Ok(false);
            }
            Some(Mishap::Again) => asked.body = asked.body.with_number("x_start", 0),
            _ => {}
        }
        let mut answer = self.book.answer(&asked)?;
        if let Some(mishap) = mishap {
            mishap.spoil(province, asked.trade, asked.sequence, &mut answer);
        }
        let mut frame = province.frame.wrap(&self.book.write(asked.trade, answer)?).map_err(Fault::from)?;
        if let Some(mishap) = mishap {
            frame = mishap.spoil_frame(province.frame, frame);
        }
        if mishap == Some(Mishap::Drip) {
            drip(stream, &frame).map_err(Fault::from)?;
            return Ok(false);
        }
        stream.write_all(&frame).map_err(Fault::from)?;
        Ok(mishap != Some(Mishap::Cut))
    }
}

/// Sends byte by byte, until nobody is there any longer.
fn drip(stream: &mut TcpStream, frame: &[u8]) -> io::Result<()> {
    stream.set_read_timeout(Some(DRIP))?;
    for byte in frame {
        stream.write_all(std::slice::from_ref(byte))?;
        // Nothing is said meanwhile; an end is.
        if stream.read(&mut [0; 1]).is_ok() {
            return Ok(());
        }
    }
    Ok(())
}
