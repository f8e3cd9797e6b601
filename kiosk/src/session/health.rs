//! What works and what does not: devices, the agency and its catalogue; and whether anybody can be served at all.

use std::sync::Arc;

use contract::catalogue::{Catalogue, Item, check};
use contract::message::{CalendarRequest, WorkingDays};
use contract::problem::ProblemCode;
use hal::Code;
use hal::sensors::Sensor;

use super::context::{Context, Refusal};
use super::input::{Device, DeviceHealth};
use super::terminal::Terminal;
use crate::agency::{AgencyError, OutOfDate, Question};
use crate::events::Event;

/// A device's health; a site without one hears nothing of it.
pub(super) fn device(device: Device, news: DeviceHealth, cx: &mut Context<'_>) {
    match cx.terminal.health.place(device) {
        None => cx.refuse(Refusal::NotExpected),
        Some(known) if *known == news => {}
        Some(known) => {
            *known = news;
            match (device, news) {
                (Device::Clock, Err(Code::AgencyClockWrong)) => clock_wrong(cx),
                _ => log(news, device.as_str(), cx),
            }
        }
    }
}

/// The agency's answers are of another day than the clock: it counts as away, as where TLS finds that, and is asked until the two agree. What it
/// has answered stands: what it was asked to do is done.
fn clock_wrong(cx: &mut Context<'_>) {
    cx.terminal.health.agency = false;
    agency_fault(Some(Code::AgencyClockWrong), cx);
    ask_soon(cx);
}

/// Whether the last answer of which the date was read was of another day.
const fn is_clock_wrong(terminal: &Terminal) -> bool {
    matches!(terminal.health.clock, Some(Err(Code::AgencyClockWrong)))
}

pub(super) fn log(news: DeviceHealth, name: &'static str, cx: &mut Context<'_>) {
    cx.log(match news {
        Ok(()) => Event::FaultCleared { device: name },
        Err(code) => Event::Fault { code },
    });
}

pub(super) fn catalogue(result: Result<Arc<Catalogue>, AgencyError>, cx: &mut Context<'_>) {
    cx.terminal.catalogue_ticket = None;
    match result {
        Err(error) if error.is_outage() => no_catalogue(&error, cx),
        // What came would be looked at on the wrong day.
        _ if is_clock_wrong(cx.terminal) => no_catalogue(&AgencyError::OutOfDate(OutOfDate::Clock), cx),
        // What the agency would not let into force itself is no answer.
        Ok(catalogue) if !check(&catalogue).is_empty() => no_catalogue(&AgencyError::Garbled, cx),
        Ok(catalogue) => {
            cx.terminal.catalogue = Some(catalogue);
            cx.terminal.catalogue_due_ms = None;
            cx.terminal.calendar_due |= cx.terminal.calendar.is_none();
            look_at_offer(cx);
            if cx.terminal.offers_nothing {
                cx.log(Event::AgencyFailed { how: "nothing_to_offer" });
            }
            agency_answers(cx);
        }
        Err(error) => no_catalogue(&error, cx),
    }
}

/// None came. An agency that is not down can fail at this alone, and is not asked again at once without end.
fn no_catalogue(error: &AgencyError, cx: &mut Context<'_>) {
    let (served, outages) = (cx.terminal.health.agency, cx.terminal.outages);
    agency_failed(error, cx);
    let answered = match error {
        AgencyError::Refused(_) | AgencyError::Garbled => true,
        // Only this may be broken; where nothing else went well either, all of it is.
        AgencyError::Broken => served,
        _ => false,
    };
    // It is there. With a catalogue in hand the next sign-in tells whether it serves; without one attempt nobody would ever find out.
    if answered && cx.terminal.catalogue.is_some() {
        cx.terminal.health.agency = true;
        agency_fault(None, cx);
    }
    let now_ms = cx.now.elapsed_ms;
    if cx.terminal.catalogue_due_ms.is_some_and(|at| at <= now_ms) {
        cx.terminal.catalogue_due_ms = Some(now_ms + cx.terminal.retry_ms());
    }
    out_of_turn(outages, cx);
}

/// Whether anything can be offered at all: a catalogue may come empty or with nothing that this site has the devices for, and a day may end all that
/// is in force. Nobody signs in then, and no sign-in names a newer one: it is asked for by itself until something is, each time later.
pub(super) fn look_at_offer(cx: &mut Context<'_>) {
    cx.terminal.offers_nothing = cx.terminal.catalogue.is_some() && !cx.terminal.offers_something(cx.now);
    let asked = cx.terminal.catalogue_due_ms.is_some() || cx.terminal.catalogue_ticket.is_some();
    if asked || !cx.terminal.offers_nothing {
        return;
    }
    let outages = cx.terminal.outages;
    cx.terminal.catalogue_due_ms = Some(cx.now.elapsed_ms + cx.terminal.retry_ms());
    out_of_turn(outages, cx);
}

/// What was asked at once, for somebody, makes nobody wait longer than so many outages did before.
const fn out_of_turn(outages: u32, cx: &mut Context<'_>) {
    if std::mem::replace(&mut cx.terminal.asked_soon, false) {
        cx.terminal.outages = outages;
    }
}

/// Whether the agency's first answer is still to come: it is asked for at once, and after a failure later.
pub(super) fn has_just_started(terminal: &Terminal) -> bool {
    !terminal.health.agency && terminal.catalogue_due_ms == Some(0)
}

/// Somebody waits for an agency that did not answer the last time, or has nothing to offer: it is asked now, and not when the back-off ends. Where
/// that fails, too, whoever comes later does not wait longer for it.
pub(super) fn ask_soon(cx: &mut Context<'_>) {
    if cx.terminal.catalogue_ticket.is_none() && !has_just_started(cx.terminal) {
        // Nought is the start of the program, when it is asked anyway.
        cx.terminal.catalogue_due_ms = Some(cx.now.elapsed_ms.max(1));
        cx.terminal.asked_soon = true;
    }
}

/// The agency has named the catalogue in force; an older one is asked for anew, for the next visit.
pub(super) fn catalogue_in_force(version: &str, cx: &mut Context<'_>) {
    let old = cx.terminal.catalogue.as_ref().is_some_and(|known| known.version != version);
    if old && cx.terminal.catalogue_ticket.is_none() {
        cx.terminal.catalogue_due_ms = Some(cx.now.elapsed_ms);
    }
}

/// The agency has answered something, so it is not down; unless its answers are of another day.
pub(super) fn agency_answers(cx: &mut Context<'_>) {
    if is_clock_wrong(cx.terminal) {
        return;
    }
    cx.terminal.health.agency = true;
    agency_fault(None, cx);
    // It is there, and yet it has to be asked again, and later each time.
    if cx.terminal.offers_nothing {
        return;
    }
    cx.terminal.outages = 0;
    cx.terminal.asked_soon = false;
    if cx.terminal.catalogue.is_some() {
        cx.terminal.catalogue_due_ms = None;
    }
}

/// A question failed. An outage is remembered and asked about again, so that the welcome page tells the truth.
pub(super) fn agency_failed(error: &AgencyError, cx: &mut Context<'_>) {
    log_failure(error, cx);
    cx.terminal.health.agency = !error.is_outage() && cx.terminal.health.agency;
    if error.is_outage() {
        agency_fault(error.code(), cx);
    }
    let in_ms = match error.problem() {
        // What was shown is old: the next visit must find it new.
        Some(ProblemCode::ItemChanged) => Some(0),
        _ if error.is_outage() || cx.terminal.catalogue.is_none() => Some(cx.terminal.retry_ms()),
        _ => None,
    };
    if let Some(in_ms) = in_ms.filter(|_| cx.terminal.catalogue_ticket.is_none()) {
        cx.terminal.catalogue_due_ms = Some(cx.now.elapsed_ms + in_ms);
    }
}

/// Why the agency does not answer, where that is known; told when it changes. Each reason is a fault of its own, which ends when another begins.
fn agency_fault(code: Option<Code>, cx: &mut Context<'_>) {
    let known = std::mem::replace(&mut cx.terminal.health.agency_fault, code);
    if known == code {
        return;
    }
    if let Some(known) = known {
        log(Ok(()), known.as_str(), cx);
    }
    if let Some(code) = code {
        log(Err(code), code.as_str(), cx);
    }
}

/// How the agency fails, as its errors are named.
pub(super) fn agency_how(terminal: &Terminal) -> &'static str {
    let known = terminal.health.agency_fault.and_then(|code| code.as_str().strip_prefix("agency."));
    known.unwrap_or(AgencyError::Unreachable.as_str())
}

/// A question about an item failed. Where its provider does not answer, its items rest; all others go on.
pub(super) fn item_failed(item: Option<&Item>, error: &AgencyError, cx: &mut Context<'_>) {
    if let Some(item) = item.filter(|_| error.problem() == Some(ProblemCode::ProviderDown)) {
        let again_ms = cx.now.elapsed_ms + cx.terminal.site.limits.provider_retry_ms;
        cx.terminal.silent.insert(item.provider, again_ms);
    }
    agency_failed(error, cx);
}

/// What a provider answers is offered again once it has rested; whether one has.
pub(super) fn offer_again(cx: &mut Context<'_>) -> bool {
    let (before, now_ms) = (cx.terminal.silent.len(), cx.now.elapsed_ms);
    cx.terminal.silent.retain(|_, again_ms| now_ms < *again_ms);
    cx.terminal.silent.len() < before
}

pub(super) fn ask_catalogue(cx: &mut Context<'_>) -> bool {
    let due = cx.terminal.catalogue_due_ms.is_some_and(|at| cx.now.elapsed_ms >= at);
    if !due || cx.terminal.catalogue_ticket.is_some() {
        return false;
    }
    let ticket = cx.ask(0, Question::Catalogue);
    cx.terminal.catalogue_ticket = Some(ticket);
    true
}

/// Asks when a person answers; whether it was due.
pub(super) fn ask_calendar(cx: &mut Context<'_>) -> bool {
    if !calendar_is_due(cx.terminal) {
        return false;
    }
    let (terminal, year) = (cx.terminal.site.terminal.id.clone(), cx.now.date().year());
    cx.terminal.calendar_due = false;
    cx.terminal.calendar_ticket = Some(cx.ask(0, Question::Calendar(CalendarRequest { terminal, year })));
    true
}

/// Whether it is to be asked for when a person answers, and nobody has been asked yet.
pub(super) const fn calendar_is_due(terminal: &Terminal) -> bool {
    terminal.calendar_due && terminal.calendar_ticket.is_none() && terminal.health.agency
}

/// When a person answers. Without an answer the pages promise no hours and the next visit asks anew; nothing else rests on it, so that an
/// agency that fails at this alone is not down.
pub(super) fn calendar(result: Result<Box<WorkingDays>, AgencyError>, cx: &mut Context<'_>) {
    cx.terminal.calendar_ticket = None;
    match result {
        Ok(calendar) => {
            cx.terminal.calendar = Some(calendar);
            agency_answers(cx);
        }
        Err(error) => log_failure(&error, cx),
    }
}

fn log_failure(error: &AgencyError, cx: &mut Context<'_>) {
    match error.problem() {
        Some(code) => cx.log(Event::AgencyRefused { code }),
        None => cx.log(Event::AgencyFailed { how: error.as_str() }),
    }
}

/// Why nobody may be served although reader and agency work, if so.
pub(crate) fn suspended(terminal: &Terminal) -> Option<Code> {
    if terminal.contacts.contains(&Sensor::Tamper) {
        return Some(Code::SensorsTamper);
    }
    (terminal.health.ups == Some(Err(Code::UpsBatteryLow))).then_some(Code::UpsBatteryLow)
}

/// Why a card cannot be served at all now, if so: there is nothing behind it.
pub(crate) fn closed(terminal: &Terminal) -> Option<Closed> {
    if let Some(code) = suspended(terminal) {
        return Some(Closed::Suspended(code));
    }
    match terminal.health.card {
        Err(code) => Some(Closed::Reader(code)),
        Ok(()) if terminal.catalogue.is_none() || !terminal.health.agency => {
            Some(Closed::Agency(terminal.health.agency_fault))
        }
        Ok(()) if terminal.offers_nothing => Some(Closed::Nothing),
        Ok(()) => None,
    }
}

/// Why nobody can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// No card can be read.
    Reader(Code),
    /// The agency cannot be reached; what is to be mended, where that is known.
    Agency(Option<Code>),
    /// Nothing of what it offers is in force and possible here.
    Nothing,
    /// Power or cabinet forbid it.
    Suspended(Code),
}
