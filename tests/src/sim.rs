//! `step` and `view` alone: no thread, no device, no clock but a number. Brings a terminal to any of its pages by the inputs
//! that lead there in life.

mod places;
mod replies;
mod seals;
mod tickets;

use std::collections::VecDeque;
use std::sync::Arc;

use contract::catalogue::Catalogue;
use contract::message::Outcome;
use hal::card::{CardEvent, Insertion};
use hal::sensors::{Change, Sensor};
use hal::{Code, Progress};
use kiosk::clock::Now;
use kiosk::crypto::person::PersonKey;
use kiosk::session::{
    ActId, ActKind, Completion, Device, Effect, Effects, Input, Scene, Serving, Stage, State, Terminal, Ticket, step,
};
use kiosk::view::view;
use ui::{Intent, Screen, Tap};

pub use places::{PLACES, way};
pub use replies::catalogue;
use replies::{acting_catalogue, site};
pub use seals::{keys as document_keys, seal, verdicts};

use Deed::{AgencyBack, Broken, Contact, Done, Insert, Pass, Progress as News, Pull, Ready, ReadyToAct, Tap as Touch};

/// 2026-11-23 10:00 in the hall.
const TEN_O_CLOCK_UNIX_MS: i64 = 1_795_399_200_000;
/// Of the person in every simulation; looked for where it must not be.
pub const MASKED_NAME: &str = "**远";

/// One step of the rules: the real one, or one that a test wraps around it.
pub type Step = fn(&mut State, Input, Now) -> Effects;

/// A terminal without a world.
pub struct Sim {
    /// What it knows.
    pub state: State,
    /// Its clock.
    pub elapsed_ms: u64,
    /// How far the wall clock is ahead of what has elapsed since ten o'clock: somebody sets it, and nothing else passes.
    pub wall_offset_ms: i64,
    /// How many cards have been inserted.
    pub insertions: u64,
    /// Whether the last one is still in.
    pub card_in: bool,
    /// Every effect asked for so far.
    pub effects: Vec<Effect>,
    /// How it steps.
    pub step: Step,
    /// The kind of input that was fed last; the storm empties it before each step.
    pub fed: &'static str,
    /// Every act of which the world has said how it ended.
    pub confirmed: Vec<(ActId, Outcome)>,
    /// What the last results that were taken were for; see [`Sim::ended_tickets`].
    taken: VecDeque<Ticket>,
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
        let terminal =
            Terminal::new(Arc::new(site()), "0badcafe".to_owned(), "boot".to_owned(), PersonKey::new(&[7; 32]), 1);
        Self {
            state: State::new(terminal),
            elapsed_ms: 0,
            wall_offset_ms: 0,
            insertions: 0,
            card_in: false,
            effects: Vec::new(),
            step,
            fed: "",
            confirmed: Vec::new(),
            taken: VecDeque::new(),
        }
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Now {
        let unix_ms = TEN_O_CLOCK_UNIX_MS.saturating_add_unsigned(self.elapsed_ms);
        Now { elapsed_ms: self.elapsed_ms, unix_ms: unix_ms.saturating_add(self.wall_offset_ms) }
    }

    /// Lets an input happen; returns why it was refused, if it was.
    pub fn feed(&mut self, input: Input) -> Option<&'static str> {
        let now = self.now();
        self.fed = input.name();
        let ended = self.ended(&input);
        self.confirmed.extend(ended);
        let result_of = match &input {
            Input::Done(ticket, _) => Some(*ticket),
            _ => None,
        };
        let Effects { list, refused } = (self.step)(&mut self.state, input, now);
        self.effects.extend(list);
        if let Some(ticket) = result_of.filter(|_| refused.is_none()) {
            self.has_ended(ticket);
        }
        refused.map(kiosk::session::Refusal::as_str)
    }

    /// Which act this says has ended, and how. Whatever else is waited for, a result of an act is none of it and confirms nothing.
    fn ended(&self, input: &Input) -> Option<(ActId, Outcome)> {
        let Input::Done(ticket, Completion::Acted(end)) = input else { return None };
        let act = self.act_of(*ticket).filter(|_| self.waits_for() == Some(*ticket))?;
        Some((act.clone(), end.outcome))
    }

    /// The act that was asked for under this ticket; as the world was told, not as the page has it.
    fn act_of(&self, ticket: Ticket) -> Option<&ActId> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Act(of, act) if *of == ticket => Some(&act.id),
            _ => None,
        })
    }

    /// Whether the world has said that the act of this id ended so.
    #[must_use]
    pub fn is_confirmed(&self, act: &str, outcome: Outcome) -> bool {
        self.confirmed.iter().any(|(id, how)| id.text == act && *how == outcome)
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
            Stage::Farewell(farewell) => farewell.ticket().or(self.state.terminal.keeping),
            Stage::Welcome(_) | Stage::Evacuation(_) => self.state.terminal.keeping,
        }
    }

    /// Whether the clerk could end the running act so: what is printed is not filed, and only a case can wait.
    #[must_use]
    pub fn could_end(&self, what: What) -> bool {
        let scene = match &self.state.stage {
            Stage::Serving(Serving { visit, scene }) => visit.paused.as_deref().unwrap_or(scene),
            Stage::Gone(gone) => match gone.visit.paused.as_deref() {
                Some(scene) => scene,
                None => return true,
            },
            Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => return true,
        };
        let case = matches!(what, What::Filed | What::Queued);
        let files = case || matches!(what, What::NotFiled | What::FileUnknown | What::FileWrong | What::Left);
        let prints = matches!(what, What::Printed | What::NotPrinted | What::Unknown);
        let changes = matches!(what, What::Changed | What::NotChanged | What::PinUnknown)
            || matches!(what, What::WrongOld(_) | What::WrongOldUntold);
        match scene {
            Scene::Acting(acting) if acting.kind == ActKind::Case => !prints && !changes && what != What::Left,
            Scene::Acting(acting) if acting.kind == ActKind::Question => !prints && !changes && !case,
            Scene::Acting(acting) if acting.kind == ActKind::CardPin => !prints && !files,
            Scene::Acting(_) => !files && !changes,
            _ => true,
        }
    }

    /// A result for whatever is waited for; refused as stale where nothing is. Catalogue and calendar go to the terminal's own question for
    /// them, where it is on its way.
    pub fn done(&mut self, completion: Completion) -> Option<&'static str> {
        let own = match &completion {
            Completion::Catalogue(_) => self.state.terminal.catalogue_ticket,
            Completion::Calendar(_) => self.state.terminal.calendar_ticket,
            _ => None,
        };
        let ticket = own.or_else(|| self.waits_for()).unwrap_or(Ticket { visit: 99, seq: 9_999 });
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

    /// Brings a fresh terminal to the place of that name.
    ///
    /// # Panics
    /// A step on the way was refused: then the table of places is wrong.
    #[must_use]
    pub fn at(place: &str) -> Self {
        let mut sim = Self::new();
        for deed in way(place) {
            let refused = sim.deed(deed);
            assert!(refused.is_none(), "{place}: {deed:?} was refused: {refused:?}");
        }
        sim
    }

    /// One step on the way to a place.
    pub fn deed(&mut self, deed: Deed) -> Option<&'static str> {
        match deed {
            Ready => self.ready(catalogue()),
            ReadyToAct => self.ready(acting_catalogue()),
            AgencyBack => self.agency_back(),
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

    /// The question for the catalogue is asked again when its time has come, and answered.
    fn agency_back(&mut self) -> Option<&'static str> {
        self.elapsed_ms += self.state.terminal.site.limits.agency_retry_ms;
        if let Some(refused) = self.feed(Input::Due) {
            return Some(refused);
        }
        let ticket = self.state.terminal.catalogue_ticket.unwrap_or(Ticket { visit: 0, seq: 0 });
        self.feed(Input::Done(ticket, Completion::Catalogue(Ok(Arc::new(catalogue())))))
    }

    fn ready(&mut self, catalogue: Catalogue) -> Option<&'static str> {
        self.feed(Input::Card(CardEvent::ReaderReady));
        for device in Device::ALL {
            self.feed(Input::Health(device, Ok(())));
        }
        self.feed(Input::Due);
        let ticket = self.state.terminal.catalogue_ticket.unwrap_or(Ticket { visit: 0, seq: 0 });
        if let Some(refused) = self.feed(Input::Done(ticket, Completion::Catalogue(Ok(Arc::new(catalogue))))) {
            return Some(refused);
        }
        self.feed(Input::Due);
        let ticket = self.state.terminal.calendar_ticket.unwrap_or(Ticket { visit: 0, seq: 0 });
        let completion = self.completion(What::Calendar);
        self.feed(Input::Done(ticket, completion))
    }
}

/// One step on the way to a place.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// Devices and agency are there.
    Ready,
    /// The same, with an agency that takes complaints and lets people act for others.
    ReadyToAct,
    /// The agency, which was down, answers again.
    AgencyBack,
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
    Expired,
    Authority,
    Finished,
    Tries(u8),
    TriesUntold,
    Right,
    Wrong(u8),
    WrongUntold,
    Locked,
    SignedIn,
    /// The same by an agency that has a newer catalogue than the terminal.
    SignedInAnew,
    Scanned,
    SealScanned,
    OldSealScanned,
    FutureSealScanned,
    WrongSealScanned,
    UnknownSealScanned,
    NothingShown,
    DocumentRead,
    CodeSent,
    CodeWrong,
    Evaluated,
    Asked,
    StaffSigned,
    StaffForeign,
    Witnessed,
    WitnessRefused,
    Sampled,
    NotEvaluated,
    AnswersKept,
    /// What may go later is on the disk.
    Posted,
    /// The disk does not take it.
    NotPosted,
    Only,
    Mandated,
    Records,
    Pairs,
    Texts,
    Prefilled,
    Composed,
    Chosen,
    Found,
    NothingFound,
    Text,
    Bulletin,
    Left,
    NoEngine,
    Filed,
    Queued,
    NotFiled,
    FileUnknown,
    FileWrong,
    Kept,
    CardGone,
    Unreachable,
    Printed,
    NotPrinted,
    Unknown,
    Changed,
    WrongOld(u8),
    WrongOldUntold,
    NotChanged,
    PinUnknown,
    Catalogue,
    NewCatalogue,
    NoCatalogue,
    Calendar,
    NoCalendar,
}

impl What {
    /// One of each kind, in an order that matters: the storm takes the first that is not refused, from a random one on. So what ends a visit
    /// early (an expired card, a locked one) stands right behind what lets it go on, and is drawn once in so many as stand here. So does an agency
    /// that fails again, while its catalogue is as often a newer one as the same.
    pub const ALL: [Self; 71] = [
        Self::Read,
        Self::OtherCard,
        Self::Challenged,
        Self::Expired,
        Self::Authority,
        Self::Finished,
        Self::Tries(3),
        Self::Tries(0),
        Self::TriesUntold,
        Self::Right,
        Self::Wrong(2),
        Self::WrongUntold,
        Self::Locked,
        Self::SignedIn,
        Self::SignedInAnew,
        Self::Scanned,
        Self::SealScanned,
        Self::OldSealScanned,
        Self::FutureSealScanned,
        Self::WrongSealScanned,
        Self::UnknownSealScanned,
        Self::NothingShown,
        Self::DocumentRead,
        Self::CodeSent,
        Self::CodeWrong,
        Self::Evaluated,
        Self::Asked,
        Self::StaffSigned,
        Self::StaffForeign,
        Self::Witnessed,
        Self::WitnessRefused,
        Self::Sampled,
        Self::NotEvaluated,
        Self::AnswersKept,
        Self::Posted,
        Self::NotPosted,
        Self::Only,
        Self::Mandated,
        Self::NewCatalogue,
        Self::Records,
        Self::Pairs,
        Self::Texts,
        Self::Prefilled,
        Self::Composed,
        Self::Chosen,
        Self::Found,
        Self::NothingFound,
        Self::Text,
        Self::Bulletin,
        Self::Left,
        Self::NoEngine,
        Self::Filed,
        Self::Queued,
        Self::NotFiled,
        Self::FileUnknown,
        Self::FileWrong,
        Self::Kept,
        Self::CardGone,
        Self::Unreachable,
        Self::Printed,
        Self::NotPrinted,
        Self::Unknown,
        Self::Changed,
        Self::WrongOld(2),
        Self::WrongOldUntold,
        Self::NotChanged,
        Self::PinUnknown,
        Self::Catalogue,
        Self::NoCatalogue,
        Self::Calendar,
        Self::NoCalendar,
    ];
}
