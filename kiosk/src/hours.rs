//! When a person answers, in words that are true at this hour: for every page that sends somebody to a window or to the telephone. Pure.

use contract::catalogue::{Elsewhere, Text};
use contract::message::{LINE_12333, Opening, WINDOW, WorkingDays};
use contract::problem::Route;
use ui::Lang;
use ui::words::Words;

use crate::cells;
use crate::clock::Now;
use crate::reading::day;

/// Windows and telephone, each with what is true now. Beyond the calendar that is known nothing is promised.
pub(crate) fn both(calendar: Option<&WorkingDays>, phone: &str, now: Now, lang: Lang, words: &Words) -> String {
    let place = |place: &str| one(calendar?, place, now, lang, words);
    match place(WINDOW).zip(place(LINE_12333)) {
        Some((window, line)) => words.fill("hours.both", &[("window", &window), ("line", &line), ("phone", phone)]),
        None => words.fill("hours.unknown", &[("phone", phone)]),
    }
}

fn one(calendar: &WorkingDays, place: &str, now: Now, lang: Lang, words: &Words) -> Option<String> {
    let today = now.date();
    Some(match calendar.opening(place, today, &now.time_of_day())? {
        Opening::Now { until } => words.fill("hours.now", &[("until", &until)]),
        Opening::Next { on, at } if on == today => words.fill("hours.today", &[("at", &at)]),
        Opening::Next { on, at } => words.fill("hours.next", &[("day", &day(on, lang)), ("at", &at)]),
    })
}

/// Where an item is done instead, with hours that are true now, in one paragraph.
pub(crate) fn elsewhere(elsewhere: &Elsewhere, hours: String, lang: Lang, words: &Words) -> String {
    let text = |text: &Text| text.in_language(lang.tag()).to_owned();
    let materials = elsewhere.materials.iter().map(text).collect();
    cells::route(&Route { window: text(&elsewhere.window), hours, materials }, words)
}
