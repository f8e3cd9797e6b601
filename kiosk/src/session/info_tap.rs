//! Fingers on what is public: lists that are leafed through, texts that are read, and what to do where nothing was found. `info` holds the
//! pages and asks the agency.

use contract::message::{BulletinEntry, Content, ReadText};
use ui::Intent;
use ui::words::Words;

use super::context::{Context, Refusal};
use super::home::Tile;
use super::info::{Asked, Found, Info, InfoPage, Published, ask, guide_tiles, show, words};
use super::look::{page_start, shape, tiles_a_page, turned};
use super::state::{Form, Home, Scene};
use super::table::extent;
use super::typed::Typed;
use super::visit::Visit;
use super::{acting, enough, slip};
use crate::agency::Question;
use crate::reading::{self, Pages};

pub(super) fn tap(visit: &Visit, info: Box<Info>, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let Info { form, page } = *info;
    match page {
        InfoPage::Guide(list) => guide_tap(visit, form, list, intent, cx),
        InfoPage::Found(found) => found_tap(visit, form, found, intent, cx),
        InfoPage::Bulletin(published) => bulletin_tap(visit, form, published, intent, cx),
        InfoPage::Nothing => nothing_tap(visit, form, intent, cx),
        page @ InfoPage::Asking(..) => {
            cx.refuse(Refusal::NotOffered);
            show(form, page)
        }
        page if intent == Intent::Back => back(form, page),
        InfoPage::Notice(list, item, mark) => {
            let blocks = reading::notice(&item, &cx.terminal.site, visit.look.lang, Words::of(visit.look.lang));
            show(form, InfoPage::Notice(list, item, leaf(visit, &blocks, mark, intent, cx)))
        }
        InfoPage::Text(found, text, mark) => {
            let blocks = reading::text(&text, visit.look.lang, Words::of(visit.look.lang));
            show(form, InfoPage::Text(found, text, leaf(visit, &blocks, mark, intent, cx)))
        }
        InfoPage::Entry(published, n, mark) => {
            let mark = entry_leaf(visit, published.entries.get(n), mark, intent, cx);
            show(form, InfoPage::Entry(published, n, mark))
        }
        InfoPage::Left(kept) if intent == Intent::Confirm && slip::ready(&form.item, visit, cx.terminal) => {
            let site = cx.terminal.site.clone();
            let id = cx.terminal.peek_act_id();
            let receipt = slip::of_question(visit, &form.item, &kept, &id, &site, cx.now);
            let begun = acting::slip(visit, &form.item.id, receipt, cx);
            acting::repeating(begun, None, Some(kept))
        }
        page @ InfoPage::Left(_) => {
            cx.refuse(Refusal::NotOffered);
            show(form, page)
        }
    }
}

/// From what is read to the list it stood in.
fn back(form: Form, page: InfoPage) -> Scene {
    let list = match page {
        InfoPage::Notice(list, ..) => InfoPage::Guide(list),
        InfoPage::Text(found, ..) => InfoPage::Found(found),
        InfoPage::Entry(published, ..) => InfoPage::Bulletin(published),
        _ => return Scene::Home(form.home),
    };
    show(form, list)
}

/// Turns a page of a text.
fn leaf(visit: &Visit, blocks: &[reading::Block], mark: usize, intent: Intent, cx: &mut Context<'_>) -> usize {
    let pages = Pages::of(blocks, visit.look, &cx.terminal.site.panel);
    pages.turned(mark, intent).unwrap_or_else(|| {
        cx.refuse(Refusal::NotOffered);
        mark
    })
}

fn entry_leaf(
    visit: &Visit,
    entry: Option<&BulletinEntry>,
    mark: usize,
    intent: Intent,
    cx: &mut Context<'_>,
) -> usize {
    let Some(entry) = entry else {
        cx.refuse(Refusal::NotOffered);
        return mark;
    };
    let Content::Table(table) = &entry.content else {
        let blocks = reading::entry(entry, visit.look.lang, Words::of(visit.look.lang));
        return leaf(visit, &blocks, mark, intent, cx);
    };
    let (count, a_page) = extent(table, visit.look, &cx.terminal.site.panel);
    turned(mark, count, a_page, intent).unwrap_or_else(|| {
        cx.refuse(Refusal::NotOffered);
        mark
    })
}

/// What a finger on a list asks for.
enum Picked {
    /// Entry so-and-so.
    Entry(usize),
    /// The page that begins with this entry.
    Page(usize),
    /// Nothing that is offered.
    None,
}

fn picked(visit: &Visit, first: usize, count: usize, intent: Intent, cx: &Context<'_>) -> Picked {
    let a_page = tiles_a_page(visit.look, shape(&cx.terminal.site.panel));
    let start = page_start(first, a_page);
    match intent {
        Intent::Choose(n) if usize::from(n) < a_page && start + usize::from(n) < count => {
            Picked::Entry(start + usize::from(n))
        }
        _ => turned(first, count, a_page, intent).map_or(Picked::None, Picked::Page),
    }
}

fn guide_tap(visit: &Visit, form: Form, mut list: Home, intent: Intent, cx: &mut Context<'_>) -> Scene {
    if intent == Intent::Back {
        return match list.group {
            Some(_) => show(form, InfoPage::Guide(Home::default())),
            None => Scene::Home(form.home),
        };
    }
    let tiles = guide_tiles(visit, &list);
    match picked(visit, list.first_tile, tiles.len(), intent, cx) {
        Picked::Entry(n) => match tiles.get(n) {
            Some(Tile::Group(group)) => list = Home { group: Some(group.id.clone()), first_tile: 0 },
            Some(Tile::Item(item)) => return show(form, InfoPage::Notice(list, Box::new((*item).clone()), 0)),
            None => cx.refuse(Refusal::NotOffered),
        },
        Picked::Page(first) => list.first_tile = first,
        Picked::None => cx.refuse(Refusal::NotOffered),
    }
    show(form, InfoPage::Guide(list))
}

fn found_tap(visit: &Visit, form: Form, mut found: Found, intent: Intent, cx: &mut Context<'_>) -> Scene {
    if intent == Intent::Back {
        return search_again(form);
    }
    match picked(visit, found.first, found.hits.len(), intent, cx) {
        Picked::Entry(n) => match found.hits.get(n).map(|hit| hit.id.clone()) {
            Some(id) => {
                let terminal = cx.terminal.site.terminal.id.clone();
                let language = visit.look.lang.tag().to_owned();
                let question = Question::Read(ReadText { terminal, id: id.clone(), language });
                return ask(visit, form, question, Asked::Text(found, id), cx);
            }
            None => cx.refuse(Refusal::NotOffered),
        },
        Picked::Page(first) => found.first = first,
        Picked::None => cx.refuse(Refusal::NotOffered),
    }
    show(form, InfoPage::Found(found))
}

fn bulletin_tap(visit: &Visit, form: Form, mut published: Published, intent: Intent, cx: &mut Context<'_>) -> Scene {
    if intent == Intent::Back {
        return Scene::Home(form.home);
    }
    match picked(visit, published.first, published.entries.len(), intent, cx) {
        Picked::Entry(n) => return show(form, InfoPage::Entry(published, n, 0)),
        Picked::Page(first) => published.first = first,
        Picked::None => cx.refuse(Refusal::NotOffered),
    }
    show(form, InfoPage::Bulletin(published))
}

/// No text holds the words: other words are the first answer, leaving them as a question the second.
fn nothing_tap(visit: &Visit, form: Form, intent: Intent, cx: &mut Context<'_>) -> Scene {
    match intent {
        Intent::Choose(0) => search_again(form),
        Intent::Choose(1) if enough::of_nobody(visit, cx.terminal, cx.now).is_none() => {
            let words = words(&form);
            acting::question(visit, form, words, cx)
        }
        Intent::Back => Scene::Home(form.home),
        _ => {
            cx.refuse(Refusal::NotOffered);
            show(form, InfoPage::Nothing)
        }
    }
}

/// The words once more, to be changed.
fn search_again(mut form: Form) -> Scene {
    form.typed = Box::new(Typed::with(words(&form)));
    form.answers.clear();
    Scene::Form(form)
}
