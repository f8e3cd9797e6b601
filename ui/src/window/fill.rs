//! From [`Screen`] to the window's properties: one small function a page. The page that is not shown is emptied.

mod typed;

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::field;
use super::generated::{
    Bridge, ButtonData, ChooseData, Column, EntryData, FarewellData, Figure, HomeData, Item, Kind, KioskWindow,
    MaybeButton, NoticeData, OverData, Pic, PinData, ReadingData, Row, Step, SummaryData, TableData, Theme, Tone,
    WelcomeData, WorkingData,
};
use crate::model::{self, Button, Icon, Intent, Page, Progress, Screen, Shape, Size};

/// Fills the window; returns what its tap numbers mean.
pub(super) fn fill(window: &KioskWindow, screen: &Screen) -> Vec<Intent> {
    let mut taps = Taps::default();
    let bridge = window.global::<Bridge>();
    let theme = window.global::<Theme>();
    theme.set_scale(scale(screen.look.size));
    theme.set_wide(screen.shape != Shape::Upright);
    theme.set_low(screen.shape == Shape::WideLow);
    theme.set_contrast(screen.look.contrast);
    theme.set_low_reach(screen.look.low_reach);
    bridge.set_title(text(&screen.title));
    bridge.set_place(text(&screen.place));
    bridge.set_rows_as_cards(screen.look.size != Size::Standard);
    bridge.set_bar(taps.buttons(&screen.bar));
    bridge.set_leave(taps.maybe(screen.leave.as_ref()));
    bridge.set_over(over(screen.over.as_ref(), &mut taps));
    clear(&bridge);
    page(&bridge, &screen.page, &mut taps);
    taps.0
}

/// What is typed, broken into the lines of its field.
pub(super) fn lines(text: &str, preedit: &str, ems: f32, most: i32) -> ModelRc<SharedString> {
    texts(&field::lines(text, preedit, ems, usize::try_from(most).unwrap_or(1)))
}

const fn scale(size: Size) -> f32 {
    match size {
        Size::Standard => 1.0,
        Size::Large => 1.3,
        Size::Extra => 1.6,
    }
}

/// Empties every page, so that nothing of the last screen can be reached.
fn clear(bridge: &Bridge<'_>) {
    bridge.set_welcome(WelcomeData::default());
    bridge.set_working(WorkingData::default());
    bridge.set_pin(PinData::default());
    bridge.set_home(HomeData::default());
    bridge.set_choose(ChooseData::default());
    bridge.set_table(TableData::default());
    bridge.set_entry(EntryData::default());
    bridge.set_summary(SummaryData::default());
    bridge.set_reading(ReadingData::default());
    bridge.set_notice(NoticeData::default());
    bridge.set_farewell(FarewellData::default());
}

fn page(bridge: &Bridge<'_>, page: &Page, taps: &mut Taps) {
    let kind = match page {
        Page::Welcome(page) => {
            bridge.set_welcome(welcome(page, taps));
            Kind::Welcome
        }
        Page::Working(page) => {
            bridge.set_working(working(page, taps));
            Kind::Working
        }
        Page::Pin(page) => {
            bridge.set_pin(pin(page, taps));
            Kind::Pin
        }
        Page::Home(page) => {
            bridge.set_home(home(page, taps));
            Kind::Home
        }
        Page::Choose(page) => {
            bridge.set_choose(choose(page, taps));
            Kind::Choose
        }
        Page::Table(page) => {
            bridge.set_table(table(page, taps));
            Kind::Table
        }
        Page::Entry(page) => {
            bridge.set_entry(typed::entry(page, taps));
            Kind::Entry
        }
        Page::Summary(page) => {
            bridge.set_summary(typed::summary(page, taps));
            Kind::Summary
        }
        Page::Reading(page) => {
            bridge.set_reading(typed::reading(page, taps));
            Kind::Reading
        }
        Page::Notice(page) => {
            bridge.set_notice(notice(page, taps));
            Kind::Notice
        }
        Page::Farewell(page) => {
            bridge.set_farewell(farewell(page));
            Kind::Farewell
        }
    };
    bridge.set_kind(kind);
}

/// Collects the intents of a screen; a button knows only its number.
#[derive(Default)]
struct Taps(Vec<Intent>);

impl Taps {
    fn button(&mut self, button: &Button) -> ButtonData {
        let tap = button.intent.map_or(-1, |intent| {
            self.0.push(intent);
            i32::try_from(self.0.len() - 1).unwrap_or(-1)
        });
        ButtonData { label: text(&button.label), hint: text(&button.hint), pic: pic(button.icon), tap }
    }

    fn buttons(&mut self, buttons: &[Button]) -> ModelRc<ButtonData> {
        list(buttons.iter().map(|button| self.button(button)))
    }

    fn maybe(&mut self, button: Option<&Button>) -> MaybeButton {
        button.map_or_else(MaybeButton::default, |button| MaybeButton { there: true, button: self.button(button) })
    }
}

fn text(text: &str) -> SharedString {
    SharedString::from(text)
}

fn list<T: Clone + 'static>(items: impl Iterator<Item = T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from(items.collect::<Vec<_>>())))
}

fn texts(items: &[String]) -> ModelRc<SharedString> {
    list(items.iter().map(|item| text(item)))
}

fn welcome(page: &model::Welcome, taps: &mut Taps) -> WelcomeData {
    WelcomeData {
        title: text(&page.title),
        hint: text(&page.hint),
        card: text(&page.card),
        elder: taps.button(&page.elder),
        begin: taps.maybe(page.begin.as_ref()),
        notices: texts(&page.notices),
        help: text(&page.help),
        open: page.open,
    }
}

fn working(page: &model::Working, taps: &mut Taps) -> WorkingData {
    let step = |(progress, label): &(Progress, String)| Step {
        pic: match progress {
            Progress::Done => Pic::Ok,
            Progress::Now => Pic::Now,
            Progress::Next => Pic::Next,
            Progress::Blocked => Pic::Warn,
        },
        label: text(label),
        active: matches!(progress, Progress::Now | Progress::Blocked),
    };
    WorkingData {
        pic: pic(page.icon),
        title: text(&page.title),
        hint: text(&page.hint),
        steps: list(page.steps.iter().map(step)),
        warning: text(&page.warning),
        back: taps.maybe(page.back.as_ref()),
    }
}

fn pin(page: &model::Pin, taps: &mut Taps) -> PinData {
    // Nine digits, then the last row: clear, the tenth digit, erase.
    let (nine, tenth) = page.digits.split_at(page.digits.len().min(9));
    let keys = nine.iter().chain([&page.clear]).chain(tenth).chain([&page.erase]);
    PinData {
        title: text(&page.title),
        hint: text(&page.hint),
        entered: i32::from(page.entered),
        warning: text(&page.warning),
        keys: list(keys.map(|key| taps.button(key)).collect::<Vec<_>>().into_iter()),
        confirm: taps.button(&page.confirm),
        back: taps.maybe(page.back.as_ref()),
    }
}

fn home(page: &model::Home, taps: &mut Taps) -> HomeData {
    HomeData {
        greeting: text(&page.greeting),
        title: text(&page.title),
        tiles: taps.buttons(&page.tiles),
        notices: texts(&page.notices),
        position: text(&page.position),
        previous: taps.maybe(page.previous.as_ref()),
        next: taps.maybe(page.next.as_ref()),
        back: taps.maybe(page.back.as_ref()),
    }
}

fn choose(page: &model::Choose, taps: &mut Taps) -> ChooseData {
    ChooseData {
        topic: text(&page.topic),
        title: text(&page.title),
        hint: text(&page.hint),
        choices: taps.buttons(&page.choices),
        back: taps.maybe(page.back.as_ref()),
        skip: taps.maybe(page.skip.as_ref()),
    }
}

fn table(page: &model::Table, taps: &mut Taps) -> TableData {
    let all = page.columns.iter().map(|column| f32::from(column.parts)).sum::<f32>().max(1.0);
    let mut start = 0.0;
    let columns = page.headings.iter().zip(&page.columns).map(|(heading, column)| {
        let share = f32::from(column.parts) / all;
        start += share;
        Column { heading: text(heading), start: start - share, share, right: column.right }
    });
    TableData {
        title: text(&page.title),
        scope: text(&page.scope),
        figures: list(page.figures.iter().map(|(label, value)| Figure { label: text(label), value: text(value) })),
        columns: list(columns.collect::<Vec<_>>().into_iter()),
        lines: i32::try_from(page.lines).unwrap_or(1),
        marked: page.marked,
        rows: list(page.rows.iter().map(|row| Row { cells: texts(&row.cells), mark: text(&row.mark) })),
        note: text(&page.note),
        position: text(&page.position),
        previous: taps.maybe(page.previous.as_ref()),
        next: taps.maybe(page.next.as_ref()),
        primary: taps.maybe(page.primary.as_ref()),
        back: taps.maybe(page.back.as_ref()),
    }
}

fn notice(page: &model::Notice, taps: &mut Taps) -> NoticeData {
    NoticeData {
        tone: tone(page.tone),
        title: text(&page.title),
        lines: texts(&page.lines),
        route: text(&page.route),
        code: text(&page.code),
        primary: taps.maybe(page.primary.as_ref()),
        back: taps.maybe(page.back.as_ref()),
    }
}

const fn tone(tone: model::Tone) -> Tone {
    match tone {
        model::Tone::Ok => Tone::Ok,
        model::Tone::Info => Tone::Info,
        model::Tone::Warn => Tone::Warn,
        model::Tone::Stop => Tone::Stop,
    }
}

fn farewell(page: &model::Farewell) -> FarewellData {
    FarewellData {
        title: text(&page.title),
        items: list(page.items.iter().map(|(icon, label)| Item { pic: pic(*icon), label: text(label) })),
        hint: text(&page.hint),
        waiting: page.waiting,
    }
}

fn over(ask: Option<&model::Ask>, taps: &mut Taps) -> OverData {
    ask.map_or_else(OverData::default, |ask| OverData {
        there: true,
        pic: pic(ask.icon),
        title: text(&ask.title),
        hint: text(&ask.hint),
        yes: taps.button(&ask.yes),
        no: taps.button(&ask.no),
    })
}

// tidy: table
const fn pic(icon: Icon) -> Pic {
    match icon {
        Icon::None => Pic::None,
        Icon::Back => Pic::Back,
        Icon::Ok => Pic::Ok,
        Icon::Warn => Pic::Warn,
        Icon::Stop => Pic::Stop,
        Icon::Info => Pic::Info,
        Icon::Card => Pic::Card,
        Icon::Scan => Pic::Scan,
        Icon::IdDocument => Pic::IdDocument,
        Icon::Leave => Pic::Leave,
        Icon::List => Pic::List,
        Icon::Certificate => Pic::Certificate,
        Icon::Receipt => Pic::Receipt,
        Icon::Printer => Pic::Printer,
        Icon::TextSize => Pic::TextSize,
        Icon::Contrast => Pic::Contrast,
        Icon::LowReach => Pic::LowReach,
        Icon::Language => Pic::Language,
        Icon::Help => Pic::Help,
        Icon::Clock => Pic::Clock,
        Icon::Home => Pic::Home,
        Icon::Savings => Pic::Savings,
        Icon::Shield => Pic::Shield,
        Icon::Building => Pic::Building,
        Icon::Calendar => Pic::Calendar,
        Icon::Offline => Pic::Offline,
        Icon::Erase => Pic::Erase,
    }
}
