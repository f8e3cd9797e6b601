//! Pages of somebody who is signed in: home, questions, records, the choice of slip, printing.

use contract::catalogue::Item;
use contract::field::{Field, FieldType, Value, label_of};
use contract::format::{Period, fen_to_text, mask_name};
use contract::message::{self, Cell};
use contract::problem::ProblemCode;
use contract::site::Panel;
use hal::Code;
use ui::model::{self, Button, Column, Icon, Pair, Progress, Row, Tone, Working};
use ui::words::Words;
use ui::{Intent, Lang, Look, Page};

use super::before::printer_notices;
use super::{Turns, card_pin, next_card, number, staff, tap, turns, typed};
use crate::cells;
use crate::clock::Now;
use crate::columns::Columns;
use crate::session::{
    ActKind, Acting, Answered, Form, Home, Shown, State, Terminal, Tile, Unavailable, Visit, answered, available,
    entries, extent, home_a_page, is_pairs, offline_instead, open_field, shape, slip_ready, tiles,
};

pub(super) fn home(home: &Home, visit: &Visit, state: &State, words: &Words, now: Now) -> Page {
    let (health, lang) = (&state.terminal.health, visit.look.lang);
    let greeting = match (&visit.person, &visit.principal) {
        (Some(_), Some(principal)) => {
            words.fill("home.greeting.agent", &[("name", &mask_name(principal.name.reveal()))])
        }
        (Some(person), None) => {
            let name = mask_name(person.name.reveal());
            match news(visit, state, now) {
                Some(news) => words.fill("home.greeting.news", &[("name", &name), ("news", news)]),
                None => words.fill(&format!("home.greeting.{}", person.evidence().as_str()), &[("name", &name)]),
            }
        }
        (None, _) => words.get("home.guest").to_owned(),
    };
    let all = tiles(visit, health, home);
    let a_page = home_a_page(home, all.len(), visit.look, shape(&state.terminal.site.panel));
    let turns = turns(home.first_tile, all.len(), a_page, words);
    let group = visit.catalogue.groups.iter().find(|group| home.group.as_ref() == Some(&group.id));
    let title = group.map_or_else(|| words.get("home.title"), |group| group.name.in_language(lang.tag()));
    Page::Home(model::Home {
        greeting,
        title: title.to_owned(),
        tiles: (0..)
            .zip(all.iter().skip(turns.first).take(a_page))
            .map(|(n, at)| {
                let fault = fault(at, visit, &state.terminal, now);
                let half = matches!(at, Tile::Item(item) if offline_instead(item, &state.terminal));
                tile(at, n, lang, fault, half, words)
            })
            .collect(),
        notices: only(visit, words)
            .into_iter()
            .chain(offline(state, words))
            .chain(printer_notices(state, words))
            .collect(),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        back: group.map(|_| tap(words.get("home.all"), Intent::Back, Icon::Back)),
    })
}

/// What is new for whoever is signed in, if it can be had here and now.
fn news<'a>(visit: &'a Visit, state: &State, now: Now) -> Option<&'a str> {
    let here =
        |id: &str| visit.catalogue.item(id).is_some_and(|item| available(item, visit, &state.terminal, now).is_ok());
    let news = visit.person.as_ref()?.news.iter().find(|news| here(&news.item))?;
    Some(news.text.in_language(visit.look.lang.tag()))
}

/// What still goes while the agency cannot be reached.
fn offline(state: &State, words: &Words) -> Option<String> {
    (!state.terminal.health.agency).then(|| words.get("home.without_agency").to_owned())
}

/// Why not everything is offered.
fn only(visit: &Visit, words: &Words) -> Option<String> {
    let (only, because) = visit.opened();
    let title = |code: ProblemCode| words.get(&format!("problem.{}.title", code.as_str())).to_owned();
    match (only, &visit.principal) {
        ([], _) => None,
        (_, Some(_)) => Some(words.get("acts_for.own").to_owned()),
        (_, None) => Some(words.fill("home.only", &[("why", &because.map(title).unwrap_or_default())])),
    }
}

/// What stands in the way of what a tile leads to.
fn fault(tile: &Tile<'_>, visit: &Visit, terminal: &Terminal, now: Now) -> Option<Unavailable> {
    match tile {
        Tile::Group(_) => None,
        Tile::Item(item) => available(item, visit, terminal, now).err(),
    }
}

/// A tile; greyed with the reason where a fault stands in its way. `half`: what it does without the agency is half of it.
fn tile(tile: &Tile<'_>, n: u16, lang: Lang, fault: Option<Unavailable>, half: bool, words: &Words) -> Button {
    let (name, hint, picture) = match tile {
        Tile::Group(group) => (&group.name, &group.hint, &group.icon),
        Tile::Item(item) => (&item.name, &item.hint, &item.icon),
    };
    Button {
        label: name.in_language(lang.tag()).to_owned(),
        intent: fault.is_none().then_some(Intent::Choose(n)),
        hint: match fault {
            Some(Unavailable::Device(code)) => words.fault(code.as_str(), "citizen").to_owned(),
            Some(Unavailable::Provider(provider)) => {
                words.fill("home.silent", &[("whose", words.get(&format!("home.provider.{}", provider.as_str())))])
            }
            Some(Unavailable::Enough(enough)) => words.get(&format!("home.enough.{}", enough.as_str())).to_owned(),
            Some(Unavailable::Agency) => words.get("home.offline").to_owned(),
            None if half => words.get("home.offline_check").to_owned(),
            None => hint.in_language(lang.tag()).to_owned(),
        },
        icon: icon(picture),
    }
}

/// Pictures a catalogue may name.
pub(super) fn icon(name: &str) -> Icon {
    match name {
        "list" => Icon::List,
        "certificate" => Icon::Certificate,
        "savings" => Icon::Savings,
        "calendar" => Icon::Calendar,
        "building" => Icon::Building,
        "shield" => Icon::Shield,
        "info" => Icon::Info,
        "help" => Icon::Help,
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
        Answered::Codes => typed::codes(form, field, visit, words),
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
        skip: None,
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
    let table = &*shown.table;
    let panel = &state.terminal.site.panel;
    let (count, a_page) = extent(table, visit.look, panel);
    let turns = turns(shown.first_row, count, a_page, words);
    if is_pairs(table) {
        return pairs(shown, turns, a_page, visit, state, words);
    }
    let title = shown.form.item.name.in_language(visit.look.lang.tag());
    let primary = print_button("table.print", &shown.form.item, visit, state, words);
    Page::Table(model::Table { primary, ..sheet(title, table, visit.look, panel, turns, words) })
}

/// A page of a table, whoever's it is.
pub(super) fn sheet(
    title: &str,
    table: &message::Table,
    look: Look,
    panel: &Panel,
    turns: Turns,
    words: &Words,
) -> model::Table {
    let columns = Columns::of(table, look, panel);
    let column = |(n, column): (usize, &message::Column)| Column {
        parts: columns.parts(n),
        right: cells::is_right(column.kind),
    };
    let row = |row: &message::Row| Row { cells: row.cells.iter().map(cells::text).collect(), mark: row.mark.clone() };
    model::Table {
        title: title.to_owned(),
        scope: table.scope.clone(),
        figures: table.figures.iter().map(|figure| (figure.label.clone(), cells::text(&figure.value))).collect(),
        headings: table.columns.iter().map(|column| column.label.clone()).collect(),
        columns: table.columns.iter().enumerate().map(column).collect(),
        lines: columns.lines,
        marked: columns.marked,
        rows: table.rows.iter().skip(turns.first).take(columns.rows_a_page(look, panel)).map(row).collect(),
        note: table.as_of.clone(),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        primary: None,
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    }
}

/// A result that is no table, with its figures first.
fn pairs(shown: &Shown, turns: Turns, a_page: usize, visit: &Visit, state: &State, words: &Words) -> Page {
    let table = &*shown.table;
    let pair =
        |label: String, value: &Cell, strong: bool| Pair { label, value: cells::text(value), strong, change: None };
    let strong = |value: &Cell| !matches!(value, Cell::Text(_));
    let figures = table.figures.iter().map(|figure| pair(figure.label.clone(), &figure.value, strong(&figure.value)));
    let rows = entries(table).map(|(label, value)| pair(cells::text(label), value, false));
    Page::Summary(model::Summary {
        tone: Tone::Info,
        topic: table.scope.clone(),
        title: shown.form.item.name.in_language(visit.look.lang.tag()).to_owned(),
        rows: figures.chain(rows).skip(turns.first).take(a_page).collect(),
        lines: vec![table.as_of.clone()],
        qr: String::new(),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        primary: print_button("table.print", &shown.form.item, visit, state, words),
        secondary: None,
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
        code: String::new(),
    })
}

/// The button that prints a slip, where the item has one; greyed with the reason while the receipt printer cannot print.
pub(super) fn print_button(label: &str, item: &Item, visit: &Visit, state: &State, words: &Words) -> Option<Button> {
    let ready = slip_ready(item, visit, &state.terminal);
    let reason = match state.terminal.health.receipt {
        Some(Err(code)) => words.fault(code.as_str(), "citizen").to_owned(),
        None => words.get("table.no_printer").to_owned(),
        Some(Ok(())) if !ready => words.get("home.enough.visit_papers").to_owned(),
        Some(Ok(())) => String::new(),
    };
    item.slip.then(|| Button {
        intent: ready.then_some(Intent::Confirm),
        hint: reason,
        ..tap(words.get(label), Intent::Confirm, Icon::Printer)
    })
}

pub(super) fn slip_choice(shown: &Shown, visit: &Visit, state: &State, words: &Words) -> Page {
    let ready = slip_ready(&shown.form.item, visit, &state.terminal);
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
        skip: None,
    })
}

/// What to do while it works.
fn hint(visit: &Visit, words: &Words) -> String {
    next_card(visit, words).unwrap_or_else(|| words.get("printing.hint").to_owned())
}

/// A case or a question is on its way: nothing is said to be done before the agency has said so.
fn filing(last_step: &str, visit: &Visit, words: &Words) -> Page {
    Page::Working(Working {
        icon: Icon::List,
        title: words.get("printing.case.title").to_owned(),
        hint: hint(visit, words),
        steps: vec![
            (Progress::Now, words.get("printing.step.file").to_owned()),
            (Progress::Next, words.get(last_step).to_owned()),
        ],
        warning: String::new(),
        back: None,
    })
}

/// Printing: what has been confirmed, what is under way, what waits for somebody. Never "printed" before the device says so.
pub(super) fn acting(acting: &Acting, visit: &Visit, words: &Words) -> Page {
    let kind = acting.kind.as_str();
    let running = if acting.blocked.is_some() { Progress::Blocked } else { Progress::Now };
    let (first, second) = if acting.accepted { (Progress::Done, running) } else { (running, Progress::Next) };
    let first_key = match acting.kind {
        ActKind::Slip => "printing.step.send",
        ActKind::Certificate => "printing.step.issue",
        ActKind::Case => return filing("printing.step.number", visit, words),
        ActKind::Question => return filing("printing.step.question", visit, words),
        ActKind::CardPin => return card_pin::changing(words),
    };
    Page::Working(Working {
        icon: Icon::Printer,
        title: words.get(&format!("printing.{kind}.title")).to_owned(),
        hint: hint(visit, words),
        steps: vec![
            (first, words.get(first_key).to_owned()),
            (second, words.get("printing.step.print").to_owned()),
            (Progress::Next, words.get("printing.step.confirm").to_owned()),
        ],
        warning: acting.blocked.map_or_else(String::new, |code| blocked(acting, code, words)),
        back: None,
    })
}

/// What stands in its way, and what becomes of it. Whoever leaves sees no other page: a number that only the slip would have told is told here.
fn blocked(acting: &Acting, code: Code, words: &Words) -> String {
    let then = match number(acting.case.as_deref(), acting.question.as_deref(), words) {
        Some((what, number)) => words.fill("printing.blocked_number", &[("what", what), ("number", &number)]),
        None => words.get("printing.blocked").to_owned(),
    };
    let citizen = [words.fault(code.as_str(), "citizen"), then.as_str()].concat();
    [citizen, staff(code, words)].join("\n")
}
