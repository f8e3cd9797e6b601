//! Pages of somebody who is signed in: home, questions, records, the choice of slip, printing.

use contract::catalogue::Item;
use contract::field::{Field, FieldType, Value, label_of};
use contract::format::{Period, fen_to_text, mask_name};
use contract::message::Cell;
use ui::model::{self, Button, Column, Icon, Pair, Progress, Row, Tone, Working};
use ui::words::Words;
use ui::{Intent, Lang, Page};

use super::before::printer_notices;
use super::{Turns, staff, tap, turns, typed};
use crate::cells;
use crate::clock::Now;
use crate::session::{
    ActKind, Acting, Answered, Form, Home, Shown, State, Tile, Visit, answered, available, extent, is_pairs,
    open_field, shape, slip_ready, tiles, tiles_a_page,
};

pub(super) fn home(home: &Home, visit: &Visit, state: &State, words: &Words) -> Page {
    let (health, lang) = (&state.terminal.health, visit.look.lang);
    let name = visit.person.as_ref().map_or_else(String::new, |person| mask_name(person.name.reveal()));
    let all = tiles(visit, health, home);
    let a_page = tiles_a_page(visit.look, shape(&state.terminal.site.panel));
    let turns = turns(home.first_tile, all.len(), a_page, words);
    let group = visit.catalogue.groups.iter().find(|group| home.group.as_ref() == Some(&group.id));
    let title = group.map_or_else(|| words.get("home.title"), |group| group.name.in_language(lang.tag()));
    Page::Home(model::Home {
        greeting: words.fill("home.greeting", &[("name", &name)]),
        title: title.to_owned(),
        tiles: (0..)
            .zip(all.iter().skip(turns.first).take(a_page))
            .map(|(n, at)| tile(at, n, lang, state, words))
            .collect(),
        notices: printer_notices(state, words),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        back: group.map(|_| tap(words.get("home.all"), Intent::Back, Icon::Back)),
    })
}

/// A tile; greyed with the reason where a fault stands in its way.
fn tile(tile: &Tile<'_>, n: u16, lang: Lang, state: &State, words: &Words) -> Button {
    let (name, hint, picture, fault) = match tile {
        Tile::Group(group) => (&group.name, &group.hint, &group.icon, None),
        Tile::Item(item) => (&item.name, &item.hint, &item.icon, available(item, &state.terminal.health).err()),
    };
    Button {
        label: name.in_language(lang.tag()).to_owned(),
        intent: fault.is_none().then_some(Intent::Choose(n)),
        hint: match fault {
            Some(code) => words.fault(code.as_str(), "citizen").to_owned(),
            None => hint.in_language(lang.tag()).to_owned(),
        },
        icon: icon(picture),
    }
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
    let Some(field) = open_field(form) else {
        return fetching(words);
    };
    match answered(field, now.month()) {
        Answered::Chosen(offers) => choose(form, field, &offers, visit, words, now),
        Answered::Digits(beside) => typed::digits(form, field, beside, visit, words),
        Answered::Letters => typed::letters(form, field, visit, words),
    }
}

fn choose(form: &Form, field: &Field, offers: &[Value], visit: &Visit, words: &Words, now: Now) -> Page {
    let lang = visit.look.lang;
    let choices = (0..).zip(offers).map(|(n, value)| offer(value, &field.kind, n, now.month(), lang, words)).collect();
    let hint = match &field.kind {
        FieldType::Pledge { words } => Some(words),
        _ => field.hint.as_ref(),
    };
    Page::Choose(model::Choose {
        topic: form.item.name.in_language(lang.tag()).to_owned(),
        title: field.label.in_language(lang.tag()).to_owned(),
        hint: hint.map_or_else(String::new, |hint| hint.in_language(lang.tag()).to_owned()),
        choices,
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    })
}

fn offer(value: &Value, kind: &FieldType, n: u16, this_month: Period, lang: Lang, words: &Words) -> Button {
    let chosen = |label: &str| tap(label, Intent::Choose(n), Icon::None);
    match (value, kind) {
        (Value::MonthRange { from, to }, _) => Button {
            hint: words
                .fill("choose.period.range", &[("from", &month_text(*from, words)), ("to", &month_text(*to, words))]),
            ..tap(&span_text(*from, *to, this_month, words), Intent::Choose(n), Icon::Calendar)
        },
        (Value::Text(text), FieldType::Choice { options }) => {
            chosen(label_of(options, text, lang.tag()).unwrap_or(text))
        }
        (Value::Text(text), FieldType::Tier { tiers }) => match tiers.iter().find(|tier| tier.value == *text) {
            Some(tier) => Button {
                hint: words.fill("review.yuan", &[("amount", &fen_to_text(tier.amount_fen))]),
                ..chosen(tier.label.in_language(lang.tag()))
            },
            None => chosen(text),
        },
        (Value::Accepted, _) => tap(words.get("review.pledge"), Intent::Choose(n), Icon::Ok),
        (other, _) => chosen(&other.to_text()),
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
    let (count, a_page) = extent(result, visit.look, shape(&state.terminal.site.panel));
    let turns = turns(shown.first_row, count, a_page, words);
    if is_pairs(result) {
        return pairs(shown, turns, a_page, visit, state, words);
    }
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
            .skip(turns.first)
            .take(a_page)
            .map(|row| Row { cells: row.cells.iter().map(cells::text).collect(), mark: row.mark.clone() })
            .collect(),
        note: result.as_of.clone(),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        primary: print_button("table.print", &shown.form.item, state, words),
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    })
}

/// A result that is no table, with its figures first.
fn pairs(shown: &Shown, turns: Turns, a_page: usize, visit: &Visit, state: &State, words: &Words) -> Page {
    let result = &*shown.result;
    let pair =
        |label: String, value: &Cell, strong: bool| Pair { label, value: cells::text(value), strong, change: None };
    let strong = |value: &Cell| !matches!(value, Cell::Text(_));
    let figures = result.figures.iter().map(|figure| pair(figure.label.clone(), &figure.value, strong(&figure.value)));
    let rows = result.rows.iter().filter_map(|row| match row.cells.as_slice() {
        [label, value] => Some(pair(cells::text(label), value, false)),
        _ => None,
    });
    Page::Summary(model::Summary {
        tone: Tone::Info,
        topic: result.scope.clone(),
        title: shown.form.item.name.in_language(visit.look.lang.tag()).to_owned(),
        rows: figures.chain(rows).skip(turns.first).take(a_page).collect(),
        lines: vec![result.as_of.clone()],
        qr: String::new(),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        primary: print_button("table.print", &shown.form.item, state, words),
        secondary: None,
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
        code: String::new(),
    })
}

/// The button that prints a slip, where the item has one; greyed with the reason while the receipt printer cannot print.
pub(super) fn print_button(label: &str, item: &Item, state: &State, words: &Words) -> Option<Button> {
    let health = &state.terminal.health;
    let reason = match health.receipt {
        Some(Err(code)) => words.fault(code.as_str(), "citizen").to_owned(),
        None => words.get("table.no_printer").to_owned(),
        Some(Ok(())) => String::new(),
    };
    item.slip.then(|| Button {
        intent: slip_ready(item, health).then_some(Intent::Confirm),
        hint: reason,
        ..tap(words.get(label), Intent::Confirm, Icon::Printer)
    })
}

pub(super) fn slip_choice(shown: &Shown, visit: &Visit, state: &State, words: &Words) -> Page {
    let ready = slip_ready(&shown.form.item, &state.terminal.health);
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

/// A case is being filed: nothing is said to be done before the agency has said so.
fn filing(words: &Words) -> Page {
    Page::Working(Working {
        icon: Icon::List,
        title: words.get("printing.case.title").to_owned(),
        hint: words.get("printing.hint").to_owned(),
        steps: vec![
            (Progress::Now, words.get("printing.step.file").to_owned()),
            (Progress::Next, words.get("printing.step.number").to_owned()),
        ],
        warning: String::new(),
        back: None,
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
        ActKind::Case => return filing(words),
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
