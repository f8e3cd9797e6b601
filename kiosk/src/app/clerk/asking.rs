//! What an act asks of the agency: a document to print, a case to file, a question to leave. Every answer is compared with what was asked for,
//! and where none comes, nothing is sent again.

use contract::message::{
    Case, CaseName, FetchDocument, FileCase, FindCase, IssueDocument, Issued, LeaveQuestion, QuestionKept,
    content_digest,
};
use hal::receipt::Paper;
use hal::{Cancel, Code};

use super::{Clerk, Done, Stop};
use crate::agency::{AgencyError, Answer, Question};
use crate::events::{self, Event};
use crate::session::{ActFailure, ActKind, Boundary, Filing};

impl Clerk {
    /// Has the document issued, fetches it, and believes neither that it is this person's nor that it is whole.
    pub(super) fn document(
        &self,
        visit: u64,
        request: IssueDocument,
        subject: &str,
        session: String,
        cancel: &Cancel,
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
        if !issued.is_well_formed() || issued.size_bytes > self.document_max_bytes {
            return Err(refused(Err(AgencyError::Garbled)));
        }
        if cancel.is_cancelled() {
            // It would be fetched for nobody.
            return Err(Stop { failure: ActFailure::Device(Code::PageCancelled), paper: Paper::None });
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
    pub(super) fn file(&self, visit: u64, act: &str, file: FileCase, filing: &Filing) -> Result<Done, Stop> {
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
    pub(super) fn leave(&self, visit: u64, act: String, request: LeaveQuestion) -> Result<Box<QuestionKept>, Stop> {
        let perhaps = |error| Stop { failure: ActFailure::Agency(error), paper: Paper::Perhaps };
        match self.tools.net.ask(visit, Question::Leave(act.clone(), request)) {
            Ok(Answer::Left(kept)) if kept.key == act => Ok(kept),
            Ok(_) => Err(perhaps(AgencyError::Garbled)),
            Err(error) if !error.is_certain() => Err(perhaps(error)),
            refused => Err(self::refused(refused)),
        }
    }
}

/// Asks for the case that was filed under this act id.
pub(super) fn by_key(visit: &str, act: &str) -> FindCase {
    FindCase {
        visit: visit.to_owned(),
        session: String::new(),
        name: CaseName::Key(act.to_owned()),
        id_last4: String::new(),
        language: "zh".to_owned(),
    }
}

/// The agency did not give what was asked for: nothing has been printed.
fn refused(answer: Result<Answer, AgencyError>) -> Stop {
    let error = answer.err().unwrap_or(AgencyError::Garbled);
    Stop { failure: ActFailure::Agency(error), paper: Paper::None }
}
