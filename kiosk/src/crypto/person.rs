//! Who it was, for whoever asks by name later, and for nobody else: an ID number under the terminal's own key. Without the number, what stands
//! in the journal tells nobody; with it, "who saw my data here?" has an answer.

use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use contract::format::hex;
use hal::Private;
use ring::hmac;

/// Its name in the terminal's folder: 32 random bytes.
const FILE: &str = "person.key";

/// The terminal's key. Beside the journal, not inside it: a journal that is handed over tells nobody.
#[derive(Clone)]
pub struct PersonKey(hmac::Key);

/// Somebody, under the terminal's key. Made by [`PersonKey::of`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pseudonym(String);

impl Pseudonym {
    /// As it stands in journal and audit.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey")
    }
}

impl PersonKey {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// Reads the key in `directory`, or makes one where there is none.
    ///
    /// # Errors
    /// The file cannot be read, made or brought to the disk, or is not 32 bytes long.
    pub fn open(directory: &Path) -> io::Result<Self> {
        match Self::read(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = Private::new([0; 32]);
                std::fs::File::open("/dev/urandom")?.read_exact(bytes.reveal_mut())?;
                let file = directory.join(FILE);
                make(directory, &file, bytes.reveal()).map_err(|why| of_file(&file, &why))?;
                Ok(Self::new(bytes.reveal()))
            }
            read => read,
        }
    }

    /// Reads the key in `directory`, for whoever only looks: another key would find nobody.
    ///
    /// # Errors
    /// There is none, it cannot be read, or is not 32 bytes long.
    pub fn read(directory: &Path) -> io::Result<Self> {
        let file = directory.join(FILE);
        let mut bytes = Private::new([0; 32]);
        let read = std::fs::File::open(&file).and_then(|mut open| open.read_exact(bytes.reveal_mut()));
        read.map_err(|why| of_file(&file, &why))?;
        Ok(Self::new(bytes.reveal()))
    }

    /// `hmac-sha256:` and 32 lower-case hexadecimal digits: half of HMAC-SHA-256 over the ID number.
    #[must_use]
    pub fn of(&self, id_number: &str) -> Pseudonym {
        // As it stands on the card: whoever types it may write the last sign small.
        let number = Private::new(id_number.trim().to_ascii_uppercase());
        let tag = hmac::sign(&self.0, number.reveal().as_bytes());
        let half = tag.as_ref().get(..16).unwrap_or_default();
        Pseudonym(format!("hmac-sha256:{}", hex(half)))
    }
}

/// The same, with the file's name; its kind stays.
fn of_file(file: &Path, why: &io::Error) -> io::Error {
    io::Error::new(why.kind(), format!("{}: {why}", file.display()))
}

/// Whole or not at all: half a key would keep the terminal from starting.
fn make(directory: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = directory.join("person.key.new");
    let made = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    made.write_all_at(bytes, 0)?;
    made.sync_all()?;
    std::fs::rename(&new, file)?;
    std::fs::File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_was_handed_over_tells_who_it_was_without_its_key() {
        let (here, there) = (PersonKey::new(&[1; 32]), PersonKey::new(&[2; 32]));
        assert_eq!(here.of("190001196705120015"), here.of("190001196705120015"));
        assert_eq!(here.of("19000119830225005x "), here.of("19000119830225005X"));
        assert_ne!(here.of("190001196705120015"), there.of("190001196705120015"));
        assert_eq!(here.of("").as_str().len(), "hmac-sha256:".len() + 32);
    }
}
