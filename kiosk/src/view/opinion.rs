//! Pages of an opinion: how satisfied, why not, and the questions of a sample. Each says that it is voluntary, and how to leave it.

use contract::catalogue::Choice;
use contract::message::Satisfaction;
use ui::model::{Button, Choose, Icon, Working};
use ui::words::Words;
use ui::{Intent, Page};

use super::tap;
use crate::session::{Filling, Rated, Rating, Visit, Way};

/// Five levels, the best first, in the standard's own words; then the agency's reasons.
pub(super) fn rating(rating: &Rating, visit: &Visit, words: &Words) -> Page {
    match rating.level {
        None => levels(words),
        Some(_) => reasons(visit, words),
    }
}

fn levels(words: &Words) -> Page {
    let level = |(n, level): (u16, &Satisfaction)| {
        tap(words.get(&format!("rating.{}", level.as_str())), Intent::Choose(n), Icon::None)
    };
    Page::Choose(Choose {
        topic: words.get("rating.topic").to_owned(),
        title: words.get("rating.title").to_owned(),
        hint: String::new(),
        choices: (0..).zip(&Satisfaction::ALL).map(level).collect(),
        back: Some(tap(words.get("rating.skip"), Intent::Back, Icon::None)),
        skip: None,
    })
}

fn reasons(visit: &Visit, words: &Words) -> Page {
    let reasons = visit.catalogue.evaluation.as_ref().map_or(&[][..], |form| &form.reasons);
    Page::Choose(Choose {
        topic: words.get("rating.topic").to_owned(),
        title: words.get("rating.reason.title").to_owned(),
        hint: String::new(),
        choices: choices(reasons, visit),
        back: Some(tap(words.get("rating.reason.skip"), Intent::Back, Icon::None)),
        skip: None,
    })
}

/// What was said is on its way, there or to the disk.
pub(super) fn rated(rated: &Rated, words: &Words) -> Page {
    let way = match rated.way {
        Way::There(_) => "rating.sending",
        Way::Here(_) => "rating.sealing",
    };
    Page::Working(Working {
        icon: Icon::List,
        title: words.get(&format!("{way}.title")).to_owned(),
        hint: words.get(&format!("{way}.hint")).to_owned(),
        steps: Vec::new(),
        warning: String::new(),
        back: None,
    })
}

/// One question of the sheet; it can be passed over, and the sheet left.
pub(super) fn questionnaire(filling: &Filling, visit: &Visit, words: &Words) -> Page {
    let (number, count) = ((filling.at + 1).to_string(), filling.sheet.questions.len().to_string());
    let topic = if filling.at == 0 { "questionnaire.first" } else { "questionnaire.topic" };
    let (title, options) = filling
        .question()
        .map_or(("", &[][..]), |question| (question.text.in_language(visit.look.lang.tag()), &question.options));
    Page::Choose(Choose {
        topic: words.fill(topic, &[("number", &number), ("count", &count)]),
        title: title.to_owned(),
        hint: String::new(),
        choices: choices(options, visit),
        back: Some(tap(words.get("questionnaire.leave"), Intent::Back, Icon::None)),
        skip: Some(tap(words.get("questionnaire.skip"), Intent::NextPage, Icon::None)),
    })
}

fn choices(offered: &[Choice], visit: &Visit) -> Vec<Button> {
    let lang = visit.look.lang.tag();
    (0..).zip(offered).map(|(n, choice)| tap(choice.label.in_language(lang), Intent::Choose(n), Icon::None)).collect()
}
