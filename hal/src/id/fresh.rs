//! Tells a document that is laid down now from one that lay there before. Pure: looks in, verdicts out.
//!
//! Modules differ in what they answer about a document that stays: some find it again and again, some every other time.
//! So "gone" needs two looks in a row that find nothing.

/// What a look means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing there, or not sure yet.
    Wait,
    /// Something lies there that was there before.
    Old,
    /// Laid down now: read it.
    New,
}

/// Looks in a row that must find nothing.
const EMPTY_LOOKS: u8 = 2;

/// What was seen so far, since the command began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fresh {
    empty_looks: u8,
}

impl Fresh {
    /// Whether what is laid down next counts.
    #[must_use]
    pub const fn is_clear(self) -> bool {
        self.empty_looks == EMPTY_LOOKS
    }

    /// Takes in one look.
    pub const fn saw(&mut self, there: bool) -> Verdict {
        if !there {
            self.empty_looks = if self.empty_looks < EMPTY_LOOKS { self.empty_looks + 1 } else { EMPTY_LOOKS };
            Verdict::Wait
        } else if self.is_clear() {
            Verdict::New
        } else {
            self.empty_looks = 0;
            Verdict::Old
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{New, Old, Wait};

    fn verdicts(looks: &[bool]) -> Vec<Verdict> {
        let mut fresh = Fresh::default();
        looks.iter().map(|there| fresh.saw(*there)).collect()
    }

    #[test]
    fn the_last_citizens_document_still_lies_there() {
        assert_eq!(verdicts(&[true, true, false, false, true]), [Old, Old, Wait, Wait, New]);
        assert_eq!(verdicts(&[false, false, true]), [Wait, Wait, New]);
    }

    #[test]
    fn a_module_finds_a_document_that_stays_every_other_time() {
        assert_eq!(verdicts(&[true, false, true, false, true]), [Old, Wait, Old, Wait, Old]);
        assert_eq!(verdicts(&[false, true]), [Wait, Old]);
    }
}
