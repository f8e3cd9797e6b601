//! The clerk behind printers that do not come back, on a journal that rots or that somebody else writes into, and before an agency that answers
//! some things and not others.

mod fails;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::message::{ActKept, ActReport, AnswerQuestionnaire, Parcel, ParcelKept, content_digest};
use contract::problem::{Problem, ProblemCode};
use hal::Private;
use hal::receipt::Receipt;

use super::*;
use crate::agency::{Answer, Question};
use crate::app::inbox::{Message, Queue, inbox};
use crate::app::printer::Port;
use crate::clock::Now;
use crate::crypto::sign::Signer;
use crate::events::{By, Name};
use crate::session::{ActId, Device, DeviceHealth, Filing};

/// Longer than anything here takes on a machine with two busy cores.
const GUARD: Duration = Duration::from_secs(20);
/// How long the clerk waits for a printer here.
const PATIENCE: Duration = Duration::from_millis(100);
/// Of `age-keygen`; its other half was thrown away.
const NOBODY: &str = "age1tvtja49h2pt0alqafeg074hgnmhj7ehjx002slv7d2srgzcdxqfse0y9x0";

fn act(sequence: u64, body: ActBody) -> Act {
    let id = ActId { text: format!("t-0301-0d15ea5e-{sequence}"), sequence };
    Act { id, visit_token: "0badcafe".to_owned(), item: "slip".to_owned(), person: None, body }
}

/// How the next act ends.
fn acted(queue: &Queue) -> ActEnd {
    loop {
        match queue.next(Some(GUARD)) {
            Ok(Message::Input(input)) => {
                if let Input::Done(_, Completion::Acted(end)) = *input {
                    return end;
                }
            }
            _ => panic!("the clerk waits without end"),
        }
    }
}

#[test]
fn a_stuck_printer_keeps_the_mail_waiting() {
    let clock = SystemClock::start();
    let (mut journal, folder) = fresh("stuck", clock.now());
    // Before the mail goes, the page printer is asked what became of this document.
    let session = Private::from("session");
    let (subject, inputs) = (String::new(), BTreeMap::new());
    let document = act(1, ActBody::Certificate { session, subject, item_version: 1, inputs });
    journal.begin(&document, 1, None, clock.now()).unwrap();
    journal.settle(&document.id.text, Outcome::Unknown, None, None, clock.now()).unwrap();
    let (tell, told) = sync_channel(8);
    let net = Line::played(move |question| {
        let Question::Report(report) = question else { return Err(AgencyError::Timeout) };
        let _nobody_listens = tell.try_send(report.act.clone());
        Ok(kept(report))
    });
    let ((page, _hangs), (receipt, _hangs_too)) = (Port::stuck(PATIENCE), Port::stuck(PATIENCE));
    let printers = Printers { receipt: Some(receipt), page: Some(page) };
    let seal_to = Recipient::parse(NOBODY).unwrap();
    let tools = Tools { printers, cards: Cards::dead(), net, seal_to, auditor: None, key_file: String::new() };
    let (inbox, queue) = inbox();
    let desk = start(journal, tools, &shipped(), clock, Box::new(|_, _| {}), inbox).unwrap();
    let heard = || told.recv_timeout(GUARD).unwrap();
    assert_eq!(heard(), "t-0301-0d15ea5e-1");
    // The same of an act: its person is told that nobody knows, and the agency hears so.
    let slip = act(2, ActBody::Slip(Receipt::default()));
    assert!(desk.submit(Ticket { visit: 1, seq: 1 }, slip, Cancel::default()).is_none());
    let end = acted(&queue);
    assert_eq!((end.outcome, end.failure), (Outcome::Unknown, Some(ActFailure::Device(Code::PageHoldsJob))));
    assert_eq!(heard(), "t-0301-0d15ea5e-2");
    drop(desk);
    let _the_clerk_may_be_at_it = std::fs::remove_dir_all(&folder);
}

/// A journal of this test, begun anew, and its folder.
fn fresh(name: &str, now: Now) -> (Journal, PathBuf) {
    let folder = std::env::temp_dir().join(format!("clerk-{name}-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    (Journal::open(&folder, "0d15ea5e", "t-0301", now).unwrap(), folder)
}

fn shipped() -> Site {
    crate::config::load(&[PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/site.toml"))]).unwrap()
}

/// A clerk at work on this journal, whose lines are posted as soon as there are some; and what it tells.
fn at_work(journal: Journal, printers: Printers, net: Line, at: AtBoundary) -> (Desk, Queue) {
    let [seal_to, auditor] = [NOBODY; 2].map(|key| Recipient::parse(key).unwrap());
    let (auditor, key_file) = (Some(auditor), String::new());
    let tools = Tools { printers, cards: Cards::dead(), net, seal_to, auditor, key_file };
    let mut site = shipped();
    site.limits.audit_post_lines = 1;
    let (inbox, queue) = inbox();
    (start(journal, tools, &site, SystemClock::start(), at, inbox).unwrap(), queue)
}

/// Which parcels get through, the first so many, where a complaint waits in a journal to which this has happened.
fn gets_through(name: &str, happened: &str, parcels: usize) -> Vec<ParcelKind> {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh(name, now);
    let complaint = act(1, ActBody::Question(String::new()));
    let sealed = Content::sealed(&Recipient::parse(NOBODY).unwrap(), b"complaint").unwrap();
    journal.begin(&complaint, 1, None, now).unwrap();
    journal.settle(&complaint.id.text, Outcome::Queued, None, Some((ParcelKind::Case, &sealed)), now).unwrap();
    journal.spoil(happened);
    let (tell, told) = sync_channel(8);
    let net = Line::played(move |question| match question {
        Question::Report(report) => Ok(kept(report)),
        Question::Deliver(parcel) => {
            let _nobody_listens = tell.try_send(parcel.kind);
            Ok(delivered(parcel))
        }
        _ => Err(AgencyError::Timeout),
    });
    let (desk, _queue) = at_work(journal, Printers { receipt: None, page: None }, net, Box::new(|_, _| {}));
    let got = (0..parcels).map(|_| told.recv_timeout(GUARD).unwrap()).collect();
    drop(desk);
    let _the_clerk_may_be_at_it = std::fs::remove_dir_all(&folder);
    got
}

#[test]
fn a_queued_complaint_waits_for_a_line_that_rots() {
    for (name, rots) in
        [("bytes", "text = CAST(x'ff' AS TEXT)"), ("blob", "text = x'ff'"), ("digest", "digest = x'ff'")]
    {
        let rots = format!("UPDATE audit SET {rots} WHERE sequence = 1");
        // The auditor gets the lines as they are, and finds out.
        assert_eq!(gets_through(name, &rots, 2), [ParcelKind::Case, ParcelKind::AuditLines], "{name}");
    }
}

/// A site where whoever waits for the next attempt waits longer than [`GUARD`].
fn site() -> Site {
    let mut site = shipped();
    site.limits.agency_retry_ms = 300_000;
    site
}

fn without_printers(net: Line) -> Tools {
    let printers = Printers { receipt: None, page: None };
    let seal_to = Recipient::parse(NOBODY).unwrap();
    Tools { printers, cards: Cards::dead(), net, seal_to, auditor: None, key_file: String::new() }
}

fn refused(code: ProblemCode) -> AgencyError {
    AgencyError::Refused(Problem { code, route: None, defects: Vec::new() })
}

fn kept(report: ActReport) -> Answer {
    Answer::Kept(ActKept { act: report.act, outcome: report.outcome })
}

fn delivered(parcel: Parcel) -> Answer {
    let digest = content_digest(&STANDARD.decode(parcel.content).unwrap());
    Answer::Delivered(ParcelKept { key: parcel.key, digest, refused: None })
}

fn content() -> Content {
    Content { algorithm: "age-x25519", bytes: b"sealed".to_vec(), recipient: None }
}

/// Something that somebody leaves for the agency.
fn left() -> Post {
    let [terminal, id, token] = ["t-0301", "q-1", "token"].map(str::to_owned);
    Post::Answers(AnswerQuestionnaire { terminal, id, version: 1, token, answers: BTreeMap::new() })
}

/// What staff hear of the books next.
fn of_the_books(queue: &Queue) -> DeviceHealth {
    loop {
        match queue.next(Some(GUARD)) {
            Ok(Message::Input(input)) => {
                if let Input::Health(Device::Books, health) = *input {
                    return health;
                }
            }
            _ => panic!("staff hear nothing"),
        }
    }
}

#[test]
fn a_queued_complaint_waits_for_an_audit_that_cannot_be_kept() {
    assert_eq!(gets_through("no-days", "DROP TABLE audit_days", 1), [ParcelKind::Case]);
}

#[test]
fn an_act_is_performed_that_somebody_has_settled_meanwhile() {
    let (journal, folder) = fresh("settled", SystemClock::start().now());
    let slip = act(1, ActBody::Slip(Receipt::default()));
    let (id, place) = (slip.id.text.clone(), folder.clone());
    let somebody: AtBoundary = Box::new(move |_, boundary| {
        if boundary == Boundary::Intended {
            let now = SystemClock::start().now();
            let mut beside = Journal::enter(&place, "t-0301", now).unwrap();
            beside.settle(&id, Outcome::NotPrinted, None, None, now).unwrap();
        }
    });
    // Whatever is sent to it, nobody knows how it ends.
    let (receipt, _hangs) = Port::stuck(PATIENCE);
    let net = Line::played(|_| Err(AgencyError::Timeout));
    let (desk, queue) = at_work(journal, Printers { receipt: Some(receipt), page: None }, net, somebody);
    assert!(desk.submit(Ticket { visit: 1, seq: 1 }, slip, Cancel::default()).is_none());
    let end = acted(&queue);
    assert_eq!((end.outcome, end.failure), (Outcome::NotPrinted, Some(ActFailure::Journal)));
    drop(desk);
    let _the_clerk_may_be_at_it = std::fs::remove_dir_all(&folder);
}

#[test]
fn an_outcome_that_is_refused_for_good_holds_up_all_mail_and_nobody_hears_of_it() {
    let clock = SystemClock::start();
    let (mut journal, folder) = fresh("outcome", clock.now());
    let yesterday = Now { unix_ms: clock.now().unix_ms - 25 * 3_600_000, ..clock.now() };
    let slip = act(1, ActBody::Slip(Receipt::default()));
    journal.begin(&slip, 1, None, yesterday).unwrap();
    journal.settle(&slip.id.text, Outcome::Printed, None, None, yesterday).unwrap();
    let (tell, told) = sync_channel(8);
    let net = Line::played(move |question| match question {
        Question::Report(_) => Err(refused(ProblemCode::BadRequest)),
        Question::Deliver(parcel) => {
            let _nobody_listens = tell.try_send(());
            Ok(delivered(parcel))
        }
        _ => Err(AgencyError::Timeout),
    });
    let (inbox, queue) = inbox();
    let desk = start(journal, without_printers(net), &site(), clock, Box::new(|_, _| {}), inbox).unwrap();
    assert!(desk.post(None, left()).is_none());
    assert_eq!(told.recv_timeout(GUARD), Ok(()), "it waits behind what is refused");
    assert_eq!(of_the_books(&queue), Err(Code::StoreUnreported));
    drop(desk);
    let _the_clerk_may_be_at_it = std::fs::remove_dir_all(&folder);
}

#[test]
fn a_parcel_that_breaks_the_agency_holds_up_all_mail() {
    let clock = SystemClock::start();
    let (mut journal, folder) = fresh("parcel", clock.now());
    let slip = act(1, ActBody::Slip(Receipt::default()));
    journal.begin(&slip, 1, None, clock.now()).unwrap();
    journal.settle(&slip.id.text, Outcome::Printed, None, None, clock.now()).unwrap();
    journal.post(ParcelKind::Evaluation, "unbearable", &content(), clock.now()).unwrap();
    let (tell, told) = sync_channel(8);
    let net = Line::played(move |question| match question {
        Question::Report(report) => Ok(kept(report)),
        Question::Deliver(parcel) if parcel.key != "unbearable" => {
            let _nobody_listens = tell.try_send(());
            Ok(delivered(parcel))
        }
        _ => Err(AgencyError::Timeout),
    });
    let (inbox, _queue) = inbox();
    let desk = start(journal, without_printers(net), &site(), clock, Box::new(|_, _| {}), inbox).unwrap();
    assert!(desk.post(None, left()).is_none());
    assert_eq!(told.recv_timeout(GUARD), Ok(()), "it waits behind what the agency cannot bear");
    drop(desk);
    let _the_clerk_may_be_at_it = std::fs::remove_dir_all(&folder);
}

/// An Ed25519 key in PEM (RFC 8410, 7), of 32 such bytes.
fn key(byte: u8) -> String {
    let mut der = STANDARD.decode("MC4CAQAwBQYDK2VwBCIEIA==").unwrap();
    der.extend([byte; 32]);
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
}

#[test]
fn a_head_after_a_renewal_is_signed_with_the_key_of_the_old_certificate() {
    let clock = SystemClock::start();
    let (mut journal, folder) = fresh("renewed", clock.now());
    journal.note(&[(Event::Started, clock.now())]).unwrap();
    let file = folder.join("key.pem");
    std::fs::write(&file, key(1)).unwrap();
    let nobody = without_printers(Line::played(|_| Err(AgencyError::Unreachable)));
    let tools = Tools { key_file: file.display().to_string(), ..nobody };
    let mut site = site();
    site.limits.daily_spread_ms = 0;
    let (inbox, _queue) = inbox();
    let mut clerk = Clerk::new(journal, tools, &site, clock, Box::new(|_, _| {}), inbox).unwrap();
    // Nothing that is there is a key, for a moment.
    std::fs::write(&file, "").unwrap();
    clerk.catch_up();
    assert!(clerk.journal.next_parcel(0).unwrap().is_none());
    std::fs::write(&file, key(2)).unwrap();
    clerk.catch_up();
    let head = clerk.journal.next_parcel(0).unwrap().unwrap();
    let head: serde_json::Value = serde_json::from_slice(&head.content).unwrap();
    let [text, signature] = ["text", "signature"].map(|field| head.get(field).unwrap().as_str().unwrap());
    let renewed = Signer::of_pem(&key(2)).unwrap();
    assert_eq!(signature, STANDARD.encode(renewed.sign(text).unwrap()));
    drop(clerk);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_staff_enter_while_the_agency_is_asked_counts_as_a_broken_disk() {
    let clock = SystemClock::start();
    let (mut journal, folder) = fresh("entered", clock.now());
    let filing = Filing {
        session: Private::from("session"),
        subject: String::new(),
        catalogue: String::new(),
        item_version: 1,
        inputs: BTreeMap::new(),
        consent: String::new(),
        consent_words: String::new(),
        evidence: Vec::new(),
        language: "zh",
        may_wait: false,
    };
    let case = act(1, ActBody::Case(Box::new(filing)));
    journal.begin(&case, 1, Some(&content()), clock.now()).unwrap();
    journal.settle(&case.id.text, Outcome::Unknown, None, None, clock.now()).unwrap();
    journal.post(ParcelKind::Evaluation, "later", &content(), clock.now()).unwrap();
    let (tell, told) = sync_channel(8);
    let (mut beside, id) = (journal.beside().unwrap(), case.id.text.clone());
    let net = Line::played(move |question| match question {
        Question::Report(report) => Ok(kept(report)),
        Question::Find(_) => {
            let staff = By::Staff(Name::from("A017"));
            let _may_be_asked_twice = beside.resolve(&id, Outcome::Filed, None, &staff, clock.now());
            Err(refused(ProblemCode::CaseUnknown))
        }
        Question::Deliver(parcel) => {
            let _nobody_listens = tell.try_send(());
            Ok(delivered(parcel))
        }
        _ => Err(AgencyError::Timeout),
    });
    let (inbox, _queue) = inbox();
    let mut clerk = Clerk::new(journal, without_printers(net), &site(), clock, Box::new(|_, _| {}), inbox).unwrap();
    clerk.settles_after_ms = 0;
    clerk.catch_up();
    assert_eq!(told.try_recv(), Ok(()), "nothing goes any more");
    let row = clerk.journal.row(&case.id.text).unwrap().unwrap();
    assert_eq!((row.outcome.as_deref(), row.by.as_deref()), (Some("filed"), Some("A017")));
    drop(clerk);
    std::fs::remove_dir_all(&folder).unwrap();
}
