//! What the terminal knows. One variant a stage, holding only what that stage may know; a person's data stands in
//! [`Visit`] and in scenes of a visit, and dies with them whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::catalogue::{Catalogue, Item, Provider};
use contract::field::Value;
use contract::message::{Case, Defect, Table, WorkingDays, content_digest};
use contract::site::Site;
use hal::card::{Insertion, Tries};
use hal::sensors::Sensor;
use hal::{Code, Private};
use ui::{Look, ScreenId};

use super::card_pin::CardPin;
use super::effect::{ActId, ActKind};
use super::identify::Identify;
use super::info::Info;
use super::input::{Device, DeviceHealth, Ticket};
pub use super::message::{Message, Notice};
use super::questionnaire::Filling;
use super::rate::{Rated, Rating};
use super::scan::Scanning;
use super::typed::Typed;
use super::visit::Visit;
use super::witness::Witness;
use crate::clock::Now;

/// Everything.
pub struct State {
    /// What outlives visits.
    pub terminal: Terminal,
    /// Where we are.
    pub stage: Stage,
    /// Number of the screen now shown.
    pub screen: ScreenId,
}

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
    /// Whether the agency answered last time.
    pub agency: bool,
    /// What a technician has to mend so that it does, where that is known.
    pub agency_fault: Option<Code>,
}

impl Health {
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
        }
    }
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
    epoch: String,
    boot: String,
    visits: u64,
    tickets: u64,
    next_act: u64,
}

impl Terminal {
    /// A terminal that has just started: nothing is known to work yet. `epoch` comes from the journal, `boot` is random
    /// for each start of the program.
    #[must_use]
    pub fn new(site: Arc<Site>, epoch: String, boot: String, next_act: u64) -> Self {
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
            catalogue_ticket: None,
            catalogue_due_ms: Some(0),
            calendar: None,
            calendar_ticket: None,
            calendar_due: false,
            epoch,
            boot,
            visits: 0,
            tickets: 0,
            next_act,
        }
    }

    pub(super) fn ticket(&mut self, visit: u64) -> Ticket {
        self.tickets += 1;
        Ticket { visit, seq: self.tickets }
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
    pub(super) fn offer(&self, now: Now) -> Arc<Catalogue> {
        Arc::new(self.catalogue.as_deref().cloned().unwrap_or_default().in_force(now.date()))
    }

    /// Opens a visit for whoever has just come.
    pub(super) fn visit(&mut self, look: Look, now: Now) -> Box<Visit> {
        self.visits += 1;
        // It is for one year; a terminal may have stood there since the last.
        self.calendar_due |= self.calendar.as_ref().is_none_or(|calendar| calendar.year != now.date().year());
        // 32 hexadecimal digits that nobody can guess or meet twice: the boot value is random, the count never repeats.
        let digest = content_digest(format!("{}/{}", self.boot, self.visits).as_bytes());
        let token: String = digest.chars().skip("sha256:".len()).take(32).collect();
        Box::new(Visit {
            number: self.visits,
            token,
            look,
            opened_ms: now.elapsed_ms,
            touched_ms: now.elapsed_ms,
            over: None,
            catalogue: self.offer(now),
            card: None,
            person: None,
            principal: None,
            wanted: None,
            to_rate: None,
            paused: None,
            document_read: false,
            pin_spent: None,
            slips: 0,
            sheets: 0,
        })
    }
}

/// Where we are.
pub enum Stage {
    /// Nobody is here, or somebody who has only touched the glass.
    Welcome(Option<Box<Visit>>),
    /// Somebody is here.
    Serving(Serving),
    /// The card left, or the reader did; personal content is hidden.
    Gone(Gone),
    /// The visit is over; what is still to be taken?
    Farewell(Farewell),
    /// The building's fire alarm: nobody is served, everybody is sent out.
    Evacuation(Evacuation),
}

/// Somebody is here.
pub struct Serving {
    /// Whose visit.
    pub visit: Box<Visit>,
    /// Which page.
    pub scene: Scene,
}

/// One page of a visit.
pub enum Scene {
    /// The card is being read.
    Reading(Reading),
    /// The PIN is being typed.
    Pin(Pin),
    /// PIN and person are being checked.
    Checking(Checking),
    /// Who is it, without a card?
    Identify(Identify),
    /// A member of staff is to see the person.
    Witness(Witness),
    /// What can be done here.
    Home(Home),
    /// Is somebody on the telephone telling the citizen what to do? Asked before what could be abused so.
    Caution(Form),
    /// An item asks its questions.
    Form(Form),
    /// A question is answered with a code.
    Scanning(Scanning),
    /// Records, or what is known already, are on their way.
    Fetching {
        /// What comes back.
        ticket: Ticket,
        /// The item.
        form: Form,
    },
    /// Records are shown.
    Table(Shown),
    /// With or without amounts?
    SlipChoice(Shown),
    /// Everything that is about to be filed.
    Review(Review),
    /// The card is about to get a new PIN.
    CardPin(CardPin),
    /// Something with a consequence runs.
    Acting(Acting),
    /// A case is filed.
    Filed(Filed),
    /// How satisfied, and why not?
    Rating(Rating),
    /// A few questions more, of one's own will.
    Questionnaire(Box<Filling>),
    /// What was said is on its way.
    Rated(Rated),
    /// Something public.
    Info(Box<Info>),
    /// A message.
    Notice(Notice),
}

impl Scene {
    /// A message to somebody who is signed in; it stays until it is read.
    pub(super) const fn message(message: Message) -> Self {
        Self::Notice(Notice { message, until_ms: None })
    }
}

/// The card is being read.
pub struct Reading {
    /// What comes back.
    pub ticket: Ticket,
    /// How far it is.
    pub doing: Doing,
}

/// How far reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// First phase.
    Begin,
    /// The agency answers the card's challenge.
    Authority,
    /// Second phase.
    Finish,
    /// How many tries are left?
    Tries,
}

/// The PIN is being typed.
pub struct Pin {
    /// Digits so far.
    pub entry: Private<String>,
    /// What the card says.
    pub tries: Tries,
    /// Whether an attempt has just failed.
    pub wrong: bool,
}

/// PIN and person are being checked.
pub struct Checking {
    /// What comes back.
    pub ticket: Ticket,
    /// The card has accepted the PIN; the agency is being asked.
    pub pin_right: bool,
    /// What the card said before the attempt.
    pub tries: Tries,
}

/// Where on the home page the citizen is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The group that is open; `None` for the first page.
    pub group: Option<String>,
    /// First tile of the page now shown.
    pub first_tile: usize,
}

/// An item asks its questions.
#[derive(Clone)]
pub struct Form {
    /// The item.
    pub item: Box<Item>,
    /// Where its tile was: the way back leads there.
    pub home: Home,
    /// Answers so far, by field key; the next question is the first field without one.
    pub answers: BTreeMap<String, Value>,
    /// Ids of the optional fields that were left out.
    pub skipped: BTreeSet<String>,
    /// Id of an answered field that is being changed.
    pub changing: Option<String>,
    /// What the agency found wrong with the answers, all at once; each goes with its answer.
    pub defects: Vec<Defect>,
    /// What is being typed for the question that is open.
    pub typed: Box<Typed>,
    /// The card has got its new PIN, where the item wants that first.
    pub pin_changed: bool,
}

impl Form {
    /// Nothing is answered yet.
    pub(super) fn of(item: Box<Item>, home: Home) -> Self {
        Self {
            item,
            home,
            answers: BTreeMap::new(),
            skipped: BTreeSet::new(),
            changing: None,
            defects: Vec::new(),
            typed: Box::default(),
            pin_changed: false,
        }
    }
}

/// Everything that is about to be filed.
#[derive(Clone)]
pub struct Review {
    /// All answers.
    pub form: Form,
    /// First row of the page now shown.
    pub first_row: usize,
}

impl Review {
    /// Its first page.
    pub(super) const fn of(form: Form) -> Self {
        Self { form, first_row: 0 }
    }
}

/// A case is filed.
pub struct Filed {
    /// The item.
    pub item: Box<Item>,
    /// What the agency says.
    pub case: Box<Case>,
}

/// Records are shown.
pub struct Shown {
    /// What was asked.
    pub form: Form,
    /// What came.
    pub table: Box<Table>,
    /// First row of the page now shown; survives a change of text size.
    pub first_row: usize,
}

/// Something with a consequence runs.
pub struct Acting {
    /// What comes back.
    pub ticket: Ticket,
    /// Its id.
    pub id: ActId,
    /// Item id.
    pub item: String,
    /// What it is.
    pub kind: ActKind,
    /// What it is part of, so that it can be mended or gone on with; `None` for what is only printed.
    pub review: Option<Box<Review>>,
    /// The device has taken it.
    pub accepted: bool,
    /// Waits for somebody.
    pub blocked: Option<Code>,
}

/// The card left, or the reader did.
pub struct Gone {
    /// Whose visit; its `paused` scene is hidden.
    pub visit: Box<Visit>,
    /// Until when the card may come back.
    pub until_ms: u64,
    /// Why.
    pub cause: Cause,
}

/// Why the card is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody took it.
    CardPulled,
    /// The reader was lost.
    ReaderLost,
    /// It is in again and cannot be read.
    Unreadable,
}

/// The visit is over.
pub struct Farewell {
    /// Language and text size of who leaves.
    pub look: Look,
    /// A card still lies in the reader.
    pub card_in: Option<Insertion>,
    /// Slips to take.
    pub slips: u32,
    /// Sheets to take.
    pub sheets: u32,
    /// An identity document was read; it may still lie there.
    pub document: bool,
    /// Why the visit ended, where its person did not end it.
    pub why: Option<Code>,
    /// When the welcome page comes back, once the card is out.
    pub until_ms: u64,
    /// When a motor takes in the card that nobody has taken; `None` where there is no motor, or once it has tried.
    pub keep_at_ms: Option<u64>,
}

/// The building's fire alarm.
pub struct Evacuation {
    /// Language and text size of whoever was here.
    pub look: Look,
    /// A card still lies in the reader.
    pub card_in: Option<Insertion>,
}

impl State {
    /// A terminal that has just started.
    #[must_use]
    pub const fn new(terminal: Terminal) -> Self {
        Self { terminal, stage: Stage::Welcome(None), screen: ScreenId(1) }
    }
}
