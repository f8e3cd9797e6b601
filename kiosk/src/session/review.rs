//! Before and after filing: everything that is about to be filed on one page with what one agrees to, and what came of it.

use contract::catalogue::{Admission, Item, Level};
use contract::message::content_digest;
use ui::Intent;

use super::context::{Context, Refusal};
use super::identify::{Identify, Wanted};
use super::look::{page_start, shape, summary_rows_a_page, turned};
use super::state::{Filed, Review, Scene, Serving, Stage};
use super::visit::{Seen, Visit};
use super::{acting, card, form, rate, slip, witness};

pub(super) fn tap(visit: Box<Visit>, mut review: Review, intent: Intent, cx: &mut Context<'_>) -> Stage {
    let a_page = summary_rows_a_page(visit.look, shape(&cx.terminal.site.panel));
    let inputs = &review.form.item.inputs;
    match intent {
        // The answers' order on the page is that of the questions.
        Intent::Choose(n) if usize::from(n) < a_page => {
            match inputs.get(page_start(review.first_row, a_page) + usize::from(n)).cloned() {
                Some(field) => return Stage::Serving(Serving { visit, scene: form::change(review.form, &field) }),
                None => cx.refuse(Refusal::NotOffered),
            }
        }
        // What one agrees to stands on the page only where nothing is left to be mended.
        Intent::Confirm if !review.form.defects.is_empty() => cx.refuse(Refusal::NotOffered),
        Intent::Confirm if needs_witness(&visit, &review.form.item, cx) => {
            let scene = witness::begin(&visit, review, cx);
            return Stage::Serving(Serving { visit, scene });
        }
        Intent::Confirm if needs_proof(&visit, &review.form.item, cx) => return prove_again(visit, review, cx),
        Intent::Confirm => {
            let scene = acting::case(&visit, review, cx);
            return Stage::Serving(Serving { visit, scene });
        }
        Intent::Back => {
            let scene = Scene::Home(review.form.home);
            return Stage::Serving(Serving { visit, scene });
        }
        _ => match turned(review.first_row, inputs.len(), a_page, intent) {
            Some(first) => review.first_row = first,
            None => cx.refuse(Refusal::NotOffered),
        },
    }
    Stage::Serving(Serving { visit, scene: Scene::Review(review) })
}

/// Whether a member of staff has to see the person first, and nobody has in the last minutes.
fn needs_witness(visit: &Visit, item: &Item, cx: &Context<'_>) -> bool {
    let Some(person) = &visit.person else { return false };
    item.admits(person.evidence()) == Admission::WithWitness
        && !seen_ms(visit, item).is_some_and(|seen_ms| is_fresh(seen_ms, cx))
}

/// That a member of staff has seen the person for this item.
pub(super) fn seen<'a>(visit: &'a Visit, item: &Item) -> Option<&'a Seen> {
    let seen = visit.person.as_ref().and_then(|person| person.seen.as_ref());
    seen.filter(|seen| seen.item == item.id)
}

/// When.
pub(crate) fn seen_ms(visit: &Visit, item: &Item) -> Option<u64> {
    seen(visit, item).map(|seen| seen.at_ms)
}

fn is_fresh(at_ms: u64, cx: &Context<'_>) -> bool {
    cx.now.elapsed_ms <= at_ms + cx.terminal.site.limits.proof_fresh_ms
}

/// What changes money or rights wants a proof that is fresh (domain 1.5, L3); a witness is one.
fn needs_proof(visit: &Visit, item: &Item, cx: &Context<'_>) -> bool {
    let Some(person) = &visit.person else { return false };
    let fresh = is_fresh(person.proved_ms.max(seen_ms(visit, item).unwrap_or(0)), cx);
    item.level == Level::L3 && !item.is_of_nobody() && !fresh
}

/// The PIN once more, or what was presented instead of a card; then this page again, with everything as it was.
fn prove_again(mut visit: Box<Visit>, review: Review, cx: &mut Context<'_>) -> Stage {
    if visit.card.is_none() {
        let scene = Scene::Identify(Identify::ways(Wanted::Review(Box::new(review))));
        return Stage::Serving(Serving { visit, scene });
    }
    visit.paused = Some(Box::new(Scene::Review(review)));
    card::ask_tries(visit, cx)
}

/// Digest of what one agrees to, as it stood on the glass.
pub(super) fn consent(item: &Item, visit: &Visit) -> String {
    content_digest(item.consent.in_language(visit.look.lang.tag()).as_bytes())
}

pub(super) fn filed_tap(visit: &mut Visit, filed: Filed, intent: Intent, cx: &mut Context<'_>) -> Scene {
    match intent {
        Intent::Confirm if slip::ready(&filed.item, visit, cx.terminal) => {
            let site = cx.terminal.site.clone();
            let id = cx.terminal.peek_act_id();
            let receipt = slip::of_case(visit, &filed, &id, &site, cx.now);
            let begun = acting::slip(visit, &filed.item.id, receipt, cx);
            acting::repeating(begun, Some(filed.case), None)
        }
        Intent::Back => rate::then_home(visit, cx),
        _ => {
            cx.refuse(Refusal::NotOffered);
            Scene::Filed(filed)
        }
    }
}
