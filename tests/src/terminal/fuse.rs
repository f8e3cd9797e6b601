//! Where the terminal's power goes: the hall hears of every boundary that an act passes, writes it down in a file, and kills the program at
//! the one that it was told. Does nothing until it is told.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use kiosk::app::{AtBoundary, Inbox};
use kiosk::session::{ActKind, Boundary};
use rustix::process::{Signal, getpid, kill_process};

use super::AWAIT;
use super::saboteur::Saboteur;

/// The file below the terminal's folder: `KIND BOUNDARY PAGE` a line, with the page that was on the glass.
pub const TRAIL: &str = "boundaries";

/// Shared by whoever is told and the thread that passes boundaries.
#[derive(Clone, Default)]
pub(super) struct Fuse(Arc<Mutex<Option<Armed>>>);

struct Armed {
    at: Option<(ActKind, Boundary)>,
    trail: File,
    saboteur: Option<Saboteur>,
}

impl Fuse {
    /// Arms it: `KIND BOUNDARY`, and the saboteur of that name, if one is to have its hand in; nothing, and it only listens. The terminal's
    /// files are in `folder`.
    pub(super) fn arm(&self, line: &str, folder: &Path) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (at, saboteur) = match words.as_slice() {
            [] => (None, None),
            [kind, boundary] => (Some(place(kind, boundary)?), None),
            [kind, boundary, name] => (Some(place(kind, boundary)?), Some(Saboteur::new(name, folder)?)),
            _ => return Err("die KIND BOUNDARY SABOTEUR, or less".to_owned()),
        };
        let trail = File::create(folder.join(TRAIL)).map_err(|error| error.to_string())?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Armed { at, trail, saboteur });
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
        if self.at == Some((kind, boundary)) {
            // Nothing of this program runs after it.
            complain(kill_process(getpid(), Signal::KILL).map_err(|error| error.to_string()));
        }
        if let Some(saboteur) = &self.saboteur {
            complain(saboteur.leaves(boundary));
        }
    }
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
