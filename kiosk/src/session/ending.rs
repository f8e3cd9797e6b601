//! How a visit begins and ends: opened for the first touch or card, ended by wish, by idleness, by its card, by its length.

use std::collections::BTreeMap;

use contract::catalogue::{Item, Kind};
use contract::field::{Value, to_send};
use contract::message::{FileCase, Outcome};
use contract::site::Limits;
use hal::Code;
use hal::card::{CardError, Insertion};
use ui::Look;

use super::context::{Context, Refusal};
use super::effect::{CardCommand, Effect, Post};
use super::health::suspended;
use super::identify::{Identify, Wanted};
use super::info::InfoPage;
use super::input::{Completion, Ticket};
use super::scan::Scanning;
use super::state::{Draft, Farewell, Form, LaidDown, Message, Notice, Scene, Serving, Stage};
use super::terminal::Terminal;
use super::visit::{Over, Visit};
use super::{acting, card, form, questionnaire, rate};
use crate::events::{Event, VisitEnd};

pub(super) fn open(look: Look, cx: &mut Context<'_>) -> Box<Visit> {
    let visit = cx.terminal.visit(look, cx.now);
    cx.log(Event::VisitOpened { visit: visit.number });
    visit
}

/// Ends a visit: whatever it still waits for is cancelled, everything that belongs to it is dropped, here and outside.
pub(super) fn end(mut visit: Box<Visit>, scene: Option<Scene>, why: VisitEnd, cx: &mut Context<'_>) -> Stage {
    for scene in [scene, visit.paused.take().map(|paused| *paused)].into_iter().flatten() {
        // What belongs to no visit goes on: an opinion that is on its way.
        if let Some(ticket) = scene.ticket().filter(|ticket| ticket.visit == visit.number) {
            cx.push(Effect::Cancel(ticket));
        }
        acting::outlives(&mut visit, &scene, cx);
        rate::unfinished(scene, cx);
    }
    let card_in = visit.card_in();
    if visit.card.is_some() || visit.next.is_some() {
        cx.push(Effect::ReleaseCard);
    }
    cx.push(Effect::EndVisit(visit.number));
    cx.log(Event::VisitEnded { visit: visit.number, why });
    farewell(&visit, card_in, why.code(), cx)
}

/// When a card that is handed back now counts as forgotten.
fn keep_at_ms(card_in: Option<Insertion>, cx: &Context<'_>) -> Option<u64> {
    let site = &cx.terminal.site;
    let motor = card_in.is_some() && site.devices.card.bridge.is_some();
    motor.then(|| cx.now.elapsed_ms + site.limits.card_forgotten_ms)
}

/// Nobody took it. Where the motor fails, it is waited for as if there were none.
pub(super) fn keep(mut farewell: Farewell, cx: &mut Context<'_>) -> Stage {
    farewell.keep_at_ms = None;
    cx.terminal.keeping = Some(cx.card(0, CardCommand::Keep));
    Stage::Farewell(farewell)
}

/// The card lies in the bin, or not. That it has left the slot is told by the watch, perhaps before this.
pub(super) fn kept(result: Result<u16, CardError>, cx: &mut Context<'_>) {
    cx.terminal.keeping = None;
    match result {
        Ok(count) => {
            cx.terminal.kept_cards = count;
            cx.log(Event::CardKept { count });
        }
        // It was taken in the last moment.
        Err(CardError::Gone) => {}
        Err(error) => cx.log(Event::Fault { code: error.code() }),
    }
}

fn farewell(visit: &Visit, card_in: Option<Insertion>, why: Option<Code>, cx: &Context<'_>) -> Stage {
    let Visit { look, slips, sheets, document, .. } = *visit;
    let farewell = Farewell { slips, sheets, document, why, ..Farewell::of(look, card_in, cx) };
    if card_in.is_none() && farewell.has_only_the_card() {
        return Stage::Welcome(None);
    }
    Stage::Farewell(farewell)
}

/// When something happens by itself on this page.
///
/// Nobody is hurried while the machine works; a job that waits for paper is not work. The overlay's own moment is kept in
/// it, so that the remaining seconds can be shown.
pub(super) fn serving_deadline(serving: &Serving, terminal: &Terminal) -> Option<u64> {
    let Serving { visit, scene } = serving;
    let limits = &terminal.site.limits;
    if scene.is_working() {
        return None;
    }
    if must_end(scene, terminal).is_some() {
        return Some(0);
    }
    let idle = match visit.over {
        Some(Over::Idle { until_ms }) => until_ms,
        Some(Over::Help | Over::Display) | None => visit.touched_ms + quiet_ms(scene, limits),
    };
    let notice = match scene {
        Scene::Notice(notice) => notice.until_ms,
        Scene::Rating(rating) => Some(rating.until_ms),
        Scene::Questionnaire(filling) => Some(filling.until_ms),
        _ => None,
    };
    [Some(idle), notice, Some(longest_at_ms(visit, scene, limits))].into_iter().flatten().min()
}

/// How long nothing may happen before the warning.
fn quiet_ms(scene: &Scene, limits: &Limits) -> u64 {
    match scene {
        Scene::Pin(_) | Scene::CardPin(_) => limits.pin_idle_ms.saturating_sub(limits.idle_end_ms),
        number if number.tells_a_number() => limits.idle_warning_ms.max(limits.notice_ms),
        _ => limits.idle_warning_ms,
    }
}

/// When the visit is too long for the queue. A number that came only now has its time to be written down, and no tap gives it more.
fn longest_at_ms(visit: &Visit, scene: &Scene, limits: &Limits) -> u64 {
    let longest = visit.opened_ms + limits.visit_max_ms;
    if scene.tells_a_number() { longest.max(visit.told_ms + limits.notice_ms) } else { longest }
}

/// Why the visit must end now. A message to somebody who has just come says so and stays as long as any.
fn must_end(scene: &Scene, terminal: &Terminal) -> Option<Code> {
    let told = match scene {
        Scene::Notice(Notice { message: Message::OutOfService(code), .. }) => Some(*code),
        _ => None,
    };
    suspended(terminal).filter(|code| told != Some(*code))
}

pub(super) fn serving_due(serving: Serving, cx: &mut Context<'_>) -> Stage {
    let Serving { mut visit, scene } = serving;
    if let Some(code) = must_end(&scene, cx.terminal) {
        return end(visit, Some(scene), VisitEnd::Suspended(code), cx);
    }
    let limits = &cx.terminal.site.limits;
    let now_ms = cx.now.elapsed_ms;
    // Whoever has put in a card that waits is served once the page has stood its time. Nobody has left it, so that it may be somebody else's.
    let next = visit.next.filter(|_| matches!(scene, Scene::Filed(_) | Scene::Info(_) | Scene::Notice(_)));
    if now_ms >= longest_at_ms(&visit, &scene, limits) {
        return match next {
            Some(insertion) => card::another(Serving { visit, scene }, VisitEnd::TooLong, insertion, cx),
            None => too_long(visit, scene, cx),
        };
    }
    // Whatever lies over them: a moment that has passed would be due for ever.
    let scene = match scene {
        Scene::Rating(rating) if now_ms >= rating.until_ms => {
            return Stage::Serving(Serving { visit, scene: rate::due(rating, cx) });
        }
        Scene::Questionnaire(filling) if now_ms >= filling.until_ms => {
            return Stage::Serving(Serving { visit, scene: questionnaire::done(*filling, cx) });
        }
        other => other,
    };
    let notice_over = matches!(&scene, Scene::Notice(notice) if notice.until_ms.is_some_and(|at| now_ms >= at));
    let warned_out = matches!(visit.over, Some(Over::Idle { until_ms }) if now_ms >= until_ms);
    if notice_over || warned_out {
        return end(visit, Some(scene), VisitEnd::Idle, cx);
    }
    if let Some(insertion) = next {
        return card::another(Serving { visit, scene }, VisitEnd::Idle, insertion, cx);
    }
    visit.over = Some(Over::Idle { until_ms: now_ms + limits.idle_end_ms });
    Stage::Serving(Serving { visit, scene })
}

/// The queue cannot wait; what was typed for a case is not lost: it is sealed, and a window goes on with it under a number.
fn too_long(visit: Box<Visit>, scene: Scene, cx: &mut Context<'_>) -> Stage {
    let (look, draft) = (visit.look, draft(&visit, &scene, cx));
    let ended = end(visit, Some(scene), VisitEnd::TooLong, cx);
    if draft.is_none() {
        return ended;
    }
    let mut farewell = match ended {
        Stage::Farewell(farewell) => farewell,
        _ => Farewell::of(look, None, cx),
    };
    farewell.draft = draft;
    farewell.waits_for_a_number(cx);
    Stage::Farewell(farewell)
}

/// What was typed is on the disk, or it is not: only now is its number told, with time to write it down.
pub(super) fn posted(mut farewell: Farewell, completion: Completion, cx: &mut Context<'_>) -> Stage {
    farewell.draft = match (farewell.draft.take(), completion) {
        (Some(Draft::Sealing { code, .. }), Completion::Posted(kept)) => {
            farewell.waits_for_a_number(cx);
            Some(if kept { Draft::Kept(code) } else { Draft::Lost })
        }
        (draft, _) => {
            cx.refuse(Refusal::NotExpected);
            draft
        }
    };
    Stage::Farewell(farewell)
}

impl Farewell {
    /// With nothing to take but the card.
    pub(super) fn of(look: Look, card_in: Option<Insertion>, cx: &Context<'_>) -> Self {
        let until_ms = cx.now.elapsed_ms + cx.terminal.site.limits.farewell_ms;
        let keep_at_ms = keep_at_ms(card_in, cx);
        Self {
            look,
            card_in,
            next: None,
            slips: 0,
            sheets: 0,
            document: LaidDown::None,
            draft: None,
            why: None,
            until_ms,
            keep_at_ms,
        }
    }

    /// Whether nothing else is to be taken.
    pub(super) const fn has_only_the_card(&self) -> bool {
        self.slips == 0 && self.sheets == 0 && !self.document.is_there()
    }

    /// A number has to be written down. Whoever does takes their card afterwards, and no motor may have taken it in.
    fn waits_for_a_number(&mut self, cx: &Context<'_>) {
        self.until_ms = cx.now.elapsed_ms + cx.terminal.site.limits.notice_ms;
        self.keep_at_ms = self.keep_at_ms.map(|at| at.max(self.until_ms));
    }

    /// Whatever else is to be taken is pointed at from now on. A number that has to be written down stays as long as it was to.
    pub(super) fn card_is_out(&mut self, cx: &Context<'_>) {
        self.card_in = None;
        let paper_ms = cx.now.elapsed_ms + cx.terminal.site.limits.farewell_ms;
        self.until_ms = if self.draft.is_some() { self.until_ms.max(paper_ms) } else { paper_ms };
    }

    /// The result that it waits for.
    #[must_use]
    pub const fn ticket(&self) -> Option<Ticket> {
        match self.draft {
            Some(Draft::Sealing { ticket, .. }) => Some(ticket),
            _ => None,
        }
    }
}

/// Has what was typed for a case sealed, if there is something and there is room.
fn draft(visit: &Visit, scene: &Scene, cx: &mut Context<'_>) -> Option<Draft> {
    // Behind the page that asks for the PIN once more stands what is to be filed.
    let form = typed_in(scene).or_else(|| typed_in(visit.paused.as_deref()?))?;
    let inputs = as_it_stands(form, cx);
    if form.item.kind != Kind::Filing || inputs.is_empty() || !cx.terminal.health.can_keep() {
        return None;
    }
    // The token alone would not do: it stands in the journal, and with the number a window opens the draft.
    let number = cx
        .terminal
        .drawn(&format!("draft/{}", visit.token))
        .bytes()
        .fold(0u64, |sum, byte| (sum * 31 + u64::from(byte)) % 100_000_000);
    let code = format!("{number:08}");
    let typed = FileCase {
        // Nobody files it: whose it is, the agency knows from the visit; of what names nobody it is not to know.
        visit: visit.asks_as(&form.item).visit,
        session: String::new(),
        catalogue: visit.catalogue.version.clone(),
        item: form.item.id.clone(),
        item_version: form.item.version,
        inputs,
        consent: String::new(),
        language: visit.look.lang.tag().to_owned(),
    };
    let ticket = cx.post(Post::Draft { code: code.clone(), typed: Box::new(typed) });
    Some(Draft::Sealing { ticket, code })
}

/// The answers, and of the question that is open what was typed so far: right or not where nothing else is known, and only right in the place of
/// an answer. Never a PIN.
fn as_it_stands(form: &Form, cx: &Context<'_>) -> BTreeMap<String, Value> {
    let mut inputs = to_send(form.answers.clone());
    let text = &form.typed.text;
    let open = form::open_field(form).filter(|field| field.kind.leaves_the_kiosk() && !text.is_empty());
    if let Some(field) = open {
        let checked = field.kind.check(text, cx.now.date());
        if checked.is_ok() || !inputs.contains_key(&field.id) {
            inputs.insert(field.id.clone(), checked.unwrap_or_else(|_| Value::Text(text.clone())));
        }
    }
    inputs
}

/// What somebody has typed for a case, and is about to file.
fn typed_in(scene: &Scene) -> Option<&Form> {
    match scene {
        Scene::Form(form) | Scene::Scanning(Scanning { form, .. }) => Some(form),
        Scene::Review(review) => Some(&review.form),
        Scene::CardPin(pin) => Some(&pin.form),
        Scene::Witness(witness) => Some(&witness.review.form),
        Scene::Identify(Identify { wanted: Wanted::Review(review), .. }) => Some(&review.form),
        _ => None,
    }
}

impl Scene {
    /// Whether the machine works and nobody is expected to touch anything.
    pub(super) const fn is_working(&self) -> bool {
        match self {
            Self::Acting(acting) => acting.blocked.is_none(),
            // Somebody is typing, however fast the engine is, or holds something before a device.
            Self::Form(_) | Self::Scanning(_) => false,
            // The disk may hang; nobody's records wait behind it for whoever comes next.
            Self::Noting { .. } => false,
            Self::Identify(identify) => identify.is_working(),
            Self::Witness(witness) => witness.is_working(),
            other => other.ticket().is_some(),
        }
    }

    /// Whether a number stands on it that has to be written down.
    fn tells_a_number(&self) -> bool {
        match self {
            Self::Filed(_) => true,
            Self::Info(info) => matches!(info.page, InfoPage::Left(_)),
            Self::Acting(acting) => acting.case.is_some() || acting.question.is_some(),
            Self::Notice(Notice { message: Message::Acted(_, _, end), .. }) => {
                end.outcome == Outcome::Queued || end.case.is_some() || end.question.is_some()
            }
            _ => false,
        }
    }

    /// Whether a card that is put in waits for it: it tells how something of nobody's ended, or is about to. Of whoever is known, what is theirs
    /// is found without its number; a message does not say whose its number is.
    pub(super) fn keeps_a_card_waiting(&self, visit: &Visit) -> bool {
        match self {
            Self::Acting(acting) => visit.catalogue.item(&acting.item).is_some_and(Item::is_of_nobody),
            Self::Filed(filed) => filed.item.is_of_nobody(),
            Self::Notice(Notice { message: Message::Acted(..), .. }) if visit.person.is_none() => true,
            other => other.tells_a_number(),
        }
    }

    /// Whether 取卡离开 is offered: everywhere but in the middle of a job that is under way.
    pub(crate) const fn may_leave(&self) -> bool {
        match self {
            Self::Acting(acting) => acting.blocked.is_some(),
            Self::Notice(notice) => !matches!(notice.message, Message::Card(_)) || notice.until_ms.is_some(),
            _ => true,
        }
    }
}
