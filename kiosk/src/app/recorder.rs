//! The thread `audit`: keeps what happened. Who has something to tell hands it over and goes on; it is in the log at once, and in the audit with
//! the next transaction.
//!
//! What was handed over a moment before a power cut or a panic may be lost with the program; acts are not kept this way, but with the
//! journal. Nothing else is lost in silence. While the disk takes nothing, events wait, and whatever is personal is closed (`store.unwritable`); if more
//! happens than may wait, the audit says how many events are missing.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use hal::Code;

use super::inbox::Inbox;
use crate::clock::{Clock, Now, SystemClock};
use crate::events::{self, Event};
use crate::journal::Journal;
use crate::session::{Device, DeviceHealth, Input};

/// Events that may wait: some minutes of a busy hall.
const ROOM: usize = 1024;

/// Events in one transaction.
const AT_ONCE: usize = 256;

/// Between two attempts to write.
const AGAIN: Duration = Duration::from_secs(1);

type Told = (Event, Now);

/// From here on, every event of this program that the audit keeps is written over `journal`.
pub(super) fn start(journal: Journal, clock: SystemClock, inbox: Inbox) -> io::Result<()> {
    let (way, told) = sync_channel(ROOM);
    let lost = Arc::new(AtomicU64::new(0));
    let recorder = Recorder { journal, clock, lost: lost.clone(), well: true, inbox };
    std::thread::Builder::new().name("audit".to_owned()).spawn(move || recorder.run(&told))?;
    events::keep_with(move |event| hand_over(&way, (event.clone(), clock.now()), &lost));
    Ok(())
}

fn hand_over(way: &SyncSender<Told>, told: Told, lost: &AtomicU64) {
    if way.try_send(told).is_err() {
        lost.fetch_add(1, Ordering::Relaxed);
    }
}

struct Recorder {
    journal: Journal,
    clock: SystemClock,
    lost: Arc<AtomicU64>,
    well: bool,
    inbox: Inbox,
}

impl Recorder {
    fn run(mut self, told: &Receiver<Told>) {
        while let Ok(first) = told.recv() {
            let mut happened: Vec<Told> = std::iter::once(first).chain(told.try_iter().take(AT_ONCE)).collect();
            let count = self.lost.swap(0, Ordering::Relaxed);
            if count > 0 {
                let missing = Event::EventsLost { count };
                events::log(&missing);
                happened.push((missing, self.clock.now()));
            }
            while self.journal.note(&happened).is_err() {
                self.is(Err(Code::StoreUnwritable));
                std::thread::park_timeout(AGAIN);
            }
            self.is(Ok(()));
        }
    }

    /// Tells when it changes.
    fn is(&mut self, health: DeviceHealth) {
        if self.well != health.is_ok() {
            self.well = health.is_ok();
            self.inbox.send(Input::Health(Device::Store, health));
        }
    }
}
