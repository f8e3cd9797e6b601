//! Where the terminal's power goes: the hall hears of every boundary that an act passes, writes it down in a file, and kills the program at
//! the one that it was told, or so long after it; or has the thread that passes it panic there. Does nothing until it is told.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kiosk::app::{AtBoundary, Inbox};
use kiosk::session::{ActKind, Boundary};
use rustix::process::{Signal, getpid, kill_process};

use super::AWAIT;
use super::child::LAST_WORDS;
use super::saboteur::Saboteur;

/// The file below the terminal's folder: `KIND BOUNDARY PAGE` a line, with the page that was on the glass.
pub const TRAIL: &str = "boundaries";

/// A moment in the course of an act at which the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Of the next act of this kind.
    pub kind: ActKind,
    /// When it stands there.
    pub boundary: Boundary,
    /// Or so many milliseconds after it has passed there, whatever it does then.
    pub later_ms: u64,
}

impl Cut {
    /// `KIND BOUNDARY`, or `KIND BOUNDARY +MS`.
    ///
    /// # Errors
    /// There is no such place, or the words are others.
    pub fn parse(words: &[&str]) -> Result<Self, String> {
        let (kind, boundary, later) = match words {
            [kind, boundary] => (kind, boundary, "+0"),
            [kind, boundary, later] => (kind, boundary, *later),
            _ => return Err("KIND BOUNDARY, or KIND BOUNDARY +MS".to_owned()),
        };
        let (kind, boundary) = place(kind, boundary)?;
        let later_ms = later.strip_prefix('+').and_then(|ms| ms.parse().ok());
        Ok(Self { kind, boundary, later_ms: later_ms.ok_or_else(|| format!("{later}: not +MS"))? })
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.boundary.as_str())?;
        if self.later_ms > 0 { write!(f, " +{}", self.later_ms) } else { Ok(()) }
    }
}

/// Shared by whoever is told and the thread that passes boundaries.
#[derive(Clone, Default)]
pub(super) struct Fuse(Arc<Mutex<Option<Armed>>>);

struct Armed {
    at: Option<Cut>,
    /// What happens there.
    ends: fn(),
    trail: File,
    saboteur: Option<Saboteur>,
    /// Whether this one is still armed: what burns in one that was put out does nothing.
    holds: Arc<AtomicBool>,
}

impl Fuse {
    /// Arms it: a [`Cut`], and the saboteur of that name, if one is to have its hand in; or the saboteur alone; or nothing, and it only
    /// listens. At the cut, [`die`] or [`panics`]. The terminal's files are in `folder`.
    pub(super) fn arm(&self, line: &str, folder: &Path, ends: fn()) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (cut, name) = match words.as_slice() {
            [cut @ .., name] if cut.len() != 1 && Saboteur::NAMES.contains(name) => (cut, Some(*name)),
            cut => (cut, None),
        };
        let at = if cut.is_empty() { None } else { Some(Cut::parse(cut)?) };
        let saboteur = name.map(|name| Saboteur::new(name, folder)).transpose()?;
        let trail = File::create(folder.join(TRAIL)).map_err(|error| error.to_string())?;
        let holds = Arc::new(AtomicBool::new(true));
        let mut armed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = armed.replace(Armed { at, ends, trail, saboteur, holds }) {
            before.holds.store(false, Ordering::Release);
        }
        Ok("armed".to_owned())
    }

    /// What the terminal is given; `shown` names the page on the glass.
    pub(super) fn listener(&self, inbox: Inbox, shown: impl Fn() -> String + Send + 'static) -> AtBoundary {
        let fuse = self.clone();
        Box::new(move |kind, boundary| {
            let mut armed = fuse.0.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(armed) = armed.as_mut() else { return };
            if boundary == Boundary::Told {
                // What was sent to the page is on the glass when this is answered. Where it is not, the page's name tells.
                let _shown = inbox.nudge().recv_timeout(AWAIT);
            }
            armed.pass(kind, boundary, &shown());
        })
    }
}

impl Armed {
    fn pass(&mut self, kind: ActKind, boundary: Boundary, page: &str) {
        if let Some(saboteur) = &self.saboteur {
            complain(saboteur.arrives(kind, boundary));
        }
        let line = writeln!(self.trail, "{} {} {page}", kind.as_str(), boundary.as_str());
        complain(line.map_err(|error| error.to_string()));
        match self.at {
            Some(cut) if (cut.kind, cut.boundary) != (kind, boundary) => {}
            Some(Cut { later_ms: 0, .. }) => (self.ends)(),
            Some(Cut { later_ms, .. }) => burn(Duration::from_millis(later_ms), self.holds.clone(), self.ends),
            None => {}
        }
        if let Some(saboteur) = &self.saboteur {
            complain(saboteur.leaves(boundary));
        }
    }
}

/// Nothing of this program runs after it.
pub(super) fn die() {
    complain(kill_process(getpid(), Signal::KILL).map_err(|error| error.to_string()));
}

/// Nothing of this program should run after it, either.
#[expect(clippy::panic, reason = "what the terminal makes of one is to be seen")]
pub(super) fn panics() {
    panic!("{LAST_WORDS}");
}

/// The act goes on meanwhile.
fn burn(wait: Duration, holds: Arc<AtomicBool>, ends: fn()) {
    let end = Instant::now() + wait;
    std::thread::spawn(move || {
        while Instant::now() < end {
            std::thread::park_timeout(end.saturating_duration_since(Instant::now()));
        }
        if holds.load(Ordering::Acquire) {
            ends();
        }
    });
}

/// Into the terminal's log; the hall then misses what was to happen.
fn complain(result: Result<(), String>) {
    if let Err(why) = result {
        eprintln!("fuse: {why}");
    }
}

/// A kind and one of its boundaries, by their names.
///
/// # Errors
/// There is none of that name.
pub fn place(kind: &str, boundary: &str) -> Result<(ActKind, Boundary), String> {
    let kind = ActKind::parse(kind).ok_or_else(|| {
        let kinds = ActKind::ALL.map(ActKind::as_str);
        format!("{kind}: no such kind; there are {}", kinds.join(", "))
    })?;
    let known = kind.boundaries().iter().copied().find(|known| known.as_str() == boundary);
    let boundary = known.ok_or_else(|| format!("{boundary}: a {} passes no such boundary", kind.as_str()))?;
    Ok((kind, boundary))
}
