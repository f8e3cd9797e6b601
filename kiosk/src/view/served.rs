//! Pages of somebody who is signed in: home, questions, records, the choice of slip, printing.

use contract::catalogue::{Choice, FieldKind, Item, Value};
use contract::format::{Period, mask_name};
use ui::model::{self, Button, Column, Icon, Progress, Row, Working};
use ui::words::Words;
use ui::{Intent, Lang, Page};

use super::before::printer_notices;
use super::{staff, tap};
use crate::cells;
use crate::clock::Now;
use crate::session::{
    ActKind, Acting, Form, Shown, State, Visit, answers, available, offered, open_field, rows_a_page, shape, slip_ready,
};

pub(super) fn home(visit: &Visit, state: &State, words: &Words) -> Page {
    let name = visit.person.as_ref().map_or_else(String::new, |person| mask_name(person.name.reveal()));
    let tiles = offered(visit, &state.terminal.health)
        .zip(0..)
        .map(|(item, n)| tile(item, n, visit.look.lang, state, words))
        .collect();
    Page::Home(model::Home {
        greeting: words.fill("home.greeting", &[("name", &name)]),
        title: words.get("home.title").to_owned(),
        tiles,
        notices: printer_notices(state, words),
    })
}

/// A tile; greyed with the reason where a fault stands in its way.
fn tile(item: &Item, n: u16, lang: Lang, state: &State, words: &Words) -> Button {
    let (intent, hint) = match available(item, &state.terminal.health) {
        Ok(()) => (Some(Intent::Choose(n)), item.hint.in_language(lang.tag()).to_owned()),
        Err(code) => (None, words.fault(code.as_str(), "citizen").to_owned()),
    };
    Button { label: item.name.in_language(lang.tag()).to_owned(), intent, hint, icon: icon(&item.icon) }
}

/// Pictures a catalogue may name.
fn icon(name: &str) -> Icon {
    match name {
        "list" => Icon::List,
        "certificate" => Icon::Certificate,
        "savings" => Icon::Savings,
        "calendar" => Icon::Calendar,
        "building" => Icon::Building,
        "shield" => Icon::Shield,
        _ => Icon::None,
    }
}

pub(super) fn form(form: &Form, visit: &Visit, words: &Words, now: Now) -> Page {
    let tag = visit.look.lang.tag();
    let Some(field) = open_field(form) else {
        return fetching(words);
    };
    let choices = answers(field, now.month())
        .iter()
        .zip(0..)
        .map(|(value, n)| answer(value, &field.kind, n, now.month(), visit.look.lang, words))
        .collect();
    Page::Choose(model::Choose {
        topic: form.item.name.in_language(tag).to_owned(),
        title: field.prompt.in_language(tag).to_owned(),
        hint: String::new(),
        choices,
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    })
}

fn answer(value: &Value, kind: &FieldKind, n: u16, this_month: Period, lang: Lang, words: &Words) -> Button {
    match (value, kind) {
        (Value::MonthRange { from, to }, _) => Button {
            hint: words
                .fill("choose.period.range", &[("from", &month_text(*from, words)), ("to", &month_text(*to, words))]),
            ..tap(&span_text(*from, *to, this_month, words), Intent::Choose(n), Icon::Calendar)
        },
        (Value::Choice { value }, FieldKind::Choice { options }) => {
            let label = options.iter().find(|option| option.value == *value).map(|Choice { label, .. }| label);
            tap(label.map_or(value.as_str(), |text| text.in_language(lang.tag())), Intent::Choose(n), Icon::None)
        }
        (Value::Choice { value }, FieldKind::MonthRange { .. }) => tap(value, Intent::Choose(n), Icon::None),
    }
}

fn month_text(month: Period, words: &Words) -> String {
    words.fill("choose.period.month", &[("year", &month.year().to_string()), ("month", &month.month().to_string())])
}

fn span_text(from: Period, to: Period, this_month: Period, words: &Words) -> String {
    let whole_year = from.month() == 1 && to.month() == 12 && from.year() == to.year();
    if from.month() == 1 && from.year() == this_month.year() {
        words.get("choose.period.this_year").to_owned()
    } else if whole_year && from.year() + 1 == this_month.year() {
        words.get("choose.period.last_year").to_owned()
    } else {
        words.fill("choose.period.last_months", &[("months", &from.months_until(to).to_string())])
    }
}

pub(super) fn fetching(words: &Words) -> Page {
    Page::Working(Working {
        icon: Icon::List,
        title: words.get("fetching.title").to_owned(),
        hint: words.get("fetching.hint").to_owned(),
        steps: Vec::new(),
        warning: String::new(),
        back: None,
    })
}

pub(super) fn table(shown: &Shown, visit: &Visit, state: &State, words: &Words) -> Page {
    let result = &*shown.result;
    let a_page = rows_a_page(visit.look.size, shape(&state.terminal.site.panel));
    // After a change of size the first row may lie in the middle of a page: show the page it is on.
    let page = shown.first_row / a_page;
    let pages = result.rows.len().div_ceil(a_page).max(1);
    let several = pages > 1;
    let turn = |ok: bool, key: &str, intent: Intent| {
        several.then(|| Button { intent: ok.then_some(intent), ..tap(words.get(key), intent, Icon::None) })
    };
    Page::Table(model::Table {
        title: shown.form.item.name.in_language(visit.look.lang.tag()).to_owned(),
        scope: result.scope.clone(),
        figures: result.figures.iter().map(|figure| (figure.label.clone(), cells::text(&figure.value))).collect(),
        headings: result.columns.iter().map(|column| column.label.clone()).collect(),
        columns: result
            .columns
            .iter()
            .map(|column| Column { parts: cells::parts(column.kind), right: cells::is_right(column.kind) })
            .collect(),
        rows: result
            .rows
            .iter()
            .skip(page * a_page)
            .take(a_page)
            .map(|row| Row { cells: row.cells.iter().map(cells::text).collect(), mark: row.mark.clone() })
            .collect(),
        note: result.as_of.clone(),
        position: if several {
            words.fill("table.position", &[("page", &(page + 1).to_string()), ("pages", &pages.to_string())])
        } else {
            String::new()
        },
        previous: turn(shown.first_row > 0, "table.previous", Intent::PreviousPage),
        next: turn(shown.first_row + a_page < result.rows.len(), "table.next", Intent::NextPage),
        primary: shown.form.item.slip.then(|| print_button(shown, state, words)),
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    })
}

/// The print button; greyed with the reason while the receipt printer cannot print.
fn print_button(shown: &Shown, state: &State, words: &Words) -> Button {
    let ready = slip_ready(shown, &state.terminal.health);
    let reason = match state.terminal.health.receipt {
        Some(Err(code)) => words.fault(code.as_str(), "citizen").to_owned(),
        None => words.get("table.no_printer").to_owned(),
        Some(Ok(())) => String::new(),
    };
    Button {
        intent: ready.then_some(Intent::Confirm),
        hint: reason,
        ..tap(words.get("table.print"), Intent::Confirm, Icon::Printer)
    }
}

pub(super) fn slip_choice(shown: &Shown, visit: &Visit, state: &State, words: &Words) -> Page {
    let ready = slip_ready(shown, &state.terminal.health);
    let choice = |key: &str, n: u16| Button {
        intent: ready.then_some(Intent::Choose(n)),
        hint: words.get(&format!("choose.slip.{key}_hint")).to_owned(),
        ..tap(words.get(&format!("choose.slip.{key}")), Intent::Choose(n), Icon::Receipt)
    };
    Page::Choose(model::Choose {
        topic: shown.form.item.name.in_language(visit.look.lang.tag()).to_owned(),
        title: words.get("choose.slip.title").to_owned(),
        hint: String::new(),
        choices: vec![choice("plain", 0), choice("amounts", 1)],
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    })
}

/// Printing: what has been confirmed, what is under way, what waits for somebody. Never "printed" before the device says so.
pub(super) fn acting(acting: &Acting, words: &Words) -> Page {
    let kind = acting.kind.as_str();
    let running = if acting.blocked.is_some() { Progress::Blocked } else { Progress::Now };
    let (first, second) = if acting.accepted { (Progress::Done, running) } else { (running, Progress::Next) };
    let first_key = match acting.kind {
        ActKind::Slip => "printing.step.send",
        ActKind::Certificate => "printing.step.issue",
    };
    Page::Working(Working {
        icon: Icon::Printer,
        title: words.get(&format!("printing.{kind}.title")).to_owned(),
        hint: words.get("printing.hint").to_owned(),
        steps: vec![
            (first, words.get(first_key).to_owned()),
            (second, words.get("printing.step.print").to_owned()),
            (Progress::Next, words.get("printing.step.confirm").to_owned()),
        ],
        warning: acting.blocked.map_or_else(String::new, |code| {
            let citizen = [words.fault(code.as_str(), "citizen"), words.get("printing.blocked")].concat();
            [citizen, staff(code, words)].join("\n")
        }),
        back: None,
    })
}
