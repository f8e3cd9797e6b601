//! The thread `clerk`: the only one that performs acts, one at a time. For each: write the intent into the journal, perform,
//! write the outcome, tell `app`, tell the agency.
//!
//! What it says is what the journal says. "Printed" only after the device's own word; where nobody can know, "unknown".

mod card_pin;

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use contract::format::Date;
use contract::message::{
    ActReport, Case, CaseName, FetchDocument, FileCase, FindCase, IssueDocument, Issued, LeaveQuestion, Outcome,
    QuestionKept, content_digest,
};
use contract::problem::ProblemCode;
use contract::site::Site;
use hal::receipt::Paper;
use hal::{Cancel, Code, Progress};

use super::inbox::Inbox;
use super::net::Line;
use super::printer::{Document, Failure, Printers};
use super::reader::Cards;
use crate::agency::{AgencyError, Answer, Question};
use crate::clock::{Clock, SystemClock};
use crate::events::{self, Event};
use crate::journal::Journal;
use crate::session::{Act, ActBody, ActEnd, ActFailure, ActKind, Completion, FunnelStep, Input, Ticket};

/// One act runs, one may wait (of a visit that began while the last one's job was being cancelled).
const ROOM: usize = 2;

struct Order {
    ticket: Ticket,
    act: Act,
    cancel: Cancel,
}

/// A thing to be counted.
struct Count {
    day: Date,
    item: String,
    step: FunnelStep,
}

/// As many as a busy minute brings; more are dropped, for nothing depends on them.
const COUNTS: usize = 64;

/// The way to the clerk.
pub(super) struct Desk(SyncSender<Order>, SyncSender<Count>);

impl Desk {
    pub(super) fn submit(&self, ticket: Ticket, act: Act, cancel: Cancel) -> Option<Input> {
        let why = match act.body.kind() {
            ActKind::Slip | ActKind::Certificate => ActFailure::Device(Code::ReceiptBusy),
            ActKind::Case | ActKind::Question => ActFailure::Agency(AgencyError::Cancelled),
            ActKind::CardPin => ActFailure::Device(Code::CardBusy),
        };
        let busy = ended(act.body.kind().not_done(), Some(why));
        self.0.try_send(Order { ticket, act, cancel }).is_err().then_some(Input::Done(ticket, Completion::Acted(busy)))
    }
}

impl Desk {
    /// Counts, when the clerk has a moment.
    pub(super) fn count(&self, day: Date, item: String, step: FunnelStep) {
        let _dropped_where_there_is_no_room = self.1.try_send(Count { day, item, step });
    }
}

/// What the clerk performs acts with.
pub(super) struct Tools {
    pub printers: Printers,
    pub cards: Cards,
    pub net: Line,
}

pub(super) fn start(journal: Journal, tools: Tools, site: &Site, clock: SystemClock, inbox: Inbox) -> io::Result<Desk> {
    let (orders, receiver) = sync_channel(ROOM);
    let (counts, counted) = sync_channel(COUNTS);
    let clerk = Clerk {
        journal,
        tools,
        inbox,
        terminal: site.terminal.id.clone(),
        document_max_bytes: site.limits.document_max_bytes,
        retry: Duration::from_millis(site.limits.agency_retry_ms),
        settles_after_ms: i64::try_from(site.limits.agency_call_ms.saturating_mul(2)).unwrap_or(i64::MAX),
        clock,
    };
    std::thread::Builder::new().name("clerk".to_owned()).spawn(move || clerk.run(&receiver, &counted))?;
    Ok(Desk(orders, counts))
}

struct Clerk {
    journal: Journal,
    tools: Tools,
    inbox: Inbox,
    terminal: String,
    document_max_bytes: u64,
    retry: Duration,
    /// How old a case must be before "no such case" is believed.
    settles_after_ms: i64,
    clock: SystemClock,
}

/// What an act has done.
enum Done {
    /// So many papers, as the device confirmed.
    Printed(u32),
    /// The agency has the case.
    Filed(Box<Case>),
    /// The card says that its new PIN holds.
    Changed,
    /// The agency has the question.
    Left(Box<QuestionKept>),
}

/// Why an act is not known to be done. `paper` is how certain it is that nothing came of it, for every act.
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
    fn run(mut self, orders: &Receiver<Order>, counts: &Receiver<Count>) {
        loop {
            let next = self.next(orders);
            for Count { day, item, step } in counts.try_iter() {
                if self.journal.count(day, &item, step).is_err() {
                    events::write(&Event::JournalFailed);
                }
            }
            match next {
                Ok(Order { ticket, act, cancel }) => {
                    let end = self.act(ticket, act, cancel);
                    self.inbox.send(Input::Done(ticket, Completion::Acted(end)));
                }
                // Some time has passed since anything was asked.
                Err(RecvTimeoutError::Timeout) => self.reconcile(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.report();
        }
    }

    /// The next order; while the agency has not acknowledged every outcome, or there are cases to ask it for, only as long as it takes to
    /// ask again.
    fn next(&self, orders: &Receiver<Order>) -> Result<Order, RecvTimeoutError> {
        let none = |rows: Result<Vec<_>, _>| rows.is_ok_and(|rows| rows.is_empty());
        let all_told = none(self.journal.unreported()) && none(self.journal.unknown_cases(i64::MAX));
        if all_told {
            orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            orders.recv_timeout(self.retry)
        }
    }

    fn act(&mut self, ticket: Ticket, act: Act, cancel: Cancel) -> ActEnd {
        let Ok(begun) = self.journal.begin(&act, ticket.visit, self.clock.now()) else {
            events::write(&Event::JournalFailed);
            return ended(act.body.kind().not_done(), Some(ActFailure::Journal));
        };
        let id = act.id.text.clone();
        events::log(&begun);
        let kind = act.body.kind();
        let end = match self.perform(ticket, act, cancel) {
            Ok(Done::Printed(papers)) => ActEnd { papers, ..ended(Outcome::Printed, None) },
            Ok(Done::Filed(case)) => ActEnd { case: Some(case), ..ended(Outcome::Filed, None) },
            Ok(Done::Changed) => ended(Outcome::Changed, None),
            Ok(Done::Left(kept)) => ActEnd { question: Some(kept), ..ended(Outcome::Filed, None) },
            Err(Stop { failure, paper: Paper::None }) => ended(kind.not_done(), Some(failure)),
            Err(Stop { failure, paper: Paper::Perhaps }) => ended(Outcome::Unknown, Some(failure)),
        };
        let code = end.failure.as_ref().map(ActFailure::as_str);
        match self.journal.settle(&id, end.outcome, code, self.clock.now()) {
            Ok(ended) => events::log(&ended),
            // The intent stands; the next start settles it as unknown, which is all that can then be known.
            Err(_) => events::write(&Event::JournalFailed),
        }
        end
    }

    fn perform(&self, ticket: Ticket, act: Act, cancel: Cancel) -> Result<Done, Stop> {
        let inbox = self.inbox.clone();
        let progress = move |progress: Progress| inbox.send(Input::Progress(ticket, progress));
        let Act { id, visit_token, item, body } = act;
        match body {
            ActBody::Slip(receipt) => {
                let port = self.tools.printers.receipt.as_ref().ok_or_else(|| absent(Code::ReceiptOffline))?;
                self.advance(&id.text, "sending")?;
                port.print(receipt, cancel, progress)?;
                Ok(Done::Printed(1))
            }
            ActBody::Certificate { session, subject, item_version, inputs } => {
                let port = self.tools.printers.page.as_ref().ok_or_else(|| absent(Code::PageOffline))?;
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
                Ok(Done::Printed(issued.sheets))
            }
            ActBody::Case { session, subject, catalogue, item_version, inputs, consent, language } => {
                let file = FileCase {
                    visit: visit_token,
                    session: session.reveal().clone(),
                    catalogue,
                    item,
                    item_version,
                    inputs,
                    consent,
                    language: language.to_owned(),
                };
                self.advance(&id.text, "sending")?;
                self.file(ticket.visit, &id.text, file, &subject).map(Done::Filed)
            }
            ActBody::CardPin(change) => {
                self.advance(&id.text, "sending")?;
                card_pin::change(&self.tools.cards, change, cancel)
            }
            ActBody::Question(words) => {
                let request = LeaveQuestion { terminal: self.terminal.clone(), visit: visit_token, item, words };
                self.advance(&id.text, "sending")?;
                self.leave(ticket.visit, id.text, request).map(Done::Left)
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
        let issued = match self.tools.net.ask(visit, Question::Issue(request)) {
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
        let pdf = match self.tools.net.ask(visit, Question::Fetch(fetch)) {
            Ok(Answer::Content(pdf)) => pdf,
            other => return Err(refused(other)),
        };
        if content_digest(&pdf) != issued.digest {
            return Err(Stop { failure: ActFailure::Mismatch, paper: Paper::None });
        }
        Ok((issued, pdf))
    }

    /// Files a case. Where the answer does not come, the agency is asked by the act id what became of it; the case is never sent again.
    /// "No such case" is not believed at once: the first question may still be on its way. [`Self::reconcile`] asks later.
    fn file(&self, visit: u64, act: &str, file: FileCase, subject: &str) -> Result<Box<Case>, Stop> {
        let find =
            FindCase { session: file.session.clone(), language: file.language.clone(), ..by_key(&file.visit, act) };
        let answer = match self.tools.net.ask(visit, Question::File(act.to_owned(), file)) {
            Err(error) if !error.is_certain() => match self.tools.net.ask(visit, Question::Find(find.clone())) {
                Ok(answer) => Ok(answer),
                Err(_) => return Err(Stop { failure: ActFailure::Agency(error), paper: Paper::Perhaps }),
            },
            answer => answer,
        };
        let bound = |case: &Case| case.binding.visit == find.visit && case.binding.subject == subject;
        match answer {
            // The same person may have filed another case in the same visit: only this act's is this one.
            Ok(Answer::Case(case)) if bound(&case) && case.key == act => Ok(case),
            Ok(Answer::Case(_)) => {
                events::write(&Event::BindingMismatch { visit });
                Err(Stop { failure: ActFailure::Mismatch, paper: Paper::Perhaps })
            }
            other => Err(refused(other)),
        }
    }

    /// Leaves a question. Where its answer does not come, nobody knows whether it is kept: it is not sent again.
    fn leave(&self, visit: u64, act: String, request: LeaveQuestion) -> Result<Box<QuestionKept>, Stop> {
        let perhaps = |error| Stop { failure: ActFailure::Agency(error), paper: Paper::Perhaps };
        match self.tools.net.ask(visit, Question::Leave(act.clone(), request)) {
            Ok(Answer::Left(kept)) if kept.key == act => Ok(kept),
            Ok(_) => Err(perhaps(AgencyError::Garbled)),
            Err(error) if !error.is_certain() => Err(perhaps(error)),
            refused => Err(self::refused(refused)),
        }
    }

    /// Asks the agency for every case of which nobody knows whether it was filed: by the act id, over the terminal's own line, and not
    /// before a question that was sent when it began would have ended twice over. What the agency does not know by then was not filed.
    fn reconcile(&mut self) {
        let begun_before_ms = self.clock.now().unix_ms.saturating_sub(self.settles_after_ms);
        for (visit, row) in self.journal.unknown_cases(begun_before_ms).unwrap_or_default() {
            let outcome = match self.tools.net.ask(0, Question::Find(by_key(&visit, &row.act))) {
                Ok(Answer::Case(case)) if case.key == row.act => Outcome::Filed,
                Ok(_) => {
                    events::write(&Event::AgencyFailed { how: AgencyError::Garbled.as_str() });
                    continue;
                }
                Err(error) if error.problem() == Some(ProblemCode::CaseUnknown) => Outcome::NotFiled,
                Err(_) => return,
            };
            match self.journal.resolve(&row.act, outcome, self.clock.now()) {
                Ok(ended) => events::log(&ended),
                Err(_) => return,
            }
        }
    }

    fn advance(&self, act: &str, phase: &str) -> Result<(), Stop> {
        self.journal.advance(act, phase).map_err(|_| Stop { failure: ActFailure::Journal, paper: Paper::None })
    }

    /// Tells the agency every outcome it has not acknowledged, oldest first; stops at the first that does not get through. An
    /// acknowledgement of another act is none.
    fn report(&self) {
        for (visit, row) in self.journal.unreported().unwrap_or_default() {
            let Some(outcome) = row.outcome.as_deref().and_then(Outcome::parse) else { continue };
            let report = ActReport { act: row.act.clone(), visit, item: row.item, kind: row.kind, outcome };
            // Nothing personal is in a report, so it goes over the terminal's own line: its visit may be over.
            let told = self.tools.net.ask(0, Question::Report(report));
            let heard = matches!(&told, Ok(Answer::Kept(kept)) if kept.act == row.act);
            if !heard || self.journal.reported(&row.act).is_err() {
                return;
            }
        }
    }
}

/// Asks for the case that was filed under this act id.
fn by_key(visit: &str, act: &str) -> FindCase {
    FindCase {
        visit: visit.to_owned(),
        session: String::new(),
        name: CaseName::Key(act.to_owned()),
        id_last4: String::new(),
        language: "zh".to_owned(),
    }
}

const fn ended(outcome: Outcome, failure: Option<ActFailure>) -> ActEnd {
    ActEnd { outcome, failure, papers: 0, case: None, question: None }
}

const fn absent(code: Code) -> Stop {
    Stop { failure: ActFailure::Device(code), paper: Paper::None }
}

/// The agency did not give what was asked for: nothing has been printed.
fn refused(answer: Result<Answer, AgencyError>) -> Stop {
    let error = answer.err().unwrap_or(AgencyError::Garbled);
    Stop { failure: ActFailure::Agency(error), paper: Paper::None }
}
