//! A terminal that starts while the agency is down, with what it has kept on its disk.

use std::sync::Arc;

use contract::format::Date;
use hal::card::CardEvent;
use hall::sim::{Sim, catalogue};
use kiosk::agency::{AgencyError, Question};
use kiosk::session::{Completion, Device, Effect, Input, Remembered};
use ui::{Intent, Page};

/// A terminal that has just started with a catalogue; devices are there, the agency has said nothing.
fn started(change: impl FnOnce(&mut contract::catalogue::Catalogue)) -> Sim {
    let mut sim = Sim::new();
    let mut kept = catalogue();
    change(&mut kept);
    sim.state.terminal.remember(Remembered { catalogue: Some(Arc::new(kept)), calendar: None });
    sim.feed(Input::Card(CardEvent::ReaderReady));
    for device in Device::ALL {
        sim.feed(Input::Health(device, Ok(())));
    }
    sim
}

/// The catalogue is asked for; nobody answers.
fn down(sim: &mut Sim) {
    assert_eq!(sim.feed(Input::Due), None);
    let ticket = sim.state.terminal.catalogue_ticket.unwrap();
    sim.feed(Input::Done(ticket, Completion::Catalogue(Err(AgencyError::Unreachable))));
}

/// Tiles of home and whether each can be tapped.
fn home(sim: &mut Sim) -> Vec<(String, bool)> {
    assert_eq!((sim.tap(Intent::Begin), sim.state.page_name()), (None, "home"));
    let Page::Home(home) = sim.screen().page else { panic!("no home") };
    home.tiles.into_iter().map(|tile| (tile.label, tile.intent.is_some())).collect()
}

#[test]
fn a_start_without_the_agency_has_no_guide_or_offers_what_needs_it() {
    let mut sim = started(|_| ());
    down(&mut sim);
    let tiles = home(&mut sim);
    let open: Vec<_> = tiles.iter().filter(|(_, open)| *open).map(|(label, _)| label.as_str()).collect();
    assert!(tiles.len() == 8 && open.len() == 2, "{tiles:?}");
    assert!(open.iter().any(|label| label.contains("办事指南")) && open.iter().any(|label| label.contains("证明核验")));
    // It is back: everything is open, in the same visit and without a start.
    assert_eq!(sim.deed(hall::sim::Deed::AgencyBack), None);
    let Page::Home(home) = sim.screen().page else { panic!("no home") };
    assert!(home.tiles.iter().all(|tile| tile.intent.is_some()), "{home:?}");
}

#[test]
fn a_pin_is_asked_for_while_the_agency_is_known_to_be_down() {
    let mut sim = started(|_| ());
    down(&mut sim);
    assert_eq!((sim.insert(), sim.state.page_name()), (None, "agency-fault"));
    assert!(!sim.effects.iter().any(|effect| matches!(effect, Effect::Card(..))), "the card is read");
    // It is asked at once and not when the back-off ends; while it does not answer, nothing changes and nobody asks it without end.
    sim.elapsed_ms += 1;
    down(&mut sim);
    assert_eq!((sim.state.page_name(), sim.feed(Input::Due)), ("agency-fault", Some("not due")));
    // It is back, and whoever still stands there is served.
    sim.elapsed_ms += 10_000;
    assert_eq!((sim.deed(hall::sim::Deed::AgencyBack), sim.state.page_name()), (None, "reading"));
}

#[test]
fn what_was_kept_is_taken_for_an_answer() {
    let mut sim = started(|_| ());
    assert!(!sim.state.terminal.health.agency, "an agency that has said nothing counts as there");
    assert_eq!(sim.feed(Input::Due), None);
    let asked = sim.effects.iter().any(|effect| matches!(effect, Effect::Ask(_, Question::Catalogue)));
    assert!(asked, "the catalogue in force is not asked for");
}

#[test]
fn what_was_kept_shows_what_is_no_longer_in_force() {
    let mut sim = started(|kept| {
        let item = kept.items.iter_mut().find(|item| item.id == "I01").unwrap();
        item.notice.approval.effective_to = Date::new(2026, 11, 22);
    });
    down(&mut sim);
    assert!(home(&mut sim).iter().all(|(label, _)| !label.contains("办事指南")), "the guide of yesterday is shown");
}
