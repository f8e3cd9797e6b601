//! F11 社保卡启用: a card whose social function is not active yet. Its holder has shown card and PIN, and the terminal has had a PIN of their
//! own set first; how that ended stands among the acts (人社部发〔2011〕47号).

use contract::format::mask_bank;
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{Condition, Hurdles, change, told};
use crate::calls::Refusal;
use crate::cases::effect::Fact;
use crate::cases::{Ask, Outcome};
use crate::persona::CardState;
use crate::store::{self, Card};

const INACTIVE: Condition = Condition {
    wrong: ("这张卡的社会保障功能已经启用", "The social security function of this card is active already"),
    basis: "人社部发〔2011〕47号",
    remedy: ("不需要再办，可以直接办理其他事项", "There is nothing to do; go on to everything else"),
};

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    let mut hurdles = Hurdles::default();
    hurdles.unless(ask, inactive(ask)?.is_some(), &INACTIVE);
    hurdles.or(ProblemCode::NotEligible)
}

pub fn grant(ask: &Ask<'_>) -> Result<Outcome, Refusal> {
    let card = inactive(ask)?.ok_or(ProblemCode::NotEligible)?;
    Ok(Outcome {
        figures: vec![told("卡号", "Card number", Cell::Text(mask_bank(&card.number)))],
        changes: vec![change(Fact::CardActive, card.number)],
        ..Outcome::default()
    })
}

fn inactive(ask: &Ask<'_>) -> Result<Option<Card>, Refusal> {
    let cards = store::cards(ask.db, ask.person.person)?;
    Ok(cards.into_iter().find(|card| card.state == CardState::Frozen))
}
