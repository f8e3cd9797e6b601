//! The thread `net`: one current-thread tokio runtime, the only async code of the terminal. One HTTP client a visit; a
//! visit's end drops its client with its connections.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::inbox::Inbox;
use crate::agency::client::{Client, Credentials};
use crate::agency::{AgencyError, Answer, Question};
use crate::session::{Completion, Input, Ticket};

/// A visit has one question on its way at most, the terminal itself one, the clerk one.
const ROOM: usize = 16;

enum Command {
    Ask { visit: u64, question: Box<Question>, to: To },
    Cancel(Ticket),
    EndVisit(u64),
}

/// Who waits for the answer.
enum To {
    App(Ticket),
    Clerk(SyncSender<Result<Answer, AgencyError>>),
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

    /// Asks and waits; for the clerk's own thread only.
    pub(super) fn ask(&self, visit: u64, question: Question) -> Result<Answer, AgencyError> {
        let (to, answer) = sync_channel(1);
        let command = Command::Ask { visit, question: Box::new(question), to: To::Clerk(to) };
        self.commands.try_send(command).map_err(|_| AgencyError::Cancelled)?;
        // The client's own deadline comes first; this one only guards against a dead `net`.
        answer.recv_timeout(self.patience).unwrap_or(Err(AgencyError::Timeout))
    }

    pub(super) fn cancel(&self, ticket: Ticket) {
        // No room means that sixteen questions are being answered: each ends by its own deadline.
        let _ends_by_deadline = self.commands.try_send(Command::Cancel(ticket));
    }

    pub(super) fn end_visit(&self, visit: u64) {
        let _dropped_with_the_next = self.commands.try_send(Command::EndVisit(visit));
    }
}

pub(super) fn start(credentials: Credentials, inbox: Inbox) -> io::Result<Line> {
    let (commands, receiver) = mpsc::channel(ROOM);
    let patience = credentials.timeout() + Duration::from_secs(2);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("net".to_owned()).spawn(move || {
        runtime.block_on(serve(Net { credentials, inbox, clients: HashMap::new(), running: HashMap::new() }, receiver))
    })?;
    Ok(Line { commands, patience })
}

struct Net {
    credentials: Credentials,
    inbox: Inbox,
    clients: HashMap<u64, Client>,
    running: HashMap<Ticket, oneshot::Sender<()>>,
}

async fn serve(mut net: Net, mut commands: mpsc::Receiver<Command>) {
    while let Some(command) = commands.recv().await {
        match command {
            Command::Ask { visit, question, to } => net.ask(visit, question, to),
            Command::Cancel(ticket) => drop(net.running.remove(&ticket)),
            Command::EndVisit(visit) => {
                // Visits only grow: whatever belongs to this one or an earlier one is over.
                net.clients.retain(|number, _| *number == 0 || *number > visit);
                net.running.retain(|ticket, cancel| !cancel.is_closed() && (ticket.visit == 0 || ticket.visit > visit));
            }
        }
    }
}

impl Net {
    fn ask(&mut self, visit: u64, question: Box<Question>, to: To) {
        let client = match self.client(visit) {
            Ok(client) => client,
            Err(error) => return deliver(&self.inbox, to, &question, Err(error)),
        };
        // The clerk's questions end with the client's deadline: an act is never left half asked.
        let cancelled = match &to {
            To::App(ticket) => {
                let (cancel, cancelled) = oneshot::channel::<()>();
                self.running.insert(*ticket, cancel);
                Some(cancelled)
            }
            To::Clerk(_) => None,
        };
        let inbox = self.inbox.clone();
        tokio::spawn(async move {
            let answer = match cancelled {
                Some(cancelled) => tokio::select! {
                    answer = client.ask(&question) => answer,
                    _ = cancelled => Err(AgencyError::Cancelled),
                },
                None => client.ask(&question).await,
            };
            deliver(&inbox, to, &question, answer);
        });
    }

    fn client(&mut self, visit: u64) -> Result<Client, AgencyError> {
        if let Some(client) = self.clients.get(&visit) {
            return Ok(client.clone());
        }
        let client = Client::new(&self.credentials)?;
        self.clients.insert(visit, client.clone());
        Ok(client)
    }
}

fn deliver(inbox: &Inbox, to: To, question: &Question, answer: Result<Answer, AgencyError>) {
    match to {
        To::App(ticket) => inbox.send(Input::Done(ticket, completion(question, answer))),
        // The clerk has stopped waiting only if it has been told "timeout" already.
        To::Clerk(clerk) => drop(clerk.try_send(answer)),
    }
}

/// The answer as a completion of the question's kind; an answer of another kind is no answer.
fn completion(question: &Question, answer: Result<Answer, AgencyError>) -> Completion {
    match (question, answer) {
        (Question::Catalogue, Ok(Answer::Catalogue(catalogue))) => Completion::Catalogue(Ok(Arc::new(catalogue))),
        (Question::Authority(_), Ok(Answer::Authority(authority))) => Completion::Authority(Ok(authority)),
        (Question::SignIn(_), Ok(Answer::SignedIn(signed_in))) => Completion::SignedIn(Ok(signed_in)),
        (Question::Query(_), Ok(Answer::Queried(result))) => Completion::Queried(Ok(result)),
        (question, Err(error)) => failure(question, error),
        (question, Ok(_)) => failure(question, AgencyError::Garbled),
    }
}

fn failure(question: &Question, error: AgencyError) -> Completion {
    match question {
        Question::Authority(_) => Completion::Authority(Err(error)),
        Question::SignIn(_) => Completion::SignedIn(Err(error)),
        Question::Query(_) => Completion::Queried(Err(error)),
        // The rest is asked by the clerk, which gets its answers directly, or is the catalogue.
        Question::Catalogue | Question::Issue(_) | Question::Fetch(_) | Question::Report(_) => {
            Completion::Catalogue(Err(error))
        }
    }
}
