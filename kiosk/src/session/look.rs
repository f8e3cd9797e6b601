//! How things look: the bar's size, language and display, the overlay, and how many rows a page holds on this panel.

use contract::site::Panel;
use ui::model::{Shape, Size};
use ui::{Intent, Look};

use super::context::Context;
use super::visit::{Over, Visit};

/// Under this height in logical pixels a lying panel has room for fewer rows and no text of 1.6 times.
const LOW_PX: f64 = 900.0;

/// How the panel stands.
pub(crate) fn shape(panel: &Panel) -> Shape {
    match panel.logical() {
        (width, height) if width <= height => Shape::Upright,
        (_, height) if height < LOW_PX => Shape::WideLow,
        _ => Shape::Wide,
    }
}

/// Rows on one page: larger text makes cards of rows, and fewer fit.
pub(crate) const fn rows_a_page(size: Size, shape: Shape) -> usize {
    match (shape, size) {
        (Shape::Upright, Size::Standard) => 12,
        (Shape::Wide, Size::Standard) => 10,
        (Shape::Upright, Size::Large) => 6,
        (Shape::Upright, Size::Extra) | (Shape::Wide, Size::Large) => 5,
        (Shape::Wide, Size::Extra) | (Shape::WideLow, Size::Standard) => 4,
        (Shape::WideLow, _) => 2,
    }
}

/// Tiles on one page of home, beside a way back and the pages. In low reach they share 767 px with these.
#[must_use]
pub const fn tiles_a_page(look: Look, shape: Shape) -> usize {
    match (shape, look.size, look.low_reach) {
        (Shape::Upright | Shape::Wide, Size::Standard, false) | (Shape::Wide, Size::Standard, true) => 6,
        (Shape::Upright, Size::Large, false)
        | (Shape::Upright, Size::Standard, true)
        | (Shape::Wide, Size::Large | Size::Extra, _)
        | (Shape::WideLow, Size::Standard, _) => 4,
        (Shape::Upright, Size::Extra, false) | (Shape::Upright, Size::Large, true) => 3,
        (Shape::Upright, Size::Extra, true) | (Shape::WideLow, _, _) => 2,
    }
}

/// Tiles on one page of the first page of home: where all of them fit, there is no way back and there are no pages, and two more find room.
#[must_use]
pub(crate) const fn first_tiles_a_page(look: Look, shape: Shape, count: usize) -> usize {
    let roomy = matches!(shape, Shape::Upright | Shape::Wide) && matches!(look.size, Size::Standard) && !look.low_reach;
    if roomy && count <= 8 { 8 } else { tiles_a_page(look, shape) }
}

/// Pairs on one page of a summary, above three lines of what one agrees to. In low reach their buttons must not be high.
#[must_use]
pub const fn summary_rows_a_page(look: Look, shape: Shape) -> usize {
    match (shape, look.size, look.low_reach) {
        (Shape::Upright, Size::Standard, false) => 8,
        (Shape::Upright, Size::Standard, true)
        | (Shape::Upright, Size::Large, false)
        | (Shape::Wide, Size::Standard, _) => 5,
        (Shape::Wide, Size::Large, _) => 4,
        (Shape::Upright, Size::Large, true)
        | (Shape::Upright, Size::Extra, false)
        | (Shape::Wide, Size::Extra, _)
        | (Shape::WideLow, Size::Standard, _) => 3,
        (Shape::Upright, Size::Extra, true) | (Shape::WideLow, _, _) => 2,
    }
}

/// First entry of the page that entry `first` is on. After a change of size an entry may lie in the middle of a page; the page is shown, and
/// everything that is tapped counts from its start.
pub(crate) const fn page_start(first: usize, a_page: usize) -> usize {
    first - first % if a_page == 0 { 1 } else { a_page }
}

/// The page before or after the one shown, by its first entry; `None` where there is none, or the intent turns no pages.
pub(crate) fn turned(first: usize, count: usize, a_page: usize, intent: Intent) -> Option<usize> {
    let start = page_start(first, a_page);
    match intent {
        Intent::NextPage => Some(start + a_page).filter(|next| *next < count),
        Intent::PreviousPage => start.checked_sub(a_page),
        _ => None,
    }
}

/// The bar and the overlays' own buttons; false where the intent is not theirs.
pub(super) fn bar(visit: &mut Visit, intent: Intent, cx: &Context<'_>) -> bool {
    let shape = shape(&cx.terminal.site.panel);
    let over = match (intent, visit.over) {
        (Intent::Help, None | Some(Over::Display)) => Some(Over::Help),
        (Intent::Display, None) => Some(Over::Display),
        (Intent::Display, Some(Over::Display)) | (Intent::MoreTime, Some(_)) => None,
        (_, over @ (None | Some(Over::Display))) if change(&mut visit.look, intent, shape, over.is_some()) => over,
        _ => return false,
    };
    visit.over = over;
    visit.touched_ms = cx.now.elapsed_ms;
    true
}

/// Changes a look; false where the intent asks for something else. `display`: the display page is open.
pub(super) const fn change(look: &mut Look, intent: Intent, shape: Shape, display: bool) -> bool {
    match intent {
        Intent::Larger => look.size = look.size.next(shape.largest()),
        Intent::Language => look.lang = other_language(*look),
        Intent::Contrast if display => look.contrast = !look.contrast,
        Intent::LowReach if display && matches!(shape, Shape::Upright) => look.low_reach = !look.low_reach,
        _ => return false,
    }
    true
}

const fn other_language(look: Look) -> ui::Lang {
    match look.lang {
        ui::Lang::Zh => ui::Lang::En,
        ui::Lang::En => ui::Lang::Zh,
    }
}
