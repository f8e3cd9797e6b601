//! The 参保证明 as a PDF of one A4 sheet, font embedded and subset. `pdf/sheet.rs` knows ink and paper, `pdf/certificate.rs` what
//! stands where. Must never print a name with a character missing: that is refused instead.

mod certificate;
mod sheet;

use std::path::Path;

use ab_glyph::{Font as _, FontVec};
use contract::catalogue::Catalogue;
use contract::format::{Date, Period};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::text::Font;
use krilla::{Data, Document};

use crate::store::Contribution;
use sheet::Sheet;

/// Every certificate of at most 36 months fits on one.
pub const SHEETS: u32 = 1;

/// Simplified Chinese, in the collections of Noto Sans CJK.
const FACE_INDEX: u32 = 2;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The file cannot be read or its third face is no font.
    #[error("{0} is not a font collection with a face for Simplified Chinese")]
    Font(String),
    /// The font lacks a character of the name.
    #[error("a character is missing from the font")]
    MissingGlyph,
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

/// What a certificate says.
pub struct Certificate {
    pub name: String,
    pub id_number: String,
    pub male: bool,
    pub from: Period,
    pub to: Period,
    /// All months up to `to`, oldest first.
    pub months: Vec<Contribution>,
    pub code: String,
    pub issued: Date,
    pub valid_until: Date,
}

/// Prints a certificate; the catalogue names the insurances.
pub fn print(face: &Face, catalogue: &Catalogue, certificate: &Certificate) -> Result<Vec<u8>, PdfError> {
    if !face.covers(&certificate.name) {
        return Err(PdfError::MissingGlyph);
    }
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title("社会保险参保证明".to_owned()).language("zh-CN".to_owned()));
    let settings = PageSettings::from_wh(sheet::WIDTH, sheet::HEIGHT).ok_or(PdfError::Written)?;
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    certificate::draw(&mut Sheet::new(&mut surface, face), catalogue, certificate);
    surface.finish();
    page.finish();
    document.finish().map_err(|_| PdfError::Written)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_printed_with_a_hole() {
        let face = Face::read(Path::new(crate::FONT_FILE)).unwrap();
        for person in crate::persona::tests::everybody() {
            assert!(face.covers(&person.name), "{}", person.card_number);
        }
        assert!(!face.covers("林\u{E000}"));
        assert!((face.width("中8", 10.0) - 15.55).abs() < 0.1);
    }
}
