//! An old core system behind the agency: some of the contract's items are answered from a service that speaks records of fixed fields over
//! TCP, whose codes and layouts differ by province. An example of what an integrator writes; the wire and the codes are invented.
//!
//! | File | What stands in it |
//! |---|---|
//! | [`record`], [`frame`] | the codec: fields, frames; pure |
//! | [`province`] | layouts and codes as dated data (`../legacy/*.toml`), checked at the start |
//! | [`question`] | from an item's answers to what the service is asked |
//! | [`reply`] | from the service's records to what the items show; refuses whatever is not an answer to this question |
//! | [`line`] | a connection with a deadline |
//! | [`stand_in`] | the service itself, for tests: speaks the wire from the personas' books, with mishaps |
//!
//! A question has a connection of its own and one deadline for all frames of its answer. It is asked before the call's transaction begins
//! (`calls::upstream`): nobody waits for the database because somebody waits for the service. Must never: guess what a code means, or
//! take somebody else's record.

pub mod frame;
pub mod line;
pub mod province;
pub mod question;
pub mod record;
pub mod reply;
pub mod stand_in;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use contract::format::Date;
use tokio::sync::Semaphore;

use crate::random;
use frame::FrameError;
use line::Line;
use province::{BadProvince, Province};
use question::Question;
use record::RecordError;
use reply::{Found, Reply};

/// How many questions may wait at once: a service that has become slow must not gather threads without end.
const WAITING_MAX: usize = 16;

/// Sequences have eight digits and begin anew after the last.
const SEQUENCES: u32 = 100_000_000;

/// More records than a life has months is no answer.
const RECORDS_MAX: usize = 1_200;

/// Where the service is, and the tables of its province.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// An address, not a name: looking one up has no deadline.
    pub address: SocketAddr,
    /// Files of one province, each for the days it names.
    pub provinces: Vec<PathBuf>,
}

/// Why there is no answer. None of these holds a personal datum; each means that the provider is down, and the log tells which it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nobody answers at the address, or the connection breaks.
    #[error("not reached: {0}")]
    Unreachable(io::ErrorKind),
    /// No whole answer in time.
    #[error("no answer in time")]
    Slow,
    /// The connection ends within a frame.
    #[error("cut off")]
    Cut,
    /// No frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// No record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The answer to another question.
    #[error("another sequence than was asked with")]
    Sequence,
    /// Somebody else's record.
    #[error("about another person than was asked for")]
    AnotherPerson,
    /// Another insurance, month or year than was asked for, or one of them twice.
    #[error("{0} that was not asked for, or twice")]
    NotAsked(&'static str),
    /// Counts that do not agree with one another or with what came.
    #[error("counts that do not agree")]
    Count,
    /// A code that the province's table does not list: which table, which code.
    #[error("the code {1}, which {0} does not list")]
    Code(&'static str, String),
    /// The province's table has no code for what is to be asked.
    #[error("{0} has no code for this")]
    NoCode(&'static str),
    /// No table is in force on that day.
    #[error("no table of the province is in force")]
    NotInForce,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Slow,
            io::ErrorKind::UnexpectedEof => Self::Cut,
            other => Self::Unreachable(other),
        }
    }
}

/// The service as the agency sees it.
pub struct Legacy {
    address: SocketAddr,
    provinces: Vec<Province>,
    /// Of the last question; begins anywhere, so that an answer from before a restart is not taken for one of now.
    sequence: AtomicU32,
    /// A permit for each question that may wait.
    pub waiting: Arc<Semaphore>,
}

impl Legacy {
    /// Reads the tables; the service itself need not be there yet.
    ///
    /// # Errors
    /// A table that cannot be used, or two for one day.
    pub fn open(upstream: &Upstream) -> Result<Self, BadProvince> {
        let mut provinces: Vec<Province> = Vec::new();
        for file in &upstream.provinces {
            let next = Province::read(file)?;
            if let Some(other) = provinces.iter().find(|other| other.overlaps(&next)) {
                return Err(BadProvince::Wrong {
                    file: file.display().to_string(),
                    key: "effective_from".to_owned(),
                    found: next.effective_from.to_string(),
                    right: format!("a day on which {} ({}) does not hold", other.name, other.effective_from),
                });
            }
            provinces.push(next);
        }
        Ok(Self::of(upstream.address, provinces))
    }

    /// Of tables that are read already.
    pub fn of(address: SocketAddr, provinces: Vec<Province>) -> Self {
        // Without randomness it begins at a fixed number: worse, and still right, for a question has its own connection.
        let sequence = random::bytes().map_or(0, u32::from_le_bytes).into();
        Self { address, provinces, sequence, waiting: Arc::new(Semaphore::new(WAITING_MAX)) }
    }

    /// Asks, and waits for all of the answer, at most as long as the province's deadline.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn ask(&self, terminal: &str, today: Date, question: &Question) -> Result<Found, Fault> {
        let province = self.provinces.iter().find(|province| province.in_force(today)).ok_or(Fault::NotInForce)?;
        let until = Instant::now() + Duration::from_millis(province.deadline_ms);
        let mut line = Line::open(self.address, until)?;
        let (mut records, mut total) = (Vec::new(), None);
        loop {
            let sequence = self.next_sequence();
            let body = question.body(province, terminal, sequence, records.len())?;
            let answer = line.exchange(province.frame, &body)?;
            let reply = Reply::read(province, question, sequence, &answer)?;
            let page = match reply {
                Reply::Refused(code) => return Ok(Found::Refused(code)),
                Reply::Page(page) => page,
            };
            // Whatever is counted must be counted alike in every frame, or something has changed between two of them.
            if page.total > RECORDS_MAX || *total.get_or_insert(page.total) != page.total {
                return Err(Fault::Count);
            }
            let last = records.len() + page.records.len() == page.total;
            if !last && (page.records.is_empty() || records.len() + page.records.len() > page.total) {
                return Err(Fault::Count);
            }
            records.extend(page.records);
            if last {
                return Found::of(province, question, &records);
            }
            if !question.goes_on() {
                return Err(Fault::Count);
            }
        }
    }

    fn next_sequence(&self) -> u32 {
        self.sequence.fetch_add(1, Ordering::Relaxed) % SEQUENCES
    }
}
