//! Breaks what is typed into the lines of its field. The glass cannot: what is not text yet goes on behind the last line.

use crate::measure::ems as width;

/// The last `most` lines of `text`, each at most `ems` wide; the last leaves room for `preedit`. Where something stands
/// before them, they begin with "…". At least one line, which may be empty.
pub(super) fn lines(text: &str, preedit: &str, ems: f32, most: usize) -> Vec<String> {
    // One em belongs to the caret and to "…".
    let room = (ems - 1.0).max(2.0);
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for c in text.chars().filter(|c| !c.is_control()) {
        if used + width(c) > room {
            let next = word_at_the_end(&mut lines);
            used = next.chars().map(width).sum();
            lines.push(next);
        }
        used += width(c);
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
    }
    if used > 0.0 && used + preedit.chars().map(width).sum::<f32>() > room {
        lines.push(String::new());
    }
    let before = lines.len().saturating_sub(most.max(1));
    lines.drain(..before);
    if let (true, Some(first)) = (before > 0, lines.first_mut()) {
        first.insert(0, '…');
    }
    lines
}

/// Takes the word that the last line ends with away from it, if there is another before it: it belongs to the next line.
fn word_at_the_end(lines: &mut [String]) -> String {
    let Some(line) = lines.last_mut() else { return String::new() };
    let Some(space) = line.rfind(' ') else { return String::new() };
    let word = line.split_off(space + 1);
    if word.is_ascii() {
        return word;
    }
    line.push_str(&word);
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_text_is_not_seen() {
        let text = "示范省示范市示范区幸福路一百二十八号三单元五〇二室".to_owned();
        assert_eq!(lines(&text, "", 9.0, 2), ["…八号三单元五〇二", "室"]);
        assert_eq!(lines(&text, "", 99.0, 2), [text.as_str()]);
        assert_eq!(lines("", "", 9.0, 2), [""]);
        assert_eq!(lines("", "yi'er", 3.0, 2), [""], "an empty field scrolls");
    }

    #[test]
    fn letters_that_are_no_text_yet_run_out_of_the_field() {
        assert_eq!(lines("示范省示范", "xing", 9.0, 3), ["示范省示范"]);
        assert_eq!(lines("示范省示范区", "xingfulu", 9.0, 3), ["示范省示范区", ""]);
        assert_eq!(lines("示范省示范区", "xingfulu", 9.0, 1), ["…"]);
    }

    #[test]
    fn a_number_is_broken_in_the_middle_of_a_group() {
        assert_eq!(lines("190101 19500101 001X", "", 12.0, 2), ["190101 19500101 ", "001X"]);
        assert_eq!(lines("幸福路 一百二十八号", "", 7.0, 2), ["幸福路 一百", "二十八号"]);
    }
}
