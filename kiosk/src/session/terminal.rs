//! What the terminal knows beyond visits: its configuration, what works, what the agency offers. Nothing personal; nothing here ends with
//! a visit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::catalogue::{Catalogue, Provider};
use contract::format::Date;
use contract::message::{WorkingDays, content_digest};
use contract::site::Site;
use hal::Code;
use hal::sensors::Sensor;
use ui::Look;

use super::effect::ActId;
use super::enough::{Brought, Counts};
use super::home;
use super::input::{Device, DeviceHealth, Ticket};
use super::state::LaidDown;
use super::visit::Visit;
use crate::clock::Now;
use crate::crypto::person::PersonKey;

/// What works and what does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Card reader.
    pub card: DeviceHealth,
    /// Receipt printer; `None` where the site has none.
    pub receipt: Option<DeviceHealth>,
    /// Page printer; `None` where the site has none.
    pub page: Option<DeviceHealth>,
    /// Resident-ID reader; `None` where the site has none.
    pub id: Option<DeviceHealth>,
    /// Reader for staff cards; `None` where the site has none.
    pub staff: Option<DeviceHealth>,
    /// Code scanner; `None` where the site has none.
    pub scanner: Option<DeviceHealth>,
    /// Number pad; `None` where the site has none.
    pub pad: Option<DeviceHealth>,
    /// Board of contacts and relays; `None` where the site has none.
    pub sensors: Option<DeviceHealth>,
    /// Lights of the LED class; `None` where the site has none.
    pub lights: Option<DeviceHealth>,
    /// Power supply; `None` where the site has none.
    pub ups: Option<DeviceHealth>,
    /// The disk, as far as what must be kept goes; always there.
    pub store: Option<DeviceHealth>,
    /// Room for what waits for the agency; always there.
    pub outbox: Option<DeviceHealth>,
    /// Whether somebody of the staff must look what became of an act; always there, and nothing rests on it.
    pub books: Option<DeviceHealth>,
    /// Whether the clock tells the time; always there. Nothing rests on minutes but what is written down; on another day than the agency's, all that
    /// needs the agency.
    pub clock: Option<DeviceHealth>,
    /// Room for lines of the audit that nobody has exported; always there. While it only gets short, nothing rests on it.
    pub audit: Option<DeviceHealth>,
    /// Whether the agency answered last time.
    pub agency: bool,
    /// What a technician has to mend so that it does, where that is known.
    pub agency_fault: Option<Code>,
}

impl Health {
    /// Whether what is said now can be kept for later.
    pub(super) fn can_keep(&self) -> bool {
        [self.store, self.outbox].iter().all(|health| *health == Some(Ok(())))
    }

    /// Why nothing may be done that the audit would have to tell of, if so: it has no room for more that nobody has exported.
    pub(crate) fn untold(&self) -> Option<Code> {
        self.audit.and_then(Result::err).filter(|code| *code == Code::StoreAuditFull)
    }

    /// Whether today's date is known to be wrong: by the agency's certificate, or by the date of its answers.
    pub(crate) fn is_day_wrong(&self) -> bool {
        [self.agency_fault, self.clock.and_then(Result::err)].contains(&Some(Code::AgencyClockWrong))
    }

    /// Where the health of this device stands.
    pub(super) const fn place(&mut self, device: Device) -> &mut Option<DeviceHealth> {
        match device {
            Device::Receipt => &mut self.receipt,
            Device::Page => &mut self.page,
            Device::Id => &mut self.id,
            Device::Staff => &mut self.staff,
            Device::Scanner => &mut self.scanner,
            Device::Pad => &mut self.pad,
            Device::Sensors => &mut self.sensors,
            Device::Lights => &mut self.lights,
            Device::Ups => &mut self.ups,
            Device::Store => &mut self.store,
            Device::Outbox => &mut self.outbox,
            Device::Books => &mut self.books,
            Device::Clock => &mut self.clock,
            Device::Audit => &mut self.audit,
        }
    }
}

/// What the agency had made public before this start, as it was kept on the disk.
#[derive(Debug, Default)]
pub struct Remembered {
    /// What it offered; checked.
    pub catalogue: Option<Arc<Catalogue>>,
    /// When a person answered.
    pub calendar: Option<Box<WorkingDays>>,
}

/// What is in force of a catalogue on a day. It is large, and each visit begins with it.
struct Offered {
    day: Date,
    of: Arc<Catalogue>,
    catalogue: Arc<Catalogue>,
}

/// What outlives visits. Nothing personal.
pub struct Terminal {
    /// Configuration.
    pub site: Arc<Site>,
    /// What works.
    pub health: Health,
    /// What the cabinet's contacts say is so now.
    pub contacts: BTreeSet<Sensor>,
    /// Cards that lie in the reader's bin, as it said when it took in the last one.
    pub kept_cards: u16,
    /// A card is being taken in. The terminal's own business: its visit is over, and the next may begin before the end is told.
    pub keeping: Option<Ticket>,
    /// Providers that did not answer, each with the moment from which its items are offered again.
    pub silent: BTreeMap<Provider, u64>,
    /// What the agency offers; none until it has said so.
    pub catalogue: Option<Arc<Catalogue>>,
    /// What is in force of it today; see [`Terminal::offer`].
    offered: Option<Offered>,
    /// Nothing of it is in force and possible here, as the last input found: nobody can be served.
    pub offers_nothing: bool,
    /// The question for the catalogue, while it is on its way.
    pub catalogue_ticket: Option<Ticket>,
    /// When to ask again.
    pub catalogue_due_ms: Option<u64>,
    /// On which days of this year, and when, a person answers; none until the agency has said so.
    pub calendar: Option<Box<WorkingDays>>,
    /// The question for it, while it is on its way.
    pub calendar_ticket: Option<Ticket>,
    /// It is to be asked for.
    pub calendar_due: bool,
    /// What has been brought on its way.
    pub(super) counts: Counts,
    /// Questions in a row that nobody answered.
    pub(super) outages: u32,
    /// The agency is asked because somebody waits, and not because its time has come.
    pub(super) asked_soon: bool,
    pub(super) person_key: PersonKey,
    epoch: String,
    boot: String,
    visits: u64,
    tickets: u64,
    next_act: u64,
}

impl Terminal {
    /// A terminal that has just started: nothing is known to work yet. `epoch` comes from the journal, `boot` is random
    /// for each start of the program, `person_key` stands beside the journal.
    #[must_use]
    pub fn new(site: Arc<Site>, epoch: String, boot: String, person_key: PersonKey, next_act: u64) -> Self {
        let devices = &site.devices;
        let unknown = |there: bool, code: Code| there.then_some(Err(code));
        let health = Health {
            card: Err(Code::CardService),
            receipt: unknown(devices.receipt.is_some(), Code::ReceiptOffline),
            page: unknown(devices.page.is_some(), Code::PageOffline),
            id: unknown(devices.id.is_some(), Code::IdOffline),
            staff: unknown(devices.staff.is_some(), Code::StaffOffline),
            scanner: unknown(devices.scanner.is_some(), Code::ScannerOffline),
            pad: unknown(devices.pad.is_some(), Code::PadOffline),
            sensors: unknown(devices.sensors.is_some(), Code::SensorsOffline),
            // A light is known to work until it does not; power is there, or we would not run.
            lights: devices.lights.is_some().then_some(Ok(())),
            ups: devices.ups.is_some().then_some(Ok(())),
            store: Some(Ok(())),
            outbox: Some(Ok(())),
            books: Some(Ok(())),
            clock: Some(Ok(())),
            audit: Some(Ok(())),
            agency: false,
            agency_fault: None,
        };
        Self {
            site,
            health,
            contacts: BTreeSet::new(),
            kept_cards: 0,
            keeping: None,
            silent: BTreeMap::new(),
            catalogue: None,
            offered: None,
            offers_nothing: false,
            catalogue_ticket: None,
            catalogue_due_ms: Some(0),
            calendar: None,
            calendar_ticket: None,
            calendar_due: false,
            counts: Counts::default(),
            outages: 0,
            asked_soon: false,
            person_key,
            epoch,
            boot,
            visits: 0,
            tickets: 0,
            next_act,
        }
    }

    /// Begins with what was kept; both are asked for as at any start, and whatever asks the agency waits until it has answered.
    pub fn remember(&mut self, remembered: Remembered) {
        let Remembered { catalogue, calendar } = remembered;
        self.calendar_due |= calendar.is_some();
        self.catalogue = catalogue;
        self.calendar = calendar;
    }

    /// Has the limits of a day and an hour go on where the last run of the program was.
    pub fn has_brought(&mut self, brought: &Brought, now: Now) {
        self.counts = Counts::after(brought, now);
    }

    pub(super) fn ticket(&mut self, visit: u64) -> Ticket {
        self.tickets += 1;
        Ticket { visit, seq: self.tickets }
    }

    /// When an agency that did not answer is asked again: twice as late each time, and at a moment of this terminal's own, so that ten
    /// thousand of them do not ask at once when it is back.
    pub(super) fn retry_ms(&mut self) -> u64 {
        let limits = &self.site.limits;
        let longest = limits.agency_retry_max_ms.max(limits.agency_retry_ms);
        let wait = limits.agency_retry_ms.saturating_mul(2u64.saturating_pow(self.outages)).min(longest);
        self.outages = self.outages.saturating_add(1);
        let dice = self
            .drawn(&self.tickets.to_string())
            .bytes()
            .rev()
            .take(8)
            .fold(0, |sum: u64, byte| sum * 31 + u64::from(byte))
            % 1024;
        wait / 2 + wait / 2 * dice / 1024
    }

    /// What nobody can guess: a digest over the boot value, which never leaves the program, and over what it is for.
    pub(super) fn drawn(&self, what: &str) -> String {
        content_digest(format!("{}/{what}", self.boot).as_bytes())
    }

    /// The id the next act will have; it stands on the slip itself.
    pub(super) fn peek_act_id(&self) -> ActId {
        self.id_of(self.next_act)
    }

    pub(super) fn act_id(&mut self) -> ActId {
        let id = self.id_of(self.next_act);
        self.next_act += 1;
        id
    }

    fn id_of(&self, sequence: u64) -> ActId {
        ActId { text: format!("{}-{}-{sequence}", self.site.terminal.id, self.epoch), sequence }
    }

    /// What a visit of today may be offered: what is not in force is gone whole, however long ago the catalogue came.
    pub(super) fn offer(&mut self, now: Now) -> Arc<Catalogue> {
        let (Some(all), day) = (&self.catalogue, now.date()) else { return Arc::default() };
        let known = self.offered.as_ref().filter(|offered| offered.day == day && Arc::ptr_eq(&offered.of, all));
        if let Some(offered) = known {
            return Arc::clone(&offered.catalogue);
        }
        let catalogue = Arc::new(all.as_ref().clone().in_force(day));
        self.offered = Some(Offered { day, of: Arc::clone(all), catalogue: Arc::clone(&catalogue) });
        catalogue
    }

    /// Whether home would have a tile: something of the offer is possible here. Asked after each input, it stops at the first.
    pub(super) fn offers_something(&mut self, now: Now) -> bool {
        self.offer(now).items.iter().any(|item| home::possible(item, &self.health))
    }

    /// Opens a visit for whoever has just come.
    pub(super) fn visit(&mut self, look: Look, now: Now) -> Box<Visit> {
        self.visits += 1;
        // It is for one year; a terminal may have stood there since the last.
        self.calendar_due |= self.calendar.as_ref().is_none_or(|calendar| calendar.year != now.date().year());
        // 32 hexadecimal digits that nobody can guess or meet twice: the boot value is random, the count never repeats.
        let token = |what: &str| -> String { self.drawn(what).chars().skip("sha256:".len()).take(32).collect() };
        Box::new(Visit {
            number: self.visits,
            token: token(&self.visits.to_string()),
            open_token: token(&format!("open/{}", self.visits)),
            look,
            opened_ms: now.elapsed_ms,
            touched_ms: now.elapsed_ms,
            told_ms: now.elapsed_ms,
            over: None,
            catalogue: self.offer(now),
            card: None,
            next: None,
            person: None,
            principal: None,
            wanted: None,
            to_rate: None,
            to_tell: None,
            paused: None,
            document: LaidDown::None,
            pin_spent: None,
            slips: 0,
            sheets: 0,
            cases: 0,
        })
    }
}
