//! Where people give up: per item, how many entered, got what they came for, left, ran out of time, were sent to a window, or met a fault. An
//! observer of `step` from outside: it compares the page before with the page after and changes nothing. Counts items, never people.

use contract::catalogue::Kind;
use contract::message::Outcome;

use super::card_pin::Step as PinStep;
use super::context::Effects;
use super::effect::{ActKind, Effect};
use super::state::{Message, Scene, Serving, Stage};
use crate::clock::Now;
use crate::events::{Event, VisitEnd};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FunnelStep {
    /// The item was opened.
    Entered,
    /// Records were shown, a document was printed, a case was filed or is on its way.
    Done,
    /// The citizen went back or left.
    Left,
    /// Nobody answered the warning, or the visit was too long.
    TimedOut,
    /// A window was named instead.
    ToWindow,
    /// A device or the agency failed, or said no without a window.
    Failed,
}

impl FunnelStep {
    /// As it stands in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Done => "done",
            Self::Left => "left",
            Self::TimedOut => "timed_out",
            Self::ToWindow => "to_window",
            Self::Failed => "failed",
        }
    }
}

/// The item that somebody is busy with, if its result is still to come.
pub(super) fn busy_with(stage: &Stage) -> Option<String> {
    let (visit, scene) = match stage {
        Stage::Serving(Serving { visit, scene }) => (visit, visit.paused.as_deref().unwrap_or(scene)),
        Stage::Gone(gone) => (&gone.visit, gone.visit.paused.as_deref()?),
        Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => return None,
    };
    // Whoever inserts a card when asked who they are is still on the way.
    let waiting = || visit.wanted.as_ref().map(|form| form.item.id.as_str());
    item(scene).or_else(waiting).map(str::to_owned)
}

fn item(scene: &Scene) -> Option<&str> {
    match scene {
        Scene::Identify(identify) => Some(&identify.wanted.item().id),
        Scene::Witness(witness) => Some(&witness.review.form.item.id),
        Scene::Caution(form) | Scene::Form(form) | Scene::Fetching { form, .. } | Scene::Noting { form, .. } => {
            Some(&form.item.id)
        }
        Scene::Scanning(scanning) => Some(&scanning.form.item.id),
        // The new PIN is what one came for, or one step of a filing.
        Scene::CardPin(pin) if pin.form.item.kind == Kind::CardPin && matches!(pin.step, PinStep::Changed) => None,
        Scene::CardPin(pin) => Some(&pin.form.item.id),
        Scene::Info(info) if info.ticket().is_some() => Some(&info.form.item.id),
        Scene::Review(review) => Some(&review.form.item.id),
        // A slip only repeats what was shown or filed.
        Scene::Acting(acting) if !matches!(acting.kind, ActKind::Slip) => Some(&acting.item),
        _ => None,
    }
}

/// Counts what has become of the item that somebody was busy with, and the one that they have just opened.
pub(super) fn count(before: Option<String>, after: &Stage, effects: &mut Effects, now: Now) {
    let busy = busy_with(after);
    if before == busy {
        return;
    }
    let day = now.date();
    if let Some(item) = before {
        effects.list.push(Effect::Count { day, item, step: became(after, effects) });
    }
    if let Some(item) = busy {
        effects.list.push(Effect::Count { day, item, step: FunnelStep::Entered });
    }
}

fn became(after: &Stage, effects: &Effects) -> FunnelStep {
    let ended = effects.list.iter().find_map(|effect| match effect {
        Effect::Log(Event::VisitEnded { why, .. }) => Some(*why),
        _ => None,
    });
    match (ended, after) {
        (Some(VisitEnd::Idle | VisitEnd::TooLong | VisitEnd::CardNotBack), _) => FunnelStep::TimedOut,
        (Some(_), _) => FunnelStep::Left,
        (None, Stage::Serving(Serving { scene: Scene::Table(_) | Scene::Filed(_) | Scene::CardPin(_), .. })) => {
            FunnelStep::Done
        }
        // Without the agency it is half an answer at best.
        (None, Stage::Serving(Serving { scene: Scene::Checked(_), .. })) => FunnelStep::Failed,
        (None, Stage::Serving(Serving { scene: Scene::Info(_), .. })) => FunnelStep::Done,
        (None, Stage::Serving(Serving { scene: Scene::Notice(notice), .. })) => told(&notice.message),
        (None, _) => FunnelStep::Left,
    }
}

const fn told(message: &Message) -> FunnelStep {
    match message {
        Message::Problem(problem) if problem.route.is_some() => FunnelStep::ToWindow,
        Message::Acted(_, _, end) => match end.outcome {
            // What is queued is kept, and nobody has to come again.
            Outcome::Printed | Outcome::Filed | Outcome::Queued | Outcome::Changed => FunnelStep::Done,
            Outcome::NotPrinted | Outcome::NotFiled | Outcome::NotChanged | Outcome::Unknown => FunnelStep::Failed,
        },
        Message::Elsewhere(_) => FunnelStep::ToWindow,
        Message::ActsFor => FunnelStep::Done,
        _ => FunnelStep::Failed,
    }
}
