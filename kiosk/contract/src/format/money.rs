//! Money, in whole fen.

/// Fen as yuan with two places and thousands apart: `1,234.56`. Total for every value.
#[must_use]
pub fn fen_to_text(fen: i64) -> String {
    let amount = fen.unsigned_abs();
    let yuan = (amount / 100).to_string();
    let mut text = String::with_capacity(yuan.len() * 4 / 3 + 4);
    if fen < 0 {
        text.push('-');
    }
    for (at, digit) in yuan.chars().enumerate() {
        if at > 0 && (yuan.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(&format!(".{:02}", amount % 100));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_stands_in_the_wrong_place() {
        for (fen, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (-150, "-1.50"),
            (99_999, "999.99"),
            (100_000, "1,000.00"),
            (123_456_789, "1,234,567.89"),
            (i64::MIN, "-92,233,720,368,547,758.08"),
        ] {
            assert_eq!(fen_to_text(fen), text);
        }
    }
}
