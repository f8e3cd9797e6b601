//! F18 投诉建议: from anybody, with or without a name (社会保险法 82; 社会保险经办条例 51). Every one is taken, but the same words a second
//! time on the same day are the first one.

use std::collections::BTreeMap;

use contract::field::Value;
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{text, told};
use crate::calls::Refusal;
use crate::cases::{Ask, Outcome};

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let what = text(inputs, "text")?;
    let sql = "SELECT count(*) FROM cases WHERE item = ?1 AND filed = ?2 AND json_extract(inputs, '$.text.value') = ?3";
    let row = rusqlite::params![ask.item.id, ask.today.to_string(), what];
    let same: i64 = ask.db.query_row(sql, row, |row| row.get(0))?;
    if same > 0 {
        return Err(ProblemCode::AlreadyDone.into());
    }
    let answered = inputs.contains_key("phone");
    let (zh, en) = if answered {
        ("答复将拨打您留的电话", "You will be called")
    } else {
        ("凭取件码查询答复", "Ask with the code")
    };
    Ok(Outcome {
        figures: vec![told("答复方式", "Answer", Cell::Text(ask.language.say(zh, en).to_owned()))],
        ..Outcome::default()
    })
}
