//! What the agency makes public, kept on the terminal's disk, so that a terminal that starts while the agency is down still has its guide: the
//! catalogue and the calendar. Nobody's data. A file each, in the terminal's folder:
//!
//! `sha256:` and 64 hexadecimal digits, a line feed, and JSON over which that digest is: `{ from, tag, unix_ms, what }`.
//!
//! A file is written whole under another name, made durable and then renamed, so that a power cut leaves the old one or the new one. One that
//! is damaged, of another agency or against the contract is none: the terminal starts without it and says so. Read by `app` before it starts,
//! written by its thread `shelf`, shown by `kiosk catalogue`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use contract::catalogue::{Catalogue, check};
use contract::message::{WorkingDays, content_digest};
use contract::site::Site;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What is kept, and under which name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// What the agency offers.
    Catalogue,
    /// When a person answers.
    Calendar,
}

impl Name {
    /// Stable name, for the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Calendar => "calendar",
        }
    }

    /// Its file and the one that is being written.
    const fn files(self) -> (&'static str, &'static str) {
        match self {
            Self::Catalogue => ("catalogue.kept", "catalogue.kept.new"),
            Self::Calendar => ("calendar.kept", "calendar.kept.new"),
        }
    }
}

/// Something that the agency has said, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept<T> {
    /// Whose it is: the agency's address. Another agency's is none.
    pub from: String,
    /// The agency's tag for it; empty where it has none.
    pub tag: String,
    /// When the agency last said so, in milliseconds since 1970.
    pub unix_ms: i64,
    /// What it said.
    pub what: T,
}

/// Why there is nothing although something lies there.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The disk does not give it.
    #[error("cannot be read: {0}")]
    Disk(#[from] io::Error),
    /// More bytes than the agency may say.
    #[error("is too large")]
    TooLarge,
    /// Half a file, a changed one, or one of another version of the program.
    #[error("is damaged")]
    Damaged,
    /// The contract's own check refuses it.
    #[error("is against the contract")]
    Refused,
}

impl Unread {
    /// Stable name, for the log.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Disk(_) => "disk",
            Self::TooLarge => "too_large",
            Self::Damaged => "damaged",
            Self::Refused => "refused",
        }
    }
}

/// Where it lies.
#[derive(Clone, Debug)]
pub struct Shelf {
    directory: PathBuf,
    from: String,
    max_bytes: u64,
}

/// What is written by once: a call that tells the whole of it fits into any tool that watches.
const PIECE_BYTES: usize = 64 * 1024;

impl Shelf {
    /// That of this terminal. What was said in `limits.reply_max_bytes` may be twice as long with every default written out.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        Self::at(Path::new(&site.storage.directory), &site.agency.url, site.limits.reply_max_bytes.saturating_mul(2))
    }

    /// One in this folder, for what this agency says.
    #[must_use]
    pub fn at(directory: &Path, from: &str, max_bytes: u64) -> Self {
        Self { directory: directory.to_owned(), from: from.trim_end_matches('/').to_owned(), max_bytes }
    }

    /// Whose word is kept here.
    #[must_use]
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The last catalogue; nothing where none is kept, or another agency's.
    ///
    /// # Errors
    /// See [`Unread`].
    pub fn catalogue(&self) -> Result<Option<Kept<Catalogue>>, Unread> {
        match self.read::<Catalogue>(Name::Catalogue)? {
            Some(kept) if !check(&kept.what).is_empty() => Err(Unread::Refused),
            kept => Ok(kept),
        }
    }

    /// The last calendar; nothing where none is kept, or another agency's.
    ///
    /// # Errors
    /// See [`Unread`].
    pub fn calendar(&self) -> Result<Option<Kept<WorkingDays>>, Unread> {
        self.read(Name::Calendar)
    }

    fn read<T: DeserializeOwned>(&self, name: Name) -> Result<Option<Kept<T>>, Unread> {
        let file = match File::open(self.directory.join(name.files().0)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let mut bytes = Vec::new();
        // One byte more than there may be tells that there are too many.
        file.take(self.max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > self.max_bytes {
            return Err(Unread::TooLarge);
        }
        let kept: Kept<T> = parse(&bytes).ok_or(Unread::Damaged)?;
        Ok(Some(kept).filter(|kept| kept.from == self.from))
    }

    /// Keeps this in the place of what was there. Blocks until it is on the disk.
    ///
    /// # Errors
    /// The disk does not take it, or it is too large; what was there stays.
    pub fn keep<T: Serialize>(&self, name: Name, kept: &Kept<T>) -> io::Result<()> {
        let body = serde_json::to_vec(kept)?;
        let bytes = [content_digest(&body).as_bytes(), b"\n", &body].concat();
        if bytes.len() as u64 > self.max_bytes {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "more than the agency may say"));
        }
        let (file, new) = name.files();
        let new = self.directory.join(new);
        let half = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        for (n, piece) in (0..).zip(bytes.chunks(PIECE_BYTES)) {
            half.write_all_at(piece, n * PIECE_BYTES as u64)?;
        }
        half.sync_all()?;
        fs::rename(&new, self.directory.join(file))?;
        File::open(&self.directory)?.sync_all()
    }
}

/// What a file says; nothing where a byte of it is another.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Option<Kept<T>> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (digest, body) = (bytes.get(..end)?, bytes.get(end + 1..)?);
    (content_digest(body).as_bytes() == digest).then(|| serde_json::from_slice(body).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("kept-{name}-{}", std::process::id()));
            let _from_last_time = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn shelf(&self) -> Shelf {
            Shelf::at(&self.0, "https://agency.example", 100_000)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _gone = fs::remove_dir_all(&self.0);
        }
    }

    fn calendar(year: u16) -> Kept<WorkingDays> {
        let (holidays, make_up_days, opening_hours) = (Vec::new(), Vec::new(), Vec::new());
        let what = WorkingDays { year, source: "公告".to_owned(), holidays, make_up_days, opening_hours };
        Kept { from: "https://agency.example".to_owned(), tag: "\"7\"".to_owned(), unix_ms: 1, what }
    }

    #[test]
    fn half_a_file_or_a_changed_one_is_believed() {
        let folder = Folder::new("half");
        let shelf = folder.shelf();
        assert!(shelf.calendar().unwrap().is_none());
        shelf.keep(Name::Calendar, &calendar(2026)).unwrap();
        assert_eq!(shelf.calendar().unwrap(), Some(calendar(2026)));
        let file = folder.0.join("calendar.kept");
        let good = fs::read(&file).unwrap();
        for end in 0..good.len() {
            fs::write(&file, &good[..end]).unwrap();
            assert!(matches!(shelf.calendar(), Err(Unread::Damaged)), "{end} bytes are believed");
        }
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            fs::write(&file, &bytes).unwrap();
            assert!(matches!(shelf.calendar(), Err(Unread::Damaged)), "byte {at} may be another");
        }
        fs::write(&file, vec![b'x'; 100_001]).unwrap();
        assert!(matches!(shelf.calendar(), Err(Unread::TooLarge)));
        shelf.keep(Name::Calendar, &calendar(2027)).unwrap();
        assert_eq!(shelf.calendar().unwrap(), Some(calendar(2027)));
    }

    #[test]
    fn power_went_while_the_next_one_was_written() {
        let folder = Folder::new("next");
        let shelf = folder.shelf();
        shelf.keep(Name::Calendar, &calendar(2026)).unwrap();
        fs::write(folder.0.join("calendar.kept.new"), b"sha256:half").unwrap();
        assert_eq!(shelf.calendar().unwrap(), Some(calendar(2026)));
        shelf.keep(Name::Calendar, &calendar(2027)).unwrap();
        assert_eq!(shelf.calendar().unwrap(), Some(calendar(2027)));
        assert!(!folder.0.join("calendar.kept.new").exists());
    }

    #[test]
    fn another_agencys_catalogue_or_one_against_the_contract_is_shown() {
        let folder = Folder::new("other");
        let other = Shelf::at(&folder.0, "https://other.example", 100_000);
        folder.shelf().keep(Name::Calendar, &calendar(2026)).unwrap();
        assert!(other.calendar().unwrap().is_none());
        let Kept { from, tag, unix_ms, .. } = calendar(2026);
        // Without a version.
        let kept = Kept { from, tag, unix_ms, what: Catalogue::default() };
        folder.shelf().keep(Name::Catalogue, &kept).unwrap();
        assert!(matches!(folder.shelf().catalogue(), Err(Unread::Refused)));
    }

    #[test]
    fn the_disk_takes_no_more_than_the_agency_may_say() {
        let folder = Folder::new("large");
        let mut large = calendar(2026);
        large.what.source = "长".repeat(50_000);
        assert!(folder.shelf().keep(Name::Calendar, &large).is_err());
        assert!(folder.shelf().calendar().unwrap().is_none());
    }
}
