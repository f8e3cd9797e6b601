//! The storm on the core, of which a million steps must find nothing; and what a terminal keeps of visits that are over.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

use hal::card::CardEvent;
use hal::sensors::Sensor;
use hall::sim::{Deed, PLACES, Sim, Step, What, way};
use hall::storm::{Found, INVARIANTS, Report, storm};
use kiosk::clock::Now;
use kiosk::events::Event;
use kiosk::session::{Device, Effect, Effects, Input, PageName, Serving, Stage, State, step};
use ui::Intent;

pub(crate) const SEEDS: u64 = 20;
pub(crate) const STEPS: u64 = 1_000_000;

/// On both cores.
fn all(seeds: u64, steps: u64) -> Result<Report, Found> {
    let half = |odd: u64| {
        move || {
            (1..=seeds).filter(|seed| seed % 2 == odd).try_fold(Report::default(), |mut report, seed| {
                report.add(&storm(seed, steps / seeds, step)?);
                Ok(report)
            })
        }
    };
    let [one, other] = [thread::spawn(half(0)), thread::spawn(half(1))].map(|half| half.join().unwrap());
    let mut report = one?;
    report.add(&other?);
    Ok(report)
}

#[test]
fn a_storm_finds_a_page_that_lies_or_a_button_that_does_nothing() {
    let report = all(SEEDS, STEPS).unwrap_or_else(|found| panic!("{found}"));
    // A storm that never leaves the harbour proves nothing. Of every page that there is, not only of those that it came to.
    let rare: Vec<_> = report.pages().into_iter().filter(|(_, times)| *times < STEPS / 1_000).collect();
    assert!(rare.is_empty(), "hardly reached: {rare:?}");
    let (steps, acts, cells) = (report.steps, report.acts, report.cells.len());
    println!("storm of the core: {steps} steps, {acts} acts, {cells} cells of page and input, nothing wrong");
    assert!(steps == STEPS && acts >= 1_000, "{acts} acts in {steps} steps");
}

#[test]
fn a_page_that_is_never_met_is_not_missed() {
    let pages = Report::default().pages();
    // Two of one name would be one here, and one of them could hide behind the other.
    assert_eq!(pages.len(), PageName::ALL.len());
    assert!(pages.values().all(|times| *times == 0), "{pages:?}");
}

#[test]
fn two_invariants_say_the_same() {
    let sentences: std::collections::HashSet<_> = INVARIANTS.iter().map(|invariant| invariant.0).collect();
    assert_eq!(sentences.len(), INVARIANTS.len());
}

#[test]
fn a_result_that_is_refused_confirms_an_act() {
    let mut sim = Sim::at("reading: begin");
    let completion = sim.completion(What::Printed);
    assert_eq!(sim.done(completion), Some("not expected"));
    assert!(sim.confirmed.is_empty(), "{:?}", sim.confirmed);
}

/// Before memory is looked at for the first time: tables are read, buffers have their size.
const WARM: usize = 2_000;
/// So many that 53 bytes kept of each visit, an entry of a map, are more than [`GROWS_MAX_KIB`].
const VISITS: usize = 20_000;
const GROWS_MAX_KIB: u64 = 1_024;

/// Visits on one terminal, each on the way to another place and ended there. What was refused on the way is no matter: another visit has changed
/// what is so. How many there were.
fn visits(sim: &mut Sim, count: usize) -> usize {
    let ready = |deed: &Deed| matches!(deed, Deed::Ready | Deed::ReadyToAct);
    let ways: Vec<Vec<Deed>> =
        PLACES.iter().map(|(place, ..)| way(place).into_iter().filter(|deed| !ready(deed)).collect()).collect();
    let mut opened = 0;
    for deeds in ways.iter().cycle().take(count) {
        for deed in deeds {
            let _other_than_on_a_fresh_one = sim.deed(*deed);
        }
        let _seen = sim.screen();
        all_is_well_again(sim);
        opened += sim.effects.iter().filter(|effect| matches!(effect, Effect::Log(Event::VisitOpened { .. }))).count();
        // What the simulation remembers for its judges.
        sim.effects.clear();
        sim.confirmed.clear();
    }
    opened
}

/// Whoever is there leaves, and nothing of what went wrong is left.
fn all_is_well_again(sim: &mut Sim) {
    for device in Device::ALL {
        sim.feed(Input::Health(device, Ok(())));
    }
    sim.feed(Input::Card(CardEvent::ReaderReady));
    let alarms = [Sensor::FireAlarm, Sensor::Tamper].map(|sensor| Deed::Contact(sensor, false));
    let leaves = [Deed::Done(What::Unknown), Deed::Tap(Intent::Leave), Deed::Pull, Deed::Done(What::Kept)];
    let passes = [Deed::Pass(900_001), Deed::Pass(60_000)];
    let agency = [Deed::Done(What::Catalogue), Deed::Pass(0), Deed::Done(What::Calendar)];
    for deed in alarms.into_iter().chain(leaves).chain(passes).chain(agency) {
        let _where_it_applies = sim.deed(deed);
    }
}

/// What this process holds in memory after so many visits more than before; the process is this test's own.
fn grows_kib(step: Step) -> u64 {
    let mut sim = Sim::at("welcome");
    sim.step = step;
    visits(&mut sim, WARM);
    let before = resident_kib();
    let opened = visits(&mut sim, VISITS);
    assert!(opened >= VISITS / 2, "{opened} visits of {VISITS}: a terminal that serves nobody keeps nothing");
    resident_kib().saturating_sub(before)
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

/// Remembers a token of each visit.
fn remembers_each_visit(state: &mut State, input: Input, now: Now) -> Effects {
    static TOKENS: Mutex<BTreeMap<u64, String>> = Mutex::new(BTreeMap::new());
    let effects = step(state, input, now);
    if let Stage::Serving(Serving { visit, .. }) = &state.stage {
        TOKENS.lock().unwrap().entry(visit.number).or_insert_with(|| visit.token.clone());
    }
    effects
}

#[test]
fn a_terminal_keeps_something_of_each_visit() {
    let grown = grows_kib(step);
    assert!(grown < GROWS_MAX_KIB, "{grown} KiB more after {VISITS} visits");
}

#[test]
fn a_terminal_that_keeps_something_of_each_visit_is_not_found() {
    let grown = grows_kib(remembers_each_visit);
    assert!(grown >= GROWS_MAX_KIB, "only {grown} KiB more after {VISITS} visits: too few to tell");
}
