//! The way of a case in words. A step is done when what it says has happened, and on that day; nothing is ever ahead: a pension is
//! "merged" when the case is delivered and not a day earlier, however far the days have gone.

use contract::format::Date;
use contract::message::{CaseStage, Step, StepState};

use super::Kept;
use crate::language::Language;

/// When a step is done: when the case has reached a stage. Days that have passed say nothing of what others have done.
#[derive(Clone, Copy)]
enum Mark {
    Stage(CaseStage),
    /// The holding period, which ends with the decision.
    Held,
}

/// What a step is called, and when it is done.
type Way = &'static [(&'static str, &'static str, Mark)];

const SUBMITTED: Mark = Mark::Stage(CaseStage::Submitted);
const ACCEPTED: Mark = Mark::Stage(CaseStage::Accepted);
const DECIDED: Mark = Mark::Stage(CaseStage::Approved);
const DELIVERED: Mark = Mark::Stage(CaseStage::Delivered);

const AT_ONCE: Way = &[("提交申请", "Filed", SUBMITTED), ("办结", "Done", DELIVERED)];

const REVIEWED: Way = &[
    ("提交申请", "Filed", SUBMITTED),
    ("受理", "Accepted", ACCEPTED),
    ("审查、决定", "Reviewed and decided", DECIDED),
    ("办结送达", "Delivered", DELIVERED),
];

const HELD: Way = &[
    ("提交申请", "Filed", SUBMITTED),
    ("通知原手机号", "The old telephone is told", ACCEPTED),
    ("保护期", "Holding period", Mark::Held),
    ("变更生效", "In force", DECIDED),
    ("办结送达", "Delivered", DELIVERED),
];

/// Domain 9.2 (国办发〔2009〕66号). The agencies exchange the certificate by themselves: it is there when the case is accepted. What the two
/// do in between is known here when it is decided, and not before.
const TRANSFER: Way = &[
    ("原参保地开具凭证", "Certificate of the origin", ACCEPTED),
    ("新参保地受理申请", "Accepted here", ACCEPTED),
    ("审核并发联系函", "Checked, letter sent", DECIDED),
    ("原参保地转出信息表和资金", "Records and money leave the origin", DECIDED),
    ("新参保地接收、匹配", "Received and matched here", DECIDED),
    ("合并并告知", "Merged, and you are told", DELIVERED),
];

fn way(case: &Kept, at_once: bool) -> Way {
    match case.item.as_str() {
        "F08" => TRANSFER,
        _ if case.outcome.notice_to.is_some() => HELD,
        _ if at_once => AT_ONCE,
        _ => REVIEWED,
    }
}

/// The steps of a case as they are. A case that ended before its way did shows what was done, and how it ended.
pub fn steps(case: &Kept, at_once: bool, language: Language) -> Vec<Step> {
    let step = |name: String, state, on: Option<Date>| Step {
        name,
        state,
        on: on.map(|day| day.to_string()).unwrap_or_default(),
    };
    let mut steps = Vec::new();
    let mut under_way = true;
    for (zh, en, mark) in way(case, at_once) {
        let name = language.say(zh, en);
        let name = match (mark, case.due_by_promise) {
            (Mark::Held, Some(day)) => format!("{name}{}{day}", language.say("至 ", " until ")),
            _ => name.to_owned(),
        };
        match done_on(case, *mark).filter(|_| under_way) {
            Some(day) => steps.push(step(name, StepState::Done, Some(day))),
            None if !case.is_open() => break,
            None => {
                if under_way && case.stage == CaseStage::Correction {
                    steps.push(step(language.say("补正材料", "To be mended").to_owned(), StepState::Now, None));
                    under_way = false;
                }
                let state = if std::mem::take(&mut under_way) { StepState::Now } else { StepState::Next };
                steps.push(step(name, state, None));
            }
        }
    }
    if let Some((zh, en)) = ending(case.stage) {
        steps.push(step(language.say(zh, en).to_owned(), StepState::Done, Some(case.changed())));
    }
    steps
}

/// The day on which a step was done.
fn done_on(case: &Kept, mark: Mark) -> Option<Date> {
    match mark {
        // What was taken back by a correction is to be done again.
        Mark::Stage(CaseStage::Accepted) => case.accepted,
        Mark::Stage(stage) => case.day_of(stage),
        Mark::Held => case.day_of(CaseStage::Approved),
    }
}

/// How a case ends before its way does.
const fn ending(stage: CaseStage) -> Option<(&'static str, &'static str)> {
    match stage {
        CaseStage::Refused => Some(("不予受理", "Not accepted")),
        CaseStage::Rejected => Some(("不予批准", "Not granted")),
        CaseStage::Withdrawn => Some(("已撤回", "Withdrawn")),
        CaseStage::Submitted
        | CaseStage::Correction
        | CaseStage::Accepted
        | CaseStage::InReview
        | CaseStage::Approved
        | CaseStage::Delivered => None,
    }
}
