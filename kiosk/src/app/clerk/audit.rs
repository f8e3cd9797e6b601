//! What the clerk does for the audit between acts: notes the day, prunes what is old and exported, posts to the auditor what is due, and tells
//! when room for what nobody has exported gets short. Asks nobody: what is posted goes with the mail.

use contract::format::Date;
use contract::message::{PARCEL_MAX_BYTES, ParcelKept, ParcelKind};
use contract::site::Site;
use hal::Code;

use super::Clerk;
use super::mail::{Pass, Stuck};
use crate::audit::status::Room;
use crate::clock::{Clock, Now};
use crate::crypto::seal::{self, Recipient};
use crate::events::{self, Event};
use crate::journal::outbox::{Content, Waiting};
use crate::session::{Device, DeviceHealth, Input};

/// What a sealed file has besides what is in it: its header is under three hundred bytes, and each chunk has its tag.
const SEALING_BYTES: usize = 1024;

/// Between two days of one run, by a clock that nobody sets: half a day. So a wall clock that leaps from day to day makes none of them old.
const DAYS_APART_MS: u64 = 12 * 3_600_000;

/// How the audit is kept.
pub(super) struct Keeping {
    /// To whom lines are posted; `None` where they are exported by hand.
    auditor: Option<Recipient>,
    keep_days: u64,
    at_once_lines: u64,
    most_lines: u64,
    /// Parcels that the outbox has room for.
    room: u64,
    /// The day that was noted last in this run, and when that was.
    noted: Option<(Date, u64)>,
    /// What was told of the room.
    told: DeviceHealth,
}

impl Keeping {
    pub(super) fn new(site: &Site, auditor: Option<Recipient>) -> Self {
        let limits = &site.limits;
        Self {
            auditor,
            keep_days: limits.audit_keep_days,
            at_once_lines: limits.audit_post_lines,
            most_lines: limits.audit_unexported_lines_max,
            room: limits.outbox_parcels_max,
            noted: None,
            told: Ok(()),
        }
    }

    /// Whether this is a day that has not been noted, and may be one.
    fn is_new_day(&self, now: Now) -> bool {
        self.noted
            .is_none_or(|(day, noted_ms)| day != now.date() && now.elapsed_ms.saturating_sub(noted_ms) >= DAYS_APART_MS)
    }

    /// Whether somebody may acknowledge an export at any moment, and wait to see what comes of it.
    pub(super) fn waits(&self) -> bool {
        self.told.is_err()
    }
}

impl Clerk {
    /// Does all of it, as far as nobody waits.
    pub(super) fn keep_the_audit(&mut self, pass: &mut Pass) -> Result<(), Stuck> {
        let now = self.clock.now();
        self.look_at_the_audit();
        if self.keeping.is_new_day(now) {
            self.journal.note_day(now.date())?;
            self.keeping.noted = Some((now.date(), now.elapsed_ms));
        }
        if self.is_wanted(pass) {
            return Ok(());
        }
        if let Some(pruned) = self.journal.prune(self.keeping.keep_days, now)? {
            events::log(&pruned.event);
            pass.more |= pruned.more;
        }
        self.post_lines(pass, now)
    }

    fn post_lines(&mut self, pass: &mut Pass, now: Now) -> Result<(), Stuck> {
        let Keeping { auditor: Some(auditor), at_once_lines, room, .. } = &self.keeping else { return Ok(()) };
        let Some(part) = self.journal.due_lines(*at_once_lines, PARCEL_MAX_BYTES - SEALING_BYTES)? else {
            return Ok(());
        };
        // A full outbox is for what citizens have left: these lines are safe where they are.
        if self.journal.waiting()? >= *room {
            return Ok(());
        }
        let (Ok(bytes), Ok(end)) = (auditor.seal(part.text.as_bytes()), crate::crypto::random_hex::<4>()) else {
            events::write(&Event::JournalFailed);
            return Ok(());
        };
        // Of this journal and no other; and of this sealing, for another one of the same lines has other bytes.
        let key = format!("{}-{}-{}-{end}", self.journal.epoch()?, part.first, part.last.sequence);
        self.journal.post_part(&part, &key, &Content { algorithm: seal::ALGORITHM, bytes }, now)?;
        pass.more |= part.more;
        Ok(())
    }

    /// The agency has a parcel of lines. One that it says nothing comes of does not count.
    pub(super) fn lines_delivered(&mut self, waiting: &Waiting, kept: &ParcelKept) -> Result<(), Stuck> {
        if let Some(code) = kept.refused {
            events::write(&Event::ParcelRefused { kind: ParcelKind::AuditLines.as_str(), code });
            return Ok(self.journal.delivered(waiting.sequence)?);
        }
        let told = self.journal.part_delivered(&waiting.key, self.clock.now())?;
        told.iter().for_each(events::log);
        Ok(())
    }

    /// Tells how much room there is for lines that nobody has exported, when that changes: also when somebody has acknowledged an export
    /// beside the running terminal.
    pub(super) fn look_at_the_audit(&mut self) {
        let Ok(marks) = self.journal.marks() else { return };
        let news = match Room::of(marks.unexported(), self.keeping.most_lines) {
            Room::Enough => Ok(()),
            Room::Short => Err(Code::StoreAuditFilling),
            Room::None => Err(Code::StoreAuditFull),
        };
        if std::mem::replace(&mut self.keeping.told, news) != news {
            self.inbox.send(Input::Health(Device::Audit, news));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 3_600_000;

    #[test]
    fn a_clock_that_leaps_from_day_to_day_makes_everything_old() {
        let mut keeping = Keeping {
            auditor: None,
            keep_days: 184,
            at_once_lines: 1,
            most_lines: 1,
            room: 1,
            noted: None,
            told: Ok(()),
        };
        // Every ten minutes the wall clock says that it is tomorrow, for two days.
        let noted = (0..288).filter(|n: &i64| {
            let now = Now { elapsed_ms: n.unsigned_abs() * 600_000, unix_ms: n * DAY_MS };
            let new = keeping.is_new_day(now);
            if new {
                keeping.noted = Some((now.date(), now.elapsed_ms));
            }
            new
        });
        assert_eq!(noted.count(), 4, "a quarter of a year in two days");
        // Midnight comes soon after the start; the new day is noted in its middle, once.
        let mut keeping = Keeping { noted: None, ..keeping };
        let at = |hours: i64| Now { elapsed_ms: hours.unsigned_abs() * 3_600_000, unix_ms: (hours + 15) * DAY_MS / 24 };
        assert!(keeping.is_new_day(at(0)));
        keeping.noted = Some((at(0).date(), 0));
        let hours: Vec<i64> = (1..36).filter(|hours| keeping.is_new_day(at(*hours))).collect();
        assert_eq!(hours.first(), Some(&12));
    }
}
