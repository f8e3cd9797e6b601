//! The terminal's side of one connection to a vendor bridge: one command at a time, each with its deadline and exactly one end.
//!
//! A command that is cancelled or runs out of time is over for whoever waited; if its completion comes later, its id is an old one and
//! it is dropped. A connection that is lost fails its command; the next one connects anew, with back-off.
//!
//! Must never: repeat a command that may have arrived, believe a frame after one that was junk.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::frame::{self, Bytes, Frame, Framer, News, Outcome, Trouble, VERSION};
use super::{BridgeError, DeviceClass};
use crate::control::{Control, Progress};
use crate::wire::steady::Steady;
use crate::wire::{Dial, Wire, WireError};

/// A bridge says who it is at once; it need not ask its device for that.
const HELLO: Duration = Duration::from_secs(2);
/// Between two looks at the cancel flag while a command runs.
const LOOK: Duration = Duration::from_millis(50);
/// A bridge is told a little less time than there is: so its word that the device did not answer arrives before we must say that the
/// bridge did not.
const LEAD: Duration = Duration::from_millis(250);
/// How long a cancelled command is waited for: a motor stops within that.
const CANCEL_ANSWER: Duration = Duration::from_secs(1);
/// One read: some frames at a time, so that what was heard and not yet looked at stays small.
const READ_BYTES: usize = 512;
/// Events tell how things are, and the newest is right: what nobody fetched may go.
const MOST_EVENTS: usize = 16;

/// How a command ended that the bridge answered.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// Done; what it brought.
    Done(Bytes),
    /// Not done, because of the device.
    Not(Trouble),
}

/// The connection.
pub struct Client {
    wire: Steady,
    framer: Framer,
    /// Frames that came together with one that was waited for: at most as many as fit into one read.
    heard: VecDeque<Frame>,
    events: VecDeque<Bytes>,
    class: DeviceClass,
    wants_events: bool,
    last_id: u32,
    name: String,
    /// Why we closed the connection ourselves, until the next dialling tells otherwise.
    closed_for: Option<BridgeError>,
}

impl Client {
    /// A connection behind `dial`, for a device of `class`; touches nothing until it is used.
    #[must_use]
    pub fn new(dial: Box<dyn Dial>, class: DeviceClass) -> Self {
        Self {
            wire: Steady::new(dial),
            framer: Framer::default(),
            heard: VecDeque::new(),
            events: VecDeque::new(),
            class,
            wants_events: false,
            last_id: 0,
            name: String::new(),
            closed_for: None,
        }
    }

    /// Wants event frames, which [`Client::event`] then fetches.
    #[must_use]
    pub fn with_events(mut self) -> Self {
        self.wants_events = true;
        self
    }

    /// What the bridge called itself when it was last connected; empty before that.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs one command to its end.
    ///
    /// # Errors
    /// As [`BridgeError`] says; on [`BridgeError::Down`], [`BridgeError::NoAnswer`] and [`BridgeError::Cancelled`] it may have been done.
    pub fn call(&mut self, operation: u8, arguments: &[u8], control: &Control<'_>) -> Result<Answer, BridgeError> {
        if control.cancel.is_cancelled() {
            return Err(BridgeError::Cancelled);
        }
        self.open(control.deadline)?;
        self.last_id = self.last_id.wrapping_add(1);
        let id = self.last_id;
        let left = control.left();
        let left_ms = u32::try_from((left - LEAD.min(left / 4)).as_millis()).unwrap_or(u32::MAX);
        let arguments = Zeroizing::new(arguments.to_vec());
        let command = Frame::Command { id, operation, left_ms, arguments };
        match self.send(&command, control.deadline) {
            // It was started again since the last command. What could not be sent whole has not been begun.
            Err(BridgeError::Down) => {
                self.open(control.deadline)?;
                self.send(&command, control.deadline)?;
            }
            sent => sent?,
        }
        let (mut until, mut cancelled) = (control.deadline, false);
        loop {
            if !cancelled && control.cancel.is_cancelled() {
                cancelled = true;
                until = until.min(Instant::now() + CANCEL_ANSWER);
                self.send(&Frame::Cancel { id }, until)?;
            }
            match self.receive(until.min(Instant::now() + LOOK))? {
                Some(Frame::Completion { id: of, outcome, data }) if of == id => return end(outcome, data),
                Some(Frame::Progress { id: of, news }) if of == id => (control.progress)(self.progress(news)),
                // None, or of an older command, which has ended for whoever waited.
                _ => {}
            }
            if Instant::now() >= until {
                return Err(if cancelled { BridgeError::Cancelled } else { BridgeError::NoAnswer });
            }
        }
    }

    /// Waits for the next event until `deadline`. `None` where none came, or where the connection has only now been made: ask how
    /// things are. Making it may take two seconds beyond the deadline.
    ///
    /// # Errors
    /// As [`BridgeError`] says.
    pub fn event(&mut self, deadline: Instant) -> Result<Option<Bytes>, BridgeError> {
        if !self.wire.is_open() {
            return self.open(deadline.max(Instant::now() + HELLO)).map(|()| None);
        }
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            // Whatever belongs to commands is late here.
            while self.sort()?.is_some() {}
            if self.events.is_empty() && !self.read(deadline)? {
                return Ok(None);
            }
        }
    }

    /// Connects where it is not connected, and says hello.
    fn open(&mut self, deadline: Instant) -> Result<(), BridgeError> {
        if self.wire.is_open() {
            return Ok(());
        }
        self.framer = Framer::default();
        self.heard.clear();
        self.events.clear();
        match self.wire.open(deadline) {
            Ok(_) => self.closed_for = None,
            // What we closed ourselves waits for its time; anything else is what dialling says now.
            Err(WireError::Gone) => return Err(self.closed_for.unwrap_or(BridgeError::Down)),
            Err(error) => return Err(error.into()),
        }
        self.hello(deadline.min(Instant::now() + HELLO)).inspect_err(|why| self.close(*why))
    }

    fn hello(&mut self, deadline: Instant) -> Result<(), BridgeError> {
        let class = self.class.code();
        self.send(&Frame::Hello { version: VERSION, class, events: self.wants_events }, deadline)?;
        match self.receive(deadline)? {
            Some(Frame::Welcome { version, .. }) if version != VERSION => Err(BridgeError::WrongVersion),
            Some(Frame::Welcome { class: served, .. }) if served != class => Err(BridgeError::WrongClass),
            Some(Frame::Welcome { name, .. }) => {
                self.name = name;
                Ok(())
            }
            Some(_) => Err(BridgeError::Garbled),
            None => Err(BridgeError::NoAnswer),
        }
    }

    fn close(&mut self, why: BridgeError) {
        self.closed_for = Some(why);
        self.wire.close(WireError::Gone);
    }

    fn send(&mut self, frame: &Frame, deadline: Instant) -> Result<(), BridgeError> {
        match self.wire.send(&frame::encode(frame), deadline) {
            Ok(()) => Ok(()),
            Err(WireError::Timeout) => {
                // Half a frame may be on its way: whatever followed it would be junk.
                self.close(BridgeError::NoAnswer);
                Err(BridgeError::NoAnswer)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The next frame that is for a command; `None` where none came by the deadline.
    fn receive(&mut self, deadline: Instant) -> Result<Option<Frame>, BridgeError> {
        loop {
            if let Some(frame) = self.sort()? {
                return Ok(Some(frame));
            }
            if !self.read(deadline)? {
                return Ok(None);
            }
        }
    }

    /// Reads once; false where nothing came by the deadline.
    fn read(&mut self, deadline: Instant) -> Result<bool, BridgeError> {
        let mut bytes = Zeroizing::new([0; READ_BYTES]);
        let count = match self.wire.read(bytes.as_mut_slice(), deadline) {
            Ok(count) => count,
            Err(WireError::Timeout) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let frames = self.framer.feed(bytes.get(..count).unwrap_or_default()).map_err(|_| self.junk())?;
        self.heard.extend(frames);
        Ok(true)
    }

    /// The next frame heard that is for a command; events are put aside.
    fn sort(&mut self) -> Result<Option<Frame>, BridgeError> {
        while let Some(frame) = self.heard.pop_front() {
            match frame {
                Frame::Event { data } => self.keep(data),
                Frame::Completion { id, .. } | Frame::Progress { id, .. } if id > self.last_id => {
                    return Err(self.junk());
                }
                Frame::Hello { .. } | Frame::Command { .. } | Frame::Cancel { .. } => return Err(self.junk()),
                frame => return Ok(Some(frame)),
            }
        }
        Ok(None)
    }

    fn keep(&mut self, event: Bytes) {
        if self.events.len() == MOST_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    fn junk(&mut self) -> BridgeError {
        self.close(BridgeError::Garbled);
        BridgeError::Garbled
    }

    const fn progress(&self, news: News) -> Progress {
        match news {
            News::Accepted => Progress::Accepted,
            News::Blocked(trouble) => Progress::Blocked(self.class.code_of(trouble)),
            News::Resumed => Progress::Resumed,
        }
    }
}

fn end(outcome: Outcome, data: Bytes) -> Result<Answer, BridgeError> {
    match outcome {
        Outcome::Done => Ok(Answer::Done(data)),
        Outcome::Not(trouble) => Ok(Answer::Not(trouble)),
        Outcome::Cancelled => Err(BridgeError::Cancelled),
        Outcome::Busy => Err(BridgeError::Busy),
        Outcome::NotSupported => Err(BridgeError::NotSupported),
    }
}
