//! F08 养老关系转移申请: from another place to here, for those who are insured here and draw no pension (社会保险法 19; 社会保险经办条例
//! 12 to 16; 国办发〔2009〕66号). What moves is computed by the two agencies, never here.

use std::collections::BTreeMap;

use contract::field::Value;
use contract::message::Cell;
use contract::problem::ProblemCode;

use super::{Condition, Hurdles, none_undecided, text, told};
use crate::calls::Refusal;
use crate::cases::{Ask, Outcome};
use crate::persona::InsuredAs;
use crate::rules::REGION;
use crate::store;

const ENROLLED: Condition = Condition {
    wrong: ("没有在本地正常参保缴费", "You are not insured here now"),
    basis: "国办发〔2009〕66号 第三条",
    remedy: ("在本地参保缴费后再申请转入", "Enrol here first"),
};

const NO_PENSION: Condition = Condition {
    wrong: ("已领取养老保险待遇", "You draw a pension"),
    basis: "国办发〔2009〕66号 第四条",
    remedy: ("领取待遇后不再转移，可到养老待遇窗口咨询", "It is not moved any more; ask at the pensions window"),
};

pub fn before(ask: &Ask<'_>) -> Result<(), Refusal> {
    none_undecided(ask, ProblemCode::AlreadyDone)?;
    let draws = ask.person.insured_as == InsuredAs::Pensioner || store::pension(ask.db, ask.person.person)?.is_some();
    let insured = matches!(ask.person.insured_as, InsuredAs::Employed | InsuredAs::Flexible);
    let mut hurdles = Hurdles::default();
    hurdles.unless(ask, insured, &ENROLLED);
    hurdles.unless(ask, !draws, &NO_PENSION);
    hurdles.or(ProblemCode::NotEligible)
}

pub fn grant(ask: &Ask<'_>, inputs: &BTreeMap<String, Value>) -> Result<Outcome, Refusal> {
    let origin = text(inputs, "origin")?;
    let mut hurdles = Hurdles::default();
    if origin == REGION {
        let text = ask.language.say("原参保地就是本地，无需转移", "That is this place: there is nothing to move");
        let remedy = ask.language.say("填写缴费凭证上的原参保地区划代码", "Enter the region of your certificate");
        hurdles.field("origin", text.to_owned(), "社会保险经办条例 第十二条", remedy.to_owned());
    }
    hurdles.or(ProblemCode::InputInvalid)?;
    Ok(Outcome {
        figures: vec![told("原参保地", "Region of origin", Cell::Text(origin.to_owned()))],
        ..Outcome::default()
    })
}
