//! The thread `clerk`: the only one that performs acts, one at a time. For each: write the intent into the journal, perform,
//! write the outcome, tell `app`, tell the agency.
//!
//! What it says is what the journal says. "Printed" only after the device's own word; where nobody can know, "unknown".

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use contract::message::{ActReport, FetchDocument, IssueDocument, Issued, Outcome, content_digest};
use contract::site::Site;
use hal::receipt::Paper;
use hal::{Cancel, Code, Progress};

use super::inbox::Inbox;
use super::net::Line;
use super::printer::{Document, Failure, Printers};
use crate::agency::{AgencyError, Answer, Question};
use crate::clock::{Clock, SystemClock};
use crate::events::{self, Event};
use crate::journal::Journal;
use crate::session::{Act, ActBody, ActEnd, ActFailure, Completion, Input, Ticket};

/// One act runs, one may wait (of a visit that began while the last one's job was being cancelled).
const ROOM: usize = 2;

struct Order {
    ticket: Ticket,
    act: Act,
    cancel: Cancel,
}

/// The way to the clerk.
pub(super) struct Desk(SyncSender<Order>);

impl Desk {
    pub(super) fn submit(&self, ticket: Ticket, act: Act, cancel: Cancel) -> Option<Input> {
        let busy = not_printed(ActFailure::Device(Code::ReceiptBusy));
        self.0.try_send(Order { ticket, act, cancel }).is_err().then_some(Input::Done(ticket, Completion::Acted(busy)))
    }
}

pub(super) fn start(journal: Journal, printers: Printers, net: Line, site: &Site, inbox: Inbox) -> io::Result<Desk> {
    let (orders, receiver) = sync_channel(ROOM);
    let clerk = Clerk {
        journal,
        printers,
        net,
        inbox,
        document_max_bytes: site.limits.document_max_bytes,
        retry: Duration::from_millis(site.limits.agency_retry_ms),
        clock: SystemClock::start(),
    };
    std::thread::Builder::new().name("clerk".to_owned()).spawn(move || clerk.run(&receiver))?;
    Ok(Desk(orders))
}

struct Clerk {
    journal: Journal,
    printers: Printers,
    net: Line,
    inbox: Inbox,
    document_max_bytes: u64,
    retry: Duration,
    clock: SystemClock,
}

/// Why an act did not end in "printed".
struct Stop {
    failure: ActFailure,
    paper: Paper,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self { failure: ActFailure::Device(failure.code), paper: failure.paper }
    }
}

impl Clerk {
    fn run(self, orders: &Receiver<Order>) {
        loop {
            match self.next(orders) {
                Ok(Order { ticket, act, cancel }) => {
                    let id = act.id.text.clone();
                    let end = self.act(ticket, act, cancel);
                    events::write(&Event::ActEnded { act: id, outcome: end.outcome });
                    self.inbox.send(Input::Done(ticket, Completion::Acted(end)));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.report();
        }
    }

    /// The next order; while the agency has not acknowledged every outcome, only as long as it takes to ask again.
    fn next(&self, orders: &Receiver<Order>) -> Result<Order, RecvTimeoutError> {
        let all_told = self.journal.unreported().is_ok_and(|rows| rows.is_empty());
        if all_told {
            orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            orders.recv_timeout(self.retry)
        }
    }

    fn act(&self, ticket: Ticket, act: Act, cancel: Cancel) -> ActEnd {
        if self.journal.begin(&act, self.clock.now().unix_ms).is_err() {
            events::write(&Event::JournalFailed);
            return not_printed(ActFailure::Journal);
        }
        let id = act.id.text.clone();
        events::write(&Event::ActBegun { act: id.clone() });
        let end = match self.perform(ticket, act, cancel) {
            Ok(papers) => ActEnd { outcome: Outcome::Printed, failure: None, papers },
            Err(Stop { failure, paper: Paper::None }) => not_printed(failure),
            Err(Stop { failure, paper: Paper::Perhaps }) => {
                ActEnd { outcome: Outcome::Unknown, failure: Some(failure), papers: 0 }
            }
        };
        let code = end.failure.as_ref().map(ActFailure::as_str);
        if self.journal.settle(&id, end.outcome, code, self.clock.now().unix_ms).is_err() {
            // The intent stands; the next start settles it as unknown, which is all that can then be known.
            events::write(&Event::JournalFailed);
        }
        end
    }

    /// Returns how many papers the device confirmed.
    fn perform(&self, ticket: Ticket, act: Act, cancel: Cancel) -> Result<u32, Stop> {
        let inbox = self.inbox.clone();
        let progress = move |progress: Progress| inbox.send(Input::Progress(ticket, progress));
        let Act { id, visit_token, item, body } = act;
        match body {
            ActBody::Slip(receipt) => {
                let port = self.printers.receipt.as_ref().ok_or_else(|| absent(Code::ReceiptOffline))?;
                self.advance(&id.text, "sending")?;
                port.print(receipt, cancel, progress)?;
                Ok(1)
            }
            ActBody::Certificate { session, subject, item_version, inputs } => {
                let port = self.printers.page.as_ref().ok_or_else(|| absent(Code::PageOffline))?;
                let session = session.reveal().clone();
                let request = IssueDocument {
                    visit: visit_token.clone(),
                    session: session.clone(),
                    act: id.text.clone(),
                    item,
                    item_version,
                    inputs,
                };
                let (issued, pdf) = self.document(ticket.visit, request, &subject, session)?;
                self.advance(&id.text, "issued")?;
                if cancel.is_cancelled() {
                    return Err(Stop { failure: ActFailure::Device(Code::PageCancelled), paper: Paper::None });
                }
                progress(Progress::Accepted);
                self.advance(&id.text, "sending")?;
                port.print(Document { job_name: id.text, pdf }, cancel, progress)?;
                Ok(issued.sheets)
            }
        }
    }

    /// Has the document issued, fetches it, and believes neither that it is this person's nor that it is whole.
    fn document(
        &self,
        visit: u64,
        request: IssueDocument,
        subject: &str,
        session: String,
    ) -> Result<(Issued, Vec<u8>), Stop> {
        let fetch = FetchDocument { visit: request.visit.clone(), session, act: request.act.clone() };
        let issued = match self.net.ask(visit, Question::Issue(request)) {
            Ok(Answer::Issued(issued)) => issued,
            other => return Err(refused(other)),
        };
        if issued.binding.visit != fetch.visit || issued.binding.subject != subject {
            events::write(&Event::BindingMismatch { visit });
            return Err(Stop { failure: ActFailure::Mismatch, paper: Paper::None });
        }
        if issued.size_bytes > self.document_max_bytes {
            return Err(refused(Err(AgencyError::Garbled)));
        }
        let pdf = match self.net.ask(visit, Question::Fetch(fetch)) {
            Ok(Answer::Content(pdf)) => pdf,
            other => return Err(refused(other)),
        };
        if content_digest(&pdf) != issued.digest {
            return Err(Stop { failure: ActFailure::Mismatch, paper: Paper::None });
        }
        Ok((issued, pdf))
    }

    fn advance(&self, act: &str, phase: &str) -> Result<(), Stop> {
        self.journal.advance(act, phase).map_err(|_| Stop { failure: ActFailure::Journal, paper: Paper::None })
    }

    /// Tells the agency every outcome it has not acknowledged, oldest first; stops at the first that does not get through.
    fn report(&self) {
        for (visit, row) in self.journal.unreported().unwrap_or_default() {
            let Some(outcome) = row.outcome.as_deref().and_then(Outcome::parse) else { continue };
            let report = ActReport { act: row.act.clone(), visit, item: row.item, kind: row.kind, outcome };
            // Nothing personal is in a report, so it goes over the terminal's own line: its visit may be over.
            if self.net.ask(0, Question::Report(report)).is_err() || self.journal.reported(&row.act).is_err() {
                return;
            }
        }
    }
}

const fn not_printed(failure: ActFailure) -> ActEnd {
    ActEnd { outcome: Outcome::NotPrinted, failure: Some(failure), papers: 0 }
}

const fn absent(code: Code) -> Stop {
    Stop { failure: ActFailure::Device(code), paper: Paper::None }
}

/// The agency did not give what was asked for: nothing has been printed.
fn refused(answer: Result<Answer, AgencyError>) -> Stop {
    let error = answer.err().unwrap_or(AgencyError::Garbled);
    Stop { failure: ActFailure::Agency(error), paper: Paper::None }
}
