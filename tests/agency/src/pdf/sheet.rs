//! Ink and paper: lines of text, hairlines, a QR code, on A4 in points from the upper left. Knows nothing of documents.

use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::num::NormalizedF32;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::TextDirection;
use qrcode::{Color, EcLevel, QrCode};

use super::Face;

/// A4.
pub const WIDTH: f32 = 595.28;
/// A4.
pub const HEIGHT: f32 = 841.89;

/// How dark: 0 is black, 255 is paper.
pub type Grey = u8;

/// A QR code, level M.
pub struct Qr(QrCode);

impl Qr {
    /// The code of a text; none where it does not fit into any.
    pub fn of(text: &str) -> Option<Self> {
        QrCode::with_error_correction_level(text, EcLevel::M).ok().map(Self)
    }
}

/// One sheet while it is drawn.
pub struct Sheet<'a, 'b> {
    surface: &'a mut Surface<'b>,
    face: &'a Face,
}

impl<'a, 'b> Sheet<'a, 'b> {
    pub const fn new(surface: &'a mut Surface<'b>, face: &'a Face) -> Self {
        Self { surface, face }
    }

    fn ink(&mut self, grey: Grey) {
        let paint = luma::Color::new(grey).into();
        self.surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, ..Fill::default() }));
    }

    /// A line that begins at `x`.
    pub fn left(&mut self, x: f32, baseline: f32, size: f32, grey: Grey, text: &str) {
        self.ink(grey);
        let font = self.face.font.clone();
        self.surface.draw_text(Point::from_xy(x, baseline), font, size, text, false, TextDirection::LeftToRight);
    }

    /// A line that ends at `x`.
    pub fn right(&mut self, x: f32, baseline: f32, size: f32, grey: Grey, text: &str) {
        self.left(x - self.face.width(text, size), baseline, size, grey, text);
    }

    /// A line with its middle at `x`.
    pub fn centre(&mut self, x: f32, baseline: f32, size: f32, grey: Grey, text: &str) {
        self.left(x - self.face.width(text, size) / 2.0, baseline, size, grey, text);
    }

    /// The size at which a text is no wider than `room`: that one, or a smaller.
    pub fn size_for(&self, text: &str, size: f32, room: f32) -> f32 {
        let wide = self.face.width(text, size).max(1.0);
        size * (room / wide).min(1.0)
    }

    /// A black line that begins at `x` and is set smaller where it would be wider than `room`.
    pub fn fitted(&mut self, x: f32, baseline: f32, size: f32, room: f32, text: &str) {
        let size = self.size_for(text, size, room);
        self.left(x, baseline, size, 0, text);
    }

    /// A pale text across the sheet, from the lower left to the upper right.
    pub fn across(&mut self, size: f32, grey: Grey, text: &str) {
        let (x, y) = (WIDTH / 2.0, HEIGHT / 2.0);
        self.surface.push_transform(&Transform::from_rotate_at(-35.0, x, y));
        self.centre(x, y + size * 0.35, size, grey, text);
        self.surface.pop();
    }

    /// A horizontal line from `x` on, lying on `y`.
    pub fn rule(&mut self, x: f32, y: f32, width: f32, weight: f32, grey: Grey) {
        self.ink(grey);
        self.rects([(x, y - weight / 2.0, width, weight)]);
    }

    /// A QR code in a square of `side`.
    pub fn qr(&mut self, x: f32, y: f32, side: f32, Qr(code): &Qr) {
        let modules = code.width().max(1);
        // At most 177 modules: exact in f32.
        let unit = side / modules as f32;
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let squares = dark.map(|(at, _)| {
            let (column, row) = ((at % modules) as f32, (at / modules) as f32);
            (x + column * unit, y + row * unit, unit, unit)
        });
        self.ink(0);
        self.rects(squares);
    }

    fn rects(&mut self, rects: impl IntoIterator<Item = (f32, f32, f32, f32)>) {
        let mut path = PathBuilder::new();
        for (x, y, width, height) in rects {
            if let Some(rect) = Rect::from_xywh(x, y, width, height) {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }
}
