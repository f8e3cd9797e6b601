//! What the clerk does for the audit between acts: notes the day, prunes what is old and exported, posts to the auditor what is due, and tells
//! when room for what nobody has exported gets short. Asks nobody: what is posted goes with the mail.

use contract::format::Date;
use contract::message::{PARCEL_MAX_BYTES, ParcelKept, ParcelKind};
use contract::site::Site;
use hal::Code;

use super::Clerk;
use super::mail::{Pass, Stuck};
use crate::audit::status::Room;
use crate::clock::{Clock, Now, Uptime};
use crate::crypto::seal::Recipient;
use crate::events::{self, Event};
use crate::journal::outbox::{Content, Waiting};
use crate::session::{Device, DeviceHealth, Input};

/// What a sealed file has besides what is in it: its header is under three hundred bytes, and each chunk has its tag.
const SEALING_BYTES: usize = 1024;

/// How the audit is kept.
pub(super) struct Keeping {
    /// To whom lines are posted; `None` where they are exported by hand.
    auditor: Option<Recipient>,
    keep_days: u64,
    at_once_lines: u64,
    most_lines: u64,
    /// Parcels that the outbox has room for.
    room: u64,
    /// The day that stands noted: it need not be looked up again.
    noted: Option<Date>,
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

    /// Whether somebody may acknowledge an export at any moment, and wait to see what comes of it.
    pub(super) fn waits(&self) -> bool {
        self.told.is_err()
    }
}

impl Clerk {
    /// All that the audit needs. Asks nobody: where its part of the journal is damaged, what citizens have left goes all the same.
    pub(super) fn see_to_the_audit(&mut self, pass: &mut Pass) -> Result<(), Stuck> {
        let head = self.post_head();
        let kept = self.keep_the_audit(pass).and(head);
        pass.failed |= kept.is_err();
        kept.map_err(|_| Stuck::Here)
    }

    /// Does all of it, as far as nobody waits.
    fn keep_the_audit(&mut self, pass: &mut Pass) -> Result<(), Stuck> {
        let now = self.clock.now();
        self.look_at_the_audit();
        let today = now.date();
        if self.keeping.noted != Some(today) && self.journal.note_day_of(today, &Uptime::now())? {
            self.keeping.noted = Some(today);
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
        if !self.is_own_time() && self.journal.marks()?.unexported() < *at_once_lines {
            return Ok(());
        }
        let Some(part) = self.journal.due_lines(*at_once_lines, PARCEL_MAX_BYTES - SEALING_BYTES)? else {
            return Ok(());
        };
        // A full outbox is for what citizens have left: these lines are safe where they are.
        if self.journal.waiting()? >= *room {
            return Ok(());
        }
        let sealed = Content::sealed(auditor, part.text.as_bytes());
        let (Ok(content), Ok(end)) = (sealed, crate::crypto::random_hex::<4>()) else {
            events::write(&Event::JournalFailed);
            return Ok(());
        };
        // Of this journal and no other; and of this sealing, for another one of the same lines has other bytes.
        let key = format!("{}-{}-{}-{end}", self.journal.epoch()?, part.first, part.last.sequence);
        self.journal.post_part(&part, &key, &content, now)?;
        pass.more |= part.more;
        Ok(())
    }

    /// The agency has a parcel of lines. One that it says nothing comes of does not count.
    pub(super) fn lines_delivered(&mut self, waiting: &Waiting, kept: &ParcelKept) -> Result<(), Stuck> {
        if let Some(code) = kept.refused {
            events::write(&Event::ParcelRefused { kind: ParcelKind::AuditLines.as_str(), code });
            return Ok(self.journal.delivered(waiting.sequence)?);
        }
        let told = self.journal.part_delivered(waiting, self.clock.now())?;
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
