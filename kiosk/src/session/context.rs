//! What a handler is given besides its stage, and what it leaves behind.

use hal::card::authority::Challenged;
use ui::ScreenId;

use super::effect::{Act, ActBody, ActId, CardCommand, Effect, Post};
use super::input::Ticket;
use super::terminal::Terminal;
use super::visit::Visit;
use crate::agency::Question;
use crate::clock::Now;
use crate::crypto::person::Pseudonym;
use crate::events::Event;

/// The terminal itself, which has no visit.
pub(super) const NO_VISIT: u64 = 0;

/// Why an input was refused. Refusing changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Nobody waits for this result any more.
    StaleTicket,
    /// The tap was meant for another screen.
    StaleScreen,
    /// This page does not offer that.
    NotOffered,
    /// Nothing is due yet.
    NotDue,
    /// This page does not care about that card or device.
    NotExpected,
}

impl Refusal {
    /// Stable name for logs and tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StaleTicket => "stale ticket",
            Self::StaleScreen => "stale screen",
            Self::NotOffered => "not offered",
            Self::NotDue => "not due",
            Self::NotExpected => "not expected",
        }
    }
}

/// What a step leaves behind.
#[derive(Debug, Default)]
pub struct Effects {
    /// In the order they must be begun.
    pub list: Vec<Effect>,
    /// Set when the input was refused; the list then holds at most a log line.
    pub refused: Option<Refusal>,
}

/// What a handler is given besides its stage.
pub(super) struct Context<'a> {
    pub terminal: &'a mut Terminal,
    pub screen: ScreenId,
    pub now: Now,
    effects: Effects,
}

impl<'a> Context<'a> {
    pub(super) fn new(terminal: &'a mut Terminal, screen: ScreenId, now: Now) -> Self {
        Self { terminal, screen, now, effects: Effects::default() }
    }

    pub(super) fn finish(self) -> Effects {
        self.effects
    }

    pub(super) fn refuse(&mut self, why: Refusal) {
        self.effects.refused = Some(why);
    }

    pub(super) const fn refused(&self) -> bool {
        self.effects.refused.is_some()
    }

    pub(super) fn log(&mut self, event: Event) {
        self.effects.list.push(Effect::Log(event));
    }

    /// Has something written down before what it tells of happens.
    pub(super) fn keep(&mut self, visit: u64, event: Event) -> Ticket {
        let ticket = self.terminal.ticket(visit);
        self.push(Effect::Keep(ticket, event));
        ticket
    }

    pub(super) fn push(&mut self, effect: Effect) {
        self.effects.list.push(effect);
    }

    pub(super) fn ticket(&mut self, visit: u64) -> Ticket {
        self.terminal.ticket(visit)
    }

    pub(super) fn card(&mut self, visit: u64, command: CardCommand) -> Ticket {
        let ticket = self.terminal.ticket(visit);
        self.push(Effect::Card(ticket, command));
        ticket
    }

    /// Waits for a code that is shown from now on.
    pub(super) fn scan(&mut self, visit: u64) -> Ticket {
        let ticket = self.terminal.ticket(visit);
        self.push(Effect::Scan(ticket));
        ticket
    }

    pub(super) fn ask(&mut self, visit: u64, question: Question) -> Ticket {
        let ticket = self.terminal.ticket(visit);
        self.push(Effect::Ask(ticket, question));
        ticket
    }

    /// Seals what may go later, in the terminal's name: it outlives its visit.
    pub(super) fn post(&mut self, post: Post) -> Ticket {
        let ticket = self.terminal.ticket(NO_VISIT);
        self.push(Effect::Post(Some(ticket), post));
        ticket
    }

    /// Has the challenge of this visit's card answered.
    pub(super) fn authorize(&mut self, visit: &Visit, card: Challenged) -> Ticket {
        let ticket = self.terminal.ticket(visit.number);
        self.push(Effect::Authorize(ticket, visit.token.clone(), card));
        ticket
    }

    pub(super) fn act(
        &mut self,
        visit: u64,
        visit_token: String,
        item: &str,
        person: Option<Pseudonym>,
        body: ActBody,
    ) -> (Ticket, ActId) {
        let ticket = self.terminal.ticket(visit);
        let id = self.terminal.act_id();
        let act = Act { id: id.clone(), visit_token, item: item.to_owned(), person, body };
        self.push(Effect::Act(ticket, act));
        (ticket, id)
    }
}
