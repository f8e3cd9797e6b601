//! Documents as PDF: one layout for all of them, A4, font embedded and subset. `pdf/sheet.rs` knows ink and paper, `pdf/layout.rs` what
//! stands where, `papers` what is said. Must never print a text with a character missing: that is refused instead.

mod layout;
mod sheet;

use std::path::Path;

use ab_glyph::{Font as _, FontVec};
use contract::format::Date;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::text::Font;
use krilla::{Data, Document};

use crate::papers::Paper;
use layout::Layout;
use sheet::{Qr, Sheet};

/// Simplified Chinese, in the collections of Noto Sans CJK.
const FACE_INDEX: u32 = 2;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The file cannot be read or its third face is no font.
    #[error("{0} is not a font collection with a face for Simplified Chinese")]
    Font(String),
    /// The font lacks a character of a name or an address.
    #[error("a character is missing from the font")]
    MissingGlyph,
    /// What is signed is too long for any QR code: a document that cannot be checked is none.
    #[error("the signed text does not fit a QR code")]
    Qr,
    /// The PDF could not be written.
    #[error("the PDF could not be written")]
    Written,
}

/// The font: once to draw with, once to measure.
pub struct Face {
    font: Font,
    metrics: FontVec,
}

impl Face {
    /// Reads a font collection.
    pub fn read(file: &Path) -> Result<Self, PdfError> {
        let error = || PdfError::Font(file.display().to_string());
        let bytes = std::fs::read(file).map_err(|_| error())?;
        let metrics = FontVec::try_from_vec_and_index(bytes.clone(), FACE_INDEX).map_err(|_| error())?;
        let font = Font::new(Data::from(bytes), FACE_INDEX).ok_or_else(error)?;
        Ok(Self { font, metrics })
    }

    /// Whether every character can be printed.
    fn covers(&self, text: &str) -> bool {
        text.chars().all(|c| self.metrics.glyph_id(c).0 != 0)
    }

    /// Width of a line, in the unit of `size`.
    fn width(&self, text: &str, size: f32) -> f32 {
        let unit = self.metrics.units_per_em().unwrap_or(1000.0);
        text.chars().map(|c| self.metrics.h_advance_unscaled(self.metrics.glyph_id(c)) / unit * size).sum()
    }
}

/// What makes a document this one and no other.
pub struct Stamp {
    /// 编号.
    pub number: String,
    /// 验证码.
    pub code: String,
    pub issued: Date,
    /// Last day on which it can be verified.
    pub valid_until: Date,
    /// What the QR code says: see [`crate::seal`].
    pub sealed: String,
}

/// A finished document.
pub struct Printed {
    pub bytes: Vec<u8>,
    pub sheets: u32,
}

/// Prints a document.
pub fn print(face: &Face, paper: &Paper, stamp: &Stamp) -> Result<Printed, PdfError> {
    let facts = paper.facts.iter().map(|fact| &fact.value);
    let texts = facts.chain(paper.table.rows.iter().flatten()).chain(&paper.notes);
    if !texts.into_iter().all(|text| face.covers(text)) {
        return Err(PdfError::MissingGlyph);
    }
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(paper.title.to_owned()).language("zh-CN".to_owned()));
    let settings = PageSettings::from_wh(sheet::WIDTH, sheet::HEIGHT).ok_or(PdfError::Written)?;
    let qr = Qr::of(&stamp.sealed).ok_or(PdfError::Qr)?;
    let layout = Layout::of(face, paper, stamp, &qr);
    for place in 0..layout.sheets() {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        layout.draw(&mut Sheet::new(&mut surface, face), place);
        surface.finish();
        page.finish();
    }
    let sheets = u32::try_from(layout.sheets()).map_err(|_| PdfError::Written)?;
    Ok(Printed { bytes: document.finish().map_err(|_| PdfError::Written)?, sheets })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_document_leaves_without_its_code() {
        let face = Face::read(Path::new(crate::FONT_FILE)).unwrap();
        let issued = Date::new(2026, 11, 23).unwrap();
        let printed = |sealed: String| {
            let stamp = Stamp { number: String::new(), code: String::new(), issued, valid_until: issued, sealed };
            print(&face, &Paper::default(), &stamp).map(|printed| printed.sheets)
        };
        assert_eq!(printed("SR1|".to_owned()).unwrap(), 1);
        assert!(matches!(printed("8".repeat(6_000)), Err(PdfError::Qr)));
    }

    #[test]
    fn a_name_is_printed_with_a_hole() {
        let face = Face::read(Path::new(crate::FONT_FILE)).unwrap();
        for person in crate::persona::tests::everybody() {
            assert!(face.covers(&person.name) && face.covers(&person.address), "{}", person.card_number);
        }
        assert!(!face.covers("林\u{E000}"));
        assert!((face.width("中8", 10.0) - 15.55).abs() < 0.1);
    }
}
