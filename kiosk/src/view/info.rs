//! Pages of what is public: lists, texts, the bulletin, and a question that was left.

use contract::message::{BulletinEntry, Content, QuestionKept, Table};
use ui::model::{self, Button, Choose, Icon, Pair, Summary, Tone};
use ui::words::Words;
use ui::{Intent, Page};

use super::{halves, next_card, served, tap, turns};
use crate::clock::Now;
use crate::reading::{self, Pages};
use crate::session::{
    Enough, Found, Home, Info, InfoPage, Published, State, Tile, Visit, extent, guide_tiles, info_words, of_nobody,
    shape, tiles_a_page,
};

/// A title in a list; the whole stands on the page it leads to.
const TITLE_MAX_CHARS: usize = 40;

pub(super) fn info(info: &Info, visit: &Visit, state: &State, words: &Words, now: Now) -> Page {
    let lang = visit.look.lang;
    let topic = info.form.item.name.in_language(lang.tag());
    let read = |blocks: Vec<reading::Block>, mark: usize| reading_page(topic, &blocks, mark, visit, state, words);
    match &info.page {
        InfoPage::Guide(list) => guide(list, visit, state, words),
        InfoPage::Notice(_, item, mark) => read(reading::notice(item, &state.terminal.site, lang, words), *mark),
        InfoPage::Asking(..) => served::fetching(words),
        InfoPage::Found(list) => found(list, &info_words(&info.form), visit, state, words),
        InfoPage::Nothing => nothing(topic, &info_words(&info.form), visit, state, words, now),
        InfoPage::Text(_, text, mark) => read(reading::text(text, lang, words), *mark),
        InfoPage::Left(kept) => Page::Summary(Summary {
            primary: served::print_button("filed.print", &info.form.item, visit, state, words),
            ..left(kept, topic, visit, words)
        }),
        InfoPage::Bulletin(published) => bulletin(topic, published, visit, state, words),
        InfoPage::Entry(published, n, mark) => match published.entries.get(*n) {
            Some(BulletinEntry { title, content: Content::Table(it), .. }) => {
                table(topic, title, it, *mark, visit, state, words)
            }
            entry => read(entry.map(|entry| reading::entry(entry, lang, words)).unwrap_or_default(), *mark),
        },
    }
}

/// A list of things to be opened: a page of tiles, with a way back.
struct List<'a> {
    above: String,
    title: &'a str,
    first: usize,
    tiles: Vec<Button>,
    back: Button,
}

fn list(list: List<'_>, visit: &Visit, state: &State, words: &Words) -> Page {
    let a_page = tiles_a_page(visit.look, shape(&state.terminal.site.panel));
    let turns = turns(list.first, list.tiles.len(), a_page, words);
    let numbered = |(n, tile): (u16, Button)| Button { intent: Some(Intent::Choose(n)), ..tile };
    Page::Home(model::Home {
        greeting: list.above,
        title: list.title.to_owned(),
        tiles: (0..).zip(list.tiles.into_iter().skip(turns.first).take(a_page)).map(numbered).collect(),
        notices: Vec::new(),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        back: Some(list.back),
    })
}

fn back(words: &Words) -> Button {
    tap(words.get("back.label"), Intent::Back, Icon::Back)
}

fn tile(label: &str, hint: String, icon: Icon) -> Button {
    let long = label.chars().count() > TITLE_MAX_CHARS;
    let label = if long { label.chars().take(TITLE_MAX_CHARS - 1).chain(['…']).collect() } else { label.to_owned() };
    Button { label, intent: None, hint, icon }
}

fn guide(at: &Home, visit: &Visit, state: &State, words: &Words) -> Page {
    let tag = visit.look.lang.tag();
    let tiles = guide_tiles(visit, at).into_iter().map(|entry| {
        let (name, hint, picture) = match entry {
            Tile::Group(group) => (&group.name, &group.hint, &group.icon),
            Tile::Item(item) => (&item.name, &item.hint, &item.icon),
        };
        tile(name.in_language(tag), hint.in_language(tag).to_owned(), served::icon(picture))
    });
    let group = visit.catalogue.groups.iter().find(|group| at.group.as_ref() == Some(&group.id));
    let list = List {
        above: words.get("info.guide_above").to_owned(),
        title: group.map_or_else(|| words.get("info.guide_title"), |group| group.name.in_language(tag)),
        first: at.first_tile,
        tiles: tiles.collect(),
        back: back(words),
    };
    self::list(list, visit, state, words)
}

fn found(found: &Found, asked: &str, visit: &Visit, state: &State, words: &Words) -> Page {
    let tiles = found.hits.iter().map(|hit| {
        let kind = words.fill(&format!("info.kind.{}", hit.kind.as_str()), &[]);
        let day = reading::day(hit.effective, visit.look.lang);
        tile(&hit.title, words.fill("info.hit", &[("kind", &kind), ("day", &day)]), Icon::None)
    });
    let count = found.hits.len().to_string();
    let title = words.fill("info.found", &[("count", &count)]);
    let list = List {
        above: words.fill("info.asked", &[("words", asked)]),
        title: &title,
        first: found.first,
        tiles: tiles.collect(),
        back: back(words),
    };
    self::list(list, visit, state, words)
}

fn bulletin(topic: &str, published: &Published, visit: &Visit, state: &State, words: &Words) -> Page {
    let tiles = published.entries.iter().map(|entry| {
        let day = reading::day(entry.published, visit.look.lang);
        tile(&entry.title, words.fill("info.published", &[("value", &day)]), Icon::None)
    });
    let list = List {
        above: words.get("info.bulletin_above").to_owned(),
        title: topic,
        first: published.first,
        tiles: tiles.collect(),
        back: back(words),
    };
    self::list(list, visit, state, words)
}

fn nothing(topic: &str, asked: &str, visit: &Visit, state: &State, words: &Words, now: Now) -> Page {
    let enough = of_nobody(visit, &state.terminal, now);
    let choice = |name: &str, n: u16, icon: Icon| Button {
        hint: words.get(&format!("info.nothing.{name}_hint")).to_owned(),
        ..tap(words.get(&format!("info.nothing.{name}")), Intent::Choose(n), icon)
    };
    Page::Choose(Choose {
        topic: topic.to_owned(),
        title: words.fill("info.nothing.title", &[("words", asked)]),
        hint: words.fill("info.nothing.hint", &[("phone", &state.terminal.site.terminal.help_phone)]),
        choices: vec![choice("again", 0, Icon::None), closed(choice("leave", 1, Icon::Help), enough, words)],
        back: Some(back(words)),
        skip: None,
    })
}

/// Greyed with the reason, where there has been enough.
fn closed(button: Button, enough: Option<Enough>, words: &Words) -> Button {
    match enough {
        None => button,
        Some(enough) => {
            let hint = words.get(&format!("home.enough.{}", enough.as_str())).to_owned();
            Button { intent: None, hint, ..button }
        }
    }
}

fn reading_page(
    topic: &str,
    blocks: &[reading::Block],
    mark: usize,
    visit: &Visit,
    state: &State,
    words: &Words,
) -> Page {
    let pages = Pages::of(blocks, visit.look, &state.terminal.site.panel);
    let page = pages.page_at(mark);
    let turns = turns(page, pages.count(), 1, words);
    Page::Reading(model::Reading {
        topic: topic.to_owned(),
        lines: pages.lines(page).map(|line| (line.style, line.text.clone())).collect(),
        position: turns.position,
        previous: turns.previous,
        next: turns.next,
        back: Some(back(words)),
    })
}

fn table(topic: &str, title: &str, table: &Table, first: usize, visit: &Visit, state: &State, words: &Words) -> Page {
    let panel = &state.terminal.site.panel;
    let (count, a_page) = extent(table, visit.look, panel);
    let turns = turns(first, count, a_page, words);
    let scope = [title, &table.scope].join(words.get("entry.and"));
    Page::Table(model::Table { scope, ..served::sheet(topic, table, visit.look, panel, turns, words) })
}

fn left(kept: &QuestionKept, topic: &str, visit: &Visit, words: &Words) -> Summary {
    let pair = |name: &str, value: String, strong: bool| Pair {
        label: words.get(name).to_owned(),
        value,
        strong,
        change: None,
    };
    Summary {
        tone: Tone::Ok,
        topic: topic.to_owned(),
        title: words.get("info.left.title").to_owned(),
        rows: vec![
            pair("info.left.number", halves(&kept.number), true),
            pair("info.left.answered_by", reading::day(kept.answered_by, visit.look.lang), false),
        ],
        lines: std::iter::once(words.get("info.left.next").to_owned()).chain(next_card(visit, words)).collect(),
        qr: String::new(),
        position: String::new(),
        previous: None,
        next: None,
        primary: None,
        secondary: None,
        back: Some(tap(words.get("filed.home"), Intent::Back, Icon::Home)),
        code: String::new(),
    }
}
