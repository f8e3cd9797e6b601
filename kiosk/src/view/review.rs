//! Before and after filing: all answers with what one agrees to, and what came of it.

use contract::catalogue::Limits;
use contract::field::{Field, FieldError, FieldType, Value, label_of};
use contract::format::{Date, fen_to_text};
use contract::message::{Case, CaseStage, Defect};
use ui::model::{Button, Choose, Icon, Pair, Summary, Tone};
use ui::words::Words;
use ui::{Intent, Lang, Page};

use super::{halves, next_card, served, tap, turns};
use crate::cells;
use crate::session::{Filed, Form, Review, State, Visit, seen_ms, shape, summary_rows_a_page};

/// 是否有人在电话里指挥您操作？
pub(super) fn caution(form: &Form, visit: &Visit, words: &Words) -> Page {
    let choice = |name: &str, n: u16, icon: Icon| Button {
        hint: words.get(&format!("caution.{name}_hint")).to_owned(),
        ..tap(words.get(&format!("caution.{name}")), Intent::Choose(n), icon)
    };
    Page::Choose(Choose {
        topic: form.item.name.in_language(visit.look.lang.tag()).to_owned(),
        title: words.get("caution.title").to_owned(),
        hint: words.get("caution.hint").to_owned(),
        choices: vec![choice("no", 0, Icon::Ok), choice("yes", 1, Icon::Warn)],
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
        skip: None,
    })
}

/// Everything that is about to be filed.
pub(super) fn review(review: &Review, visit: &Visit, state: &State, words: &Words) -> Page {
    let (item, lang) = (&review.form.item, visit.look.lang);
    let a_page = summary_rows_a_page(visit.look, shape(&state.terminal.site.panel));
    let turns = turns(review.first_row, item.inputs.len(), a_page, words);
    let shown = item.inputs.iter().skip(turns.first).take(a_page);
    let mut lines: Vec<String> = match review.form.defects.as_slice() {
        [] => {
            let seen = seen_ms(visit, item).map(|_| words.get("witness.seen").to_owned());
            let consent = item.consent.in_language(lang.tag()).to_owned();
            seen.into_iter().chain([consent, limits(item.notice.limits, words)]).collect()
        }
        defects => defects.iter().map(|defect| self::defect(defect, words)).collect(),
    };
    lines.extend(next_card(visit, words));
    Page::Summary(Summary {
        tone: if review.form.defects.is_empty() { Tone::Info } else { Tone::Warn },
        topic: item.name.in_language(lang.tag()).to_owned(),
        title: words
            .get(if review.form.defects.is_empty() { "review.title" } else { "problem.input_invalid.title" })
            .to_owned(),
        rows: (0..).zip(shown).map(|(n, field)| row(field, n, &review.form, lang, words)).collect(),
        lines,
        qr: String::new(),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        primary: review.form.defects.is_empty().then(|| tap(words.get("review.confirm"), Intent::Confirm, Icon::Ok)),
        secondary: None,
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
        code: String::new(),
    })
}

fn row(field: &Field, n: u16, form: &Form, lang: Lang, words: &Words) -> Pair {
    let label = field.label.in_language(lang.tag());
    let what = words.fill("review.change_what", &[("what", label)]);
    let value = match form.answers.get(&field.id) {
        Some(value) => answer(value, &field.kind, lang, words),
        None => words.get("review.left_out").to_owned(),
    };
    Pair {
        label: label.to_owned(),
        value,
        strong: false,
        change: Some(Button {
            hint: words.get("review.change").to_owned(),
            ..tap(&what, Intent::Choose(n), Icon::None)
        }),
    }
}

/// An answer as its person would say it.
fn answer(value: &Value, kind: &FieldType, lang: Lang, words: &Words) -> String {
    let own = |text: &str| match kind {
        FieldType::Choice { options } => label_of(options, text, lang.tag()).unwrap_or(text).to_owned(),
        FieldType::Tier { tiers } => {
            let tier = tiers.iter().find(|tier| tier.value == text);
            tier.map_or_else(|| text.to_owned(), |tier| tier.label.in_language(lang.tag()).to_owned())
        }
        _ => text.to_owned(),
    };
    match value {
        Value::Text(text) => own(text),
        Value::Date(date) => day(&date.to_string(), lang),
        Value::MonthRange { from, to } => {
            words.fill("review.months", &[("from", &from.dashed()), ("to", &to.dashed())])
        }
        Value::Fen(fen) => words.fill("review.yuan", &[("amount", &fen_to_text(*fen))]),
        Value::Accepted => words.get("review.pledged").to_owned(),
        Value::Withheld => words.get("review.withheld").to_owned(),
    }
}

fn limits(limits: Limits, words: &Words) -> String {
    let Limits { by_law_working_days: law, by_promise_working_days: promise } = limits;
    if promise == 0 {
        return words.get("review.at_once").to_owned();
    }
    words.fill("review.limits", &[("promise", &promise.to_string()), ("law", &law.to_string())])
}

/// A day of the agency's in the visitor's way; what is no day stays as it came.
fn day(iso: &str, lang: Lang) -> String {
    match (lang, Date::parse_iso(iso)) {
        (Lang::Zh, Some(date)) => date.long_zh(),
        _ => iso.to_owned(),
    }
}

/// What came of it: the codes that name the case, until when, and what to do next. Never ahead of what the agency has done.
pub(super) fn filed(filed: &Filed, visit: &Visit, state: &State, words: &Words) -> Page {
    let (case, lang) = (&*filed.case, visit.look.lang);
    let mut lines: Vec<String> = case.next.clone();
    lines.extend(case.route.iter().map(|route| cells::route(route, words)));
    lines.extend(case.defects.iter().map(|defect| self::defect(defect, words)));
    lines.extend(next_card(visit, words));
    Page::Summary(Summary {
        tone: tone(case.stage),
        topic: filed.item.name.in_language(lang.tag()).to_owned(),
        title: words.get(&format!("filed.stage.{}", case.stage.as_str())).to_owned(),
        rows: named(case, lang, words),
        lines,
        qr: case.pointer.clone(),
        position: String::new(),
        previous: None,
        next: None,
        primary: served::print_button("filed.print", &filed.item, visit, state, words),
        secondary: None,
        back: Some(tap(words.get("filed.home"), Intent::Back, Icon::Home)),
        code: case.case.clone(),
    })
}

/// What is wrong, why, and what mends it. Where the agency names a check of a field, the words are ours.
pub(super) fn defect(defect: &Defect, words: &Words) -> String {
    let Defect { text, basis, remedy, .. } = defect;
    let check = FieldError::ALL.iter().find(|error| error.as_str() == text);
    let own = check.map(|error| words.get(&format!("field.{}", error.as_str())).to_owned());
    let text = own.as_ref().unwrap_or(text);
    let key = if basis.is_empty() { "filed.defect_plain" } else { "filed.defect" };
    words.fill(key, &[("text", text), ("basis", basis), ("remedy", remedy)])
}

fn named(case: &Case, lang: Lang, words: &Words) -> Vec<Pair> {
    let pair =
        |name: &str, value: String| Pair { label: words.get(name).to_owned(), value, strong: false, change: None };
    let mut rows = vec![Pair { strong: true, ..pair("filed.pick_up", halves(&case.pick_up)) }];
    let due = [("filed.due_by_promise", &case.due_by_promise), ("filed.due_by_law", &case.due_by_law)];
    rows.extend(due.into_iter().filter(|(_, iso)| !iso.is_empty()).map(|(name, iso)| pair(name, day(iso, lang))));
    rows.extend(case.figures.iter().map(|figure| Pair {
        label: figure.label.clone(),
        value: cells::text(&figure.value),
        strong: false,
        change: None,
    }));
    rows
}

const fn tone(stage: CaseStage) -> Tone {
    match stage {
        CaseStage::Approved | CaseStage::Delivered => Tone::Ok,
        CaseStage::Submitted | CaseStage::Accepted | CaseStage::InReview | CaseStage::Withdrawn => Tone::Info,
        CaseStage::Correction => Tone::Warn,
        CaseStage::Refused | CaseStage::Rejected => Tone::Stop,
    }
}
