//! The thread `input`: keys of a visit go in, and each has exactly one result.
//!
//! `app` submits and never waits; how long a key may take is the engine's to keep ([`super::helper`] does). The engine is opened by a visit's first
//! key, belongs to that visit and is closed when the visit is said to be over or a key of another comes. After a failure it is closed too; the
//! next key opens a new one.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::helper::{Helper, Place};
use super::{Composition, InputMethod, InputMethodError, Key};
use crate::session::Ticket;

/// What ten fingers press while an engine starts; a key beyond that is refused, and the citizen presses it again.
const ROOM: usize = 16;

/// What became of a key.
pub type Pressed = Result<Composition, InputMethodError>;

/// Opens an engine for one visit; called on the desk's thread.
pub type Open = Box<dyn FnMut() -> Result<Box<dyn InputMethod>, InputMethodError> + Send>;

enum Word {
    Press(Ticket, Key),
    /// A visit is over: look at which.
    Look,
}

/// Where keys go. Dropping it ends the thread and the engine.
pub struct Desk {
    words: SyncSender<Word>,
    /// The newest visit that is over. Visits are counted upwards from 1; 0 is the terminal itself, which types nothing.
    over: Arc<AtomicU64>,
}

impl Desk {
    /// Has one key pressed. Its result comes through the callback, with the ticket.
    ///
    /// # Errors
    /// `Busy` where too many wait, `Lost` where the thread is gone; the callback does not come then.
    pub fn submit(&self, ticket: Ticket, key: Key) -> Result<(), InputMethodError> {
        use std::sync::mpsc::TrySendError;
        self.words.try_send(Word::Press(ticket, key)).map_err(|error| match error {
            TrySendError::Full(_) => InputMethodError::Busy,
            TrySendError::Disconnected(_) => InputMethodError::Lost,
        })
    }

    /// This visit and all before it are over: their engine is closed, and keys of theirs that still wait are answered with `Over`.
    pub fn end(&self, visit: u64) {
        self.over.fetch_max(visit, Ordering::SeqCst);
        // No room means that words are waiting: each looks too.
        let _next_word_looks = self.words.try_send(Word::Look);
    }
}

/// The engine in this program's own process image, started as `input-method`.
#[must_use]
pub fn helper(place: Place) -> Open {
    let program = PathBuf::from("/proc/self/exe");
    Box::new(move || Ok(Box::new(Helper::start(&program, &place)?)))
}

/// Starts the thread. `results` is called on it, once a submitted key, and must not wait for the desk.
///
/// # Errors
/// The machine has no thread to give.
pub fn start(open: Open, results: impl FnMut(Ticket, Pressed) + Send + 'static) -> io::Result<Desk> {
    let (words, waiting) = sync_channel(ROOM);
    let over = Arc::new(AtomicU64::new(0));
    let known = over.clone();
    // Made over there: an engine never changes its thread.
    let worker = move || Worker { open, engine: None, over: known }.run(&waiting, results);
    std::thread::Builder::new().name("input".to_owned()).spawn(worker)?;
    Ok(Desk { words, over })
}

struct Worker {
    open: Open,
    /// Whose engine it is.
    engine: Option<(u64, Box<dyn InputMethod>)>,
    over: Arc<AtomicU64>,
}

impl Worker {
    fn run(mut self, words: &Receiver<Word>, mut results: impl FnMut(Ticket, Pressed)) {
        while let Ok(word) = words.recv() {
            self.close_what_is_over();
            if let Word::Press(ticket, key) = word {
                results(ticket, self.press(ticket.visit, key));
            }
            // The visit may have ended while its key was pressed, with no room for a word about it.
            self.close_what_is_over();
        }
    }

    fn is_over(&self, visit: u64) -> bool {
        visit <= self.over.load(Ordering::SeqCst)
    }

    fn close_what_is_over(&mut self) {
        if self.engine.as_ref().is_some_and(|(visit, _)| self.is_over(*visit)) {
            self.engine = None;
        }
    }

    fn press(&mut self, visit: u64, key: Key) -> Pressed {
        if self.is_over(visit) {
            return Err(InputMethodError::Over);
        }
        let own = self.engine.take().filter(|(whose, _)| *whose == visit);
        let mut engine = match own {
            Some((_, engine)) => engine,
            None => (self.open)()?,
        };
        let outcome = engine.press(key)?;
        self.engine = Some((visit, engine));
        Ok(outcome)
    }
}
