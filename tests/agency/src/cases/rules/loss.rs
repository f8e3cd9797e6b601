//! F13 社保卡临时挂失解挂: at once, by whoever shows that the card is theirs without having it (domain 1.6). Taken back only while the loss
//! is a temporary one, which here it always is: a replacement is asked for at a window.

use std::collections::BTreeMap;

use contract::field::Value;
use contract::format::mask_bank;
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{change, text, told};
use crate::calls::Refusal;
use crate::cases::effect::Fact;
use crate::cases::{Ask, Outcome};
use crate::persona::CardState;
use crate::store;
use crate::store::Card;

/// What the citizen chose.
const REPORT: &str = "report";

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    newest(ask).map(drop)
}

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let card = newest(ask)?;
    let after = match (text(inputs, "what")?, card.state) {
        (REPORT, CardState::Normal | CardState::Frozen) => CardState::Lost,
        (REPORT, CardState::Lost) => return Err(ProblemCode::AlreadyDone.into()),
        (_, CardState::Lost) => CardState::Normal,
        (_, CardState::Normal) => return Err(ProblemCode::AlreadyDone.into()),
        (_, CardState::Frozen | CardState::Expired) => return Err(ProblemCode::NotEligible.into()),
    };
    let (zh, en) = match after {
        CardState::Lost => ("已临时挂失，这张卡现在不能使用", "Reported lost; the card cannot be used now"),
        _ => ("已解除挂失，这张卡可以使用", "Released; the card can be used again"),
    };
    Ok(Outcome {
        figures: vec![
            told("卡号", "Card number", Cell::Text(mask_bank(&card.number))),
            told("卡状态", "State", Cell::Text(ask.language.say(zh, en).to_owned())),
        ],
        changes: vec![change(Fact::CardState, after.as_str())],
        ..Outcome::default()
    })
}

fn newest(ask: &Ask<'_>) -> Result<Card, Refusal> {
    let cards = store::cards(ask.db, ask.person.person)?;
    Ok(cards.into_iter().next().ok_or(ProblemCode::NoRecords)?)
}
