//! Hexadecimal digits: the one writer and the one reader of kiosk and agency.

/// Two lower-case digits a byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// So many bytes from two digits each, of either case; `None` for fewer, more, or anything else. (`from_str_radix` alone takes a sign.)
#[must_use]
pub fn from_hex<const COUNT: usize>(text: &str) -> Option<[u8; COUNT]> {
    if text.len() != COUNT * 2 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; COUNT];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_or_half_a_byte_passes_for_digits() {
        assert_eq!(from_hex("00fFa0"), Some([0, 255, 160]));
        assert_eq!(from_hex::<3>(&hex(&[0, 255, 160])), Some([0, 255, 160]));
        for other in ["", "00fFa", "00fFa00", "+0fFa0", "00 fa0", "00fFag", "００ff"] {
            assert_eq!(from_hex::<3>(other), None, "{other}");
        }
    }
}
