//! Questions to the agency, and how they fail: all that `step`, the clerk and the thread `net` know of it. [`client`] is the only file that names
//! the HTTP crate.

pub mod client;

use contract::catalogue::Catalogue;
use contract::message::{
    ActKept, ActReport, AnswerQuestionnaire, AnswersKept, AskWitness, Bulletin, BulletinRequest, CalendarRequest,
    CardAuthority, CardChallenge, Case, CodeSent, Evaluate, Evaluated, FetchDocument, FileCase, FindCase, Hits,
    IssueDocument, Issued, LeaveQuestion, Parcel, ParcelKept, PolicyText, Prefill, Prefilled, Query, QueryResult,
    QuestionKept, ReadText, SearchTexts, SendCode, SignIn, SignedIn, Witness, WitnessChallenge, Witnessed, WorkingDays,
};
use contract::problem::{Problem, ProblemCode};
use hal::Code;

/// What the agency can be asked. What is part of an act is asked by the clerk alone, never by `step`.
#[derive(Clone)]
pub enum Question {
    /// What is offered here?
    Catalogue,
    /// Answer this card's challenge.
    Authority(CardChallenge),
    /// Send a one-time code.
    SendCode(SendCode),
    /// May this person be served?
    SignIn(SignIn),
    /// What shall a staff card sign?
    AskWitness(AskWitness),
    /// A staff card has signed it.
    Witness(Witness),
    /// The records.
    Query(Query),
    /// What is known already of a form.
    Prefill(Prefill),
    /// File this case under this act id; part of an act.
    File(String, FileCase),
    /// Which case is it? Part of settling an act.
    Find(FindCase),
    /// Make this document; part of an act.
    Issue(IssueDocument),
    /// Its bytes; part of an act.
    Fetch(FetchDocument),
    /// How satisfied somebody is with a case.
    Evaluate(Evaluate),
    /// What somebody has answered to a questionnaire.
    Answers(AnswerQuestionnaire),
    /// How an act ended.
    Report(ActReport),
    /// Which texts hold these words?
    Search(SearchTexts),
    /// A whole text.
    Read(ReadText),
    /// What the agency publishes of itself.
    Bulletin(BulletinRequest),
    /// On which days of a year, and when, does a person answer?
    Calendar(CalendarRequest),
    /// Keep this question under this act id; part of an act.
    Leave(String, LeaveQuestion),
    /// Take this parcel.
    Deliver(Parcel),
}

/// An answer, of the same kind as the question.
#[derive(Clone)]
pub enum Answer {
    /// To [`Question::Catalogue`].
    Catalogue(Catalogue),
    /// To [`Question::Authority`].
    Authority(CardAuthority),
    /// To [`Question::SendCode`].
    CodeSent(CodeSent),
    /// To [`Question::SignIn`].
    SignedIn(SignedIn),
    /// To [`Question::AskWitness`].
    WitnessChallenge(WitnessChallenge),
    /// To [`Question::Witness`].
    Witnessed(Witnessed),
    /// To [`Question::Query`].
    Queried(QueryResult),
    /// To [`Question::Prefill`].
    Prefilled(Prefilled),
    /// To [`Question::File`] and [`Question::Find`].
    Case(Box<Case>),
    /// To [`Question::Issue`].
    Issued(Issued),
    /// To [`Question::Fetch`].
    Content(Vec<u8>),
    /// To [`Question::Evaluate`].
    Evaluated(Evaluated),
    /// To [`Question::Answers`].
    AnswersKept(AnswersKept),
    /// To [`Question::Report`].
    Kept(ActKept),
    /// To [`Question::Search`].
    Found(Hits),
    /// To [`Question::Read`].
    Text(Box<PolicyText>),
    /// To [`Question::Bulletin`].
    Bulletin(Bulletin),
    /// To [`Question::Calendar`].
    Calendar(Box<WorkingDays>),
    /// To [`Question::Leave`].
    Left(Box<QuestionKept>),
    /// To [`Question::Deliver`].
    Delivered(ParcelKept),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgencyError {
    /// The agency says no, and why.
    Refused(Problem),
    /// Nobody answers there: no route, no listener, a name that leads nowhere.
    Unreachable,
    /// The agency's host name leads nowhere.
    NoName,
    /// The peer is not the agency, or does not know us: it has read no question.
    Untrusted,
    /// A certificate is not valid now; no question was read.
    OutOfDate(OutOfDate),
    /// No answer in time; whether it was done is not known.
    Timeout,
    /// The connection broke after the question, or what came over it was damaged; whether it was done is not known.
    Lost,
    /// An answer that does not follow the contract, or is too large.
    Garbled,
    /// The agency says that it is broken (5xx without a problem).
    Broken,
    /// Cancelled, or the terminal has no room for another question.
    Cancelled,
}

/// What is out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfDate {
    /// The agency's certificate.
    Agency,
    /// The terminal's certificate.
    Own,
    /// The terminal's clock: nobody has such a certificate in use.
    Clock,
}

impl Question {
    /// Whether it is asked in nobody's name: without a sign-in.
    pub(crate) const fn is_of_nobody(&self) -> bool {
        match self {
            Self::Search(_) | Self::Read(_) | Self::Bulletin(_) | Self::Leave(..) => true,
            Self::Query(asked) => asked.session.is_empty(),
            Self::Prefill(asked) => asked.session.is_empty(),
            Self::File(_, case) => case.session.is_empty(),
            Self::Find(asked) => asked.session.is_empty(),
            Self::Issue(asked) => asked.session.is_empty(),
            Self::Fetch(asked) => asked.session.is_empty(),
            Self::Catalogue
            | Self::Calendar(_)
            | Self::Authority(_)
            | Self::SendCode(_)
            | Self::SignIn(_)
            | Self::AskWitness(_)
            | Self::Witness(_)
            | Self::Evaluate(_)
            | Self::Answers(_)
            | Self::Report(_)
            | Self::Deliver(_) => false,
        }
    }
}

impl AgencyError {
    /// Stable name for logs and word tables.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Refused(problem) => problem.code.as_str(),
            Self::Unreachable => "unreachable",
            Self::NoName => "no_name",
            Self::Untrusted => "untrusted",
            Self::OutOfDate(OutOfDate::Agency) => "certificate_expired",
            Self::OutOfDate(OutOfDate::Own) => "own_certificate_expired",
            Self::OutOfDate(OutOfDate::Clock) => "clock_wrong",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
            Self::Garbled => "garbled",
            Self::Broken => "broken",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the agency as a whole must count as down.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        use AgencyError::{Broken, Lost, NoName, OutOfDate, Timeout, Unreachable, Untrusted};
        matches!(self, Unreachable | NoName | Untrusted | OutOfDate(_) | Timeout | Lost | Broken)
    }

    /// What a technician has to mend, where that is known.
    #[must_use]
    pub const fn code(&self) -> Option<Code> {
        match self {
            Self::NoName => Some(Code::AgencyNoName),
            Self::OutOfDate(OutOfDate::Agency) => Some(Code::AgencyCertificateExpired),
            Self::OutOfDate(OutOfDate::Own) => Some(Code::AgencyOwnCertificateExpired),
            Self::OutOfDate(OutOfDate::Clock) => Some(Code::AgencyClockWrong),
            _ => None,
        }
    }

    /// Whether what was asked for is certainly not done. An agency that is at fault itself answers with a reason that nobody knows
    /// ([`ProblemCode::Other`]): it may have done it.
    #[must_use]
    pub const fn is_certain(&self) -> bool {
        match self {
            Self::Refused(problem) => !matches!(problem.code, ProblemCode::Other),
            Self::Unreachable | Self::NoName | Self::Untrusted | Self::OutOfDate(_) | Self::Cancelled => true,
            Self::Timeout | Self::Lost | Self::Garbled | Self::Broken => false,
        }
    }

    /// Whether one of the two may no longer take the other's certificate. A gateway at which TLS ends lets an expired one through the handshake
    /// and says no on a page of its own (nginx: 400 in HTML), which reads as any other junk.
    #[must_use]
    pub const fn may_be_mistrust(&self) -> bool {
        matches!(self, Self::Untrusted | Self::OutOfDate(OutOfDate::Own) | Self::Garbled)
    }

    /// The agency's own reason, if it gave one.
    #[must_use]
    pub const fn problem(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }
}
