//! The faults of the reader for staff cards, one by one, behind the real pcscd: what the driver reports, and that it works again when the
//! cause is gone. Only inside [`crate::namespace`].

use std::cell::RefCell;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use agency::staff::sign;
use hal::card::link::CardSocket;
use hal::card::pcsc::open;
use hal::card::{CardEvent, CardWatch};
use hal::staff::pcsc::PcscStaffReader;
use hal::staff::{Algorithm, Signed, StaffError, StaffReader};
use hal::{Cancel, Code, Control, Progress};

use super::card::as_nobody;
use super::{Folder, cases, tell, within};
use crate::daemon::pcscd::{self, Pcscd};
use crate::emulate::staff::StaffEmulator;
use crate::until::until;

const CHALLENGE: [u8; 16] = *b"sixteen of these";
/// How long news from the daemon may take; its own looks are 400 ms apart.
const NEWS: Duration = Duration::from_secs(10);

cases! {
    staff_reader_unplugged;
    staff_reader_not_permitted;
    staff_card_held_by_another_program;
    another_card_before_the_staff_reader;
    staff_card_lifted_too_early;
    staff_card_left_behind;
    nobody_presents_a_staff_card;
    citizen_leaves_while_staff_is_waited_for;
}

struct Stand {
    daemon: Pcscd,
    staff: StaffEmulator,
    reader: PcscStaffReader,
}

impl Stand {
    fn new(folder: &Folder) -> Self {
        let daemon = Pcscd::start(Path::new(&folder.path(""))).unwrap();
        let reader = PcscStaffReader::new(open(pcscd::STAFF_READER));
        let mut stand = Self { daemon, staff: StaffEmulator::new(pcscd::STAFF_PORT), reader };
        stand.reader.status(&within(10_000)).unwrap();
        stand
    }

    /// Waits until a card has signed. Another lies there from before, so that it is known when the reader looks; once that is gone, and
    /// before the reader looks again, `then` is done.
    fn wait(&mut self, ms: u64, then: impl Fn(&mut StaffEmulator, &Cancel)) -> Result<Signed, StaffError> {
        let Self { staff, reader, .. } = self;
        // The daemon looks every 400 ms: what lay there last must be gone for it, too.
        let empty = || {
            let (mut watch, _) = open(pcscd::STAFF_READER);
            let ready = watch.next(NEWS) == Some(CardEvent::ReaderReady);
            (ready && watch.next(Duration::from_millis(50)).is_none()).then_some(())
        };
        until("the reader to be empty", NEWS, empty).unwrap();
        tell(staff, "lay A018");
        // What a new eye has seen, the reader sees at its first look.
        let (mut watch, _) = open(pcscd::STAFF_READER);
        let seen = || matches!(watch.next(NEWS), Some(CardEvent::Inserted(_))).then_some(());
        until("the card from before", NEWS, seen).unwrap();
        let (staff, cancel) = (RefCell::new(staff), Cancel::default());
        let progress = |news| match news {
            Progress::Blocked(Code::StaffLeftBehind) => drop(tell(&mut **staff.borrow_mut(), "lift")),
            Progress::Resumed => then(&mut staff.borrow_mut(), &cancel),
            other => panic!("{other:?}"),
        };
        let deadline = Instant::now() + Duration::from_millis(ms);
        reader.await_signature(&CHALLENGE, &Control { deadline, cancel: cancel.clone(), progress: &progress })
    }

    /// A good card signs, so whatever was wrong is over.
    fn works(&mut self) {
        let signature = sign("A017", &CHALLENGE).unwrap();
        let right = Signed { staff: "A017".to_owned(), algorithm: Algorithm::Ed25519, signature };
        assert_eq!(self.wait(60_000, |staff, _| drop(tell(staff, "lay A017"))), Ok(right));
        tell(&mut self.staff, "lift");
    }
}

fn staff_reader_unplugged(folder: &Folder) {
    let mut stand = Stand::new(folder);
    tell(&mut stand.daemon, "kill");
    assert_eq!(stand.reader.await_signature(&CHALLENGE, &within(10_000)), Err(StaffError::Absent));
    tell(&mut stand.daemon, "start");
    until("the reader", NEWS, || stand.reader.status(&within(1000)).ok()).unwrap();
    stand.works();
    let mut other = PcscStaffReader::new(open("Nonesuch"));
    assert_eq!(other.status(&within(10_000)), Err(StaffError::Absent));
}

/// The daemon's socket is root's alone, and we are not root.
fn staff_reader_not_permitted(folder: &Folder) {
    let mut stand = Stand::new(folder);
    let mode = |mode| std::fs::set_permissions(pcscd::SOCKET, PermissionsExt::from_mode(mode)).unwrap();
    let status = || PcscStaffReader::new(open(pcscd::STAFF_READER)).status(&within(10_000));
    mode(0o600);
    assert_eq!(as_nobody(status).unwrap(), Err(StaffError::NotPermitted));
    mode(0o666);
    assert_eq!(as_nobody(status).unwrap(), Ok(()));
    stand.works();
}

fn staff_card_held_by_another_program(folder: &Folder) {
    let mut stand = Stand::new(folder);
    let (watch, other) = open(pcscd::STAFF_READER);
    let theirs = RefCell::new((watch, other));
    let held = stand.wait(60_000, |staff, _| {
        tell(staff, "lay A017");
        let (watch, other) = &mut *theirs.borrow_mut();
        until("the other program to have the card", NEWS, || match watch.next(NEWS)? {
            CardEvent::Inserted(card) => other.open_link(card).ok(),
            _ => None,
        })
        .unwrap();
    });
    assert_eq!(held, Err(StaffError::Busy));
    theirs.borrow_mut().1.close();
    tell(&mut stand.staff, "lift");
    stand.works();
}

fn another_card_before_the_staff_reader(folder: &Folder) {
    let mut stand = Stand::new(folder);
    assert_eq!(stand.wait(60_000, |staff, _| drop(tell(staff, "lay foreign"))), Err(StaffError::Foreign));
    tell(&mut stand.staff, "lift");
    stand.works();
}

fn staff_card_lifted_too_early(folder: &Folder) {
    let mut stand = Stand::new(folder);
    let lifted = stand.wait(60_000, |staff, _| {
        tell(staff, "lift mid-apdu");
        tell(staff, "lay A017");
    });
    assert_eq!(lifted, Err(StaffError::Unreadable));
    tell(&mut stand.staff, "lift");
    stand.works();
}

fn staff_card_left_behind(folder: &Folder) {
    let mut stand = Stand::new(folder);
    // Nothing of the card from before was asked: else the answer were its.
    stand.works();
    stand.works();
}

fn nobody_presents_a_staff_card(folder: &Folder) {
    let mut stand = Stand::new(folder);
    assert_eq!(stand.reader.await_signature(&CHALLENGE, &within(400)), Err(StaffError::NothingPresented));
    stand.works();
}

fn citizen_leaves_while_staff_is_waited_for(folder: &Folder) {
    let mut stand = Stand::new(folder);
    assert_eq!(stand.wait(60_000, |_, cancel| cancel.cancel()), Err(StaffError::Cancelled));
    stand.works();
}
