//! F02 个人信息变更: telephone, address, postcode. A change of the telephone is how somebody else's account is taken over: the old telephone
//! is told, and nothing changes before the holding period has passed, in which the case can be withdrawn.

use std::collections::BTreeMap;

use contract::field::Value;
use contract::format::mask_phone;
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{Hurdles, change, none_undecided, told};
use crate::calls::Refusal;
use crate::cases::effect::Fact;
use crate::cases::{Ask, Outcome};
use crate::catalogue;

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    none_undecided(ask, ProblemCode::UnderCorrection)
}

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let person = ask.person;
    let known = [
        ("phone", Fact::Phone, &person.phone),
        ("address", Fact::Address, &person.address),
        ("postcode", Fact::Postcode, &person.postcode),
    ];
    let mut outcome = Outcome::default();
    for (field, fact, before) in known {
        let now = catalogue::text(inputs, field)?;
        if now == before {
            continue;
        }
        outcome.changes.push(change(fact, now));
        if fact == Fact::Phone {
            outcome.notice_to = Some(before.clone()).filter(|phone| !phone.is_empty());
            outcome.figures.push(told("新手机号", "New telephone", Cell::Text(mask_phone(now))));
        }
    }
    let mut hurdles = Hurdles::default();
    if outcome.changes.is_empty() {
        let text = ask.language.say("与登记信息完全相同，没有可变更的内容", "Nothing differs from the register");
        let remedy = ask.language.say("修改其中至少一项", "Change at least one of them");
        hurdles.field("phone", text.to_owned(), "社会保险经办条例 第九条", remedy.to_owned());
    }
    hurdles.or(ProblemCode::InputInvalid)?;
    Ok(outcome)
}
