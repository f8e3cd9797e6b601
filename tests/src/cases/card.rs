//! The card reader's faults, one by one, behind the real pcscd: what the driver reports, and that it works again when the cause
//! is gone. Only inside [`crate::namespace`].

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use hal::card::pcsc::{PcscReader, PcscWatch, open};
use hal::card::{
    Authority, Begun, CardError, CardEvent, CardReader, CardWatch, Insertion, PinChange, PinChangeError, Tries,
    Verified,
};
use hal::{Cancel, Code, Control, Private};

use super::{Folder, same};
use crate::daemon::pcscd::{self, Pcscd};
use crate::emulate::Emulator;
use crate::emulate::card::CardEmulator;
use crate::people::person;

/// Part of the virtual reader's name.
const READER: &str = "SSC Reader";
/// How long news from the daemon may take; its own looks are 400 ms apart.
const NEWS: Duration = Duration::from_secs(10);

type Case = fn(&mut Stand) -> Result<(), String>;

/// Every case, named after its row in the table of `hal::card`.
pub const CASES: &[super::Case] = &[
    ("card_service_down", |folder| on(card_service_down, folder)),
    ("no_reader_of_that_name", |folder| on(no_reader_of_that_name, folder)),
    ("card_service_refuses_us", |folder| on(card_service_refuses_us, folder)),
    ("another_program_holds_the_card", |folder| on(another_program_holds_the_card, folder)),
    ("card_pulled_mid_command", |folder| on(card_pulled_mid_command, folder)),
    ("card_without_answer_to_reset", |folder| on(card_without_answer_to_reset, folder)),
    ("card_pulled_as_it_gets_power", |folder| on(card_pulled_as_it_gets_power, folder)),
    ("card_of_somebody_else", |folder| on(card_of_somebody_else, folder)),
    ("card_talks_nonsense", |folder| on(card_talks_nonsense, folder)),
    ("card_refuses_the_terminal", |folder| on(card_refuses_the_terminal, folder)),
    ("card_too_slow", |folder| on(card_too_slow, folder)),
    ("citizen_leaves_while_the_card_is_read", |folder| on(citizen_leaves_while_the_card_is_read, folder)),
    ("pin_locked_on_the_card", |folder| on(pin_locked_on_the_card, folder)),
    ("pin_change_cut_off", |folder| on(pin_change_cut_off, folder)),
    ("pin_changed_and_the_old_one_still_opens", |folder| on(pin_changed_and_the_old_one_still_opens, folder)),
    ("a_card_that_answers_6c_or_61_is_not_read", |folder| on(a_card_that_answers_6c_or_61_is_not_read, folder)),
];

/// Daemon, card and driver.
pub struct Stand {
    daemon: Pcscd,
    card: CardEmulator,
    watch: PcscWatch,
    reader: PcscReader,
}

/// Plays one case.
fn on(case: Case, folder: &Folder) {
    let directory = folder.path("");
    run(case, &directory).unwrap_or_else(|why| panic!("{why}"));
}

fn run(case: Case, directory: &Path) -> Result<(), String> {
    let daemon = Pcscd::start(directory)?;
    let (watch, reader) = open(READER);
    case(&mut Stand { daemon, card: CardEmulator::new(pcscd::PORT), watch, reader })
}

fn within(ms: u64) -> Control<'static> {
    Control::within(Duration::from_millis(ms))
}

impl Stand {
    /// The next news that is no [`CardEvent::ReaderReady`].
    fn news(&mut self) -> Result<CardEvent, String> {
        let mut told = || self.watch.next(NEWS).ok_or_else(|| "the watch tells nothing".to_owned());
        match told()? {
            CardEvent::ReaderReady => told(),
            event => Ok(event),
        }
    }

    fn insert(&mut self, name: &str) -> Result<Insertion, String> {
        self.card.line(&format!("insert {name}"))?;
        match self.news()? {
            CardEvent::Inserted(insertion) => Ok(insertion),
            other => Err(format!("card {name} went in, and the watch tells {other:?}")),
        }
    }

    fn pull(&mut self) -> Result<(), String> {
        self.reader.release();
        // It may have pulled itself.
        let _may_be_out = self.card.line("pull");
        match self.news()? {
            CardEvent::Removed(_) => Ok(()),
            other => Err(format!("the card is out, and the watch tells {other:?}")),
        }
    }

    fn begin(&mut self, card: Insertion) -> Result<Begun, CardError> {
        self.reader.begin(card, &within(5000))
    }

    /// A good card is read, so whatever was wrong is over.
    fn works(&mut self) -> Result<(), String> {
        let card = self.insert("2")?;
        match self.begin(card) {
            Ok(Begun::Read(..)) => self.pull(),
            other => Err(format!("a good card after the fault: {}", short(&other))),
        }
    }
}

/// Nothing of a card is printed, not even an invented one's.
fn short(begun: &Result<Begun, CardError>) -> String {
    match begun {
        Ok(Begun::Read(..)) => "read".to_owned(),
        Ok(Begun::Challenged(..)) => "challenged".to_owned(),
        Err(error) => format!("{error:?}"),
    }
}

fn card_service_down(stand: &mut Stand) -> Result<(), String> {
    stand.daemon.line("kill")?;
    same("the watch", &stand.watch.next(NEWS), &Some(CardEvent::ReaderLost(CardError::Service)))?;
    same("listing", &hal::card::pcsc::readers(), &Err(CardError::Service))?;
    stand.daemon.line("start")?;
    same("the watch", &stand.watch.next(NEWS), &Some(CardEvent::ReaderReady))?;
    stand.works()
}

fn no_reader_of_that_name(stand: &mut Stand) -> Result<(), String> {
    let (mut watch, _) = open("Nonesuch");
    same("the watch", &watch.next(NEWS), &Some(CardEvent::ReaderLost(CardError::NoReader)))?;
    // Chosen by a part of the name, in upper or lower case.
    let (mut watch, _) = open("ssc reader");
    same("the watch", &watch.next(NEWS), &Some(CardEvent::ReaderReady))?;
    stand.works()
}

/// Does it in a thread of somebody who may do nothing.
pub(super) fn as_nobody<T: Send>(look: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let nobody = rustix::process::Uid::from_raw(65_534);
            rustix::thread::set_thread_res_uid(nobody, nobody, nobody).map_err(|error| error.to_string())?;
            Ok(look())
        });
        thread.join().map_err(|_| "the thread of nobody has died".to_owned())?
    })
}

/// Its socket is root's alone, and we are not root. pcsc-lite itself would say that there is no daemon.
fn card_service_refuses_us(stand: &mut Stand) -> Result<(), String> {
    let look = || {
        let (mut watch, _) = open(READER);
        (watch.next(NEWS), hal::card::pcsc::readers())
    };
    std::fs::set_permissions(pcscd::SOCKET, PermissionsExt::from_mode(0o600)).map_err(|error| error.to_string())?;
    let (told, listed) = as_nobody(look)?;
    same("the watch", &told, &Some(CardEvent::ReaderLost(CardError::NotPermitted)))?;
    same("listing", &listed, &Err(CardError::NotPermitted))?;
    std::fs::set_permissions(pcscd::SOCKET, PermissionsExt::from_mode(0o666)).map_err(|error| error.to_string())?;
    let (told, _) = as_nobody(look)?;
    same("the watch", &told, &Some(CardEvent::ReaderReady))?;
    stand.works()
}

fn another_program_holds_the_card(stand: &mut Stand) -> Result<(), String> {
    let (mut others_watch, mut other) = open(READER);
    let card = stand.insert("2")?;
    let theirs = loop {
        if let CardEvent::Inserted(card) = others_watch.next(NEWS).ok_or("the other program sees no card")? {
            break card;
        }
    };
    other.open_link(theirs).map_err(|error| error.to_string())?;
    same("reading", &short(&stand.begin(card)), &"Busy".to_owned())?;
    other.release();
    same("reading", &short(&stand.begin(card)), &"read".to_owned())?;
    stand.pull()?;
    stand.works()
}

fn card_pulled_mid_command(stand: &mut Stand) -> Result<(), String> {
    let card = stand.insert("2")?;
    stand.card.line("pull mid-apdu")?;
    same("reading", &short(&stand.begin(card)), &"Gone".to_owned())?;
    same("the same card again", &short(&stand.begin(card)), &"Gone".to_owned())?;
    stand.pull()?;
    stand.works()
}

fn card_without_answer_to_reset(stand: &mut Stand) -> Result<(), String> {
    stand.card.line("insert mute")?;
    same("the watch", &stand.news()?, &CardEvent::Mute)?;
    same("its code", &CardError::Mute.code(), &Code::CardMute)?;
    stand.card.line("pull")?;
    stand.works()
}

/// For a moment it looks like a card without an answer: nobody is told so whose card is out already.
fn card_pulled_as_it_gets_power(stand: &mut Stand) -> Result<(), String> {
    stand.card.line("pull at-power")?;
    stand.card.line("insert 2")?;
    crate::until::until("the card to leave", NEWS, || {
        stand.card.line("status").ok().filter(|now| now.contains("has left"))
    })?;
    stand.card.line("pull")?;
    stand.works()
}

fn card_of_somebody_else(stand: &mut Stand) -> Result<(), String> {
    let card = stand.insert("foreign")?;
    same("reading", &short(&stand.begin(card)), &"Foreign".to_owned())?;
    stand.pull()?;
    stand.works()
}

fn card_talks_nonsense(stand: &mut Stand) -> Result<(), String> {
    for manner in ["junk", "truncate"] {
        stand.card.line(manner)?;
        let card = stand.insert("2")?;
        let said = short(&stand.begin(card));
        if !["Garbled", "Foreign"].contains(&said.as_str()) {
            return Err(format!("a card in the manner {manner}: {said}"));
        }
        stand.pull()?;
    }
    stand.card.line("plain")?;
    stand.works()
}

fn card_refuses_the_terminal(stand: &mut Stand) -> Result<(), String> {
    let card = stand.insert("1")?;
    same("reading", &short(&stand.begin(card)), &"challenged".to_owned())?;
    let forged = Authority { key_id: 10, result: [7; 8], raw: [9; 8] };
    let said = stand.reader.finish(card, &forged, &within(5000));
    same("a forged authority", &said.err(), &Some(CardError::AuthFailed))?;
    stand.pull()?;
    stand.works()
}

fn card_too_slow(stand: &mut Stand) -> Result<(), String> {
    let card = stand.insert("2")?;
    stand.card.line("slow 400")?;
    same("reading", &short(&stand.reader.begin(card, &within(300))), &"Timeout".to_owned())?;
    stand.card.line("slow 0")?;
    stand.pull()?;
    stand.works()
}

fn citizen_leaves_while_the_card_is_read(stand: &mut Stand) -> Result<(), String> {
    let card = stand.insert("2")?;
    let cancel = Cancel::default();
    cancel.cancel();
    let control = Control { cancel, ..within(5000) };
    same("reading", &short(&stand.reader.begin(card, &control)), &"Cancelled".to_owned())?;
    stand.pull()?;
    stand.works()
}

fn pin_locked_on_the_card(stand: &mut Stand) -> Result<(), String> {
    let card = stand.insert("2")?;
    let wrong = Private::from("000000");
    stand.begin(card).map_err(|error| error.to_string())?;
    stand.card.line("tries 1")?;
    same("tries", &stand.reader.tries(card, &within(5000)), &Ok(Tries::Left(1)))?;
    same("a wrong PIN", &stand.reader.verify(card, &wrong, &within(5000)), &Ok(Verified::Locked))?;
    let right = Private::from(person(2)?.pin.as_str());
    same("the right PIN, too late", &stand.reader.verify(card, &right, &within(5000)), &Ok(Verified::Locked))?;
    stand.card.line("tries 6")?;
    same("after the agency has unlocked it", &stand.reader.verify(card, &right, &within(5000)), &Ok(Verified::Right))?;
    stand.pull()
}

/// Three moments: before the command, in the middle of it, and when the card has obeyed and not yet said so.
fn pin_change_cut_off(stand: &mut Stand) -> Result<(), String> {
    let (old, new) = (Private::from(person(2)?.pin.as_str()), Private::from("482915"));
    let gone = CardError::Gone;
    let moments = [
        ("pull", Err(PinChangeError::NotChanged(gone)), "holds old"),
        ("pull mid-apdu", Err(PinChangeError::Uncertain(gone)), "holds old"),
        ("pull unanswered", Err(PinChangeError::Uncertain(gone)), "holds new"),
    ];
    for (moment, wanted, holds) in moments {
        let card = stand.insert("2")?;
        stand.begin(card).map_err(|error| error.to_string())?;
        stand.card.line(moment)?;
        if moment == "pull" {
            same("the watch", &stand.news()?, &CardEvent::Removed(card))?;
        }
        let said = stand.reader.change_pin(card, &old, &new, &within(5000));
        same(moment, &said, &wanted)?;
        if moment == "pull" {
            stand.reader.release();
        } else {
            stand.pull()?;
        }
        let card = stand.insert("2")?;
        stand.begin(card).map_err(|error| error.to_string())?;
        let (right, other) = if holds == "holds old" { (&old, &new) } else { (&new, &old) };
        same(moment, &stand.reader.verify(card, right, &within(5000)), &Ok(Verified::Right))?;
        same(moment, &stand.reader.verify(card, other, &within(5000)), &Ok(Verified::Wrong(Tries::Left(5))))?;
        stand.pull()?;
    }
    Ok(())
}

fn pin_changed_and_the_old_one_still_opens(stand: &mut Stand) -> Result<(), String> {
    let card = stand.insert("2")?;
    stand.begin(card).map_err(|error| error.to_string())?;
    let (old, new) = (Private::from(person(2)?.pin.as_str()), Private::from("482915"));
    same("changing", &stand.reader.change_pin(card, &old, &new, &within(5000)), &Ok(PinChange::Changed))?;
    let said = stand.reader.verify(card, &old, &within(5000));
    same("the old PIN", &said, &Ok(Verified::Wrong(Tries::Left(5))))?;
    same("the new PIN", &stand.reader.verify(card, &new, &within(5000)), &Ok(Verified::Right))?;
    stand.pull()
}

fn a_card_that_answers_6c_or_61_is_not_read(stand: &mut Stand) -> Result<(), String> {
    for manner in ["le 6c", "chain 61"] {
        stand.card.line(manner)?;
        let card = stand.insert("2")?;
        same(manner, &short(&stand.begin(card)), &"read".to_owned())?;
        stand.pull()?;
    }
    Ok(())
}
