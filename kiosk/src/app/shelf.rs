//! The thread `shelf`: brings what the agency makes public to the disk, so that neither `app` nor `net` waits for a disk; and what was found
//! there at the start.
//!
//! A catalogue comes once a start and after each change; room for a few is room enough, and of one that finds none the next is kept.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use serde::Serialize;

use crate::agency::client::Keepsake;
use crate::clock::{Clock, SystemClock};
use crate::events::{self, Event};
use crate::kept::{Kept, Name, Shelf, Unread};
use crate::session::Remembered;

/// Words of the agency that may wait for the disk.
const ROOM: usize = 4;

/// Takes what the agency has just said. It does not wait.
pub(super) type Keeper = Arc<dyn Fn(Keepsake) + Send + Sync>;

/// What was kept before this start, with the catalogue's tag. What cannot be used is logged and ignored.
pub(super) fn remembered(shelf: &Shelf, clock: SystemClock) -> (Remembered, String) {
    let now_ms = clock.now().unix_ms;
    let catalogue = told(Name::Catalogue, shelf.catalogue(), now_ms);
    let calendar = told(Name::Calendar, shelf.calendar(), now_ms);
    let tag = catalogue.as_ref().map_or_else(String::new, |kept| kept.tag.clone());
    let catalogue = catalogue.map(|kept| Arc::new(kept.what));
    (Remembered { catalogue, calendar: calendar.map(|kept| Box::new(kept.what)) }, tag)
}

fn told<T>(name: Name, read: Result<Option<Kept<T>>, Unread>, now_ms: i64) -> Option<Kept<T>> {
    let what = name.as_str();
    match read {
        Ok(Some(kept)) => {
            let age = now_ms.saturating_sub(kept.unix_ms) / 3_600_000;
            events::write(&Event::Remembered { what, hours: u64::try_from(age).unwrap_or(0) });
            Some(kept)
        }
        Ok(None) => None,
        Err(why) => {
            events::write(&Event::NotRemembered { what, why: why.as_str() });
            None
        }
    }
}

/// Starts the thread; what is handed to the keeper is kept.
pub(super) fn start(shelf: Shelf, clock: SystemClock) -> io::Result<Keeper> {
    let (way, said) = sync_channel(ROOM);
    std::thread::Builder::new().name("shelf".to_owned()).spawn(move || serve(&shelf, clock, &said))?;
    Ok(Arc::new(move |keepsake| drop(way.try_send(keepsake))))
}

fn serve(shelf: &Shelf, clock: SystemClock, said: &Receiver<Keepsake>) {
    while let Ok(keepsake) = said.recv() {
        match keepsake {
            Keepsake::Catalogue(catalogue, tag) => keep(shelf, Name::Catalogue, *catalogue, tag, clock),
            Keepsake::Calendar(calendar) => keep(shelf, Name::Calendar, *calendar, String::new(), clock),
        }
    }
}

fn keep<T: Serialize>(shelf: &Shelf, name: Name, what: T, tag: String, clock: SystemClock) {
    let kept = Kept { from: shelf.from().to_owned(), tag, unix_ms: clock.now().unix_ms, what };
    if shelf.keep(name, &kept).is_err() {
        events::write(&Event::NotKept { what: name.as_str() });
    }
}
