//! The deed of a card. A card that is no persona's is only read: an authority or a PIN may each spend a try of somebody.

use agency::{hsm, persona};
use contract::format::from_hex;
use hal::Private;
use hal::card::{Authority, Begun, Issuer, Tries, Verified, ssc};

use super::Tale;
use crate::people;
use crate::record::card::Slot;

/// Raw data of the authority: fixed, so that its answer depends on the card's challenge only.
const RAW: [u8; 8] = *b"recorder";

pub(super) fn card(tale: &mut Tale<'_>, slot: &mut dyn Slot) {
    let failed = hal::card::CardError::code;
    let Some(atr) = tale.step("card", |control| slot.open(control).map_err(failed), |_| "answers".to_owned()) else {
        return;
    };
    let begun = tale.step(
        "begin",
        |control| ssc::begin(&mut *slot, &atr, control).map_err(failed),
        |begun| {
            let (how, issuer) = match begun {
                Begun::Read(issuer, _) => ("read", issuer),
                Begun::Challenged(issuer, _) => ("challenged", issuer),
            };
            format!("{how}, specification {}.{}, {:?}", issuer.spec.major, issuer.spec.minor, issuer.algorithm)
        },
    );
    let Some((issuer, challenge)) = begun.map(|begun| match begun {
        Begun::Read(issuer, _) => (issuer, None),
        Begun::Challenged(issuer, challenge) => (issuer, Some(challenge)),
    }) else {
        return;
    };
    let Some((card_id, pin)) = persona_of(&issuer) else {
        tale.steps.push("not a persona's card".to_owned());
        return;
    };
    if let Some(challenge) = challenge {
        let result = hsm::response(&card_id, &challenge, &RAW);
        let authority = Authority { key_id: hsm::KEY_ID, result, raw: RAW };
        let read = tale.step(
            "finish",
            |control| ssc::finish(&mut *slot, &authority, control).map_err(failed),
            |_| "read".to_owned(),
        );
        if read.is_none() {
            return;
        }
    }
    tale.step("tries", |control| ssc::tries(&mut *slot, control).map_err(failed), left);
    tale.step(
        "pin",
        |control| ssc::verify(&mut *slot, &pin, control).map_err(failed),
        |verified| match verified {
            Verified::Right => "right".to_owned(),
            Verified::Wrong(tries) => format!("wrong, {}", left(tries)),
            Verified::Locked => "locked".to_owned(),
        },
    );
}

fn left(tries: &Tries) -> String {
    match tries {
        Tries::Left(left) => format!("{left} tries left"),
        Tries::NotTold => "tries not told".to_owned(),
    }
}

/// Card id and PIN, where the card is an invented person's.
fn persona_of(issuer: &Issuer) -> Option<([u8; 16], Private<String>)> {
    let all = persona::read(&people::file()).ok()?;
    let persona = all.into_iter().find(|persona| persona.card_id == *issuer.card_id.reveal())?;
    Some((from_hex(&persona.card_id)?, Private::new(persona.pin)))
}
