//! The glass: words and pixels. Knows no devices and no rules.
//!
//! | Room | What stands in it |
//! |---|---|
//! | [`model`] | [`Screen`] (what may be shown, one variant a page) and [`Intent`] (what may be asked): plain data |
//! | [`measure`] | how wide words are, and where their lines end |
//! | [`words`] | all fixed words, one table a language, looked up by key |
//! | [`glass`] | the one-place, latest-wins cell through which another thread shows screens |
//! | `window` | the only folder that names Slint: fills every property of a page, every time |
//! | `headless` | the hall's glass without a display (feature `headless`; the shipping build has none) |
//!
//! Must never: decide anything, keep anything of a screen that is no longer shown, hold literal text in `.slint`.

pub mod glass;
#[cfg(feature = "headless")]
pub mod headless;
pub mod measure;
pub mod model;
mod window;
pub mod words;

pub use glass::{Glass, Tap};
pub use model::{Intent, Lang, Look, Page, Screen, ScreenId};
pub use window::{Backend, OpenError, PanelPx, quit, run, scale_variable};
