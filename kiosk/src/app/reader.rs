//! The threads `card-watch`, `card` and `card-talk`: one waits for cards, one keeps the time, one talks to them.
//!
//! PC/SC calls have no deadline of their own, and a card service that hangs without dying would hang whoever calls it. So
//! `card` only waits for `card-talk`, and says "no card service" when it waits in vain, until the lost call comes back.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use contract::site::Site;
use hal::card::{CardError, CardEvent, CardReader, PinChange, PinChangeError};
use hal::{Cancel, Control};

use super::inbox::Inbox;
use crate::devices;
use crate::session::{CardCommand, ChangePin, Completion, Input, Ticket};

/// One command runs, one waits; a third means that something is wrong, and is told so.
const ROOM: usize = 2;

/// Before the thread that talks stand a command and the release of the card before it.
const CALLS: usize = 2;

/// One command may run and two may wait, of which the last is the clerk's.
const TURNS: u32 = 3;

/// What a command may take beyond its deadline, which is looked at between two calls: the last call's own time.
const GRACE: Duration = Duration::from_secs(2);

/// How often a hanging card service is looked after; nobody can be served meanwhile.
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// How long the watch waits before it looks up; it needs no tick, this only bounds a wait that nothing ends.
const LOOK_UP: Duration = Duration::from_secs(3600);

type Changed = Result<PinChange, PinChangeError>;

/// What is asked of the card: by `step`, or by the clerk as part of an act.
enum Command {
    Step(CardCommand),
    ChangePin(ChangePin),
}

/// The answer to a [`Command`].
enum Answer {
    Step(Completion),
    Changed(Changed),
}

/// Who is told.
enum To {
    Step(Ticket),
    Clerk(SyncSender<Changed>),
}

struct Order {
    command: Command,
    cancel: Cancel,
    to: To,
}

enum Word {
    Order(Order),
    Release,
}

/// The way to the card thread.
#[derive(Clone)]
pub(super) struct Cards {
    words: SyncSender<Word>,
    /// How long the clerk waits: for what stands before it, and for its own command.
    patience: Duration,
}

impl Cards {
    pub(super) fn submit(&self, ticket: Ticket, command: CardCommand, cancel: Cancel) -> Option<Input> {
        let busy = failure(&command, CardError::Busy);
        let order = Word::Order(Order { command: Command::Step(command), cancel, to: To::Step(ticket) });
        self.words.try_send(order).is_err().then_some(Input::Done(ticket, busy))
    }

    /// Changes the PIN of a card and waits for what came of it. Must not be called by `app`, which never waits.
    pub(super) fn change_pin(&self, change: ChangePin, cancel: Cancel) -> Changed {
        let (tell, told) = sync_channel(1);
        let order = Word::Order(Order { command: Command::ChangePin(change), cancel, to: To::Clerk(tell) });
        if self.words.try_send(order).is_err() {
            return Err(PinChangeError::NotChanged(CardError::Busy));
        }
        told.recv_timeout(self.patience).unwrap_or(Err(PinChangeError::Uncertain(CardError::Service)))
    }

    pub(super) fn release(&self) {
        // No room means that commands are waiting: the next `Begin` connects anew and drops the old connection anyway.
        let _next_begin_releases = self.words.try_send(Word::Release);
    }
}

pub(super) fn start(site: &Site, at_card: Box<dyn Fn() + Send>, inbox: &Inbox) -> io::Result<Cards> {
    let (mut watch, reader) = devices::card(&site.devices.card);
    let news = inbox.clone();
    std::thread::Builder::new().name("card-watch".to_owned()).spawn(move || {
        loop {
            if let Some(event) = watch.next(LOOK_UP) {
                news.send(Input::Card(event));
            }
        }
    })?;
    attend(reader, at_card, Duration::from_millis(site.limits.card_call_ms), inbox)
}

/// Starts the threads that talk to one reader; `limit` is what a command may take.
fn attend(
    reader: Box<dyn CardReader>,
    at_card: Box<dyn Fn() + Send>,
    limit: Duration,
    inbox: &Inbox,
) -> io::Result<Cards> {
    let (orders, words) = sync_channel(ROOM);
    let (talk, calls) = sync_channel(CALLS);
    let (answer, answers) = sync_channel(1);
    let talks = move || self::talk(reader, &*at_card, &calls, &answer);
    std::thread::Builder::new().name("card-talk".to_owned()).spawn(talks)?;
    let timekeeper = Timekeeper { limit, talk, answers, inbox: inbox.clone(), hangs: false };
    std::thread::Builder::new().name("card".to_owned()).spawn(move || timekeeper.run(&words))?;
    Ok(Cards { words: orders, patience: (limit + GRACE) * TURNS })
}

/// What `card-talk` is asked to do.
enum Call {
    Command(Command, Instant, Cancel),
    Release,
}

/// Does one call after the other, however long each takes.
fn talk(mut reader: Box<dyn CardReader>, at_card: &dyn Fn(), calls: &Receiver<Call>, answer: &SyncSender<Answer>) {
    while let Ok(call) = calls.recv() {
        at_card();
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
struct Timekeeper {
    limit: Duration,
    talk: SyncSender<Call>,
    answers: Receiver<Answer>,
    inbox: Inbox,
    /// A call has not come back; whatever it brings belongs to a command that has been answered.
    hangs: bool,
}

impl Timekeeper {
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

    fn order(&mut self, Order { command, cancel, to }: Order) {
        let [unsent, lost] = [PinChangeError::NotChanged, PinChangeError::Uncertain].map(|why| match &command {
            Command::Step(command) => Answer::Step(failure(command, CardError::Service)),
            Command::ChangePin(_) => Answer::Changed(Err(why(CardError::Service))),
        });
        let call = Call::Command(command, Instant::now() + self.limit, cancel);
        // No room where a release has not come back: it is not waited for either.
        if self.hangs || self.talk.try_send(call).is_err() {
            return self.tell(to, unsent);
        }
        let answer = self.answers.recv_timeout(self.limit + GRACE).ok();
        if answer.is_none() {
            self.hangs = true;
            // Told first: it is about the reader, not about this card.
            self.inbox.send(Input::Card(CardEvent::ReaderLost(CardError::Service)));
        }
        self.tell(to, answer.unwrap_or(lost));
    }

    fn tell(&self, to: To, answer: Answer) {
        match (to, answer) {
            (To::Step(ticket), Answer::Step(completion)) => self.inbox.send(Input::Done(ticket, completion)),
            // A clerk that waits no longer has said itself that nobody knows.
            (To::Clerk(clerk), Answer::Changed(changed)) => drop(clerk.try_send(changed)),
            // Each command has its own kind of answer.
            (To::Step(_), Answer::Changed(_)) | (To::Clerk(_), Answer::Step(_)) => {}
        }
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

fn obey(reader: &mut dyn CardReader, command: &Command, control: &Control<'_>) -> Answer {
    let command = match command {
        Command::Step(command) => command,
        Command::ChangePin(ChangePin { card, old, new }) => {
            return Answer::Changed(reader.change_pin(*card, old, new, control));
        }
    };
    Answer::Step(match command {
        CardCommand::Begin(card) => Completion::CardBegun(reader.begin(*card, control)),
        CardCommand::Finish(card, authority) => Completion::CardFinished(reader.finish(*card, authority, control)),
        CardCommand::Tries(card) => Completion::Tries(reader.tries(*card, control)),
        CardCommand::Verify(card, pin) => Completion::Verified(reader.verify(*card, pin, control)),
        CardCommand::Keep => Completion::CardKept(reader.keep(control)),
    })
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

#[cfg(test)]
impl Cards {
    /// Nobody is at the other end.
    pub(super) fn dead() -> Self {
        Self { words: sync_channel(ROOM).0, patience: Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use hal::Private;
    use hal::card::{Authority, Begun, Capabilities, Holder, Insertion, Tries, Verified};

    use super::*;
    use crate::app::inbox::{Message, Queue, inbox};

    /// Longer than anything here takes on a machine with two busy cores.
    const GUARD: Duration = Duration::from_secs(20);
    const LIMIT: Duration = Duration::from_millis(50);

    /// A reader that lets no card go while the other end of `let_go` lives, and says when it begins to.
    struct Stuck {
        begins: SyncSender<()>,
        let_go: Receiver<()>,
    }

    impl CardReader for Stuck {
        fn capabilities(&self) -> Capabilities {
            Capabilities::default()
        }

        fn begin(&mut self, _: Insertion, _: &Control<'_>) -> Result<Begun, CardError> {
            Err(CardError::Foreign)
        }

        fn finish(&mut self, _: Insertion, _: &Authority, _: &Control<'_>) -> Result<Holder, CardError> {
            Err(CardError::Gone)
        }

        fn tries(&mut self, _: Insertion, _: &Control<'_>) -> Result<Tries, CardError> {
            Err(CardError::Gone)
        }

        fn verify(&mut self, _: Insertion, _: &Private<String>, _: &Control<'_>) -> Result<Verified, CardError> {
            Err(CardError::Gone)
        }

        fn change_pin(
            &mut self,
            _: Insertion,
            _: &Private<String>,
            _: &Private<String>,
            _: &Control<'_>,
        ) -> Result<PinChange, PinChangeError> {
            Err(PinChangeError::NotChanged(CardError::Gone))
        }

        fn release(&mut self) {
            let _nobody_listens = self.begins.try_send(());
            let _let_go = self.let_go.recv();
        }

        fn keep(&mut self, _: &Control<'_>) -> Result<u16, CardError> {
            Err(CardError::Gone)
        }
    }

    /// A reader in the middle of a release that does not come back before the last part is dropped.
    fn hanging() -> (Cards, Queue, SyncSender<()>) {
        let (inbox, queue) = inbox();
        let (begins, begun) = sync_channel(1);
        let (hold, let_go) = sync_channel(1);
        let cards = attend(Box::new(Stuck { begins, let_go }), Box::new(|| ()), LIMIT, &inbox).unwrap();
        cards.release();
        begun.recv_timeout(GUARD).unwrap();
        (cards, queue, hold)
    }

    fn next(queue: &Queue) -> Input {
        match queue.next(Some(GUARD)) {
            Ok(Message::Input(input)) => *input,
            _ => panic!("somebody waits without end"),
        }
    }

    /// What a command that begins with a card comes to.
    fn begun(cards: &Cards, queue: &Queue, seq: u64) -> Option<CardError> {
        let ticket = Ticket { visit: 1, seq };
        assert!(cards.submit(ticket, CardCommand::Begin(Insertion(1)), Cancel::default()).is_none());
        loop {
            match next(queue) {
                Input::Done(of, Completion::CardBegun(Err(error))) if of == ticket => return Some(error),
                Input::Done(..) => return None,
                _ => {}
            }
        }
    }

    #[test]
    fn a_release_that_hangs_keeps_the_next_visit_waiting() {
        let (cards, queue, hold) = hanging();
        let ticket = Ticket { visit: 1, seq: 1 };
        assert!(cards.submit(ticket, CardCommand::Begin(Insertion(1)), Cancel::default()).is_none());
        assert!(matches!(next(&queue), Input::Card(CardEvent::ReaderLost(CardError::Service))));
        let told = next(&queue);
        assert!(matches!(told, Input::Done(of, Completion::CardBegun(Err(CardError::Service))) if of == ticket));
        // Whoever comes now is told the same, and the end of a visit waits for nothing.
        assert_eq!(begun(&cards, &queue, 2), Some(CardError::Service));
        cards.release();
        drop(hold);
        assert!(matches!(next(&queue), Input::Card(CardEvent::ReaderReady)), "it stays lost, or an old answer is told");
        assert_eq!(begun(&cards, &queue, 3), Some(CardError::Foreign), "it does not serve again");
    }

    #[test]
    fn the_clerk_waits_for_a_pin_change_without_end() {
        let (words, _nobody) = sync_channel(ROOM);
        let [old, new] = ["123456", "654321"].map(Private::from);
        let change = ChangePin { card: Insertion(1), old, new };
        let changed = Cards { words, patience: LIMIT }.change_pin(change, Cancel::default());
        assert_eq!(changed, Err(PinChangeError::Uncertain(CardError::Service)));
    }
}
