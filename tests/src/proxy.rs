//! A proxy between terminal and agency that misbehaves as a bad line, a tired gateway or an eager retrier does: whole replies are lost,
//! late, cut short, sent for twice, or those of another question. It ends the terminal's TLS with the agency's own certificate and goes on
//! with the terminal's, so that neither side sees it.
//!
//! The hall's storm starts it; nothing else may. What happens to a request is drawn from seeded dice, and counted when it has. It must never make up
//! an answer of the agency: every reply but the gateway's own error page was given by the agency to some request of the same path.

mod http;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use agency::tls;
use contract::message::path;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection, StreamOwned};

use crate::dice::Dice;

/// Replies kept of each path, to be given to somebody else.
const KEPT: usize = 8;
/// How long a connection may say nothing.
const SILENCE: Duration = Duration::from_secs(60);
/// How long the agency may take.
const AGENCY: Duration = Duration::from_secs(10);

/// What can happen to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mishap {
    /// It never reaches the agency.
    Dropped,
    /// The agency answers, and nobody hears it: the famous case.
    ReplyLost,
    /// The answer comes late, within the terminal's patience.
    Late,
    /// It comes when the terminal has given up.
    TooLate,
    /// The agency is asked twice.
    Twice,
    /// Half of the answer comes.
    Cut,
    /// The answer to an earlier question of the same path comes instead, a yes or a no; the agency has heard this one or not.
    MixedUp,
    /// A gateway answers with a page of its own; the agency has heard the question or not.
    BadGateway,
}

impl Mishap {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Dropped,
        Self::ReplyLost,
        Self::Late,
        Self::TooLate,
        Self::Twice,
        Self::Cut,
        Self::MixedUp,
        Self::BadGateway,
    ];

    /// In a table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::ReplyLost => "reply lost",
            Self::Late => "late",
            Self::TooLate => "too late",
            Self::Twice => "twice",
            Self::Cut => "cut short",
            Self::MixedUp => "mixed up",
            Self::BadGateway => "bad gateway",
        }
    }
}

/// How rough the line is: how many acts in sixty-four meet a mishap; other questions fewer.
pub type Roughness = usize;

struct Weather {
    dice: Dice,
    roughness: Roughness,
    /// By path, the newest last.
    kept: HashMap<String, VecDeque<Vec<u8>>>,
    passed: u64,
    counts: BTreeMap<Mishap, u64>,
}

struct Shared {
    agency: SocketAddr,
    inward: Arc<ServerConfig>,
    outward: Arc<ClientConfig>,
    weather: Mutex<Weather>,
    /// How long the terminal waits.
    patience: Duration,
    over: AtomicBool,
}

/// A running proxy; dropping it closes its door.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Listens on `address` for `terminal`, whose calls wait for `patience`; `certs` is what `agency certs` wrote.
    ///
    /// # Errors
    /// The port cannot be had, or a certificate is not there.
    pub fn start(
        address: SocketAddr,
        agency: SocketAddr,
        certs: &Path,
        terminal: &str,
        patience: Duration,
    ) -> Result<Self, String> {
        let weather =
            Weather { dice: Dice::new(0), roughness: 0, kept: HashMap::new(), passed: 0, counts: BTreeMap::new() };
        let shared = Arc::new(Shared {
            agency,
            inward: tls::config(certs).map_err(|error| error.to_string())?,
            outward: tls::client(certs, terminal).map_err(|error| error.to_string())?,
            weather: Mutex::new(weather),
            patience,
            over: AtomicBool::new(false),
        });
        let listener = TcpListener::bind(address).map_err(|error| format!("proxy: {error}"))?;
        let door = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if door.over.load(Ordering::Acquire) {
                    return;
                }
                let shared = door.clone();
                // One of a visit or two at a time; each ends with its connection.
                std::thread::spawn(move || drop(shared.serve(stream)));
            }
        });
        Ok(Self { address, shared })
    }

    /// From now on it is so rough, and what happens is drawn from these dice.
    pub fn weather(&self, roughness: Roughness, dice: Dice) {
        let mut weather = self.shared.weather();
        weather.roughness = roughness;
        weather.dice = dice;
    }

    /// How often what has happened; `None` for requests that went through.
    #[must_use]
    pub fn counts(&self) -> Vec<(Option<Mishap>, u64)> {
        let weather = self.shared.weather();
        let counted = |mishap: Mishap| (Some(mishap), weather.counts.get(&mishap).copied().unwrap_or(0));
        let mishaps = Mishap::ALL.into_iter().map(counted);
        [(None, weather.passed)].into_iter().chain(mishaps).collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Release);
        let _wakes = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }
}

/// What came of a request: these bytes are sent, and the connection stays or not.
struct Answer {
    bytes: Vec<u8>,
    stays: bool,
}

impl Shared {
    fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection of the terminal, to its end.
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(SILENCE))?;
        stream.set_nodelay(true)?;
        let tls = ServerConnection::new(self.inward.clone()).map_err(std::io::Error::other)?;
        let mut terminal = StreamOwned::new(tls, stream);
        while let Some(request) = http::read(&mut terminal)? {
            let Some(answer) = self.answer(&request)? else { return Ok(()) };
            http::write(&mut terminal, &answer.bytes)?;
            if !answer.stays {
                return Ok(());
            }
        }
        Ok(())
    }

    /// `None` where nothing is said and the line goes dead. What has happened is counted here and not where it was drawn: an agency that is down
    /// answers nobody, and nothing has happened then.
    fn answer(&self, request: &[u8]) -> std::io::Result<Option<Answer>> {
        let (happened, answer) = self.meet(&http::path(request), request)?;
        let mut weather = self.weather();
        match happened {
            Some(mishap) => *weather.counts.entry(mishap).or_default() += 1,
            None => weather.passed += 1,
        }
        Ok(answer)
    }

    /// What truly happens to a request, and what comes of it.
    fn meet(&self, path: &str, request: &[u8]) -> std::io::Result<(Option<Mishap>, Option<Answer>)> {
        let (mishap, coin, late) = self.draw(path);
        let whole = |bytes: Vec<u8>| Some(Answer { bytes, stays: true });
        let Some(mishap) = mishap else { return Ok((None, whole(self.ask(path, request)?))) };
        let answer = match mishap {
            Mishap::Dropped => None,
            Mishap::ReplyLost => {
                self.ask(path, request)?;
                None
            }
            Mishap::Late | Mishap::TooLate => {
                let reply = self.ask(path, request)?;
                std::thread::park_timeout(late);
                whole(reply)
            }
            Mishap::Twice => {
                self.ask(path, request)?;
                whole(self.ask(path, request)?)
            }
            Mishap::Cut => {
                let mut bytes = self.ask(path, request)?;
                bytes.truncate(http::middle(&bytes));
                Some(Answer { bytes, stays: false })
            }
            Mishap::MixedUp => {
                let another = self.another(path);
                if coin {
                    self.ask(path, request)?;
                }
                if another.is_none() {
                    // Nothing was there yet to be given instead, and nothing is given.
                    return Ok((Some(if coin { Mishap::ReplyLost } else { Mishap::Dropped }), None));
                }
                another.and_then(whole)
            }
            Mishap::BadGateway => {
                if coin {
                    self.ask(path, request)?;
                }
                whole(http::bad_gateway())
            }
        };
        Ok((Some(mishap), answer))
    }

    /// What is to happen to the next request, a coin, and how late an answer comes. What has a consequence meets a
    /// mishap more often, and what stands before everything else less often: else nobody gets anywhere.
    fn draw(&self, path: &str) -> (Option<Mishap>, bool, Duration) {
        let mut weather = self.weather();
        let weight = match path {
            path::FILE | path::FIND | path::ISSUE | path::FETCH | path::ACTS | path::QUESTIONS => 8,
            path::CATALOGUE | path::CARD_AUTHORITY | path::SIGN_IN => 1,
            _ => 3,
        };
        let hit = weather.dice.roll(512) < weather.roughness * weight;
        let drawn = weather.dice.pick(&Mishap::ALL).copied();
        let coin = weather.dice.roll(2) == 0;
        // A fifth to three fifths of the terminal's patience, or one and a half of it.
        let fifths = u32::try_from(weather.dice.roll(3)).unwrap_or(0) + 1;
        let mishap = drawn.filter(|_| hit);
        let late = if mishap == Some(Mishap::TooLate) { self.patience * 3 / 2 } else { self.patience * fifths / 5 };
        (mishap, coin, late)
    }

    /// The answer before this one, which may be the same person's, or somebody else's.
    fn another(&self, path: &str) -> Option<Vec<u8>> {
        let mut weather = self.weather();
        let (kept, newest) = (weather.kept.get(path).map_or(0, VecDeque::len), weather.dice.roll(2) == 0);
        let which = if newest { kept.saturating_sub(1) } else { weather.dice.roll(kept) };
        weather.kept.get(path)?.get(which).cloned()
    }

    /// Asks the agency over a connection of its own: one that was kept may be to an agency that is dead.
    fn ask(&self, path: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let stream = TcpStream::connect(self.agency)?;
        stream.set_read_timeout(Some(AGENCY))?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").map_err(std::io::Error::other)?;
        let tls = ClientConnection::new(self.outward.clone(), name).map_err(std::io::Error::other)?;
        let mut agency = StreamOwned::new(tls, stream);
        http::write(&mut agency, request)?;
        let reply = http::read(&mut agency)?.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        if !http::is_good(&reply) && !http::is_refusal(&reply) {
            return Ok(reply);
        }
        let mut weather = self.weather();
        let kept = weather.kept.entry(path.to_owned()).or_default();
        kept.push_back(reply.clone());
        if kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(reply)
    }
}
