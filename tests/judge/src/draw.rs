//! The receipt as it leaves the printer: one pixel a dot. ASCII cells are 12 by 24 dots, Chinese ones 24 by 24, lines 30 apart.

use std::path::Path;

use ab_glyph::{Font, FontVec, PxScale, ScaleFont, point};
use qrcode::{Color, QrCode};

use crate::decode::{Item, Piece, Place, Receipt};

const CELL: usize = 24;
const LINE: usize = 30;
/// White above, below and beside, so that the picture looks like paper.
const MARGIN: usize = 24;

/// Grey pixels.
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

struct Paper {
    width: usize,
    pixels: Vec<u8>,
    y: usize,
}

/// Draws it `dots` wide.
pub fn draw(receipt: &Receipt, dots: usize, font: Vec<u8>) -> Result<Picture, String> {
    let font = FontVec::try_from_vec_and_index(font, 2).map_err(|error| error.to_string())?;
    let mut paper = Paper { width: dots + 2 * MARGIN, pixels: Vec::new(), y: MARGIN };
    for item in &receipt.items {
        match item {
            Item::Line { pieces, align } => line(&mut paper, pieces, *align, &font),
            Item::Feed(lines) => paper.y += usize::from(*lines) * LINE,
            Item::Picture(bytes, rows, bits) => raster(&mut paper, *bytes, *rows, bits),
            Item::Qr(payload, module) => qr(&mut paper, payload, usize::from(*module).max(1))?,
            Item::Cut => cut(&mut paper),
        }
    }
    let height = paper.y + MARGIN;
    paper.pixels.resize(paper.width * height, 255);
    Ok(Picture { width: paper.width, height, pixels: paper.pixels })
}

impl Paper {
    fn dot(&mut self, x: usize, y: usize, ink: u8) {
        let x = x + MARGIN;
        if x >= self.width {
            return;
        }
        let at = y * self.width + x;
        if at >= self.pixels.len() {
            self.pixels.resize((y + 1) * self.width, 255);
        }
        if let Some(pixel) = self.pixels.get_mut(at) {
            *pixel = (*pixel).min(255 - ink);
        }
    }

    fn dots(&self) -> usize {
        self.width - 2 * MARGIN
    }
}

/// Cell of a character: width and height in dots.
fn cell(c: char, piece: &Piece) -> (usize, usize) {
    let (width, height) = (usize::from(piece.size.0), usize::from(piece.size.1));
    match (c.is_ascii(), piece.kanji_double) {
        (true, _) => (CELL / 2 * width, CELL * height),
        (false, true) => (CELL * 2, CELL * 2),
        (false, false) => (CELL * width, CELL * height),
    }
}

fn line(paper: &mut Paper, pieces: &[Piece], align: Place, font: &FontVec) {
    let cells = || pieces.iter().flat_map(|piece| piece.text.chars().map(move |c| (c, cell(c, piece))));
    let width: usize = cells().map(|(_, (width, _))| width).sum();
    let height = cells().map(|(_, (_, height))| height).max().unwrap_or(CELL);
    let room = paper.dots().saturating_sub(width);
    let mut x = match align {
        Place::Left => 0,
        Place::Center => room / 2,
        Place::Right => room,
    };
    for (c, (cell_width, cell_height)) in cells() {
        glyph(paper, c, (x, paper.y + height - cell_height), (cell_width, cell_height), font);
        x += cell_width;
    }
    paper.y += height + LINE - CELL;
}

fn glyph(paper: &mut Paper, c: char, (x, y): (usize, usize), (width, height): (usize, usize), font: &FontVec) {
    let em = font.pt_to_px_scale(height as f32 * 0.75).unwrap_or(PxScale::from(height as f32));
    let id = font.glyph_id(c);
    let advance = font.as_scaled(em).h_advance(id);
    // Printer characters fill their cell: proportional Latin letters are centred in theirs.
    let left = x as f32 + (width as f32 - advance) / 2.0;
    let placed = id.with_scale_and_position(em, point(left, y as f32 + height as f32 * 0.88));
    if let Some(outline) = font.outline_glyph(placed) {
        let origin = outline.px_bounds().min;
        outline.draw(|dx, dy, ink| {
            let (px, py) = (origin.x + dx as f32, origin.y + dy as f32);
            if px >= 0.0 && py >= 0.0 {
                paper.dot(px as usize, py as usize, (ink.clamp(0.0, 1.0) * 255.0) as u8);
            }
        });
    }
}

fn raster(paper: &mut Paper, row_bytes: usize, rows: usize, bits: &[u8]) {
    for (at, byte) in bits.iter().enumerate() {
        for bit in 0..8 {
            if byte & (0x80 >> bit) != 0 {
                paper.dot((at % row_bytes.max(1)) * 8 + bit, paper.y + at / row_bytes.max(1), 255);
            }
        }
    }
    paper.y += rows;
}

fn qr(paper: &mut Paper, payload: &str, module: usize) -> Result<(), String> {
    let code = QrCode::new(payload).map_err(|error| error.to_string())?;
    let left = paper.dots().saturating_sub(code.width() * module) / 2;
    for (at, colour) in code.to_colors().into_iter().enumerate().filter(|(_, colour)| *colour == Color::Dark) {
        let _ = colour;
        for dot in 0..module * module {
            let (x, y) = (at % code.width() * module + dot % module, at / code.width() * module + dot / module);
            paper.dot(left + x, paper.y + y, 255);
        }
    }
    paper.y += code.width() * module + LINE;
    Ok(())
}

fn cut(paper: &mut Paper) {
    for x in (0..paper.dots()).filter(|x| x % 12 < 6) {
        paper.dot(x, paper.y, 120);
    }
    paper.y += 2;
}

/// Writes grey pixels.
pub fn write_png(file: &Path, picture: &Picture) -> Result<(), Box<dyn std::error::Error>> {
    let out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let mut encoder = png::Encoder::new(out, u32::try_from(picture.width)?, u32::try_from(picture.height)?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(&picture.pixels)?;
    Ok(())
}
