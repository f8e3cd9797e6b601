//! The storm on the whole hall: visits drawn from a seed, on real parts, over a line that loses, delays, doubles, cuts and mixes up replies,
//! with devices that break and lie, cards that go, and power that goes in the middle of acts: at any boundary of any kind, and while printer, card
//! or agency are at work. After each visit everything is mended and all witnesses are compared by the sentences of [`crate::journey::sentences`];
//! the first that does not hold ends the storm, with the line that plays it again.
//!
//! `hall storm --hall --visits N --seed S`; with `--visit K` that visit alone. One ground and one terminal serve all visits. What real parts
//! do in which order is theirs: a seed gives the same plans, not the same milliseconds.

mod errand;
mod plan;
mod power;
mod tally;
mod trouble;
mod visitor;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::ground::Ground;
use crate::journey::sentences::judge;
use crate::journey::testimony::{self, Holds, Testimony};
use crate::journey::{Play, tamper, witness};
use crate::people::{others, person};
use crate::terminal::child::STRANGERS;
use crate::until::until;

use errand::Errands;
use plan::{Cuts, Plan};
use power::Power;
use tally::Tally;
use visitor::Visitor;

/// What to do.
#[derive(clap::Args)]
pub struct Wanted {
    /// How many visits.
    #[arg(long, default_value_t = 30, requires = "hall")]
    pub visits: u64,
    /// Only this one, from 1.
    #[arg(long, value_name = "K", requires = "hall")]
    pub visit: Option<u64>,
    /// Print every page of each visit, too.
    #[arg(long, requires = "hall")]
    pub pages: bool,
    /// Cut the power there in every visit: `none`, or kind and boundary of an act, and so much later (`slip sending +40`).
    #[arg(long, value_name = "PLACE", requires = "hall")]
    pub cut: Option<String>,
    /// After the second visit somebody changes what a witness has: journal, agency, parcels, calls, paper or log. Or every visitor is a stranger to
    /// the hall, so that their own name on the glass is another person's: glass. Or all acts are performed as they must not be: late or early. The
    /// storm must find it.
    #[arg(long, hide = true, requires = "hall")]
    pub sabotage: Option<String>,
}

/// After this visit, a saboteur comes.
const SABOTAGED: u64 = 2;
/// How long all may take to be well again, and to have heard of everything: a case is asked for after twice a call's time.
const WELL: Duration = Duration::from_secs(40);
const TOLD: Duration = Duration::from_secs(20);
/// What is not yet told to all, could still be known, or is on its way. What was refused stays, and what is held goes with its act.
const OPEN: &str = "SELECT act, kind, outcome FROM acts \
                    WHERE outcome IS NULL OR reported = 0 OR (kind = 'case' AND outcome IN ('unknown', 'queued')) \
                    UNION ALL SELECT key, kind, state FROM outbox WHERE state = 'ready'";

/// How all acts stand.
const STANDS: &str = "SELECT act, outcome, reported || '' FROM acts";

/// Plays the visits and prints each, then what was met.
///
/// # Errors
/// The first sentence that did not hold, or a part that did not come up; names the visit and where its files are.
pub fn run(seed: u64, wanted: &Wanted) -> Result<(), String> {
    let directory = std::env::temp_dir().join(format!("hall-storm-{seed}"));
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let began = Instant::now();
    let mut storm = Storm::begin(seed, &directory, wanted)?;
    let numbers = wanted.visit.map_or(1..=wanted.visits, |visit| visit..=visit);
    for number in numbers {
        let pages = storm.visit(number).map_err(|why| storm.told(number, &why))?;
        if wanted.pages {
            println!("     {}", pages.join(" "));
        }
        if number == SABOTAGED
            && let Some(what) = storm.sabotage.clone()
        {
            storm.sabotage(&what)?;
        }
    }
    let proxy = storm.play.ground.proxy().map(crate::proxy::Proxy::counts).unwrap_or_default();
    storm.tally.print(&proxy, began.elapsed());
    storm.tally.is_rough_enough(&proxy)?;
    drop(storm);
    std::fs::remove_dir_all(&directory).map_err(|error| error.to_string())
}

struct Storm {
    seed: u64,
    directory: PathBuf,
    play: Play,
    errands: Errands,
    /// What each card takes; a persona's own where nothing is said.
    pins: HashMap<usize, String>,
    /// Acts of the journal that earlier visits left.
    acts: usize,
    cuts: Cuts,
    /// Who changes what witnesses have.
    sabotage: Option<String>,
    /// Who performs the acts instead.
    performer: Option<String>,
    tally: Tally,
}

/// With it, the hall does not know who stands before the glass.
const GLASS: &str = "glass";

/// Those who perform acts as they must not be.
const PERFORMERS: [&str; 2] = ["late", "early"];

impl Storm {
    fn begin(seed: u64, directory: &Path, wanted: &Wanted) -> Result<Self, String> {
        let mut ground = Ground::start(directory)?;
        ground.hurry_through_a_proxy()?;
        let play = Play::on(ground, directory, None)?;
        let (errands, pins, tally) = (Errands::read()?, HashMap::new(), Tally::default());
        let cuts = Cuts::parse(wanted.cut.as_deref())?;
        let (performer, sabotage) = match wanted.sabotage.clone() {
            Some(name) if PERFORMERS.contains(&name.as_str()) => (Some(name), None),
            other => (None, other),
        };
        let directory = directory.to_owned();
        Ok(Self { seed, directory, play, errands, pins, acts: 0, cuts, sabotage, performer, tally })
    }

    fn told(&self, number: u64, why: &str) -> String {
        let again = format!("hall storm --hall --seed {} --visit {number}", self.seed);
        format!("visit {number} of seed {}: {why}\n  again: {again}\n  files: {}", self.seed, self.directory.display())
    }

    fn pin(&self, n: usize) -> Result<String, String> {
        self.pins.get(&n).map_or_else(|| person(n).map(|person| person.pin), |pin| Ok(pin.clone()))
    }

    fn visit(&mut self, number: u64) -> Result<Vec<String>, String> {
        let began = Instant::now();
        let plan = Plan::draw(self.seed, number, &self.errands, &self.cuts, |n| self.pin(n))?;
        let old = self.pin(plan.persona)?;
        let _nobody_was_shown = std::fs::remove_file(self.play.ground.path("terminal").join(STRANGERS));
        self.rough(plan.roughness, plan.seed);
        let mut power = Power::new(&plan.cuts, self.performer.clone());
        let watched = if self.sabotage.as_deref() == Some(GLASS) { others(&[]) } else { others(&[plan.persona]) };
        let mut visitor = Visitor::new(&mut self.play, &mut power, &plan, old.clone(), watched?, self.acts)?;
        let done = visitor.visit();
        let struck = visitor.struck;
        let pages = visitor.pages().unwrap_or_default();
        done.map_err(|why| format!("{plan}\n  {why}\n  pages: {}", pages.join(" ")))?;
        self.rough(0, 0);
        let calm = self.calm(&plan, &mut power).and_then(|()| self.testimony(&plan, &old, pages.clone(), &mut power));
        let said = calm.map_err(|why| format!("{plan}\n  {why}\n  pages: {}", pages.join(" ")))?;
        judge(&said).map_err(|untrue| format!("{plan}\n  {untrue}\n  pages: {}", said.pages.join(" ")))?;
        let told = self.tally.add(&plan, &said, &power.gone, struck);
        println!("{plan} -> {told}; {:.1} s", began.elapsed().as_secs_f32());
        self.acts = said.journal.len();
        Ok(said.pages)
    }

    fn rough(&self, roughness: crate::proxy::Roughness, seed: u64) {
        if let Some(proxy) = self.play.ground.proxy() {
            proxy.weather(roughness, Dice::new(seed));
        }
    }

    /// Mends what went wrong, takes the card away, and waits until the next person is asked for theirs.
    fn calm(&mut self, plan: &Plan, power: &mut Power) -> Result<(), String> {
        for line in plan.trouble.iter().flat_map(|trouble| trouble.cure) {
            self.play.ground(line)?;
        }
        let _may_be_out = self.play.ground.line("card pull");
        self.play.ground("card stay")?;
        let play = &mut self.play;
        until("the terminal to be well", WELL, || {
            let Ok(labels) = play.terminal.line("labels") else {
                // Of what was unknown the agency has been asked, and there the power was to go.
                let _back = power.returns(play);
                return None;
            };
            let well = labels.contains("请插入社会保障卡") && !labels.contains("工作人员：");
            if !well {
                // An agency that was down is asked again after a while; a farewell passes.
                let _asked = play.terminal.line("advance agency_retry");
            }
            well.then_some(())
        })
        .map_err(|why| format!("{why}: {}", self.play.terminal.line("labels").unwrap_or_default()))
    }

    /// Hears all witnesses, once all have had the time to hear of everything.
    fn testimony(
        &mut self,
        plan: &Plan,
        old: &str,
        pages: Vec<String>,
        power: &mut Power,
    ) -> Result<Testimony, String> {
        let said = self.hear(pages, power)?;
        let changed = said.journal.iter().skip(self.acts).any(|act| act.kind == "card_pin");
        let card = changed.then(|| self.card(plan, old)).transpose()?;
        Ok(Testimony { card, cut: power.went, at_rest: true, ..said })
    }

    /// Hears all when they are at rest, and once more where the journal has gone on meanwhile: a printer is asked by and by what it has printed.
    fn hear(&mut self, pages: Vec<String>, power: &mut Power) -> Result<Testimony, String> {
        let end = Instant::now() + WELL;
        loop {
            while !self.rests(power)? {}
            let stands = |play: &Play| witness::rows(play, "terminal/journal.sqlite", STANDS);
            let before = stands(&self.play)?;
            let said = testimony::hear(&mut self.play, pages.clone(), self.acts)?;
            if stands(&self.play)? == before {
                return Ok(said);
            }
            if Instant::now() > end {
                return Err("the journal does not come to rest".to_owned());
            }
        }
    }

    /// Waits until all have been told; `false` where the power has gone once more meanwhile.
    fn rests(&mut self, power: &mut Power) -> Result<bool, String> {
        let play = &mut self.play;
        let all_told = || {
            if !play.terminal.runs() {
                let _back = power.returns(play);
            }
            let open = witness::rows(play, "terminal/journal.sqlite", OPEN).ok()?;
            open.is_empty().then_some(())
        };
        // What is still open then is named by the sentence.
        let _judged = until("all to be told", TOLD, all_told);
        match power.disarm(play) {
            Ok(()) => Ok(true),
            Err(why) => {
                if power.returns(play)? {
                    Ok(false)
                } else {
                    Err(why)
                }
            }
        }
    }

    /// Asks the card itself, and remembers.
    fn card(&mut self, plan: &Plan, old: &str) -> Result<Holds, String> {
        let mut holds = |pin: &str| {
            let said = self.play.ground.line(&format!("card holds {pin} of {}", plan.persona))?;
            Ok::<_, String>(said == "yes")
        };
        let holds = Holds { old: holds(old)?, new: holds(plan.new_pin)? };
        if holds.new {
            self.pins.insert(plan.persona, plan.new_pin.to_owned());
        }
        Ok(holds)
    }

    /// Somebody writes into a witness's own book.
    fn sabotage(&self, what: &str) -> Result<(), String> {
        let path = |name: &str| self.play.ground.path(name);
        match what {
            "journal" => {
                tamper(&path("terminal/journal.sqlite"), "UPDATE acts SET outcome = 'printed' WHERE sequence = 1")
            }
            "agency" => tamper(
                &path("agency/agency.db"),
                "INSERT INTO issues (act, code) VALUES ('t-0301-00000000-1', 'AAAA-BBBB-CCCC-DDDD')",
            ),
            // The terminal has handed over what the agency does not have: its head of the audit, which goes in any weather.
            "parcels" => tamper(&path("agency/agency.db"), "DELETE FROM parcels WHERE kind = 'audit_head'"),
            "calls" => tamper(
                &path("agency/agency.db"),
                "INSERT INTO audit (at, terminal, visit, what, item, act, result, request) \
                 VALUES ('', 't-0301', '', 'file', '', 't-0301-00000000-1', 'ok', '1'), \
                        ('', 't-0301', '', 'file', '', 't-0301-00000000-1', 'ok', '2')",
            ),
            "paper" => {
                let name = path("receipts/receipt-99.bin");
                std::fs::write(&name, "t-0301-00000000-1").map_err(|error| error.to_string())
            }
            // One line that is nobody's event, and tells whose visit it was.
            "log" => {
                let line = format!("link lost to {}\n", person(1)?.name);
                let log = std::fs::File::options().append(true).open(&self.play.terminal.log);
                log.and_then(|mut log| log.write_all(line.as_bytes())).map_err(|error| error.to_string())
            }
            // At work since the first visit.
            GLASS => Ok(()),
            other => {
                let there_are = "journal, agency, parcels, calls, paper, log, glass, late and early";
                Err(format!("no saboteur {other}; there are {there_are}"))
            }
        }
    }
}
