//! What stands where on every document: head, facts, one table, notes, and on each sheet the foot with code and QR, so that a sheet can be
//! checked by itself. All numbers are points on A4. Must never leave a row out: what does not fit goes on to the next sheet.

use std::ops::Range;

use super::sheet::{Grey, HEIGHT, Qr, Sheet, WIDTH};
use super::{Face, Stamp};
use crate::papers::{AGENCY, Fact, Head, Paper};

/// Margins of 18 mm: office printers reach them all.
const LEFT: f32 = 51.0;
const RIGHT: f32 = WIDTH - LEFT;
const ACROSS: f32 = RIGHT - LEFT;

const BLACK: Grey = 0;
const SOFT: Grey = 95;
const LINE: Grey = 190;
const PALE: Grey = 240;

const HAIR: f32 = 0.4;
const FIRM: f32 = 0.9;

/// Facts stand in two columns; what is wider takes a line.
const LABEL: f32 = 86.0;
const FACT_SIZE: f32 = 10.0;
const HALF: f32 = ACROSS / 2.0;
const HALF_ROOM: f32 = HALF - LABEL - 8.0;
const FACT_ROW: f32 = 19.0;

const ROW: f32 = 13.6;
const CELL_SIZE: f32 = 8.6;
/// From a row's baseline to the line below it.
const BELOW: f32 = 4.4;
/// Between columns.
const GAP: f32 = 6.0;

const NOTE_ROW: f32 = 12.5;

/// The lowest line of a sheet's own part; the foot stands below.
const BODY_END: f32 = 704.0;
/// A signed text of some 270 characters is 65 modules: 0.46 mm each, which hand scanners and phones read.
const QR_SIDE: f32 = 86.0;
const FOOT: f32 = HEIGHT - 38.0 - QR_SIDE;

/// The last sheet carries at least so many rows, lest it hold notes alone.
const KEPT_ROWS: usize = 6;

/// A document, cut into sheets.
pub struct Layout<'a> {
    paper: &'a Paper,
    stamp: &'a Stamp,
    qr: &'a Qr,
    /// Each line holds one wide fact or one or two narrow ones.
    facts: Vec<Vec<&'a Fact>>,
    notes: Vec<String>,
    /// Which rows stand on which sheet.
    sheets: Vec<Range<usize>>,
}

impl<'a> Layout<'a> {
    pub fn of(face: &Face, paper: &'a Paper, stamp: &'a Stamp, qr: &'a Qr) -> Self {
        let facts = lines(face, &paper.facts);
        let notes = notes(paper, stamp);
        let mut layout = Self { paper, stamp, qr, facts, notes, sheets: Vec::new() };
        let room = |top: f32| rows_in(BODY_END - top);
        let totals = f32::from(u8::from(!paper.table.totals.is_empty()));
        let tail = (layout.notes.len() as f32 + 1.6) * NOTE_ROW / ROW + totals;
        // At most a page of notes: exact as an integer.
        let tail = tail.ceil() as usize;
        layout.sheets = cut(paper.table.rows.len(), room(layout.first_row(true)), room(layout.first_row(false)), tail);
        layout
    }

    /// How many sheets it takes.
    pub fn sheets(&self) -> usize {
        self.sheets.len()
    }

    /// Draws the sheet in this place; nothing where there is none.
    pub fn draw(&self, sheet: &mut Sheet<'_, '_>, place: usize) {
        let Some(rows) = self.sheets.get(place).cloned() else { return };
        let (first, last) = (place == 0, place + 1 == self.sheets.len());
        sheet.across(170.0, PALE, "样张");
        self.head(sheet, first);
        if first {
            self.facts(sheet);
        }
        let mut y = self.table(sheet, self.first_row(first), rows);
        if last {
            y = self.totals(sheet, y);
            self.notes(sheet, y + NOTE_ROW);
        }
        self.foot(sheet, place);
    }

    fn facts_top(&self) -> f32 {
        if self.paper.subtitle.is_empty() { 126.0 } else { 142.0 }
    }

    /// Baseline of the first row of the table.
    fn first_row(&self, first: bool) -> f32 {
        let table = if first { self.facts_top() + self.facts.len() as f32 * FACT_ROW + 8.0 } else { 92.0 };
        table + 22.0 + ROW
    }

    fn head(&self, sheet: &mut Sheet<'_, '_>, first: bool) {
        sheet.left(LEFT, 50.0, 9.0, SOFT, AGENCY);
        sheet.right(RIGHT, 50.0, 9.0, SOFT, &format!("编号 {}", self.stamp.number));
        sheet.rule(LEFT, 58.0, ACROSS, HAIR, LINE);
        if first {
            sheet.centre(WIDTH / 2.0, 94.0, 21.0, BLACK, self.paper.title);
            sheet.centre(WIDTH / 2.0, 112.0, 10.0, SOFT, &self.paper.subtitle);
        } else {
            sheet.centre(WIDTH / 2.0, 77.0, 11.0, SOFT, &format!("{}（续）", self.paper.title));
        }
    }

    fn facts(&self, sheet: &mut Sheet<'_, '_>) {
        let mut y = self.facts_top();
        sheet.rule(LEFT, y - 13.5, ACROSS, FIRM, BLACK);
        for line in &self.facts {
            let room = if line.len() == 1 { ACROSS - LABEL } else { HALF_ROOM };
            for (fact, x) in line.iter().zip([LEFT, LEFT + HALF]) {
                sheet.left(x, y, 9.0, SOFT, fact.label);
                sheet.fitted(x + LABEL, y, FACT_SIZE, room, &fact.value);
            }
            sheet.rule(LEFT, y + 5.5, ACROSS, HAIR, LINE);
            y += FACT_ROW;
        }
    }

    /// Returns the baseline of the next row, as the other parts do.
    fn table(&self, sheet: &mut Sheet<'_, '_>, first_row: f32, rows: Range<usize>) -> f32 {
        let table = &self.paper.table;
        let Some(rows) = table.rows.get(rows).filter(|rows| !rows.is_empty()) else { return first_row };
        let head = first_row - ROW;
        sheet.left(LEFT, head - 16.0, 10.0, BLACK, table.title);
        sheet.right(RIGHT, head - 16.0, 8.0, SOFT, table.legend);
        sheet.rule(LEFT, head - 10.5, ACROSS, FIRM, BLACK);
        let labels: Vec<String> = table.columns.iter().map(|column| column.label.to_owned()).collect();
        self.row(sheet, head, SOFT, &labels);
        let mut y = first_row;
        for row in rows {
            self.row(sheet, y, BLACK, row);
            y += ROW;
        }
        y
    }

    fn row(&self, sheet: &mut Sheet<'_, '_>, y: f32, grey: Grey, cells: &[String]) {
        let columns = &self.paper.table.columns;
        let all: f32 = columns.iter().map(|column| f32::from(column.parts)).sum::<f32>().max(1.0);
        let mut x = LEFT;
        for (Head { parts, right, .. }, cell) in columns.iter().zip(cells) {
            let width = f32::from(*parts) / all * ACROSS;
            let size = sheet.size_for(cell, CELL_SIZE, width - GAP);
            if *right {
                sheet.right(x + width, y, size, grey, cell);
            } else {
                sheet.left(x, y, size, grey, cell);
            }
            x += width;
        }
        sheet.rule(LEFT, y + BELOW, ACROSS, HAIR, LINE);
    }

    fn totals(&self, sheet: &mut Sheet<'_, '_>, y: f32) -> f32 {
        let totals = &self.paper.table.totals;
        if totals.is_empty() {
            return y;
        }
        self.row(sheet, y, BLACK, totals);
        sheet.rule(LEFT, y + BELOW, ACROSS, FIRM, BLACK);
        y + ROW
    }

    fn notes(&self, sheet: &mut Sheet<'_, '_>, top: f32) {
        let mut y = top;
        for note in &self.notes {
            let size = sheet.size_for(note, 8.2, ACROSS);
            sheet.left(LEFT, y, size, SOFT, note);
            y += NOTE_ROW;
        }
    }

    fn foot(&self, sheet: &mut Sheet<'_, '_>, place: usize) {
        let stamp = self.stamp;
        let x = LEFT + QR_SIDE + 16.0;
        sheet.rule(LEFT, FOOT - 10.0, ACROSS, HAIR, LINE);
        sheet.qr(LEFT, FOOT, QR_SIDE, self.qr);
        let (issued, until) = (stamp.issued.long_zh(), stamp.valid_until.long_zh());
        let rows =
            [("验证码", stamp.code.as_str()), ("开具日期", &issued), ("可核验至", &until), ("咨询核验", "12333")];
        let mut y = FOOT + 12.0;
        for (label, value) in rows {
            sheet.left(x, y, 9.0, SOFT, label);
            sheet.left(x + 48.0, y, 9.5, BLACK, value);
            y += 18.0;
        }
        sheet.right(RIGHT, FOOT + 30.0, 10.5, BLACK, AGENCY);
        sheet.right(RIGHT, FOOT + 48.0, 10.5, BLACK, &issued);
        let page = format!("第 {} 页，共 {} 页", place + 1, self.sheets.len());
        sheet.right(RIGHT, FOOT + 84.0, 8.5, SOFT, &page);
    }
}

/// Facts in lines, in their order.
fn lines<'a>(face: &Face, facts: &'a [Fact]) -> Vec<Vec<&'a Fact>> {
    let narrow = |fact: &Fact| face.width(&fact.value, FACT_SIZE) <= HALF_ROOM;
    let mut lines: Vec<Vec<&Fact>> = Vec::new();
    let mut open = false;
    for fact in facts {
        match lines.last_mut() {
            Some(line) if open && narrow(fact) => {
                line.push(fact);
                open = false;
            }
            _ => {
                lines.push(vec![fact]);
                open = narrow(fact);
            }
        }
    }
    lines
}

/// The paper's own notes, and those of every document, numbered.
fn notes(paper: &Paper, stamp: &Stamp) -> Vec<String> {
    let until = stamp.valid_until.long_zh();
    let always = [
        format!("凭验证码或二维码可核验本件至 {until}，内容以核验结果为准，复印件同样可以核验。"),
        "本件为样张：人物、号码和记录均为虚构，不具有法律效力。".to_owned(),
    ];
    let numbered = (1..).zip(paper.notes.iter().chain(&always)).map(|(n, note)| format!("{n}. {note}"));
    ["说明：".to_owned()].into_iter().chain(numbered).collect()
}

fn rows_in(height: f32) -> usize {
    // A sheet holds some fifty: exact as an integer, and below zero is zero.
    (height / ROW) as usize
}

/// Cuts rows into sheets: `first` fit on the first, `next` on each other one, and the last one also needs room for `tail` rows.
fn cut(rows: usize, first: usize, next: usize, tail: usize) -> Vec<Range<usize>> {
    let (mut sheets, mut from, mut room) = (Vec::new(), 0, first);
    while rows - from + tail > room {
        let take = room.min((rows - from).saturating_sub(KEPT_ROWS));
        if take == 0 && !sheets.is_empty() {
            // A tail that no sheet can hold; it is drawn as far as it goes.
            break;
        }
        sheets.push(from..from + take);
        (from, room) = (from + take, next);
    }
    sheets.push(from..rows);
    sheets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_lost_between_sheets_or_the_last_one_holds_notes_alone() {
        // Rows, room on the first sheet and on others, room for the tail; up to which row each sheet goes.
        for (rows, first, next, tail, ends) in [
            (12, 24, 40, 8, &[12][..]),
            (16, 24, 40, 8, &[16]),
            (17, 24, 40, 8, &[11, 17]),
            (36, 24, 40, 8, &[24, 36]),
            (24, 24, 40, 8, &[18, 24]),
            (90, 24, 40, 8, &[24, 64, 90]),
            (3, 4, 40, 8, &[0, 3]),
            (0, 24, 40, 8, &[0]),
            (5, 0, 0, 8, &[0, 5]),
        ] {
            let sheets = cut(rows, first, next, tail);
            assert_eq!(sheets.iter().map(|sheet| sheet.end).collect::<Vec<_>>(), ends, "{rows}");
            assert!(sheets.iter().zip(sheets.iter().skip(1)).all(|(one, next)| one.end == next.start), "{rows}");
        }
    }
}
