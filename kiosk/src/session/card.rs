//! The card: inserted, read in two phases, pulled, put back, swapped for another.

use contract::site::PIN_TRIES_KEPT;
use hal::card::authority::Challenged;
use hal::card::{Authority, Begun, CardError, CardEvent, Insertion, Issuer, Tries};
use hal::{Code, Private};
use ui::Intent;

use super::context::{Context, Refusal};
use super::effect::{CardCommand, Effect};
use super::health::{self, agency_failed};
use super::identify::{At, Identify, Told};
use super::input::Completion;
use super::state::{Cause, Doing, Farewell, Gone, LaidDown, Message, Notice, Pin, Reading, Scene, Serving, Stage};
use super::terminal::Terminal;
use super::visit::{Visit, VisitCard};
use super::{ending, form, identify, pin, rate, scan, witness};
use crate::agency::AgencyError;
use crate::events::VisitEnd;

/// What the agency's silence is called before its first answer: no failure yet.
const STARTING: &str = "starting";

pub(super) fn event(stage: Stage, event: CardEvent, cx: &mut Context<'_>) -> Stage {
    match event {
        CardEvent::ReaderReady => {
            reader(Ok(()), cx);
            stage
        }
        CardEvent::ReaderLost(error) => {
            reader(Err(error.code()), cx);
            lost(stage, Cause::ReaderLost, cx)
        }
        CardEvent::Removed(insertion) => removed(stage, insertion, cx),
        CardEvent::Inserted(insertion) => inserted(stage, insertion, cx),
        CardEvent::Mute => mute(stage, cx),
    }
}

fn reader(news: Result<(), Code>, cx: &mut Context<'_>) {
    if cx.terminal.health.card != news {
        cx.terminal.health.card = news;
        health::log(news, "card", cx);
    }
}

/// A card lies in the reader. A new visit, or the one that waits for its card.
fn inserted(stage: Stage, insertion: Insertion, cx: &mut Context<'_>) -> Stage {
    match stage {
        Stage::Welcome(None) => begin(ending::open(ui::Look::default(), cx), insertion, cx),
        Stage::Welcome(Some(visit)) => begin(visit, insertion, cx),
        // Its number has to be written down: the next card waits for that.
        Stage::Farewell(farewell) if farewell.draft.is_some() => {
            Stage::Farewell(Farewell { card_in: None, next: Some(insertion), ..farewell })
        }
        Stage::Farewell(farewell) => begin(next_visit(farewell.document, cx), insertion, cx),
        Stage::Gone(gone) => begin(gone.visit, insertion, cx),
        // What they did may be found by a number alone, which has to be written down: the card waits for that.
        Stage::Serving(Serving { mut visit, scene })
            if visit.card.is_none() && (visit.next.is_some() || scene.keeps_a_card_waiting(&visit)) =>
        {
            visit.next = Some(insertion);
            // Whoever has put it in is there, and is to see that it waits.
            visit.touched_ms = cx.now.elapsed_ms;
            visit.over = None;
            Stage::Serving(Serving { visit, scene })
        }
        // Whoever was identified without a card is not known to hold this one.
        Stage::Serving(serving) if serving.visit.card.is_none() && serving.visit.person.is_some() => {
            another(serving, VisitEnd::OtherCard, insertion, cx)
        }
        Stage::Serving(Serving { mut visit, scene }) if visit.card.is_none() => {
            visit.wanted = match scene {
                Scene::Identify(identify) => identify::instead(identify, cx),
                scene => {
                    cancel(&scene, cx);
                    rate::unfinished(scene, cx);
                    None
                }
            };
            begin(visit, insertion, cx)
        }
        Stage::Evacuation(mut evacuation) => {
            // Nobody is served: a motor gives it back at once.
            cx.push(Effect::ReleaseCard);
            evacuation.card_in = Some(insertion);
            Stage::Evacuation(evacuation)
        }
        // The old card's removal was never told: it has certainly left.
        Stage::Serving(_) => match lost(stage, Cause::CardPulled, cx) {
            Stage::Serving(serving) => Stage::Serving(serving),
            elsewhere => inserted(elsewhere, insertion, cx),
        },
    }
}

/// The last page has stood its time: whoever has put a card in meanwhile is served.
pub(super) fn after(farewell: &Farewell, cx: &mut Context<'_>) -> Stage {
    match farewell.next {
        Some(insertion) => begin(next_visit(farewell.document, cx), insertion, cx),
        None => Stage::Welcome(None),
    }
}

/// Home again, with nothing left to be told: a card that has waited for that is read.
pub(super) fn awaited(stage: Stage, cx: &mut Context<'_>) -> Stage {
    match stage {
        Stage::Serving(serving @ Serving { scene: Scene::Home(_), .. }) if let Some(insertion) = serving.visit.next => {
            let touched = serving.visit.touched_ms == cx.now.elapsed_ms;
            another(serving, if touched { VisitEnd::Left } else { VisitEnd::Idle }, insertion, cx)
        }
        other => other,
    }
}

/// This card may be another person's than who was served: it begins a visit of its own.
pub(super) fn another(mut was: Serving, why: VisitEnd, insertion: Insertion, cx: &mut Context<'_>) -> Stage {
    // Else it would be handed back, where it has waited.
    was.visit.next = None;
    let (document, look) = (was.visit.document, was.visit.look);
    let _stage_of_old = ending::end(was.visit, Some(was.scene), why, cx);
    let mut visit = next_visit(document, cx);
    // Whoever has gone home themselves is there, and it may be their own card.
    if why == VisitEnd::Left {
        visit.look = look;
    }
    begin(visit, insertion, cx)
}

/// For whoever comes next. A document that may still lie there is asked for at the end of their visit, too.
fn next_visit(document: LaidDown, cx: &mut Context<'_>) -> Box<Visit> {
    let mut visit = ending::open(ui::Look::default(), cx);
    visit.document = document.for_next();
    visit
}

/// Nobody waits any more for what this page waited for.
fn cancel(scene: &Scene, cx: &mut Context<'_>) {
    // What belongs to no visit goes on.
    if let Some(ticket) = scene.ticket().filter(|ticket| ticket.visit != 0) {
        cx.push(Effect::Cancel(ticket));
    }
}

fn begin(mut visit: Box<Visit>, insertion: Insertion, cx: &mut Context<'_>) -> Stage {
    let known = visit.card.take();
    visit.card = Some(match known {
        Some(card) => VisitCard { insertion: Some(insertion), ..card },
        None => VisitCard { insertion: Some(insertion), id: None, holder: None },
    });
    visit.next = None;
    visit.touched_ms = cx.now.elapsed_ms;
    visit.over = None;
    if let Some(code) = health::suspended(cx.terminal) {
        if visit.person.is_some() {
            // It only waited for its card; without the PIN nothing of it may be shown again.
            return ending::end(visit, None, VisitEnd::Suspended(code), cx);
        }
        return notice(visit, Message::OutOfService(code), cx);
    }
    if visit.person.is_none()
        && let Some(message) = opens_nothing(&mut visit, cx)
    {
        return notice(visit, message, cx);
    }
    let ticket = cx.card(visit.number, CardCommand::Begin(insertion));
    reading(visit, ticket, Doing::Begin)
}

/// Why no card signs anybody in now, if so: no PIN is asked for then, and no try spent.
fn opens_nothing(visit: &mut Visit, cx: &mut Context<'_>) -> Option<Message> {
    if visit.wanted.is_none() {
        // A visit may have been opened by a finger before the agency had said what it offers.
        visit.catalogue = cx.terminal.offer(cx.now);
    }
    // A card may lie there when the program begins: nobody has failed yet.
    let starts = health::has_just_started(cx.terminal);
    let down = !starts && !cx.terminal.health.agency;
    // What somebody has begun with was a tile.
    if !down && (visit.wanted.is_some() || cx.terminal.offers_something(cx.now)) {
        return None;
    }
    health::ask_soon(cx);
    Some(match () {
        () if starts => Message::Agency(STARTING),
        () if down => Message::Agency(health::agency_how(cx.terminal)),
        () => Message::nothing_offered(),
    })
}

/// The agency has answered, or has failed to: whoever waited for it with a card that was not read goes on. Who waited for its first answer is
/// told why not; whom it failed before knows.
pub(super) fn goes_on(stage: Stage, cx: &mut Context<'_>) -> Stage {
    match stage {
        Stage::Serving(Serving { visit, scene: Scene::Notice(Notice { message, .. }) })
            if let Some(insertion) = unread(&visit)
                && is_settled(&message, cx.terminal) =>
        {
            begin(visit, insertion, cx)
        }
        other => other,
    }
}

/// Whether what a card was refused for has an answer now. Where it would be refused for the same again it stays, or it would ask without end.
fn is_settled(message: &Message, terminal: &Terminal) -> bool {
    match message {
        Message::Agency(STARTING) => true,
        Message::Agency(_) | Message::Problem(_) => terminal.health.agency && !terminal.offers_nothing,
        _ => false,
    }
}

/// A card that lies there and has not been read.
fn unread(visit: &Visit) -> Option<Insertion> {
    visit.card.as_ref().filter(|card| card.id.is_none()).and_then(|card| card.insertion)
}

const fn reading(visit: Box<Visit>, ticket: super::Ticket, doing: Doing) -> Stage {
    Stage::Serving(Serving { visit, scene: Scene::Reading(Reading { ticket, doing }) })
}

fn removed(stage: Stage, insertion: Insertion, cx: &mut Context<'_>) -> Stage {
    match stage {
        Stage::Farewell(mut farewell) if farewell.card_in == Some(insertion) => {
            if farewell.has_only_the_card() && farewell.draft.is_none() {
                return Stage::Welcome(None);
            }
            farewell.card_is_out(cx);
            Stage::Farewell(farewell)
        }
        Stage::Farewell(mut farewell) if farewell.next == Some(insertion) => {
            farewell.next = None;
            Stage::Farewell(farewell)
        }
        Stage::Serving(Serving { mut visit, scene }) if visit.next == Some(insertion) => {
            visit.next = None;
            Stage::Serving(Serving { visit, scene })
        }
        Stage::Serving(ref serving)
            if serving.visit.card.as_ref().is_some_and(|card| card.insertion == Some(insertion)) =>
        {
            lost(stage, Cause::CardPulled, cx)
        }
        Stage::Evacuation(mut evacuation) if evacuation.card_in == Some(insertion) => {
            evacuation.card_in = None;
            Stage::Evacuation(evacuation)
        }
        // It could not be read again and had stayed in; now it is out.
        Stage::Gone(mut gone) if gone.visit.card.as_ref().is_some_and(|card| card.insertion == Some(insertion)) => {
            if let Some(card) = &mut gone.visit.card {
                card.insertion = None;
            }
            Stage::Gone(gone)
        }
        other => {
            cx.refuse(Refusal::NotExpected);
            other
        }
    }
}

/// The card is out of reach: personal content hides at once. Before anybody was identified there is nothing to keep.
fn lost(stage: Stage, cause: Cause, cx: &mut Context<'_>) -> Stage {
    match stage {
        Stage::Serving(Serving { mut visit, scene }) if visit.card.is_some() => {
            if let Some(card) = &mut visit.card {
                card.insertion = None;
            }
            if visit.person.is_none() {
                return ending::end(visit, Some(scene), VisitEnd::CardTaken, cx);
            }
            hide(visit, scene, cause, cx)
        }
        Stage::Serving(Serving { mut visit, scene }) => {
            visit.next = None;
            Stage::Serving(Serving { visit, scene })
        }
        // It could not be read again and had stayed in; nobody will be told when it leaves.
        Stage::Gone(mut gone) => {
            if let Some(card) = &mut gone.visit.card {
                card.insertion = None;
            }
            Stage::Gone(gone)
        }
        Stage::Farewell(mut farewell) if cause == Cause::ReaderLost => {
            farewell.card_is_out(cx);
            farewell.next = None;
            Stage::Farewell(farewell)
        }
        Stage::Evacuation(mut evacuation) => {
            evacuation.card_in = None;
            Stage::Evacuation(evacuation)
        }
        other => other,
    }
}

fn hide(mut visit: Box<Visit>, scene: Scene, cause: Cause, cx: &mut Context<'_>) -> Stage {
    // A card pulled again while its PIN is typed anew: the first hidden page stays the one to come back to.
    if visit.paused.is_none() {
        visit.paused = Some(Box::new(behind(scene, cx)));
    }
    visit.over = None;
    let until_ms = cx.now.elapsed_ms + cx.terminal.site.limits.card_grace_ms;
    Stage::Gone(Gone { visit, until_ms, cause })
}

/// What waits behind a card that is out. Nothing is taken meanwhile from whoever stands there, who may be somebody else; and no records are
/// fetched that nobody would see, for the audit would say that they were shown. Records that are here already ([`Scene::Noting`]) may have that line
/// and never be seen: it is on its way to the disk, and says rather too much than too little.
pub(super) fn behind(scene: Scene, cx: &mut Context<'_>) -> Scene {
    match scene {
        Scene::Scanning(scanning) => scan::tap(scanning, Intent::Back, cx),
        Scene::Witness(witness) => witness::put_off(witness, cx),
        Scene::Fetching { ticket, form } => {
            cx.push(Effect::Cancel(ticket));
            form::step_back(form)
        }
        other => other.without_pins(),
    }
}

/// A result while the card was believed to be in. It may tell that the card has left before the watch does: then the page is hidden at once.
pub(super) fn unless_gone(visit: Box<Visit>, scene: Scene, cx: &mut Context<'_>) -> Stage {
    if visit.person.is_some() && scene.tells_of_a_gone_card() {
        return hide(visit, scene, Cause::CardPulled, cx);
    }
    Stage::Serving(Serving { visit, scene })
}

/// A card that does not answer: put in the wrong way round, mostly. Wherever that is, a motor has drawn it in and gives it back only when
/// told to.
fn mute(stage: Stage, cx: &mut Context<'_>) -> Stage {
    cx.push(Effect::ReleaseCard);
    let message = Message::Card(Code::CardMute);
    match stage {
        Stage::Welcome(visit) => {
            let mut visit = visit.unwrap_or_else(|| ending::open(ui::Look::default(), cx));
            visit.over = None;
            notice(visit, message, cx)
        }
        Stage::Farewell(farewell) if farewell.draft.is_none() => notice(next_visit(farewell.document, cx), message, cx),
        Stage::Gone(gone) => Stage::Gone(Gone { cause: Cause::Unreadable, ..gone }),
        Stage::Serving(Serving { mut visit, scene }) if visit.card.is_none() => {
            let scene = match scene {
                Scene::Identify(Identify { wanted, at: At::Ways { .. } }) => {
                    Scene::Identify(Identify { wanted, at: At::Ways { told: Some(Told::Device(Code::CardMute)) } })
                }
                Scene::Home(_) if visit.person.is_none() => Scene::message(message),
                // Somebody is busy with something else.
                other => return Stage::Serving(Serving { visit, scene: other }),
            };
            // Whoever has put a card in is there: a warning is answered, too.
            visit.over = None;
            visit.touched_ms = cx.now.elapsed_ms;
            Stage::Serving(Serving { visit, scene })
        }
        other => other,
    }
}

/// A message to somebody who is not signed in; it goes away by itself.
pub(super) fn notice(visit: Box<Visit>, message: Message, cx: &Context<'_>) -> Stage {
    let until_ms = Some(cx.now.elapsed_ms + cx.terminal.site.limits.notice_ms);
    Stage::Serving(Serving { visit, scene: Scene::Notice(Notice { message, until_ms }) })
}

/// A step of reading has ended.
pub(super) fn read(visit: Box<Visit>, reading: Reading, completion: Completion, cx: &mut Context<'_>) -> Stage {
    match (reading.doing, completion) {
        (Doing::Begin, Completion::CardBegun(Ok(begun))) => begun_ok(visit, begun, cx),
        // Who answered is not known here: perhaps a module in the terminal, which says nothing of the agency.
        (Doing::Authority, Completion::Authority(Ok(authority))) => finish(visit, authority, cx),
        (Doing::Authority, Completion::Authority(Err(error))) => agency_notice(visit, &error, cx),
        (Doing::Finish, Completion::CardFinished(Ok(holder))) => {
            let mut visit = visit;
            if let Some(card) = &mut visit.card {
                card.holder = Some(holder);
            }
            ask_tries(visit, cx)
        }
        (Doing::Tries, Completion::Tries(Ok(tries))) => ready_for_pin(visit, tries, cx),
        (
            _,
            Completion::CardBegun(Err(error)) | Completion::CardFinished(Err(error)) | Completion::Tries(Err(error)),
        ) => failed(visit, error, cx),
        (doing, _) => {
            cx.refuse(Refusal::NotExpected);
            self::reading(visit, reading.ticket, doing)
        }
    }
}

fn begun_ok(mut visit: Box<Visit>, begun: Begun, cx: &mut Context<'_>) -> Stage {
    let (issuer, holder, challenge) = match begun {
        Begun::Read(issuer, holder) => (issuer, Some(holder), None),
        Begun::Challenged(issuer, challenge) => (issuer, None, Some(challenge)),
    };
    let known = visit.card.as_ref().and_then(|card| card.id.as_ref());
    if known.is_some_and(|id| *id != issuer.card_id) {
        visit = other_card(visit, cx);
        // Of whoever was here before, the card alone was to be recognised, which the agency is not asked about.
        if let Some(message) = opens_nothing(&mut visit, cx) {
            return notice(visit, message, cx);
        }
    }
    let today = cx.now.date();
    let is_past = |day: hal::Day| (day.year, day.month, day.day) < (today.year(), today.month(), today.day());
    // By a date that is known to be wrong no card has expired.
    let expired = !cx.terminal.health.is_day_wrong() && issuer.expires.is_some_and(is_past);
    if let Some(card) = &mut visit.card {
        card.id = Some(issuer.card_id.clone());
        card.holder = holder;
    }
    if expired {
        return notice(visit, Message::CardExpired, cx);
    }
    match challenge {
        // A card that comes back has been authenticated before; its id is free to read and enough.
        Some(challenge) if visit.paused.is_none() => ask_authority(visit, &issuer, challenge, cx),
        _ => ask_tries(visit, cx),
    }
}

/// Another card within the grace: the old visit is over, whoever comes now is new.
fn other_card(mut old: Box<Visit>, cx: &mut Context<'_>) -> Box<Visit> {
    let insertion = old.card.take().and_then(|card| card.insertion);
    let document = old.document;
    let _stage_of_old = ending::end(old, None, VisitEnd::OtherCard, cx);
    let mut visit = next_visit(document, cx);
    visit.card = Some(VisitCard { insertion, id: None, holder: None });
    visit
}

fn ask_authority(visit: Box<Visit>, issuer: &Issuer, challenge: [u8; 8], cx: &mut Context<'_>) -> Stage {
    let ticket = cx.authorize(&visit, Challenged::new(issuer, challenge));
    reading(visit, ticket, Doing::Authority)
}

fn finish(visit: Box<Visit>, authority: Authority, cx: &mut Context<'_>) -> Stage {
    let Some(insertion) = visit.card.as_ref().and_then(|card| card.insertion) else {
        return failed(visit, CardError::Gone, cx);
    };
    let ticket = cx.card(visit.number, CardCommand::Finish(insertion, authority));
    reading(visit, ticket, Doing::Finish)
}

pub(super) fn ask_tries(visit: Box<Visit>, cx: &mut Context<'_>) -> Stage {
    let Some(insertion) = visit.card.as_ref().and_then(|card| card.insertion) else {
        return failed(visit, CardError::Gone, cx);
    };
    let ticket = cx.card(visit.number, CardCommand::Tries(insertion));
    reading(visit, ticket, Doing::Tries)
}

/// The card says how often it may still be wrong. The kiosk never spends the last try.
fn ready_for_pin(visit: Box<Visit>, tries: Tries, cx: &mut Context<'_>) -> Stage {
    match tries {
        Tries::Left(0) => pin::over(visit, Message::PinLocked, cx),
        Tries::Left(1..=PIN_TRIES_KEPT) => pin::over(visit, Message::LastTry, cx),
        Tries::NotTold if visit.has_spent_its_attempt() => pin::over(visit, Message::WrongUntold, cx),
        _ => {
            let pin = Pin { entry: Private::new(String::new()), tries, wrong: false };
            Stage::Serving(Serving { visit, scene: Scene::Pin(pin) })
        }
    }
}

/// The card could not be read. Gone means that its removal is on the way; anything else is a message.
pub(super) fn failed(visit: Box<Visit>, error: CardError, cx: &mut Context<'_>) -> Stage {
    if visit.person.is_some() {
        let message = Message::Card(error.code());
        let scene = Scene::Notice(Notice { message, until_ms: None });
        if error == CardError::Gone {
            return hide(visit, scene, Cause::CardPulled, cx);
        }
        // The page says to take it out, and a motor gives it back only when told to.
        cx.push(Effect::ReleaseCard);
        return hide(visit, scene, Cause::Unreadable, cx);
    }
    notice(visit, Message::Card(error.code()), cx)
}

/// The agency did not help while the card was being read or checked.
pub(super) fn agency_notice(visit: Box<Visit>, error: &AgencyError, cx: &mut Context<'_>) -> Stage {
    agency_failed(error, cx);
    notice(visit, Message::of(error), cx)
}
