//! How another thread reaches the glass: the newest screen wins, and there is one wake-up.
//!
//! The glass never queues screens: a person can only see the latest. Taps go the other way through whatever the
//! opener passed in; this crate does not know what receives them.

use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Intent, Screen, ScreenId};

/// A tap: what it asked for and on which screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tap {
    /// The screen that was shown when the finger went down.
    pub screen: ScreenId,
    /// What it asked for.
    pub intent: Intent,
}

type Wake = Arc<dyn Fn() + Send + Sync>;

/// The handle with which `app` shows screens. Cheap to clone.
#[derive(Clone)]
pub struct Glass {
    newest: Arc<Mutex<Option<Screen>>>,
    wake: Wake,
}

impl Glass {
    /// A handle whose `wake` makes the glass's own thread call [`Glass::take`] soon. `wake` must not block.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { newest: Arc::default(), wake: Arc::new(wake) }
    }

    /// Shows `screen` instead of whatever was shown or waiting.
    pub fn show(&self, screen: Screen) {
        let was_empty = self.lock().replace(screen).is_none();
        if was_empty {
            (self.wake)();
        }
    }

    /// The newest screen not yet drawn. For the glass's own thread.
    #[must_use]
    pub fn take(&self) -> Option<Screen> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Screen>> {
        // A panic elsewhere cannot leave half a screen: the cell is replaced whole.
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
