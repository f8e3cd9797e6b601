//! The security module behind a bridge, and the agency's behind the same trait: either opens a card of version 3.00.

use agency::hsm;
use contract::format::from_hex;
use hal::bridge::psam::BridgePsam;
use hal::card::authority::{AuthorityError, Authorizer, Challenged};
use hal::card::link::CardLink;
use hal::card::{Algorithm, Authority, CardError, ssc};
use hal::{Control, Private};
use hall::emulate::card_file::CardFile;
use hall::people::person;

use super::super::{tell, within};
use super::{Bench, BridgeEmulator, dial, start};

fn module(name: &str) -> (Bench, BridgeEmulator, BridgePsam) {
    let bench = Bench::new(name);
    let process = start(&bench, "psam");
    let psam = BridgePsam::new(dial(&bench));
    (bench, process, psam)
}

/// A card's question that no card has asked.
fn question(algorithm: Algorithm) -> Challenged {
    let card_id = "190001D15600000500000015A1000001".into();
    Challenged { card_id, historical: "00814A444686601900010000".into(), algorithm, challenge: [7; 8] }
}

/// The agency's module, reached without a network.
struct Hsm;

impl Authorizer for Hsm {
    type Error = AuthorityError;

    fn answer(&mut self, card: &Challenged, _: &Control<'_>) -> Result<Authority, AuthorityError> {
        let card_id = from_hex(card.card_id.reveal()).ok_or(AuthorityError::Refused)?;
        let raw = [9; 8];
        Ok(Authority { key_id: hsm::KEY_ID, result: hsm::response(&card_id, &card.challenge, &raw), raw })
    }
}

/// A card without a reader.
struct Bare(CardFile);

impl CardLink for Bare {
    fn transmit(&mut self, command: &[u8], _: std::time::Instant) -> Result<Vec<u8>, CardError> {
        Ok(self.0.answer(command))
    }
}

fn opens(authorizer: &mut dyn Authorizer<Error = AuthorityError>) -> Private<String> {
    let mut card = Bare(CardFile::of(&person(1).unwrap(), 6).unwrap());
    let atr = card.0.atr().to_vec();
    let begun = ssc::begin(&mut card, &atr, &within(5000)).unwrap();
    let hal::card::Begun::Challenged(issuer, challenge) = begun else { panic!("a 3.00 card gave its holder freely") };
    let authority = authorizer.answer(&Challenged::new(&issuer, challenge), &within(5000)).unwrap();
    ssc::finish(&mut card, &authority, &within(5000)).unwrap().id_number
}

#[test]
fn a_card_is_opened_by_the_terminals_module_and_not_by_the_agencys() {
    let (_bench, _process, mut psam) = module("psam-opens");
    let number = person(1).unwrap().id_number;
    let authorizers: [&mut dyn Authorizer<Error = AuthorityError>; 2] = [&mut psam, &mut Hsm];
    for authorizer in authorizers {
        assert_eq!(*opens(authorizer).reveal(), number);
    }
    assert_eq!(psam.status(&within(5000)).unwrap(), ["Emulated PSAM 1.0", "PSAM-0000000001"]);
}

/// Behind this mishap a question ends so; without it, it is answered.
fn ends(line: &str, expected: AuthorityError) {
    let (_bench, mut process, mut psam) = module(&format!("psam-{line}"));
    tell(&mut process, line);
    assert_eq!(psam.answer(&question(Algorithm::Sm4), &within(5000)), Err(expected));
    tell(&mut process, "well");
    assert!(psam.answer(&question(Algorithm::Sm4), &within(5000)).is_ok(), "it does not come back");
}

#[test]
fn security_module_absent() {
    ends("absent", AuthorityError::Absent);
}

#[test]
fn security_module_broken() {
    ends("broken", AuthorityError::Broken);
}

#[test]
fn security_module_refuses_the_card() {
    ends("refuse", AuthorityError::Refused);
    let (_bench, _process, mut psam) = module("psam-des");
    assert_eq!(psam.answer(&question(Algorithm::Des), &within(5000)), Err(AuthorityError::Refused));
}
