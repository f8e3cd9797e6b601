//! When the clerk catches up: soon after something happened, or later where nothing gets through, each time twice as late and never at the same
//! moment as the neighbours.

use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use contract::message::content_digest;
use contract::site::Limits;

use crate::clock::Now;
use crate::journal::Row;

/// How often the books are looked at while nothing happens: staff may have entered something beside us.
const REST: Duration = Duration::from_secs(60);
/// How often the rest of one thing doubles that merely fails: from a minute to four. Whoever is shut for the night opens again.
const FAILED_DOUBLINGS: u32 = 2;
/// How often the rest of one thing doubles that the agency says no to: from a minute to an hour.
const REFUSED_DOUBLINGS: u32 = 6;
/// What the citizen is told of an act is written down before the mail goes: a question to a silent agency takes a while.
const SOON: Duration = Duration::from_millis(300);

/// What is left to do when all got through.
pub(super) enum Left {
    /// More, and nothing against doing it at once.
    More,
    /// Something that could not be asked yet.
    Waiting,
    /// Nothing.
    Nothing,
}

/// The moment at which to catch up.
pub(super) struct Pace {
    retry: Duration,
    retry_max: Duration,
    due: Instant,
    /// How often nobody has answered in a row.
    silent: u32,
    /// How often in a row only that failed which is known to be at fault itself.
    held: u32,
    /// Draws of this terminal, so that a hall full of terminals does not knock at once.
    dice: u64,
}

impl Pace {
    /// At once.
    ///
    /// # Errors
    /// The machine has no randomness to give.
    pub(super) fn new(limits: &Limits) -> io::Result<Self> {
        Ok(Self {
            retry: Duration::from_millis(limits.agency_retry_ms),
            retry_max: Duration::from_millis(limits.agency_retry_max_ms.max(limits.agency_retry_ms)),
            due: Instant::now(),
            silent: 0,
            held: 0,
            dice: u64::from_ne_bytes(crate::crypto::random()?) | 1,
        })
    }

    /// The next piece of work, or a time-out when it is time to catch up.
    pub(super) fn next<T>(&self, work: &Receiver<T>) -> Result<T, RecvTimeoutError> {
        work.recv_timeout(self.due.saturating_duration_since(Instant::now()))
    }

    /// There is something new to tell. While nobody answers, it waits with the rest.
    pub(super) fn is_due(&mut self) {
        self.is_due_in(Duration::ZERO);
    }

    /// The same of an act that has just ended.
    pub(super) fn is_due_soon(&mut self) {
        self.is_due_in(SOON);
    }

    fn is_due_in(&mut self, wait: Duration) {
        if self.silent == 0 {
            self.due = Instant::now() + wait;
        }
    }

    /// Nothing has failed. Only where the agency was heard, or nothing waits for it, does that say that it answers.
    pub(super) fn goes_on(&mut self, left: &Left, heard: bool) {
        if heard || matches!(left, Left::Nothing) {
            (self.silent, self.held) = (0, 0);
        }
        let wait = match left {
            Left::More => Duration::ZERO,
            Left::Waiting => self.retry,
            Left::Nothing => REST,
        };
        self.due = Instant::now() + wait;
    }

    /// Nothing could be done here; nobody else was asked.
    pub(super) fn again(&mut self) {
        self.due = Instant::now() + self.retry;
    }

    /// Nobody answers, or whoever does is too busy.
    pub(super) fn later(&mut self) {
        let wait = backed_off(self.retry, self.retry_max, self.silent);
        self.silent = self.silent.saturating_add(1);
        self.due_about(wait);
    }

    /// Nothing got through, and of what was tried it is known that the fault is its own: what is new goes at once all the same.
    pub(super) fn hold(&mut self) {
        let wait = backed_off(self.retry, self.retry_max.min(REST), self.held);
        self.held = self.held.saturating_add(1);
        self.due_about(wait);
    }

    /// How long it is until then.
    #[cfg(test)]
    pub(super) fn wait(&self) -> Duration {
        self.due.saturating_duration_since(Instant::now())
    }

    fn due_about(&mut self, wait: Duration) {
        // xorshift64: good enough to spread terminals.
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.due = Instant::now() + jittered(wait, self.dice);
    }
}

/// Acts of unknown end, and since when each is known to be so in this run, in elapsed milliseconds: a wall clock may leap.
#[derive(Default)]
pub(super) struct Seen(BTreeMap<String, u64>);

impl Seen {
    /// Those of them that have been there for so long, or since they were last asked for. What is there no more is forgotten.
    pub(super) fn old_enough(&mut self, rows: Vec<Row>, now: Now, settles_after_ms: u64) -> Vec<Row> {
        let seen = std::mem::take(&mut self.0);
        let since = |row: &Row| (row.act.clone(), seen.get(&row.act).copied().unwrap_or(now.elapsed_ms));
        self.0 = rows.iter().map(since).collect();
        let is_old = |row: &Row| self.0.get(&row.act).is_some_and(|at| now.elapsed_ms >= at + settles_after_ms);
        rows.into_iter().filter(is_old).collect()
    }

    /// This one has been asked for, in vain.
    pub(super) fn asked(&mut self, act: String, now: Now) {
        self.0.insert(act, now.elapsed_ms);
    }
}

/// What the agency is told or asked: an act's outcome, a case, a parcel; by its place in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    Outcome(i64),
    Case(i64),
    Parcel(i64),
}

/// What did not get through. Where the agency has answered something else since, the fault may well be the thing's own: if it fails again it
/// rests, each time twice as long, and slows nothing else down. Where that is wrong, because the agency was well for one answer only, all that
/// fails rests, one by one ([`Pace::hold`]).
pub(super) struct Aside {
    /// The first rest.
    rest_ms: u64,
    missed: BTreeMap<Thing, Missed>,
}

#[derive(Default)]
struct Missed {
    /// The agency has answered something since it failed, or says no to it: it is no longer a reason to ask for nothing else.
    heard: bool,
    /// How often it has rested.
    rests: u32,
    /// Until when it rests, in elapsed milliseconds.
    until_ms: u64,
}

impl Missed {
    fn rest(&mut self, first_ms: u64, doublings: u32, now: Now) {
        self.until_ms = now.elapsed_ms.saturating_add(first_ms.saturating_mul(1 << self.rests.min(doublings)));
        self.rests = self.rests.saturating_add(1);
    }
}

impl Aside {
    /// Empty.
    pub(super) fn new(limits: &Limits) -> Self {
        let longest = Duration::from_millis(limits.agency_retry_max_ms.max(limits.agency_retry_ms));
        let rest_ms = u64::try_from(REST.min(longest).as_millis()).unwrap_or(u64::MAX);
        Self { rest_ms, missed: BTreeMap::new() }
    }

    /// Whether its time has not come yet.
    pub(super) fn rests(&self, thing: Thing, now: Now) -> bool {
        self.missed.get(&thing).is_some_and(|missed| now.elapsed_ms < missed.until_ms)
    }

    /// Whether it was refused, or failed and the agency has answered something else since.
    pub(super) fn blames(&self, thing: Thing) -> bool {
        self.missed.get(&thing).is_some_and(|missed| missed.heard)
    }

    /// Places of parcels that were refused, or have failed again after the agency had answered something else: what an outage has left is no
    /// fault of theirs.
    pub(super) fn blamed_parcels(&self) -> impl Iterator<Item = i64> {
        self.missed.iter().filter_map(|(thing, missed)| match thing {
            Thing::Parcel(place) if missed.rests > 0 => Some(*place),
            _ => None,
        })
    }

    /// It failed; whether the fault is its own. At first nobody can know: it is not put aside for one answer that was lost.
    pub(super) fn missed(&mut self, thing: Thing, now: Now) -> bool {
        let missed = self.missed.entry(thing).or_default();
        if missed.heard {
            missed.rest(self.rest_ms, FAILED_DOUBLINGS, now);
        }
        missed.heard
    }

    /// The agency says no to it.
    pub(super) fn refused(&mut self, thing: Thing, now: Now) {
        let missed = self.missed.entry(thing).or_default();
        missed.heard = true;
        missed.rest(self.rest_ms, REFUSED_DOUBLINGS, now);
    }

    /// The agency has answered something.
    pub(super) fn heard(&mut self) {
        self.missed.values_mut().for_each(|missed| missed.heard = true);
    }

    /// It got through, or goes no more.
    pub(super) fn forget(&mut self, thing: Thing) {
        self.missed.remove(&thing);
    }

    /// Forgets all other cases: staff may have settled them.
    pub(super) fn keep_cases(&mut self, rows: &[Row]) {
        let is_there = |sequence: i64| rows.iter().any(|row| row.sequence == sequence);
        self.missed.retain(|thing, _| !matches!(thing, Thing::Case(sequence) if !is_there(*sequence)));
    }
}

/// Whether a terminal may send what is sent once a day: at a moment of its own after midnight, or after its start where that was later.
pub(super) fn is_own_time(terminal: &str, spread_ms: u64, now: Now) -> bool {
    let digest = content_digest(terminal.as_bytes());
    let draw = digest.bytes().fold(0u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let own_ms = draw.checked_rem(spread_ms).unwrap_or(0);
    let today_ms = u64::try_from(now.unix_ms - now.midnight_ms()).unwrap_or(0);
    today_ms.min(now.elapsed_ms) >= own_ms
}

/// Twice as long each time, up to the longest.
fn backed_off(first: Duration, longest: Duration, failures: u32) -> Duration {
    first.saturating_mul(2u32.saturating_pow(failures)).min(longest)
}

/// Anything from half of it to the whole.
fn jittered(wait: Duration, dice: u64) -> Duration {
    wait / 2 + wait.mul_f64((dice % 1024) as f64 / 2048.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_terminals_knock_at_once() {
        let (first, longest) = (Duration::from_secs(5), Duration::from_secs(120));
        let waits: Vec<u64> = (0..7).map(|n| backed_off(first, longest, n).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 120, 120]);
        assert_eq!(backed_off(first, longest, u32::MAX), longest);
        let spread = |dice| jittered(longest, dice);
        assert_eq!(spread(0), longest / 2);
        assert!(spread(1023) < longest && spread(1023) > longest.mul_f64(0.99));
    }

    #[test]
    fn terminals_that_lost_the_agency_together_knock_together() {
        let limits = Limits::default();
        let half_ms = u128::from(limits.agency_retry_max_ms / 2);
        // In which tenth of the time that is spread over.
        let tenth = |pace: &Pace| {
            let wait_ms = pace.wait().as_millis();
            wait_ms.saturating_sub(half_ms) * 10 / half_ms
        };
        let failed = || {
            let mut pace = Pace::new(&limits).unwrap();
            (0..8).for_each(|_| pace.later());
            pace
        };
        let terminals: std::collections::BTreeSet<u128> = (0..300).map(|_| tenth(&failed())).collect();
        assert_eq!(terminals.len(), 10, "{terminals:?}");
        let mut one = failed();
        let again = |_| {
            one.later();
            tenth(&one)
        };
        let draws: std::collections::BTreeSet<u128> = (0..50).map(again).collect();
        assert!(draws.len() > 5, "one terminal draws the same again: {draws:?}");
    }

    #[test]
    fn ten_thousand_terminals_post_at_midnight() {
        const MINUTE_MS: u64 = 60_000;
        // Four in the afternoon in Greenwich is midnight in the hall.
        let at = |minute: u64| Now {
            elapsed_ms: minute * MINUTE_MS,
            unix_ms: 1_795_363_200_000 + (minute * MINUTE_MS) as i64,
        };
        assert_eq!(at(0).midnight_ms(), at(0).unix_ms, "it is not midnight");
        let ids: Vec<String> = (0..10_000).map(|n| format!("t-{n:04}")).collect();
        let done = |minute| ids.iter().filter(|id| is_own_time(id, 120 * MINUTE_MS, at(minute))).count();
        let counts: Vec<usize> = (0..=121).map(done).collect();
        assert!(counts.windows(2).all(|pair| pair[1] - pair[0] < 200), "{counts:?}");
        assert_eq!(counts.last(), Some(&10_000));
        // Halls that are switched on in the morning are no other herd.
        let morning = Now { elapsed_ms: 0, ..at(480) };
        assert!(ids.iter().filter(|id| is_own_time(id, 120 * MINUTE_MS, morning)).count() < 200);
        assert!(is_own_time("t-0301", 0, at(0)));
    }

    const BEGUN_MS: i64 = 1_795_406_400_000;
    const DAY_MS: i64 = 86_400_000;
    const SETTLES_MS: u64 = 30_000;

    /// A case of which nobody knows whether it was filed.
    fn unknown_case() -> Row {
        Row {
            sequence: 1,
            act: "t-0301-0d15ea5e-1".to_owned(),
            visit: "0".repeat(32),
            person: None,
            kind: "case".to_owned(),
            item: "F18".to_owned(),
            copy: 1,
            phase: "settled".to_owned(),
            outcome: Some("unknown".to_owned()),
            code: None,
            by: Some("terminal".to_owned()),
            told: None,
            reported: false,
            begun_ms: BEGUN_MS,
            settled_ms: Some(BEGUN_MS),
        }
    }

    /// So long after the start, by a clock that is so far ahead.
    fn at(elapsed_ms: u64, ahead_ms: i64) -> Now {
        Now { elapsed_ms, unix_ms: BEGUN_MS + elapsed_ms as i64 + ahead_ms }
    }

    fn is_asked_for(seen: &mut Seen, now: Now) -> bool {
        !seen.old_enough(vec![unknown_case()], now, SETTLES_MS).is_empty()
    }

    #[test]
    fn a_clock_that_leaps_settles_a_case_too_early_or_never() {
        for leap_ms in [DAY_MS, -DAY_MS] {
            assert!(!is_asked_for(&mut Seen::default(), at(1_000, leap_ms)), "{leap_ms}: a start counts as time");
            let mut seen = Seen::default();
            assert!(!is_asked_for(&mut seen, at(1_000, 0)), "{leap_ms}: at once");
            assert!(!is_asked_for(&mut seen, at(2_000, leap_ms)), "{leap_ms}: the leap counts as time");
            assert!(!is_asked_for(&mut seen, at(SETTLES_MS + 999, leap_ms)), "{leap_ms}: too early");
            assert!(is_asked_for(&mut seen, at(SETTLES_MS + 1_000, leap_ms)), "{leap_ms}: never");
            // It was asked for in vain, and the clock is set right again.
            seen.asked(unknown_case().act, at(40_000, leap_ms));
            assert!(!is_asked_for(&mut seen, at(40_000 + SETTLES_MS - 1, 0)), "{leap_ms}: again too early");
            assert!(is_asked_for(&mut seen, at(40_000 + SETTLES_MS, 0)), "{leap_ms}: never again");
        }
    }

    #[test]
    fn what_the_agency_cannot_bear_is_asked_again_at_once_or_never() {
        let (mut aside, thing, late) = (Aside::new(&Limits::default()), Thing::Parcel(7), 61_000);
        // It failed and nobody else was answered: that may be the agency.
        assert!(!aside.missed(thing, at(0, 0)) && !aside.rests(thing, at(1, 0)) && !aside.blames(thing));
        aside.heard();
        assert_eq!(aside.blamed_parcels().count(), 0, "staff hear of what an outage has left");
        assert!(aside.missed(thing, at(1, 0)), "it holds up the others");
        assert!(aside.blamed_parcels().eq([7_i64]));
        assert!(aside.rests(thing, at(2, DAY_MS)) && !aside.rests(Thing::Outcome(7), at(2, 0)));
        assert!(!aside.rests(thing, at(late, -DAY_MS)), "never again");
        assert!(
            aside.missed(thing, at(late, 0)) && aside.rests(thing, at(late + 1, 0)),
            "it holds up the others again"
        );
        aside.forget(thing);
        assert!(!aside.missed(thing, at(late, 0)));
        // Two thousand that are refused for good are asked again for ever, each once a minute.
        let refused = Thing::Outcome(8);
        let mut rests = |now_ms| {
            aside.refused(refused, at(now_ms, 0));
            (now_ms..).step_by(1_000).find(|ms| !aside.rests(refused, at(*ms, 0))).unwrap() - now_ms
        };
        assert_eq!([0; 8].map(&mut rests), [1, 2, 4, 8, 16, 32, 64, 64].map(|minutes| minutes * 60_000));
        aside.forget(refused);
        aside.refused(refused, at(0, 0));
        assert!(!aside.rests(refused, at(60_000, 0)), "what got through once rests as long as before");
        // One that is refused is not the agency's fault from the first time on.
        let case = Thing::Case(unknown_case().sequence);
        aside.refused(case, at(late, 0));
        aside.keep_cases(&[unknown_case()]);
        assert!(aside.blames(case) && aside.rests(case, at(late, 0)));
        aside.keep_cases(&[]);
        assert!(!aside.blames(case));
    }

    #[test]
    fn a_question_that_is_put_off_makes_a_silent_agency_count_as_heard() {
        let limits = Limits::default();
        let mut pace = Pace::new(&limits).unwrap();
        for _ in 0..8 {
            pace.later();
            // The next pass has nothing to ask, because what failed is put off.
            pace.goes_on(&Left::Waiting, false);
        }
        pace.later();
        assert!(pace.wait() > Duration::from_millis(limits.agency_retry_max_ms / 2) - Duration::from_secs(1));
        pace.goes_on(&Left::Waiting, true);
        pace.later();
        assert!(pace.wait() <= Duration::from_millis(limits.agency_retry_ms));
    }
}
