//! A seeded storm of everything that can happen, in any order, on the pure core: taps, devices, replies, time, alarms. After every step
//! every invariant must hold; the first that does not is told with seed and step, so that it can be played again.
//!
//! `hall storm --seed N --steps M` plays it and prints how often each page met each input. A test may hand in a step of its own, wrapped
//! around the real one, to see that the storm finds what it breaks.

pub mod hall;
pub mod invariants;
mod weather;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use kiosk::session::PageName;

use crate::dice::Dice;
use crate::sim::{PLACES, Sim, Step};

use invariants::{DIES, Seen, check};
pub use invariants::{INVARIANTS, Invariant};
pub use weather::buttons;
use weather::random;

/// What the storm has met.
#[derive(Debug, Default)]
pub struct Report {
    /// How often each page met each input; a step in which nothing could be tapped or answered is none.
    pub cells: BTreeMap<(&'static str, &'static str), u64>,
    /// Acts that came to an end in it, those on the way to where it begins left out.
    pub acts: u64,
    /// Steps in all.
    pub steps: u64,
}

impl Report {
    /// Takes in another's counts.
    pub fn add(&mut self, other: &Self) {
        for (cell, times) in &other.cells {
            *self.cells.entry(*cell).or_default() += times;
        }
        self.acts += other.acts;
        self.steps += other.steps;
    }

    /// How often each page met something; 0 for one that was never there.
    #[must_use]
    pub fn pages(&self) -> BTreeMap<&'static str, u64> {
        let mut pages: BTreeMap<_, u64> = PageName::ALL.iter().map(|page| (page.as_str(), 0)).collect();
        for ((page, _), times) in &self.cells {
            *pages.entry(*page).or_default() += times;
        }
        pages
    }
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Plays it again.
    pub seed: u64,
    /// After so many steps.
    pub step: u64,
    /// Which.
    pub invariant: Invariant,
    /// What was there instead.
    pub instead: String,
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "seed {}, step {}: {} Instead: {}", self.seed, self.step, self.invariant.0, self.instead)
    }
}

/// Steps of a storm that goes on, and of a gust: gusts are short and many, so that every page is met by everything. A message is left after
/// three steps: longer gusts would only be fewer.
const LONG: u64 = 400;
const GUST: u64 = 6;
/// Gusts after each long one: as many steps in all.
const GUSTS: usize = 66;

/// Plays so many steps; each gust begins at another place of [`PLACES`].
///
/// # Errors
/// The first invariant that did not hold.
pub fn storm(seed: u64, steps: u64, step: Step) -> Result<Report, Found> {
    let mut dice = Dice::new(seed);
    let mut report = Report::default();
    let first = dice.roll(PLACES.len());
    for (n, (place, ..)) in PLACES.iter().cycle().skip(first).enumerate() {
        if report.steps >= steps {
            break;
        }
        let gust = if n % (GUSTS + 1) == 0 { LONG } else { GUST }.min(steps - report.steps);
        let mut sim = Sim::at(place);
        sim.step = step;
        let on_the_way = sim.confirmed.len();
        let mut seen = Seen::of(&sim);
        for _ in 0..gust {
            report.steps += 1;
            let found = |(invariant, instead)| Found { seed, step: report.steps, invariant, instead };
            let page = sim.state.page_name();
            sim.fed = "";
            let one = || random(&mut sim, &mut dice).and_then(|()| check(&sim, &mut seen));
            let held = catch_unwind(AssertUnwindSafe(one)).unwrap_or_else(|_| Err((DIES, format!("it did on {page}"))));
            held.map_err(found)?;
            if !sim.fed.is_empty() {
                *report.cells.entry((page, sim.fed)).or_default() += 1;
            }
        }
        report.acts += u64::try_from(sim.confirmed.len() - on_the_way).unwrap_or(0);
    }
    Ok(report)
}

/// Plays it and prints how often each page met each input; the invariants first.
///
/// # Errors
/// The first invariant that did not hold.
pub fn print(seed: u64, steps: u64) -> Result<(), String> {
    INVARIANTS.iter().for_each(|invariant| println!("{}", invariant.0));
    let report = storm(seed, steps, kiosk::session::step).map_err(|found| found.to_string())?;
    let pages = report.pages();
    for (page, times) in &pages {
        println!("\n{page}: {times}");
        let cells = report.cells.iter().filter(|((of, _), _)| of == page);
        cells.for_each(|((_, input), times)| println!("  {times:>8}  {input}"));
    }
    let met = pages.values().filter(|times| **times > 0).count();
    println!("\n{} steps, {} acts, {met} of {} pages, nothing wrong", report.steps, report.acts, pages.len());
    Ok(())
}
