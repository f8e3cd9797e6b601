//! The act that gives a card another PIN. The intent stands in the journal before the command goes out, so that a cut of power can make it
//! unknown and never unheard of. Sends one command and tries nothing afterwards: whether an unanswered one was obeyed is for the card's
//! owner to find out, with tries that are theirs.

use hal::Cancel;
use hal::card::{PinChange, PinChangeError, Tries};
use hal::receipt::Paper;

use super::{Done, Stop};
use crate::app::reader::Cards;
use crate::session::{ActFailure, ChangePin};

pub(super) fn change(cards: &Cards, change: ChangePin, cancel: Cancel) -> Result<Done, Stop> {
    let (failure, paper) = match cards.change_pin(change, cancel) {
        Ok(PinChange::Changed) => return Ok(Done::Changed),
        Ok(PinChange::WrongOld(tries)) => (ActFailure::WrongPin(tries), Paper::None),
        Ok(PinChange::Locked) => (ActFailure::WrongPin(Tries::Left(0)), Paper::None),
        Err(PinChangeError::NotChanged(error)) => (ActFailure::Device(error.code()), Paper::None),
        Err(PinChangeError::Uncertain(error)) => (ActFailure::Device(error.code()), Paper::Perhaps),
    };
    Err(Stop { failure, paper })
}
