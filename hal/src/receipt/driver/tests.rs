//! The driver against a printer in memory that can do what printers do: stop, lie, keep silent, forget.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::super::model;
use super::super::status::CLEARED;
use super::*;
use crate::control::Cancel;
use crate::fault::Code;

/// What the printer does when asked.
#[derive(Default)]
struct Script {
    /// One a round of DLE EOT: its four bytes; the last one stays.
    rounds: VecDeque<[u8; 4]>,
    /// Answers GS r after that many rounds; `None` never.
    done_after: Option<usize>,
    answers_clear: bool,
    junk: bool,
    /// Comes right behind the first round of answers.
    stale: Option<u8>,
    /// Comes by itself once there is a job.
    said: VecDeque<Option<u8>>,
    sent: Vec<u8>,
    /// `None` is a silence: whoever waits has waited in vain.
    replies: VecDeque<Option<u8>>,
    asked: usize,
}

const READY: [u8; 4] = [0x12; 4];
const PAPER_OUT: [u8; 4] = [0x1A, 0x32, 0x12, 0x72];

struct Peer(Arc<Mutex<Script>>);

impl Dial for Peer {
    fn dial(&mut self, _: Instant) -> Result<Box<dyn Wire>, WireError> {
        Ok(Box::new(Self(self.0.clone())))
    }
}

impl Wire for Peer {
    fn send(&mut self, bytes: &[u8], _: Instant) -> Result<(), WireError> {
        let mut script = self.0.lock().unwrap();
        match bytes {
            [0x10, 0x04, n] => {
                if script.junk {
                    script.replies.extend([Some(0xFF); 64]);
                    return Ok(());
                }
                // It answers before anybody gives up.
                script.replies.retain(Option::is_some);
                let round = script.rounds.front().copied().unwrap_or(READY);
                script.replies.push_back(Some(round[usize::from(*n) - 1]));
                if *n == 4 {
                    let stale = script.stale.take();
                    script.replies.extend(stale.map(Some));
                    script.asked += 1;
                    if script.rounds.len() > 1 {
                        script.rounds.pop_front();
                    }
                    if !script.sent.is_empty() && script.done_after == Some(script.asked) {
                        script.replies.push_back(Some(0x00));
                    }
                }
            }
            other if *other == CLEAR_BUFFERS => {
                if script.answers_clear {
                    script.replies.extend(CLEARED.map(Some));
                }
            }
            other if *other == ASB_ON => script.replies.extend([0x10, 0x00, 0x00, 0x00].map(Some)),
            other => {
                script.sent.extend_from_slice(other);
                if script.done_after == Some(1) {
                    script.replies.push_back(Some(0x00));
                }
                let said = std::mem::take(&mut script.said);
                script.replies.extend(said);
            }
        }
        Ok(())
    }

    fn read(&mut self, into: &mut [u8], _: Instant) -> Result<usize, WireError> {
        match self.0.lock().unwrap().replies.pop_front().flatten() {
            Some(byte) => {
                into[0] = byte;
                Ok(1)
            }
            // Silence: the deadline has passed at once, nothing waits for real.
            None => Err(WireError::Timeout),
        }
    }
}

struct Ran {
    result: Result<(), ReceiptError>,
    news: Vec<Progress>,
    sent: Vec<u8>,
}

fn print(script: Script, cancel_when_blocked: bool) -> Ran {
    print_on("generic-80", script, cancel_when_blocked)
}

fn print_on(model: &str, script: Script, cancel_when_blocked: bool) -> Ran {
    let script = Arc::new(Mutex::new(script));
    let font = PathBuf::from("/nonexistent");
    let mut printer = EscPosPrinter::new(Box::new(Peer(script.clone())), model::find(model).unwrap().clone(), font);
    let news = RefCell::new(Vec::new());
    let cancel = Cancel::default();
    let told = cancel.clone();
    let progress = |progress| {
        news.borrow_mut().push(progress);
        if cancel_when_blocked && matches!(progress, Progress::Blocked(_)) {
            told.cancel();
        }
    };
    let control = Control { deadline: Instant::now() + Duration::from_millis(20), cancel, progress: &progress };
    let receipt = Receipt { lines: vec![super::super::Line::Text("凭条".to_owned())], columns: Vec::new() };
    let result = printer.print(&receipt, &control);
    let sent = script.lock().unwrap().sent.clone();
    Ran { result, news: news.into_inner(), sent }
}

#[test]
fn a_good_printer_is_not_believed() {
    let ran = print(Script { done_after: Some(1), ..Script::default() }, false);
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.news, [Progress::Accepted]);
    assert!(ran.sent.ends_with(&GS_R_1), "the status request must be the last command");
}

#[test]
fn paper_is_out_before_the_first_byte() {
    let ran = print(Script { rounds: [PAPER_OUT].into(), ..Script::default() }, false);
    assert_eq!(ran.result, Err(ReceiptError::NotReady(Status::PaperOut)));
    assert!(ran.sent.is_empty(), "a printer without paper was sent a job");
}

#[test]
fn paper_runs_out_on_the_way_and_is_refilled() {
    let rounds = [READY, PAPER_OUT, PAPER_OUT, READY];
    let ran = print(Script { rounds: rounds.into(), done_after: Some(4), ..Script::default() }, false);
    assert_eq!(ran.result, Ok(()));
    assert_eq!(ran.news, [Progress::Accepted, Progress::Blocked(Code::ReceiptPaperOut), Progress::Resumed]);
}

#[test]
fn the_printer_never_answers() {
    let ran = print(Script::default(), false);
    assert_eq!(ran.result, Err(ReceiptError::NoAnswer));
}

#[test]
fn the_printer_says_done_without_paper() {
    let rounds = [READY, PAPER_OUT];
    let ran = print(Script { rounds: rounds.into(), done_after: Some(1), ..Script::default() }, false);
    assert_eq!(ran.result, Err(ReceiptError::NoAnswer));
}

#[test]
fn the_citizen_leaves_while_paper_is_out() {
    let script = |answers_clear| Script { rounds: [READY, PAPER_OUT].into(), answers_clear, ..Script::default() };
    assert_eq!(print(script(true), true).result, Err(ReceiptError::CancelledCleared));
    assert_eq!(print(script(false), true).result, Err(ReceiptError::CancelledHeld));
}

#[test]
fn the_peer_is_no_printer() {
    let ran = print(Script { junk: true, ..Script::default() }, false);
    assert_eq!(ran.result, Err(ReceiptError::Unreachable));
    assert!(ran.sent.is_empty());
}

/// One that is asked, and one that tells by itself. A memory switch has the first tell by itself, too.
const MODELS: [&str; 2] = ["generic-80", "asb-80"];

#[test]
fn bytes_that_are_no_answer_count_as_one() {
    let said: [&[u8]; 8] = [
        &[0x14, 0x00, 0x00, 0x03],
        &[0x14, 0x00, 0x03, 0x00],
        // Its rest is lost, or its head.
        &[0x14, 0x00],
        &[0x00, 0x00, 0x03],
        // An answer, and what may deny it.
        &[0x00, 0x18, 0x00],
        &[0x14, 0x00, 0x00, 0x03, 0x00, 0x00],
        // An old job is cleared, or this one.
        &CLEARED,
        &[0x37, 0x25, 0x00, 0x00],
    ];
    for (model, said) in MODELS.into_iter().flat_map(|model| said.map(|said| (model, said))) {
        let ran =
            print_on(model, Script { said: said.iter().copied().map(Some).collect(), ..Script::default() }, false);
        assert_eq!(ran.result, Err(ReceiptError::NoAnswer), "{model} says {said:02X?}");
        assert!(ran.sent.ends_with(&GS_R_1));
    }
}

#[test]
fn a_status_comes_in_pieces_around_the_answer() {
    let cases = [
        ("generic-80", [0x14, 0x00, 0x00, 0x03, 0x00]),
        ("generic-80", [0x00, 0x14, 0x00, 0x03, 0x00]),
        ("asb-80", [0x14, 0x00, 0x03, 0x00, 0x00]),
    ];
    for (model, bytes) in cases {
        for cut in 0..=bytes.len() {
            let mut said: VecDeque<_> = bytes.into_iter().map(Some).collect();
            said.insert(cut, None);
            let ran = print_on(model, Script { said, ..Script::default() }, false);
            assert_eq!(ran.result, Ok(()), "{model} says {bytes:02X?}, with a silence before byte {cut}");
        }
    }
}

#[test]
fn an_answer_from_before_the_job_counts_as_its_own() {
    // Before the printer says how it is, and right behind that.
    let before = || Script { replies: [Some(0x00)].into(), ..Script::default() };
    let behind = || Script { stale: Some(0x00), ..Script::default() };
    for model in MODELS {
        assert_eq!(print_on(model, before(), false).result, Err(ReceiptError::NoAnswer), "{model}");
    }
    assert_eq!(print(behind(), false).result, Err(ReceiptError::NoAnswer));
    // Nor does it, or a late word of an old job, count against the job.
    assert_eq!(print(Script { done_after: Some(1), ..behind() }, false).result, Ok(()));
    let cleared = Script { replies: CLEARED.map(Some).into(), done_after: Some(1), ..Script::default() };
    assert_eq!(print(cleared, false).result, Ok(()));
}
