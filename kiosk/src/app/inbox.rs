//! The one bounded queue into `app`. Senders wait when it is full; completions and intents are never dropped.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use ui::Tap;

use crate::session::Input;

/// A second's worth of the fastest fingers and of every device at once.
const ROOM: usize = 256;

/// What the queue carries.
pub(super) enum Message {
    /// For `step`.
    Input(Box<Input>),
    /// Look at the deadlines again; when everything that came before is done and shown, say so.
    Nudge(SyncSender<()>),
    /// End the loop.
    Stop,
}

/// The sending end. Cheap to clone.
#[derive(Clone)]
pub struct Inbox(SyncSender<Message>);

/// The receiving end; there is one.
pub struct Queue {
    messages: Receiver<Message>,
    sender: SyncSender<Message>,
}

/// A new queue.
#[must_use]
pub(super) fn inbox() -> (Inbox, Queue) {
    let (sender, messages) = sync_channel(ROOM);
    (Inbox(sender.clone()), Queue { messages, sender })
}

impl Inbox {
    /// A finger.
    pub fn tap(&self, tap: Tap) {
        self.send(Input::Tap(tap));
    }

    /// Has the deadlines looked at again. What comes back receives a word once everything sent before has been stepped and
    /// shown, so that a test need not guess when.
    #[must_use]
    pub fn nudge(&self) -> Receiver<()> {
        let (done, settled) = sync_channel(1);
        self.push(Message::Nudge(done));
        settled
    }

    /// End the terminal.
    pub fn stop(&self) {
        self.push(Message::Stop);
    }

    pub(super) fn send(&self, input: Input) {
        self.push(Message::Input(Box::new(input)));
    }

    fn push(&self, message: Message) {
        // The receiver is gone only while the program ends; then nobody needs the message.
        let _ending = self.0.send(message);
    }
}

impl Queue {
    pub(super) fn inbox(&self) -> Inbox {
        Inbox(self.sender.clone())
    }

    pub(super) fn next(&self, wait: Option<Duration>) -> Result<Message, RecvTimeoutError> {
        match wait {
            Some(wait) => self.messages.recv_timeout(wait),
            None => self.messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }
}
