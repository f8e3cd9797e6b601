//! How the columns of a table share the width of the glass, for `step` and `view` alike: `step` must know how many rows a page holds. Pure.
//!
//! A column is as wide as what stands in it. Where a row has no room for all, its texts are broken into lines and rows are higher; amounts,
//! months, dates and numbers never are.

use contract::message::{CellKind, Table};
use contract::site::Panel;
use ui::measure;
use ui::model::{Look, Shape, Size};

use crate::cells;
use crate::session::{rows_a_page, shape};

/// Between two columns, and a little more than the glass leaves there.
const APART_EMS: f32 = 0.7;

/// A heading is smaller than what stands below it (ui/slint/widgets/rows.slint).
const HEADING: f32 = 0.85;

/// Lines in which a text may stand.
const LINES_MAX: usize = 3;

/// A step by which columns give way to each other.
const STEP_EMS: f32 = 0.25;

/// What is no longer than this is not broken: four signs, or a date of ten.
const SHORT_EMS: f32 = 4.0;
const SHORT_WORD: usize = 10;

/// Columns, and how high rows are with them.
pub(crate) struct Columns {
    ems: Vec<f32>,
    /// Lines in a row.
    pub lines: usize,
    /// Whether some row has a mark.
    pub marked: bool,
}

impl Columns {
    /// For this table on this panel, for this visitor's eyes.
    pub(crate) fn of(table: &Table, look: Look, panel: &Panel) -> Self {
        // On a card the first cell is its heading, and no column.
        let first = usize::from(look.size != Size::Standard);
        let marked = table.rows.iter().any(|row| !row.mark.is_empty());
        let room = room(marked, look, panel);
        let narrow = |ems: &[f32]| ems.iter().skip(first).map(|ems| ems + APART_EMS).sum::<f32>() > room + APART_EMS;
        let mut columns = Self { ems: (0..table.columns.len()).map(|n| natural(table, n)).collect(), lines: 1, marked };
        while narrow(&columns.ems) && columns.lines < LINES_MAX {
            columns.lines += 1;
            while narrow(&columns.ems) && columns.give_way(table, first) {}
        }
        columns
    }

    /// Makes the widest column narrower that can still be broken into so many lines; whether there was one.
    fn give_way(&mut self, table: &Table, first: usize) -> bool {
        let width = |n: usize| self.ems.get(n).copied().unwrap_or(0.0);
        let can = |n: &usize| breaks(table, *n, width(*n) - STEP_EMS, self.lines);
        let widest = (first..self.ems.len()).filter(can).max_by(|a, b| width(*a).total_cmp(&width(*b)));
        match widest.and_then(|n| self.ems.get_mut(n)) {
            Some(ems) => *ems -= STEP_EMS,
            None => return false,
        }
        true
    }

    /// Rows on one page.
    pub(crate) fn rows_a_page(&self, look: Look, panel: &Panel) -> usize {
        // A row is 18 px high, and 46 a line; a card grows by less with each.
        (rows_a_page(look.size, shape(panel)) * 64 / (18 + 46 * self.lines)).max(1)
    }

    /// The width of column `n`, in hundredths of an em.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a column is some tens of ems")]
    pub(crate) fn parts(&self, n: usize) -> u16 {
        self.ems.get(n).map_or(0, |ems| ((ems + APART_EMS) * 100.0) as u16)
    }
}

fn width(text: &str) -> f32 {
    text.chars().map(measure::ems).sum()
}

fn texts(table: &Table, n: usize) -> impl Iterator<Item = String> {
    table.rows.iter().filter_map(move |row| row.cells.get(n)).map(cells::text)
}

/// The width at which nothing in column `n` is broken.
fn natural(table: &Table, n: usize) -> f32 {
    let heading = table.columns.get(n).map_or(0.0, |column| width(&column.label) * HEADING);
    texts(table, n).map(|text| width(&text)).fold(heading, f32::max)
}

/// Whether column `n` may be as narrow as this.
fn breaks(table: &Table, n: usize, ems: f32, lines: usize) -> bool {
    let Some(column) = table.columns.get(n).filter(|column| column.kind == CellKind::Text) else { return false };
    let word = |word: &str| word.is_ascii() && word.len() <= SHORT_WORD && width(word) > ems;
    let fits = |text: String| !text.split_whitespace().any(word) && measure::lines(&text, ems + 1.0).len() <= lines;
    ems >= SHORT_EMS.max(width(&column.label) * HEADING) && texts(table, n).all(fits)
}

/// What a row leaves to its columns (ui/slint/widgets/rows.slint, pages/table.slint), in ems of its type.
#[expect(clippy::cast_possible_truncation, reason = "a panel is some thousand pixels")]
fn room(marked: bool, look: Look, panel: &Panel) -> f32 {
    let (width, _) = panel.logical();
    // Margins, rail, what stands beside the rows, paddings.
    let beside = match shape(panel) {
        Shape::Upright => 96.0 + 48.0,
        Shape::Wide => 320.0 + 96.0 + 400.0 + 48.0 + 48.0,
        Shape::WideLow => 236.0 + 48.0 + 48.0,
    };
    let (mark, px) = match look.size {
        Size::Standard => (if marked { 130.0 } else { 0.0 }, 36.0),
        Size::Large => (0.0, 32.0 * 1.3),
        Size::Extra => (0.0, 32.0 * 1.6),
    };
    ((width - beside - mark) / px) as f32
}

#[cfg(test)]
mod tests {
    use contract::message::{Cell, Column, Row};
    use ui::Lang;

    use super::*;

    fn table(cells: &[&str]) -> Table {
        let column = |_: &&str| Column { label: "项目".to_owned(), kind: CellKind::Text };
        let row = Row { cells: cells.iter().map(|text| Cell::Text((*text).to_owned())).collect(), mark: String::new() };
        Table {
            scope: String::new(),
            figures: Vec::new(),
            columns: cells.iter().map(column).collect(),
            rows: vec![row],
            as_of: String::new(),
        }
    }

    #[test]
    fn a_text_runs_into_the_next_column() {
        let panel = Panel::default();
        let look = Look { lang: Lang::Zh, ..Look::default() };
        let short = Columns::of(&table(&["养老保险", "参保缴费"]), look, &panel);
        assert_eq!((short.lines, short.rows_a_page(look, &panel)), (1, 12));
        let cells = ["城镇职工基本养老保险", "参保缴费", "2001-11", "2001-11", "示范区恒远机械有限公司"];
        let long = Columns::of(&table(&cells), look, &panel);
        assert_eq!((long.lines, long.rows_a_page(look, &panel)), (2, 6));
        for (text, ems) in cells.iter().zip(&long.ems) {
            assert!(measure::lines(text, ems + 1.0).len() <= 2, "{text} does not fit its column");
            assert!(!text.is_ascii() || *ems >= width(text), "{text} is broken");
        }
        let all: f32 = long.ems.iter().map(|ems| ems + APART_EMS).sum();
        assert!(all <= (1080.0 - 96.0 - 48.0) / 36.0 + APART_EMS, "the columns are wider than the row: {all}");
    }
}
