//! Messages: what happened, in a closed list; the words stand in the tables of `ui`.

use contract::catalogue::Elsewhere;
use contract::problem::{Problem, ProblemCode};
use hal::Code;

use super::effect::{ActId, ActKind};
use super::input::ActEnd;
use crate::agency::AgencyError;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub message: Message,
    /// When it goes away by itself; only where nobody is signed in.
    pub until_ms: Option<u64>,
}

impl Notice {
    /// Whether home comes after it; else the visit is over.
    #[must_use]
    pub const fn leads_home(&self) -> bool {
        self.until_ms.is_none()
    }
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The card cannot be used.
    Card(Code),
    /// The terminal serves nobody now.
    OutOfService(Code),
    /// The card has expired.
    CardExpired,
    /// One try is left; the kiosk does not spend it.
    LastTry,
    /// No try is left.
    PinLocked,
    /// Wrong, and this card does not tell how many are left.
    WrongUntold,
    /// The agency says no.
    Problem(Problem),
    /// Not done at a terminal, but there.
    Elsewhere(Box<Elsewhere>),
    /// The agency cannot be reached, or says nonsense: its stable name.
    Agency(&'static str),
    /// An answer was not about this person.
    Mismatch,
    /// Somebody on the telephone tells the citizen what to do.
    Fraud,
    /// An evaluation is kept.
    Thanks,
    /// What somebody thinks is sealed here and goes later.
    ThanksLater,
    /// The person acts for somebody else from now on.
    ActsFor,
    /// Answers to a questionnaire are counted.
    ThanksForAnswers,
    /// The card has accepted an entry after nobody knew which PIN it has.
    PinSettled,
    /// An act ended.
    Acted(ActKind, ActId, ActEnd),
}

impl Message {
    /// What to say about a failed question.
    pub(super) fn of(error: &AgencyError) -> Self {
        match error {
            AgencyError::Refused(problem) => Self::Problem(problem.clone()),
            other => Self::Agency(other.as_str()),
        }
    }

    /// The agency answers, and nothing that it offers can be done here today.
    pub(super) const fn nothing_offered() -> Self {
        Self::Problem(Problem { code: ProblemCode::Other, route: None, defects: Vec::new() })
    }
}
