//! The engine in a process of its own: [`Helper`] is the terminal's end, [`serve`] the other.
//!
//! One process a visit. It has a private folder in memory and one end of a socket pair as input and output; it ends when that closes,
//! and is killed by whoever drops the [`Helper`]. So a composition leaves the machine's memory with its visit, an engine that hangs or
//! crashes costs one composition, and no lock or log of it can reach the next visitor.
//!
//! One JSON line a key, one a result: `Result<Composition, InputMethodError>`. The first line comes unasked and says whether it opened.

use std::fs::DirBuilder;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::Args;

use super::rime::{Rime, furnish};
use super::{Composition, InputMethod, InputMethodError, Key};
use crate::panic;

/// To start: measured 40 ms here; ten times that on a small board with a cold disk, and the citizen waits once a visit.
const START_MAX: Duration = Duration::from_secs(3);
/// For one key: measured under 10 ms for a whole address. After a second fingers type a letter twice.
const KEY_MAX: Duration = Duration::from_secs(1);
/// A page of candidates has some hundred bytes.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Where the engine finds its things: arguments of the hidden subcommand `input-method`.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// The engine's data, [`super::rime::DATA`] on Debian.
    pub data: PathBuf,
    /// The visit's folder, on a file system in memory. Made for each visit and removed after it; whatever lies there is lost.
    pub folder: PathBuf,
}

type Answer = Result<Composition, InputMethodError>;

/// The terminal's end.
pub struct Helper {
    child: Child,
    line: UnixStream,
    _folder: Folder,
}

impl Helper {
    /// Starts `program input-method DATA FOLDER` and waits until it can take keys.
    ///
    /// # Errors
    /// What the engine says of itself; `Refused` where it could not be started, `Late` and `Lost` as for keys.
    pub fn start(program: &Path, place: &Place) -> Result<Self, InputMethodError> {
        let folder = Folder::new(&place.folder).map_err(|_| InputMethodError::Refused)?;
        let (child, line) = spawn(program, place).map_err(|_| InputMethodError::Refused)?;
        let mut helper = Self { child, line, _folder: folder };
        helper.answer(Instant::now() + START_MAX)?;
        Ok(helper)
    }

    /// Its process id, for those who watch what becomes of it.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn ask(&mut self, key: Key) -> io::Result<()> {
        let mut asked = serde_json::to_vec(&key)?;
        asked.push(b'\n');
        self.line.set_write_timeout(Some(KEY_MAX))?;
        self.line.write_all(&asked)
    }

    fn answer(&mut self, deadline: Instant) -> Answer {
        let line = read_line(&mut self.line, deadline).map_err(|error| match error.kind() {
            // What a socket's time-out is called depends on the system.
            ErrorKind::WouldBlock | ErrorKind::TimedOut => InputMethodError::Late,
            _ => InputMethodError::Lost,
        })?;
        serde_json::from_slice::<Answer>(&line).unwrap_or(Err(InputMethodError::Lost))
    }
}

impl InputMethod for Helper {
    fn press(&mut self, key: Key) -> Answer {
        self.ask(key).map_err(|_| InputMethodError::Lost)?;
        self.answer(Instant::now() + KEY_MAX)
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // An error means that it has ended by itself; a killed process is waited for, or its memory would still be there.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn spawn(program: &Path, place: &Place) -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    let output = OwnedFd::from(theirs.try_clone()?);
    let child = Command::new(program)
        .arg("input-method")
        .args([&place.data, &place.folder])
        .env_clear()
        .current_dir("/")
        .stdin(OwnedFd::from(theirs))
        .stdout(output)
        .stderr(Stdio::null())
        .spawn()?;
    Ok((child, ours))
}

/// One line, which is all that was said: a key has one answer.
fn read_line(from: &mut UnixStream, deadline: Instant) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    // Not on the stack, which is not cleared when it is left.
    let mut chunk = Box::new([0; 4096]);
    while !line.ends_with(b"\n") {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        from.set_read_timeout(Some(left))?;
        let count = from.read(chunk.as_mut_slice())?;
        let read = chunk.get(..count).unwrap_or_default();
        if read.is_empty() || line.len() + count > LINE_BYTES_MAX {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        line.extend_from_slice(read);
    }
    Ok(line)
}

/// A folder for one visit.
struct Folder(PathBuf);

impl Folder {
    fn new(path: &Path) -> io::Result<Self> {
        match std::fs::remove_dir_all(path) {
            // What a terminal left that was killed.
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        DirBuilder::new().mode(0o700).create(path)?;
        Ok(Self(path.to_owned()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // If it stays, the next visit's engine cannot start: `new` removes it or refuses.
        let _removed = std::fs::remove_dir_all(&self.0);
    }
}

/// The other end: takes keys from the input until it closes.
#[must_use]
pub fn serve(place: &Place) -> ExitCode {
    panic::say_only_where();
    panic::leave_no_core();
    let served = take_keys(place, &mut io::stdin().lock(), &mut io::stdout().lock());
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn take_keys(place: &Place, keys: &mut impl BufRead, answers: &mut impl Write) -> io::Result<()> {
    let opened = furnish(&place.folder).and_then(|()| Rime::open(&place.data, &place.folder));
    let mut rime = match opened {
        Ok(rime) => rime,
        Err(why) => return tell(answers, &Err(why)),
    };
    tell(answers, &Ok(Composition::default()))?;
    for key in keys.lines() {
        let key = serde_json::from_str(&key?)?;
        tell(answers, &rime.press(key))?;
    }
    Ok(())
}

fn tell(answers: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    answers.write_all(&line)?;
    answers.flush()
}
