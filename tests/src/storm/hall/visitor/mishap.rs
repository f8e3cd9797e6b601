//! What goes wrong around a visitor, and what they do then: a device breaks and is mended, the card is pulled, the power goes.

use super::super::trouble::Strike;
use super::{SEEN, Visitor};
use crate::journey::sentences::judge;
use crate::journey::testimony::{self, Testimony};

impl Visitor<'_> {
    /// Something goes wrong when its page has come, and is mended a few pages later, or when the visit is over.
    pub(super) fn trouble(&mut self) -> Result<(), String> {
        let Some(trouble) = self.plan.trouble else { return Ok(()) };
        if self.mends_at.is_some_and(|at| self.met >= at) {
            return self.mend();
        }
        let is_early = self.plan.strikes_on.map_or(self.met < self.plan.strikes_at, |page| self.page != page);
        if self.struck || is_early {
            return Ok(());
        }
        self.struck = true;
        match trouble.strike {
            Strike::Ground(lines) => {
                for line in lines {
                    self.play.ground(line)?;
                }
                self.mends_at = self.plan.patient.then(|| self.met + 1 + self.dice.roll(4));
                Ok(())
            }
            // Where no card is in, there is nothing to pull yet.
            Strike::Pull => {
                self.struck = self.card_is_in()?;
                self.pull()
            }
            Strike::PullInCommand => self.play.ground("card pull mid-apdu"),
            Strike::Kill => self.kill(),
            Strike::Doze => {
                self.play.advance("idle_warning")?;
                let _nobody_asks = self.play.tap("继续办理");
                Ok(())
            }
        }
    }

    pub(super) fn mend(&mut self) -> Result<(), String> {
        self.mends_at = None;
        let cure = self.plan.trouble.map_or(&[] as &[&str], |trouble| trouble.cure);
        cure.iter().try_for_each(|line| self.play.ground(line))
    }

    /// The terminal loses its power on whatever page this is; the card stays in or is taken.
    fn kill(&mut self) -> Result<(), String> {
        if self.dice.roll(2) == 0 {
            self.pull()?;
        }
        self.power.start(self.play)?;
        self.begin_again()
    }

    /// Whether the power had gone in the middle of an act and is back. Whoever sits before a dark glass takes the card, or waits.
    pub(super) fn finds_it_dark(&mut self) -> Result<bool, String> {
        if !self.power.returns(self.play)? {
            return Ok(false);
        }
        // Not only in the end: an id that was forgotten is given again, and then all agree once more.
        let said = testimony::hear(self.play, self.pages()?, self.acts)?;
        judge(&Testimony { cut: true, ..said }).map_err(|untrue| format!("when the power was back, {untrue}"))?;
        if self.dice.roll(2) == 0 {
            let _may_be_out = self.play.ground.line("card pull");
        }
        // Nobody has told them whether it was done. A second change of the PIN would begin with the first one's.
        let again = self.errand.take().filter(|errand| self.plan.patient && !errand.changes_pin());
        self.errands.extend(again.clone());
        self.errands.rotate_right(usize::from(again.is_some()));
        self.begin_again()?;
        // With the card in the hand: once more, from the start.
        self.begun = !self.plan.patient || self.parted || self.card_is_in()?;
        Ok(true)
    }

    fn begin_again(&mut self) -> Result<(), String> {
        self.answers.clear();
        self.page.clear();
        if self.card_is_in()? {
            // It is seen, or the agency is not there, and then nobody is asked for a PIN.
            let _not_served = self.leaves("welcome", SEEN);
        }
        Ok(())
    }
}
