//! The driver against a printer in memory that can do what printers do: stop, lie, keep silent, forget.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::super::model;
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
    sent: Vec<u8>,
    replies: VecDeque<u8>,
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
                    script.replies.extend([0xFF; 64]);
                    return Ok(());
                }
                let round = script.rounds.front().copied().unwrap_or(READY);
                script.replies.push_back(round[usize::from(*n) - 1]);
                if *n == 4 {
                    script.asked += 1;
                    if script.rounds.len() > 1 {
                        script.rounds.pop_front();
                    }
                    if !script.sent.is_empty() && script.done_after == Some(script.asked) {
                        script.replies.push_back(0x00);
                    }
                }
            }
            other if *other == CLEAR_BUFFERS => {
                if script.answers_clear {
                    script.replies.extend(CLEARED);
                }
            }
            other => {
                script.sent.extend_from_slice(other);
                if script.done_after == Some(1) {
                    script.replies.push_back(0x00);
                }
            }
        }
        Ok(())
    }

    fn read(&mut self, into: &mut [u8], _: Instant) -> Result<usize, WireError> {
        match self.0.lock().unwrap().replies.pop_front() {
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
    let script = Arc::new(Mutex::new(script));
    let font = PathBuf::from("/nonexistent");
    let mut printer =
        EscPosPrinter::new(Box::new(Peer(script.clone())), model::find("generic-80").unwrap().clone(), font);
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
