//! What the hall's storm has met, as tables at its end.

use std::collections::BTreeMap;
use std::time::Duration;

use kiosk::session::{ActKind, Boundary};

use super::plan::Plan;
use super::power::Gone;
use super::trouble::TROUBLES;
use crate::journey::sentences::SENTENCES;
use crate::journey::testimony::Testimony;
use crate::proxy::Mishap;
use crate::terminal::fuse::Cut;

/// Acts counted by something and how they ended.
type Cells = BTreeMap<String, BTreeMap<String, u64>>;

/// A storm of so many visits has each thing at least once in so many.
const MANY_VISITS: u64 = 30;
const FEW_IN: u64 = 10;
/// One of so many, by hand, meets everything that can go wrong.
const ALL_VISITS: u64 = 200;

/// Counts of a storm.
#[derive(Default)]
pub struct Tally {
    visits: u64,
    quiet: u64,
    pages: BTreeMap<String, u64>,
    by_kind: Cells,
    by_trouble: Cells,
    visits_by_trouble: BTreeMap<String, u64>,
    /// In how many of these it did go wrong before the visit was over.
    struck_by_trouble: BTreeMap<String, u64>,
    /// What had to be met in a visit and was not.
    missed: Vec<String>,
    cuts: Vec<(Cut, String)>,
    visits_to_cut: u64,
    papers: usize,
    cases: usize,
    questions: usize,
}

/// How an act ends that the power cut off before its intent was durable.
const NEVER_BEGUN: &str = "never begun";

impl Tally {
    /// Counts a visit on which all witnesses agree, and whether its trouble has struck; says in short what became of it.
    pub fn add(&mut self, plan: &Plan, said: &Testimony, gone: &[Gone], struck: bool) -> String {
        self.visits += 1;
        for page in &said.pages {
            *self.pages.entry(page.clone()).or_default() += 1;
        }
        let trouble = plan.trouble.map_or("none", |trouble| trouble.name).to_owned();
        *self.visits_by_trouble.entry(trouble.clone()).or_default() += 1;
        *self.struck_by_trouble.entry(trouble.clone()).or_default() += u64::from(struck);
        let is_slip = said.journal.iter().skip(said.before).any(|act| act.kind == ActKind::Slip.as_str());
        if plan.strikes_on.is_some() && !(struck && is_slip) {
            self.missed.push(format!("{trouble} (visit {})", plan.number));
        }
        let mut told = Vec::new();
        for act in said.journal.iter().skip(said.before) {
            for (cells, row) in [(&mut self.by_kind, &act.kind), (&mut self.by_trouble, &trouble)] {
                *cells.entry(row.clone()).or_default().entry(act.outcome.clone()).or_default() += 1;
            }
            told.push(format!("{} {}", act.item, act.outcome));
        }
        self.visits_to_cut += u64::from(!plan.cuts.is_empty());
        let of_this_visit = |id: &String| said.journal.iter().skip(said.before).find(|act| act.id == *id);
        for Gone { cut, act } in gone {
            let end = act.as_ref().and_then(of_this_visit).map_or(NEVER_BEGUN, |act| act.outcome.as_str());
            self.cuts.push((*cut, end.to_owned()));
            told.push(format!("power gone at {cut}: {end}"));
        }
        self.papers = said.receipts.len() + said.documents.len();
        (self.cases, self.questions) = (said.cases.len(), said.questions.len());
        self.quiet += u64::from(told.is_empty());
        if told.is_empty() { "nothing begun".to_owned() } else { told.join(", ") }
    }

    /// Whether the storm has left the harbour: one in which hardly anything is done or goes wrong proves nothing.
    ///
    /// # Errors
    /// What there was too little of.
    pub fn is_rough_enough(&self, proxy: &[(Option<Mishap>, u64)]) -> Result<(), String> {
        let ended = |outcome: &str| self.by_kind.values().filter_map(|ends| ends.get(outcome)).sum::<u64>();
        let mishaps: u64 = proxy.iter().filter(|(mishap, _)| mishap.is_some()).map(|(_, times)| times).sum();
        let cuts = if self.visits_to_cut > 0 { self.cuts.len() as u64 } else { self.visits };
        let met = [
            ("printed", ended("printed")),
            ("filed", ended("filed")),
            ("mishaps on the line", mishaps),
            ("power cuts in an act", cuts),
        ];
        if self.visits < MANY_VISITS {
            return Ok(());
        }
        if let Some((what, times)) = met.iter().find(|(_, times)| times * FEW_IN < self.visits) {
            return Err(format!("{times} {what} in {} visits", self.visits));
        }
        if !self.missed.is_empty() {
            return Err(format!("had to be met, and nothing was printed under it: {}", self.missed.join(", ")));
        }
        let never = self.never(proxy);
        if self.visits < ALL_VISITS || never.is_empty() {
            return Ok(());
        }
        Err(format!("never in {} visits: {}", self.visits, never.join(", ")))
    }

    /// Everything that can go wrong and has not.
    fn never(&self, proxy: &[(Option<Mishap>, u64)]) -> Vec<&'static str> {
        let quiet = |name: &str| self.struck_by_trouble.get(name).is_none_or(|times| *times == 0);
        let troubles = TROUBLES.iter().map(|trouble| trouble.name).filter(|name| quiet(name));
        let unmet = proxy.iter().filter(|(_, times)| *times == 0);
        let mishaps = unmet.filter_map(|(mishap, _)| mishap.map(Mishap::as_str));
        troubles.chain(mishaps).collect()
    }

    /// Prints all of it.
    pub fn print(&self, proxy: &[(Option<Mishap>, u64)], took: Duration) {
        println!("\nsentences");
        SENTENCES.iter().for_each(|sentence| println!("  {:<10} {}", sentence.name, sentence.says));
        println!("\nrequests on the line");
        for (mishap, times) in proxy {
            println!("  {:<12} {times:>5}", mishap.map_or("passed", Mishap::as_str));
        }
        table("acts by kind", &self.by_kind, |_| None);
        let title = "acts by what went wrong (in front: in how many visits it did, of those in which it was to)";
        table(title, &self.by_trouble, |trouble| Some(self.struck(trouble)));
        let without = self.visits_by_trouble.iter().filter(|(trouble, _)| !self.by_trouble.contains_key(*trouble));
        without.for_each(|(trouble, _)| println!("  {trouble:<26} {:>9}  nothing begun", self.struck(trouble)));
        self.print_cuts();
        println!("\npages, {} of them", self.pages.len());
        for line in self.pages.iter().collect::<Vec<_>>().chunks(8) {
            let cells: Vec<String> = line.iter().map(|(page, times)| format!("{page} {times}")).collect();
            println!("  {}", cells.join(", "));
        }
        let acts: u64 = self.by_kind.values().flat_map(BTreeMap::values).sum();
        println!(
            "\n{} visits ({} without an act), {acts} acts, {} power cuts in an act, {} papers, {} cases, {} questions at the agency: \
             nothing lost, doubled or untrue; {:.0} s",
            self.visits,
            self.quiet,
            self.cuts.len(),
            self.papers,
            self.cases,
            self.questions,
            took.as_secs_f32()
        );
    }
}

/// Where a cut fell; `None` for one while a device, the card or the agency was at work, or what came after it.
fn places(kind: ActKind) -> impl Iterator<Item = Option<Boundary>> {
    kind.boundaries().iter().copied().map(Some).chain([None])
}

impl Tally {
    /// How often it did go wrong so, of how many visits in which it was to.
    fn struck(&self, trouble: &str) -> String {
        let times = |of: &BTreeMap<String, u64>| of.get(trouble).copied().unwrap_or(0);
        format!("{} of {}", times(&self.struck_by_trouble), times(&self.visits_by_trouble))
    }

    /// How often in which act the power went, and how that act ended in the end; then where it never did.
    fn print_cuts(&self) {
        let (visits, met) = (self.visits_to_cut, self.cuts.len());
        println!("\npower cuts in an act: {met}, in {visits} visits that were to have one");
        for kind in ActKind::ALL {
            let mut never = Vec::new();
            for place in places(kind) {
                let here = |cut: &Cut| cut.kind == kind && (cut.later_ms == 0).then_some(cut.boundary) == place;
                let mut ends: BTreeMap<&str, u64> = BTreeMap::new();
                self.cuts.iter().filter(|(cut, _)| here(cut)).for_each(|(_, end)| *ends.entry(end).or_default() += 1);
                let said: Vec<String> = ends.iter().map(|(end, times)| format!("{end} {times}")).collect();
                let place = place.map_or("at work", Boundary::as_str);
                match ends.values().sum::<u64>() {
                    0 => never.push(place),
                    times => println!("  {:<12} {place:<13} {times:>4}  {}", kind.as_str(), said.join(", ")),
                }
            }
            if !never.is_empty() {
                println!("  {:<12} never: {}", kind.as_str(), never.join(", "));
            }
        }
    }
}

fn table(title: &str, cells: &Cells, front: impl Fn(&str) -> Option<String>) {
    println!("\n{title}");
    for (row, outcomes) in cells {
        let outcomes: Vec<String> = outcomes.iter().map(|(outcome, times)| format!("{outcome} {times}")).collect();
        println!("  {row:<26} {:>9}  {}", front(row).unwrap_or_default(), outcomes.join(", "));
    }
}
