//! An answer that stands in a code: held before the scanner, or typed after all. Knows field types, no item.

use hal::Private;
use hal::scanner::ScanError;
use ui::Intent;

use super::context::{Context, Refusal};
use super::effect::Effect;
use super::input::{Completion, Ticket};
use super::state::{Form, Scene};
use super::terminal::Health;
use super::visit::Visit;
use super::{form, offline};

/// A code is waited for.
pub struct Scanning {
    /// What comes back.
    pub ticket: Ticket,
    /// Whose open question it answers.
    pub form: Form,
}

/// Whether the open question of this form is answered with a code first.
pub(super) fn begins(form: &Form, health: &Health) -> bool {
    let scannable = form::open_field(form).is_some_and(|field| field.kind.is_scannable());
    scannable && form.changing.is_none() && health.scanner == Some(Ok(()))
}

pub(super) fn begin(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    let ticket = cx.scan(visit.number);
    Scene::Scanning(Scanning { ticket, form })
}

/// Back is the way to the keys: whoever has no code types it.
pub(super) fn tap(scanning: Scanning, intent: Intent, cx: &mut Context<'_>) -> Scene {
    if intent == Intent::Back {
        cx.push(Effect::Cancel(scanning.ticket));
        return Scene::Form(scanning.form);
    }
    cx.refuse(Refusal::NotOffered);
    Scene::Scanning(scanning)
}

pub(super) fn ended(visit: &Visit, scanning: Scanning, completion: Completion, cx: &mut Context<'_>) -> Scene {
    match completion {
        Completion::Scanned(result) => scanned(visit, scanning.form, result, cx),
        _ => {
            cx.refuse(Refusal::NotExpected);
            Scene::Scanning(scanning)
        }
    }
}

/// What was scanned is checked like what was typed; what does not fit, and what is missing, can be typed.
fn scanned(visit: &Visit, mut form: Form, result: Result<Private<String>, ScanError>, cx: &mut Context<'_>) -> Scene {
    if let Ok(code) = &result
        && offline::instead(&form.item, cx.terminal)
    {
        return offline::scanned(visit, form, code.reveal(), cx);
    }
    let Some(field) = form::open_field(&form).cloned() else { return Scene::Form(form) };
    match result.map(|code| field.kind.check(code.reveal(), cx.now.date())) {
        Ok(Ok(value)) => form::answer(visit, form, &field, value, cx),
        Ok(Err(wrong)) => {
            form.typed.wrong = Some(wrong);
            Scene::Form(form)
        }
        Err(_) => Scene::Form(form),
    }
}
