//! A receipt as bytes. The only file that names the ESC/POS crate, which encodes and never sends: its driver is a vector.
//!
//! Cells are 12 dots wide; an ASCII character takes one, a Chinese one two. Lines are laid out here to the printer's width,
//! so that what the printer would wrap by itself never happens.

use std::cell::RefCell;
use std::rc::Rc;

use escpos::driver::Driver;
use escpos::errors::Result;
use escpos::printer::Printer;
use escpos::utils::{JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};

use super::gb18030::{cells, char_cells, in_kanji_mode};
use super::model::Model;
use super::raster::{Pen, Picture};
use super::{ColumnWidth, Line, Receipt};

/// Stands for a character that neither the printer nor the font can write (geta mark).
const GETA: char = '〓';
/// FS ! 0Ch: kanji of double width and height; FS ! 00h: normal.
const KANJI_DOUBLE: [u8; 3] = [0x1C, 0x21, 0x0C];
const KANJI_NORMAL: [u8; 3] = [0x1C, 0x21, 0x00];

/// The receipt as the bytes of one job, cut included, status request not.
///
/// # Errors
/// Only what the crate refuses: a QR text too long for any code.
pub fn encode(receipt: &Receipt, model: &Model, pen: &mut Pen) -> std::result::Result<Vec<u8>, CannotEncode> {
    let memory = Memory::default();
    let mut printer = Printer::new(memory.clone(), Protocol::default(), None);
    write(&mut printer, receipt, model, pen).map_err(|_| CannotEncode)?;
    let bytes = memory.0.borrow().clone();
    Ok(bytes)
}

/// A receipt that has no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the receipt cannot be encoded")]
pub struct CannotEncode;

fn write(printer: &mut Printer<Memory>, receipt: &Receipt, model: &Model, pen: &mut Pen) -> Result<()> {
    printer.init()?;
    for line in &receipt.lines {
        match line {
            Line::Title(text) => title(printer, text, model)?,
            Line::Centred(text) => centred(printer, text, model)?,
            Line::Qr(text) => qr(printer, text)?,
            Line::Feed(lines) => drop(printer.feeds(*lines)?),
            Line::Logo(picture) => logo(printer, picture, model)?,
            Line::Name(label, name) => self::name(printer, label, name, model, pen)?,
            other => plain(printer, &lay_out(other, &receipt.columns, model.cells()), model)?,
        }
    }
    // Knife and tear bar lie about four lines above the print head.
    printer.feeds(if model.cut.is_empty() { 5 } else { 4 })?.custom(&model.cut)?;
    printer.print()?;
    Ok(())
}

fn title(printer: &mut Printer<Memory>, text: &str, model: &Model) -> Result<()> {
    printer.justify(JustifyMode::CENTER)?;
    // A title wider than the paper at double size is printed at normal size rather than broken.
    let double = cells(text) * 2 <= model.cells();
    if double {
        printer.size(2, 2)?.custom(&KANJI_DOUBLE)?;
    }
    plain(printer, &[text.to_owned()], model)?;
    if double {
        printer.custom(&KANJI_NORMAL)?.reset_size()?;
    }
    printer.justify(JustifyMode::LEFT)?;
    Ok(())
}

fn centred(printer: &mut Printer<Memory>, text: &str, model: &Model) -> Result<()> {
    printer.justify(JustifyMode::CENTER)?;
    plain(printer, &wrap(text, model.cells()), model)?;
    printer.justify(JustifyMode::LEFT)?;
    Ok(())
}

fn qr(printer: &mut Printer<Memory>, text: &str) -> Result<()> {
    let option = QRCodeOption::new(QRCodeModel::Model2, 6, QRCodeCorrectionLevel::M);
    printer.justify(JustifyMode::CENTER)?.qrcode_option(text, option)?.feed()?.justify(JustifyMode::LEFT)?;
    Ok(())
}

/// A picture wider than the paper is left out: printers answer one with what lies in their memory.
fn logo(printer: &mut Printer<Memory>, picture: &Picture, model: &Model) -> Result<()> {
    if picture.row_bytes <= model.width_dots / 8 {
        printer.justify(JustifyMode::CENTER)?.custom(&picture.command())?.justify(JustifyMode::LEFT)?;
    }
    Ok(())
}

/// A name is drawn as a whole where one of its characters is outside the printer's set: half a name in another face would
/// look like a mistake. What the font lacks too becomes a geta mark.
fn name(printer: &mut Printer<Memory>, label: &str, name: &str, model: &Model, pen: &mut Pen) -> Result<()> {
    let drawn =
        if model.charset.outside(name).is_empty() { None } else { pen.line(label, name, model.width_dots).ok() };
    match drawn {
        Some(picture) => drop(printer.custom(&picture.command())?),
        None => plain(printer, &pair(label, name, model.cells()), model)?,
    }
    Ok(())
}

fn plain(printer: &mut Printer<Memory>, lines: &[String], model: &Model) -> Result<()> {
    for line in lines {
        let known: String = line.chars().map(|c| if model.charset.holds(c) { c } else { GETA }).collect();
        printer.custom(&in_kanji_mode(&known))?.feed()?;
    }
    Ok(())
}

fn lay_out(line: &Line, columns: &[ColumnWidth], width: usize) -> Vec<String> {
    match line {
        Line::Pair(label, value) => pair(label, value, width),
        Line::Row(values) => row(values, columns, width),
        Line::Rule => vec!["-".repeat(width)],
        Line::Text(text) => wrap(text, width),
        // Drawn by their own functions.
        Line::Title(_) | Line::Centred(_) | Line::Qr(_) | Line::Feed(_) | Line::Name(..) | Line::Logo(_) => Vec::new(),
    }
}

/// Label left, value right; on two lines where both do not fit with a gap between.
fn pair(label: &str, value: &str, width: usize) -> Vec<String> {
    let (label_cells, value_cells) = (cells(label), cells(value));
    if label_cells + 1 + value_cells <= width {
        return vec![format!("{label}{}{value}", " ".repeat(width - label_cells - value_cells))];
    }
    let mut lines = wrap(label, width);
    lines.extend(wrap(value, width).into_iter().map(|part| " ".repeat(width - cells(&part)) + &part));
    lines
}

/// Columns share the width by their parts. A value too wide for its column pushes what follows to the right; a row too wide
/// for the paper is folded column by column where only words are too wide, else broken: nothing is ever cut off.
fn row(values: &[String], columns: &[ColumnWidth], width: usize) -> Vec<String> {
    let parts: usize = columns.iter().map(|column| usize::from(column.parts)).sum::<usize>().max(1);
    let edges = columns.iter().scan(0, |edge, column| {
        let start = *edge * width / parts;
        *edge += usize::from(column.parts);
        Some((start, *edge * width / parts - start, column.right))
    });
    let places: Vec<(usize, usize, bool)> = edges.collect();
    let line = place(values, &places);
    if cells(&line) <= width {
        return vec![line];
    }
    let folded: Vec<Vec<String>> = values.iter().zip(&places).map(|(value, (_, room, _))| fold(value, *room)).collect();
    if folded.iter().zip(&places).any(|(pieces, (_, room, _))| pieces.iter().any(|piece| cells(piece) > *room)) {
        return wrap(&line, width);
    }
    let deepest = folded.iter().map(Vec::len).max().unwrap_or(0);
    let nth = |n: usize| folded.iter().map(|pieces| pieces.get(n).cloned().unwrap_or_default()).collect::<Vec<_>>();
    (0..deepest).map(|n| place(&nth(n), &places)).collect()
}

/// Puts each value to its start and room, at least one cell after the one before.
fn place(values: &[String], places: &[(usize, usize, bool)]) -> String {
    values.iter().zip(places).fold(String::new(), |mut line, (value, (start, room, right))| {
        let before = if *right { start + room.saturating_sub(cells(value)) } else { *start };
        let gap = before.saturating_sub(cells(&line)).max(usize::from(!line.is_empty()));
        line.push_str(&" ".repeat(gap));
        line.push_str(value);
        line
    })
}

/// Words in as many equal pieces as their column needs, with a cell to spare; a number stays whole, whatever its width.
fn fold(value: &str, room: usize) -> Vec<String> {
    let (long, room) = (cells(value), room.saturating_sub(1).max(2));
    if long <= room || value.is_ascii() {
        return vec![value.to_owned()];
    }
    // Kanji are two cells wide: an odd width would leave one of them over.
    wrap(value, long.div_ceil(long.div_ceil(room)).next_multiple_of(2).min(room))
}

/// Breaks text where the paper ends.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for c in text.chars() {
        if used + char_cells(c) > width {
            lines.push(String::new());
            used = 0;
        }
        used += char_cells(c);
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
    }
    lines
}

/// The crate's driver: a vector in memory.
#[derive(Clone, Default)]
struct Memory(Rc<RefCell<Vec<u8>>>);

impl Driver for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> Result<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_does_not_line_up_at_the_edge() {
        for line in pair("个人缴纳合计", "7,200.00", 48) {
            assert_eq!(cells(&line), 48);
        }
        let long = pair("一个很长很长很长很长很长很长的标签", "值也很长很长很长很长很长", 32);
        assert!(long.len() > 1 && long.iter().all(|line| cells(line) <= 32));
    }

    #[test]
    fn a_name_outside_the_printers_set_is_torn_or_lost() {
        let font = std::path::Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc");
        let model = super::super::model::find("generic-58").unwrap();
        let job = |name: &str, font: &std::path::Path| {
            let line = Line::Name("姓名".to_owned(), name.to_owned());
            encode(&Receipt { lines: vec![line], columns: Vec::new() }, model, &mut Pen::new(font)).unwrap()
        };
        let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        let picture = [0x1D, 0x76, 0x30, 0x00, 48, 0];
        assert!(has(&job("石䶮", font), &picture), "a rare name is not drawn");
        assert!(!has(&job("石安", font), &picture), "a plain name is drawn");
        // Without a font the name still stands there, with a mark for what cannot be written.
        let geta = super::super::gb18030::encode("石〓");
        assert!(has(&job("石䶮", std::path::Path::new("/nonexistent")), &geta));
    }

    #[test]
    fn a_heading_runs_over_into_the_first_column_of_narrow_paper() {
        let columns = [7, 9, 8, 8].map(|parts| ColumnWidth { parts, right: parts != 7 });
        let headings = ["缴费月份", "缴费基数", "个人缴纳", "单位缴纳"].map(str::to_owned);
        let lines = row(&headings, &columns, 32);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines.iter().all(|line| cells(line) <= 32), "{lines:?}");
        assert!(lines[0].starts_with("缴费") && lines[1].starts_with("月份"), "{lines:?}");
    }

    #[test]
    fn a_wide_value_is_cut_off() {
        let columns = [ColumnWidth { parts: 1, right: false }, ColumnWidth { parts: 1, right: true }];
        let lines = row(&["2026-10".to_owned(), "123,456,789,012,345.00".to_owned()], &columns, 32);
        assert!(lines.concat().contains("123,456,789,012,345.00"));
    }
}
