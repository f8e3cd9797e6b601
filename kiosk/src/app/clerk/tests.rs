//! The clerk behind printers that do not come back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use contract::message::ActKept;
use hal::Private;
use hal::receipt::Receipt;

use super::*;
use crate::agency::{Answer, Question};
use crate::app::inbox::{Message, Queue, inbox};
use crate::app::printer::Port;
use crate::session::ActId;

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
    let folder = std::env::temp_dir().join(format!("clerk-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let clock = SystemClock::start();
    let mut journal = Journal::open(&folder, "0d15ea5e", "t-0301", clock.now()).unwrap();
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
        Ok(Answer::Kept(ActKept { act: report.act, outcome: report.outcome }))
    });
    let ((page, _hangs), (receipt, _hangs_too)) = (Port::stuck(PATIENCE), Port::stuck(PATIENCE));
    let printers = Printers { receipt: Some(receipt), page: Some(page) };
    let seal_to = Recipient::parse(NOBODY).unwrap();
    let tools = Tools { printers, cards: Cards::dead(), net, seal_to, auditor: None, signer: None };
    let shipped = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/site.toml"));
    let site = crate::config::load(&[shipped]).unwrap();
    let (inbox, queue) = inbox();
    let desk = start(journal, tools, &site, clock, Box::new(|_, _| {}), inbox).unwrap();
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
