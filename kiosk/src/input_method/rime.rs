//! Pinyin and strokes: librime in this process. In the terminal that is the process of [`super::helper`], and no other.
//!
//! librime is one service a process, and global: whoever opens a second [`Rime`] waits until the first is dropped (tests do, where they
//! share a process). It reads the tables that Debian compiled and two flat schemas of ours, so there is nothing to deploy: it is ready
//! after some ten milliseconds, on the first day as on the last. The schemas turn learning off, so librime writes no file; its folder
//! is private and thrown away all the same.
//!
//! Must never: let a key reach librime that the schema does not know; it would end the composition in ways nobody asked for.

mod ffi;

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Composition, InputMethod, InputMethodError, Key, Script, direct};
use ffi::Api;

/// Where Debian puts librime's data.
pub const DATA: &str = "/usr/share/rime-data";

/// A whole address of six words fits; a sentence of more is searched for longer than a finger waits (its time grows with the square).
const LETTERS_MAX: usize = 64;

/// X11's numbers (`keysymdef.h`).
mod keysym {
    pub(super) const BACKSPACE: u32 = 0xFF08;
    pub(super) const PAGE_UP: u32 = 0xFF55;
    pub(super) const PAGE_DOWN: u32 = 0xFF56;
    /// The first candidate of the page; those after it follow.
    pub(super) const ONE: u32 = 0x31;
}

/// Compiled tables that the schemas name, in `build/` of the data.
const TABLES: [&str; 4] =
    ["luna_pinyin.table.bin", "luna_pinyin_simp.prism.bin", "stroke.table.bin", "stroke.prism.bin"];

static SERVICE: Mutex<()> = Mutex::new(());

impl Script {
    const fn schema(self) -> (&'static str, &'static str) {
        match self {
            Self::Pinyin => ("kiosk_pinyin", include_str!("rime/kiosk_pinyin.schema.yaml")),
            Self::Stroke => ("kiosk_stroke", include_str!("rime/kiosk_stroke.schema.yaml")),
        }
    }

    /// Whether a letter can go on what is composed. An apostrophe only divides.
    fn spells(self, letter: char, composing: bool) -> bool {
        match self {
            Self::Pinyin => letter.is_ascii_lowercase() || letter == '\'' && composing,
            Self::Stroke => "hspnz".contains(letter),
        }
    }
}

/// Makes librime's folder: nothing but our schemas, where librime looks for compiled ones.
///
/// # Errors
/// [`InputMethodError::Refused`] if it cannot be written.
pub fn furnish(folder: &Path) -> Result<(), InputMethodError> {
    let build = folder.join("build");
    let written = std::fs::create_dir_all(&build).and_then(|()| {
        [Script::Pinyin, Script::Stroke].iter().try_for_each(|script| {
            let (name, schema) = script.schema();
            std::fs::write(build.join(format!("{name}.schema.yaml")), schema)
        })
    });
    written.map_err(|_| InputMethodError::Refused)
}

/// librime, with one composition.
pub struct Rime {
    api: Api,
    session: usize,
    script: Script,
    /// What the page showed last: which candidates there are to choose from, and whether anything is composed.
    shown: Composition,
    /// Dropped last: whoever waits for it finds librime stopped.
    _service: MutexGuard<'static, ()>,
}

impl Rime {
    /// Opens librime over its data, with a folder that [`furnish`] made. Waits until no other is open in this process.
    ///
    /// # Errors
    /// `Missing` where library or tables are not installed, `Refused` where they are there and nothing can be written with them.
    pub fn open(data: &Path, folder: &Path) -> Result<Self, InputMethodError> {
        let service = SERVICE.lock().unwrap_or_else(PoisonError::into_inner);
        if !TABLES.iter().all(|table| data.join("build").join(table).is_file()) {
            return Err(InputMethodError::Missing(data.display().to_string()));
        }
        let api = Api::load().ok_or_else(|| InputMethodError::Missing(ffi::LIBRARY.to_owned()))?;
        let c_path = |path: &Path| CString::new(path.as_os_str().as_bytes()).map_err(|_| InputMethodError::Refused);
        api.start(&c_path(data)?, &c_path(folder)?);
        // No session has the number 0: every call with it is refused.
        let session = api.session().unwrap_or(0);
        let shown = Composition::default();
        let mut rime = Self { api, session, script: Script::default(), shown, _service: service };
        rime.prove(Script::Stroke, 's')?;
        rime.prove(Script::Pinyin, 'a')?;
        Ok(rime)
    }

    /// librime accepts a schema whose tables it cannot read, and then offers nothing. So each is tried once.
    fn prove(&mut self, script: Script, letter: char) -> Result<(), InputMethodError> {
        self.press(Key::Script(script)).map_err(|_| InputMethodError::Refused)?;
        let offers = self.press(Key::Char(letter)).is_ok_and(|offered| !offered.candidates.is_empty());
        let cleared = self.press(Key::Reset).is_ok();
        if offers && cleared { Ok(()) } else { Err(InputMethodError::Refused) }
    }

    fn select(&mut self, script: Script) -> Result<Composition, InputMethodError> {
        let schema = CString::new(script.schema().0).map_err(|_| InputMethodError::Refused)?;
        self.api.clear(self.session);
        self.script = script;
        if self.api.select(self.session, &schema) { self.look() } else { Err(InputMethodError::Refused) }
    }

    fn send(&mut self, keysym: u32) -> Result<Composition, InputMethodError> {
        let _what_it_did_is_looked_at = self.api.key(self.session, keysym);
        self.look()
    }

    /// What is composed now, and what was taken since the last look.
    fn look(&mut self) -> Result<Composition, InputMethodError> {
        let seen = self.api.seen(self.session).ok_or(InputMethodError::Lost)?;
        let more = !seen.last && !seen.candidates.is_empty();
        let (preedit, candidates, page) = (seen.preedit, seen.candidates, seen.page);
        let shown = Composition { preedit, candidates, page, more, commit: None, erase: false };
        self.shown.clone_from(&shown);
        Ok(Composition { commit: self.api.commit(self.session), ..shown })
    }
}

impl InputMethod for Rime {
    fn press(&mut self, key: Key) -> Result<Composition, InputMethodError> {
        let composing = !self.shown.preedit.is_empty();
        let room = self.shown.preedit.chars().count() < LETTERS_MAX;
        let offered = self.shown.candidates.len();
        match key {
            Key::Script(script) => self.select(script),
            Key::Reset => {
                self.api.clear(self.session);
                self.look()
            }
            Key::Char(letter) if self.script.spells(letter, composing) && room => self.send(u32::from(letter)),
            _ if !composing => Ok(direct::press(key)),
            Key::Delete => self.send(keysym::BACKSPACE),
            Key::NextPage if self.shown.more => self.send(keysym::PAGE_DOWN),
            Key::PreviousPage if self.shown.page > 0 => self.send(keysym::PAGE_UP),
            Key::Confirm if offered > 0 => self.send(keysym::ONE),
            Key::Candidate(index) if usize::from(index) < offered => self.send(keysym::ONE + u32::from(index)),
            Key::Char(_) | Key::NextPage | Key::PreviousPage | Key::Confirm | Key::Candidate(_) => {
                Ok(self.shown.clone())
            }
        }
    }
}

impl Drop for Rime {
    fn drop(&mut self) {
        self.api.stop();
    }
}
