//! Tickets that have ended: whatever comes for one of them is late, or comes a second time.

use std::collections::HashSet;

use kiosk::session::{Effect, Ticket};

use super::Sim;

/// How many of those for which a result was taken are remembered.
const TAKEN_MAX: usize = 32;

impl Sim {
    /// A result was taken for this ticket.
    pub(super) fn has_ended(&mut self, ticket: Ticket) {
        if self.taken.len() == TAKEN_MAX {
            self.taken.pop_front();
        }
        self.taken.push_back(ticket);
    }

    /// Whether the world has been asked for what this ticket waits for.
    #[must_use]
    pub fn has_asked_for(&self, result: Ticket) -> bool {
        self.effects.iter().rev().any(|effect| ticket(effect) == Some(result))
    }

    /// Tickets for which nothing may be taken any more: those that had their one result, and those of visits that are over. Told by what went
    /// in and out, not by what the terminal believes to wait for.
    ///
    /// None has to be left out. How an act ends after its visit is the clerk's to write down, and a draft is sealed under a ticket of no visit,
    /// as an opinion, a forgotten card and the terminal's own questions are.
    #[must_use]
    pub fn ended_tickets(&self) -> Vec<Ticket> {
        let over = |effect: &Effect| match effect {
            Effect::EndVisit(visit) => Some(*visit),
            _ => None,
        };
        let over: HashSet<u64> = self.effects.iter().filter_map(over).collect();
        let late = self.effects.iter().filter_map(ticket).filter(|ticket| over.contains(&ticket.visit));
        self.taken.iter().copied().chain(late).collect()
    }
}

/// What the result of this will carry.
const fn ticket(effect: &Effect) -> Option<Ticket> {
    match effect {
        Effect::Card(ticket, _)
        | Effect::Scan(ticket)
        | Effect::ReadDocument(ticket)
        | Effect::AwaitStaff(ticket, _)
        | Effect::Authorize(ticket, ..)
        | Effect::Ask(ticket, _)
        | Effect::Act(ticket, _)
        | Effect::Press(ticket, _)
        | Effect::Keep(ticket, _) => Some(*ticket),
        Effect::Post(ticket, _) => *ticket,
        Effect::ReleaseCard
        | Effect::Cancel(_)
        | Effect::EndVisit(_)
        | Effect::Told { .. }
        | Effect::Count { .. }
        | Effect::Log(_) => None,
    }
}
