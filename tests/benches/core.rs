//! How many steps a second the rules take alone, and whether their memory grows with visits: prints figures beside a baseline from the same
//! run; asserts nothing. The aims: 200,000 steps a second, and within 1 MB over 100,000 visits.
//!
//! `cargo build --release --workspace && cargo bench -p hall --bench core`; with `--profile dev` it measures what CI builds.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a bench may fail loudly")]

use std::cell::Cell;
use std::time::{Duration, Instant};

use hall::sim::{Deed, Sim, way};
use kiosk::clock::Now;
use kiosk::session::{Effects, Input, State, step};
use ui::Intent;
use zeroizing_alloc::ZeroAlloc;

/// As the terminal has it: memory is overwritten when it is freed.
#[global_allocator]
static MEMORY: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

/// Before memory is looked at for the first time: tables are read, buffers have their size.
const WARM: u64 = 1_000;
const VISITS: u64 = 100_000;

thread_local! {
    static TAKEN: Cell<(u64, Duration)> = const { Cell::new((0, Duration::ZERO)) };
}

fn timed(state: &mut State, input: Input, now: Now) -> Effects {
    let began = Instant::now();
    let effects = step(state, input, now);
    let (count, taken) = TAKEN.get();
    TAKEN.set((count + 1, taken + began.elapsed()));
    effects
}

fn main() {
    let mut sim = Sim::at("welcome");
    sim.step = timed;
    // A document is printed, the card is taken, the farewell passes.
    let mut deeds: Vec<Deed> = way("printed").split_off(way("welcome").len());
    deeds.extend([Deed::Tap(Intent::Leave), Deed::Pull, Deed::Pass(8_000)]);
    visits(&mut sim, &deeds, WARM);
    let before_kib = resident_kib();
    TAKEN.set((0, Duration::ZERO));
    visits(&mut sim, &deeds, VISITS - WARM);
    let (count, taken) = TAKEN.get();
    let after_kib = resident_kib();
    TAKEN.set((0, Duration::ZERO));
    for _ in 0..count {
        // Nothing is due: the least that a step can do.
        let _not_due = sim.feed(Input::Due);
    }
    let (_, least) = TAKEN.get();
    let ratio = taken.as_secs_f64() / least.as_secs_f64();
    let a_second = |taken: Duration| count as f64 / taken.as_secs_f64();
    println!("{:<44} {:>12} {:>7}", "steps of the rules alone", "a second", "ratio");
    println!("{:<44} {:>12.0} {:>7.2}", "nothing is due", a_second(least), 1.0);
    println!("{:<44} {:>12.0} {:>7.2}", format!("a visit's {} steps", deeds.len()), a_second(taken), ratio);
    println!("memory: {before_kib} KiB after {WARM} visits, {after_kib} KiB after {VISITS}");
}

fn visits(sim: &mut Sim, deeds: &[Deed], count: u64) {
    for visit in 0..count {
        for deed in deeds {
            if let Some(refused) = sim.deed(*deed) {
                panic!("visit {visit}: {deed:?} was refused: {refused}");
            }
        }
        // What the simulation remembers for its judges.
        sim.effects.clear();
        sim.confirmed.clear();
    }
}

/// Of this process, in KiB.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}
