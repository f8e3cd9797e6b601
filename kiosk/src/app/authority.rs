//! The thread `psam`: where the terminal has a security module, it is asked first, and the agency's where it gives no answer.
//!
//! Both end in the same completion: `step` need not know who answered, and never waits for both at once. Where no module is configured
//! there is no thread, and a card's challenge goes to the agency like any other question.

use std::io;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use contract::message::{CardAuthority, CardChallenge};
use contract::site::Site;
use hal::bridge::BridgeError;
use hal::card::authority::{AuthorityError, Authorizer, Challenged};
use hal::card::{Algorithm, Authority};
use hal::{Cancel, Control, Private};

use super::inbox::Inbox;
use super::net::Line;
use crate::agency::{AgencyError, Question};
use crate::events::{self, Event};
use crate::session::{Completion, Input, Ticket};

/// One challenge is answered, one waits: a visit has one card.
const ROOM: usize = 1;
/// A module answers within some hundred milliseconds, and the citizen still waits for the agency's where it does not.
const PATIENCE: Duration = Duration::from_secs(3);

struct Order {
    ticket: Ticket,
    challenge: CardChallenge,
    cancel: Cancel,
}

/// Where challenges of cards go.
pub(super) struct Desk {
    psam: Option<SyncSender<Order>>,
    net: Line,
}

impl Desk {
    /// The completion comes through the inbox, or at once where nobody has room for the question.
    pub(super) fn submit(&self, ticket: Ticket, challenge: CardChallenge, cancel: Cancel) -> Option<Input> {
        let order = Order { ticket, challenge, cancel };
        let for_agency = match &self.psam {
            None => Some(order),
            Some(psam) => match psam.try_send(order) {
                Ok(()) => None,
                Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) => Some(order),
            },
        };
        for_agency.and_then(|order| self.net.submit(order.ticket, Question::Authority(order.challenge)))
    }
}

pub(super) fn start(site: &Site, net: Line, inbox: Inbox) -> io::Result<Desk> {
    let Some(psam) = &site.devices.psam else { return Ok(Desk { psam: None, net }) };
    let (orders, waiting) = sync_channel::<Order>(ROOM);
    let mut module = Module { psam: Box::new(crate::devices::psam(psam)), net: net.clone(), inbox, told: None };
    std::thread::Builder::new().name("psam".to_owned()).spawn(move || {
        while let Ok(order) = waiting.recv() {
            module.serve(order);
        }
    })?;
    Ok(Desk { psam: Some(orders), net })
}

struct Module {
    psam: Box<dyn Authorizer>,
    net: Line,
    inbox: Inbox,
    /// The fault that was logged last: told once, until the module answers again.
    told: Option<AuthorityError>,
}

impl Module {
    fn serve(&mut self, Order { ticket, challenge, cancel }: Order) {
        let control = Control { deadline: Instant::now() + PATIENCE, cancel: cancel.clone(), progress: &|_| {} };
        let asked = challenged(&challenge).ok_or(AuthorityError::Refused);
        let answer = asked.and_then(|card| self.psam.answer(&card, &control));
        self.log(answer.as_ref().err().copied());
        let done = |result| Some(Input::Done(ticket, Completion::Authority(result)));
        let input = match answer {
            Ok(authority) => done(Ok(message(&authority))),
            Err(_) if cancel.is_cancelled() => done(Err(AgencyError::Cancelled)),
            Err(_) => self.net.submit(ticket, Question::Authority(challenge)),
        };
        if let Some(input) = input {
            self.inbox.send(input);
        }
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

/// The question as a module understands it; `None` where it is none.
fn challenged(challenge: &CardChallenge) -> Option<Challenged> {
    let algorithm = match challenge.algorithm.as_str() {
        "des" => Algorithm::Des,
        "ssf33" => Algorithm::Ssf33,
        "sm4" => Algorithm::Sm4,
        _ => return None,
    };
    let number = u64::from_str_radix(&challenge.challenge, 16).ok()?;
    Some(Challenged {
        card_id: Private::new(challenge.card_id.clone()),
        historical: Private::new(challenge.historical.clone()),
        algorithm,
        challenge: number.to_be_bytes(),
    })
}

/// The module's answer in the agency's words.
fn message(authority: &Authority) -> CardAuthority {
    let hex = |bytes: [u8; 8]| format!("{:016X}", u64::from_be_bytes(bytes));
    CardAuthority { key_id: authority.key_id, result: hex(authority.result), raw: hex(authority.raw) }
}
