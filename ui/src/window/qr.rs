//! A QR code as a picture, one pixel a module. The page enlarges it by whole pixels, so that every module stays sharp.

use qrcode::{Color, EcLevel, QrCode};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// Light modules around the code without which a scanner does not find it (ISO/IEC 18004, 9.1).
const QUIET_MODULES: usize = 4;

/// The code of `text`, dark on white whatever the theme is: many scanners do not read the reverse. No picture where there
/// is no text, or more than a code holds (2 331 bytes at this level of correction).
pub(super) fn picture(text: &str) -> Image {
    // Level M mends 15 %: enough for a screen, which does not tear; a higher level makes the modules smaller.
    let code = if text.is_empty() { None } else { QrCode::with_error_correction_level(text, EcLevel::M).ok() };
    let Some(code) = code else { return Image::default() };
    let side = code.width() + 2 * QUIET_MODULES;
    let Ok(side_px) = u32::try_from(side) else { return Image::default() };
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side_px, side_px);
    pixels.make_mut_slice().fill(Rgb8Pixel::new(255, 255, 255));
    let lines = pixels.make_mut_slice().chunks_exact_mut(side).skip(QUIET_MODULES);
    for (line, modules) in lines.zip(code.to_colors().chunks_exact(code.width())) {
        for (pixel, module) in line.iter_mut().skip(QUIET_MODULES).zip(modules) {
            if *module == Color::Dark {
                *pixel = Rgb8Pixel::new(0, 0, 0);
            }
        }
    }
    Image::from_rgb8(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_no_quiet_edge_or_is_not_there() {
        let pixels = picture("https://example.invalid/case/1").to_rgb8().unwrap();
        let (side, all) = (pixels.width() as usize, pixels.as_slice());
        let dark = |x: usize, y: usize| all[y * side + x] == Rgb8Pixel::new(0, 0, 0);
        let at = |range: std::ops::Range<usize>| range.clone().flat_map(move |y| range.clone().map(move |x| (x, y)));
        assert!(at(0..side).all(|(x, y)| !dark(x, y) || [x, y].iter().all(|n| (4..side - 4).contains(n))));
        // The upper left finder: seven by seven, dark at its edge and in its middle.
        assert!((4..11).all(|n| dark(n, 4) && dark(4, n)) && dark(7, 7) && !dark(5, 5));
        assert_eq!(picture("").size().width, 0);
        assert_eq!(picture(&"9".repeat(8_000)).size().width, 0);
    }
}
