//! The way of a case in words. A step is done when what it says has happened, and on that day; nothing is ever ahead: a pension is
//! "merged" when the case is delivered and not a day earlier, however far the days have gone.

use contract::format::Date;
use contract::message::{CaseStage, Step, StepState};

use super::Kept;
use crate::language::Language;
use crate::rules::calendar::Calendar;

/// When a step is done.
#[derive(Clone, Copy)]
enum Mark {
    /// The case has reached this stage.
    Stage(CaseStage),
    /// So many working days after the acceptance, while the case is being worked on.
    WorkingDays(u32),
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
    ("3 个工作日保护期", "Holding period of 3 working days", DECIDED),
    ("变更生效", "In force", DECIDED),
    ("办结送达", "Delivered", DELIVERED),
];

/// Domain 9.2 (国办发〔2009〕66号: three times 15 working days). The agencies exchange the certificate by themselves: it is there when the
/// case is accepted.
const TRANSFER: Way = &[
    ("原参保地开具凭证", "Certificate of the origin", ACCEPTED),
    ("新参保地受理申请", "Accepted here", ACCEPTED),
    ("审核并发联系函", "Checked, letter sent", Mark::WorkingDays(15)),
    ("原参保地转出信息表和资金", "Records and money leave the origin", Mark::WorkingDays(30)),
    ("新参保地接收、匹配", "Received and matched here", Mark::WorkingDays(35)),
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

/// The steps of a case as they are today. A case that ended before its way did shows what was done, and how it ended.
pub fn steps(case: &Kept, at_once: bool, calendar: &Calendar, today: Date, language: Language) -> Vec<Step> {
    let step = |zh: &str, en: &str, state, on: Option<Date>| Step {
        name: language.say(zh, en).to_owned(),
        state,
        on: on.map(|day| day.to_string()).unwrap_or_default(),
    };
    let mut steps = Vec::new();
    let mut under_way = true;
    for (zh, en, mark) in way(case, at_once) {
        match done_on(case, *mark, calendar, today).filter(|_| under_way) {
            Some(day) => steps.push(step(zh, en, StepState::Done, Some(day))),
            None if !case.is_open() => break,
            None => {
                if under_way && case.stage == CaseStage::Correction {
                    steps.push(step("补正材料", "To be mended", StepState::Now, None));
                    under_way = false;
                }
                let state = if std::mem::take(&mut under_way) { StepState::Now } else { StepState::Next };
                steps.push(step(zh, en, state, None));
            }
        }
    }
    if let Some((zh, en)) = ending(case.stage) {
        steps.push(step(zh, en, StepState::Done, Some(case.changed())));
    }
    steps
}

/// The day on which a step was done.
fn done_on(case: &Kept, mark: Mark, calendar: &Calendar, today: Date) -> Option<Date> {
    match mark {
        // What was taken back by a correction is to be done again.
        Mark::Stage(CaseStage::Accepted) => case.accepted,
        Mark::Stage(stage) => case.day_of(stage),
        Mark::WorkingDays(days) => {
            let planned = calendar.nth_working_day(case.accepted?, days).ok();
            let ended = case.day_of(CaseStage::Approved);
            match (planned, ended) {
                (Some(planned), Some(ended)) => Some(planned.min(ended)),
                (planned, ended) => {
                    let last = if case.is_open() { today } else { case.changed() };
                    planned.filter(|day| *day <= last).or(ended)
                }
            }
        }
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
