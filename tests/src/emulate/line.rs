//! A serial line on a pty, with a stable name, and every mishap that a real line has: pulled and plugged again, cut into
//! pieces, slow, noisy, damaged, silent. The device behind it only knows frames.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::number;

/// How soon the line's thread sees that it was pulled.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// What stands at the far end.
pub trait Device: Send + 'static {
    /// Takes in bytes; returns whole frames to send.
    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>>;
}

/// How the line treats what the device sends.
#[derive(Clone, Debug, Default)]
struct Manner {
    /// Bytes at a time.
    split: Option<usize>,
    /// Between two pieces.
    gap_ms: u64,
    /// Before the next frame.
    noise: Vec<u8>,
    /// Frames that still arrive with one bit turned.
    damaged: u32,
    /// Frames that still get lost.
    lost: u32,
    /// Nothing arrives at all.
    mute: bool,
    /// Frames wait for the one after them, and arrive together.
    merge: bool,
    /// The line is pulled in the middle of the next frame.
    pull_mid_frame: bool,
    held: Vec<u8>,
}

struct Port {
    master: File,
    /// Held, so that the master does not fail before somebody opens the line.
    _slave: OwnedFd,
    pulled: AtomicBool,
}

/// The line.
pub struct Line<D> {
    link: PathBuf,
    device: Arc<Mutex<D>>,
    manner: Arc<Mutex<Manner>>,
    port: Arc<Mutex<Option<Arc<Port>>>>,
}

/// Speaks for the device, whenever it likes.
#[derive(Clone)]
pub struct Speaker {
    link: PathBuf,
    manner: Arc<Mutex<Manner>>,
    port: Arc<Mutex<Option<Arc<Port>>>>,
}

impl Speaker {
    /// Sends a frame the way the line is; into the air where nothing is plugged in.
    pub fn say(&self, frame: &[u8]) {
        let port = lock(&self.port).clone();
        if let Some(port) = port {
            send(&port, &self.manner, frame, || pull(&self.port, &self.link));
        }
    }
}

impl<D: Device> Line<D> {
    /// Plugs `device` in under the name `link`.
    ///
    /// # Errors
    /// The machine gives no pty, or the name cannot be had.
    pub fn plug(link: &Path, device: D) -> Result<Self, String> {
        let line = Self {
            link: link.to_owned(),
            device: Arc::new(Mutex::new(device)),
            manner: Arc::default(),
            port: Arc::default(),
        };
        line.plug_again()?;
        Ok(line)
    }

    /// Where a driver finds it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.link
    }

    /// The device, to change what it is like.
    pub fn device(&self) -> MutexGuard<'_, D> {
        lock(&self.device)
    }

    /// Sends something that nobody asked for.
    pub fn say(&self, frame: &[u8]) {
        self.speaker().say(frame);
    }

    /// A way to send that outlives this borrow.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        Speaker { link: self.link.clone(), manner: self.manner.clone(), port: self.port.clone() }
    }

    /// Obeys a line that is about the wire; `None` where it is not.
    pub fn obey(&self, words: &[&str]) -> Option<Result<(), String>> {
        let mut manner = lock(&self.manner);
        match words {
            ["unplug"] => pull(&self.port, &self.link),
            ["plug"] => return Some(self.plug_again()),
            ["split", bytes] => match number::<usize>(Some(bytes), "bytes") {
                Ok(bytes) => manner.split = Some(bytes.max(1)),
                Err(why) => return Some(Err(why)),
            },
            ["slow", ms] => match number(Some(ms), "milliseconds") {
                Ok(ms) => (manner.split, manner.gap_ms) = (manner.split.or(Some(1)), ms),
                Err(why) => return Some(Err(why)),
            },
            ["noise", hex] => match bytes(hex) {
                Some(noise) => manner.noise = noise,
                None => return Some(Err("noise is hexadecimal".to_owned())),
            },
            ["damage", frames] => match number(Some(frames), "frames") {
                Ok(frames) => manner.damaged = frames,
                Err(why) => return Some(Err(why)),
            },
            ["lose", frames] => match number(Some(frames), "frames") {
                Ok(frames) => manner.lost = frames,
                Err(why) => return Some(Err(why)),
            },
            ["mute"] => manner.mute = true,
            ["merge"] => manner.merge = true,
            ["unplug", "mid-frame"] => manner.pull_mid_frame = true,
            ["sound"] => *manner = Manner::default(),
            _ => return None,
        }
        Some(Ok(()))
    }

    /// The lines that [`Line::obey`] knows.
    pub const HELP: &'static str =
        "unplug | plug | unplug mid-frame | split N | slow MS | merge | noise HEX | damage N | lose N | mute | sound";

    /// Whether it is plugged in.
    #[must_use]
    pub fn is_plugged(&self) -> bool {
        lock(&self.port).is_some()
    }

    fn plug_again(&self) -> Result<(), String> {
        let mut place = lock(&self.port);
        if place.is_some() {
            return Ok(());
        }
        let port = Arc::new(open(&self.link).map_err(|error| format!("pty: {error}"))?);
        let (listening, device, manner) = (port.clone(), self.device.clone(), self.manner.clone());
        let (pulled, link) = (Arc::downgrade(&self.port), self.link.clone());
        *place = Some(port);
        std::thread::spawn(move || {
            let pull = || {
                if let Some(port) = pulled.upgrade() {
                    pull(&port, &link);
                }
            };
            listen(&listening, &device, &manner, pull);
        });
        Ok(())
    }
}

impl<D> Drop for Line<D> {
    fn drop(&mut self) {
        pull(&self.port, &self.link);
    }
}

fn pull(port: &Mutex<Option<Arc<Port>>>, link: &Path) {
    if let Some(port) = lock(port).take() {
        port.pulled.store(true, Ordering::Release);
        // A name that somebody else removed is as good.
        let _gone = std::fs::remove_file(link);
    }
}

fn open(link: &Path) -> Result<Port, std::io::Error> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname(&master, Vec::new())?;
    let slave = rustix::fs::open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let mut raw = tcgetattr(&slave)?;
    raw.make_raw();
    tcsetattr(&slave, OptionalActions::Now, &raw)?;
    let _was_there = std::fs::remove_file(link);
    std::os::unix::fs::symlink(name.to_string_lossy().as_ref(), link)?;
    Ok(Port { master: master.into(), _slave: slave, pulled: AtomicBool::new(false) })
}

/// Hears for the device until the line is pulled.
fn listen<D: Device>(port: &Arc<Port>, device: &Mutex<D>, manner: &Mutex<Manner>, pull: impl Fn()) {
    let mut buffer = [0; 4096];
    while !port.pulled.load(Ordering::Acquire) {
        let mut waiting = [PollFd::new(&port.master, PollFlags::IN)];
        if !matches!(poll(&mut waiting, Some(&LOOK)), Ok(1..)) {
            continue;
        }
        let Ok(count @ 1..) = (&port.master).read(&mut buffer) else { return };
        let frames = lock(device).hear(buffer.get(..count).unwrap_or_default());
        for frame in frames {
            send(port, manner, &frame, &pull);
        }
    }
}

/// Sends a frame the way the line is.
fn send(port: &Port, manner: &Mutex<Manner>, frame: &[u8], pull: impl Fn()) {
    let (pieces, gap_ms, pull_mid_frame) = {
        let mut manner = lock(manner);
        if manner.mute {
            return;
        }
        if manner.lost > 0 {
            manner.lost -= 1;
            return;
        }
        let mut bytes = std::mem::take(&mut manner.held);
        bytes.append(&mut manner.noise);
        bytes.extend_from_slice(frame);
        if manner.damaged > 0 {
            manner.damaged -= 1;
            if let Some(last) = bytes.last_mut() {
                *last ^= 0x10;
            }
        }
        if std::mem::take(&mut manner.merge) {
            manner.held = bytes;
            return;
        }
        let pull_mid_frame = std::mem::take(&mut manner.pull_mid_frame);
        let size = if pull_mid_frame { bytes.len() / 2 } else { manner.split.unwrap_or(bytes.len()) };
        (bytes.chunks(size.max(1)).map(<[u8]>::to_vec).collect::<Vec<_>>(), manner.gap_ms, pull_mid_frame)
    };
    for piece in pieces {
        if port.pulled.load(Ordering::Acquire) || (&port.master).write_all(&piece).is_err() {
            return;
        }
        if pull_mid_frame {
            return pull();
        }
        if gap_ms > 0 {
            std::thread::park_timeout(Duration::from_millis(gap_ms));
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes from hexadecimal digits.
#[must_use]
pub fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    digits
        .filter(|digits| digits.len().is_multiple_of(2))
        .map(|digits| digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}
