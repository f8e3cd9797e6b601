//! The thread `clerk`: the only one that performs acts, one at a time. For each: write the intent into the journal, perform,
//! write the outcome, tell `app`, tell the agency. Between acts it catches up with what is to be told and handed over ([`mail`]).
//!
//! What it says is what the journal says. "Printed" only after the device's own word; where nobody can know, "unknown".

mod archive;
mod audit;
mod card_pin;
mod mail;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use contract::format::Date;
use contract::message::{
    Case, CaseName, FetchDocument, FileCase, FindCase, IssueDocument, Issued, LeaveQuestion, Outcome, ParcelKind,
    QuestionKept, content_digest,
};
use contract::site::Site;
use hal::receipt::Paper;
use hal::{Cancel, Code, Progress};

use super::AtBoundary;
use super::inbox::Inbox;
use super::net::Line;
use super::printer::{Document, Failure, Printers};
use super::reader::Cards;
use crate::agency::{AgencyError, Answer, Question};
use crate::clock::{Clock, SystemClock};
use crate::crypto::seal::Recipient;
use crate::crypto::sign::Signer;
use crate::events::{self, Event};
use crate::journal::Journal;
use crate::journal::outbox::Content;
use crate::session::{
    Act, ActBody, ActEnd, ActFailure, ActKind, Boundary, Completion, Filing, FunnelStep, Input, Post, Ticket,
};
use audit::Keeping;
use mail::Mail;

/// One act runs, one may wait (of a visit that began while the last one's job was being cancelled).
const ROOM: usize = 2;
/// What else may wait: a visit tells two or three things a minute.
const NOTES: usize = 64;

struct Order {
    ticket: Ticket,
    act: Act,
    cancel: Cancel,
}

/// What is to be written down, and performs nothing.
pub(super) enum Note {
    /// A thing to be counted, of nobody in particular.
    Count { day: Date, item: String, step: FunnelStep },
    /// The citizen has been shown how an act ended.
    Told { act: String, outcome: Outcome },
}

enum Work {
    Order(Box<Order>),
    Note(Note),
    /// Something that may go later; whoever holds the ticket waits until it is on the disk.
    Post(Option<Ticket>, Post),
}

/// The way to the clerk.
pub(super) struct Desk {
    work: SyncSender<Work>,
    /// Acts that have been handed over and have not ended.
    acts: Arc<AtomicUsize>,
}

impl Desk {
    pub(super) fn submit(&self, ticket: Ticket, act: Act, cancel: Cancel) -> Option<Input> {
        let kind = act.body.kind();
        let room = self.acts.fetch_add(1, Ordering::AcqRel) < ROOM;
        if room && self.work.try_send(Work::Order(Box::new(Order { ticket, act, cancel }))).is_ok() {
            return None;
        }
        self.acts.fetch_sub(1, Ordering::AcqRel);
        let why = match kind {
            ActKind::Slip | ActKind::Certificate => ActFailure::Device(Code::ReceiptBusy),
            ActKind::Case | ActKind::Question => ActFailure::Agency(AgencyError::Cancelled),
            ActKind::CardPin => ActFailure::Device(Code::CardBusy),
        };
        Some(Input::Done(ticket, Completion::Acted(ended(kind.not_done(), Some(why)))))
    }

    /// Has this sealed, written down and delivered when it can be.
    pub(super) fn post(&self, ticket: Option<Ticket>, post: Post) -> Option<Input> {
        if self.work.try_send(Work::Post(ticket, post)).is_ok() {
            return None;
        }
        events::write(&Event::JournalFailed);
        ticket.map(|ticket| Input::Done(ticket, Completion::Posted(false)))
    }

    /// Writes down, when the clerk has a moment.
    pub(super) fn note(&self, note: Note) {
        let counts = matches!(note, Note::Count { .. });
        // Nothing depends on a count.
        if self.work.try_send(Work::Note(note)).is_err() && !counts {
            events::write(&Event::JournalFailed);
        }
    }
}

/// What the clerk performs acts with.
pub(super) struct Tools {
    pub printers: Printers,
    pub cards: Cards,
    pub net: Line,
    pub seal_to: Recipient,
    /// Who reads the audit, where it is posted.
    pub auditor: Option<Recipient>,
    /// The terminal's key; `None` where it is of a kind that nobody here signs with.
    pub signer: Option<Signer>,
}

pub(super) fn start(
    journal: Journal,
    mut tools: Tools,
    site: &Site,
    clock: SystemClock,
    at: AtBoundary,
    inbox: Inbox,
) -> io::Result<Desk> {
    let (work, receiver) = sync_channel(ROOM + NOTES);
    let acts = Arc::new(AtomicUsize::new(0));
    let keeping = Keeping::new(site, tools.auditor.take());
    let clerk = Clerk {
        journal,
        tools,
        keeping,
        inbox,
        terminal: site.terminal.id.clone(),
        document_max_bytes: site.limits.document_max_bytes,
        mail: Mail::new(&site.limits)?,
        settles_after_ms: i64::try_from(site.limits.agency_call_ms.saturating_mul(2)).unwrap_or(i64::MAX),
        clock,
        at,
        acts: acts.clone(),
    };
    std::thread::Builder::new().name("clerk".to_owned()).spawn(move || clerk.run(&receiver))?;
    Ok(Desk { work, acts })
}

struct Clerk {
    journal: Journal,
    tools: Tools,
    keeping: Keeping,
    inbox: Inbox,
    terminal: String,
    document_max_bytes: u64,
    mail: Mail,
    /// How old a case must be before "no such case" is believed.
    settles_after_ms: i64,
    clock: SystemClock,
    at: AtBoundary,
    /// Acts that somebody waits for.
    acts: Arc<AtomicUsize>,
}

/// What an act has done.
enum Done {
    /// So many papers, as the device confirmed.
    Printed(u32),
    /// The agency has the case.
    Filed(Box<Case>),
    /// The case is sealed and goes to the agency by itself.
    Queued(Content),
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
    fn run(mut self, work: &Receiver<Work>) {
        self.catch_up();
        loop {
            match self.mail.next(work) {
                Ok(Work::Order(order)) => {
                    let Order { ticket, act, cancel } = *order;
                    let kind = act.body.kind();
                    let end = self.act(ticket, act, cancel);
                    self.acts.fetch_sub(1, Ordering::AcqRel);
                    self.inbox.send(Input::Done(ticket, Completion::Acted(end)));
                    (self.at)(kind, Boundary::Told);
                    // Also while the agency does not answer: room is counted when it is taken.
                    self.look_at_the_books();
                    self.mail.is_due();
                }
                Ok(Work::Note(note)) => self.note(note),
                Ok(Work::Post(ticket, post)) => {
                    let kept = self.post(post);
                    if let Some(ticket) = ticket {
                        self.inbox.send(Input::Done(ticket, Completion::Posted(kept)));
                    }
                    self.look_at_the_books();
                    self.mail.is_due();
                }
                Err(RecvTimeoutError::Timeout) => self.catch_up(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.look_at_the_audit();
        }
    }

    fn note(&mut self, note: Note) {
        let kept = match note {
            Note::Count { day, item, step } => self.journal.count(day, &item, step),
            Note::Told { act, outcome } => self.journal.told(&act, outcome),
        };
        if kept.is_err() {
            events::write(&Event::JournalFailed);
        }
    }

    fn act(&mut self, ticket: Ticket, act: Act, cancel: Cancel) -> ActEnd {
        let (id, kind) = (act.id.text.clone(), act.body.kind());
        (self.at)(kind, Boundary::Wanted);
        let filing = archive::Filing::of(&act, &self.terminal, self.clock.now());
        let records = filing.as_ref().map(|filing| filing.sealed(None, &[], &self.tools.seal_to)).transpose();
        let begun = records.map(|records| self.journal.begin(&act, ticket.visit, records.as_ref(), self.clock.now()));
        let Ok(Ok(begun)) = begun else {
            events::write(&Event::JournalFailed);
            return ended(kind.not_done(), Some(ActFailure::Journal));
        };
        events::log(&begun);
        (self.at)(kind, Boundary::Intended);
        let mut parcel = None;
        let end = match self.perform(ticket, act, cancel) {
            Ok(Done::Printed(papers)) => ActEnd { papers, ..ended(Outcome::Printed, None) },
            Ok(Done::Filed(case)) => ActEnd { case: Some(case), ..ended(Outcome::Filed, None) },
            Ok(Done::Queued(content)) => {
                parcel = Some(content);
                ended(Outcome::Queued, None)
            }
            Ok(Done::Changed) => ended(Outcome::Changed, None),
            Ok(Done::Left(kept)) => ActEnd { question: Some(kept), ..ended(Outcome::Filed, None) },
            Err(Stop { failure, paper: Paper::None }) => ended(kind.not_done(), Some(failure)),
            Err(Stop { failure, paper: Paper::Perhaps }) => ended(Outcome::Unknown, Some(failure)),
        };
        (self.at)(kind, Boundary::Performed);
        if let (Some(filing), Some(case)) = (filing, &end.case) {
            self.complete(&id, &filing, case);
        }
        let code = end.failure.as_ref().map(ActFailure::as_str);
        let content = parcel.as_ref().map(|content| (ParcelKind::Case, content));
        match self.journal.settle(&id, end.outcome, code, content, self.clock.now()) {
            Ok(event) => events::log(&event),
            // The intent stands; the next start settles it as unknown, which is all that can then be known.
            Err(_) => {
                events::write(&Event::JournalFailed);
                // What was not kept here does not go by itself.
                if parcel.is_some() {
                    return ended(Outcome::Unknown, Some(ActFailure::Journal));
                }
            }
        }
        (self.at)(kind, Boundary::Settled);
        end
    }

    /// The records with the case's number and the act's lines of the audit; those without them stay where that fails.
    fn complete(&mut self, act: &str, filing: &archive::Filing, case: &Case) {
        let lines = self.journal.lines_of(act).unwrap_or_default();
        let complete = filing.sealed(Some(case), &lines, &self.tools.seal_to);
        if !complete.is_ok_and(|records| self.journal.complete(act, &records).is_ok()) {
            events::write(&Event::JournalFailed);
        }
    }

    fn perform(&self, ticket: Ticket, act: Act, cancel: Cancel) -> Result<Done, Stop> {
        let inbox = self.inbox.clone();
        let progress = move |progress: Progress| inbox.send(Input::Progress(ticket, progress));
        let Act { id, visit_token, item, body, .. } = act;
        match body {
            ActBody::Slip(receipt) => {
                let port = self.tools.printers.receipt.as_ref().ok_or_else(|| absent(Code::ReceiptOffline))?;
                self.advance(&id.text, ActKind::Slip, Boundary::Sending)?;
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
                self.advance(&id.text, ActKind::Certificate, Boundary::Issued)?;
                if cancel.is_cancelled() {
                    return Err(Stop { failure: ActFailure::Device(Code::PageCancelled), paper: Paper::None });
                }
                progress(Progress::Accepted);
                self.advance(&id.text, ActKind::Certificate, Boundary::Sending)?;
                port.print(Document { job_name: id.text, pdf }, cancel, progress)?;
                Ok(Done::Printed(issued.sheets))
            }
            ActBody::Case(filing) => {
                let file = filing.message(visit_token, item);
                self.advance(&id.text, ActKind::Case, Boundary::Sending)?;
                self.file(ticket.visit, &id.text, file, &filing)
            }
            ActBody::CardPin(change) => {
                self.advance(&id.text, ActKind::CardPin, Boundary::Sending)?;
                card_pin::change(&self.tools.cards, change, cancel)
            }
            ActBody::Question(words) => {
                let request = LeaveQuestion { terminal: self.terminal.clone(), visit: visit_token, item, words };
                self.advance(&id.text, ActKind::Question, Boundary::Sending)?;
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
        (self.at)(ActKind::Certificate, Boundary::Drawn);
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
    /// "No such case" is not believed at once: the first question may still be on its way. [`Self::reconcile`] asks later. What may wait, and
    /// certainly has not been sent, is sealed and goes later.
    fn file(&self, visit: u64, act: &str, file: FileCase, filing: &Filing) -> Result<Done, Stop> {
        let find =
            FindCase { session: file.session.clone(), language: file.language.clone(), ..by_key(&file.visit, act) };
        let later = filing.may_wait.then(|| file.clone());
        let answer = match self.tools.net.ask(visit, Question::File(act.to_owned(), file)) {
            Err(error) if !error.is_certain() => match self.tools.net.ask(visit, Question::Find(find.clone())) {
                Ok(answer) => Ok(answer),
                Err(_) => return Err(Stop { failure: ActFailure::Agency(error), paper: Paper::Perhaps }),
            },
            answer => answer,
        };
        let bound = |case: &Case| case.binding.visit == find.visit && case.binding.subject == filing.subject;
        match (answer, later) {
            // The same person may have filed another case in the same visit: only this act's is this one.
            (Ok(Answer::Case(case)), _) if bound(&case) && case.key == act => Ok(Done::Filed(case)),
            (Ok(Answer::Case(_)), _) => {
                events::write(&Event::BindingMismatch { visit });
                Err(Stop { failure: ActFailure::Mismatch, paper: Paper::Perhaps })
            }
            (Err(error), Some(file)) if error.is_outage() => self
                .seal(&file)
                .map(Done::Queued)
                .ok_or(Stop { failure: ActFailure::Agency(error), paper: Paper::None }),
            (other, _) => Err(refused(other)),
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

    /// Notes a phase; nothing of what comes after it has been done.
    fn advance(&self, act: &str, kind: ActKind, phase: Boundary) -> Result<(), Stop> {
        let failed = |_| Stop { failure: ActFailure::Journal, paper: Paper::None };
        self.journal.advance(act, phase.as_str()).map_err(failed)?;
        (self.at)(kind, phase);
        Ok(())
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
