//! The threads `card-watch`, `card` and `card-talk`: one waits for cards, one keeps the time, one talks to them.
//!
//! PC/SC calls have no deadline of their own, and a card service that hangs without dying would hang whoever calls it. So
//! `card` only waits for `card-talk`, and says "no card service" when it waits in vain, until the lost call comes back.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use contract::site::Site;
use hal::card::{CardError, CardEvent, CardReader};
use hal::{Cancel, Control};

use super::inbox::Inbox;
use crate::devices;
use crate::session::{CardCommand, Completion, Input, Ticket};

/// One command runs, one waits; a third means that something is wrong, and is told so.
const ROOM: usize = 2;

/// What a command may take beyond its deadline, which is looked at between two calls: the last call's own time.
const GRACE: Duration = Duration::from_secs(2);

/// How often a hanging card service is looked after; nobody can be served meanwhile.
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// How long the watch waits before it looks up; it needs no tick, this only bounds a wait that nothing ends.
const LOOK_UP: Duration = Duration::from_secs(3600);

struct Order {
    ticket: Ticket,
    command: CardCommand,
    cancel: Cancel,
}

enum Word {
    Order(Order),
    Release,
}

/// The way to the card thread.
pub(super) struct Cards(SyncSender<Word>);

impl Cards {
    pub(super) fn submit(&self, ticket: Ticket, command: CardCommand, cancel: Cancel) -> Option<Input> {
        let busy = failure(&command, CardError::Busy);
        let order = Word::Order(Order { ticket, command, cancel });
        self.0.try_send(order).is_err().then_some(Input::Done(ticket, busy))
    }

    pub(super) fn release(&self) {
        // No room means that commands are waiting: the next `Begin` connects anew and drops the old connection anyway.
        let _next_begin_releases = self.0.try_send(Word::Release);
    }
}

pub(super) fn start(site: &Site, inbox: &Inbox) -> io::Result<Cards> {
    let (mut watch, reader) = devices::card(&site.devices.card);
    let news = inbox.clone();
    std::thread::Builder::new().name("card-watch".to_owned()).spawn(move || {
        loop {
            if let Some(event) = watch.next(LOOK_UP) {
                news.send(Input::Card(event));
            }
        }
    })?;
    let (orders, words) = sync_channel(ROOM);
    let limit = Duration::from_millis(site.limits.card_call_ms);
    let results = inbox.clone();
    let (talk, calls) = sync_channel(1);
    let (answer, answers) = sync_channel(1);
    std::thread::Builder::new().name("card-talk".to_owned()).spawn(move || self::talk(reader, &calls, &answer))?;
    let desk = Desk { limit, talk, answers, inbox: results, hangs: false };
    std::thread::Builder::new().name("card".to_owned()).spawn(move || desk.run(&words))?;
    Ok(Cards(orders))
}

/// What `card-talk` is asked to do.
enum Call {
    Command(CardCommand, Instant, Cancel),
    Release,
}

/// Does one call after the other, however long each takes.
fn talk(mut reader: Box<dyn CardReader>, calls: &Receiver<Call>, answer: &SyncSender<Completion>) {
    while let Ok(call) = calls.recv() {
        match call {
            Call::Release => reader.release(),
            Call::Command(command, deadline, cancel) => {
                let control = Control { deadline, cancel, progress: &|_| {} };
                if answer.send(obey(&mut *reader, &command, &control)).is_err() {
                    return;
                }
            }
        }
    }
}

/// Gives every command exactly one completion in time.
struct Desk {
    limit: Duration,
    talk: SyncSender<Call>,
    answers: Receiver<Completion>,
    inbox: Inbox,
    /// A call has not come back; whatever it brings belongs to a command that has been answered.
    hangs: bool,
}

impl Desk {
    fn run(mut self, words: &Receiver<Word>) {
        loop {
            let word = if self.hangs { words.recv_timeout(LOOK_AFTER) } else { words.recv().map_err(Into::into) };
            self.look_after();
            match word {
                Ok(Word::Order(order)) => self.order(order),
                // The call that hangs is followed by a release of its own.
                Ok(Word::Release) if !self.hangs => drop(self.talk.try_send(Call::Release)),
                Ok(Word::Release) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn order(&mut self, Order { ticket, command, cancel }: Order) {
        let lost = failure(&command, CardError::Service);
        let call = Call::Command(command, Instant::now() + self.limit, cancel);
        let begun = !self.hangs && self.talk.send(call).is_ok();
        let answer = begun.then(|| self.answers.recv_timeout(self.limit + GRACE).ok()).flatten();
        if begun && answer.is_none() {
            self.hangs = true;
            // Told first: it is about the reader, not about this card.
            self.inbox.send(Input::Card(CardEvent::ReaderLost(CardError::Service)));
        }
        self.inbox.send(Input::Done(ticket, answer.unwrap_or(lost)));
    }

    /// The lost call has come back: its card is let go, and the reader counts again.
    fn look_after(&mut self) {
        if self.hangs && self.answers.try_recv().is_ok() {
            self.hangs = false;
            let _the_only_one = self.talk.try_send(Call::Release);
            self.inbox.send(Input::Card(CardEvent::ReaderReady));
        }
    }
}

fn obey(reader: &mut dyn CardReader, command: &CardCommand, control: &Control<'_>) -> Completion {
    match command {
        CardCommand::Begin(card) => Completion::CardBegun(reader.begin(*card, control)),
        CardCommand::Finish(card, authority) => Completion::CardFinished(reader.finish(*card, authority, control)),
        CardCommand::Tries(card) => Completion::Tries(reader.tries(*card, control)),
        CardCommand::Verify(card, pin) => Completion::Verified(reader.verify(*card, pin, control)),
        CardCommand::Keep => Completion::CardKept(reader.keep(control)),
    }
}

const fn failure(command: &CardCommand, error: CardError) -> Completion {
    match command {
        CardCommand::Begin(_) => Completion::CardBegun(Err(error)),
        CardCommand::Finish(..) => Completion::CardFinished(Err(error)),
        CardCommand::Tries(_) => Completion::Tries(Err(error)),
        CardCommand::Verify(..) => Completion::Verified(Err(error)),
        CardCommand::Keep => Completion::CardKept(Err(error)),
    }
}
