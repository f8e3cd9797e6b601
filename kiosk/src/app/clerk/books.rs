//! What staff should know of the journal: a full outbox, acts of which nobody knows how they ended, and what the agency will not take.

use contract::message::Outcome;
use hal::Code;

use super::Clerk;
use super::pace::Thing;
use crate::clock::Clock;
use crate::journal::{Row, tool};
use crate::session::{Device, Input};

impl Clerk {
    /// Whether one of the oldest outcomes that the agency has not acknowledged is a day old, and it was refused, or failed and something else was
    /// answered since; or nobody can read what it was, so that it is told to nobody. The same of a parcel that is on its way: of a complaint it was
    /// said that it goes by itself.
    fn is_unheard(&self) -> bool {
        let now = self.clock.now();
        let is_on_its_way = |place| self.journal.goes_for(place, tool::OVERDUE_MS, now).is_ok_and(|goes| goes);
        if self.mail.aside.blamed_parcels().any(is_on_its_way) {
            return true;
        }
        let is_old =
            |row: &Row| row.settled_ms.is_some_and(|ms| ms.abs_diff(now.unix_ms) > tool::OVERDUE_MS.unsigned_abs());
        let is_unreadable = |row: &Row| row.outcome.as_deref().and_then(Outcome::parse).is_none();
        let unheard =
            |row: &Row| is_old(row) && (is_unreadable(row) || self.mail.aside.blames(Thing::Outcome(row.sequence)));
        self.journal.unreported(0).is_ok_and(|rows| rows.iter().any(unheard))
    }

    /// Tells what of all that has changed; an act of unknown end after a day.
    pub(super) fn look_at_the_books(&mut self) {
        let room = self.journal.waiting().map(|count| count < self.mail.room);
        let overdue = tool::overdue(&self.journal, self.clock.now());
        let refused = self.journal.refused_parcels();
        let news = [
            if room.is_ok_and(|room| !room) { Err(Code::StoreOutboxFull) } else { Ok(()) },
            if overdue.is_ok_and(|count| count > 0) {
                Err(Code::StoreUnresolved)
            } else if refused.is_ok_and(|count| count > 0) {
                Err(Code::StoreParcelRefused)
            } else if self.is_unheard() {
                Err(Code::StoreUnreported)
            } else {
                Ok(())
            },
        ];
        for (device, (told, news)) in
            [Device::Outbox, Device::Books].into_iter().zip(self.mail.told.iter_mut().zip(news))
        {
            if *told != news {
                *told = news;
                self.inbox.send(Input::Health(device, news));
            }
        }
    }
}
