//! The hall's glass: the same window without a display, touched and photographed from the thread that owns it.
//!
//! Only with feature `headless`; the shipping build has no such door.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, PointerEventButton, WindowAdapter, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, PhysicalSize, Rgb8Pixel};

use crate::glass::{Glass, Tap};
use crate::model::Screen;
use crate::window::{Pane, PanelPx};

/// Why a tap found nothing to tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TapError {
    /// No button has this label.
    #[error("no button with this label")]
    NoSuchLabel,
    /// It is greyed.
    #[error("the button is greyed")]
    Disabled,
    /// It lies beyond the edge of the screen.
    #[error("the button is not wholly on the screen")]
    Outside,
}

/// Something on the screen that can be found.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Whether it can be tapped.
    pub button: bool,
    /// Whether it is not greyed.
    pub enabled: bool,
    /// Label or text.
    pub label: String,
    /// Left, top, width, height in logical pixels.
    pub place: [f32; 4],
}

/// A picture of the screen.
pub struct Frame {
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
    /// Three bytes a pixel, row after row.
    pub rgb: Vec<u8>,
}

/// The window and its thread's doings.
pub struct Headless {
    adapter: Rc<MinimalSoftwareWindow>,
    pane: Pane,
    glass: Glass,
    shown: Option<Screen>,
    buffer: Vec<Rgb8Pixel>,
    panel: PanelPx,
}

struct Desk {
    adapter: Rc<MinimalSoftwareWindow>,
    started: Instant,
}

impl Platform for Desk {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, slint::PlatformError> {
        Ok(self.adapter.clone())
    }

    fn duration_since_start(&self) -> std::time::Duration {
        self.started.elapsed()
    }
}

thread_local! {
    /// The platform can be set once a process; windows opened later share its adapter.
    static ADAPTER: RefCell<Option<Rc<MinimalSoftwareWindow>>> = const { RefCell::new(None) };
}

impl Headless {
    /// Opens the window on this thread. `wake` is called from another thread when a screen waits for [`Headless::pump`].
    ///
    /// # Errors
    /// Where this process already has another platform.
    pub fn open(
        panel: PanelPx,
        wake: impl Fn() + Send + Sync + 'static,
        tap: impl Fn(Tap) + 'static,
    ) -> Result<(Self, Glass), slint::PlatformError> {
        let adapter = adapter()?;
        let pane = Pane::new(tap)?;
        pane.window.show()?;
        let window = pane.window.window();
        window.dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor: panel.scale });
        adapter.set_size(PhysicalSize::new(panel.width, panel.height));
        let glass = Glass::new(wake);
        let buffer = vec![Rgb8Pixel::default(); panel.width as usize * panel.height as usize];
        Ok((Self { adapter, pane, glass: glass.clone(), shown: None, buffer, panel }, glass))
    }

    /// Takes the newest screen onto the glass; returns it where there was one.
    pub fn pump(&mut self) -> Option<&Screen> {
        slint::platform::update_timers_and_animations();
        let screen = self.glass.take()?;
        self.pane.fill(&screen);
        self.shown = Some(screen);
        self.shown.as_ref()
    }

    /// The screen now on the glass.
    #[must_use]
    pub const fn shown(&self) -> Option<&Screen> {
        self.shown.as_ref()
    }

    /// Draws what has changed; returns whether anything had.
    pub fn draw(&mut self) -> bool {
        slint::platform::update_timers_and_animations();
        let width = self.panel.width as usize;
        let buffer = &mut self.buffer;
        self.adapter.draw_if_needed(|renderer| {
            renderer.render(buffer, width);
        })
    }

    /// A picture of the screen as it is now.
    pub fn frame(&mut self) -> Frame {
        self.draw();
        let rgb = self.buffer.iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
        Frame { width_px: self.panel.width, height_px: self.panel.height, rgb }
    }

    /// Everything that has a label, as a screen reader would find it.
    #[must_use]
    pub fn elements(&self) -> Vec<Element> {
        let handles = ElementQuery::from_root(&self.pane.window).match_descendants().find_all();
        let mut found = Vec::with_capacity(handles.len());
        for element in handles.iter().filter_map(element) {
            // What a component inherits is told once for each of its ancestors.
            if !found.contains(&element) {
                found.push(element);
            }
        }
        found
    }

    /// Presses and releases a finger in the middle of the button with this label.
    ///
    /// # Errors
    /// As [`TapError`] says; nothing was touched then.
    pub fn tap(&mut self, label: &str) -> Result<(), TapError> {
        let found = self.elements();
        let mut named = found.iter().filter(|element| element.button && element.label == label).peekable();
        named.peek().ok_or(TapError::NoSuchLabel)?;
        let button = named.find(|element| element.enabled).ok_or(TapError::Disabled)?;
        let [x, y, width, height] = button.place;
        let inside = x >= 0.0
            && y >= 0.0
            && width > 0.0
            && x + width <= self.panel.width as f32 / self.panel.scale + 0.5
            && y + height <= self.panel.height as f32 / self.panel.scale + 0.5;
        if !inside {
            return Err(TapError::Outside);
        }
        self.touch(LogicalPosition::new(x + width / 2.0, y + height / 2.0));
        Ok(())
    }

    /// Puts a finger down and up at one place.
    pub fn touch(&mut self, position: LogicalPosition) {
        let button = PointerEventButton::Left;
        for event in [
            WindowEvent::PointerPressed { position, button },
            WindowEvent::PointerReleased { position, button },
            WindowEvent::PointerExited,
        ] {
            self.pane.window.window().dispatch_event(event);
        }
    }

    /// Puts a finger down on the button with this label and leaves it there until [`Headless::release`]; for benches.
    ///
    /// # Errors
    /// [`TapError::NoSuchLabel`].
    pub fn press(&mut self, label: &str) -> Result<(), TapError> {
        let found = self.elements();
        let button =
            found.iter().find(|element| element.button && element.label == label).ok_or(TapError::NoSuchLabel)?;
        let [x, y, width, height] = button.place;
        let position = LogicalPosition::new(x + width / 2.0, y + height / 2.0);
        self.pane
            .window
            .window()
            .dispatch_event(WindowEvent::PointerPressed { position, button: PointerEventButton::Left });
        Ok(())
    }

    /// Takes the finger away beside every button, so that nothing is tapped.
    pub fn release(&mut self) {
        self.pane.window.window().dispatch_event(WindowEvent::PointerExited);
    }
}

fn adapter() -> Result<Rc<MinimalSoftwareWindow>, slint::PlatformError> {
    ADAPTER.with(|cell| {
        if let Some(adapter) = cell.borrow().as_ref() {
            return Ok(adapter.clone());
        }
        let adapter = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        let desk = Desk { adapter: adapter.clone(), started: Instant::now() };
        slint::platform::set_platform(Box::new(desk))
            .map_err(|_| slint::PlatformError::from("this process already has a platform"))?;
        *cell.borrow_mut() = Some(adapter.clone());
        Ok(adapter)
    })
}

fn element(handle: &ElementHandle) -> Option<Element> {
    let label = handle.accessible_label()?;
    let (at, size) = (handle.absolute_position(), handle.size());
    Some(Element {
        button: handle.accessible_role() == Some(AccessibleRole::Button),
        enabled: handle.accessible_enabled().unwrap_or(true),
        label: label.to_string(),
        place: [at.x, at.y, size.width, size.height],
    })
}
