//! A case as its owner reads it, and masked as anybody with the slip may: without figures, defects and what leads on. What is told next is
//! true for its stage and holds nothing personal.

use contract::catalogue::{Item, Text};
use contract::message::{Binding, Case, CaseStage, Defect, Figure};
use contract::problem::Route;

use super::Kept;
use super::parts::Parts;
use super::steps::steps;
use crate::calls::Call;
use crate::language::Language;
use crate::windows::{Desk, ID, SLIP, Window};

/// What goes into an answer beside the case.
pub struct Shown<'a> {
    pub call: &'a Call<'a>,
    /// None where it has left the catalogue: its cases can still be seen.
    pub item: Option<&'a Item>,
    pub language: Language,
}

impl Shown<'_> {
    /// For its owner.
    pub fn full(&self, case: &Kept, binding: Binding) -> Result<Case, rusqlite::Error> {
        let granted = matches!(case.stage, CaseStage::Approved | CaseStage::Delivered);
        let figures = case.outcome.figures.iter().map(|told| Figure {
            label: told.label.in_language(self.language.tag()).to_owned(),
            value: told.value.clone(),
        });
        let parts = Parts::of(self.call.db, case.seq)?.told(self.call.db, self.language)?;
        Ok(Case {
            figures: figures.chain(parts).collect(),
            defects: self.defects(case),
            pointer: if granted { case.outcome.pointer.replace("{case}", &case.pick_up) } else { String::new() },
            ..self.masked(case, binding)
        })
    }

    /// For whoever has its name.
    pub fn masked(&self, case: &Kept, binding: Binding) -> Case {
        let at_once = self.item.is_some_and(|item| item.notice.limits.by_promise_working_days == 0);
        let day = |day: Option<contract::format::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Case {
            binding,
            case: case.number.clone(),
            pick_up: case.pick_up.clone(),
            item: case.item.clone(),
            key: case.key.clone(),
            stage: case.stage,
            steps: steps(case, at_once, self.language),
            filed: case.filed.to_string(),
            due_by_law: day(case.due_by_law),
            due_by_promise: day(case.due_by_promise),
            figures: Vec::new(),
            next: self.next(case),
            defects: Vec::new(),
            route: self.route(case),
            pointer: String::new(),
        }
    }

    fn say(&self, zh: &str, en: &str) -> String {
        self.language.say(zh, en).to_owned()
    }

    fn next(&self, case: &Kept) -> Vec<String> {
        let say = |zh, en| self.say(zh, en);
        let progress = || say("可随时凭取件码查询进度。", "Ask how far it is with the pick-up code at any time.");
        match case.stage {
            CaseStage::Submitted => {
                vec![say("经办机构将在下一个工作日受理。", "It is looked through on the next working day."), progress()]
            }
            CaseStage::Accepted | CaseStage::InReview if case.outcome.notice_to.is_some() => vec![
                say(
                    "已通知原手机号，保护期内暂不变更。",
                    "The old telephone was told; nothing changes in the holding period.",
                ),
                say(
                    "如非本人申请，请立即撤回并拨打 12333。",
                    "If this was not you, withdraw it at once and call 12333.",
                ),
            ],
            CaseStage::Accepted | CaseStage::InReview if case.item == "F08" => vec![
                say(
                    "两地经办机构正在办理，受理不等于转移完成。",
                    "The two agencies work on it; accepted is not moved.",
                ),
                progress(),
            ],
            CaseStage::Accepted | CaseStage::InReview => {
                vec![
                    say("经办机构正在办理，无需再次提交。", "It is being worked on; there is no need to file again."),
                    progress(),
                ]
            }
            CaseStage::Correction => vec![
                say("请按所列事项一次补正，到窗口提交。", "Mend everything on the list and hand it in at the window."),
                say("补正时间不计入办理时限。", "The time this takes is not counted."),
            ],
            CaseStage::Approved if case.item == "F08" => vec![
                say(
                    "信息和资金已核对，尚未合并，合并后告知。",
                    "Checked, not merged yet; you will be told when it is.",
                ),
                progress(),
            ],
            CaseStage::Approved => {
                vec![say("已批准，下一个工作日办结送达。", "Granted; delivered on the next working day.")]
            }
            CaseStage::Delivered => vec![self.delivered(case)],
            CaseStage::Refused | CaseStage::Rejected => vec![
                say("可按所列事项处理后重新申请。", "Apply again when what is listed has been mended."),
                say("不服的，可依法申请行政复议或者提起行政诉讼。", "You may ask for a review or go to court."),
            ],
            CaseStage::Withdrawn => vec![say(
                "申请已撤回，没有任何变更；可重新申请。",
                "Withdrawn, nothing has changed; you may apply again.",
            )],
        }
    }

    fn delivered(&self, case: &Kept) -> String {
        match case.item.as_str() {
            "F01" => {
                self.say("认证完成，请在下次应认证月份前再次认证。", "Certified; certify again by the month shown.")
            }
            "F04" => self.say("参保登记完成，请办理灵活就业缴费申报。", "Enrolled; now declare your contributions."),
            "F05" => self.say("请扫码向税务部门缴费，缴费后记入权益记录。", "Scan the code to pay the tax authority."),
            "F08" => self.say(
                "养老保险关系已合并，可查询缴费明细。",
                "Your pension insurance is merged; see your contributions.",
            ),
            "F09" => self.say(
                "登记完成，可到失业就业窗口了解就业服务和失业保险金。",
                "Registered; the unemployment window tells you about work and benefit.",
            ),
            "F20" => {
                self.say("已撤回，没有任何变更；可重新申请。", "Withdrawn, nothing has changed; you may apply again.")
            }
            "F17" => self.say("评价已记录，不记名。", "Your opinion is kept, without your name."),
            "F13" => self.say(
                "已立即生效；补换新卡请到社会保障卡窗口。",
                "In force at once; ask for a new card at the cards window.",
            ),
            "F11" => self.say(
                "社会保障功能已启用。请取出卡片，重新插入，再办其他事项。",
                "The card is active. Take it out and insert it again for everything else.",
            ),
            "F19" => self.say(
                "请凭取件码到档案窗口领取复制件。",
                "Collect the copy at the archive window with the pick-up code.",
            ),
            _ => self.say("已办结。", "Done."),
        }
    }

    /// Where a person goes on.
    fn route(&self, case: &Kept) -> Option<Route> {
        let window = match (case.stage, case.item.as_str()) {
            (CaseStage::Correction | CaseStage::Refused | CaseStage::Rejected, _) => Window::General,
            (CaseStage::Withdrawn, _) => return None,
            (_, "F19") => Window::Archive,
            _ => return None,
        };
        Some(Desk::of(self.call.agency, self.call.today, self.language).route(window, &[ID, SLIP]))
    }

    /// What stands in the way of a case that an official has stopped: every material of the item, with its rule.
    fn defects(&self, case: &Kept) -> Vec<Defect> {
        let (zh, en) = match case.stage {
            CaseStage::Correction => ("材料需要补正", "To be mended"),
            CaseStage::Refused => ("不符合受理条件", "The conditions are not met"),
            CaseStage::Rejected => ("经审查不符合规定", "Reviewed and not granted"),
            _ => return Vec::new(),
        };
        let Some(notice) = self.item.map(|item| &item.notice) else { return Vec::new() };
        let remedy = self.say("到窗口核对并提交", "Have it checked and hand it in at the window");
        let defect = |what: &Text, basis: &contract::catalogue::Basis| Defect {
            field: String::new(),
            text: format!("{}: {}", self.say(zh, en), what.in_language(self.language.tag())),
            basis: format!("{} {}", basis.law, basis.article).trim_end().to_owned(),
            remedy: remedy.clone(),
        };
        let of_law = notice.bases.first();
        let conditions = notice.conditions.iter().filter_map(|what| of_law.map(|basis| defect(what, basis)));
        let materials = notice.materials.iter().map(|material| defect(&material.name, &material.basis));
        match case.stage {
            CaseStage::Correction => materials.collect(),
            _ => conditions.collect(),
        }
    }
}
