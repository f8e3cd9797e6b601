//! The power of one visit: goes in the middle of an act, where the plan says, and comes back at once. Whoever finds that the terminal does not
//! answer asks here. Knows nothing of what the visitor wants.

use std::collections::VecDeque;
use std::time::Duration;

use crate::journey::{Play, witness};
use crate::terminal::Terminal;
use crate::terminal::fuse::Cut;
use crate::until::until;

/// A program that was killed is gone by then; its last call may fail a little sooner.
const GONE: Duration = Duration::from_millis(500);
/// How long a terminal may take to show its first page.
const STARTS: Duration = Duration::from_secs(20);

/// It has gone.
#[derive(Clone, Debug)]
pub struct Gone {
    /// Where.
    pub cut: Cut,
    /// The newest act of that kind at that moment; of this visit or not.
    pub act: Option<String>,
}

/// What is to happen, and what has.
pub struct Power {
    to_come: VecDeque<Cut>,
    saboteur: Option<String>,
    watched: String,
    /// Every time it has gone.
    pub gone: Vec<Gone>,
    /// Whether it has been off in this visit, as it was to or otherwise.
    pub went: bool,
}

impl Power {
    /// It goes at these moments, one after the other; a saboteur performs the acts, where one is named.
    #[must_use]
    pub fn new(cuts: &[Cut], saboteur: Option<String>) -> Self {
        Self {
            to_come: cuts.iter().copied().collect(),
            saboteur,
            watched: String::new(),
            gone: Vec::new(),
            went: false,
        }
    }

    /// Tells the terminal what must not stand on its pages, now and after each start.
    ///
    /// # Errors
    /// It does not answer.
    pub fn watch(&mut self, play: &mut Play, words: &str) -> Result<(), String> {
        words.clone_into(&mut self.watched);
        play.terminal.line(&format!("watch {words}")).map(drop)
    }

    /// Lays the next cut ready.
    ///
    /// # Errors
    /// The terminal does not answer.
    pub fn arm(&self, play: &mut Play) -> Result<(), String> {
        let cut = self.to_come.front().map(ToString::to_string).unwrap_or_default();
        let saboteur = self.saboteur.as_deref().unwrap_or_default();
        play.terminal.line(&format!("die {cut} {saboteur}")).map(drop)
    }

    /// From here on it stays.
    ///
    /// # Errors
    /// The terminal does not answer.
    pub fn disarm(&mut self, play: &mut Play) -> Result<(), String> {
        play.terminal.line("die")?;
        self.to_come.clear();
        Ok(())
    }

    /// Whether it had gone, as it was to: then it is back. A terminal that died otherwise stays dead.
    ///
    /// # Errors
    /// The terminal does not start again.
    pub fn returns(&mut self, play: &mut Play) -> Result<bool, String> {
        let Some(cut) = self.to_come.front().copied() else { return Ok(false) };
        if until("the terminal to be gone", GONE, || (!play.terminal.runs()).then_some(())).is_err() {
            return Ok(false);
        }
        self.to_come.pop_front();
        let newest = format!(
            "SELECT act, NULL, NULL FROM acts WHERE kind = '{}' ORDER BY sequence DESC LIMIT 1",
            cut.kind.as_str()
        );
        let act = witness::rows(play, "terminal/journal.sqlite", &newest)?.pop().map(|(act, ..)| act);
        self.gone.push(Gone { cut, act });
        self.start(play).map(|()| true)
    }

    /// Starts the terminal on what lies on its disk.
    ///
    /// # Errors
    /// It shows no page.
    pub fn start(&mut self, play: &mut Play) -> Result<(), String> {
        self.went = true;
        play.terminal.kill();
        play.terminal = Terminal::start(&play.ground.path("terminal"), &play.ground.site_toml())?;
        play.terminal.line(&format!("watch {}", self.watched))?;
        self.arm(play)?;
        let terminal = &mut play.terminal;
        until("a page", STARTS, || terminal.line("page").ok().filter(|page| !page.is_empty())).map(drop)
    }
}
