//! Tells what is laid down now from what lay there before: a document, or a card of staff ([`crate::staff`]). [`Fresh`] is pure: looks
//! in, verdicts out.
//!
//! Modules differ in what they answer about a document that stays: some find it again and again, some every other time.
//! So "gone" needs two looks in a row that find nothing.

use std::time::Duration;

use crate::control::{Control, Progress};
use crate::fault::Code;
use crate::wire::steady::pause;

/// Between two looks; the field's own pace.
pub(crate) const LOOK: Duration = Duration::from_millis(300);

/// How waiting ends in the words of a class, when nothing came of it.
pub(crate) trait Waits: Sized {
    /// Something lies there from before.
    const LEFT_BEHIND: Code;
    /// Somebody cancelled.
    fn cancelled() -> Self;
    /// Nobody laid anything down.
    fn nothing() -> Self;
}

/// Looks until something is laid down, then reads it; whatever lay there before only blocks.
pub(crate) fn await_fresh<R, T, E: Waits>(
    control: &Control<'_>,
    reader: &mut R,
    look: impl Fn(&mut R, &Control<'_>) -> Result<bool, E>,
    read: impl Fn(&mut R, &Control<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut fresh = Fresh::default();
    let mut blocked = false;
    loop {
        if control.cancel.is_cancelled() {
            return Err(E::cancelled());
        }
        if control.left().is_zero() {
            return Err(E::nothing());
        }
        let verdict = fresh.saw(look(reader, control)?);
        match verdict {
            Verdict::New => return read(reader, control),
            Verdict::Old if !blocked => (control.progress)(Progress::Blocked(E::LEFT_BEHIND)),
            Verdict::Wait if blocked && fresh.is_clear() => (control.progress)(Progress::Resumed),
            _ => {}
        }
        blocked = verdict == Verdict::Old || (blocked && !fresh.is_clear());
        pause(LOOK.min(control.left()));
    }
}

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
