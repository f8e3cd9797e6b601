//! Page printer behind a CUPS queue: hal's IPP driver against the real cupsd with the configuration that ships, before the
//! real ippeveprinter.

use std::process::Command;
use std::time::Duration;

use hal::page::{PageError, PagePrinter, Printed, Status};
use hal::{Code, Progress};

use super::page::{JOB_MS, Room, pdf, printer_at, waited_for};
use super::{Folder, cases, page, tell, within};
use crate::emulate::queue::{QueueEmulator, URI};
use crate::until::until;
use crate::watcher::Watcher;

cases! {
    the_queue_changes_the_document;
    paper_out_hides_behind_the_queue;
    printer_behind_the_queue_vanished;
    a_cancelled_job_stays_in_the_queue;
    the_queue_keeps_what_it_printed;
    the_queue_dies_with_a_job;
}

/// After the job's end the shipped configuration keeps its id for 20 s; cupsd looks every few seconds.
const FORGETS: Duration = Duration::from_secs(45);

fn rooms(folder: &Folder) -> (Room, QueueEmulator) {
    let room = Room::new(folder);
    let queue = QueueEmulator::start(page::URI, &folder.path("queue")).unwrap();
    (room, queue)
}

fn print(two_sided: bool) -> Result<Printed, PageError> {
    printer_at(URI, two_sided).print("0301-1", &pdf(), &within(JOB_MS))
}

/// Names of what lies in the spool; documents begin with `d`, the history of jobs with `c`.
fn spool(queue: &QueueEmulator) -> Vec<String> {
    let files = std::fs::read_dir(queue.spool()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(['c', 'd'])).collect()
}

/// What a program that we did not write hears of jobs that have ended.
fn ended_jobs() -> String {
    let output = Command::new("ipptool").args(["-tv", URI, "get-completed-jobs.test"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("successful-ok"), "{said}");
    said
}

fn the_queue_changes_the_document(folder: &Folder) {
    let (mut room, _queue) = rooms(folder);
    assert_eq!(print(true), Ok(Printed::default()));
    assert_eq!(room.papers(), [pdf()], "not byte for byte what was sent");
    let status = tell(&mut room.emulator, "status");
    assert!(status.ends_with("last on two-sided-long-edge"), "{status}");
}

fn paper_out_hides_behind_the_queue(folder: &Folder) {
    let (mut room, _queue) = rooms(folder);
    tell(&mut room.emulator, "paper out");
    let watcher = Watcher::default();
    let ended = watcher.run(
        JOB_MS,
        |control| printer_at(URI, false).print("0301-1", &pdf(), control),
        |watcher| {
            let missed = |w: &Watcher| w.said().contains(&Progress::Blocked(Code::PagePaperOut));
            watcher.until("the paper to be missed", missed).unwrap();
            tell(&mut room.emulator, "refill");
        },
    );
    assert_eq!(ended, Ok(Printed::default()));
    assert_eq!(room.papers(), [pdf()]);
    waited_for(Code::PagePaperOut, &watcher.said());
}

fn printer_behind_the_queue_vanished(folder: &Folder) {
    let (mut room, _queue) = rooms(folder);
    tell(&mut room.emulator, "vanish");
    let (watcher, mut printer) = (Watcher::default(), printer_at(URI, false));
    let ended = watcher.run(
        10_000,
        |control| printer.print("0301-1", &pdf(), control),
        |watcher| {
            let missed = |w: &Watcher| w.said().contains(&Progress::Blocked(Code::PageOffline));
            watcher.until("the printer to be missed", missed).unwrap();
            let status = printer_at(URI, false).status(&within(5000));
            assert_eq!(status, Ok(Status::Stopped(Code::PageOffline)));
        },
    );
    let error = ended.unwrap_err();
    assert_eq!((error, error.may_hold_job()), (PageError::NoAnswer, true));
    assert_eq!(printer.clear(&within(JOB_MS)), Ok(()));
    tell(&mut room.emulator, "return");
    assert_eq!(print(false), Ok(Printed::default()), "it does not recover");
    assert_eq!(room.papers(), [pdf()], "the job that was given up was printed all the same");
}

fn a_cancelled_job_stays_in_the_queue(folder: &Folder) {
    let (mut room, queue) = rooms(folder);
    tell(&mut room.emulator, "paper out");
    let (watcher, mut printer) = (Watcher::default(), printer_at(URI, false));
    let ended = watcher.run(
        JOB_MS,
        |control| printer.print("0301-1", &pdf(), control),
        |watcher| {
            let missed = |w: &Watcher| w.said().contains(&Progress::Blocked(Code::PagePaperOut));
            watcher.until("the paper to be missed", missed).unwrap();
            watcher.cancel.cancel();
        },
    );
    assert_eq!(ended, Err(PageError::CancelledCleared));
    assert_eq!(printer.clear(&within(JOB_MS)), Ok(()));
    assert!(!spool(&queue).iter().any(|name| name.starts_with('d')), "the document stays: {:?}", spool(&queue));
    tell(&mut room.emulator, "refill");
    // The queue looks at its printer only while it prints: what it complained of then must not close it now.
    assert!(matches!(printer.status(&within(5000)), Ok(Status::Ready(_))), "{:?}", printer.status(&within(5000)));
    assert_eq!(print(false), Ok(Printed::default()), "it does not recover");
}

fn the_queue_keeps_what_it_printed(folder: &Folder) {
    let (_room, queue) = rooms(folder);
    assert_eq!(print(false), Ok(Printed::default()));
    assert!(ended_jobs().contains("job-id ("), "a job's end could not be asked for");
    assert!(!spool(&queue).iter().any(|name| name.starts_with('d')), "the document stays: {:?}", spool(&queue));
    until("the queue to forget the job", FORGETS, || (!ended_jobs().contains("job-id (")).then_some(())).unwrap();
    assert!(spool(&queue).is_empty(), "{:?}", spool(&queue));
    assert_eq!(printer_at(URI, false).clear(&within(JOB_MS)), Ok(()));
}

fn the_queue_dies_with_a_job(folder: &Folder) {
    let (mut room, mut queue) = rooms(folder);
    tell(&mut room.emulator, "slow 60000");
    let (watcher, mut printer) = (Watcher::default(), printer_at(URI, false));
    let ended = watcher.run(
        JOB_MS,
        |control| printer.print("0301-1", &pdf(), control),
        |watcher| {
            watcher.until("the job to be taken", |w| w.said().contains(&Progress::Accepted)).unwrap();
            tell(&mut queue, "vanish");
        },
    );
    let error = ended.unwrap_err();
    assert_eq!((error, error.may_hold_job()), (PageError::NoAnswer, true));
    tell(&mut queue, "return");
    assert_eq!(printer.clear(&within(JOB_MS)), Ok(()));
    assert!(!spool(&queue).iter().any(|name| name.starts_with('d')), "the document stays: {:?}", spool(&queue));
}
