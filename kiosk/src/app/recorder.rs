//! The thread `audit`: keeps what happened. Who has something to tell hands it over and goes on; it is in the log at once, and in the audit with
//! the next transaction.
//!
//! What was handed over a moment before a power cut or a panic may be lost with the program. Acts are not kept this way, but with the journal,
//! and for what nobody may see unless it is written down ([`Pen`]) the page waits. Nothing else is lost in silence. While the disk takes nothing, events wait, and whatever is personal is closed (`store.unwritable`); if more
//! happens than may wait, the audit says how many events are missing.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use hal::Code;

use super::inbox::Inbox;
use super::told::Told;
use crate::clock::{Clock, Now, SystemClock};
use crate::events::{self, Event};
use crate::journal::Journal;
use crate::session::{Completion, Device, Input, Ticket};

/// Events that may wait: some minutes of a busy hall.
const ROOM: usize = 1024;

/// Events in one transaction.
const AT_ONCE: usize = 256;

/// Between two attempts to write.
const AGAIN: Duration = Duration::from_secs(1);

/// What is to be kept.
struct Happened {
    event: Event,
    now: Now,
    /// Who waits until it is on the disk.
    waits: Option<Ticket>,
}

/// The way to the audit for what somebody waits for.
pub(super) struct Pen {
    way: SyncSender<Happened>,
    clock: SystemClock,
}

impl Pen {
    /// Has it kept; `None` where that is told later.
    pub(super) fn keep(&self, ticket: Ticket, event: Event) -> Option<Input> {
        let happened = Happened { event, now: self.clock.now(), waits: Some(ticket) };
        self.way.try_send(happened).is_err().then(|| told(ticket, false))
    }
}

fn told(ticket: Ticket, kept: bool) -> Input {
    Input::Done(ticket, Completion::Posted(kept))
}

/// From here on, every event of this program that the audit keeps is written over `journal`.
pub(super) fn start(journal: Journal, clock: SystemClock, inbox: Inbox) -> io::Result<Pen> {
    let (way, happened) = sync_channel(ROOM);
    let lost = Arc::new(AtomicU64::new(0));
    let store = Told::well(&inbox, Device::Store);
    let recorder = Recorder { journal, clock, lost: lost.clone(), store, inbox };
    std::thread::Builder::new().name("audit".to_owned()).spawn(move || recorder.run(&happened))?;
    let pen = Pen { way: way.clone(), clock };
    events::keep_with(move |event| {
        let happened = Happened { event: event.clone(), now: clock.now(), waits: None };
        if way.try_send(happened).is_err() {
            lost.fetch_add(1, Ordering::Relaxed);
        }
    });
    Ok(pen)
}

struct Recorder {
    journal: Journal,
    clock: SystemClock,
    lost: Arc<AtomicU64>,
    store: Told,
    inbox: Inbox,
}

impl Recorder {
    fn run(mut self, told: &Receiver<Happened>) {
        while let Ok(first) = told.recv() {
            let mut happened: Vec<Happened> = std::iter::once(first).chain(told.try_iter().take(AT_ONCE)).collect();
            let count = self.lost.swap(0, Ordering::Relaxed);
            if count > 0 {
                let missing = Event::EventsLost { count };
                events::log(&missing);
                happened.push(Happened { event: missing, now: self.clock.now(), waits: None });
            }
            while !self.has_kept(&happened) {
                self.store.tell(Err(Code::StoreUnwritable));
                self.refuse_who_waits(&mut happened, told);
                std::thread::park_timeout(AGAIN);
            }
            if happened.is_empty() {
                // Nothing was written: whether the disk takes it again, the line that tells of the fault will show.
                continue;
            }
            self.store.tell(Ok(()));
            for Happened { event, waits, .. } in happened {
                if let Some(ticket) = waits {
                    events::log(&event);
                    self.inbox.send(self::told(ticket, true));
                }
            }
        }
    }

    /// What somebody waits for does not happen, and is not written down when the disk is back; what has come meanwhile is no exception. All
    /// else stays, as far as there is room.
    fn refuse_who_waits(&self, happened: &mut Vec<Happened>, told: &Receiver<Happened>) {
        for new in std::mem::take(happened).into_iter().chain(told.try_iter()) {
            if let Some(ticket) = new.waits {
                self.inbox.send(self::told(ticket, false));
            } else if happened.len() < ROOM {
                happened.push(new);
            } else {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn has_kept(&mut self, happened: &[Happened]) -> bool {
        let lines: Vec<_> = happened.iter().map(|Happened { event, now, .. }| (event.clone(), *now)).collect();
        self.journal.note(&lines).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::app::inbox::{Message, Queue, inbox};

    fn next(queue: &Queue) -> Option<Input> {
        match queue.next(Some(Duration::from_secs(20))) {
            Ok(Message::Input(input)) => Some(*input),
            _ => None,
        }
    }

    #[test]
    fn a_page_waits_for_a_disk_that_takes_nothing() {
        let folder = std::env::temp_dir().join(format!("recorder-{}", std::process::id()));
        let _from_last_time = std::fs::remove_dir_all(&folder);
        let clock = SystemClock::start();
        drop(Journal::open(&folder, "0d15ea5e", "t-0301", clock.now()).unwrap());
        // Whoever only looks cannot write, as on a disk that has become read-only.
        let (inbox, queue) = inbox();
        let store = Told::well(&inbox, Device::Store);
        let journal = Journal::look(&folder).unwrap();
        let (way, told) = sync_channel(ROOM);
        let recorder = Recorder { journal, clock, lost: Arc::new(AtomicU64::new(0)), store, inbox };
        std::thread::spawn(move || recorder.run(&told));
        way.send(Happened { event: Event::Started, now: clock.now(), waits: None }).unwrap();
        let Some(Input::Health(Device::Store, Err(Code::StoreUnwritable))) = next(&queue) else { panic!("it is well") };
        // It comes while the disk takes nothing already.
        let ticket = Ticket { visit: 1, seq: 1 };
        let pen = Pen { way, clock };
        assert!(pen.keep(ticket, Event::Witnessed { visit: 1 }).is_none());
        let Some(Input::Done(told, Completion::Posted(false))) = next(&queue) else { panic!("it waits, or was kept") };
        assert_eq!(told, ticket);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
