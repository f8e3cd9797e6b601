//! Pages of somebody who is being identified without a card, and of a code that answers a question.

use contract::catalogue::{Evidence, Item, Kind};
use ui::model::{self, Board, Button, Entry, Icon, Working};
use ui::words::Words;
use ui::{Intent, Page};

use super::before::checking;
use super::{tap, typed};
use crate::session::{
    At, Health, Identify, Scanning, State, Told, Typing, Visit, Wanted, Witness, WitnessAt, accepts, offered,
    offline_instead, open_field, ways,
};

pub(super) fn identify(identify: &Identify, visit: &Visit, state: &State, words: &Words) -> Page {
    let back = || Some(tap(words.get("back.label"), Intent::Back, Icon::Back));
    match &identify.at {
        At::Ways { told } => choose(&identify.wanted, *told, visit, state, words),
        At::ECard(_) => waiting("identify.e_card", Icon::Scan, String::new(), back(), words),
        At::Document { blocked, .. } => {
            let warning = blocked.map_or_else(String::new, |code| words.fault(code.as_str(), "citizen").to_owned());
            waiting("identify.document", Icon::IdDocument, warning, back(), words)
        }
        At::Sending(..) => waiting("identify.sending", Icon::Shield, String::new(), None, words),
        At::Code(typing) => code(typing, &identify.wanted, visit, words),
        At::Asking(_) => checking(words),
    }
}

/// What will be presented? A card needs no button: it is inserted.
fn choose(wanted: &Wanted, told: Option<Told>, visit: &Visit, state: &State, words: &Words) -> Page {
    let by_card = wanted.takes_a_card(&state.terminal.health) && visit.card.is_none();
    let why = told.map(|told| why_not(told, words));
    let opens = |evidence: Evidence| opens(evidence, visit, &state.terminal.health, words);
    let card = by_card.then(|| match wanted {
        Wanted::Item(_) => words.fill("identify.card_opens", &[("opens", &opens(Evidence::CardPin))]),
        Wanted::Review(_) => words.get("identify.card").to_owned(),
    });
    // One line: on a low panel there is room for no more.
    let hint = why.or(card).unwrap_or_default();
    let way = |n: u16, evidence: Evidence, fault: Option<hal::Code>| {
        let (key, icon) = match evidence {
            Evidence::ECard => ("identify.way.e_card", Icon::Scan),
            _ => ("identify.way.id_code", Icon::IdDocument),
        };
        Button {
            intent: fault.is_none().then_some(Intent::Choose(n)),
            hint: match (fault, wanted) {
                (Some(code), _) => words.fault(code.as_str(), "citizen").to_owned(),
                (None, Wanted::Item(_)) => opens(evidence),
                // Here it opens the one filing that wants a fresh proof.
                (None, Wanted::Review(_)) => words.get(&format!("{key}_hint")).to_owned(),
            },
            ..tap(words.get(key), Intent::Choose(n), icon)
        }
    };
    let choices = ways(wanted, &state.terminal.health);
    Page::Choose(model::Choose {
        topic: name(wanted, visit),
        title: words.get(if choices.is_empty() { "identify.card_only" } else { "identify.title" }).to_owned(),
        hint,
        choices: (0..).zip(choices).map(|(n, (evidence, fault))| way(n, evidence, fault)).collect(),
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
        skip: None,
    })
}

/// How much of what asks who somebody is this opens here.
fn opens(evidence: Evidence, visit: &Visit, health: &Health, words: &Words) -> String {
    let opened =
        |item: &&Item| !item.is_of_nobody() && item.elsewhere.is_none() && accepts(item, evidence, health).is_some();
    let count = |kinds: &[Kind]| {
        let items = offered(visit, health).filter(opened);
        items.filter(|item| kinds.contains(&item.kind)).count().to_string()
    };
    let [queries, prints, filings] =
        [&[Kind::Query][..], &[Kind::Print], &[Kind::Filing, Kind::CardPin, Kind::Mandate]].map(count);
    words.fill("identify.opens", &[("queries", &queries), ("prints", &prints), ("filings", &filings)])
}

/// Why something that was presented did not do.
pub(super) fn why_not(told: Told, words: &Words) -> String {
    match told {
        Told::Device(code) => words.fault(code.as_str(), "citizen").to_owned(),
        Told::Agency(code) => words.get(&format!("problem.{}.title", code.as_str())).to_owned(),
    }
}

fn name(wanted: &Wanted, visit: &Visit) -> String {
    wanted.item().name.in_language(visit.look.lang.tag()).to_owned()
}

/// A member of staff is waited for, or why nothing came of it.
pub(super) fn witness(witness: &Witness, visit: &Visit, words: &Words) -> Page {
    let back = Some(tap(words.get("back.label"), Intent::Back, Icon::Back));
    match witness.at {
        WitnessAt::Asking(_) | WitnessAt::Vouching { .. } => checking(words),
        WitnessAt::Staff { blocked, .. } => {
            let warning = blocked.map_or_else(String::new, |code| words.fault(code.as_str(), "citizen").to_owned());
            waiting("witness", Icon::Help, warning, back, words)
        }
        WitnessAt::Failed(told) => Page::Choose(model::Choose {
            topic: witness.review.form.item.name.in_language(visit.look.lang.tag()).to_owned(),
            title: words.get("witness.failed").to_owned(),
            hint: why_not(told, words),
            choices: vec![tap(words.get("witness.again"), Intent::Choose(0), Icon::Shield)],
            skip: None,
            back,
        }),
    }
}

/// Something is to be held before a device, or is on its way.
fn waiting(key: &str, icon: Icon, warning: String, back: Option<Button>, words: &Words) -> Page {
    Page::Working(Working {
        icon,
        title: words.get(&format!("{key}.title")).to_owned(),
        hint: words.get(&format!("{key}.hint")).to_owned(),
        steps: Vec::new(),
        warning,
        back,
    })
}

/// The digits stand in the clear: they are good once, and one wants to compare them with the telephone.
fn code(typing: &Typing, wanted: &Wanted, visit: &Visit, words: &Words) -> Page {
    let entered = typing.entry.reveal();
    let room = entered.len() < usize::from(typing.digits);
    let active = |there: bool, key: &str, intent: Intent, icon: Icon| Button {
        intent: there.then_some(intent),
        ..tap(words.get(key), intent, icon)
    };
    let digits = typed::pad(None, room);
    Page::Entry(Entry {
        topic: name(wanted, visit),
        title: words.get("identify.code.title").to_owned(),
        hint: words.fill("identify.code.hint", &[("digits", &typing.digits.to_string()), ("phone", &typing.phone)]),
        text: entered.clone(),
        preedit: String::new(),
        warning: if typing.wrong { words.get("problem.code_wrong.title").to_owned() } else { String::new() },
        board: Board::Digits(digits),
        erase: active(!entered.is_empty(), "entry.erase", Intent::Erase, Icon::Erase),
        clear: active(!entered.is_empty(), "entry.clear", Intent::Clear, Icon::None),
        confirm: active(!room, "entry.confirm", Intent::Confirm, Icon::None),
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    })
}

pub(super) fn scanning(scanning: &Scanning, visit: &Visit, state: &State, words: &Words) -> Page {
    let label = open_field(&scanning.form).map_or("", |field| field.label.in_language(visit.look.lang.tag()));
    let offline = offline_instead(&scanning.form.item, &state.terminal);
    let hint = if offline { "scanning.hint_offline" } else { "scanning.hint" };
    Page::Working(Working {
        icon: Icon::Scan,
        title: words.get("scanning.title").to_owned(),
        hint: words.fill(hint, &[("what", label)]),
        steps: Vec::new(),
        warning: String::new(),
        back: Some(tap(words.get("scanning.type"), Intent::Back, Icon::None)),
    })
}
