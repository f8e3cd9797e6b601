//! The home page: groups of items, or the items themselves where there are few. Knows kinds, no item.

use contract::catalogue::{Group, Info, Item, Kind, Provider};
use hal::Code;
use ui::model::Shape;
use ui::{Intent, Look};

use super::context::{Context, Refusal};
use super::enough::Enough;
use super::health::suspended;
use super::look::{first_tiles_a_page, page_start, shape, tiles_a_page, turned};
use super::state::{Home, Message, Scene, Serving, Stage};
use super::terminal::{Health, Terminal};
use super::visit::Visit;
use super::{card, enough, health, identify, item, offline, witness};
use crate::clock::Now;

/// So many items are shown at once; more are found through their groups.
const FLAT_MAX: usize = 8;

/// What a tile of the home page leads to.
pub(crate) enum Tile<'a> {
    /// Its items.
    Group(&'a Group),
    /// The item.
    Item(&'a Item),
}

/// Whether this site can do anything with an item: it has a device to show who one is, and one that prints, be they out of order now; or it says
/// where it is done, which needs neither.
pub(super) fn possible(item: &Item, health: &Health) -> bool {
    let prints = item.kind != Kind::Print || health.page.is_some();
    item.elsewhere.is_some() || (prints && identify::has_a_way(item, health))
}

/// The items this site can offer at all, in catalogue order: what needs a device that is not here is left out, and what this sign-in does not open.
pub(crate) fn offered<'a>(visit: &'a Visit, health: &'a Health) -> impl Iterator<Item = &'a Item> {
    let (only, _) = visit.opened();
    let opened = move |item: &&Item| only.is_empty() || only.contains(&item.id);
    visit.catalogue.items.iter().filter(move |item| possible(item, health)).filter(opened)
}

/// What stands in an item's way.
pub(crate) enum Unavailable {
    /// A device.
    Device(Code),
    /// Whose system does not answer.
    Provider(Provider),
    /// The agency cannot be reached.
    Agency,
    /// There has been enough of it.
    Enough(Enough),
}

/// Whether an item that is offered works now, or what stands in its way.
pub(crate) fn available(item: &Item, visit: &Visit, terminal: &Terminal, now: Now) -> Result<(), Unavailable> {
    // Where it is done is said without a device, the agency or the books.
    if item.elsewhere.is_some() {
        return Ok(());
    }
    if let Some(enough) = enough::enough(item, visit, terminal, now) {
        return Err(Unavailable::Enough(enough));
    }
    // What cannot be written down is not done: nothing about a person is asked while the audit stands still.
    if let Some(Err(code)) = terminal.health.store.filter(|_| !item.is_of_nobody()) {
        return Err(Unavailable::Device(code));
    }
    // What nobody would hear of is not done: what is public goes on.
    if let Some(code) = terminal.health.untold().filter(|_| item.kind != Kind::Info) {
        return Err(Unavailable::Device(code));
    }
    // A case without its records is not filed.
    if let Some(Err(code)) = terminal.health.outbox.filter(|_| item.kind == Kind::Filing) {
        return Err(Unavailable::Device(code));
    }
    if !terminal.health.agency && asks_agency(item) && !offline::offered(item, terminal) {
        return Err(Unavailable::Agency);
    }
    if terminal.silent.contains_key(&item.provider) {
        return Err(Unavailable::Provider(item.provider));
    }
    if item.witness {
        return witness::possible(&terminal.health).map_err(Unavailable::Device);
    }
    match item.kind {
        Kind::Query | Kind::Filing | Kind::CardPin | Kind::Info | Kind::Mandate => Ok(()),
        Kind::Print => terminal.health.page.unwrap_or(Ok(())).map_err(Unavailable::Device),
    }
}

/// Whether nothing comes of it without the agency.
fn asks_agency(item: &Item) -> bool {
    !item.may_wait && item.info != Some(Info::Guide)
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

/// Whether somebody may begin without a card: there is something to offer, and nothing that forbids everything.
pub(crate) fn may_begin(terminal: &Terminal) -> bool {
    suspended(terminal).is_none() && terminal.catalogue.is_some() && !terminal.offers_nothing
}

/// Home for whoever is not identified yet; a visit may have been opened by a finger before the agency had said what it offers.
pub(super) fn begin(mut visit: Box<Visit>, cx: &mut Context<'_>) -> Stage {
    visit.catalogue = cx.terminal.offer(cx.now);
    visit.touched_ms = cx.now.elapsed_ms;
    // The page that offered to begin was drawn before midnight.
    if !cx.terminal.offers_something(cx.now) {
        health::ask_soon(cx);
        return card::notice(visit, Message::nothing_offered(), cx);
    }
    Stage::Serving(Serving { visit, scene: Scene::Home(Home::default()) })
}

/// Tiles on one page of home, of which there are so many.
pub(crate) const fn a_page(home: &Home, count: usize, look: Look, shape: Shape) -> usize {
    if home.group.is_some() { tiles_a_page(look, shape) } else { first_tiles_a_page(look, shape, count) }
}

pub(super) fn tap(visit: &Visit, mut home: Home, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let tiles = tiles(visit, &cx.terminal.health, &home);
    let a_page = a_page(&home, tiles.len(), visit.look, shape(&cx.terminal.site.panel));
    let start = page_start(home.first_tile, a_page);
    match intent {
        Intent::Choose(n) if usize::from(n) < a_page => match tiles.get(start + usize::from(n)) {
            Some(Tile::Group(group)) => return Scene::Home(Home { group: Some(group.id.clone()), first_tile: 0 }),
            Some(Tile::Item(item)) if available(item, visit, cx.terminal, cx.now).is_ok() => {
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
