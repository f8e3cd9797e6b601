//! Opens what terminals have sealed, with `age`: a program that is not ours, so that a terminal that seals wrongly is found out at once. Must
//! never be asked by a terminal: what was opened stays here.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use contract::message::content_digest;

/// How terminals seal; see the contract's parcels.
pub const ALGORITHM: &str = "age-v1-x25519";

/// Its file names in the folder of certificates.
const KEY: &str = "seal.key";
const PUBLIC: &str = "seal.pub";

/// Why something was not opened, or there is no key.
#[derive(Debug, thiserror::Error)]
pub enum OpenerError {
    /// `age` or `age-keygen` is not installed, or a file cannot be read or written.
    #[error("{0}: {1}")]
    File(String, #[source] std::io::Error),
    /// Not sealed to this agency, or changed on its way.
    #[error("not sealed to this agency, or changed on its way")]
    Sealed,
}

/// The agency's private key.
#[derive(Clone, Debug)]
pub struct Opener(PathBuf);

impl Opener {
    /// The key in `certs`.
    #[must_use]
    pub fn of(certs: &Path) -> Self {
        Self(certs.join(KEY))
    }

    /// What was sealed.
    ///
    /// # Errors
    /// See [`OpenerError`].
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, OpenerError> {
        let failed = |error| OpenerError::File("age".to_owned(), error);
        let mut child = Command::new("age")
            .args(["--decrypt", "--identity"])
            .arg(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        // A parcel is smaller than a pipe; age may give up before it has read all of it.
        let _gave_up = child.stdin.take().map(|mut stdin| stdin.write_all(sealed));
        let output = child.wait_with_output().map_err(failed)?;
        if output.status.success() { Ok(output.stdout) } else { Err(OpenerError::Sealed) }
    }

    /// What is opened here, as parcels name it: the digest of each public key. During a change the file may hold the old key below the new
    /// one. Asked anew each time, as for opening: a key is changed under a server that runs.
    ///
    /// # Errors
    /// [`OpenerError::File`].
    pub fn recipients(&self) -> Result<Vec<String>, OpenerError> {
        let keys = public_half(&self.0)?;
        Ok(keys.lines().map(|key| content_digest(key.trim().as_bytes())).collect())
    }
}

/// A line a key: `age1...`.
fn public_half(key: &Path) -> Result<String, OpenerError> {
    let failed = |error| OpenerError::File("age-keygen".to_owned(), error);
    let told = Command::new("age-keygen").arg("-y").arg(key).output().map_err(failed)?;
    match String::from_utf8(told.stdout) {
        Ok(keys) if told.status.success() => Ok(keys),
        _ => Err(failed(std::io::Error::other("gives no key"))),
    }
}

/// Makes the key and its public half where there is none.
///
/// # Errors
/// [`OpenerError::File`].
pub fn make(certs: &Path) -> Result<(), OpenerError> {
    let (key, public) = (certs.join(KEY), certs.join(PUBLIC));
    if key.exists() && public.exists() {
        return Ok(());
    }
    let failed = |error| OpenerError::File("age-keygen".to_owned(), error);
    let _half_made = std::fs::remove_file(&key);
    let made = Command::new("age-keygen").arg("--output").arg(&key).stderr(Stdio::null()).status().map_err(failed)?;
    if !made.success() {
        return Err(failed(std::io::Error::other("gives no key")));
    }
    std::fs::write(&public, public_half(&key)?).map_err(|error| OpenerError::File(public.display().to_string(), error))
}

/// What terminals seal to: `age1...`.
///
/// # Errors
/// [`OpenerError::File`].
pub fn public(certs: &Path) -> Result<String, OpenerError> {
    let file = certs.join(PUBLIC);
    let text = std::fs::read_to_string(&file).map_err(|error| OpenerError::File(file.display().to_string(), error))?;
    Ok(text.trim().to_owned())
}
