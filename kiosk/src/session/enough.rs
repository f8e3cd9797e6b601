//! How much one visit, one hour and one day may bring: so that nobody holds the queue for good, empties the printers, or floods the agency in
//! the name of nobody. What is over the limit is not offered, and says so; what has begun is not cut off.

use std::collections::VecDeque;

use contract::catalogue::{Item, Kind};
use contract::format::Date;
use contract::message::Outcome;

use super::effect::ActKind;
use super::terminal::Terminal;
use super::visit::Visit;
use crate::clock::Now;

/// Within which what names nobody is counted.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// What has been enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Enough {
    /// Cases in this visit.
    VisitCases,
    /// Papers in this visit.
    VisitPapers,
    /// Cases on this day.
    DayCases,
    /// Cases of nobody within the last hour.
    HourCases,
    /// Lines of the audit that nobody has exported.
    Untold,
}

impl Enough {
    /// Its words in the tables.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::VisitCases => "visit_cases",
            Self::VisitPapers => "visit_papers",
            Self::DayCases => "day_cases",
            Self::HourCases => "hour_cases",
            Self::Untold => "untold",
        }
    }
}

/// What was brought on its way before the program started, as the journal tells: a start begins no day and no hour anew. Nobody's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Cases on this day, without those that name nobody.
    pub cases_today: u64,
    /// How long ago each was begun within the last hour that names nobody, in milliseconds, the oldest first.
    pub of_nobody_ago_ms: Vec<i64>,
}

/// Cases that this terminal has brought on their way. Nobody's.
#[derive(Debug, Default)]
pub(super) struct Counts {
    day: Option<Date>,
    cases: u64,
    /// When those were begun that name nobody, in elapsed time, which is negative before the program's start; at most as many as an hour
    /// may have.
    of_nobody_ms: VecDeque<i64>,
}

impl Counts {
    /// Goes on where the last run was.
    pub(super) fn after(brought: &Brought, now: Now) -> Self {
        let at = |ago_ms: &i64| elapsed_ms(now) - ago_ms;
        Self {
            day: Some(now.date()),
            cases: brought.cases_today,
            of_nobody_ms: brought.of_nobody_ago_ms.iter().map(at).collect(),
        }
    }
}

fn elapsed_ms(now: Now) -> i64 {
    i64::try_from(now.elapsed_ms).unwrap_or(i64::MAX)
}

/// Counts an act that ended: what came of it, or may have.
pub(super) fn count(
    visit: &mut Visit,
    terminal: &mut Terminal,
    kind: ActKind,
    outcome: Outcome,
    of_nobody: bool,
    now: Now,
) {
    if !matches!(kind, ActKind::Case | ActKind::Question) || outcome == kind.not_done() {
        return;
    }
    visit.cases += 1;
    let hour_max = terminal.site.limits.hour_open_cases_max;
    let counts = &mut terminal.counts;
    if counts.day != Some(now.date()) {
        (counts.day, counts.cases) = (Some(now.date()), 0);
    }
    // What names nobody has a limit of its own, and closes nothing for those who are known.
    if of_nobody {
        counts.of_nobody_ms.push_back(elapsed_ms(now));
        while counts.of_nobody_ms.len() as u64 > hour_max {
            counts.of_nobody_ms.pop_front();
        }
    } else {
        counts.cases += 1;
    }
}

/// Whether something has been enough for this item.
pub(super) fn enough(item: &Item, visit: &Visit, terminal: &Terminal, now: Now) -> Option<Enough> {
    let limits = &terminal.site.limits;
    let counts = &terminal.counts;
    match item.kind {
        Kind::Print if papers(visit, terminal) => Some(Enough::VisitPapers),
        Kind::Filing if visit.cases >= limits.visit_cases_max => Some(Enough::VisitCases),
        Kind::Filing if counts.day == Some(now.date()) && counts.cases >= limits.day_cases_max => {
            Some(Enough::DayCases)
        }
        Kind::Filing if item.is_of_nobody() => of_nobody(visit, terminal, now),
        _ => None,
    }
}

/// Whether there has been enough of what names nobody: complaints, and questions that no text answers.
pub(crate) fn of_nobody(visit: &Visit, terminal: &Terminal, now: Now) -> Option<Enough> {
    let limits = &terminal.site.limits;
    if terminal.health.untold().is_some() {
        return Some(Enough::Untold);
    }
    if visit.cases >= limits.visit_cases_max {
        return Some(Enough::VisitCases);
    }
    let recent = |at: &&i64| elapsed_ms(now) < **at + HOUR_MS;
    let of_nobody = terminal.counts.of_nobody_ms.iter().filter(recent).count() as u64;
    (of_nobody >= limits.hour_open_cases_max).then_some(Enough::HourCases)
}

/// Whether this visit has had its paper.
pub(super) fn papers(visit: &Visit, terminal: &Terminal) -> bool {
    u64::from(visit.slips) + u64::from(visit.sheets) >= terminal.site.limits.visit_papers_max
}
