//! The thread `clerk`: the only one that performs acts, one at a time. For each: write the intent into the journal, perform,
//! write the outcome, tell `app`, tell the agency. Between acts it catches up with what is to be told and handed over ([`mail`],
//! [`pace`]).
//!
//! What it says is what the journal says. "Printed" only after the device's own word; where nobody can know, "unknown".

mod archive;
mod asking;
mod audit;
mod books;
mod card_pin;
mod mail;
mod pace;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use contract::format::Date;
use contract::message::{Case, IssueDocument, LeaveQuestion, Outcome, ParcelKind, QuestionKept};
use contract::site::Site;
use hal::receipt::Paper;
use hal::{Cancel, Code, Progress};

use super::AtBoundary;
use super::inbox::Inbox;
use super::net::Line;
use super::printer::{Document, Failure, Printers};
use super::reader::Cards;
use crate::agency::AgencyError;
use crate::clock::{Clock, SystemClock};
use crate::crypto::seal::Recipient;
use crate::events::{self, Event};
use crate::journal::outbox::Content;
use crate::journal::{Journal, JournalError};
use crate::session::{
    Act, ActBody, ActEnd, ActFailure, ActKind, Boundary, Completion, FunnelStep, Input, Post, Ticket,
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
    /// What somebody waits for that is no act, and what was told of acts and is not written down yet.
    words: Arc<AtomicUsize>,
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
            ActKind::Slip => ActFailure::Device(Code::ReceiptBusy),
            ActKind::Certificate => ActFailure::Device(Code::PageBusy),
            ActKind::Case | ActKind::Question => ActFailure::Agency(AgencyError::Cancelled),
            ActKind::CardPin => ActFailure::Device(Code::CardBusy),
        };
        Some(Input::Done(ticket, Completion::Acted(ended(kind.not_done(), Some(why)))))
    }

    /// Has this sealed, written down and delivered when it can be.
    pub(super) fn post(&self, ticket: Option<Ticket>, post: Post) -> Option<Input> {
        let waits = usize::from(ticket.is_some());
        self.words.fetch_add(waits, Ordering::AcqRel);
        if self.work.try_send(Work::Post(ticket, post)).is_ok() {
            return None;
        }
        self.words.fetch_sub(waits, Ordering::AcqRel);
        events::write(&Event::JournalFailed);
        ticket.map(|ticket| Input::Done(ticket, Completion::Posted(false)))
    }

    /// Writes down, when the clerk has a moment.
    pub(super) fn note(&self, note: Note) {
        let told = matches!(note, Note::Told { .. });
        if told {
            self.words.fetch_add(1, Ordering::AcqRel);
        }
        // Nothing depends on a count.
        if self.work.try_send(Work::Note(note)).is_err() && told {
            self.words.fetch_sub(1, Ordering::AcqRel);
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
    /// Where the terminal's key lies, which is renewed there with its certificate.
    pub key_file: String,
}

pub(super) fn start(
    journal: Journal,
    tools: Tools,
    site: &Site,
    clock: SystemClock,
    at: AtBoundary,
    inbox: Inbox,
) -> io::Result<Desk> {
    let (work, receiver) = sync_channel(ROOM + NOTES);
    let clerk = Clerk::new(journal, tools, site, clock, at, inbox)?;
    let (acts, words) = (clerk.acts.clone(), clerk.words.clone());
    std::thread::Builder::new().name("clerk".to_owned()).spawn(move || clerk.run(&receiver))?;
    Ok(Desk { work, acts, words })
}

struct Clerk {
    journal: Journal,
    tools: Tools,
    keeping: Keeping,
    inbox: Inbox,
    terminal: String,
    document_max_bytes: u64,
    mail: Mail,
    /// How long a case must have been unknown before "no such case" is believed.
    settles_after_ms: u64,
    clock: SystemClock,
    at: AtBoundary,
    /// Acts that somebody waits for.
    acts: Arc<AtomicUsize>,
    /// Words that wait: see [`Desk::words`].
    words: Arc<AtomicUsize>,
    /// What the disk did not take; while it takes nothing, no act begins, so that this is little.
    owed: Vec<Owed>,
}

/// What is to stand in the journal of an act.
enum Owed {
    /// How it ended, and why not otherwise.
    End(String, Outcome, Option<&'static str>),
    /// What its person was shown.
    Told(String, Outcome),
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
    fn new(
        journal: Journal,
        mut tools: Tools,
        site: &Site,
        clock: SystemClock,
        at: AtBoundary,
        inbox: Inbox,
    ) -> io::Result<Self> {
        let [acts, words] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
        let keeping = Keeping::new(site, tools.auditor.take());
        Ok(Self {
            journal,
            tools,
            keeping,
            inbox,
            terminal: site.terminal.id.clone(),
            document_max_bytes: site.limits.document_max_bytes,
            mail: Mail::new(&site.limits)?,
            settles_after_ms: site.limits.agency_call_ms.saturating_mul(2),
            clock,
            at,
            acts,
            words,
            owed: Vec::new(),
        })
    }

    fn run(mut self, work: &Receiver<Work>) {
        self.catch_up();
        loop {
            match self.mail.pace.next(work) {
                Ok(Work::Order(order)) => {
                    let Order { ticket, act, cancel } = *order;
                    let kind = act.body.kind();
                    let end = self.act(ticket, act, cancel);
                    // The disk may have been taking things again.
                    let _later = self.settle_what_is_owed();
                    self.acts.fetch_sub(1, Ordering::AcqRel);
                    self.inbox.send(Input::Done(ticket, Completion::Acted(end)));
                    (self.at)(kind, Boundary::Told);
                    // Also while the agency does not answer: room is counted when it is taken.
                    self.look_at_the_books();
                    self.mail.pace.is_due_soon();
                }
                Ok(Work::Note(note)) => self.note(note),
                Ok(Work::Post(ticket, post)) => {
                    let kept = self.post(post);
                    if let Some(ticket) = ticket {
                        self.words.fetch_sub(1, Ordering::AcqRel);
                        self.inbox.send(Input::Done(ticket, Completion::Posted(kept)));
                    }
                    self.look_at_the_books();
                    self.mail.pace.is_due();
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
            Note::Told { act, outcome } => {
                self.words.fetch_sub(1, Ordering::AcqRel);
                let kept = self.journal.told(&act, outcome);
                if kept.is_err() {
                    self.owed.push(Owed::Told(act, outcome));
                }
                kept
            }
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
        if let Some(filing) = filing.filter(|_| end.outcome != kind.not_done()) {
            self.complete(&id, &filing, end.case.as_deref());
        }
        let end = self.settle(&id, end, parcel.as_ref());
        (self.at)(kind, Boundary::Settled);
        end
    }

    /// Writes down how an act ended. What the disk does not take now is owed; the next start would know it no better than as unknown.
    fn settle(&mut self, act: &str, end: ActEnd, parcel: Option<&Content>) -> ActEnd {
        let content = parcel.map(|content| (ParcelKind::Case, content));
        let code = end.failure.as_ref().map(ActFailure::as_str);
        match self.journal.settle(act, end.outcome, code, content, self.clock.now()) {
            Ok(event) => {
                events::log(&event);
                return end;
            }
            // Somebody of the staff has settled it in this moment: that stands, and the disk is well. A parcel is not kept, all the same.
            Err(JournalError::NotOpen(_)) if parcel.is_none() => return end,
            Err(_) => {}
        }
        events::write(&Event::JournalFailed);
        // What was not kept here does not go by itself.
        let end = if parcel.is_some() { ended(Outcome::Unknown, Some(ActFailure::Journal)) } else { end };
        let code = end.failure.as_ref().map(ActFailure::as_str);
        self.owed.push(Owed::End(act.to_owned(), end.outcome, code));
        end
    }

    /// Writes down what is owed, oldest first.
    fn settle_what_is_owed(&mut self) -> Result<(), JournalError> {
        while let Some(owed) = self.owed.first() {
            match owed {
                Owed::End(act, outcome, code) => {
                    match self.journal.settle(act, *outcome, *code, None, self.clock.now()) {
                        Ok(event) => events::log(&event),
                        // The disk had taken it, and said that it had not.
                        Err(JournalError::NotOpen(_)) => {}
                        Err(error) => return Err(error),
                    }
                }
                Owed::Told(act, outcome) => self.journal.told(act, *outcome)?,
            }
            self.owed.remove(0);
        }
        Ok(())
    }

    /// The records with the act's lines of the audit, and with the case where the agency has named it; those without them stay where that
    /// fails.
    fn complete(&mut self, act: &str, filing: &archive::Filing, case: Option<&Case>) {
        let lines = self.journal.lines_of(act).unwrap_or_default();
        let complete = filing.sealed(case, &lines, &self.tools.seal_to);
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
                let (issued, pdf) = self.document(ticket.visit, request, &subject, session, &cancel)?;
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

    /// Notes a phase; nothing of what comes after it has been done.
    fn advance(&self, act: &str, kind: ActKind, phase: Boundary) -> Result<(), Stop> {
        let failed = |_| Stop { failure: ActFailure::Journal, paper: Paper::None };
        self.journal.advance(act, phase.as_str()).map_err(failed)?;
        (self.at)(kind, phase);
        Ok(())
    }
}

const fn ended(outcome: Outcome, failure: Option<ActFailure>) -> ActEnd {
    ActEnd { outcome, failure, papers: 0, case: None, question: None }
}

const fn absent(code: Code) -> Stop {
    Stop { failure: ActFailure::Device(code), paper: Paper::None }
}
