//! A terminal that starts while the agency is down, or is of another day, with what it has kept on its disk; and when it asks for the catalogue again.

use std::sync::Arc;

use contract::catalogue::{Catalogue, Elsewhere, Evidence, Item, Provider};
use contract::format::Date;
use hal::Code;
use hal::card::CardEvent;
use hall::sim::{Deed, Sim, What, catalogue};
use kiosk::agency::{AgencyError, Question};
use kiosk::crypto::person::PersonKey;
use kiosk::session::{Completion, Device, DeviceHealth, Effect, Input, Remembered, Serving, Stage, State, Terminal};
use ui::{Intent, Page};

/// A terminal that has just started with a catalogue; devices are there, the agency has said nothing.
fn started(change: impl FnOnce(&mut Catalogue)) -> Sim {
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
    assert_eq!(sim.deed(Deed::AgencyBack), None);
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
    assert_eq!((sim.deed(Deed::AgencyBack), sim.state.page_name()), (None, "reading"));
}

#[test]
fn a_pin_of_a_second_card_is_asked_for_while_the_agency_is_known_to_be_down() {
    let mut sim = Sim::at("gone, from home");
    sim.state.terminal.health.agency = false;
    assert_eq!((sim.insert(), sim.deed(Deed::Done(What::OtherCard))), (None, None));
    assert_eq!(sim.state.page_name(), "agency-fault");
    assert_eq!((sim.deed(Deed::AgencyBack), sim.state.page_name()), (None, "reading"));
}

#[test]
fn cards_that_are_refused_close_the_terminal_for_longer() {
    let mut sim = started(|_| ());
    down(&mut sim);
    for card in 1..=5 {
        sim.elapsed_ms += 1;
        assert_eq!((sim.insert(), sim.state.page_name()), (None, "agency-fault"));
        down(&mut sim);
        let wait_ms = sim.state.terminal.catalogue_due_ms.unwrap() - sim.elapsed_ms;
        assert!(wait_ms < 10_000, "after card {card}: {wait_ms} ms");
        assert_eq!(sim.pull(), None);
    }
}

/// By a clock that is so far ahead no card in the hall is valid any more.
const TEN_YEARS_MS: i64 = 3_653 * 86_400_000;

/// The catalogue is asked for and comes, after what its date tells of the clock.
fn answered_on(sim: &mut Sim, clock: DeviceHealth) {
    assert_eq!(sim.feed(Input::Due), None);
    assert_eq!(sim.feed(Input::Health(Device::Clock, clock)), None);
    assert_eq!(sim.done(Completion::Catalogue(Ok(Arc::new(catalogue())))), None);
}

#[test]
fn a_good_card_is_called_expired_by_a_clock_that_is_known_to_be_wrong() {
    let wrong = Err(Code::AgencyClockWrong);
    let mut sim = started(|_| ());
    sim.wall_offset_ms = TEN_YEARS_MS;
    answered_on(&mut sim, wrong);
    let staff = ui::words::Words::of(ui::Lang::Zh).fault("agency.clock_wrong", "staff");
    let Page::Welcome(welcome) = sim.screen().page else { panic!("no welcome") };
    assert!(!welcome.open && welcome.notices.iter().any(|notice| notice.contains(staff)), "{:?}", welcome.notices);
    assert_eq!((sim.insert(), sim.state.page_name()), (None, "agency-fault"));
    // Asked once more, it is still of another day.
    sim.elapsed_ms += 1;
    answered_on(&mut sim, wrong);
    assert_eq!((sim.state.page_name(), sim.feed(Input::Due)), ("agency-fault", Some("not due")));
    assert!(!sim.effects.iter().any(|effect| matches!(effect, Effect::Card(..))), "the card is read");
    // Somebody sets it right, and whoever still stands there is served.
    sim.wall_offset_ms = 0;
    sim.elapsed_ms = sim.state.terminal.catalogue_due_ms.unwrap();
    answered_on(&mut sim, Ok(()));
    assert_eq!((sim.state.page_name(), sim.state.terminal.health.agency_fault), ("reading", None));
    // It is found in a visit whose card is out, and put back.
    let mut sim = Sim::at("gone, from home");
    sim.wall_offset_ms = TEN_YEARS_MS;
    assert_eq!(sim.feed(Input::Health(Device::Clock, wrong)), None);
    for deed in [Deed::Insert, Deed::Done(What::Read), Deed::Done(What::Tries(3))] {
        assert_eq!(sim.deed(deed), None, "{deed:?}");
    }
    assert_eq!(sim.state.page_name(), "pin");
}

#[test]
fn an_answer_of_another_day_is_none_or_opens_the_terminal() {
    let mut sim = Sim::at("checking: agency");
    assert_eq!(sim.feed(Input::Health(Device::Clock, Err(Code::AgencyClockWrong))), None);
    assert_eq!(sim.deed(Deed::Done(What::SignedIn)), None);
    assert_eq!((sim.state.page_name(), sim.state.terminal.health.agency), ("home", false));
    // Nor does it open for a catalogue that nobody understands.
    sim.elapsed_ms += 1;
    asks_again_in_ms(&mut sim, AgencyError::Garbled);
    assert!(!sim.state.terminal.health.agency);
    assert_eq!(sim.state.terminal.health.agency_fault, Some(Code::AgencyClockWrong));
    // Where nobody answers at all, the clock is not the reason; it is again when somebody does.
    asks_again_in_ms(&mut sim, AgencyError::Unreachable);
    assert_eq!(sim.state.terminal.health.agency_fault, None);
    asks_again_in_ms(&mut sim, AgencyError::Garbled);
    assert_eq!(sim.state.terminal.health.agency_fault, Some(Code::AgencyClockWrong));
}

#[test]
fn a_terminal_locks_itself_out_while_the_agency_works() {
    // It answers, if not well: the next sign-in tells.
    let mut sim = started(|_| ());
    asks_again_in_ms(&mut sim, AgencyError::Garbled);
    assert_eq!((sim.insert(), sim.state.page_name()), (None, "reading"));
    // It is broken, and that is all that was heard of it.
    let mut sim = started(|_| ());
    asks_again_in_ms(&mut sim, AgencyError::Broken);
    assert_eq!((sim.insert(), sim.state.page_name()), (None, "agency-fault"));
    // Only its catalogue is broken; then it is away.
    let mut sim = Sim::at("checking: agency");
    assert_eq!(sim.deed(Deed::Done(What::SignedInAnew)), None);
    asks_again_in_ms(&mut sim, AgencyError::Broken);
    assert!(sim.state.terminal.health.agency, "everything else is closed for it");
    asks_again_in_ms(&mut sim, AgencyError::Unreachable);
    assert!(!sim.state.terminal.health.agency);
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

/// It is time to ask for the catalogue, and this one comes.
fn answered(sim: &mut Sim, offered: &Catalogue) {
    assert_eq!(sim.feed(Input::Due), None);
    assert_eq!(sim.done(Completion::Catalogue(Ok(Arc::new(offered.clone())))), None);
}

/// Whether the welcome page asks for a card, and whether one may begin without.
fn open(sim: &Sim) -> [bool; 2] {
    let Page::Welcome(page) = sim.screen().page else { panic!("no welcome page") };
    [page.open, page.begin.is_some()]
}

#[test]
fn an_agency_that_offers_nothing_once_is_never_asked_again() {
    // No item has been given to this terminal yet.
    let nothing = Catalogue { items: Vec::new(), ..catalogue() };
    let mut sim = started(|_| ());
    answered(&mut sim, &nothing);
    assert_eq!(open(&sim), [false, false], "cards are asked for, and none is served");
    // Whoever comes has it asked at once, and neither without end nor so that whoever comes later waits longer.
    for _ in ["a card", "another"] {
        sim.elapsed_ms += 1;
        assert_eq!((sim.insert(), sim.state.page_name()), (None, "problem"));
        answered(&mut sim, &nothing);
        assert_eq!((sim.state.page_name(), sim.feed(Input::Due)), ("problem", Some("not due")));
        assert_eq!(sim.pull(), None);
    }
    // Nobody comes: it asks by itself, later each time.
    for longest_ms in [10_000, 10_000, 20_000] {
        let wait_ms = sim.state.terminal.catalogue_due_ms.unwrap() - sim.elapsed_ms;
        assert!((longest_ms / 2..longest_ms).contains(&wait_ms), "{wait_ms} of {longest_ms}");
        sim.elapsed_ms += wait_ms;
        answered(&mut sim, &nothing);
    }
    assert_eq!((sim.insert(), sim.state.page_name()), (None, "problem"));
    answered(&mut sim, &catalogue());
    assert_eq!(sim.state.page_name(), "reading", "whoever still stands there is not served");
    assert_eq!((sim.pull(), open(&sim)), (None, [true, true]));
    assert_eq!(sim.state.terminal.catalogue_due_ms, None, "it is asked on and on");
}

#[test]
fn a_terminal_whose_items_end_at_midnight_is_closed_for_ever() {
    let until_midnight = || {
        let mut sim = started(|_| ());
        let mut today = catalogue();
        today.items.iter_mut().for_each(|item| item.notice.approval.effective_to = Date::new(2026, 11, 23));
        answered(&mut sim, &today);
        assert_eq!(open(&sim), [true, true]);
        sim.elapsed_ms += 1;
        sim.wall_offset_ms = 86_400_000;
        sim
    };
    let mut card = until_midnight();
    assert_eq!((card.insert(), card.state.page_name()), (None, "problem"));
    answered(&mut card, &catalogue());
    assert_eq!(card.state.page_name(), "reading");

    let mut guest = until_midnight();
    assert_eq!((guest.tap(Intent::Begin), guest.state.page_name()), (None, "problem"));
    answered(&mut guest, &catalogue());
    assert_eq!((guest.tap(Intent::Confirm), open(&guest)), (None, [true, true]));

    // Nobody comes, but something happens.
    let mut nobody = until_midnight();
    assert_eq!(nobody.feed(Input::Health(Device::Receipt, Err(Code::ReceiptPaperOut))), None);
    assert_eq!(open(&nobody), [false, false]);
    nobody.elapsed_ms = nobody.state.terminal.catalogue_due_ms.unwrap();
    answered(&mut nobody, &catalogue());
    assert_eq!(open(&nobody), [true, true]);
}

/// What is changed of an item.
type Made = fn(&mut Item);

/// A site whose page printer, scanner and identity reader are all like this, and what its agency offers: the items of these ids, changed so.
fn offered_at(devices: Option<DeviceHealth>, ids: &[&str], change: Made) -> (Sim, Catalogue) {
    let mut sim = started(|_| ());
    let health = &mut sim.state.terminal.health;
    (health.page, health.scanner, health.id) = (devices, devices, devices);
    let mut offered = catalogue();
    offered.items.retain(|item| ids.contains(&item.id.as_str()));
    offered.items.iter_mut().for_each(change);
    answered(&mut sim, &offered);
    (sim, offered)
}

fn takes_no_card(item: &mut Item) {
    item.evidence = vec![Evidence::ECard, Evidence::IdCode];
}

fn is_done_elsewhere(item: &mut Item) {
    takes_no_card(item);
    item.elsewhere = Some(Elsewhere { window: item.name.clone(), materials: Vec::new() });
}

#[test]
fn a_site_that_can_do_nothing_asks_for_a_card() {
    // What nothing here prints, and what nothing here proves.
    let impossible: [(&str, Made); 2] = [("P01", |_| ()), ("Q02", takes_no_card)];
    for (id, change) in impossible {
        let (mut sim, offered) = offered_at(None, &[id], change);
        assert_eq!(open(&sim), [false, false], "{id}: cards are asked for, and home is empty");
        assert_eq!(sim.tap(Intent::Begin), Some("not offered"), "{id}");
        sim.elapsed_ms += 1;
        assert_eq!((sim.insert(), sim.state.page_name()), (None, "problem"), "{id}");
        answered(&mut sim, &offered);
        assert_eq!((sim.state.page_name(), sim.feed(Input::Due)), ("problem", Some("not due")), "{id}");
        let read = sim.effects.iter().any(|effect| matches!(effect, Effect::Card(..)));
        assert!(!read, "{id}: the card is read");
        // The agency gives this terminal something that it can do: whoever still stands there is served.
        sim.elapsed_ms = sim.state.terminal.catalogue_due_ms.unwrap();
        answered(&mut sim, &catalogue());
        assert_eq!(sim.state.page_name(), "reading", "{id}");
    }
    // Out of order is not the same as not there, and where something else is done can be said without a device.
    let jammed = Some(Err(Code::PageJam));
    let there: [(_, &str, Made, bool); 3] =
        [(jammed, "P01", |_| (), false), (jammed, "Q02", takes_no_card, true), (None, "Q02", is_done_elsewhere, true)];
    for (devices, id, change, works) in there {
        let (mut sim, _) = offered_at(devices, &[id], change);
        assert_eq!(open(&sim), [true, true], "{id}");
        let tiles: Vec<bool> = home(&mut sim).into_iter().map(|(_, works)| works).collect();
        assert_eq!(tiles, [works], "{id}");
    }
}

/// What breaks, or is missing.
type Broken = fn(&mut Terminal);

#[test]
fn where_a_document_is_issued_is_not_told_without_a_printer() {
    let broken: [(&str, Broken); 4] = [
        ("no printer", |terminal| terminal.health.page = None),
        ("printer jammed", |terminal| terminal.health.page = Some(Err(Code::PageJam))),
        ("disk full", |terminal| terminal.health.store = Some(Err(Code::StoreUnwritable))),
        ("provider silent", |terminal| {
            terminal.silent.insert(Provider::Medical, u64::MAX);
        }),
    ];
    let mut offered = agency::catalogue::read().unwrap();
    offered.items.retain(|item| item.id == "P06");
    let window = &offered.items[0].elsewhere.as_ref().unwrap().window.zh;
    for (name, breaks) in broken {
        let mut sim = started(|_| ());
        breaks(&mut sim.state.terminal);
        answered(&mut sim, &offered);
        assert_eq!(open(&sim), [true, true], "{name}: nobody is served");
        let tiles: Vec<bool> = home(&mut sim).into_iter().map(|(_, works)| works).collect();
        assert_eq!(tiles, [true], "{name}");
        assert_eq!((sim.tap(Intent::Choose(0)), sim.state.page_name()), (None, "problem"), "{name}");
        let told = format!("{:?}", sim.screen().page);
        assert!(told.contains(window), "{name}: {told}");
    }
}

#[test]
fn a_site_without_a_staff_reader_offers_what_needs_a_witness() {
    let broken: Option<DeviceHealth> = Some(Err(Code::StaffOffline));
    // Whatever is presented for it, a member of staff has to see the person.
    for (staff, tile) in [(None, None), (broken, Some(false)), (Some(Ok(())), Some(true))] {
        let (mut sim, _) = offered_at(Some(Ok(())), &["Q02", "X01"], |item| item.witness = item.id == "X01");
        sim.state.terminal.health.staff = staff;
        let shown = home(&mut sim).into_iter().find(|(label, _)| label.contains("示例申请"));
        assert_eq!(shown.map(|(_, works)| works), tile, "{staff:?}");
    }
    // An electronic card opens it by itself, an identity card only with a witness.
    for (staff, ways) in [(None, 1), (broken, 2)] {
        let (mut sim, _) = offered_at(Some(Ok(())), &["X01"], |_| ());
        sim.state.terminal.health.staff = staff;
        assert_eq!((sim.tap(Intent::Begin), sim.tap(Intent::Choose(0))), (None, None));
        let Page::Choose(page) = sim.screen().page else { panic!("nobody is asked who they are") };
        assert_eq!(page.choices.len(), ways, "{staff:?}");
    }
}

#[test]
fn a_card_is_read_although_what_this_site_can_do_ended_at_midnight() {
    let come: [fn(&mut Sim) -> Option<&'static str>; 2] = [Sim::insert, |sim| sim.tap(Intent::Begin)];
    for come in come {
        let (mut sim, _) = offered_at(None, &["P01", "Q02"], |item| {
            if item.id == "Q02" {
                item.notice.approval.effective_to = Date::new(2026, 11, 23);
            }
        });
        assert_eq!(open(&sim), [true, true]);
        sim.elapsed_ms += 1;
        sim.wall_offset_ms = 86_400_000;
        assert_eq!((come(&mut sim), sim.state.page_name()), (None, "problem"));
    }
}

/// The catalogue is asked for, and this comes; how long until it is asked for again. That time passes.
fn asks_again_in_ms(sim: &mut Sim, error: AgencyError) -> u64 {
    assert_eq!(sim.feed(Input::Due), None);
    assert_eq!(sim.done(Completion::Catalogue(Err(error))), None);
    let due_ms = sim.state.terminal.catalogue_due_ms.unwrap();
    let wait_ms = due_ms.saturating_sub(sim.elapsed_ms);
    sim.elapsed_ms = due_ms;
    wait_ms
}

#[test]
fn a_thousand_terminals_ask_at_once_when_the_agency_is_back() {
    const TIMES: usize = 7;
    let waits = |n: u64| {
        let mut sim = Sim::new();
        let mut site = (*sim.state.terminal.site).clone();
        site.terminal.id = format!("t-{n:04}");
        let (epoch, boot) = (format!("{n:08x}"), format!("boot {n}"));
        sim.state = State::new(Terminal::new(Arc::new(site), epoch, boot, PersonKey::new(&[7; 32]), 1));
        [(); TIMES].map(|()| asks_again_in_ms(&mut sim, AgencyError::Unreachable))
    };
    let all: Vec<[u64; TIMES]> = (0..1_000).map(waits).collect();
    for (time, longest_ms) in [5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000].into_iter().enumerate() {
        let half_ms = longest_ms / 2;
        let mut tenths = [0; 10];
        for wait_ms in all.iter().map(|waits| waits[time]) {
            assert!((half_ms..longest_ms).contains(&wait_ms), "failure {time}: {wait_ms} of {longest_ms}");
            tenths[((wait_ms - half_ms) * 10 / half_ms) as usize] += 1;
        }
        assert!(tenths.iter().all(|terminals| (50..200).contains(terminals)), "failure {time}: {tenths:?}");
    }
}

#[test]
fn an_agency_that_fails_at_its_catalogue_alone_is_asked_without_a_pause() {
    let mut sim = Sim::at("checking: agency");
    assert_eq!(sim.deed(Deed::Done(What::SignedInAnew)), None);
    for longest_ms in [5_000, 10_000, 20_000] {
        let wait_ms = asks_again_in_ms(&mut sim, AgencyError::Garbled);
        assert!((longest_ms / 2..longest_ms).contains(&wait_ms), "{wait_ms} of {longest_ms}");
    }
    assert!(sim.state.terminal.health.agency, "everything else is closed for it");
}

#[test]
fn a_catalogue_that_comes_in_a_visit_changes_what_is_offered_in_it() {
    let offered = |sim: &Sim| match &sim.state.stage {
        Stage::Serving(Serving { visit, .. }) => visit.catalogue.version.clone(),
        _ => panic!("nobody is served"),
    };
    let mut sim = Sim::at("checking: agency");
    let before = offered(&sim);
    for deed in [Deed::Done(What::SignedInAnew), Deed::Pass(0), Deed::Done(What::NewCatalogue)] {
        assert_eq!(sim.deed(deed), None, "{deed:?}");
    }
    assert_eq!(offered(&sim), before);
    for deed in [Deed::Tap(Intent::Leave), Deed::Pull, Deed::Insert] {
        assert_eq!(sim.deed(deed), None, "{deed:?}");
    }
    assert_ne!(offered(&sim), before, "the next visit is offered what is old");
}
