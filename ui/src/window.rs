//! The window: opened on a desk or on the bare screen, filled from a [`Screen`]. This folder and `headless` are the only
//! places that name Slint.

mod field;
mod fill;
mod generated;
mod qr;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use slint::ComponentHandle;

pub(crate) use generated::KioskWindow;

use crate::glass::{Glass, Tap};
use crate::model::{Intent, Screen, ScreenId};

/// How the screen is reached; both are compiled in, chosen at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A window on a desk.
    Winit,
    /// The bare screen, through DRM and libinput.
    LinuxKms,
}

/// The panel: its own pixels, and how many of them make one logical pixel of 0.248 mm, in which pages are measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelPx {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Panel pixels a logical pixel.
    pub scale: f32,
}

/// Where both backends read the scale, once, when the window is made; a display's own idea of it is often wrong.
const SCALE_VARIABLE: &str = "SLINT_SCALE_FACTOR";

/// The environment variable a program must be started with to draw at the panel's scale; `None` where it already was.
#[must_use]
pub fn scale_variable(panel: PanelPx) -> Option<(&'static str, String)> {
    let wanted = panel.scale.to_string();
    (std::env::var(SCALE_VARIABLE).ok().as_deref() != Some(&wanted)).then_some((SCALE_VARIABLE, wanted))
}

/// Why no screen can be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The backend refused: no display, no seat, no permission.
    #[error("{0}")]
    Backend(#[from] slint::PlatformError),
}

/// Opens the screen on the calling thread, hands out a [`Glass`] and runs until the window closes or [`quit`].
///
/// # Errors
/// [`OpenError`] where the backend does not start.
pub fn run(
    backend: Backend,
    panel: PanelPx,
    on_open: impl FnOnce(Glass),
    tap: impl Fn(Tap) + 'static,
) -> Result<(), OpenError> {
    let name = match backend {
        Backend::Winit => "winit",
        Backend::LinuxKms => "linuxkms",
    };
    slint::BackendSelector::new().backend_name(name.to_owned()).renderer_name("software".to_owned()).select()?;
    let pane = Rc::new(Pane::new(tap)?);
    if backend == Backend::Winit {
        pane.window.window().set_size(slint::PhysicalSize::new(panel.width, panel.height));
    }
    let shown = pane.clone();
    PANE.with(|cell| *cell.borrow_mut() = Some(shown));
    let glass = Glass::new(|| {
        // Fails only while the event loop ends; then nobody looks any more.
        let _ending = slint::invoke_from_event_loop(|| {
            PANE.with(|cell| cell.borrow().as_ref().map(|pane| pane.refresh())).unwrap_or(())
        });
    });
    *pane.glass.borrow_mut() = Some(glass.clone());
    on_open(glass);
    pane.window.run()?;
    PANE.with(|cell| cell.borrow_mut().take());
    Ok(())
}

/// Ends [`run`]; may be called from any thread.
pub fn quit() {
    // Fails only where no loop runs, which is what was wanted.
    let _no_loop = slint::quit_event_loop();
}

thread_local! {
    /// The one window of this thread, for wake-ups that come from elsewhere and may carry nothing.
    static PANE: RefCell<Option<Rc<Pane>>> = const { RefCell::new(None) };
}

/// The window and what its taps mean at this moment.
pub(crate) struct Pane {
    pub(crate) window: KioskWindow,
    glass: RefCell<Option<Glass>>,
    meaning: Rc<Meaning>,
}

/// Which screen is shown and what each of its tap numbers asks for.
#[derive(Default)]
struct Meaning {
    screen: Cell<ScreenId>,
    intents: RefCell<Vec<Intent>>,
}

impl Pane {
    pub(crate) fn new(tap: impl Fn(Tap) + 'static) -> Result<Self, slint::PlatformError> {
        let window = KioskWindow::new()?;
        let meaning = Rc::<Meaning>::default();
        let meant = meaning.clone();
        let bridge = window.global::<generated::Bridge>();
        bridge.on_lines(|text, preedit, ems, most| fill::lines(&text, &preedit, ems, most));
        bridge.on_tap(move |number| {
            let intent = usize::try_from(number).ok().and_then(|number| meant.intents.borrow().get(number).copied());
            if let Some(intent) = intent {
                tap(Tap { screen: meant.screen.get(), intent });
            }
        });
        Ok(Self { window, glass: RefCell::default(), meaning })
    }

    fn refresh(&self) {
        if let Some(screen) = self.glass.borrow().as_ref().and_then(Glass::take) {
            self.fill(&screen);
        }
    }

    /// Shows `screen`: sets every property, so that nothing of the screen before remains.
    pub(crate) fn fill(&self, screen: &Screen) {
        let intents = fill::fill(&self.window, screen);
        self.meaning.screen.set(screen.id);
        *self.meaning.intents.borrow_mut() = intents;
    }
}
