//! How the values of a result are set, on the glass and on paper alike. Pure.

use contract::format::fen_to_text;
use contract::message::{Cell, CellKind};
use contract::problem::Route;
use ui::words::Words;

/// Where to go on: window, hours, materials, in one paragraph.
pub(crate) fn route(route: &Route, words: &Words) -> String {
    let materials = route.materials.join(words.get("notice.list_separator"));
    words.fill("notice.route", &[("window", &route.window), ("hours", &route.hours), ("materials", &materials)])
}

/// A value of a result, as it is shown and printed.
pub(crate) fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Fen(fen) => fen_to_text(*fen),
        Cell::Months(months) => months.to_string(),
        Cell::Period(period) => period.dashed(),
        Cell::None => String::new(),
    }
}

/// How wide a column is on paper, in parts: money needs most.
pub(crate) const fn parts(kind: CellKind) -> u8 {
    match kind {
        CellKind::Period => 3,
        CellKind::Fen | CellKind::Text => 4,
        CellKind::Months => 2,
    }
}

/// Whether a column stands at the right.
pub(crate) const fn is_right(kind: CellKind) -> bool {
    matches!(kind, CellKind::Fen | CellKind::Months)
}
