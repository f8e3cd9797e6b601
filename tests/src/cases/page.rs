//! Page printer, asked directly: hal's IPP driver against the real ippeveprinter.

use hal::page::ipp::IppPrinter;
use hal::page::{PageError, PagePrinter, Printed, Status};
use hal::{Code, Progress};

use super::{Folder, cases, tell, within};
use crate::emulate::page::PageEmulator;
use crate::ground::Naming;
use crate::watcher::Watcher;

cases! {
    page_printer_vanished;
    page_cover_open;
    job_printed_again_after_a_jam;
    a_jam_from_before_the_job_is_told_as_one_of_the_job;
    job_accepted_then_aborted;
    document_of_another_format;
    page_printer_vanishes_mid_job;
    sheets_come_out_on_one_side;
    paper_and_toner_are_not_read;
    the_job_of_another_terminal_is_cancelled;
    a_job_that_did_not_end_well_counts_as_printed;
}

const PORT: u16 = 8631;
/// The printer itself.
pub const URI: &str = "ipp://localhost:8631/ipp/print";
/// More than any undisturbed job takes on a machine with two busy cores.
pub const JOB_MS: u64 = 30_000;

/// The driver, as a site's configuration makes it.
#[must_use]
pub fn printer_at(uri: &str, two_sided: bool) -> IppPrinter {
    kiosk::devices::page(&contract::site::devices::PagePrinter { uri: uri.to_owned(), two_sided })
}

/// A printer that is on, and what it needs to be.
pub struct Room {
    /// The printer.
    pub emulator: PageEmulator,
    out: std::path::PathBuf,
    _naming: Naming,
}

impl Room {
    /// Switches it on; its files go into `folder`.
    #[must_use]
    pub fn new(folder: &Folder) -> Self {
        let naming = Naming::start(&folder.path("")).unwrap();
        let emulator = PageEmulator::start(PORT, &folder.path("page")).unwrap();
        Self { emulator, out: folder.path("page/out"), _naming: naming }
    }

    /// Every document that came out to its end.
    #[must_use]
    pub fn papers(&self) -> Vec<Vec<u8>> {
        std::fs::read_dir(&self.out).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

/// A sheet with one line on it, as small as PDF allows.
#[must_use]
pub fn pdf() -> Vec<u8> {
    let draws = "72 72 m 523 770 l S";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R>>".to_owned(),
        format!("<</Length {}>>stream\n{draws}\nendstream", draws.len()),
    ];
    let (mut file, mut places) = ("%PDF-1.4\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        places += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj{object}endobj\n");
    }
    let table = file.len();
    file +=
        &format!("xref\n0 5\n0000000000 65535 f \n{places}trailer<</Size 5/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
    file.into_bytes()
}

/// That a job waited for `code` once, and for nothing else. It may have ended between two looks; then nobody hears that it went on.
pub fn waited_for(code: Code, said: &[Progress]) {
    let all = [Progress::Accepted, Progress::Blocked(code), Progress::Resumed];
    assert!(said.len() >= 2 && all.starts_with(said), "{said:?}");
}

/// Prints; once the job waits for `code`, somebody does `cure` to the printer.
fn cured(room: &mut Room, code: Code, cure: &str) -> (Result<Printed, PageError>, Vec<Progress>) {
    let (watcher, mut printer) = (Watcher::default(), printer_at(URI, false));
    let ended = watcher.run(
        JOB_MS,
        |control| printer.print("0301-1", &pdf(), control),
        |watcher| {
            watcher.until("the job to wait", |w| w.said().contains(&Progress::Blocked(code))).unwrap();
            tell(&mut room.emulator, cure);
        },
    );
    (ended, watcher.said())
}

fn prints(room: &Room, count: usize) {
    let ended = printer_at(URI, false).print("0301-2", &pdf(), &within(JOB_MS));
    assert_eq!(ended, Ok(Printed::default()), "it does not recover");
    assert_eq!(room.papers(), vec![pdf(); count]);
}

fn the_job_of_another_terminal_is_cancelled(folder: &Folder) {
    let mut room = Room::new(folder);
    tell(&mut room.emulator, "cover open");
    let (watcher, mut theirs, mut ours) =
        (Watcher::default(), printer_at(URI, false), printer_at(URI, false).shared(|name| name.starts_with("t-0301-")));
    let ended = watcher.run(
        JOB_MS,
        |control| theirs.print("t-0302-1", &pdf(), control),
        |watcher| {
            watcher.until("the job to wait", |w| w.said().contains(&Progress::Blocked(Code::PageCoverOpen))).unwrap();
            assert_eq!(ours.clear(&within(5000)), Ok(()));
            tell(&mut room.emulator, "cover close");
        },
    );
    assert_eq!((ended, room.papers().len()), (Ok(Printed::default()), 1));
}

fn page_printer_vanished(folder: &Folder) {
    let mut room = Room::new(folder);
    let mut printer = printer_at(URI, false);
    assert_eq!(printer.status(&within(5000)), Ok(Status::Ready(None)));
    tell(&mut room.emulator, "vanish");
    assert_eq!(printer.status(&within(5000)), Err(PageError::Unreachable));
    assert_eq!(printer.print("0301-1", &pdf(), &within(JOB_MS)), Err(PageError::Unreachable));
    tell(&mut room.emulator, "return");
    prints(&room, 1);
}

fn page_cover_open(folder: &Folder) {
    let mut room = Room::new(folder);
    tell(&mut room.emulator, "cover open");
    let (ended, said) = cured(&mut room, Code::PageCoverOpen, "cover close");
    assert_eq!(ended, Ok(Printed { finding: None }));
    waited_for(Code::PageCoverOpen, &said);
    assert_eq!(room.papers(), [pdf()]);
}

fn job_printed_again_after_a_jam(folder: &Folder) {
    let mut room = Room::new(folder);
    tell(&mut room.emulator, "jam held");
    let (ended, said) = cured(&mut room, Code::PageJam, "clear");
    assert_eq!(ended, Ok(Printed { finding: Some(Code::PageReprinted) }));
    waited_for(Code::PageJam, &said);
    prints(&room, 2);
}

fn a_jam_from_before_the_job_is_told_as_one_of_the_job(folder: &Folder) {
    let mut room = Room::new(folder);
    tell(&mut room.emulator, "jam");
    let ended = printer_at(URI, false).print("0301-1", &pdf(), &within(JOB_MS));
    assert_eq!(ended, Err(PageError::Aborted(Code::PageJam)));
    tell(&mut room.emulator, "clear");
    // The old jam is still mentioned; no sheet of the next job lies there twice.
    prints(&room, 1);
}

fn job_accepted_then_aborted(folder: &Folder) {
    let mut room = Room::new(folder);
    tell(&mut room.emulator, "abort");
    let error = printer_at(URI, false).print("0301-1", &pdf(), &within(JOB_MS)).unwrap_err();
    assert_eq!((error, error.may_hold_job()), (PageError::Aborted(Code::PageAborted), false));
    tell(&mut room.emulator, "clear");
    prints(&room, 1);
}

fn document_of_another_format(folder: &Folder) {
    let mut room = Room::new(folder);
    tell(&mut room.emulator, "format pictures");
    let ended = printer_at(URI, false).print("0301-1", &pdf(), &within(JOB_MS));
    assert_eq!(ended, Err(PageError::Refused));
    tell(&mut room.emulator, "format documents");
    prints(&room, 1);
}

fn page_printer_vanishes_mid_job(folder: &Folder) {
    let mut room = Room::new(folder);
    tell(&mut room.emulator, "slow 60000");
    let (watcher, mut printer) = (Watcher::default(), printer_at(URI, false));
    let ended = watcher.run(
        JOB_MS,
        |control| printer.print("0301-1", &pdf(), control),
        |watcher| {
            watcher.until("the job to be taken", |w| w.said().contains(&Progress::Accepted)).unwrap();
            tell(&mut room.emulator, "vanish");
        },
    );
    let error = ended.unwrap_err();
    assert_eq!((error, error.may_hold_job()), (PageError::NoAnswer, true));
    tell(&mut room.emulator, "slow 0");
    tell(&mut room.emulator, "return");
    assert_eq!(printer.clear(&within(JOB_MS)), Ok(()), "it has forgotten its jobs, and says so");
    prints(&room, 1);
}

fn sheets_come_out_on_one_side(folder: &Folder) {
    let mut room = Room::new(folder);
    for (both, asked) in [(true, "last on two-sided-long-edge"), (false, "last on sides not asked for")] {
        assert_eq!(printer_at(URI, both).print("0301-1", &pdf(), &within(JOB_MS)), Ok(Printed::default()));
        let status = tell(&mut room.emulator, "status");
        assert!(status.ends_with(asked), "{both}: {status}");
    }
}

fn paper_and_toner_are_not_read(folder: &Folder) {
    let _room = Room::new(folder);
    let told = printer_at(URI, false).identity(&within(JOB_MS)).unwrap();
    assert_eq!(told.media_ready, ["iso_a4_210x297mm"]);
    assert_eq!(told.supplies, [("Black".to_owned(), Some(62)), ("Waste".to_owned(), None)]);
    assert_eq!((told.two_sided, told.firmware.as_deref()), (true, Some("1.2")));
}

fn a_job_that_did_not_end_well_counts_as_printed(folder: &Folder) {
    let mut room = Room::new(folder);
    let mut printer = printer_at(URI, false);
    tell(&mut room.emulator, "abort");
    assert_eq!(printer.print("0301-1", &pdf(), &within(JOB_MS)), Err(PageError::Aborted(Code::PageAborted)));
    tell(&mut room.emulator, "clear");
    assert_eq!(printer.print("0301-2", &pdf(), &within(JOB_MS)), Ok(Printed::default()));
    // The last two it has never had: one is what the others' names begin with.
    for (name, printed) in [("0301-1", false), ("0301-2", true), ("0301-3", false), ("0301", false)] {
        assert_eq!(printer.has_printed(name, &within(5000)), Ok(printed), "{name}");
    }
    tell(&mut room.emulator, "vanish");
    assert_eq!(printer.has_printed("0301-2", &within(5000)), Err(PageError::Unreachable));
}
