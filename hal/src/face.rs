//! Whether a living face belongs to a resident identity card: what a driver would have to do. Off in this release: no driver, no page, no
//! field of the contract, and a catalogue that names it is refused.
//!
//! The rules that such a driver must keep (人脸识别技术应用安全管理办法; PIPL 26, 28 to 30): never the only way, only after a consent of
//! its own, the picture stays in the device and is gone with the answer, nothing is sent to anybody but the verdict.

use crate::control::Control;
use crate::private::Private;

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Alive, and the person of the portrait.
    Same,
    /// Alive, and somebody else.
    Other,
    /// A picture, a mask, a screen, or too little to tell.
    NotAlive,
}

/// Why there is no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaceError {
    /// No camera, or it may not be opened.
    #[error("the camera is not there")]
    Absent,
    /// Nobody looked into it.
    #[error("nobody was seen")]
    NobodySeen,
    /// Somebody cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// Compares whoever stands before the camera with a portrait, inside the device.
pub trait FaceJudge: Send {
    /// Looks until it can tell. `portrait`: the picture of the chip as [`crate::id::PhotoDecoder`] gives it.
    ///
    /// # Errors
    /// As [`FaceError`] says.
    fn compare(&mut self, portrait: &Private<Vec<u8>>, control: &Control<'_>) -> Result<Verdict, FaceError>;
}
