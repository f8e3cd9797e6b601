//! Lights that the kernel knows as LEDs (`/sys/class/leds/NAME/brightness`). The folder is configurable, so that a test and
//! a board with its own driver look alike.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use super::{Lamp, LightError};

/// Which LED shines where.
pub struct LedLights {
    /// Folder of the LED class.
    directory: PathBuf,
    names: Vec<(Lamp, String)>,
}

impl LedLights {
    /// Lights below `directory`, usually `/sys/class/leds`.
    #[must_use]
    pub const fn new(directory: PathBuf, names: Vec<(Lamp, String)>) -> Self {
        Self { directory, names }
    }

    /// Switches a light; `false` where none is there for this place.
    ///
    /// # Errors
    /// As [`LightError`] says.
    pub fn light(&self, lamp: Lamp, on: bool) -> Result<bool, LightError> {
        let Some((_, name)) = self.names.iter().find(|(at, _)| *at == lamp) else { return Ok(false) };
        let file = self.directory.join(name).join("brightness");
        // Never created: a light whose file is missing must be told, not be a plain file.
        let open = OpenOptions::new().write(true).open(file);
        // Any value above nothing is as bright as an LED that only switches can be.
        open.and_then(|mut file| file.write_all(if on { b"255\n" } else { b"0\n" })).map(|()| true).map_err(|error| {
            match error.kind() {
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => LightError::NotPermitted,
                _ => LightError::Absent,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_has_no_file() {
        let lights = LedLights::new(PathBuf::from("/nonexistent"), vec![(Lamp::Card, "card".to_owned())]);
        assert_eq!(lights.light(Lamp::Card, true), Err(LightError::Absent));
        assert_eq!(lights.light(Lamp::Page, true), Ok(false), "nothing is wired there");
    }

    #[test]
    fn light_may_not_be_written() {
        // The kernel lets nobody write there, not even root.
        let lights = LedLights::new(PathBuf::from("/proc/self/fdinfo/.."), vec![(Lamp::Card, "net".to_owned())]);
        assert!(lights.light(Lamp::Card, true).is_err());
    }
}
