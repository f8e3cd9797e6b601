//! What goes wrong on demand: lines of a file that is read anew at each request, `WHAT TRADE`, as `agency legacy --help` explains. A line
//! that is not understood answers nothing, lest a test pass by a slip of the pen.

use std::path::Path;

use super::book::Answer;
use crate::legacy::frame::Framing;
use crate::legacy::province::{Province, TradeName};
use crate::legacy::record::{Field, Kind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing comes.
    Silent,
    /// A byte comes now and then.
    Drip,
    /// Half of the frame comes, then the connection ends.
    Cut,
    /// A frame of bytes that are no record.
    Junk,
    /// What should be a length is none.
    Noise,
    /// About somebody else.
    Other,
    /// The answer to the question before.
    Stale,
    /// A code that no table lists.
    Code,
    /// One record fewer than it counts.
    Short,
    /// The first records again, whichever were asked for.
    Again,
}

impl Mishap {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "silent" => Self::Silent,
            "drip" => Self::Drip,
            "cut" => Self::Cut,
            "junk" => Self::Junk,
            "noise" => Self::Noise,
            "other" => Self::Other,
            "stale" => Self::Stale,
            "code" => Self::Code,
            "short" => Self::Short,
            "again" => Self::Again,
            _ => return None,
        })
    }

    /// Spoils what is said.
    pub fn spoil(self, province: &Province, trade: TradeName, sequence: i64, answer: &mut Answer) {
        // A number that nobody has: the day of birth is no day.
        let other = "190001000000000000";
        let Answer { head, records } = answer;
        match self {
            Self::Other => {
                for record in records.iter_mut().chain([head]) {
                    *record = std::mem::take(record).with_text("aac002", other);
                }
            }
            Self::Stale => *head = std::mem::take(head).with_number("x_sequence", sequence.saturating_sub(1).max(0)),
            Self::Code => {
                let code =
                    province.trade(trade).record.0.iter().find(|field| field.2 == Kind::Code && field.0 != "aae140");
                match (records.first_mut(), code) {
                    (Some(record), Some(Field(name, ..))) => *record = std::mem::take(record).with_text(name, "X"),
                    _ => *head = std::mem::take(head).with_text("x_result", "XXXX"),
                }
            }
            Self::Short => drop(records.pop()),
            Self::Silent | Self::Drip | Self::Cut | Self::Junk | Self::Noise | Self::Again => {}
        }
    }

    /// Spoils how it is sent.
    pub fn spoil_frame(self, framing: Framing, mut frame: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Cut => frame.truncate(frame.len() / 2),
            Self::Junk => frame.iter_mut().skip(framing.length_digits).for_each(|byte| *byte = 0xFF),
            Self::Noise => frame.iter_mut().for_each(|byte| *byte = b'?'),
            _ => {}
        }
        frame
    }
}

/// The mishap of this request, if there is one: the first line of its trade counts.
pub fn find(file: Option<&Path>, trade: TradeName) -> Option<Mishap> {
    let lines = file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    find_in(&lines, trade)
}

fn find_in(lines: &str, trade: TradeName) -> Option<Mishap> {
    let mut found = None;
    for line in lines.lines() {
        let words: Vec<_> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        let (mishap, of) = match words.as_slice() {
            [] => continue,
            [what, of] => (Mishap::parse(what), TradeName::parse(of)),
            _ => (None, None),
        };
        let (Some(mishap), Some(of)) = (mishap, of) else {
            eprintln!("legacy: mishap file: {line:?} is not understood");
            return Some(Mishap::Silent);
        };
        found = found.or((of == trade).then_some(mishap));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_mishap_passes_for_none() {
        let lines = "# test\n\ncut months # in the middle\nsilent months\nother account\n";
        assert_eq!(find_in(lines, TradeName::Months), Some(Mishap::Cut));
        assert_eq!(find_in(lines, TradeName::Account), Some(Mishap::Other));
        assert_eq!(find_in(lines, TradeName::Enrolment), None);
        for wrong in ["cut", "cuts months", "cut month", "cut months now"] {
            assert_eq!(find_in(wrong, TradeName::Account), Some(Mishap::Silent), "{wrong}");
        }
    }
}
