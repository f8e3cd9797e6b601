//! Every page on every kind of panel, in every way of seeing: for eyes (`hall pages DIR`) and for the test of the glass.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use kiosk::session::Stage;
use ui::headless::Headless;
use ui::model::{Lang, Look, Shape, Size};
use ui::{PanelPx, Screen};

use crate::sim::{PLACES, Sim};
use crate::specimen::{self, SPECIMENS};
use crate::terminal::child::write_png;

/// The panels of the visual brief.
pub const PANELS: [(Shape, PanelPx); 3] = [
    (Shape::Upright, PanelPx { width: 1080, height: 1920, scale: 1.0 }),
    (Shape::Wide, PanelPx { width: 1920, height: 1080, scale: 1.0 }),
    (Shape::WideLow, PanelPx { width: 1280, height: 800, scale: 1.0 }),
];

/// Which panel.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[allow(missing_docs)]
pub enum PanelName {
    Upright,
    Wide,
    Low,
}

impl PanelName {
    const fn px(self) -> PanelPx {
        let [(_, upright), (_, wide), (_, low)] = PANELS;
        match self {
            Self::Upright => upright,
            Self::Wide => wide,
            Self::Low => low,
        }
    }
}

/// What to draw.
#[derive(Args)]
pub struct Wanted {
    /// Folder for the pictures; made.
    folder: PathBuf,
    /// 1080 x 1920, 1920 x 1080 or 1280 x 800.
    #[arg(long, value_enum, default_value = "upright")]
    panel: PanelName,
    /// In English.
    #[arg(long)]
    english: bool,
    /// Steps of larger text: 0, 1 or 2.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=2))]
    larger: u8,
    /// White on black.
    #[arg(long)]
    contrast: bool,
    /// Buttons within reach of somebody who sits.
    #[arg(long)]
    low_reach: bool,
    /// Only those whose name holds this.
    #[arg(long, default_value = "")]
    only: String,
}

/// Every name that [`screen`] knows: the places of the simulation, then the pages made by hand.
pub fn names() -> impl Iterator<Item = &'static str> {
    PLACES.iter().map(|(place, ..)| *place).chain(SPECIMENS)
}

fn shape_of(panel: PanelPx) -> Shape {
    PANELS.iter().find(|(_, known)| *known == panel).map_or(Shape::Upright, |(shape, _)| *shape)
}

/// The screen of that name on that panel, seen that way.
#[must_use]
pub fn screen(name: &str, panel: PanelPx, look: Look) -> Screen {
    specimen::page(name, look, shape_of(panel)).map_or_else(
        || visited(name, panel, look),
        |page| Screen { name: "specimen", page, ..visited("home", panel, look) },
    )
}

/// The screen of that place of the simulation.
fn visited(place: &str, panel: PanelPx, look: Look) -> Screen {
    let mut sim = Sim::at(place);
    let mut site = (*sim.state.terminal.site).clone();
    (site.panel.width_px, site.panel.height_px) = (panel.width, panel.height);
    sim.state.terminal.site = Arc::new(site);
    match &mut sim.state.stage {
        Stage::Welcome(Some(visit)) => visit.look = look,
        Stage::Serving(serving) => serving.visit.look = look,
        Stage::Gone(gone) => gone.visit.look = look,
        Stage::Farewell(farewell) => farewell.look = look,
        Stage::Evacuation(evacuation) => evacuation.look = look,
        // Nobody is here: Chinese at the standard size, always.
        Stage::Welcome(None) => {}
    }
    sim.screen()
}

/// Draws every place into a folder and names the pictures after it.
///
/// # Errors
/// The folder cannot be written, or there is no glass.
pub fn draw(wanted: &Wanted) -> Result<(), String> {
    let panel = wanted.panel.px();
    let look = Look {
        lang: if wanted.english { Lang::En } else { Lang::Zh },
        size: (0..wanted.larger).fold(Size::Standard, |size, _| size.next(Size::Extra)),
        contrast: wanted.contrast,
        low_reach: wanted.low_reach,
    };
    std::fs::create_dir_all(&wanted.folder).map_err(|error| format!("{}: {error}", wanted.folder.display()))?;
    let (mut headless, glass) = Headless::open(panel, || {}, |_| {}).map_err(|error| error.to_string())?;
    for (n, place) in names().enumerate().filter(|(_, name)| name.contains(&wanted.only)) {
        glass.show(screen(place, panel, look));
        headless.pump();
        let name = format!("{n:02}-{}.png", place.replace([':', ',', ' '], "-"));
        println!("{}", write_png(&wanted.folder.join(Path::new(&name)), &headless.frame())?);
    }
    Ok(())
}
