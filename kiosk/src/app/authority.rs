//! The thread `authority`: answers the challenges of cards. A security module in the terminal (PSAM) is asked first where there is one, the
//! agency's (HSM) where it gives no answer. Both stand behind hal's [`Authorizer`], and both end in the same completion: `step` need not
//! know who answered.

use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use contract::format::from_hex;
use contract::message::{CardAuthority, CardChallenge};
use contract::site::Site;
use hal::bridge::BridgeError;
use hal::bridge::psam::BridgePsam;
use hal::card::authority::{AuthorityError, Authorizer, Challenged};
use hal::card::{Algorithm, Authority};
use hal::{Cancel, Control};

use super::inbox::Inbox;
use super::net::Line;
use crate::agency::{AgencyError, Answer, Question};
use crate::events::{self, Event};
use crate::session::{Completion, Input, Ticket};

/// One challenge is answered, one waits: a visit has one card.
const ROOM: usize = 1;
/// A module in the terminal answers within some hundred milliseconds, and the citizen still waits for the agency's where it does not.
const PATIENCE: Duration = Duration::from_secs(3);

struct Order {
    ticket: Ticket,
    visit_token: String,
    card: Challenged,
    cancel: Cancel,
}

/// Where challenges of cards go.
pub(super) struct Desk(SyncSender<Order>);

impl Desk {
    /// The completion comes through the inbox, or at once where there is no room.
    pub(super) fn submit(
        &self,
        ticket: Ticket,
        visit_token: String,
        card: Challenged,
        cancel: Cancel,
    ) -> Option<Input> {
        let order = Order { ticket, visit_token, card, cancel };
        self.0.try_send(order).is_err().then(|| done(ticket, Err(AgencyError::Cancelled)))
    }
}

pub(super) fn start(site: &Site, net: Line, inbox: Inbox) -> io::Result<Desk> {
    let (orders, waiting) = sync_channel::<Order>(ROOM);
    let mut modules = Modules { psam: site.devices.psam.as_ref().map(crate::devices::psam), net, told: None };
    std::thread::Builder::new().name("authority".to_owned()).spawn(move || {
        while let Ok(order) = waiting.recv() {
            let ticket = order.ticket;
            inbox.send(done(ticket, modules.answer(order)));
        }
    })?;
    Ok(Desk(orders))
}

fn done(ticket: Ticket, answer: Result<Authority, AgencyError>) -> Input {
    Input::Done(ticket, Completion::Authority(answer))
}

struct Modules {
    psam: Option<BridgePsam>,
    net: Line,
    /// The module's fault that was logged last: told once, until it answers again.
    told: Option<AuthorityError>,
}

impl Modules {
    /// A challenge may go to both, one after the other: only the answer that reaches the card uses it up.
    fn answer(&mut self, Order { ticket, visit_token, card, cancel }: Order) -> Result<Authority, AgencyError> {
        let control = Control { deadline: Instant::now() + PATIENCE, cancel, progress: &|_| {} };
        if let Some(psam) = &mut self.psam {
            let answer = psam.answer(&card, &control);
            self.log(answer.as_ref().err().copied());
            if let Ok(authority) = answer {
                return Ok(authority);
            }
        }
        AgencyHsm { net: &self.net, visit: ticket.visit, visit_token }.answer(&card, &control)
    }

    fn log(&mut self, fault: Option<AuthorityError>) {
        if fault == self.told || fault == Some(AuthorityError::Bridge(BridgeError::Cancelled)) {
            return;
        }
        self.told = fault;
        events::write(&match fault {
            Some(fault) => Event::Fault { code: fault.code() },
            None => Event::FaultCleared { device: "psam" },
        });
    }
}

/// The agency's security module, asked over the network on behalf of one visit. The client's own deadline for a question ends it.
struct AgencyHsm<'a> {
    net: &'a Line,
    visit: u64,
    visit_token: String,
}

impl Authorizer for AgencyHsm<'_> {
    type Error = AgencyError;

    fn answer(&mut self, card: &Challenged, control: &Control<'_>) -> Result<Authority, AgencyError> {
        let question = Question::Authority(question(&self.visit_token, card));
        match self.net.ask_until(self.visit, question, &control.cancel)? {
            Answer::Authority(reply) => authority(&reply).ok_or(AgencyError::Garbled),
            _ => Err(AgencyError::Garbled),
        }
    }
}

fn question(visit_token: &str, card: &Challenged) -> CardChallenge {
    CardChallenge {
        visit: visit_token.to_owned(),
        card_id: card.card_id.reveal().clone(),
        historical: card.historical.reveal().clone(),
        algorithm: match card.algorithm {
            Algorithm::Des => "des",
            Algorithm::Ssf33 => "ssf33",
            Algorithm::Sm4 => "sm4",
        }
        .to_owned(),
        challenge: format!("{:016X}", u64::from_be_bytes(card.challenge)),
    }
}

fn authority(reply: &CardAuthority) -> Option<Authority> {
    Some(Authority { key_id: reply.key_id, result: from_hex(&reply.result)?, raw: from_hex(&reply.raw)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agency_answers_with_something_else_than_eight_bytes() {
        let reply =
            |result: &str| CardAuthority { key_id: 10, result: result.to_owned(), raw: "1112131415161718".to_owned() };
        for wrong in ["", "01020304050607", "010203040506070", "+102030405060708", "０102030405060", "010203040506070G"]
        {
            assert!(authority(&reply(wrong)).is_none(), "{wrong}");
        }
        assert_eq!(authority(&reply("0102030405060708")).unwrap().result, [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}
