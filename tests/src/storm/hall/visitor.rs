//! A citizen who follows a plan as far as the terminal lets them, and finds the way out of whatever else it shows. Looks at nothing but the
//! glass, as a citizen does. `hands` is what they do on each page, `mishap` what goes wrong around them, `glass` how they read.

mod glass;
mod hands;
mod mishap;

use std::collections::VecDeque;
use std::io::{Read, Seek, SeekFrom};
use std::time::Duration;

use super::errand::{Errand, Slip};
use super::plan::Plan;
use super::power::Power;
use crate::dice::Dice;
use crate::journey::Play;
use crate::terminal::Terminal;
use crate::until::until;

/// A visit of more steps goes in circles.
const STEPS_MAX: usize = 220;
/// The slowest page that passes by itself: a job of the page printer, its agency's two answers, and a busy machine.
const PASSES: Duration = Duration::from_secs(20);
/// How long a reader may take to see a card, or its absence.
const SEEN: Duration = Duration::from_secs(6);

/// Somebody at the terminal.
pub struct Visitor<'a> {
    /// The hall.
    pub play: &'a mut Play,
    /// What keeps the terminal going.
    power: &'a mut Power,
    plan: &'a Plan,
    dice: Dice,
    pin: String,
    /// Acts that the journal had when they came.
    acts: usize,
    errands: VecDeque<Errand>,
    /// The one that was begun last.
    errand: Option<Errand>,
    answers: VecDeque<String>,
    slip: Slip,
    slip_asked: bool,
    taps: usize,
    wrong_pin: bool,
    /// Pages that were met, and the last of them.
    met: usize,
    page: String,
    /// The trouble has struck, and when it is mended.
    pub struck: bool,
    mends_at: Option<usize>,
    begun: bool,
    /// Has done what they came for.
    parted: bool,
    /// Words of other people.
    watched: String,
    /// Where the terminal's log stood when they came: it tells the pages, also of one that died.
    log_from: u64,
}

impl<'a> Visitor<'a> {
    /// Somebody whose card takes `pin`, and on whose pages none of these words may stand; the journal had so many acts before.
    ///
    /// # Errors
    /// The terminal does not answer, or has no log.
    pub fn new(
        play: &'a mut Play,
        power: &'a mut Power,
        plan: &'a Plan,
        pin: String,
        watched: String,
        acts: usize,
    ) -> Result<Self, String> {
        power.watch(play, &watched)?;
        power.arm(play)?;
        let log_from = std::fs::metadata(&play.terminal.log).map_err(|error| error.to_string())?.len();
        Ok(Self {
            play,
            power,
            plan,
            dice: Dice::new(plan.seed.wrapping_add(7)),
            pin,
            acts,
            errands: plan.errands.iter().cloned().collect(),
            errand: None,
            answers: VecDeque::new(),
            slip: Slip::No,
            slip_asked: false,
            taps: plan.taps,
            wrong_pin: plan.wrong_pin,
            met: 0,
            page: String::new(),
            struck: false,
            mends_at: None,
            begun: false,
            parted: false,
            watched,
            log_from,
        })
    }

    /// Comes, does, goes.
    ///
    /// # Errors
    /// The terminal does not answer, or leads nowhere.
    pub fn visit(&mut self) -> Result<(), String> {
        for _ in 0..STEPS_MAX {
            match self.turn() {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(why) => {
                    if !self.finds_it_dark().map_err(|dark| format!("{why}; {dark}"))? {
                        return Err(why);
                    }
                }
            }
        }
        Err(format!("the visit goes in circles: {}", self.pages()?.join(" ")))
    }

    /// Looks, and does one thing; `true` when the visit is over.
    fn turn(&mut self) -> Result<bool, String> {
        if self.page.is_empty() && !self.begun {
            self.trouble()?;
        }
        let page = self.look()?;
        if page == "welcome" && self.begun {
            return Ok(true);
        }
        if page != self.page {
            self.page.clone_from(&page);
            self.met += 1;
            self.trouble()?;
            if self.look()? != page {
                return Ok(false);
            }
        }
        self.step(&page).map(|()| false).map_err(|why| format!("on {page}: {why}"))
    }

    /// Every page of the visit, as the log tells it: that of a terminal that was killed is still there.
    ///
    /// # Errors
    /// There is no log.
    pub fn pages(&self) -> Result<Vec<String>, String> {
        let mut told = Vec::new();
        let read = std::fs::File::open(&self.play.terminal.log).and_then(|mut log| {
            log.seek(SeekFrom::Start(self.log_from))?;
            log.read_to_end(&mut told)
        });
        read.map_err(|error| error.to_string())?;
        let page = |line: &str| line.split(" event=page_shown page=").nth(1).map(|page| page.trim().to_owned());
        Ok(String::from_utf8_lossy(&told).lines().filter_map(page).collect())
    }

    fn look(&mut self) -> Result<String, String> {
        self.play.terminal.line("page")
    }

    fn card_is_in(&mut self) -> Result<bool, String> {
        Ok(self.play.ground.line("card status")?.ends_with("commands"))
    }

    /// Takes the card, if one is in.
    fn pull(&mut self) -> Result<(), String> {
        let page = self.look()?;
        if self.play.ground.line("card pull").is_ok() && !["welcome", "farewell"].contains(&page.as_str()) {
            // Seen at once, but for a command that is under way.
            let _goes_on_hidden = self.leaves(&page, SEEN);
        }
        Ok(())
    }

    /// Waits until another page is shown.
    fn leaves(&mut self, page: &str, within: Duration) -> Result<(), String> {
        let other = |terminal: &mut Terminal| terminal.line("page").ok().filter(|now| now != page).map(drop);
        self.wait(&format!("{page} to pass"), within, other)
    }

    /// Waits for something, but not before a terminal that has lost its power.
    fn wait<T>(
        &mut self,
        what: &str,
        within: Duration,
        mut sees: impl FnMut(&mut Terminal) -> Option<T>,
    ) -> Result<T, String> {
        let terminal = &mut self.play.terminal;
        let seen = || match sees(terminal) {
            Some(seen) => Some(Some(seen)),
            None => (!terminal.runs()).then_some(None),
        };
        until(what, within, seen)?.ok_or_else(|| format!("the terminal is dark while one waits for {what}"))
    }
}
