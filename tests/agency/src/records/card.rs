//! Q08 社保卡状态: one credential is enough to ask (L1), so nothing but the card is told, and its number is masked.

use contract::format::mask_bank;
use contract::problem::ProblemCode;

use super::{Asked, Table, pair_columns, text};
use crate::calls::Refusal;
use crate::persona::CardState;
use crate::store;

pub fn answer(asked: &Asked<'_>) -> Result<Table, Refusal> {
    let cards = store::cards(asked.db, asked.person.person)?;
    let newest = cards.first().ok_or(ProblemCode::NoRecords)?;
    let day = |date| text(&asked.language.day(date));
    let rows = cards.iter().flat_map(|card| {
        [
            asked.pair("卡号", "Card number", text(&mask_bank(&card.number))),
            asked.pair("卡状态", "State", text(state(asked, card.state))),
            asked.pair("制卡进度", "Making", text(asked.say("已制成并发放", "Made and handed out"))),
            asked.pair("发卡日期", "Issued", day(card.issued)),
            asked.pair("有效期至", "Valid until", day(card.expires)),
        ]
    });
    Ok(Table {
        scope: asked.say("本人名下的社会保障卡", "Cards in your name").to_owned(),
        figures: vec![
            asked.figure("卡状态", "State", text(state(asked, newest.state))),
            asked.figure("有效期至", "Valid until", day(newest.expires)),
        ],
        columns: pair_columns(),
        rows: rows.collect(),
        as_of: asked.as_of_today(),
    })
}

fn state(asked: &Asked<'_>, state: CardState) -> &'static str {
    match state {
        CardState::Normal => asked.language.say("正常", "In use"),
        CardState::Lost => asked.language.say("已挂失", "Reported lost"),
        CardState::Frozen => asked.language.say("社会保障功能未启用", "Social function not activated"),
        CardState::Expired => asked.language.say("已过有效期", "Expired"),
    }
}
