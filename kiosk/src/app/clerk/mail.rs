//! What the clerk catches up with between acts: outcomes to be told, cases to be asked for, parcels to be handed over, and what staff should
//! know of all that ([`books`](super::books)). In this order, oldest first; whatever does not get through is tried again later
//! ([`pace`](super::pace)): all of it while the agency does not answer, and alone what fails while the agency answers others. Performs nothing
//! and sends no case twice.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::message::{ActReport, Outcome, PARCEL_MAX_BYTES, Parcel, ParcelKept, ParcelKind, content_digest};
use contract::problem::ProblemCode;
use contract::site::Limits;
use serde::Serialize;
use serde_json::json;

use super::Clerk;
use super::asking::by_key;
use super::pace::{self, Aside, Left, Pace, Seen, Thing};
use crate::agency::{AgencyError, Answer, Question};
use crate::audit::Head;
use crate::clock::Clock;
use crate::crypto::sign::Signer;
use crate::events::{self, By, Event};
use crate::journal::outbox::{Content, Waiting};
use crate::journal::{AT_MOST, JournalError, Row, tool};
use crate::session::{ActKind, Boundary, DeviceHealth, Post};

/// Parcels handed over before the clerk looks whether somebody wants something.
const AT_ONCE: usize = 8;

/// Where the clerk is with the mail.
pub(super) struct Mail {
    pub(super) pace: Pace,
    /// Parcels that the outbox has room for.
    pub(super) room: u64,
    daily_spread_ms: u64,
    /// The last parcel that was handed over, or passed over; 0 before the first.
    after_parcel: i64,
    /// The same of outcomes.
    after_report: i64,
    /// Documents that the printer does not remember as printed.
    asked: BTreeSet<String>,
    /// Cases of unknown end.
    seen: Seen,
    /// What did not get through.
    pub(super) aside: Aside,
    /// What was told of outbox and books.
    pub(super) told: [DeviceHealth; 2],
}

impl Mail {
    pub(super) fn new(limits: &Limits) -> io::Result<Self> {
        Ok(Self {
            pace: Pace::new(limits)?,
            room: limits.outbox_parcels_max,
            daily_spread_ms: limits.daily_spread_ms,
            after_parcel: 0,
            after_report: 0,
            asked: BTreeSet::new(),
            seen: Seen::default(),
            aside: Aside::new(limits),
            told: [Ok(()), Ok(())],
        })
    }
}

/// What one attempt to catch up has come to.
#[derive(Default)]
pub(super) struct Pass {
    /// Something failed, whosever fault it is.
    pub(super) failed: bool,
    /// Something did not get through, and it may be the agency's fault: later again, unless something else did.
    stuck: bool,
    /// There is more to do, and nothing against doing it at once.
    pub(super) more: bool,
    /// The agency has answered something.
    heard: bool,
}

/// It did not get through. Whoever is refused is passed over instead: that must not hold up the others.
pub(super) enum Stuck {
    /// Nobody answers, or nothing can be written: the rest has to wait.
    Everywhere,
    /// This one thing: the agency is too busy, or cannot bear it. Others have their turn before it comes again.
    Here,
}

impl From<JournalError> for Stuck {
    fn from(_: JournalError) -> Self {
        events::write(&Event::JournalFailed);
        Self::Everywhere
    }
}

impl Clerk {
    /// Does what can be done now, and says when to do more.
    pub(super) fn catch_up(&mut self) {
        if self.settle_what_is_owed().is_err() {
            self.look_at_the_books();
            return self.mail.pace.again();
        }
        let (mut pass, mut nobody) = (Pass::default(), false);
        for errand in [Self::ask_the_printer, Self::see_to_the_audit, Self::report, Self::reconcile, Self::deliver] {
            match errand(self, &mut pass) {
                Ok(()) | Err(Stuck::Here) => {}
                Err(Stuck::Everywhere) => {
                    nobody = true;
                    break;
                }
            }
        }
        if pass.heard {
            self.mail.aside.heard();
        }
        self.look_at_the_books();
        if nobody || pass.stuck && !pass.heard {
            return self.mail.pace.later();
        }
        if pass.failed && !pass.heard && !pass.more {
            return self.mail.pace.hold();
        }
        let left = match (pass.more, self.waits()) {
            (true, _) => Left::More,
            (false, true) => Left::Waiting,
            (false, false) => Left::Nothing,
        };
        self.mail.pace.goes_on(&left, pass.heard);
    }

    /// Whether something will have to be asked soon that could not be asked yet.
    fn waits(&self) -> bool {
        let some = |rows: Result<Vec<Row>, JournalError>| rows.unwrap_or_default();
        let documents = some(self.journal.unknown_documents(self.documents_since()));
        !some(self.journal.unknown_cases()).is_empty()
            || !some(self.journal.unreported(0)).is_empty()
            // Somebody may have it sent again at any moment, and wait to see what comes of it.
            || self.journal.refused_parcels().is_ok_and(|count| count > 0)
            || self.journal.next_place(0, |_| true).is_ok_and(|place| place.is_some())
            || self.keeping.waits()
            // The first line of a new journal comes at any moment. A key that does not sign is looked at again with the books.
            || self.is_own_time()
                && self.journal.head_on(self.clock.now().date()).is_ok_and(|(head, sent)| !sent && head.sequence == 0)
            || documents.iter().any(|row| !self.mail.asked.contains(&row.act))
    }

    /// Whether a citizen waits, or what one was told is to be written down: then the mail waits and goes on after it.
    pub(super) fn is_wanted(&self, pass: &mut Pass) -> bool {
        let wanted = [&self.acts, &self.words].iter().any(|count| count.load(Ordering::Acquire) > 0);
        pass.more |= wanted;
        wanted
    }

    /// Tells the agency every outcome it has not acknowledged. Nothing personal is in a report, so it goes over the terminal's own line: its
    /// visit may be over.
    fn report(&mut self, pass: &mut Pass) -> Result<(), Stuck> {
        let mut rows = self.journal.unreported(self.mail.after_report)?;
        let from_the_first = rows.is_empty();
        if from_the_first {
            rows = self.journal.unreported(0)?;
        }
        // Those that were passed over come again when the last has had its turn.
        let next = rows.last().filter(|_| rows.len() == AT_MOST).map_or(0, |row| row.sequence);
        for row in rows {
            let Some(outcome) = row.outcome.as_deref().and_then(Outcome::parse) else { continue };
            let thing = Thing::Outcome(row.sequence);
            if self.mail.aside.rests(thing, self.clock.now()) {
                continue;
            }
            if self.is_wanted(pass) {
                return Ok(());
            }
            let stands = |boundary| ActKind::parse(&row.kind).into_iter().for_each(|kind| (self.at)(kind, boundary));
            let (act, kind) = (row.act.clone(), row.kind.clone());
            let report = ActReport { act, visit: row.visit, item: row.item, kind, outcome };
            match self.tools.net.ask(0, Question::Report(report)) {
                Ok(Answer::Kept(kept)) if kept.act == row.act && kept.outcome == outcome => {
                    pass.heard = true;
                    self.mail.aside.forget(thing);
                }
                // An acknowledgement of another act is none, nor is one of what was reported of this act before.
                answer => {
                    self.passed_over(thing, answer, pass).inspect_err(|stuck| {
                        if matches!(stuck, Stuck::Here) {
                            self.mail.after_report = row.sequence;
                        }
                    })?;
                    continue;
                }
            }
            stands(Boundary::Acknowledged);
            self.journal.reported(row.sequence, outcome)?;
            stands(Boundary::Noted);
        }
        self.mail.after_report = next;
        // Once round is enough: what is left rests.
        pass.more |= next > 0 && !from_the_first;
        Ok(())
    }

    /// Asks the agency for every case of which nobody knows whether it was filed: by the act id, over the terminal's own line, and not
    /// before a question that was sent when it began would have ended twice over. What the agency does not know by then was not filed.
    fn reconcile(&mut self, pass: &mut Pass) -> Result<(), Stuck> {
        let unknown = self.journal.unknown_cases()?;
        self.mail.aside.keep_cases(&unknown);
        for row in self.mail.seen.old_enough(unknown, self.clock.now(), self.settles_after_ms) {
            let thing = Thing::Case(row.sequence);
            if self.mail.aside.rests(thing, self.clock.now()) {
                continue;
            }
            if self.is_wanted(pass) {
                return Ok(());
            }
            let answer = self.tools.net.ask(0, Question::Find(by_key(&row.visit, &row.act)));
            // Whatever comes of it, the others are asked before it is asked again.
            self.mail.seen.asked(row.act.clone(), self.clock.now());
            let outcome = match answer {
                Ok(Answer::Case(case)) if case.key == row.act => Outcome::Filed,
                Err(error) if error.problem() == Some(ProblemCode::CaseUnknown) => Outcome::NotFiled,
                answer => {
                    self.passed_over(thing, answer, pass)?;
                    continue;
                }
            };
            pass.heard = true;
            (self.at)(ActKind::Case, Boundary::Asked);
            self.resolve(&row.act, outcome, &By::Agency)?;
            self.tells_otherwise(&row.act)?;
            // The agency is told what it has just said, so that its books are complete.
            pass.more = true;
        }
        Ok(())
    }

    /// Whether what goes once a day may go now.
    pub(super) fn is_own_time(&self) -> bool {
        pace::is_own_time(&self.terminal, self.mail.daily_spread_ms, self.clock.now())
    }

    /// Once a day the newest line of the audit goes to the agency, signed: with it a chain that was cut off or made anew is found out
    /// (`kiosk audit verify --kept`). Signed with the key that lies there by then: the certificate of an older one may have ended. None goes where
    /// it cannot be read, or is of a kind that nobody here signs with.
    pub(super) fn post_head(&mut self) -> Result<(), Stuck> {
        if !self.is_own_time() {
            return Ok(());
        }
        let now = self.clock.now();
        let (head, sent) = self.journal.head_on(now.date())?;
        let (day, Head { sequence, digest }) = (now.date(), head);
        if sent || sequence == 0 {
            return Ok(());
        }
        let pem = std::fs::read_to_string(&self.tools.key_file).ok();
        let Some(signer) = pem.and_then(|pem| Signer::of_pem(&pem)) else { return Ok(()) };
        let text = format!("terminal={} day={day} head={sequence}:{digest}", self.terminal);
        let Some(signature) = signer.sign(&text) else { return Ok(()) };
        let body = json!({ "text": text, "signature": STANDARD.encode(signature) });
        let bytes = body.to_string().into_bytes();
        let content = Content { algorithm: signer.algorithm(), bytes, recipient: None };
        Ok(self.journal.post_head(day, sequence, &content, now)?)
    }

    /// Asks the page printer for what became of documents that may have been printed, by the job's name, as long as it may remember. Only
    /// "completed" settles one: of all else somebody must find out what came out.
    fn ask_the_printer(&mut self, pass: &mut Pass) -> Result<(), Stuck> {
        let rows = self.journal.unknown_documents(self.documents_since())?;
        self.mail.asked.retain(|act| rows.iter().any(|row| row.act == *act));
        for row in rows.into_iter().filter(|row| !self.mail.asked.contains(&row.act)).collect::<Vec<_>>() {
            if self.is_wanted(pass) {
                return Ok(());
            }
            match self.tools.printers.page.as_ref().and_then(|printer| printer.has_printed(&row.act)) {
                // It cannot be asked now, or there is none.
                None => return Ok(()),
                Some(true) => self.resolve(&row.act, Outcome::Printed, &By::Printer)?,
                Some(false) => drop(self.mail.asked.insert(row.act)),
            }
        }
        Ok(())
    }

    /// How long a printer may remember what it has printed.
    fn documents_since(&self) -> i64 {
        self.clock.now().unix_ms.saturating_sub(tool::OVERDUE_MS)
    }

    /// Writes down what was found out, unless somebody of the staff has entered something meanwhile, or it stands there since just before the
    /// power failed.
    fn resolve(&mut self, act: &str, outcome: Outcome, by: &By) -> Result<(), JournalError> {
        match self.journal.resolve(act, outcome, None, by, self.clock.now()) {
            Ok(event) => events::log(&event),
            Err(JournalError::NotOpen(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The outcome of an act is another one than that which the agency may have refused: it is told at once.
    fn tells_otherwise(&mut self, act: &str) -> Result<(), JournalError> {
        if let Some(row) = self.journal.row(act)? {
            self.mail.aside.forget(Thing::Outcome(row.sequence));
        }
        Ok(())
    }

    /// This one did not get through. Whoever is refused is no reason to ask the agency for nothing else.
    fn passed_over(&mut self, thing: Thing, answer: Result<Answer, AgencyError>, pass: &mut Pass) -> Result<(), Stuck> {
        let now = self.clock.now();
        // An answer that is not the one that was asked for is none.
        match answer.err().unwrap_or(AgencyError::Garbled) {
            AgencyError::Cancelled => Err(Stuck::Everywhere),
            // Nobody was reached, whatever was asked.
            error if error.is_outage() && error.is_certain() => Err(Stuck::Everywhere),
            error if is_no(&error) => {
                events::write(&Event::AgencyFailed { how: error.as_str() });
                pass.heard = true;
                self.mail.aside.refused(thing, now);
                Ok(())
            }
            error => {
                if !error.is_outage() {
                    events::write(&Event::AgencyFailed { how: error.as_str() });
                }
                pass.failed = true;
                pass.stuck |= !self.mail.aside.missed(thing, now);
                Err(Stuck::Here)
            }
        }
    }

    /// The place of the next parcel after this one that does not rest. What is at fault itself lets the others go first.
    fn next_place(&self, after: i64) -> Result<Option<i64>, JournalError> {
        let (aside, now) = (&self.mail.aside, self.clock.now());
        match self.journal.next_place(after, |place| !aside.blames(Thing::Parcel(place)))? {
            None => self.journal.next_place(after, |place| !aside.rests(Thing::Parcel(place), now)),
            fresh => Ok(fresh),
        }
    }

    /// That parcel.
    fn next_parcel(&self, after: i64) -> Result<Option<Waiting>, JournalError> {
        self.next_place(after)?.map_or(Ok(None), |place| self.journal.next_parcel(place - 1))
    }

    /// Hands over parcels, a few at once.
    fn deliver(&mut self, pass: &mut Pass) -> Result<(), Stuck> {
        for n in 0..AT_ONCE {
            let next = match self.next_parcel(self.mail.after_parcel)? {
                // Those that were passed over come again: at once, where nothing else is there.
                None if n == 0 => self.next_parcel(0)?,
                next => next,
            };
            let Some(waiting) = next else {
                self.mail.after_parcel = 0;
                pass.more |= n > 0 && self.next_place(0)?.is_some();
                return Ok(());
            };
            if self.is_wanted(pass) {
                return Ok(());
            }
            if waiting.kind == ParcelKind::Case && self.journal.row(&waiting.key)?.is_none() {
                // Its key has rotted, or its act's id: it would be filed under a name that nobody knows.
                self.is_refused(&waiting, ProblemCode::BadRequest)?;
                continue;
            }
            let thing = Thing::Parcel(waiting.sequence);
            match self.tools.net.ask(0, Question::Deliver(self.parcel(&waiting))) {
                Ok(Answer::Delivered(kept))
                    if kept.key == waiting.key && kept.digest == content_digest(&waiting.content) =>
                {
                    pass.heard = true;
                    self.mail.aside.forget(thing);
                    self.is_delivered(&waiting, &kept)?;
                }
                // What can never get better.
                Err(AgencyError::Refused(problem))
                    if matches!(problem.code, ProblemCode::BadRequest | ProblemCode::KeyReused) =>
                {
                    pass.heard = true;
                    self.mail.aside.forget(thing);
                    self.is_refused(&waiting, problem.code)?;
                }
                answer => self.passed_over(thing, answer, pass).inspect_err(|stuck| {
                    if matches!(stuck, Stuck::Here) {
                        self.mail.after_parcel = waiting.sequence;
                    }
                })?,
            }
            self.mail.after_parcel = waiting.sequence;
        }
        // Each of them has gone, or rests.
        pass.more = true;
        Ok(())
    }

    fn parcel(&self, Waiting { kind, key, algorithm, recipient, content, .. }: &Waiting) -> Parcel {
        let (key, algorithm, recipient) = (key.clone(), algorithm.clone(), recipient.clone());
        let content = STANDARD.encode(content);
        Parcel { terminal: self.terminal.clone(), kind: *kind, key, algorithm, recipient, content }
    }

    /// It stays, with the reason, and staff hear of it; but for opinions, of which nothing was promised and nobody can do anything.
    fn is_refused(&mut self, waiting: &Waiting, code: ProblemCode) -> Result<(), Stuck> {
        if matches!(waiting.kind, ParcelKind::Evaluation | ParcelKind::Answers) {
            self.journal.delivered(waiting.sequence)?;
        } else {
            let told = self.journal.refused(waiting, code.as_str(), self.clock.now())?;
            told.iter().for_each(events::log);
            self.tells_otherwise(&waiting.key)?;
        }
        events::write(&Event::ParcelRefused { kind: waiting.kind.as_str(), code });
        Ok(())
    }

    /// The case that was in it is settled before the parcel is forgotten: in between, it is handed over once more, which changes nothing.
    fn is_delivered(&mut self, waiting: &Waiting, kept: &ParcelKept) -> Result<(), Stuck> {
        if waiting.kind == ParcelKind::AuditLines {
            return self.lines_delivered(waiting, kept);
        }
        if waiting.kind == ParcelKind::Case {
            // Its citizen has gone, told that it goes by itself: somebody must see that nothing came of it.
            if let Some(code) = kept.refused {
                return self.is_refused(waiting, code);
            }
            self.resolve(&waiting.key, Outcome::Filed, &By::Agency)?;
            self.tells_otherwise(&waiting.key)?;
            self.mail.pace.is_due();
        }
        self.journal.delivered(waiting.sequence)?;
        events::write(&Event::ParcelDelivered { kind: waiting.kind.as_str() });
        Ok(())
    }

    /// Seals something and puts it into the outbox; whether it is on the disk now.
    pub(super) fn post(&mut self, post: Post) -> bool {
        let (kind, key, content) = match post {
            Post::Evaluation(said) => (ParcelKind::Evaluation, fresh_key(), self.seal(&said)),
            Post::Answers(said) => (ParcelKind::Answers, fresh_key(), self.seal(&said)),
            Post::Draft { code, typed } => (ParcelKind::Draft, Ok(code), self.seal(&typed)),
        };
        let kept = match (key, content) {
            (Ok(key), Some(content)) => self.journal.post(kind, &key, &content, self.clock.now()).is_ok(),
            _ => false,
        };
        if !kept {
            events::write(&Event::JournalFailed);
        }
        kept
    }

    /// Sealed to the agency; `None` where the machine cannot, or it is larger than a parcel may be.
    pub(super) fn seal<T: Serialize>(&self, message: &T) -> Option<Content> {
        let content = Content::sealed(&self.tools.seal_to, &serde_json::to_vec(message).ok()?).ok()?;
        (content.bytes.len() <= PARCEL_MAX_BYTES).then_some(content)
    }
}

/// The agency says no to what it was asked, and is well itself.
const fn is_no(error: &AgencyError) -> bool {
    !matches!(error.problem(), None | Some(ProblemCode::Busy | ProblemCode::ProviderDown | ProblemCode::Other))
}

/// A name that says nothing: what somebody thinks must not be traced to their visit.
fn fresh_key() -> io::Result<String> {
    crate::crypto::random_hex::<16>()
}
