//! How a case moves (domain 9.1): by itself with the days, by an order of the steering file, by withdrawal. Days are working days of the
//! calendar; where that is not published yet, a case waits for an order and no due date is told.
//!
//! The limits count from the acceptance (社会保险经办条例 6, 10, 18), which is to come on the next working day: the slip needs its dates at
//! once. A correction takes acceptance and dates back, so that its time is not counted.
//! Must never: change a case that is closed.

use contract::catalogue::{Catalogue, Limits};
use contract::format::Date;
use contract::message::CaseStage;
use contract::problem::ProblemCode;
use rusqlite::{Connection, params};

use super::effect::Fact;
use super::{Kept, effect, evaluation, kept};
use crate::calls::Refusal;
use crate::mishap::Order;
use crate::rules::calendar::Calendar;

/// Steps of one case in one run: more than there are stages.
const STEPS_MAX: usize = 16;

/// What moves cases.
pub struct Life<'a> {
    pub db: &'a Connection,
    pub calendar: &'a Calendar,
    pub catalogue: &'a Catalogue,
}

impl Life<'_> {
    /// Brings every case to where it is today, orders first: an order given today is older than what today brings.
    pub fn advance(&self, orders: &[Order], today: Date) -> Result<(), Refusal> {
        for order in orders {
            self.obey(order, today)?;
        }
        for case in kept::due(self.db, today)? {
            self.go_on(case, today)?;
        }
        Ok(())
    }

    /// A case of an item that has left the catalogue waits as it is: nobody knows its limits.
    fn go_on(&self, mut case: Kept, today: Date) -> Result<(), Refusal> {
        if self.limits(&case).is_none() {
            return Ok(());
        }
        for _ in 0..STEPS_MAX {
            let Some((day, stage)) = case.next_on.filter(|day| *day <= today).zip(next_stage(case.stage)) else {
                break;
            };
            self.enter(&mut case, stage, day)?;
        }
        Ok(())
    }

    /// Carries an order out once, in the transaction of the call: the line may stay in the file. What is decided is only delivered, what is
    /// closed stays closed, and nobody of that name is nobody.
    fn obey(&self, order: &Order, today: Date) -> Result<(), Refusal> {
        let name = contract::message::CaseName::PickUp(order.pick_up.clone());
        let Some(mut case) = kept::by_name(self.db, &name)? else { return Ok(()) };
        let deliver = order.stage == CaseStage::Delivered;
        let may_be_ordered = case.is_undecided() || (case.stage == CaseStage::Approved && deliver);
        let done = case.ordered == Some(order.stage) || case.stage == order.stage;
        if done || !may_be_ordered || self.limits(&case).is_none() {
            return Ok(());
        }
        if deliver && case.stage != CaseStage::Approved {
            self.enter(&mut case, CaseStage::Approved, today)?;
        }
        self.enter(&mut case, order.stage, today)?;
        self.db.execute("UPDATE cases SET ordered = ?2 WHERE seq = ?1", params![case.seq, order.stage.as_str()])?;
        Ok(())
    }

    /// Takes a case back on its owner's word.
    pub fn withdraw(&self, case: &mut Kept, today: Date) -> Result<(), Refusal> {
        if !case.is_undecided() {
            return Err(ProblemCode::CaseClosed.into());
        }
        self.enter(case, CaseStage::Withdrawn, today)
    }

    /// Brings a case to a stage, with everything that goes with it.
    pub fn enter(&self, case: &mut Kept, stage: CaseStage, day: Date) -> Result<(), Refusal> {
        let limits = self.limits(case);
        case.stage = stage;
        case.stages.push((stage, day));
        case.next_on = limits.and_then(|limits| self.next_day(case, limits, day));
        match stage {
            CaseStage::Submitted => self.count_from(case, limits, case.next_on),
            CaseStage::Accepted => {
                case.accepted = Some(day);
                self.count_from(case, limits, case.accepted);
            }
            CaseStage::Correction => {
                case.accepted = None;
                self.count_from(case, limits, None);
            }
            CaseStage::Approved => {
                effect::grant(self.db, case, day)?;
                self.follow(case, day)?;
            }
            _ => {}
        }
        self.keep(case, day)
    }

    /// What a granted case does to another one.
    fn follow(&self, case: &Kept, day: Date) -> Result<(), Refusal> {
        for change in &case.outcome.changes {
            match change.fact {
                Fact::Evaluated => evaluation::keep_written(self.db, &change.value, day)?,
                Fact::Withdrawn => {
                    let lost = || Refusal::Broken("a case that was to be withdrawn is not there".to_owned());
                    let seq = change.value.parse().map_err(|_| lost())?;
                    let mut other = kept::by_seq(self.db, seq)?.ok_or_else(lost)?;
                    self.withdraw(&mut other, day)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What is done at once has no due date.
    fn count_from(&self, case: &mut Kept, limits: Option<Limits>, day: Option<Date>) {
        let Some(limits) = limits else { return };
        let counted = day.filter(|_| limits.by_promise_working_days > 0);
        let due = |days: u16| counted.and_then(|day| self.calendar.due_date(day, days.into()).ok());
        case.due_by_law = due(limits.by_law_working_days);
        case.due_by_promise = due(limits.by_promise_working_days);
    }

    /// When the next stage comes: accepted on the next working day, looked at on the one after, decided on the promised day, delivered on
    /// the next one.
    fn next_day(&self, case: &Kept, limits: Limits, day: Date) -> Option<Date> {
        if limits.by_promise_working_days == 0 {
            return next_stage(case.stage).map(|_| day);
        }
        let next_working_day = || self.calendar.nth_working_day(day, 1).ok();
        match case.stage {
            CaseStage::Submitted if accepts_at_once(&case.item) => Some(day),
            CaseStage::Submitted | CaseStage::Approved => next_working_day(),
            CaseStage::Accepted => next_working_day(),
            CaseStage::InReview => case.due_by_promise.map(|due| due.max(day)),
            _ => None,
        }
    }

    fn limits(&self, case: &Kept) -> Option<Limits> {
        self.catalogue.item(&case.item).map(|item| item.notice.limits)
    }

    fn keep(&self, case: &Kept, day: Date) -> Result<(), Refusal> {
        let or_empty = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        self.db.execute(
            "UPDATE cases SET stage = ?2, accepted = ?3, due_law = ?4, due_promise = ?5, next_on = ?6 WHERE seq = ?1",
            params![
                case.seq,
                case.stage.as_str(),
                or_empty(case.accepted),
                or_empty(case.due_by_law),
                or_empty(case.due_by_promise),
                or_empty(case.next_on)
            ],
        )?;
        let row = params![case.seq, case.stage.as_str(), day.to_string()];
        self.db.execute("INSERT INTO case_stages (of_case, stage, day) VALUES (?1, ?2, ?3)", row)?;
        Ok(())
    }
}

/// F02 asks for no material, so there is nothing to look through before it is accepted; its days are a holding period.
fn accepts_at_once(item: &str) -> bool {
    item == "F02"
}

/// What a stage turns into by itself.
const fn next_stage(stage: CaseStage) -> Option<CaseStage> {
    match stage {
        CaseStage::Submitted => Some(CaseStage::Accepted),
        CaseStage::Accepted => Some(CaseStage::InReview),
        CaseStage::InReview => Some(CaseStage::Approved),
        CaseStage::Approved => Some(CaseStage::Delivered),
        CaseStage::Correction
        | CaseStage::Refused
        | CaseStage::Rejected
        | CaseStage::Delivered
        | CaseStage::Withdrawn => None,
    }
}
