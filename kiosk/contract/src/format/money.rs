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

/// Fen as capital Chinese, as bills are filled in (中国人民银行, 正确填写票据和结算凭证的基本规定), without the 人民币 in front.
/// Where the rules leave it open, 零 is written between the digits of the yuan and not before 角, and 整 stands after 元 only.
/// `None` for less than nothing, which the rules do not know.
#[must_use]
pub fn fen_to_capitals(fen: i64) -> Option<String> {
    let fen = u64::try_from(fen).ok()?;
    let (yuan, jiao, rest) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::new();
    if yuan > 0 || fen == 0 {
        push_yuan(&mut text, yuan);
        text.push('元');
    }
    match (jiao, rest) {
        (0, 0) => text.push('整'),
        (0, _) if yuan > 0 => text.push('零'),
        (0, _) => {}
        _ => text.extend([capital(jiao), '角']),
    }
    if rest > 0 {
        text.extend([capital(rest), '分']);
    }
    Some(text)
}

/// Digit by digit from the left; zeros wait until a digit follows, so that a run of them is one 零 and the last ones none.
fn push_yuan(text: &mut String, yuan: u64) {
    const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
    let digits = yuan.to_string();
    let (mut zero_waits, mut group_counts) = (false, false);
    for (place, digit) in (0..digits.len()).rev().zip(digits.bytes().map(|byte| u64::from(byte - b'0'))) {
        if digit > 0 && std::mem::take(&mut zero_waits) {
            text.push('零');
        }
        if digit > 0 || yuan == 0 {
            text.push(capital(digit));
            text.push_str(PLACES.get(place % 4).copied().unwrap_or_default());
            group_counts = true;
        } else {
            zero_waits = true;
        }
        // 亿 counts what stands before it as a whole (壹万亿), 万 its own four digits.
        match place {
            8 | 16 => text.push('亿'),
            4 | 12 if group_counts => text.push('万'),
            _ => {}
        }
        group_counts &= !place.is_multiple_of(4);
    }
}

fn capital(digit: u64) -> char {
    match digit {
        1 => '壹',
        2 => '贰',
        3 => '叁',
        4 => '肆',
        5 => '伍',
        6 => '陆',
        7 => '柒',
        8 => '捌',
        9 => '玖',
        _ => '零',
    }
}

/// Why a text is no amount of yuan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountError {
    /// Neither digit nor point; a sign and commas included.
    Charset,
    /// No digit before the point, none or more than two behind it, or a second point.
    Form,
    /// More fen than can be counted.
    TooLarge,
}

/// Yuan as a person types them, with up to two places, as fen.
///
/// # Errors
/// The first thing that is wrong, in the order of [`AmountError`].
pub fn yuan_to_fen(text: &str) -> Result<i64, AmountError> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(AmountError::Charset);
    }
    let (yuan, places) = text.split_once('.').unwrap_or((text, "00"));
    if yuan.is_empty() || !matches!(places.len(), 1 | 2) || places.contains('.') {
        return Err(AmountError::Form);
    }
    let fen: i64 = format!("{places:0<2}").parse().map_err(|_| AmountError::Form)?;
    let whole = yuan.parse::<i64>().ok().and_then(|yuan| yuan.checked_mul(100)?.checked_add(fen));
    whole.ok_or(AmountError::TooLarge)
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

    #[test]
    fn the_largest_amount_has_no_words() {
        let words = "玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分";
        assert_eq!(fen_to_capitals(i64::MAX).as_deref(), Some(words));
        assert_eq!(fen_to_capitals(1_000_000_000_000_000_000).as_deref(), Some("壹亿亿元整"));
    }

    #[test]
    fn a_place_of_the_typed_amount_is_lost() {
        for (text, fen) in [("0", 0), ("12", 1200), ("12.5", 1250), ("12.05", 1205), ("0.07", 7), ("007", 700)] {
            assert_eq!(yuan_to_fen(text), Ok(fen), "{text}");
        }
        for (error, texts) in [
            (AmountError::Charset, ["-1", "+1", "1,000", "1e3", "１"].as_slice()),
            (AmountError::Form, &["", ".5", "5.", "1.234", "1.2.3", "1..", "..", "."]),
            (AmountError::TooLarge, &["92233720368547758.08", "9223372036854775808"]),
        ] {
            texts.iter().for_each(|text| assert_eq!(yuan_to_fen(text), Err(error), "{text}"));
        }
    }
}
