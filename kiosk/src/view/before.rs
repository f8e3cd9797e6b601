//! Pages on which nobody is known yet, or nobody any more: welcome, reading, PIN, checking, card gone, farewell.

use contract::site::Limits;
use hal::Code;
use hal::card::Tries;
use hal::sensors::Sensor;
use ui::model::{self, Button, Icon, Progress, Tone, Working};
use ui::words::Words;
use ui::{Intent, Lang, Page};

use super::{halves, seconds_left, staff, tap};
use crate::clock::Now;
use crate::session::{
    Cause, Closed, Doing, Draft, Evacuation, Farewell, Gone, Pin, Reading, State, closed, may_begin, pin_is_open,
};

pub(super) fn welcome(state: &State, words: &Words) -> Page {
    let terminal = &state.terminal.site.terminal;
    let closed = closed(&state.terminal);
    let (title, hint) = match closed {
        None => (words.get("welcome.title").to_owned(), words.get("welcome.hint").to_owned()),
        Some(why) => (words.get("welcome.closed").to_owned(), closed_hint(why, words).to_owned()),
    };
    Page::Welcome(model::Welcome {
        title,
        hint,
        card: words.get("welcome.card").to_owned(),
        elder: Button {
            hint: words.get("welcome.elder_hint").to_owned(),
            ..tap(words.get("welcome.elder"), Intent::Larger, Icon::TextSize)
        },
        begin: may_begin(&state.terminal).then(|| tap(words.get("welcome.begin"), Intent::Begin, Icon::Scan)),
        notices: match closed {
            Some(Closed::Reader(code) | Closed::Suspended(code) | Closed::Agency(Some(code))) => {
                vec![staff(code, words)]
            }
            // Nobody is here: who walks by and sees it is the staff.
            Some(Closed::Agency(None) | Closed::Nothing) | None => notices(state, words),
        },
        help: words.fill("app.help", &[("desk", &terminal.help_desk), ("phone", &terminal.help_phone)]),
        open: closed.is_none(),
    })
}

fn closed_hint(why: Closed, words: &Words) -> &str {
    match why {
        Closed::Reader(_) => words.get("welcome.closed_reader"),
        Closed::Agency(_) => words.get("welcome.closed_agency"),
        Closed::Nothing => words.get("welcome.closed_nothing"),
        Closed::Suspended(code) => citizen(code, words),
    }
}

/// How many lines of faults the welcome page has; there is room for no more on a low panel in large letters.
const MOST_NOTICES: usize = 2;

/// What does not work, what citizens should know of it and staff do about it; what closes most first, then printers, because people come for
/// paper.
fn notices(state: &State, words: &Words) -> Vec<String> {
    let health = &state.terminal.health;
    let others = [health.ups, health.sensors, health.id, health.staff, health.scanner, health.pad, health.lights]
        .into_iter()
        .flatten()
        .filter_map(Result::err);
    let door = state.terminal.contacts.contains(&Sensor::Door).then_some(Code::SensorsDoor);
    let kept = [health.store, health.outbox].into_iter().flatten().filter_map(Result::err).chain(health.untold());
    let filling = health.audit.and_then(Result::err).filter(|code| health.untold() != Some(*code));
    let books = [health.books, health.clock].into_iter().flatten().filter_map(Result::err).chain(filling);
    let faults: Vec<Code> = kept.chain(printers(state)).chain(door).chain(others).chain(books).collect();
    let tell = |code: &Code| format!("{}{}", citizen(*code, words), staff(*code, words));
    let kept = state.terminal.kept_cards;
    let kept = (kept > 0).then(|| words.fill("welcome.kept_cards", &[("count", &kept.to_string())]));
    let mut told: Vec<String> = kept.into_iter().chain(faults.iter().map(tell)).collect();
    if told.len() > MOST_NOTICES {
        let more = told.split_off(MOST_NOTICES - 1).len();
        told.push(words.fill("welcome.more_faults", &[("count", &more.to_string())]));
    }
    told
}

/// What a person should know before they begin: which printer cannot print, in words for citizens.
pub(super) fn printer_notices(state: &State, words: &Words) -> Vec<String> {
    printers(state).map(|code| citizen(code, words).to_owned()).collect()
}

fn printers(state: &State) -> impl Iterator<Item = Code> {
    let health = &state.terminal.health;
    [health.receipt, health.page].into_iter().flatten().filter_map(Result::err)
}

fn citizen(code: Code, words: &Words) -> &str {
    words.fault(code.as_str(), "citizen")
}

pub(super) fn reading(reading: &Reading, words: &Words) -> Page {
    let step = |at: Doing, key: &str| {
        let progress = if reading.doing == at {
            Progress::Now
        } else if reading.doing < at {
            Progress::Next
        } else {
            Progress::Done
        };
        (progress, words.get(key).to_owned())
    };
    Page::Working(Working {
        icon: Icon::Card,
        title: words.get("reading.title").to_owned(),
        hint: words.get("reading.hint").to_owned(),
        steps: vec![step(Doing::Begin, "reading.step.read"), step(Doing::Authority, "reading.step.check")]
            .into_iter()
            .take(if matches!(reading.doing, Doing::Authority | Doing::Finish) { 2 } else { 0 })
            .collect(),
        warning: String::new(),
        back: None,
    })
}

/// `open`: nobody knows which PIN the card has, and its owner must be told before they type.
pub(super) fn pin(pin: &Pin, open: bool, limits: &Limits, words: &Words) -> Page {
    let count = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
    let asked = Keypad {
        title: words.get("pin.title").to_owned(),
        hint: words.get(if open { "card_pin.unknown.text" } else { "pin.hint" }).to_owned(),
        entered: pin.entry.reveal().len(),
        warning: tries_text(pin.tries, pin.wrong, words),
        fewest: count(limits.pin_digits_min),
        most: count(limits.pin_digits_max),
        confirm: words.get("pin.confirm").to_owned(),
        back: None,
    };
    keypad(asked, words)
}

/// A PIN that is asked for.
pub(super) struct Keypad {
    pub title: String,
    pub hint: String,
    /// Digits so far.
    pub entered: usize,
    pub warning: String,
    pub fewest: usize,
    pub most: usize,
    pub confirm: String,
    pub back: Option<Button>,
}

pub(super) fn keypad(asked: Keypad, words: &Words) -> Page {
    let Keypad { title, hint, entered, warning, fewest, most, confirm, back } = asked;
    let when = |ok: bool, intent: Intent| ok.then_some(intent);
    let key = |label: &str, intent: Option<Intent>, icon: Icon| Button {
        label: label.to_owned(),
        intent,
        hint: String::new(),
        icon,
    };
    let (room, enough) = (entered < most, entered >= fewest);
    let digits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];
    Page::Pin(model::Pin {
        title,
        hint,
        entered: u8::try_from(entered).unwrap_or(u8::MAX),
        warning,
        digits: digits
            .iter()
            .map(|digit| key(&digit.to_string(), when(room, Intent::Digit(*digit)), Icon::None))
            .collect(),
        erase: key(words.get("pin.erase"), when(entered > 0, Intent::Erase), Icon::Erase),
        clear: key(words.get("pin.clear"), when(entered > 0, Intent::Clear), Icon::None),
        confirm: key(&confirm, when(enough, Intent::Confirm), Icon::None),
        back,
    })
}

/// The tries left, read from the card and never guessed.
pub(super) fn tries_text(tries: Tries, wrong: bool, words: &Words) -> String {
    match tries {
        Tries::NotTold => words.get("pin.one_attempt").to_owned(),
        Tries::Left(left) => {
            let key = if wrong { "pin.wrong" } else { "pin.tries" };
            words.fill(key, &[("left", &left.to_string())])
        }
    }
}

pub(super) fn checking(words: &Words) -> Page {
    Page::Working(Working {
        icon: Icon::Shield,
        title: words.get("checking.title").to_owned(),
        hint: words.get("checking.hint").to_owned(),
        steps: Vec::new(),
        warning: String::new(),
        back: None,
    })
}

/// Nothing personal: only what to do, and how long it is possible.
pub(super) fn gone(gone: &Gone, words: &Words, now: Now) -> Page {
    let (title, hint) = match gone.cause {
        Cause::CardPulled => ("gone.title", "gone.hint"),
        Cause::ReaderLost => ("gone.reader_title", "gone.reader_hint"),
        Cause::Unreadable => ("gone.unreadable_title", "gone.unreadable_hint"),
    };
    Page::Notice(model::Notice {
        tone: Tone::Warn,
        title: words.get(title).to_owned(),
        lines: vec![
            words.fill(hint, &[("seconds", &seconds_left(gone.until_ms, now))]),
            words.get(if pin_is_open(&gone.visit) { "card_pin.unknown.text" } else { "gone.hidden" }).to_owned(),
        ],
        route: String::new(),
        code: String::new(),
        primary: None,
        back: None,
    })
}

pub(super) fn farewell(farewell: &Farewell, words: &Words) -> Page {
    let mut items = Vec::new();
    if farewell.card_in.is_some() {
        items.push((Icon::Card, words.get("farewell.card").to_owned()));
    }
    if farewell.document.is_there() {
        items.push((Icon::IdDocument, words.get("farewell.document").to_owned()));
    }
    for (count, key, icon) in
        [(farewell.slips, "farewell.slip", Icon::Receipt), (farewell.sheets, "farewell.paper", Icon::Certificate)]
    {
        if count > 0 {
            items.push((icon, words.fill(key, &[("count", &count.to_string())])));
        }
    }
    let title = if items.is_empty() { "farewell.too_long" } else { "farewell.title" };
    let hint = match &farewell.draft {
        Some(Draft::Sealing { .. }) => "farewell.draft_sealing",
        Some(Draft::Kept(_)) => "farewell.draft_hint",
        Some(Draft::Lost) => "farewell.draft_lost",
        None => "farewell.hint",
    };
    if let Some(Draft::Kept(code)) = &farewell.draft {
        items.push((Icon::List, words.fill("farewell.draft", &[("code", &halves(code))])));
    }
    if farewell.next.is_some() {
        items.push((Icon::Card, words.get("farewell.next_card").to_owned()));
    }
    Page::Farewell(model::Farewell {
        title: words.get(title).to_owned(),
        items,
        hint: farewell.why.map_or_else(|| words.get(hint), |code| citizen(code, words)).to_owned(),
        waiting: farewell.card_in.is_some(),
    })
}

/// In both languages: nobody looks for a button now.
pub(super) fn evacuation(evacuation: &Evacuation, words: &Words) -> Page {
    let other = Words::of(if evacuation.look.lang == Lang::Zh { Lang::En } else { Lang::Zh });
    let tell = |words: &Words| {
        let card = evacuation.card_in.map(|_| words.get("evacuation.card").to_owned());
        std::iter::once(words.get("evacuation.text").to_owned()).chain(card).collect::<Vec<_>>()
    };
    let foreign = std::iter::once(other.get("evacuation.title").to_owned()).chain(tell(other));
    Page::Notice(model::Notice {
        tone: Tone::Stop,
        title: words.get("evacuation.title").to_owned(),
        lines: tell(words).into_iter().chain(foreign).collect(),
        route: String::new(),
        code: String::new(),
        primary: None,
        back: None,
    })
}
