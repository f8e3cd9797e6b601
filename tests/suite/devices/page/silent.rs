//! A page printer that takes the connection and then says nothing, speaks in crumbs, or stops in the middle of its answer: each call of hal's
//! driver ends all the same, and none says that anything was printed. And one that says no when it has the
//! document, one that only hands its job on, and one that is too busy for a question. No real printer can be told to be like that.

use std::cell::RefCell;
use std::io::{Error, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use hal::control::{Control, Progress};
use hal::fault::Code;
use hal::page::ipp::IppPrinter;
use hal::page::{PageError, PagePrinter as _, Printed};
use hal::receipt::Paper;
use hall::cases::page::pdf;

use crate::devices::within;

/// More than any call here takes, on a machine with two busy cores: a job's last look has five seconds of its own.
const GUARD: Duration = Duration::from_secs(30);
/// Between two crumbs: many of them fall into the shortest deadline.
const CRUMB: Duration = Duration::from_millis(20);
/// The deadline of a call to a printer that is silent from the beginning.
const SHORT_MS: u64 = 300;
/// The same where it has to answer something first.
const JOB_MS: u64 = 3000;
const JOB: &str = "t-0301-0badcafe-1";

/// Operations (RFC 8011 5.4.15), by their second byte; the first is 0.
const PRINT_JOB: u8 = 0x02;
const GET_JOB_ATTRIBUTES: u8 = 0x09;
const GET_JOBS: u8 = 0x0A;
const GET_PRINTER_ATTRIBUTES: u8 = 0x0B;

/// Tags of RFC 8010 3.5.
const JOB_GROUP: u8 = 0x02;
const END: u8 = 0x03;
const PRINTER_GROUP: u8 = 0x04;
const INTEGER: u8 = 0x21;
const ENUM: u8 = 0x23;
const NAME: u8 = 0x42;
const KEYWORD: u8 = 0x44;

/// States of a job (RFC 8011 5.3.7).
const RUNNING: u8 = 5;
const COMPLETED: u8 = 9;

#[derive(Clone, Copy, Debug)]
enum Silence {
    /// Not one byte.
    Whole,
    /// The head of an answer, a letter at a time, without end.
    Head,
    /// A head, and then a text, a letter at a time, without end.
    Body,
    /// An answer but for its last byte, which says that it is complete.
    Half,
}

const SILENCES: [Silence; 4] = [Silence::Whole, Silence::Head, Silence::Body, Silence::Half];

/// A printer that is well, has one job, and has printed it; it falls silent when it is asked `at`. It ends with the test's process.
fn printer(at: u8, how: Silence) -> IppPrinter {
    listening(move |peer| serve(peer, at, how))
}

/// A printer that answers a document with this status.
fn refusing(status: u16) -> IppPrinter {
    answering(move |operation| match operation {
        PRINT_JOB => refused(operation, status),
        _ => answer(operation),
    })
}

/// A printer that answers each operation with this.
fn answering(answer: impl Fn(u8) -> Vec<u8> + Copy + Send + 'static) -> IppPrinter {
    listening(move |mut peer| {
        let Some(operation) = asked(&mut peer) else { return };
        let answer = answer(operation);
        let _gone = peer.write_all(&[head(answer.len()), answer].concat());
    })
}

fn listening(serve: impl Fn(TcpStream) + Copy + Send + 'static) -> IppPrinter {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("ipp://{}/ipp/print", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for peer in listener.incoming() {
            std::thread::spawn(move || serve(peer.unwrap()));
        }
    });
    IppPrinter::new(&uri, false)
}

fn head(length: usize) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes()
}

fn serve(mut peer: TcpStream, at: u8, how: Silence) {
    let Some(operation) = asked(&mut peer) else { return };
    let answer = answer(operation);
    let whole = [head(answer.len()), answer].concat();
    if operation != at {
        let _gone = peer.write_all(&whole);
        return;
    }
    // Status 0, then a text of 32767 letters.
    let endless = b"\x01\x01\0\0\0\0\0\x01\x04\x41\0\x01x\x7F\xFF".to_vec();
    let (said, crumbs) = match how {
        Silence::Whole => (Vec::new(), false),
        Silence::Head => (b"HTTP/1.1 200 OK\r\nServer: ".to_vec(), true),
        Silence::Body => ([head(1 << 20), endless].concat(), true),
        Silence::Half => (whole[..whole.len() - 1].to_vec(), false),
    };
    let _gone = peer.write_all(&said);
    peer.set_read_timeout(Some(CRUMB)).unwrap();
    // Nothing more comes: each read ends for the next crumb, and the last when the driver has gone.
    let mut byte = [0_u8];
    loop {
        let time_is_up = |error: Error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        let waits = peer.read(&mut byte).is_err_and(time_is_up);
        if !waits || crumbs && peer.write_all(b"a").is_err() {
            return;
        }
    }
}

/// Reads a request to its end; which operation it asks for.
fn asked(peer: &mut TcpStream) -> Option<u8> {
    let (mut request, mut some) = (Vec::new(), [0; 4096]);
    // The driver sends in chunks, of which the last is empty.
    while !request.ends_with(b"\r\n0\r\n\r\n") {
        let count = peer.read(&mut some).ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&some[..count]);
    }
    let body = request.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    // After the chunk's size: the version in two bytes, the operation in two.
    let chunk = body + request[body..].windows(2).position(|bytes| bytes == b"\r\n")? + 2;
    request.get(chunk + 3).copied()
}

fn attribute(tag: u8, name: &str, value: &[u8]) -> Vec<u8> {
    let long = |bytes: &[u8]| [0, u8::try_from(bytes.len()).unwrap()];
    let (name_long, value_long) = (long(name.as_bytes()), long(value));
    [[tag].as_slice(), name_long.as_slice(), name.as_bytes(), value_long.as_slice(), value].concat()
}

fn answer(operation: u8) -> Vec<u8> {
    saying(operation, COMPLETED, "none")
}

/// An answer with this status instead.
fn refused(operation: u8, status: u16) -> Vec<u8> {
    let mut answer = answer(operation);
    answer[2..4].copy_from_slice(&status.to_be_bytes());
    answer
}

/// An answer with this state of the job, and this reason for the state of what is asked about.
fn saying(operation: u8, state: u8, reason: &str) -> Vec<u8> {
    let number = |tag: u8, name: &str, value: u8| attribute(tag, name, &[0, 0, 0, value]);
    let reasons = |name: &str| attribute(KEYWORD, name, reason.as_bytes());
    let id = number(INTEGER, "job-id", 1);
    let job = [number(ENUM, "job-state", state), reasons("job-state-reasons")].concat();
    let (group, attributes) = match operation {
        GET_PRINTER_ATTRIBUTES => {
            (PRINTER_GROUP, [number(ENUM, "printer-state", 3), reasons("printer-state-reasons")].concat())
        }
        PRINT_JOB => (JOB_GROUP, [id, number(ENUM, "job-state", 3)].concat()),
        GET_JOB_ATTRIBUTES => (JOB_GROUP, job),
        _ => (JOB_GROUP, [id, attribute(NAME, "job-name", JOB.as_bytes()), job].concat()),
    };
    [vec![1, 1, 0, 0, 0, 0, 0, 1, group], attributes, vec![END]].concat()
}

/// Begins a call in a thread of its own.
fn begun<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (end, ended) = sync_channel(1);
    std::thread::spawn(move || drop(end.send(call())));
    ended
}

/// What it comes to.
fn ended<T>(call: &Receiver<T>) -> T {
    call.recv_timeout(GUARD).unwrap_or_else(|_| panic!("the printer is waited for without end"))
}

/// Prints on one printer for each way of falling silent `at`, all at the same time.
fn print_on_each(at: u8) -> [Result<Printed, PageError>; 4] {
    let calls = SILENCES.map(|how| {
        let mut printer = printer(at, how);
        begun(move || printer.print(JOB, &pdf(), &within(JOB_MS)))
    });
    calls.map(|call| ended(&call))
}

#[test]
fn a_printer_that_takes_the_call_and_says_nothing_is_waited_for_without_end() {
    // While it does not fall silent, all is well with it.
    let mut well = printer(0, Silence::Whole);
    assert_eq!(well.has_printed(JOB, &within(20_000)), Ok(true));
    assert_eq!(well.print(JOB, &pdf(), &within(20_000)), Ok(Printed::default()));
    for how in SILENCES {
        let silent = |at| printer(at, how);
        let [mut first, mut second, mut third] = [GET_PRINTER_ATTRIBUTES; 3].map(silent);
        let [mut fourth, mut fifth] = [GET_JOBS; 2].map(silent);
        let calls = [
            begun(move || first.status(&within(SHORT_MS)).map(drop)),
            begun(move || second.identity(&within(SHORT_MS)).map(drop)),
            begun(move || third.print(JOB, &pdf(), &within(SHORT_MS)).map(drop)),
            begun(move || fourth.has_printed(JOB, &within(SHORT_MS)).map(drop)),
            begun(move || fifth.clear(&within(SHORT_MS))),
        ];
        let [status, identity, print, has_printed, clear] = calls.map(|call| ended(&call));
        for asked in [status, identity, print, has_printed] {
            assert_eq!(asked, Err(PageError::Unreachable), "{how:?}");
        }
        assert_eq!(clear, Err(PageError::CancelledHeld), "{how:?}");
    }
}

#[test]
fn a_job_whose_taking_is_not_confirmed_counts_as_none() {
    for (printed, how) in print_on_each(PRINT_JOB).into_iter().zip(SILENCES) {
        let error = printed.unwrap_err();
        assert_eq!(error, PageError::NoAnswer, "{how:?}");
        assert_eq!((error.paper(), error.may_hold_job()), (Paper::Perhaps, true), "{how:?}");
    }
}

#[test]
fn an_error_in_the_middle_of_a_document_counts_as_no_paper() {
    // Device error, job cancelled, document format error: the first sheet may lie there.
    for status in [0x0504, 0x0508, 0x0411] {
        let mut printer = refusing(status);
        let error = ended(&begun(move || printer.print(JOB, &pdf(), &within(20_000)))).unwrap_err();
        assert_eq!((error.paper(), error.may_hold_job()), (Paper::Perhaps, true), "{status:#06x}");
    }
    // Not accepting jobs, document format not supported.
    for status in [0x0506, 0x040A] {
        let mut printer = refusing(status);
        let refused = ended(&begun(move || printer.print(JOB, &pdf(), &within(20_000))));
        assert_eq!(refused, Err(PageError::Refused), "{status:#06x}");
        assert_eq!(PageError::Refused.paper(), Paper::None);
    }
}

#[test]
fn half_an_answer_about_a_job_counts_as_printed() {
    for (printed, how) in print_on_each(GET_JOB_ATTRIBUTES).into_iter().zip(SILENCES) {
        assert_eq!(printed, Err(PageError::NoAnswer), "{how:?}");
    }
}

#[test]
fn a_job_that_was_only_handed_on_counts_as_printed() {
    for reason in ["queued-in-device", "job-completed-with-errors"] {
        let mut printer = answering(move |operation| saying(operation, COMPLETED, reason));
        assert_eq!(printer.has_printed(JOB, &within(20_000)), Ok(false), "{reason}");
        let error = ended(&begun(move || printer.print(JOB, &pdf(), &within(20_000)))).unwrap_err();
        assert_eq!((error.paper(), error.may_hold_job()), (Paper::Perhaps, true), "{reason}");
    }
}

#[test]
fn one_question_too_many_for_a_printer_without_paper_counts_as_paper_or_hides_it() {
    const BUSY: u16 = 0x0507;
    // How often it was asked for the job.
    static LOOKS: AtomicU8 = AtomicU8::new(0);
    let mut printer = answering(|operation| {
        let look = LOOKS.load(Ordering::SeqCst) + u8::from(operation == GET_JOB_ATTRIBUTES);
        LOOKS.store(look, Ordering::SeqCst);
        match (look, operation) {
            // Asked for the printer, then for the job, it is too busy.
            (2, GET_PRINTER_ATTRIBUTES) | (4, GET_JOB_ATTRIBUTES) => refused(operation, BUSY),
            (1..=3, GET_PRINTER_ATTRIBUTES) => saying(operation, RUNNING, "media-empty"),
            (..=5, _) => saying(operation, RUNNING, "none"),
            _ => answer(operation),
        }
    });
    let call = begun(move || {
        let told = RefCell::new(Vec::new());
        let hear = |news: Progress| told.borrow_mut().push(news);
        let printed = printer.print(JOB, &pdf(), &Control { progress: &hear, ..within(20_000) });
        (printed, told.into_inner())
    });
    let told = vec![Progress::Accepted, Progress::Blocked(Code::PagePaperOut), Progress::Resumed];
    assert_eq!(ended(&call), (Ok(Printed::default()), told));
}
