//! Draws a line of text as dots, for names that the printer's own characters cannot write. The only file that names the
//! font crate.

use std::path::{Path, PathBuf};

use ab_glyph::{Font, FontVec, PxScale, ScaleFont, point};

/// Why a line could not be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawError {
    /// The font file is missing or is no font.
    NoFont,
    /// The font lacks a character: a box in place of somebody's name would be a lie.
    Missing(char),
    /// The line is wider than the paper.
    TooWide,
}

/// A picture in dots, one bit each, rows padded to whole bytes, most significant bit left, 1 is black.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Bytes a row.
    pub row_bytes: u16,
    /// Rows.
    pub height_dots: u16,
    /// Row after row.
    pub bits: Vec<u8>,
}

impl Picture {
    /// A picture from pixels, true is black; `None` where they are no full rows or there are too many.
    #[must_use]
    pub fn from_dots(dots: &[bool], width: usize) -> Option<Self> {
        let rows = dots.chunks_exact(width.max(1));
        if width == 0 || !rows.remainder().is_empty() {
            return None;
        }
        let height_dots = u16::try_from(rows.len()).ok()?;
        let row_bytes = u16::try_from(width.div_ceil(8)).ok()?;
        let byte = |dots: &[bool]| (0..).zip(dots).fold(0, |byte, (at, black)| byte | u8::from(*black) << (7 - at));
        let bits = rows.flat_map(|row| row.chunks(8).map(byte)).collect();
        Some(Self { row_bytes, height_dots, bits })
    }

    /// The picture as a raster command (GS v 0, normal size).
    #[must_use]
    pub fn command(&self) -> Vec<u8> {
        let mut bytes = header(self.row_bytes, self.height_dots).to_vec();
        bytes.extend_from_slice(&self.bits);
        bytes
    }
}

/// `1D 76 30 00 xL xH yL yH`.
#[must_use]
pub const fn header(row_bytes: u16, height_dots: u16) -> [u8; 8] {
    let [x_low, x_high] = row_bytes.to_le_bytes();
    let [y_low, y_high] = height_dots.to_le_bytes();
    [0x1D, 0x76, 0x30, 0x00, x_low, x_high, y_low, y_high]
}

/// Face of Simplified Chinese in the Noto Sans CJK collection (0 is Japanese).
const FACE_SC: u32 = 2;
/// A kanji cell of a receipt printer is 24 dots high; the line leaves room below.
const CELL_DOTS: f32 = 24.0;
const LINE_DOTS: u16 = 32;

/// Draws with one font file, loaded when it is first needed.
pub struct Pen {
    file: PathBuf,
    font: Option<FontVec>,
}

impl Pen {
    /// A pen that will read `file`.
    #[must_use]
    pub fn new(file: &Path) -> Self {
        Self { file: file.to_owned(), font: None }
    }

    /// Draws `left` at the left edge and `right` at the right edge of a line `width_dots` wide.
    ///
    /// # Errors
    /// As [`DrawError`] says.
    pub fn line(&mut self, left: &str, right: &str, width_dots: u16) -> Result<Picture, DrawError> {
        let font = self.font()?;
        let missing = left.chars().chain(right.chars()).find(|c| *c != ' ' && font.glyph_id(*c).0 == 0);
        if let Some(c) = missing {
            return Err(DrawError::Missing(c));
        }
        let (left_dots, right_dots) = (width(font, left), width(font, right));
        if left_dots + right_dots > f32::from(width_dots) {
            return Err(DrawError::TooWide);
        }
        let row_bytes = width_dots.div_ceil(8);
        let size = usize::from(row_bytes) * usize::from(LINE_DOTS);
        let mut picture = Picture { row_bytes, height_dots: LINE_DOTS, bits: vec![0; size] };
        draw(font, left, 0.0, &mut picture);
        draw(font, right, f32::from(width_dots) - right_dots, &mut picture);
        Ok(picture)
    }

    fn font(&mut self) -> Result<&FontVec, DrawError> {
        if self.font.is_none() {
            let bytes = std::fs::read(&self.file).map_err(|_| DrawError::NoFont)?;
            let face = if bytes.starts_with(b"ttcf") { FACE_SC } else { 0 };
            self.font = Some(FontVec::try_from_vec_and_index(bytes, face).map_err(|_| DrawError::NoFont)?);
        }
        self.font.as_ref().ok_or(DrawError::NoFont)
    }
}

fn scale(font: &FontVec) -> PxScale {
    font.pt_to_px_scale(CELL_DOTS * 0.75).unwrap_or(PxScale::from(CELL_DOTS))
}

fn width(font: &FontVec, text: &str) -> f32 {
    let scaled = font.as_scaled(scale(font));
    text.chars().map(|c| scaled.h_advance(font.glyph_id(c))).sum()
}

fn draw(font: &FontVec, text: &str, from_dots: f32, picture: &mut Picture) {
    let scaled = font.as_scaled(scale(font));
    let mut x = from_dots;
    for c in text.chars() {
        let id = font.glyph_id(c);
        // The baseline of a CJK face lies at about 0.88 of the em.
        let glyph = id.with_scale_and_position(scaled.scale(), point(x, CELL_DOTS * 0.88 + 3.0));
        x += scaled.h_advance(id);
        if let Some(outline) = font.outline_glyph(glyph) {
            let origin = outline.px_bounds().min;
            outline.draw(|dx, dy, ink| {
                if ink > 0.45 {
                    blacken(picture, origin.x + f32::from(dx as u16), origin.y + f32::from(dy as u16));
                }
            });
        }
    }
}

/// Sets one dot; what lies outside the line is not drawn.
fn blacken(picture: &mut Picture, x: f32, y: f32) {
    if x < 0.0 || y < 0.0 || y >= f32::from(picture.height_dots) || x >= f32::from(picture.row_bytes) * 8.0 {
        return;
    }
    let (x, y) = (x as usize, y as usize);
    if let Some(byte) = picture.bits.get_mut(y * usize::from(picture.row_bytes) + x / 8) {
        *byte |= 0x80 >> (x % 8);
    }
}
