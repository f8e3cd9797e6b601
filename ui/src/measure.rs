//! How wide words are, before anything draws them: for fields and for texts that are broken into lines and pages.
//!
//! Widths are rounded up from the house's face, so that a line is never wider than its room; how much that leaves at the right does not
//! matter.

/// Ems that a character takes at most.
#[must_use]
pub const fn ems(c: char) -> f32 {
    match c {
        // Latin small letters and points: 0.55 on average; digits have one width.
        'i' | 'j' | 'l' | '.' | ',' | '\'' | ' ' | ':' | '-' => 0.36,
        '0'..='9' => 0.56,
        'm' | 'w' | '@' | '%' | 'A'..='Z' => 0.95,
        '\u{20}'..='\u{24f}' => 0.62,
        // Chinese, and what is as wide in a Chinese face.
        _ => 1.0,
    }
}

/// A text in lines of at most so many ems, with nothing left out but blanks where a line ends. Words of letters stay whole where a line
/// has room for them; a Chinese sign that ends something never begins a line.
#[must_use]
pub fn lines(text: &str, room_ems: f32) -> Vec<String> {
    // One em belongs to the sign that may not begin the next line.
    let room = (room_ems - 1.0).max(2.0);
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for piece in pieces(text) {
        let width: f32 = piece.chars().map(ems).sum();
        // One sign may stand beyond the room, no second.
        let stays = used <= room && hangs(piece);
        if used > 0.0 && used + width > room && !stays {
            lines.push(String::new());
            used = 0.0;
        }
        // A blank never begins a line, and a word that is wider than a line is broken.
        for c in piece.chars() {
            if c == ' ' && used <= 0.0 {
                continue;
            }
            if used + ems(c) > room && !stays {
                lines.push(String::new());
                used = 0.0;
            }
            used += ems(c);
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
        }
    }
    lines.iter().map(|line| line.trim_end_matches(' ').to_owned()).collect()
}

/// What stays together: a word of letters and digits with the signs at its end, or one character of anything else.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if first.is_ascii_graphic() {
            rest.find(|c: char| !c.is_ascii_graphic()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(piece)
    })
}

/// Whether it stands behind a line that is full rather than before the next.
fn hangs(piece: &str) -> bool {
    let mut signs = piece.chars();
    matches!(signs.next(), Some('，' | '。' | '、' | '；' | '：' | '？' | '！' | '）' | '》' | '〕' | '”' | '·'))
        && signs.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_wider_than_its_room() {
        let text = "从2025年1月1日起，男职工的退休年龄每4个月延1个月，逐步到63岁。From 1 January 2025 on, the age rises by a month.";
        for room in 4..40_u16 {
            let broken = lines(text, f32::from(room));
            for line in &broken {
                let width: f32 = line.chars().map(ems).sum();
                assert!(width < f32::from(room) + 0.01, "{room}: {line}");
            }
            let bare = |text: &str| text.replace(' ', "");
            assert_eq!(bare(&broken.concat()), bare(text), "{room}: something is lost");
        }
    }

    #[test]
    fn a_line_begins_with_a_full_stop_or_in_the_middle_of_a_word() {
        assert_eq!(lines("一二三四五。六", 6.0), ["一二三四五。", "六"]);
        assert_eq!(lines("of the pension", 6.0), ["of the", "pension"]);
        assert_eq!(lines("", 5.0), [""]);
        assert_eq!(lines("aaaaaaaaaa", 3.0).len(), 4);
    }
}
