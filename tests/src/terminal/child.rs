//! The child: runs the terminal on this thread's headless glass and obeys text lines.
//!
//! | Line | Answer |
//! |---|---|
//! | `tap LABEL` | a finger on the button of that label, through the glass |
//! | `await PAGE` | answers when a page of that name is shown (20 s) |
//! | `page` | name of the page now shown |
//! | `pages` | all pages so far |
//! | `labels` | everything on the glass that has a label |
//! | `watch WORD,WORD` | from now on, which of these words stand on a page: each with its page as a line of the file `strangers`, which is there from now on and outlives a kill |
//! | `frame FILE` | writes a PNG |
//! | `advance MS` or `advance LIMIT` | moves the clock |
//! | `die KIND BOUNDARY` | the power goes when an act of that kind stands at that boundary; with `+MS`, so long after it; with `late` or `early`, a saboteur performs it; without anything, boundaries are only written down |
//! | `clock` | milliseconds that it has been moved so far |
//! | `hoard` | from here on a copy of every page is kept for ever, which a kiosk must never do: for the judge of what is left |
//! | `stick` | from here on the glass keeps the page that it has, whatever is shown next: likewise |
//! | `panic` or `panic card` | the thread that turns the loop panics; or the one that talks to cards, at its next call |
//! | `panic THREAD` | the thread of that name, when a library has something to tell there: `page` at each look at its printer, `net` where it makes a connection |
//! | `panic KIND BOUNDARY` | the clerk's, when an act of that kind stands at that boundary |
//! | `quit` | ends |

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kiosk::app::{self, Inbox, Parts, Probe};
use kiosk::clock::{Clock, Now};
use ui::headless::{Frame, Headless};
use ui::{Glass, Screen};

use super::fuse::{self, Fuse};
use super::{AWAIT, bug};

/// 2026-11-23 10:00 in the hall.
const TEN_O_CLOCK_UNIX_MS: i64 = 1_795_399_200_000;

/// Stands still until it is moved.
#[derive(Clone, Default)]
struct HandClock(Arc<AtomicU64>, Arc<AtomicBool>);

/// What a panic of ours says; it must stand nowhere.
pub const LAST_WORDS: &str = "cannot serve 林知远 190001196705120015";

impl Clock for HandClock {
    fn now(&self) -> Now {
        assert!(!self.1.load(Ordering::Acquire), "{LAST_WORDS}");
        let elapsed_ms = self.0.load(Ordering::Acquire);
        Now { elapsed_ms, unix_ms: TEN_O_CLOCK_UNIX_MS.saturating_add_unsigned(elapsed_ms) }
    }

    fn wait_until(&self, elapsed_ms: u64) -> Duration {
        // What is not due is not due until somebody moves the clock, and whoever does nudges.
        if elapsed_ms <= self.now().elapsed_ms { Duration::ZERO } else { Duration::from_secs(3600) }
    }
}

/// The file below the terminal's folder in which stands which of the words that are watched for stood on a page: `PAGE:WORD` a line. Where there is
/// none, nobody has watched.
pub const STRANGERS: &str = "strangers";

/// Remembers the names of all pages, and looks for the words that are watched for.
#[derive(Clone)]
struct Pages(Arc<Mutex<Seen>>);

struct Seen {
    names: Vec<&'static str>,
    /// All that stood on them, where that was asked for.
    hoard: Option<Vec<String>>,
    watched: Vec<String>,
    met: Vec<String>,
    /// Where it is written down what was met.
    told_in: PathBuf,
}

impl Pages {
    fn new(folder: &Path) -> Self {
        let (names, watched, met) = (Vec::new(), Vec::new(), Vec::new());
        Self(Arc::new(Mutex::new(Seen { names, hoard: None, watched, met, told_in: folder.join(STRANGERS) })))
    }

    /// From now on looks for these words.
    fn watch(&self, words: &str) -> Result<String, String> {
        let mut seen = self.lock();
        seen.watched = words.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        seen.met.clear();
        if seen.watched.is_empty() {
            return Err("which words?".to_owned());
        }
        seen.file().map(|_| "watching".to_owned()).map_err(|why| format!("{}: {why}", seen.told_in.display()))
    }

    fn last(&self) -> String {
        self.lock().names.last().map_or_else(String::new, ToString::to_string)
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Probe for Pages {
    fn shown(&mut self, screen: &Screen) {
        let mut seen = self.lock();
        if seen.names.last() != Some(&screen.name) {
            seen.names.push(screen.name);
        }
        if let Some(hoard) = &mut seen.hoard {
            hoard.push(format!("{screen:?}"));
        }
        if seen.watched.is_empty() {
            return;
        }
        let text = format!("{screen:?}");
        let met = seen.watched.iter().filter(|word| stands(&text, word)).map(|word| format!("{}:{word}", screen.name));
        let new: Vec<String> = met.filter(|met| !seen.met.contains(met)).collect();
        if !new.is_empty() {
            seen.tell(&new);
        }
        seen.met.extend(new);
    }
}

impl Seen {
    fn file(&self) -> std::io::Result<File> {
        File::options().create(true).append(true).open(&self.told_in)
    }

    /// Each once a program; where it cannot be written, the log says so, and the hall finds what it holds.
    fn tell(&self, new: &[String]) {
        if let Err(why) = self.file().and_then(|mut file| writeln!(file, "{}", new.join("\n"))) {
            eprintln!("strangers: {}: {why}", new.join(", "));
        }
    }
}

/// Whether a word stands there; a masked name is not the end of a longer one.
fn stands(text: &str, word: &str) -> bool {
    let longer = |at: usize| word.starts_with('*') && text.get(..at).is_some_and(|before| before.ends_with('*'));
    text.match_indices(word).any(|(at, _)| !longer(at))
}

enum Doing {
    Wake,
    Line(String, SyncSender<String>),
}

/// Runs until `quit` or until the parent is gone.
///
/// # Errors
/// The terminal does not start.
pub fn run(sites: &[PathBuf], control: &Path) -> Result<(), String> {
    let site = kiosk::config::load(sites)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let (inbox, queue) = app::begin(&site);
    // That of the program before it began anew.
    let _none = std::fs::remove_file(control);
    let site = Arc::new(site);
    let (doings, todo) = sync_channel(16);
    let (taps, wakes) = (inbox.clone(), doings.clone());
    let wake = move || drop(wakes.try_send(Doing::Wake));
    let (headless, glass) = Headless::open(kiosk::view::panel(&site.panel), wake, move |tap| taps.tap(tap))
        .map_err(|error| error.to_string())?;
    let pages = Pages::new(Path::new(&site.storage.directory));
    let (clock, fuse) = (HandClock::default(), Fuse::default());
    let on_the_glass = pages.clone();
    let card_panics = Arc::new(AtomicBool::new(false));
    let is_to_panic = card_panics.clone();
    let parts = Parts {
        site: site.clone(),
        glass: glass.clone(),
        clock: Box::new(clock.clone()),
        probe: Box::new(pages.clone()),
        at_boundary: fuse.listener(inbox.clone(), move || on_the_glass.last()),
        at_card: Box::new(move || assert!(!is_to_panic.load(Ordering::Acquire), "{LAST_WORDS}")),
        queue,
    };
    app::run(parts).map_err(|error| error.to_string())?;
    let listener = UnixListener::bind(control).map_err(|error| format!("{}: {error}", control.display()))?;
    std::thread::spawn(move || listen(&listener, &doings));
    Desk { headless, glass, stuck: false, inbox, clock, card_panics, pages, fuse, site }.work(&todo);
    Ok(())
}

/// One parent at a time; each line is answered before the next is read.
fn listen(listener: &UnixListener, doings: &SyncSender<Doing>) {
    for stream in listener.incoming().map_while(Result::ok) {
        if converse(stream, doings).is_none() {
            return;
        }
    }
}

fn converse(stream: UnixStream, doings: &SyncSender<Doing>) -> Option<()> {
    let mut answers = stream.try_clone().ok()?;
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let (reply, answer) = sync_channel(1);
        doings.send(Doing::Line(line, reply)).ok()?;
        let answer = answer.recv().ok()?;
        writeln!(answers, "{answer}").ok()?;
    }
    Some(())
}

struct Desk {
    headless: Headless,
    /// Its other end.
    glass: Glass,
    /// It keeps the page that it has.
    stuck: bool,
    inbox: Inbox,
    clock: HandClock,
    card_panics: Arc<AtomicBool>,
    pages: Pages,
    fuse: Fuse,
    site: Arc<contract::site::Site>,
}

impl Desk {
    fn work(&mut self, todo: &Receiver<Doing>) {
        let mut awaited: Option<(String, SyncSender<String>, Instant)> = None;
        loop {
            let left = awaited.as_ref().map_or(AWAIT, |(.., end)| end.saturating_duration_since(Instant::now()));
            match todo.recv_timeout(left) {
                Ok(Doing::Line(line, _)) if line == "quit" => return,
                Ok(Doing::Line(line, reply)) => match line.strip_prefix("await ") {
                    Some(page) => awaited = Some((page.to_owned(), reply, Instant::now() + AWAIT)),
                    None => say(&reply, self.obey(&line)),
                },
                Ok(Doing::Wake) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.pump();
            if let Some((page, reply, end)) = awaited.take() {
                if self.shown() == page {
                    say(&reply, Ok(page));
                } else if Instant::now() >= end {
                    say(&reply, Err(format!("{page} does not come; shown is {}", self.shown())));
                } else {
                    awaited = Some((page, reply, end));
                }
            }
        }
    }

    /// Takes what is shown onto the glass.
    fn pump(&mut self) {
        if self.stuck {
            // Taken all the same: only then does the next one wake us.
            drop(self.glass.take());
        } else {
            while self.headless.pump().is_some() {}
        }
    }

    fn shown(&self) -> &'static str {
        if self.stuck {
            return self.pages.lock().names.last().copied().unwrap_or_default();
        }
        self.headless.shown().map_or("", |screen| screen.name)
    }

    fn obey(&mut self, line: &str) -> Result<String, String> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "tap" => {
                self.settle()?;
                self.headless.tap(rest).map_err(|error| format!("{error} (shown is {})", self.shown()))?;
                self.settle()
            }
            "page" => Ok(self.shown().to_owned()),
            "pages" => Ok(self.pages.lock().names.join(" ")),
            "watch" => self.pages.watch(rest),
            "labels" => Ok(self.labels()),
            "frame" => {
                self.settle()?;
                write_png(Path::new(rest), &self.headless.frame())
            }
            "die" => self.fuse.arm(rest, Path::new(&self.site.storage.directory), fuse::die),
            "clock" => Ok(self.clock.0.load(Ordering::Acquire).to_string()),
            "hoard" => {
                self.pages.lock().hoard = Some(Vec::new());
                Ok("every page is kept".to_owned())
            }
            "stick" => {
                self.stuck = true;
                Ok("the glass keeps its page".to_owned())
            }
            "panic" => self.panic(rest),
            "advance" => {
                self.clock.0.fetch_add(self.milliseconds(rest)?, Ordering::AcqRel);
                self.settle()
            }
            _ => {
                Err("not understood: tap, await, page, pages, labels, watch, frame, advance, clock, hoard, stick, die, panic, quit"
                    .to_owned())
            }
        }
    }

    fn panic(&self, whose: &str) -> Result<String, String> {
        match whose {
            "" => {
                self.clock.1.store(true, Ordering::Release);
                drop(self.inbox.nudge());
                Ok("the rules' thread panics".to_owned())
            }
            "card" => {
                self.card_panics.store(true, Ordering::Release);
                Ok("the thread that talks to cards panics at its next call".to_owned())
            }
            place if place.contains(' ') => self.fuse.arm(place, Path::new(&self.site.storage.directory), fuse::panics),
            thread => bug::arm(thread),
        }
    }

    /// Waits until the terminal has done and shown everything that it was told.
    fn settle(&mut self) -> Result<String, String> {
        self.inbox.nudge().recv_timeout(AWAIT).map_err(|_| "the terminal does not answer".to_owned())?;
        self.pump();
        Ok(self.shown().to_owned())
    }

    /// A number, or the name of a limit without its unit: then a little more than the limit.
    fn milliseconds(&self, text: &str) -> Result<u64, String> {
        let limit = self.site.limits.table().into_iter().find(|(name, ..)| name.strip_suffix("_ms") == Some(text));
        match limit {
            Some((_, ms, ..)) => Ok(ms + 1),
            None => text.parse().map_err(|_| format!("{text}: neither milliseconds nor a limit")),
        }
    }

    fn labels(&self) -> String {
        let elements = self.headless.elements();
        let said = elements.iter().map(|element| {
            let [x, y, width, height] = element.place;
            let kind = if element.button { if element.enabled { "button" } else { "greyed" } } else { "text" };
            format!("{kind} {x:.0},{y:.0} {width:.0}x{height:.0} {}", element.label.replace('\n', " "))
        });
        said.collect::<Vec<_>>().join(" | ")
    }
}

fn say(reply: &SyncSender<String>, result: Result<String, String>) {
    let answer = match result {
        Ok(said) => format!("ok {said}"),
        Err(why) => format!("err {}", why.replace('\n', " ")),
    };
    let _parent_gone = reply.try_send(answer);
}

pub(crate) fn write_png(file: &Path, frame: &Frame) -> Result<String, String> {
    let io = |error: std::io::Error| format!("{}: {error}", file.display());
    let out = std::io::BufWriter::new(File::create(file).map_err(io)?);
    let mut encoder = png::Encoder::new(out, frame.width_px, frame.height_px);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(|error| error.to_string())?;
    writer.write_image_data(&frame.rgb).map_err(|error| error.to_string())?;
    Ok(file.display().to_string())
}
