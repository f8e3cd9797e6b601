//! The questions of an item, one a page: chosen from what is offered, or typed. Knows field types, no item.

use contract::field::{Field, FieldType, Reference, Value};
use contract::format::Period;
use ui::Intent;

use super::context::{Context, Refusal};
use super::input::Completion;
use super::item;
use super::state::{Form, Review, Scene};
use super::typed::Typed;
use super::visit::Visit;

/// How the open question is answered.
pub(crate) enum Answered {
    /// One of these is tapped.
    Chosen(Vec<Value>),
    /// On a board of digits, with this key beside the nought.
    Digits(Option<char>),
    /// On a board of capitals and digits.
    Codes,
    /// On a keyboard.
    Letters,
}

/// What may stand in a number of letters and digits.
pub(crate) const CODE_KEYS: [&str; 4] = ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM-"];

/// How a field is answered in this month.
pub(crate) fn answered(field: &Field, month: Period) -> Answered {
    match &field.kind {
        kind if kind.is_chosen() => Answered::Chosen(kind.offers(month)),
        FieldType::IdNumber { .. } | FieldType::IdTail {} => Answered::Digits(Some('X')),
        FieldType::Amount { .. } => Answered::Digits(Some('.')),
        FieldType::Phone { landline: true } => Answered::Digits(Some('-')),
        FieldType::Phone { landline: false }
        | FieldType::Postcode {}
        | FieldType::Region {}
        | FieldType::Date { .. }
        | FieldType::BankAccount {}
        | FieldType::Pin {} => Answered::Digits(None),
        // A pick-up code is what people have at hand; the longer numbers have letters.
        FieldType::Reference { accepts }
            if accepts.iter().any(|kind| matches!(kind, Reference::PickUp | Reference::Mandate)) =>
        {
            Answered::Digits(None)
        }
        FieldType::Reference { .. } => Answered::Codes,
        // Text, names, statements.
        _ => Answered::Letters,
    }
}

/// The question that is open: the one that is being changed, else the first without an answer; `None` when all are answered.
pub(crate) fn open_field(form: &Form) -> Option<&Field> {
    let changing = |field: &&Field| form.changing.as_ref() == Some(&field.id);
    let first = || form.item.inputs.iter().find(|field| !is_settled(form, field));
    form.item.inputs.iter().find(changing).or_else(first)
}

/// Answered or left out.
fn is_settled(form: &Form, field: &Field) -> bool {
    form.answers.contains_key(&field.id) || form.skipped.contains(&field.id)
}

/// Whether the open question may be left out as it stands.
pub(crate) fn may_skip(form: &Form, field: &Field) -> bool {
    field.optional && form.typed.text.is_empty() && !form.typed.is_composing()
}

/// Opens an answered question again, with its answer to be changed.
pub(super) fn change(mut form: Form, field: &Field) -> Scene {
    form.typed = Box::new(Typed::with(form.answers.get(&field.id).map(Value::to_text).unwrap_or_default()));
    form.changing = Some(field.id.clone());
    Scene::Form(form)
}

pub(super) fn tap(visit: &Visit, mut form: Form, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let Some(field) = open_field(&form).cloned() else {
        cx.refuse(Refusal::NotExpected);
        return Scene::Form(form);
    };
    let way = answered(&field, cx.now.month());
    match (way, intent) {
        (_, Intent::Back) => return step_back(form),
        (Answered::Chosen(mut offers), Intent::Choose(n)) if usize::from(n) < offers.len() => {
            let chosen = offers.swap_remove(usize::from(n));
            return answer(visit, form, &field, chosen, cx);
        }
        (Answered::Chosen(_), _) => cx.refuse(Refusal::NotOffered),
        (Answered::Letters, Intent::Confirm) if form.typed.is_composing() => form.typed.take_first(visit, cx),
        (_, Intent::Confirm) => return confirm(visit, form, &field, cx),
        (Answered::Digits(_), Intent::Digit(digit @ 0..=9)) => form.typed.push(char::from(b'0' + digit), cx),
        (Answered::Digits(beside), Intent::Type(key)) if beside == Some(key) => form.typed.push(key, cx),
        (Answered::Codes, Intent::Type(key)) if CODE_KEYS.iter().any(|row| row.contains(key)) => {
            form.typed.push(key, cx)
        }
        (Answered::Digits(_) | Answered::Codes, other) => form.typed.edit(other, cx),
        (Answered::Letters, other) => form.typed.letter(visit, other, cx),
    }
    Scene::Form(form)
}

/// What was typed is checked; what may be left out may be left empty.
fn confirm(visit: &Visit, mut form: Form, field: &Field, cx: &mut Context<'_>) -> Scene {
    if may_skip(&form, field) {
        form.answers.remove(&field.id);
        form.skipped.insert(field.id.clone());
        return go_on(visit, form, field, cx);
    }
    if form.typed.text.is_empty() {
        cx.refuse(Refusal::NotOffered);
        return Scene::Form(form);
    }
    match field.kind.check(&form.typed.text, cx.now.date()) {
        Ok(value) => answer(visit, form, field, value, cx),
        Err(wrong) => {
            form.typed.wrong = Some(wrong);
            Scene::Form(form)
        }
    }
}

pub(super) fn answer(visit: &Visit, mut form: Form, field: &Field, value: Value, cx: &mut Context<'_>) -> Scene {
    form.skipped.remove(&field.id);
    form.answers.insert(field.id.clone(), value);
    go_on(visit, form, field, cx)
}

/// The question is settled, and with it whatever was wrong with its answer, or with the answers as a whole.
fn go_on(visit: &Visit, mut form: Form, field: &Field, cx: &mut Context<'_>) -> Scene {
    form.defects.retain(|defect| !defect.field.is_empty() && defect.field != field.id);
    form.changing = None;
    form.typed = Box::default();
    item::go_on(visit, form, cx)
}

/// The input method has answered a key.
pub(super) fn composed(visit: &Visit, mut form: Form, completion: Completion, cx: &mut Context<'_>) -> Scene {
    match completion {
        Completion::Composed(result) => form.typed.composed(visit, result, cx),
        _ => cx.refuse(Refusal::NotExpected),
    }
    Scene::Form(form)
}

/// One question back; from a change back to the whole, before the first question home. What the agency knew was never asked, and stays. A key
/// that is on its way is let go.
pub(super) fn step_back(mut form: Form) -> Scene {
    form.typed = Box::default();
    if form.changing.take().is_some() {
        return Scene::Review(Review::of(form));
    }
    let open = open_field(&form).map(|field| &field.id);
    let before = form.item.inputs.iter().map(|field| &field.id).take_while(|id| Some(*id) != open);
    let last = before.filter(|id| !form.known.contains(*id)).last().cloned();
    match last {
        Some(id) => {
            form.answers.remove(&id);
            form.skipped.remove(&id);
            Scene::Form(form)
        }
        None => Scene::Home(form.home),
    }
}
