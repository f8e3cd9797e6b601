//! A new PIN for the card. Of what is typed only the number of digits comes to the glass.

use contract::site::Limits;
use ui::model::{Icon, Notice, Tone, Working};
use ui::words::Words;
use ui::{Intent, Page};

use super::before::{Keypad, keypad, tries_text};
use super::tap;
use crate::session::{CardPin, Form, PinEntry, PinStep, Visit, WhichPin, WrongPin};

pub(super) fn card_pin(pin: &CardPin, visit: &Visit, limits: &Limits, words: &Words) -> Page {
    match &pin.step {
        PinStep::Facts => facts(&pin.form, visit, words),
        PinStep::Tries(_) => working("reading.title", "reading.hint", words),
        PinStep::Entry(entry) => self::entry(entry, limits, words),
        PinStep::Changed => changed(words),
    }
}

/// What a minute of reading spares: it is not the bank's PIN, and what a new one must be.
fn facts(form: &Form, visit: &Visit, words: &Words) -> Page {
    Page::Notice(Notice {
        tone: Tone::Info,
        title: form.item.name.in_language(visit.look.lang.tag()).to_owned(),
        lines: vec![words.get("card_pin.about").to_owned(), words.get("card_pin.rules").to_owned()],
        route: String::new(),
        code: String::new(),
        primary: Some(tap(words.get("card_pin.begin"), Intent::Confirm, Icon::None)),
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    })
}

fn entry(entry: &PinEntry, limits: &Limits, words: &Words) -> Page {
    let key = match entry.which {
        WhichPin::Old => "card_pin.old",
        WhichPin::New => "card_pin.new",
        WhichPin::Again => "card_pin.again",
    };
    let (fewest, most) = entry.digits(limits);
    let own = |what: &str| words.get(&format!("{key}.{what}")).to_owned();
    let asked = Keypad {
        title: own("title"),
        hint: own("hint"),
        entered: entry.typed.reveal().len(),
        warning: warning(entry, words),
        fewest,
        most,
        confirm: own("confirm"),
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    };
    keypad(asked, words)
}

fn warning(entry: &PinEntry, words: &Words) -> String {
    match entry.wrong {
        None | Some(WrongPin::Old) if entry.which == WhichPin::Old => {
            tries_text(entry.tries, entry.wrong.is_some(), words)
        }
        None | Some(WrongPin::Old) => String::new(),
        Some(WrongPin::Rule(rule)) => words.get(&format!("field.{}", rule.as_str())).to_owned(),
        Some(WrongPin::IdNumber) => words.get("card_pin.id_number").to_owned(),
        Some(WrongPin::Same) => words.get("card_pin.same").to_owned(),
        Some(WrongPin::Differs) => words.get("card_pin.differs").to_owned(),
    }
}

/// The act runs: nothing is said to be changed before the card has said so.
pub(super) fn changing(words: &Words) -> Page {
    working("card_pin.changing.title", "card_pin.changing.hint", words)
}

fn working(title: &str, hint: &str, words: &Words) -> Page {
    Page::Working(Working {
        icon: Icon::Card,
        title: words.get(title).to_owned(),
        hint: words.get(hint).to_owned(),
        steps: Vec::new(),
        warning: String::new(),
        back: None,
    })
}

fn changed(words: &Words) -> Page {
    Page::Notice(Notice {
        tone: Tone::Ok,
        title: words.get("card_pin.changed.title").to_owned(),
        lines: vec![words.get("card_pin.changed.text").to_owned()],
        route: String::new(),
        code: String::new(),
        primary: Some(tap(words.get("card_pin.changed.go_on"), Intent::Confirm, Icon::None)),
        back: None,
    })
}
