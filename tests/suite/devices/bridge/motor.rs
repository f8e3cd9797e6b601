//! The motorised reader behind a bridge, with the same emulated card that the PC/SC reader gets.

use std::time::Duration;

use hal::bridge::card::{self, BridgeReader, BridgeWatch};
use hal::bridge::client::Client;
use hal::bridge::psam::BridgePsam;
use hal::bridge::{BridgeError, DeviceClass};
use hal::card::authority::{Authorizer, Challenged};
use hal::card::transport::{CardTransport, Media, TransportStatus};
use hal::card::{Begun, CardError, CardEvent, CardReader, CardWatch, Insertion, Presentation, Tries, Verified};
use hal::{Code, Private, Progress};
use hall::emulate::card::CardEmulator;
use hall::people::person;

use super::super::{Watcher, tell, within};
use super::{Bench, BridgeEmulator, dial, socket, start};

const EJECT: u8 = 0x05;
/// The watch tells at once; this only bounds a wait that nothing ends.
const PATIENCE: Duration = Duration::from_secs(20);

struct Motor {
    process: BridgeEmulator,
    hand: CardEmulator,
    watch: BridgeWatch,
    reader: BridgeReader,
    bench: Bench,
}

impl Motor {
    fn start(name: &str) -> Self {
        let bench = Bench::new(name);
        let process = start(&bench, "motor_reader");
        let (watch, reader) = card::open(dial(&bench), dial(&bench));
        let hand = process.hand().unwrap();
        let mut motor = Self { process, hand, watch, reader, bench };
        assert_eq!(motor.news(), CardEvent::ReaderReady);
        motor
    }

    /// Kills the bridge and starts it again, as systemd would.
    fn start_again(&mut self) {
        self.process = BridgeEmulator::start_again(&socket(&self.bench), "motor_reader").unwrap();
        self.hand = self.process.hand().unwrap();
    }

    fn news(&mut self) -> CardEvent {
        self.watch.next(PATIENCE).unwrap()
    }

    fn insert(&mut self, name: &str) -> Insertion {
        tell(&mut self.hand, &format!("insert {name}"));
        match self.news() {
            CardEvent::Inserted(insertion) => insertion,
            other => panic!("{other:?}"),
        }
    }

    fn status(&mut self) -> TransportStatus {
        self.reader.status(&within(5000)).unwrap()
    }
}

#[test]
fn a_card_is_read_from_slot_to_slot() {
    let mut motor = Motor::start("motor-read");
    let bench = Bench::new("motor-read-psam");
    let _module = start(&bench, "psam");
    let mut psam = BridgePsam::new(dial(&bench));
    assert_eq!(motor.reader.capabilities().presentation, Presentation::Motorised);
    let card = motor.insert("1");
    let begun = motor.reader.begin(card, &within(5000)).unwrap();
    let Begun::Challenged(issuer, challenge) = begun else { panic!("a 3.00 card gave its holder freely") };
    let authority = psam.answer(&Challenged::new(&issuer, challenge), &within(5000)).unwrap();
    let holder = motor.reader.finish(card, &authority, &within(5000)).unwrap();
    let linlin = person(1).unwrap();
    assert_eq!((holder.id_number.reveal(), holder.name.reveal()), (&linlin.id_number, &linlin.name));
    assert_eq!(motor.reader.tries(card, &within(5000)), Ok(Tries::Left(6)));
    let pin = Private::new(linlin.pin);
    assert_eq!(motor.reader.verify(card, &pin, &within(5000)), Ok(Verified::Right));
    motor.reader.release();
    assert_eq!(motor.status().media, Media::Presented);
    assert_eq!(motor.reader.tries(card, &within(5000)), Err(CardError::Gone), "a card at the slot is read");
    tell(&mut motor.process, "take card");
    assert_eq!(motor.news(), CardEvent::Removed(card));
    assert_eq!(motor.status(), TransportStatus { media: Media::NotPresent, retained: 0 });
}

#[test]
fn a_forgotten_card_is_kept_and_not_counted() {
    let mut motor = Motor::start("motor-bin");
    for kept in 1..=2 {
        let card = motor.insert("2");
        motor.reader.eject(&within(5000)).unwrap();
        assert_eq!(motor.reader.retract(&within(5000)), Ok(kept));
        assert_eq!(motor.news(), CardEvent::Removed(card));
        assert_eq!(motor.status(), TransportStatus { media: Media::NotPresent, retained: kept });
        assert_eq!(motor.reader.eject(&within(5000)), Err(CardError::Gone));
        tell(&mut motor.hand, "pull");
    }
}

#[test]
fn the_next_card_is_taken_for_the_one_before() {
    let mut motor = Motor::start("motor-swap");
    let first = motor.insert("1");
    motor.reader.begin(first, &within(5000)).unwrap();
    motor.reader.eject(&within(5000)).unwrap();
    tell(&mut motor.process, "take card");
    tell(&mut motor.hand, "pull");
    assert_eq!(motor.news(), CardEvent::Removed(first));
    let second = motor.insert("2");
    assert_eq!(motor.reader.tries(first, &within(5000)), Err(CardError::Gone));
    assert_eq!(motor.reader.begin(first, &within(5000)), Err(CardError::Gone));
    assert!(matches!(motor.reader.begin(second, &within(5000)), Ok(Begun::Read(..))));
}

#[test]
fn a_mute_card_stays_in_the_reader() {
    let mut motor = Motor::start("motor-mute-card");
    tell(&mut motor.hand, "insert mute");
    assert_eq!(motor.news(), CardEvent::Mute);
    motor.reader.release();
    assert_eq!(motor.status().media, Media::Presented);
}

#[test]
fn a_card_torn_out_in_the_middle_of_a_command_hangs_its_reader() {
    let mut motor = Motor::start("motor-torn");
    let card = motor.insert("1");
    tell(&mut motor.hand, "pull mid-apdu");
    assert_eq!(motor.reader.begin(card, &within(5000)), Err(CardError::Gone));
    assert_eq!(motor.news(), CardEvent::Removed(card));
}

#[test]
fn card_jammed_in_the_reader() {
    let mut motor = Motor::start("motor-jam");
    let _card = motor.insert("1");
    tell(&mut motor.process, "jam");
    assert_eq!(motor.reader.eject(&within(5000)), Err(CardError::Jammed));
    assert_eq!(motor.news(), CardEvent::ReaderLost(CardError::Jammed));
    assert_eq!(motor.status().media, Media::Jammed);
    tell(&mut motor.process, "clear");
    assert_eq!(motor.news(), CardEvent::ReaderReady);
}

#[test]
fn bin_for_retained_cards_full() {
    let mut motor = Motor::start("motor-full");
    motor.insert("1");
    tell(&mut motor.process, "bin full");
    assert_eq!(motor.reader.retract(&within(5000)), Err(CardError::BinFull));
    assert_eq!(motor.status().media, Media::InReader, "the card went somewhere else");
    tell(&mut motor.process, "bin empty");
    assert_eq!(motor.reader.retract(&within(5000)), Ok(1));
}

#[test]
fn device_behind_the_bridge_absent() {
    let mut motor = Motor::start("motor-absent");
    tell(&mut motor.process, "absent");
    assert_eq!(motor.reader.status(&within(5000)), Err(CardError::NoReader));
    tell(&mut motor.process, "well");
    assert!(motor.reader.status(&within(5000)).is_ok());
}

#[test]
fn device_behind_the_bridge_broken() {
    let mut motor = Motor::start("motor-broken");
    let card = motor.insert("1");
    tell(&mut motor.process, "broken");
    assert_eq!(motor.reader.begin(card, &within(5000)), Err(CardError::Broken));
    tell(&mut motor.process, "well");
    assert!(motor.reader.begin(card, &within(5000)).is_ok());
}

#[test]
fn command_cancelled_behind_the_bridge() {
    let mut motor = Motor::start("motor-cancel");
    motor.insert("1");
    tell(&mut motor.process, "stall");
    let watcher = Watcher::default();
    let begun = |w: &Watcher| w.said() == [Progress::Accepted, Progress::Blocked(Code::CardJammed)];
    let ended = watcher.run(
        60_000,
        |control| motor.reader.eject(control),
        |watcher| {
            watcher.until("the motor to begin", begun).unwrap();
            watcher.cancel.cancel();
        },
    );
    assert_eq!(ended, Err(CardError::Cancelled));
    // The same motion out of time: by the bridge's word, or by ours where that is late.
    let out_of_time = motor.reader.eject(&within(1000));
    assert!(
        matches!(out_of_time, Err(CardError::Timeout | CardError::Bridge(BridgeError::NoAnswer))),
        "{out_of_time:?}"
    );
    assert_eq!(motor.status().media, Media::InReader);
}

#[test]
fn bridge_works_for_another_command() {
    let mut motor = Motor::start("motor-busy");
    motor.insert("1");
    tell(&mut motor.process, "stall");
    let watcher = Watcher::default();
    let Motor { process, reader, bench, .. } = &mut motor;
    let mut other = Client::new(dial(bench), DeviceClass::Card);
    let ended = watcher.run(
        60_000,
        |control| reader.eject(control),
        |watcher| {
            watcher.until("the motor to begin", |w| w.said().len() == 2).unwrap();
            assert_eq!(other.call(EJECT, &[], &within(5000)).err(), Some(BridgeError::Busy));
            tell(process, "free");
        },
    );
    assert_eq!(ended, Ok(()));
    assert_eq!(watcher.said().last(), Some(&Progress::Resumed));
    assert_eq!(motor.status().media, Media::Presented);
}

#[test]
fn a_late_completion_is_taken_for_the_next_one() {
    let mut motor = Motor::start("motor-late");
    assert_eq!(motor.status().media, Media::NotPresent);
    tell(&mut motor.process, "late");
    let late = motor.reader.status(&within(300));
    assert_eq!(late, Err(CardError::Bridge(BridgeError::NoAnswer)));
    motor.insert("1");
    // The held answer, of an empty reader, arrives before the right one.
    assert_eq!(motor.status().media, Media::InReader);
}

#[test]
fn a_bridge_dies_with_a_card_in_the_reader() {
    let mut motor = Motor::start("motor-dies");
    let first = motor.insert("1");
    motor.reader.begin(first, &within(5000)).unwrap();
    motor.process.kill();
    assert_eq!(motor.news(), CardEvent::ReaderLost(CardError::Bridge(BridgeError::Down)));
    assert_eq!(motor.reader.tries(first, &within(1000)), Err(CardError::Gone));
    motor.start_again();
    assert_eq!(motor.news(), CardEvent::ReaderReady);
    let second = motor.insert("1");
    assert!(second > first, "a card of before");
    assert!(motor.reader.begin(second, &within(5000)).is_ok());
}

#[test]
fn a_bridge_hangs_and_its_watch_does_not_notice() {
    let mut motor = Motor::start("motor-hangs");
    tell(&mut motor.process, "mute");
    assert_eq!(motor.news(), CardEvent::ReaderLost(CardError::Bridge(BridgeError::NoAnswer)));
    tell(&mut motor.process, "sound");
    assert_eq!(motor.news(), CardEvent::ReaderReady);
}
