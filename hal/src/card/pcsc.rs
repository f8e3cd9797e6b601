//! PC/SC: the watch that sees cards come and go, and the reader that talks to one. The only file that names `pcsc`.
//!
//! [`open`] makes the pair; each half lives on its own thread with its own context. The watch numbers the insertions
//! and leaves the present one in a shared slot; the reader refuses whatever was meant for another card.
//!
//! Calls to pcscd have no deadline of their own, SCardGetStatusChange aside. What bounds connecting and transmitting is
//! the reader: the card must answer within its work waiting time (T=0) or block waiting time (T=1), else the driver
//! reports a fault; the deadline of a command is looked at between its APDUs. A card that asks for more time without end and
//! a pcscd that hangs without dying are outside that bound: who calls keeps a time of its own beside the thread that talks.

use std::ffi::{CStr, CString, c_ulong};
use std::time::{Duration, Instant};

use pcsc::{
    Card, Context, Disposition, Error, PNP_NOTIFICATION, Protocols, ReaderState, Scope, ShareMode, State, ctl_code,
};
use zeroize::Zeroizing;

use super::link::{CardLink, CardSocket};
use super::presence::{Look, Presence, Present, Slot};
use super::{CardError, CardEvent, CardWatch, Insertion, Presentation};
use crate::control::Control;
use crate::wire::steady::pause;
use crate::wire::unix::UnixDial;
use crate::wire::{Dial, WireError};

/// Between two attempts to reach a dead pcscd: a restart takes it about that long.
const BACK_OFF: Duration = Duration::from_millis(500);

/// Longest single wait. pcsc-lite does not tell of a reader that came just before the wait began; after this the watch looks for itself. One
/// look costs some four changes of thread, so that a terminal at rest wakes up less than once a second for it.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How long something must lie there without an answer to count as a card that has none. One that is pulled while it gets power looks
/// the same until the reader looks again, which pcscd has readers without an interrupt do every 400 ms.
const SETTLES: Duration = Duration::from_millis(900);

/// Longest answer: 256 bytes and SW1 SW2 from a card; four bytes more from a reader that gives a resident document's block.
const MAX_ANSWER_BYTES: usize = 262;

/// CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part 10): asks the driver what it can do, which disturbs neither reader nor card; it takes no data.
const GET_FEATURES: c_ulong = 3400;

/// pcsc-lite knows at most 16 readers with names of at most 128 bytes. Fixed, because asking for the length first
/// fails when a reader comes in between.
const MAX_NAMES_BYTES: usize = 4096;

/// Watch and reader for the first reader whose name contains `pattern`, upper and lower case alike. Touches nothing
/// yet: a machine without pcscd gets its [`CardEvent::ReaderLost`] from the first `next`.
#[must_use]
pub fn open(pattern: &str) -> (PcscWatch, PcscReader) {
    let slot = Slot::default();
    let watch = PcscWatch {
        pattern: pattern.to_lowercase(),
        presence: Presence::new(slot.clone()),
        post: None,
        back_off_until: None,
        mute_since: None,
    };
    (watch, PcscReader { slot, open: None, presentation: Presentation::Held })
}

/// Names of all readers that pcscd knows; connects to none.
///
/// # Errors
/// [`CardError::Service`], [`CardError::NotPermitted`].
pub fn readers() -> Result<Vec<String>, CardError> {
    let context = establish().map_err(fault)?;
    let mut buffer = vec![0; MAX_NAMES_BYTES];
    match context.list_readers(&mut buffer) {
        Ok(names) => Ok(names.map(|name| name.to_string_lossy().into_owned()).collect()),
        Err(Error::NoReadersAvailable) => Ok(Vec::new()),
        Err(error) => Err(fault(error)),
    }
}

/// Where pcscd listens, unless the environment names another place.
const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// A context. pcsc-lite says "no service" of a daemon that may not be talked to as well; whoever has to mend it needs to know.
fn establish() -> Result<Context, Error> {
    Context::establish(Scope::System).map_err(|error| match error {
        Error::NoService if refused() => Error::NoAccess,
        other => other,
    })
}

fn refused() -> bool {
    let socket = std::env::var_os("PCSCLITE_CSOCK_NAME").unwrap_or_else(|| SOCKET.into());
    // Without waiting: a pcscd that hangs must not be waited for here, too.
    matches!(UnixDial { path: socket.into() }.dial(Instant::now()), Err(WireError::NotPermitted))
}

/// Where the watch stands: a live context and what it last saw through it.
struct Post {
    context: Context,
    /// The PnP pseudo-reader first, then our reader once it is found.
    states: Vec<ReaderState>,
}

impl Post {
    fn new(context: Context) -> Self {
        Self { context, states: vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)] }
    }

    fn reader(&self) -> Option<&ReaderState> {
        self.states.get(1)
    }

    /// Looks for the reader among those pcscd knows.
    fn find(&mut self, pattern: &str) -> Result<(), Error> {
        let mut buffer = vec![0; MAX_NAMES_BYTES];
        let mut names = self.context.list_readers(&mut buffer)?;
        let name = names.find(|name| name.to_string_lossy().to_lowercase().contains(pattern));
        self.states.extend(name.map(|name| ReaderState::new(name, State::UNAWARE)));
        Ok(())
    }

    /// Waits for a change and reads it; `None` where none came or none matters.
    fn wait(&mut self, timeout: Duration) -> Result<Option<Look>, Error> {
        match self.context.get_status_change(timeout, &mut self.states) {
            // After a timeout the states are as true as after a change: a swap that fell between two waits shows in the count.
            Ok(()) | Err(Error::Timeout) => {}
            // It left between two waits.
            Err(Error::UnknownReader) => return Ok(Some(self.lost())),
            Err(error) => return Err(error),
        }
        self.states.iter_mut().for_each(ReaderState::sync_current_state);
        let Some(reader) = self.reader() else { return Ok(None) };
        let (state, count) = (reader.event_state(), reader.event_count());
        Ok(if state.contains(State::UNKNOWN) {
            Some(self.lost())
        } else if state.contains(State::UNAVAILABLE) {
            // Still listed, but in error. Its state is kept, so that the next wait ends when it changes, and not at once.
            Some(Look::Lost(CardError::NoReader))
        } else if state.contains(State::PRESENT | State::MUTE) {
            Some(Look::Mute { count })
        } else if state.contains(State::PRESENT) {
            Some(Look::Card { count })
        } else if state.contains(State::EMPTY) {
            Some(Look::Empty)
        } else {
            None
        })
    }

    fn lost(&mut self) -> Look {
        self.states.truncate(1);
        Look::Lost(CardError::NoReader)
    }
}

/// [`CardWatch`] over PC/SC.
pub struct PcscWatch {
    /// Lower case.
    pattern: String,
    presence: Presence,
    /// `None` while pcscd cannot be reached: a context never recovers, a new one is needed.
    post: Option<Post>,
    back_off_until: Option<Instant>,
    /// Something has been lying there without an answer since then.
    mute_since: Option<Instant>,
}

impl PcscWatch {
    fn look(&mut self, timeout: Duration) -> Result<Option<Look>, Error> {
        let post = match &mut self.post {
            Some(post) => post,
            None => self.post.insert(Post::new(establish()?)),
        };
        if post.reader().is_none() {
            post.find(&self.pattern)?;
        }
        if post.reader().is_none() && !self.presence.lost() {
            return Ok(Some(Look::Lost(CardError::NoReader)));
        }
        post.wait(timeout)
    }

    /// What lies there without an answer is nothing until it has settled.
    fn settled(&mut self, look: Look) -> Look {
        self.mute_since = matches!(look, Look::Mute { .. }).then(|| self.mute_since.unwrap_or_else(Instant::now));
        let settles = self.mute_since.is_some_and(|since| since.elapsed() < SETTLES);
        if settles { Look::Empty } else { look }
    }

    fn see(&mut self, look: Look) {
        let look = self.settled(look);
        let name = self.post.as_ref().and_then(Post::reader).map_or(CString::default(), |state| state.name().into());
        self.presence.see(look, &name);
    }

    /// Gives up the context and says why.
    fn leave_post(&mut self, error: Error) {
        self.post = None;
        self.back_off_until = Some(Instant::now() + BACK_OFF);
        self.see(Look::Lost(fault(error)));
    }
}

impl CardWatch for PcscWatch {
    fn next(&mut self, timeout: Duration) -> Option<CardEvent> {
        let control = Control::within(timeout);
        loop {
            if let Some(event) = self.presence.next() {
                return Some(event);
            }
            let back_off =
                self.back_off_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
            if back_off.is_zero() {
                let longest = if self.mute_since.is_some() { SETTLES } else { LONGEST_WAIT };
                match self.look(control.left().min(longest)) {
                    Ok(look) => look.into_iter().for_each(|look| self.see(look)),
                    Err(error) => self.leave_post(error),
                }
            } else {
                pause(back_off.min(control.left()));
            }
            if control.left().is_zero() {
                return self.presence.next();
            }
        }
    }
}

/// [`CardReader`](super::CardReader) and [`CardLink`] over PC/SC.
pub struct PcscReader {
    slot: Slot,
    presentation: Presentation,
    /// Opened by `begin`. A handle dies with its card, so it can never reach another one.
    open: Option<(Insertion, Card)>,
}

impl PcscReader {
    /// The same reader, to which cards are brought in another way than by holding them in it. PC/SC cannot tell; the site can.
    #[must_use]
    pub fn presented(self, presentation: Presentation) -> Self {
        Self { presentation, ..self }
    }

    /// Connects to the very card the watch has numbered, and tells its ATR.
    fn connect(&mut self, present: &Present) -> Result<Vec<u8>, Error> {
        let context = establish()?;
        // Exclusive: after the PIN no other program shall read on.
        let card = context.connect(&present.reader, ShareMode::Exclusive, Protocols::ANY)?;
        let (count, atr) = glance(&context, &present.reader)?;
        // Asked after connecting: an equal count now means that no card left or came between the watch's look and
        // this handle, and from here on the handle dies with the card.
        if count != present.count {
            return Err(Error::RemovedCard);
        }
        self.open = Some((present.insertion, card));
        Ok(atr)
    }

    /// Connects to this insertion for plain APDUs, and tells its ATR; whatever was open is let go first.
    ///
    /// # Errors
    /// As [`CardError`] says.
    pub fn open_link(&mut self, card: Insertion) -> Result<Vec<u8>, CardError> {
        self.close();
        let present = self.slot.get(card).ok_or(CardError::Gone)?;
        self.connect(&present).map_err(fault)
    }
}

/// Event counter and ATR of a reader, without waiting.
fn glance(context: &Context, reader: &CStr) -> Result<(u32, Vec<u8>), Error> {
    let mut states = [ReaderState::new(reader, State::UNAWARE)];
    context.get_status_change(Duration::ZERO, &mut states)?;
    let [state] = states;
    Ok((state.event_count(), state.atr().to_vec()))
}

impl CardLink for PcscReader {
    fn transmit(&mut self, command: &[u8], _: Instant) -> Result<Vec<u8>, CardError> {
        let (insertion, card) = self.open.as_ref().ok_or(CardError::Gone)?;
        self.slot.get(*insertion).ok_or(CardError::Gone)?;
        let mut buffer = Zeroizing::new([0; MAX_ANSWER_BYTES]);
        card.transmit(command, buffer.as_mut_slice()).map(<[u8]>::to_vec).map_err(fault)
    }

    /// pcscd reads each command onto the stack of a thread that lives as long as the connection, where it stays until something as long
    /// comes the same way. So a PIN was found there until the visit's end (`hall wipe`, pcscd 1.9.9 of Debian 12), and nowhere any more
    /// since this request passes through the same place. It never reaches the card; whatever the driver answers, its zeros have passed.
    fn forget(&mut self) {
        if let Some((_, card)) = &self.open {
            let mut answer = [0; MAX_ANSWER_BYTES];
            let _features = card.control(ctl_code(GET_FEATURES), &[0; MAX_ANSWER_BYTES], &mut answer);
        }
    }
}

impl CardSocket for PcscReader {
    fn presentation(&self) -> Presentation {
        self.presentation
    }

    fn open(&mut self, card: Insertion, _: &Control<'_>) -> Result<Vec<u8>, CardError> {
        self.open_link(card)
    }

    fn opened(&self) -> Option<Insertion> {
        self.open.as_ref().map(|(insertion, _)| *insertion).filter(|insertion| self.slot.get(*insertion).is_some())
    }

    fn close(&mut self) {
        if let Some((insertion, card)) = self.open.take() {
            // A card that has left takes its power along; powering down now would hit the one that came after it.
            let there = self.slot.get(insertion).is_some();
            let how = if there { Disposition::UnpowerCard } else { Disposition::LeaveCard };
            // Fails where the card or pcscd has gone, which is as good.
            let _ = card.disconnect(how);
        }
    }
}

/// What a PC/SC error means to us.
const fn fault(error: Error) -> CardError {
    match error {
        Error::NotTransacted | Error::RemovedCard | Error::ResetCard | Error::NoSmartcard => CardError::Gone,
        Error::UnresponsiveCard | Error::UnpoweredCard | Error::UnsupportedCard => CardError::Mute,
        Error::SharingViolation => CardError::Busy,
        Error::NoReadersAvailable | Error::UnknownReader | Error::ReaderUnavailable => CardError::NoReader,
        Error::SecurityViolation | Error::NoAccess => CardError::NotPermitted,
        Error::InsufficientBuffer | Error::ProtoMismatch => CardError::Garbled,
        Error::Timeout => CardError::Timeout,
        Error::Cancelled => CardError::Cancelled,
        _ => CardError::Service,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::CardReader;

    #[test]
    fn command_for_a_card_that_was_never_seen() {
        let (_, mut reader) = open("any");
        let control = Control::within(Duration::from_secs(1));
        assert_eq!(reader.begin(Insertion(1), &control), Err(CardError::Gone));
        assert_eq!(reader.tries(Insertion(1), &control), Err(CardError::Gone));
    }

    #[test]
    fn every_way_a_card_leaves_is_one_outcome() {
        for error in [Error::NotTransacted, Error::RemovedCard, Error::ResetCard, Error::NoSmartcard] {
            assert_eq!(fault(error), CardError::Gone);
        }
        assert_eq!(fault(Error::CommError), CardError::Service);
    }
}
