//! What a state looks like, in finished words. A plain function of the state: no clock, no I/O, nothing remembered.
//!
//! Every button shown here carries an intent that `step` accepts in this state, and the other way round; the storm holds
//! both to it.

mod before;
mod card_pin;
mod identify;
mod info;
mod lamp;
mod notice;
mod offline;
mod opinion;
mod review;
mod served;
mod typed;

use contract::message::{Case, QuestionKept};
use contract::site::Panel;
use hal::Code;
use ui::model::{Ask, Button, Choose, Icon, Screen, Shape};
use ui::words::Words;
use ui::{Intent, Lang, Page, PanelPx};

use crate::clock::Now;
use crate::hours;
use crate::session::{Over, Scene, Serving, Stage, State, Visit, page_start, pin_is_open, shape, turned};
pub use lamp::lamp;

/// The panel as the glass measures it.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "a scale between 0.2 and 3 needs no more digits")]
pub fn panel(panel: &Panel) -> PanelPx {
    PanelPx { width: panel.width_px, height: panel.height_px, scale: panel.scale() as f32 }
}

/// Builds the screen for `state` as it is at `now`.
#[must_use]
pub fn view(state: &State, now: Now) -> Screen {
    let look = state.look();
    let words = Words::of(look.lang);
    let site = &state.terminal.site;
    Screen {
        id: state.screen,
        name: state.page_name(),
        look,
        shape: shape(&site.panel),
        title: words.get("app.title").to_owned(),
        place: words.fill("app.place", &[("hall", &site.terminal.hall), ("number", &site.terminal.number)]),
        bar: bar(state, words),
        leave: may_leave(&state.stage).then(|| tap(leave(&state.stage, words), Intent::Leave, Icon::Leave)),
        page: numbered(page(state, words, now), state),
        over: over(state, words, now),
    }
}

fn page(state: &State, words: &Words, now: Now) -> Page {
    match &state.stage {
        stage if visit(stage).is_some_and(|visit| visit.over == Some(Over::Display)) => display(state, words),
        Stage::Welcome(_) => before::welcome(state, words),
        Stage::Gone(gone) => before::gone(gone, words, now),
        Stage::Farewell(farewell) => before::farewell(farewell, words),
        Stage::Evacuation(evacuation) => before::evacuation(evacuation, words),
        Stage::Serving(Serving { visit, scene }) => match scene {
            Scene::Reading(reading) => before::reading(reading, words),
            Scene::Pin(pin) => before::pin(pin, pin_is_open(visit), &state.terminal.site.limits, words),
            Scene::Checking(_) => before::checking(words),
            Scene::Identify(identify) => identify::identify(identify, visit, state, words),
            Scene::Witness(witness) => identify::witness(witness, visit, words),
            Scene::Rating(rating) => opinion::rating(rating, visit, words),
            Scene::Questionnaire(filling) => opinion::questionnaire(filling, visit, words),
            Scene::Rated(rated) => opinion::rated(rated, words),
            Scene::Scanning(scanning) => identify::scanning(scanning, visit, state, words),
            Scene::Home(home) => served::home(home, visit, state, words, now),
            Scene::Caution(form) => review::caution(form, visit, words),
            Scene::Form(form) => served::form(form, visit, words, now),
            Scene::Fetching { .. } | Scene::Noting { .. } => served::fetching(words),
            Scene::Table(shown) => served::table(shown, visit, state, words),
            Scene::Checked(checked) => offline::checked(checked, visit, state, words, now),
            Scene::SlipChoice(shown) => served::slip_choice(shown, visit, state, words),
            Scene::CardPin(pin) => card_pin::card_pin(pin, visit, &state.terminal.site.limits, words),
            Scene::Review(shown) => review::review(shown, visit, state, words),
            Scene::Acting(acting) => served::acting(acting, visit, words),
            Scene::Filed(filed) => review::filed(filed, visit, state, words),
            Scene::Info(shown) => info::info(shown, visit, state, words, now),
            Scene::Notice(message) => notice::notice(message, visit, state, words, now),
        },
    }
}

/// Where there is a number pad, the number that chooses stands before each choice.
fn numbered(mut page: Page, state: &State) -> Page {
    let buttons = match &mut page {
        Page::Home(home) => &mut home.tiles,
        Page::Choose(choose) => &mut choose.choices,
        _ => return page,
    };
    if state.terminal.health.pad == Some(Ok(())) {
        for (number, button) in (1..=9).zip(buttons) {
            button.label = format!("{number} {}", button.label);
        }
    }
    page
}

/// A page of a list.
pub(crate) struct Turns {
    /// First entry of the page.
    pub first: usize,
    /// "第 2 页，共 5 页"; empty where there is one page.
    pub position: String,
    /// Greyed on the first page.
    pub previous: Option<Button>,
    /// Greyed on the last page.
    pub next: Option<Button>,
}

/// Where a list of `count` is that was left at entry `first`, with `a_page` entries a page.
pub(crate) fn turns(first: usize, count: usize, a_page: usize, words: &Words) -> Turns {
    let (page, pages) = (first / a_page.max(1), count.div_ceil(a_page.max(1)).max(1));
    let several = pages > 1;
    let turn = |name: &str, intent: Intent| {
        let there = turned(first, count, a_page, intent).is_some();
        several.then(|| Button { intent: there.then_some(intent), ..tap(words.get(name), intent, Icon::None) })
    };
    let (number, pages) = ((page + 1).to_string(), pages.to_string());
    let position = words.fill("table.position", &[("page", &number), ("pages", &pages)]);
    Turns {
        first: page_start(first, a_page),
        position: if several { position } else { String::new() },
        previous: turn("table.previous", Intent::PreviousPage),
        next: turn("table.next", Intent::NextPage),
    }
}

/// Something that can be tapped.
pub(crate) fn tap(label: &str, intent: Intent, icon: Icon) -> Button {
    Button { label: label.to_owned(), intent: Some(intent), hint: String::new(), icon }
}

fn bar(state: &State, words: &Words) -> Vec<Button> {
    if matches!(state.stage, Stage::Evacuation(_)) {
        return Vec::new();
    }
    let at_largest = state.look().size == shape(&state.terminal.site.panel).largest();
    let larger = if at_largest { "bar.standard" } else { "bar.larger" };
    let mut buttons = vec![
        tap(words.get(larger), Intent::Larger, Icon::TextSize),
        tap(words.get("bar.language"), Intent::Language, Icon::Language),
    ];
    if !matches!(state.stage, Stage::Farewell(_)) {
        buttons.push(tap(words.get("bar.display"), Intent::Display, Icon::Contrast));
        buttons.push(tap(words.get("bar.help"), Intent::Help, Icon::Help));
    }
    buttons
}

/// How it should look: one large button a choice, each saying what it is now.
fn display(state: &State, words: &Words) -> Page {
    let look = state.look();
    let choice = |key: &str, intent: Intent, icon: Icon| Button {
        hint: words.get(&format!("display.{key}_hint")).to_owned(),
        ..tap(words.get(&format!("display.{key}")), intent, icon)
    };
    let upright = shape(&state.terminal.site.panel) == Shape::Upright;
    let contrast = choice(if look.contrast { "colours" } else { "contrast" }, Intent::Contrast, Icon::Contrast);
    let reach = choice(if look.low_reach { "high" } else { "low" }, Intent::LowReach, Icon::LowReach);
    Page::Choose(Choose {
        topic: String::new(),
        title: words.get("display.title").to_owned(),
        hint: String::new(),
        choices: std::iter::once(contrast).chain(upright.then_some(reach)).collect(),
        back: Some(tap(words.get("display.done"), Intent::MoreTime, Icon::Ok)),
        skip: None,
    })
}

/// What hall staff should do about a fault; they stand beside the citizen and read the same screen.
pub(crate) fn staff(code: Code, words: &Words) -> String {
    words.fill("app.staff", &[("text", words.fault(code.as_str(), "staff"))])
}

/// The number of a case or a question: what it is called, and itself.
pub(crate) fn number<'a>(
    case: Option<&Case>,
    question: Option<&QuestionKept>,
    words: &'a Words,
) -> Option<(&'a str, String)> {
    let case = case.map(|case| (words.get("filed.pick_up"), halves(&case.pick_up)));
    case.or_else(|| question.map(|kept| (words.get("info.left.number"), halves(&kept.number))))
}

/// A number in two halves: it is read out at a window.
pub(crate) fn halves(number: &str) -> String {
    number.split_at_checked(4).map_or_else(|| number.to_owned(), |(head, tail)| format!("{head} {tail}"))
}

/// What is told to whoever has put a card in that waits.
pub(crate) fn next_card(visit: &Visit, words: &Words) -> Option<String> {
    visit.next.map(|_| words.get("farewell.next_card").to_owned())
}

/// Whoever has no card here is not told to take it.
fn leave<'a>(stage: &Stage, words: &'a Words) -> &'a str {
    let card = visit(stage).is_none_or(|visit| visit.card.is_some() || visit.next.is_some());
    words.get(if card { "leave.label" } else { "leave.plain" })
}

const fn may_leave(stage: &Stage) -> bool {
    match stage {
        Stage::Serving(Serving { scene, .. }) => scene.may_leave(),
        Stage::Gone(_) => true,
        Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => false,
    }
}

fn over(state: &State, words: &Words, now: Now) -> Option<Ask> {
    let over = visit(&state.stage)?.over?;
    let leave = tap(leave(&state.stage, words), Intent::Leave, Icon::Leave);
    Some(match over {
        // A page of its own, beside which the bar can be used.
        Over::Display => return None,
        Over::Idle { until_ms } => Ask {
            icon: Icon::Clock,
            title: words.get("idle.title").to_owned(),
            hint: words.fill("idle.hint", &[("seconds", &seconds_left(until_ms, now))]),
            yes: tap(words.get("idle.more"), Intent::MoreTime, Icon::None),
            no: leave.clone(),
        },
        Over::Help => Ask {
            icon: Icon::Help,
            title: words.get("help.title").to_owned(),
            hint: help(state, words, now),
            yes: tap(words.get("help.close"), Intent::MoreTime, Icon::None),
            no: leave,
        },
    })
}

/// Where somebody is, and whether they are there now.
fn help(state: &State, words: &Words, now: Now) -> String {
    let terminal = &state.terminal.site.terminal;
    let lang = visit(&state.stage).map_or(Lang::Zh, |visit| visit.look.lang);
    let place = words.fill("help.text", &[("desk", &terminal.help_desk), ("phone", &terminal.help_phone)]);
    let hours = hours::both(state.terminal.calendar.as_deref(), &terminal.help_phone, now, lang, words);
    format!("{place}\n{hours}")
}

/// When the screen changes by itself because it counts seconds; nothing else on it moves with time.
#[must_use]
pub fn refresh_at(state: &State, now: Now) -> Option<u64> {
    let until_ms = match (&state.stage, visit(&state.stage).and_then(|visit| visit.over)) {
        (_, Some(Over::Idle { until_ms })) => until_ms,
        (Stage::Gone(gone), _) => gone.until_ms,
        _ => return None,
    };
    let left_ms = until_ms.checked_sub(now.elapsed_ms + 1)?;
    // The next moment at which one whole second less is left.
    Some(until_ms - left_ms / 1000 * 1000)
}

const fn visit(stage: &Stage) -> Option<&Visit> {
    match stage {
        Stage::Welcome(Some(visit)) => Some(visit),
        Stage::Serving(serving) => Some(&serving.visit),
        Stage::Gone(gone) => Some(&gone.visit),
        Stage::Welcome(None) | Stage::Farewell(_) | Stage::Evacuation(_) => None,
    }
}

/// Whole seconds until a moment, rounded up.
pub(crate) fn seconds_left(until_ms: u64, now: Now) -> String {
    until_ms.saturating_sub(now.elapsed_ms).div_ceil(1000).to_string()
}
