//! What was found of a document without the agency. Never in the colour of a success, and never with its sign: whether the document still
//! counts was not asked.

use contract::format::{Date, DocumentSeal};
use ui::model::{Button, Icon, Notice, Pair, Summary, Tone};
use ui::words::Words;
use ui::{Intent, Lang, Page};

use super::{tap, turns};
use crate::clock::Now;
use crate::reading::day;
use crate::session::{Checked, Next, SEAL_ROWS, SealFound, State, Visit, offline_next, shape, summary_rows_a_page};

pub(super) fn checked(checked: &Checked, visit: &Visit, state: &State, words: &Words, now: Now) -> Page {
    match &checked.found {
        SealFound::Signed(seal) => signed(seal, checked, visit, state, words, now.date()),
        SealFound::Wrong => told("wrong", Tone::Stop, checked, state, words),
        SealFound::UnknownKey(algorithm, key) => Page::Notice(Notice {
            code: format!("{algorithm} {key}"),
            ..notice("unknown_key", Tone::Warn, checked, state, words)
        }),
        SealFound::NoSeal => told("no_seal", Tone::Warn, checked, state, words),
        SealFound::CodeOnly => told("code_only", Tone::Warn, checked, state, words),
    }
}

/// What was signed, and what nobody has looked at.
fn signed(seal: &DocumentSeal, checked: &Checked, visit: &Visit, state: &State, words: &Words, today: Date) -> Page {
    let a_page = summary_rows_a_page(visit.look, shape(&state.terminal.site.panel));
    let turns = turns(checked.first_row, SEAL_ROWS, a_page, words);
    let lang = visit.look.lang;
    let pair = |name: &str, value: String| Pair {
        label: words.get(&format!("offline.signed.{name}")).to_owned(),
        value,
        strong: false,
        change: None,
    };
    let rows: [Pair; SEAL_ROWS] = [
        pair("code", seal.code.clone()),
        // Where a page has two rows, it is these.
        pair("valid_until", valid_until(seal, state, words, today, lang)),
        pair("issued", day(seal.issued, lang)),
        pair("key", format!("{} {}", seal.algorithm, seal.key_id)),
    ];
    let about = match () {
        () if state.terminal.health.agency => words.get("offline.back").to_owned(),
        () if clock_in_doubt(seal, state, today) => words.fill("offline.clock", &[("today", &day(today, lang))]),
        () if seal.valid_until < today => words.fill("offline.expired", &[("today", &day(today, lang))]),
        () => words.fill("offline.later", &[("phone", &state.terminal.site.terminal.help_phone)]),
    };
    Page::Summary(Summary {
        // What the agency answers is neutral: this must not look like it.
        tone: Tone::Warn,
        topic: checked.form.item.name.in_language(lang.tag()).to_owned(),
        title: words.get("offline.signed.title").to_owned(),
        rows: rows.into_iter().skip(turns.first).take(a_page).collect(),
        lines: vec![words.get("offline.signed.only").to_owned(), about],
        qr: String::new(),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        primary: primary(checked, state, words),
        secondary: None,
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
        code: String::new(),
    })
}

/// The terminal's own date is older than what was signed, or is known to be wrong: then it does not tell what has expired.
fn clock_in_doubt(seal: &DocumentSeal, state: &State, today: Date) -> bool {
    let health = &state.terminal.health;
    seal.issued > today || health.is_day_wrong() || matches!(health.clock, Some(Err(_)))
}

fn valid_until(seal: &DocumentSeal, state: &State, words: &Words, today: Date, lang: Lang) -> String {
    let state = match () {
        () if clock_in_doubt(seal, state, today) => "unsure",
        () if seal.valid_until < today => "passed",
        () => "in_time",
    };
    words.fill(&format!("offline.signed.{state}"), &[("day", &day(seal.valid_until, lang))])
}

fn told(what: &str, tone: Tone, checked: &Checked, state: &State, words: &Words) -> Page {
    Page::Notice(notice(what, tone, checked, state, words))
}

fn notice(what: &str, tone: Tone, checked: &Checked, state: &State, words: &Words) -> Notice {
    let terminal = &state.terminal.site.terminal;
    let desk = [("desk", terminal.help_desk.as_str()), ("phone", terminal.help_phone.as_str())];
    let said = |name: &str| words.get(&format!("offline.{what}.{name}")).to_owned();
    let online = offline_next(checked, &state.terminal) == Some(Next::Ask);
    let todo = if online { words.get("offline.back").to_owned() } else { said("todo") };
    Notice {
        tone,
        title: said("title"),
        lines: vec![said("text"), todo],
        route: words.fill("notice.desk", &desk),
        code: String::new(),
        primary: primary(checked, state, words),
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    }
}

fn primary(checked: &Checked, state: &State, words: &Words) -> Option<Button> {
    offline_next(checked, &state.terminal).map(|next| match next {
        Next::Ask => tap(words.get("offline.ask"), Intent::Confirm, Icon::None),
        Next::Scan => tap(words.get("offline.again"), Intent::Confirm, Icon::None),
    })
}
