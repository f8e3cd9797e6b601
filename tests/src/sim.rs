//! `step` and `view` alone: no thread, no device, no clock but a number. Brings a terminal to any of its pages by the inputs
//! that lead there in life.

use std::sync::Arc;

use contract::catalogue::Catalogue;
use contract::format::Period;
use contract::message::{Binding, Cell, CellKind, Column, Figure, Outcome, QueryResult, Row, SignedIn, subject_digest};
use contract::site::Site;
use hal::card::{Algorithm, Authority, Begun, CardEvent, Holder, Insertion, Issuer, SpecVersion, Tries, Verified};
use hal::sensors::{Change, Sensor};
use hal::{Code, Private, Progress};
use kiosk::clock::Now;
use kiosk::session::{
    ActEnd, ActFailure, Completion, Device, Effect, Effects, Input, Scene, Serving, Stage, State, Terminal, Ticket,
    step,
};
use kiosk::view::view;
use ui::Intent::{self, Choose, Confirm, Help, Language, Leave};
use ui::{Screen, Tap};

use Deed::{Broken, Contact, Done, Insert, Pass, Progress as News, Pull, Ready, Tap as Touch};

/// 2026-11-23 10:00 in the hall.
const TEN_O_CLOCK_UNIX_MS: i64 = 1_795_399_200_000;
/// Of the person in every simulation; looked for where it must not be.
pub const MASKED_NAME: &str = "**远";
const NAME: &str = "林知远";
const ID_NUMBER: &str = "190001196705120015";

/// A terminal without a world.
pub struct Sim {
    /// What it knows.
    pub state: State,
    /// Its clock.
    pub elapsed_ms: u64,
    /// How many cards have been inserted.
    pub insertions: u64,
    /// Whether the last one is still in.
    pub card_in: bool,
    /// Every effect asked for so far.
    pub effects: Vec<Effect>,
}

impl Default for Sim {
    fn default() -> Self {
        Self::new()
    }
}

impl Sim {
    /// A terminal that has just started.
    #[must_use]
    pub fn new() -> Self {
        let terminal = Terminal::new(Arc::new(site()), "0badcafe".to_owned(), "boot".to_owned(), 1);
        Self { state: State::new(terminal), elapsed_ms: 0, insertions: 0, card_in: false, effects: Vec::new() }
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Now {
        Now { elapsed_ms: self.elapsed_ms, unix_ms: TEN_O_CLOCK_UNIX_MS.saturating_add_unsigned(self.elapsed_ms) }
    }

    /// Lets an input happen; returns why it was refused, if it was.
    pub fn feed(&mut self, input: Input) -> Option<&'static str> {
        let now = self.now();
        let Effects { list, refused } = step(&mut self.state, input, now);
        self.effects.extend(list);
        refused.map(kiosk::session::Refusal::as_str)
    }

    /// A finger on the screen now shown.
    pub fn tap(&mut self, intent: Intent) -> Option<&'static str> {
        self.feed(Input::Tap(Tap { screen: self.state.screen, intent }))
    }

    /// What it looks like.
    #[must_use]
    pub fn screen(&self) -> Screen {
        view(&self.state, self.now())
    }

    /// The result the page now shown waits for, or else the one that a hidden page waits for.
    #[must_use]
    pub fn waits_for(&self) -> Option<Ticket> {
        match &self.state.stage {
            Stage::Serving(Serving { visit, scene }) => {
                scene.ticket().or_else(|| visit.paused.as_deref().and_then(Scene::ticket))
            }
            Stage::Gone(gone) => gone.visit.paused.as_deref().and_then(Scene::ticket),
            Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => self.state.terminal.keeping,
        }
    }

    /// A result for whatever is waited for; refused as stale where nothing is.
    pub fn done(&mut self, completion: Completion) -> Option<&'static str> {
        let ticket = self.waits_for().unwrap_or(Ticket { visit: 99, seq: 9_999 });
        self.feed(Input::Done(ticket, completion))
    }

    /// News of whatever is waited for.
    pub fn progress(&mut self, progress: Progress) -> Option<&'static str> {
        let ticket = self.waits_for().unwrap_or(Ticket { visit: 99, seq: 9_999 });
        self.feed(Input::Progress(ticket, progress))
    }

    /// A card goes in.
    pub fn insert(&mut self) -> Option<&'static str> {
        self.insertions += 1;
        self.card_in = true;
        self.feed(Input::Card(CardEvent::Inserted(Insertion(self.insertions))))
    }

    /// The card now in goes out.
    pub fn pull(&mut self) -> Option<&'static str> {
        self.card_in = false;
        self.feed(Input::Card(CardEvent::Removed(Insertion(self.insertions))))
    }

    /// The agency's answer to a sign-in of this visit.
    #[must_use]
    pub fn signed_in(&self) -> SignedIn {
        SignedIn { binding: self.binding(), session: "session".to_owned(), catalogue: catalogue().version }
    }

    /// Records of this visit's person.
    #[must_use]
    pub fn records(&self) -> QueryResult {
        records(self.binding())
    }

    fn binding(&self) -> Binding {
        let visit = match &self.state.stage {
            Stage::Serving(serving) => serving.visit.token.clone(),
            Stage::Gone(gone) => gone.visit.token.clone(),
            Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => String::new(),
        };
        Binding { subject: subject_digest(&visit, ID_NUMBER), visit }
    }

    /// Brings a fresh terminal to the place of that name.
    ///
    /// # Panics
    /// A step on the way was refused: then the table of places is wrong.
    #[must_use]
    pub fn at(place: &str) -> Self {
        let way = PLACES.iter().find(|(name, _)| *name == place).map(|(_, way)| *way);
        let mut sim = Self::new();
        for deed in way.into_iter().flatten() {
            let refused = sim.deed(*deed);
            assert!(refused.is_none(), "{place}: {deed:?} was refused: {refused:?}");
        }
        sim
    }

    /// One step on the way to a place.
    pub fn deed(&mut self, deed: Deed) -> Option<&'static str> {
        match deed {
            Ready => self.ready(),
            Insert => self.insert(),
            Pull => self.pull(),
            Touch(intent) => self.tap(intent),
            Contact(sensor, active) => self.feed(Input::Contact(Change { sensor, active })),
            Broken(device, code) => self.feed(Input::Health(device, Err(code))),
            Pass(ms) => {
                self.elapsed_ms += ms;
                self.feed(Input::Due)
            }
            News(progress) => self.progress(progress),
            Done(what) => {
                let completion = self.completion(what);
                self.done(completion)
            }
        }
    }

    fn ready(&mut self) -> Option<&'static str> {
        self.feed(Input::Card(CardEvent::ReaderReady));
        for device in Device::ALL {
            self.feed(Input::Health(device, Ok(())));
        }
        self.feed(Input::Due);
        let ticket = self.state.terminal.catalogue_ticket.unwrap_or(Ticket { visit: 0, seq: 0 });
        self.feed(Input::Done(ticket, Completion::Catalogue(Ok(Arc::new(catalogue())))))
    }

    /// The completion of that name, as good for this visit.
    #[must_use]
    pub fn completion(&self, what: What) -> Completion {
        match what {
            What::Read => Completion::CardBegun(Ok(Begun::Read(issuer("A1"), holder()))),
            What::OtherCard => Completion::CardBegun(Ok(Begun::Read(issuer("B2"), holder()))),
            What::Challenged => Completion::CardBegun(Ok(Begun::Challenged(issuer("A1"), [1; 8]))),
            What::Authority => Completion::Authority(Ok(authority())),
            What::Finished => Completion::CardFinished(Ok(holder())),
            What::Tries(left) => Completion::Tries(Ok(Tries::Left(left))),
            What::Right => Completion::Verified(Ok(Verified::Right)),
            What::Wrong(left) => Completion::Verified(Ok(Verified::Wrong(Tries::Left(left)))),
            What::SignedIn => Completion::SignedIn(Ok(self.signed_in())),
            What::Records => Completion::Queried(Ok(self.records())),
            What::Kept => Completion::CardKept(Ok(1)),
            What::CardGone => Completion::CardBegun(Err(hal::card::CardError::Gone)),
            What::Unreachable => Completion::Queried(Err(kiosk::agency::AgencyError::Unreachable)),
            What::Printed => acted(Outcome::Printed),
            What::NotPrinted => acted(Outcome::NotPrinted),
            What::Unknown => acted(Outcome::Unknown),
        }
    }
}

fn acted(outcome: Outcome) -> Completion {
    let failure = (outcome != Outcome::Printed).then_some(ActFailure::Device(Code::ReceiptPaperOut));
    Completion::Acted(ActEnd { outcome, failure, papers: u32::from(outcome == Outcome::Printed) })
}

/// One step on the way to a place.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// Devices and agency are there.
    Ready,
    /// A card goes in.
    Insert,
    /// It goes out.
    Pull,
    /// A finger.
    Tap(Intent),
    /// Time passes, in milliseconds.
    Pass(u64),
    /// A contact of the cabinet.
    Contact(Sensor, bool),
    /// A device breaks.
    Broken(Device, Code),
    /// News of what is waited for.
    Progress(Progress),
    /// Its end.
    Done(What),
}

/// Completions by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum What {
    Read,
    OtherCard,
    Challenged,
    Authority,
    Finished,
    Tries(u8),
    Right,
    Wrong(u8),
    SignedIn,
    Records,
    Kept,
    CardGone,
    Unreachable,
    Printed,
    NotPrinted,
    Unknown,
}

impl What {
    /// One of each.
    pub const ALL: [Self; 16] = [
        Self::Read,
        Self::OtherCard,
        Self::Challenged,
        Self::Authority,
        Self::Finished,
        Self::Tries(3),
        Self::Right,
        Self::Wrong(2),
        Self::SignedIn,
        Self::Records,
        Self::Kept,
        Self::CardGone,
        Self::Unreachable,
        Self::Printed,
        Self::NotPrinted,
        Self::Unknown,
    ];
}

const PIN: [Deed; 5] = [
    Touch(Intent::Digit(1)),
    Touch(Intent::Digit(2)),
    Touch(Intent::Digit(3)),
    Touch(Intent::Digit(4)),
    Touch(Confirm),
];

macro_rules! ways {
    ($($name:literal = [$($deed:expr),* $(,)?];)+) => {
        /// Every place and the way there.
        pub const PLACES: &[(&str, &[Deed])] = &[$(($name, &[$($deed),*]),)+];
    };
}

const BLOCKED: Progress = Progress::Blocked(Code::ReceiptPaperOut);

// tidy: table
ways! {
    "starting" = [];
    "welcome" = [Ready];
    "welcome, touched" = [Ready, Touch(Language)];
    "welcome, display" = [Ready, Touch(Intent::Display)];
    "welcome, much broken" = [
        Ready, Broken(Device::Receipt, Code::ReceiptPaperOut), Broken(Device::Page, Code::PageJam),
        Broken(Device::Ups, Code::UpsOnBattery), Broken(Device::Sensors, Code::SensorsOffline), Contact(Sensor::Door, true)
    ];
    "welcome, called" = [Ready, Contact(Sensor::CallButton, true)];
    "tampered" = [Ready, Contact(Sensor::Tamper, true)];
    "tampered, card" = [Ready, Contact(Sensor::Tamper, true), Insert];
    "battery low" = [Ready, Broken(Device::Ups, Code::UpsBatteryLow)];
    "evacuation" = [Ready, Contact(Sensor::FireAlarm, true)];
    "evacuation, card in" = [Ready, Insert, Contact(Sensor::FireAlarm, true)];
    "reading: begin" = [Ready, Insert];
    "reading: authority" = [Ready, Insert, Done(What::Challenged)];
    "reading: finish" = [Ready, Insert, Done(What::Challenged), Done(What::Authority)];
    "reading: tries" = [Ready, Insert, Done(What::Read)];
    "pin" = [Ready, Insert, Done(What::Read), Done(What::Tries(3))];
    "pin, typed" = [Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3]];
    "checking: card" = [Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4]];
    "checking: agency" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right)
    ];
    "last try" = [Ready, Insert, Done(What::Read), Done(What::Tries(1))];
    "home" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn)
    ];
    "home, help" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Help)
    ];
    "home, warned" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Pass(60_000)
    ];
    "form: insurance" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(0))
    ];
    "form: period" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(0)), Touch(Choose(0))
    ];
    "fetching" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(0)), Touch(Choose(0)), Touch(Choose(0))
    ];
    "table" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(0)), Touch(Choose(0)), Touch(Choose(0)), Done(What::Records)
    ];
    "slip choice" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(0)), Touch(Choose(0)), Touch(Choose(0)), Done(What::Records), Touch(Confirm)
    ];
    "printing" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(1)), Touch(Choose(0))
    ];
    "printing, blocked" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(1)), Touch(Choose(0)), News(BLOCKED)
    ];
    "printed" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(1)), Touch(Choose(0)), Done(What::Printed)
    ];
    "gone, from home" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Pull
    ];
    "gone, while printing" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(1)), Touch(Choose(0)), Pull
    ];
    "back, reading" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Pull, Insert
    ];
    "back, PIN" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Pull, Insert, Done(What::Read), Done(What::Tries(3))
    ];
    "farewell, card in" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Leave)
    ];
    "farewell, card being kept" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Leave), Pass(30_000)
    ];
    "welcome, card kept" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Leave), Pass(30_000), Pull, Done(What::Kept)
    ];
    "farewell, battery low" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Broken(Device::Ups, Code::UpsBatteryLow), Pass(0)
    ];
    "farewell, paper" = [
        Ready, Insert, Done(What::Read), Done(What::Tries(3)), PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right),
        Done(What::SignedIn), Touch(Choose(1)), Touch(Choose(0)), Done(What::Printed), Touch(Leave), Pull
    ];
}

/// What the reference agency offers.
///
/// # Panics
/// Its own catalogue cannot be read.
#[must_use]
pub fn catalogue() -> Catalogue {
    agency::catalogue::read().unwrap_or_default()
}

#[expect(clippy::panic, reason = "the simulation's own text; a test must end loudly where it is wrong")]
fn site() -> Site {
    let text = r#"{
        "terminal": { "id": "t-0301", "hall": "示范区社会保险服务大厅", "number": "3", "help_desk": "大厅 1 号服务台" },
        "agency": { "url": "https://localhost", "ca_file": "a", "certificate_file": "b", "key_file": "c" },
        "devices": {
            "card": { "bridge": "/run/kiosk-bridge/card/bridge.sock" }, "receipt": { "address": "localhost:9100" },
            "page": { "uri": "ipp://localhost:631/ipp/print" }, "pad": { "port": "/dev/kiosk/pad" },
            "sensors": { "port": "/dev/kiosk/sensors" }, "lights": {}, "ups": { "name": "ups" }
        },
        "storage": { "directory": "d" }
    }"#;
    match serde_json::from_str(text) {
        Ok(site) => site,
        Err(error) => panic!("the simulation's own configuration: {error}"),
    }
}

fn issuer(serial: &str) -> Issuer {
    Issuer {
        card_id: Private::from(format!("190001D156000005000000{serial}A1000001").as_str()),
        region: "190001".to_owned(),
        class: Some('3'),
        spec: SpecVersion { major: 2, minor: 0 },
        issued: None,
        expires: Some(hal::Day { year: 2031, month: 3, day: 7 }),
        card_number: None,
        historical: Private::from("00814A44468660190001000019"),
        algorithm: Algorithm::Sm4,
    }
}

fn holder() -> Holder {
    Holder { id_number: Private::from(ID_NUMBER), name: Private::from(NAME) }
}

fn authority() -> Authority {
    Authority { key_id: 10, result: [1; 8], raw: [2; 8] }
}

fn records(binding: Binding) -> QueryResult {
    let month = |n: u16| Period::new(2026, 10).and_then(|last| last.minus_months(n)).unwrap_or_default();
    let row = |n: u16| Row { cells: vec![Cell::Period(month(n)), Cell::Fen(823_000)], mark: String::new() };
    let column = |label: &str, kind| Column { label: label.to_owned(), kind };
    QueryResult {
        binding,
        scope: "城镇职工基本养老保险".to_owned(),
        figures: vec![Figure { label: "期内缴费月数".to_owned(), value: Cell::Months(36) }],
        columns: vec![column("缴费月份", CellKind::Period), column("缴费基数", CellKind::Fen)],
        rows: (0..36).map(row).collect(),
        as_of: "数据截至 2026年10月31日".to_owned(),
    }
}
