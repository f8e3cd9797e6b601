//! The threads `card-watch` and `card`: one waits for cards, the other talks to them, so that neither waits for the other.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use contract::site::Site;
use hal::card::{CardError, CardReader, CardWatch, pcsc};
use hal::{Cancel, Control};

use super::inbox::Inbox;
use crate::session::{CardCommand, Completion, Input, Ticket};

/// One command runs, one waits; a third means that something is wrong, and is told so.
const ROOM: usize = 2;

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
    let (mut watch, reader) = pcsc::open(&site.devices.card.reader);
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
    std::thread::Builder::new().name("card".to_owned()).spawn(move || talk(reader, &words, limit, &results))?;
    Ok(Cards(orders))
}

fn talk(mut reader: impl CardReader, words: &Receiver<Word>, limit: Duration, inbox: &Inbox) {
    while let Ok(word) = words.recv() {
        match word {
            Word::Release => reader.release(),
            Word::Order(Order { ticket, command, cancel }) => {
                let control = Control { deadline: Instant::now() + limit, cancel, progress: &|_| {} };
                inbox.send(Input::Done(ticket, obey(&mut reader, &command, &control)));
            }
        }
    }
}

fn obey(reader: &mut impl CardReader, command: &CardCommand, control: &Control<'_>) -> Completion {
    match command {
        CardCommand::Begin(card) => Completion::CardBegun(reader.begin(*card, control)),
        CardCommand::Finish(card, authority) => Completion::CardFinished(reader.finish(*card, authority, control)),
        CardCommand::Tries(card) => Completion::Tries(reader.tries(*card, control)),
        CardCommand::Verify(card, pin) => Completion::Verified(reader.verify(*card, pin, control)),
    }
}

const fn failure(command: &CardCommand, error: CardError) -> Completion {
    match command {
        CardCommand::Begin(_) => Completion::CardBegun(Err(error)),
        CardCommand::Finish(..) => Completion::CardFinished(Err(error)),
        CardCommand::Tries(_) => Completion::Tries(Err(error)),
        CardCommand::Verify(..) => Completion::Verified(Err(error)),
    }
}
