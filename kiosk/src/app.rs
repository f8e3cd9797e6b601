//! The wiring: starts the threads, then turns the loop: receive, step, perform, show.
//!
//! [`begin`], then [`run`]: the only way to start a terminal. The shipping `main` passes the real glass and the machine's clocks; the hall
//! passes a glass without a display and a clock that it moves. `app` itself never blocks: whatever cannot be queued
//! completes at once as busy.
//!
//! Its threads stand in ARCHITECTURE.md: this loop, one or more for each device, and `clerk`, `audit`, `shelf`, `net`, `input`.

mod authority;
mod cabinet;
pub mod clerk;
mod inbox;
mod latest;
mod net;
mod present;
mod printer;
mod reader;
mod recorder;
mod shelf;
mod told;

use std::collections::{HashMap, VecDeque};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender};
use std::thread::JoinHandle;

use contract::site::Site;
use hal::Cancel;
use ui::{Glass, Screen};

pub use inbox::{Inbox, Queue};

use crate::agency::client::{Credentials, CredentialsError};
use crate::clock::{Clock, SystemClock};
use crate::crypto::person::PersonKey;
use crate::crypto::random_hex;
use crate::crypto::seal::{Recipient, SealError};
use crate::devices::UnknownModel;
use crate::events::{self, Event};
use crate::input_method::helper::Place;
use crate::input_method::{desk, rime};
use crate::journal::{Journal, JournalError};
use crate::kept::Shelf;
use crate::panic;
use crate::session::{self, ActKind, Boundary, Completion, Effect, Input, State, Terminal, Ticket};
use crate::view::{lamp, refresh_at, view};
use clerk::Note;
use inbox::{Message, inbox};

/// What a terminal is made of.
pub struct Parts {
    /// Checked configuration.
    pub site: Arc<Site>,
    /// Where screens go.
    pub glass: Glass,
    /// What time it is.
    pub clock: Box<dyn Clock>,
    /// Who else wants to know what is shown.
    pub probe: Box<dyn Probe>,
    /// Who is told where an act stands.
    pub at_boundary: AtBoundary,
    /// Is called by the thread that talks to cards before each of its calls; for the hall, which has it panic there.
    pub at_card: Box<dyn Fn() + Send>,
    /// From [`begin`]; taps are sent to the other end.
    pub queue: Queue,
}

/// Hears what the terminal shows; for the hall's witnesses.
pub trait Probe: Send {
    /// A screen was handed to the glass.
    fn shown(&mut self, screen: &Screen);
}

/// A probe that listens to nothing.
pub struct Silent;

impl Probe for Silent {
    fn shown(&mut self, _: &Screen) {}
}

/// Is called by the thread that performs acts, at each boundary before it goes on; for the hall, which cuts the power there.
pub type AtBoundary = Box<dyn Fn(ActKind, Boundary) + Send>;

/// Why a terminal does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Certificates or key cannot be used.
    #[error("agency credentials: {0}")]
    Credentials(#[from] CredentialsError),
    /// `agency.seal_to` is not a valid age public key.
    #[error("agency.seal_to: {0}")]
    Seal(#[from] SealError),
    /// `audit.seal_to` is not a valid age public key.
    #[error("audit.seal_to: {0}")]
    Auditor(SealError),
    /// A model is not in its table.
    #[error(transparent)]
    Model(#[from] UnknownModel),
    /// The machine has no randomness or no thread to give.
    #[error("the machine does not let the terminal start: {0}")]
    Machine(#[from] std::io::Error),
}

/// What a program that runs a terminal does first: from here on events go to standard error, a panic begins anew, and nothing leaves a core.
/// The queue is to be had here only, so that the hall's program cannot do otherwise than the one that ships.
#[must_use]
pub fn begin(site: &Site) -> (Inbox, Queue) {
    events::to_stderr();
    panic::begin_anew(Path::new(&site.storage.directory));
    inbox()
}

/// Starts the terminal's threads; the caller goes on to run the glass.
///
/// # Errors
/// As [`StartError`] says; nothing runs then.
pub fn run(parts: Parts) -> Result<JoinHandle<()>, StartError> {
    let Parts { site, glass, clock, probe, at_boundary, at_card, queue } = parts;
    // What is written down tells the machine's time, whatever clock the rules are given.
    let wall = SystemClock::start();
    let directory = Path::new(&site.storage.directory);
    let mut journal = Journal::open(directory, &random_hex::<4>()?, &site.terminal.id, wall.now())?;
    panic::tell_of_the_last(directory, &mut journal, wall.now());
    let person_key = PersonKey::open(directory)?;
    let mut terminal =
        Terminal::new(site.clone(), journal.epoch()?, random_hex::<16>()?, person_key, journal.next_sequence()?);
    terminal.has_brought(&journal.brought(wall.now())?, clock.now());
    let seal_to = Recipient::parse(&site.agency.seal_to)?;
    let auditor = site.audit.as_ref().map(|audit| Recipient::parse(&audit.seal_to)).transpose();
    let auditor = auditor.map_err(StartError::Auditor)?;
    let credentials = Credentials::read(&site)?;
    let inbox = queue.inbox();
    // Before anything that may have something to tell.
    let pen = recorder::start(journal.beside()?, wall, inbox.clone())?;
    let shelf = Shelf::of(&site);
    let (remembered, tag) = shelf::remembered(&shelf, wall);
    let credentials = credentials.remembering(remembered.catalogue.as_deref(), tag, shelf::start(shelf, wall)?);
    terminal.remember(remembered);
    let net = net::start(credentials, wall, site.limits.clock_off_max_ms, inbox.clone())?;
    let cards = reader::start(&site, at_card, &inbox)?;
    let authority = authority::start(&site, net.clone(), inbox.clone())?;
    let printers = printer::start(&site, journal.interrupted(), &inbox)?;
    let lights = cabinet::start(&site, &inbox)?;
    let windows = present::start(&site, &inbox)?;
    let typing = typing(&site, inbox.clone())?;
    let key_file = site.agency.key_file.clone();
    let tools = clerk::Tools { printers, cards: cards.clone(), net: net.clone(), seal_to, auditor, key_file };
    let clerk = clerk::start(journal, tools, &site, wall, at_boundary, inbox)?;
    let hands = Hands { net, authority, cards, windows, clerk, lights, typing, pen, cancels: HashMap::new() };
    let turn = Turn { state: State::new(terminal), hands, glass, clock, probe, shown: None, page: "" };
    Ok(std::thread::Builder::new().name("app".to_owned()).spawn(move || turn.run(&queue))?)
}

/// The thread `input`; each visit's engine has a folder of its own in memory.
fn typing(site: &Site, inbox: Inbox) -> Result<desk::Desk, std::io::Error> {
    let scratch = Path::new(&site.storage.scratch);
    // A folder that cannot be made shows itself with the first key: the engine refuses, and Chinese cannot be typed.
    let _refused_later = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(scratch);
    let folder = scratch.join("input");
    let open = desk::helper(Place { data: rime::DATA.into(), folder });
    desk::start(open, move |ticket, result| inbox.send(Input::Done(ticket, Completion::Composed(result))))
}

/// The loop and what it turns around.
struct Turn {
    state: State,
    hands: Hands,
    glass: Glass,
    clock: Box<dyn Clock>,
    probe: Box<dyn Probe>,
    shown: Option<Screen>,
    page: &'static str,
}

impl Turn {
    fn run(mut self, queue: &Queue) {
        events::write(&Event::Started);
        panic::tell();
        // Completions that could not be queued elsewhere; they go before whatever comes next.
        let mut at_once = VecDeque::from([Input::Due]);
        let mut settled = None;
        loop {
            while let Some(input) = at_once.pop_front() {
                self.step(input, &mut at_once);
            }
            self.show();
            if let Some(settled) = settled.take() {
                tell(&settled);
            }
            match self.next(queue) {
                Ok(Message::Input(input)) => at_once.push_back(*input),
                Ok(Message::Nudge(done)) => {
                    settled = Some(done);
                    at_once.extend(self.due());
                }
                Err(RecvTimeoutError::Timeout) => at_once.extend(self.due()),
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn due(&self) -> Option<Input> {
        session::wake_at(&self.state).filter(|at| *at <= self.clock.now().elapsed_ms).map(|_| Input::Due)
    }

    fn next(&self, queue: &Queue) -> Result<Message, RecvTimeoutError> {
        let now = self.clock.now();
        let wake = [session::wake_at(&self.state), refresh_at(&self.state, now)].into_iter().flatten().min();
        queue.next(wake.map(|at| self.clock.wait_until(at)))
    }

    fn step(&mut self, input: Input, at_once: &mut VecDeque<Input>) {
        let effects = session::step(&mut self.state, input, self.clock.now());
        if let Some(refusal) = effects.refused {
            events::write(&Event::Refused { reason: refusal.as_str() });
        }
        at_once.extend(effects.list.into_iter().filter_map(|effect| self.hands.perform(effect)));
    }

    fn show(&mut self) {
        self.hands.lights.point(lamp(&self.state));
        let screen = view(&self.state, self.clock.now());
        if self.shown.as_ref() == Some(&screen) {
            return;
        }
        if self.page != screen.name {
            self.page = screen.name;
            events::write(&Event::PageShown { page: screen.name });
        }
        self.probe.shown(&screen);
        self.glass.show(screen.clone());
        self.shown = Some(screen);
    }
}

/// Whoever waited may have gone; then nobody minds.
fn tell(settled: &SyncSender<()>) {
    let _gone = settled.try_send(());
}

/// Hands effects to the threads that perform them.
struct Hands {
    net: net::Line,
    authority: authority::Desk,
    cards: reader::Cards,
    windows: present::Windows,
    clerk: clerk::Desk,
    lights: cabinet::Lights,
    typing: desk::Desk,
    pen: recorder::Pen,
    cancels: HashMap<Ticket, Cancel>,
}

impl Hands {
    /// Returns the completion where the effect ended at once, because its thread's queue is full.
    fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Card(ticket, command) => {
                let cancel = self.cancel_for(ticket);
                self.cards.submit(ticket, command, cancel)
            }
            Effect::ReleaseCard => {
                self.cards.release();
                None
            }
            Effect::Scan(ticket) => {
                let cancel = self.cancel_for(ticket);
                self.windows.scan(ticket, cancel)
            }
            Effect::ReadDocument(ticket) => {
                let cancel = self.cancel_for(ticket);
                self.windows.read_document(ticket, cancel)
            }
            Effect::AwaitStaff(ticket, challenge) => {
                let cancel = self.cancel_for(ticket);
                self.windows.witness(ticket, challenge, cancel)
            }
            Effect::Authorize(ticket, visit_token, card) => {
                let cancel = self.cancel_for(ticket);
                self.authority.submit(ticket, visit_token, card, cancel)
            }
            Effect::Ask(ticket, question) => self.net.submit(ticket, question),
            Effect::Act(ticket, act) => {
                let cancel = self.cancel_for(ticket);
                self.clerk.submit(ticket, act, cancel)
            }
            Effect::Count { day, item, step } => {
                self.clerk.note(Note::Count { day, item, step });
                None
            }
            Effect::Told { act, outcome } => {
                self.clerk.note(Note::Told { act: act.text, outcome });
                None
            }
            Effect::Post(ticket, post) => self.clerk.post(ticket, post),
            Effect::Press(ticket, key) => {
                let refused = self.typing.submit(ticket, key).err()?;
                Some(Input::Done(ticket, Completion::Composed(Err(refused))))
            }
            Effect::Cancel(ticket) => {
                if let Some(cancel) = self.cancels.remove(&ticket) {
                    cancel.cancel();
                }
                self.net.cancel(ticket);
                None
            }
            Effect::EndVisit(visit) => {
                self.cancels.retain(|ticket, _| ticket.visit != visit);
                self.net.end_visit(visit);
                self.typing.end(visit);
                None
            }
            Effect::Log(event) => {
                events::write(&event);
                None
            }
            Effect::Keep(ticket, event) => self.pen.keep(ticket, event),
        }
    }

    /// One cancel a ticket; those of ended visits are dropped with them. What belongs to no visit is never cancelled.
    fn cancel_for(&mut self, ticket: Ticket) -> Cancel {
        if ticket.visit == 0 {
            return Cancel::default();
        }
        self.cancels.entry(ticket).or_default().clone()
    }
}
