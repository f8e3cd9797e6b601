//! The home page: groups of items, or the items themselves where there are few. Knows kinds, no item.

use contract::catalogue::{Group, Item, Kind};
use ui::Intent;

use super::context::{Context, Refusal};
use super::input::DeviceHealth;
use super::item;
use super::look::{page_start, shape, tiles_a_page, turned};
use super::state::{Health, Home, Scene};
use super::visit::Visit;

/// So many items are shown at once; more are found through their groups.
const FLAT_MAX: usize = 6;

/// What a tile of the home page leads to.
pub(crate) enum Tile<'a> {
    /// Its items.
    Group(&'a Group),
    /// The item.
    Item(&'a Item),
}

/// The items this site can offer at all, in catalogue order: what needs a device that is not here is left out.
fn offered<'a>(visit: &'a Visit, health: &'a Health) -> impl Iterator<Item = &'a Item> {
    visit.catalogue.items.iter().filter(|item| item.kind != Kind::Print || health.page.is_some())
}

/// Whether an item that is offered works now, or which fault stands in its way.
pub(crate) fn available(item: &Item, health: &Health) -> DeviceHealth {
    match item.kind {
        Kind::Query | Kind::Filing => Ok(()),
        Kind::Print => health.page.unwrap_or(Ok(())),
    }
}

/// Everything that this home page leads to, on all of its pages.
pub(crate) fn tiles<'a>(visit: &'a Visit, health: &'a Health, home: &Home) -> Vec<Tile<'a>> {
    let items: Vec<&Item> = offered(visit, health).collect();
    match &home.group {
        Some(group) => items.into_iter().filter(|item| item.group == *group).map(Tile::Item).collect(),
        None if items.len() <= FLAT_MAX => items.into_iter().map(Tile::Item).collect(),
        None => {
            let filled = |group: &&Group| items.iter().any(|item| item.group == group.id);
            visit.catalogue.groups.iter().filter(filled).map(Tile::Group).collect()
        }
    }
}

pub(super) fn tap(visit: &Visit, mut home: Home, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let tiles = tiles(visit, &cx.terminal.health, &home);
    let a_page = tiles_a_page(visit.look, shape(&cx.terminal.site.panel));
    let start = page_start(home.first_tile, a_page);
    match intent {
        Intent::Choose(n) if usize::from(n) < a_page => match tiles.get(start + usize::from(n)) {
            Some(Tile::Group(group)) => return Scene::Home(Home { group: Some(group.id.clone()), first_tile: 0 }),
            Some(Tile::Item(item)) if available(item, &cx.terminal.health).is_ok() => {
                let item = Box::new((*item).clone());
                return item::open(visit, home, item, cx);
            }
            _ => cx.refuse(Refusal::NotOffered),
        },
        Intent::Back if home.group.is_some() => return Scene::Home(Home::default()),
        _ => match turned(start, tiles.len(), a_page, intent) {
            Some(first) => home.first_tile = first,
            None => cx.refuse(Refusal::NotOffered),
        },
    }
    Scene::Home(home)
}
