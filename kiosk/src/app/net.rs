//! The thread `net`: one current-thread tokio runtime, the only async code of the terminal. One HTTP client a visit, and
//! another for what it asks in nobody's name; a visit's end drops both with their connections.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hal::{Cancel, Code};
use tokio::sync::{mpsc, oneshot};

use super::inbox::Inbox;
use crate::agency::client::{Client, Credentials};
use crate::agency::{AgencyError, Answer, Question};
use crate::clock::{Clock, SystemClock};
use crate::session::{Completion, Device, DeviceHealth, Input, Ticket};

/// A visit has one question on its way at most, the terminal itself one, the clerk one.
const ROOM: usize = 16;
/// How often a thread that waits looks whether it should go on: a cancelled one is free again before anybody notices.
const GLANCE: Duration = Duration::from_millis(50);
/// A clock that is further off than a day has another date from morning to night, which no zone explains: no day that it tells is right.
const DAY_MS: u64 = 86_400_000;

enum Command {
    Ask { visit: u64, question: Box<Question>, to: To },
    Cancel(Ticket),
    EndVisit(u64),
}

/// Who waits for the answer.
enum To {
    App(Ticket),
    Thread(SyncSender<Result<Answer, AgencyError>>),
}

/// The way to `net`. Cheap to clone.
#[derive(Clone)]
pub(super) struct Line {
    commands: mpsc::Sender<Command>,
    patience: Duration,
}

impl Line {
    /// Asks for `app`; the completion comes through the inbox, or at once where there is no room.
    pub(super) fn submit(&self, ticket: Ticket, question: Question) -> Option<Input> {
        let failed = failure(&question, AgencyError::Cancelled);
        let command = Command::Ask { visit: ticket.visit, question: Box::new(question), to: To::App(ticket) };
        self.commands.try_send(command).is_err().then_some(Input::Done(ticket, failed))
    }

    /// Asks and waits for the answer whatever happens; for threads that may block. What is part of an act is asked so.
    pub(super) fn ask(&self, visit: u64, question: Question) -> Result<Answer, AgencyError> {
        self.ask_until(visit, question, &Cancel::default())
    }

    /// Asks and waits until somebody cancels; the question itself then ends by the client's deadline, and nobody hears of it.
    pub(super) fn ask_until(&self, visit: u64, question: Question, cancel: &Cancel) -> Result<Answer, AgencyError> {
        let (to, answer) = sync_channel(1);
        let command = Command::Ask { visit, question: Box::new(question), to: To::Thread(to) };
        self.commands.try_send(command).map_err(|_| AgencyError::Cancelled)?;
        // The client's own deadline comes first; this one only guards against a dead `net`.
        let deadline = Instant::now() + self.patience;
        while !cancel.is_cancelled() {
            match answer.recv_timeout(GLANCE) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                Err(_) => return Err(AgencyError::Timeout),
            }
        }
        Err(AgencyError::Cancelled)
    }

    pub(super) fn cancel(&self, ticket: Ticket) {
        // No room means that sixteen questions are being answered: each ends by its own deadline.
        let _ends_by_deadline = self.commands.try_send(Command::Cancel(ticket));
    }

    pub(super) fn end_visit(&self, visit: u64) {
        let _dropped_with_the_next = self.commands.try_send(Command::EndVisit(visit));
    }
}

/// `off_max_ms`: how far clock and agency may be apart.
pub(super) fn start(credentials: Credentials, clock: SystemClock, off_max_ms: u64, inbox: Inbox) -> io::Result<Line> {
    let (commands, receiver) = mpsc::channel(ROOM);
    let patience = credentials.timeout() + Duration::from_secs(2);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("net".to_owned()).spawn(move || {
        let watch = Arc::new(Watch::new(clock, off_max_ms));
        let (clients, running) = (HashMap::new(), HashMap::new());
        runtime.block_on(serve(Net { credentials, watch, inbox, clients, ended: 0, running }, receiver))
    })?;
    Ok(Line { commands, patience })
}

/// Compares the terminal's clock with the agency's, and sees whether the two still trust each other.
struct Watch {
    clock: SystemClock,
    off_max_ms: u64,
    /// What was told of the clock last.
    told: Mutex<DeviceHealth>,
    /// One of the two may no longer take the other's certificate: on the disk there may be a newer one.
    untrusted: AtomicBool,
}

impl Watch {
    const fn new(clock: SystemClock, off_max_ms: u64) -> Self {
        Self { clock, off_max_ms, told: Mutex::new(Ok(())), untrusted: AtomicBool::new(false) }
    }

    fn heard<T>(&self, answer: &Result<T, AgencyError>) {
        // Where it is something else, the next question costs a look at three small files and a handshake, and what is under way goes on.
        if answer.as_ref().is_err_and(AgencyError::may_be_mistrust) {
            self.untrusted.store(true, Ordering::Release);
        }
    }

    /// What is new about the clock.
    fn look(&self, agency_unix_ms: i64) -> Option<Input> {
        let found = match self.clock.now().unix_ms.abs_diff(agency_unix_ms) {
            apart_ms if apart_ms > DAY_MS => Err(Code::AgencyClockWrong),
            apart_ms if apart_ms > self.off_max_ms => Err(Code::ClockOff),
            _ => Ok(()),
        };
        let before = std::mem::replace(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner), found);
        (before != found).then_some(Input::Health(Device::Clock, found))
    }
}

/// Whose connections: a visit's, or beside it nobody's.
type Whose = (u64, bool);

/// What is asked in nobody's name goes over no connection that has told who is there. The terminal itself is nobody anyway.
const fn whose(visit: u64, question: &Question) -> Whose {
    (visit, visit != 0 && question.is_of_nobody())
}

struct Net {
    credentials: Credentials,
    watch: Arc<Watch>,
    inbox: Inbox,
    clients: HashMap<Whose, Client>,
    /// Visits up to this one are over: what is still asked for one of them, by an act, keeps no line open.
    ended: u64,
    running: HashMap<Ticket, oneshot::Sender<()>>,
}

async fn serve(mut net: Net, mut commands: mpsc::Receiver<Command>) {
    while let Some(command) = commands.recv().await {
        match command {
            Command::Ask { visit, question, to } => net.ask(visit, question, to),
            Command::Cancel(ticket) => drop(net.running.remove(&ticket)),
            Command::EndVisit(visit) => {
                // Visits only grow: whatever belongs to this one or an earlier one is over.
                net.ended = net.ended.max(visit);
                net.clients.retain(|(number, _), _| *number == 0 || *number > visit);
                net.running.retain(|ticket, cancel| !cancel.is_closed() && (ticket.visit == 0 || ticket.visit > visit));
            }
        }
    }
}

impl Net {
    fn ask(&mut self, visit: u64, question: Box<Question>, to: To) {
        let client = match self.client(whose(visit, &question)) {
            Ok(client) => client,
            Err(error) => return deliver(&self.inbox, to, &question, Err(error)),
        };
        // A thread's question ends with the client's deadline: an act is never left half asked.
        let cancelled = match &to {
            To::App(ticket) => {
                let (cancel, cancelled) = oneshot::channel::<()>();
                // What has been answered waits for nothing; the terminal's own questions end with no visit.
                self.running.retain(|_, cancel| !cancel.is_closed());
                self.running.insert(*ticket, cancel);
                Some(cancelled)
            }
            To::Thread(_) => None,
        };
        let (inbox, watch, credentials) = (self.inbox.clone(), self.watch.clone(), self.credentials.clone());
        tokio::spawn(async move {
            let answer = match cancelled {
                Some(cancelled) => tokio::select! {
                    answer = client.ask(&question) => answer,
                    _ = cancelled => Err(AgencyError::Cancelled),
                },
                None => client.ask(&question).await,
            };
            if let Some(news) = credentials.take_date().and_then(|date| watch.look(date)) {
                inbox.send(news);
            }
            watch.heard(&answer);
            deliver(&inbox, to, &question, answer);
        });
    }

    fn client(&mut self, whose: Whose) -> Result<Client, AgencyError> {
        if self.watch.untrusted.swap(false, Ordering::AcqRel) {
            self.credentials.read_again();
            // What is under way ends on the line it has.
            self.clients.clear();
        }
        if let Some(client) = self.clients.get(&whose) {
            return Ok(client.clone());
        }
        let client = Client::new(&self.credentials);
        self.watch.heard(&client);
        let client = client?;
        if whose.0 == 0 || whose.0 > self.ended {
            self.clients.insert(whose, client.clone());
        }
        Ok(client)
    }
}

fn deliver(inbox: &Inbox, to: To, question: &Question, answer: Result<Answer, AgencyError>) {
    match to {
        To::App(ticket) => inbox.send(Input::Done(ticket, completion(question, answer))),
        // Whoever has stopped waiting has told its own completion already.
        To::Thread(thread) => drop(thread.try_send(answer)),
    }
}

/// The answer as a completion of the question's kind; an answer of another kind is no answer.
fn completion(question: &Question, answer: Result<Answer, AgencyError>) -> Completion {
    match (question, answer) {
        (Question::Catalogue, Ok(Answer::Catalogue(catalogue))) => Completion::Catalogue(Ok(Arc::new(catalogue))),
        (Question::SendCode(_), Ok(Answer::CodeSent(sent))) => Completion::CodeSent(Ok(sent)),
        (Question::SignIn(_), Ok(Answer::SignedIn(signed_in))) => Completion::SignedIn(Ok(signed_in)),
        (Question::AskWitness(_), Ok(Answer::WitnessChallenge(asked))) => Completion::WitnessChallenge(Ok(asked)),
        (Question::Witness(_), Ok(Answer::Witnessed(kept))) => Completion::Witnessed(Ok(kept)),
        (Question::Evaluate(_), Ok(Answer::Evaluated(kept))) => Completion::Evaluated(Ok(kept)),
        (Question::Answers(_), Ok(Answer::AnswersKept(kept))) => Completion::AnswersKept(Ok(kept)),
        (Question::Query(_), Ok(Answer::Queried(result))) => Completion::Queried(Ok(result)),
        (Question::Prefill(_), Ok(Answer::Prefilled(known))) => Completion::Prefilled(Ok(known)),
        (Question::Search(_), Ok(Answer::Found(hits))) => Completion::Found(Ok(hits)),
        (Question::Read(_), Ok(Answer::Text(text))) => Completion::Text(Ok(text)),
        (Question::Bulletin(_), Ok(Answer::Bulletin(bulletin))) => Completion::Bulletin(Ok(bulletin)),
        (Question::Calendar(_), Ok(Answer::Calendar(days))) => Completion::Calendar(Ok(days)),
        (question, Err(error)) => failure(question, error),
        (question, Ok(_)) => failure(question, AgencyError::Garbled),
    }
}

fn failure(question: &Question, error: AgencyError) -> Completion {
    match question {
        Question::SendCode(_) => Completion::CodeSent(Err(error)),
        Question::SignIn(_) => Completion::SignedIn(Err(error)),
        Question::AskWitness(_) => Completion::WitnessChallenge(Err(error)),
        Question::Witness(_) => Completion::Witnessed(Err(error)),
        Question::Evaluate(_) => Completion::Evaluated(Err(error)),
        Question::Answers(_) => Completion::AnswersKept(Err(error)),
        Question::Query(_) => Completion::Queried(Err(error)),
        Question::Prefill(_) => Completion::Prefilled(Err(error)),
        Question::Search(_) => Completion::Found(Err(error)),
        Question::Read(_) => Completion::Text(Err(error)),
        Question::Calendar(_) => Completion::Calendar(Err(error)),
        Question::Bulletin(_) => Completion::Bulletin(Err(error)),
        // The rest is asked by threads, which get their answers directly, or is the catalogue.
        Question::Catalogue
        | Question::Authority(_)
        | Question::File(..)
        | Question::Find(_)
        | Question::Issue(_)
        | Question::Fetch(_)
        | Question::Leave(..)
        | Question::Deliver(_)
        | Question::Report(_) => Completion::Catalogue(Err(error)),
    }
}

#[cfg(test)]
impl Line {
    /// An agency that answers threads as `play` says.
    pub(super) fn played(mut play: impl FnMut(Question) -> Result<Answer, AgencyError> + Send + 'static) -> Self {
        let (commands, mut receiver) = mpsc::channel(ROOM);
        std::thread::spawn(move || {
            while let Some(command) = receiver.blocking_recv() {
                if let Command::Ask { question, to: To::Thread(to), .. } = command {
                    let _gone = to.try_send(play(*question));
                }
            }
        });
        Self { commands, patience: Duration::from_secs(20) }
    }
}

#[cfg(test)]
mod tests {
    use contract::message::Prefill;

    use super::*;

    /// A line at whose other end nobody answers.
    fn deaf(patience: Duration) -> (Line, mpsc::Receiver<Command>) {
        let (commands, receiver) = mpsc::channel(ROOM);
        (Line { commands, patience }, receiver)
    }

    #[test]
    fn a_cancelled_question_keeps_its_thread_waiting() {
        let (line, _nobody) = deaf(Duration::from_secs(3600));
        let cancel = Cancel::default();
        let remote = cancel.clone();
        let asking = std::thread::spawn(move || line.ask_until(1, Question::Catalogue, &cancel));
        remote.cancel();
        assert!(matches!(asking.join().unwrap(), Err(AgencyError::Cancelled)));
    }

    #[test]
    fn what_is_nobodys_goes_over_the_connection_that_told_who_is_there() {
        let prefill = |session: &str| {
            let text = String::new;
            let (visit, session) = (text(), session.to_owned());
            Question::Prefill(Prefill { visit, session, item: text(), item_version: 1, language: text() })
        };
        assert_ne!(whose(7, &prefill("")), whose(7, &prefill("s")));
        assert_eq!(whose(7, &prefill("s")), whose(7, &Question::Catalogue));
        assert_eq!(whose(0, &prefill("")), whose(0, &Question::Catalogue), "the terminal needs no second line");
    }

    #[test]
    fn a_clock_ten_years_off_is_told_as_one_that_is_an_hour_off() {
        const HOUR_MS: i64 = 3_600_000;
        const TEN_YEARS_MS: i64 = 3_650 * 24 * HOUR_MS;
        let clock = SystemClock::start();
        let watch = Watch::new(clock, 300_000);
        let (off, wrong) = (Some(Err(Code::ClockOff)), Some(Err(Code::AgencyClockWrong)));
        // How far the agency's clock is behind ours, and what is new about that.
        let heard = [
            (0, None),
            (HOUR_MS, off),
            (TEN_YEARS_MS, wrong),
            (-TEN_YEARS_MS, None),
            (23 * HOUR_MS, off),
            (-25 * HOUR_MS, wrong),
            (0, Some(Ok(()))),
        ];
        for (behind_ms, wanted) in heard {
            let news = watch.look(clock.now().unix_ms - behind_ms);
            let told = match news {
                Some(Input::Health(Device::Clock, told)) => Some(told),
                _ => None,
            };
            assert_eq!(told, wanted, "{behind_ms} ms behind");
        }
    }

    #[test]
    fn net_has_died_with_the_question() {
        let (line, _nobody) = deaf(Duration::ZERO);
        assert!(matches!(line.ask(1, Question::Catalogue), Err(AgencyError::Timeout)));
    }
}
