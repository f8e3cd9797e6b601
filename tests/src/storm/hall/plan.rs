//! What is to happen in a visit, drawn from the seed and its number alone, so that one line tells it and one command plays it again. Pure.

use std::fmt;

use super::errand::{Errand, Errands, NEW_PINS, Slip};
use super::trouble::{TROUBLES, Trouble, lies};
use crate::dice::Dice;
use crate::proxy::Roughness;
use crate::terminal::fuse::Cut;
use kiosk::session::{ActKind, Boundary};

/// What is to happen.
pub struct Plan {
    /// From 1.
    pub number: u64,
    /// Place in personas.toml, from 1.
    pub persona: usize,
    /// The PIN that they choose, if they choose one.
    pub new_pin: &'static str,
    /// A wrong PIN first.
    pub wrong_pin: bool,
    /// What they come for.
    pub errands: Vec<Errand>,
    /// Taps on anything after that.
    pub taps: usize,
    /// What goes wrong.
    pub trouble: Option<&'static Trouble>,
    /// On which page of the visit it does; 0 before it begins.
    pub strikes_at: usize,
    /// It strikes on the page of this name instead: it was not drawn, and must be met.
    pub strikes_on: Option<&'static str>,
    /// Whether somebody waits until it is mended and goes on.
    pub patient: bool,
    /// How they go.
    pub parting: Parting,
    /// Where the power goes, one after the other; each in the middle of an act.
    pub cuts: Vec<Cut>,
    /// How many acts in sixty-four meet a mishap on their way to the agency.
    pub roughness: Roughness,
    /// For all that is decided on the way.
    pub seed: u64,
}

/// How somebody goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// By the button, taking the card.
    Leaves,
    /// Takes the card and goes.
    PullsCard,
    /// Forgets everything.
    FallsAsleep,
}

/// Where the power goes.
pub enum Cuts {
    /// In three visits of four, at any boundary of any kind of act, or while a device is at work.
    Drawn,
    /// Nowhere.
    Never,
    /// There, in each visit.
    Always(Cut),
}

impl Cuts {
    /// `none`, or what a [`Cut`] is written as; where nothing is said, they are drawn.
    ///
    /// # Errors
    /// There is no such place.
    pub fn parse(said: Option<&str>) -> Result<Self, String> {
        match said {
            None => Ok(Self::Drawn),
            Some("none") => Ok(Self::Never),
            Some(cut) => Cut::parse(&cut.split_whitespace().collect::<Vec<_>>()).map(Self::Always),
        }
    }

    fn draw(&self, dice: &mut Dice) -> Vec<Cut> {
        let at = |kind, boundary| Cut { kind, boundary, later_ms: 0 };
        let cut = match self {
            Self::Never => return Vec::new(),
            Self::Always(cut) => *cut,
            Self::Drawn if dice.roll(4) == 0 => return Vec::new(),
            Self::Drawn => {
                let (kind, at_work_ms) = *dice.pick(&CUT).unwrap_or(&(ActKind::Slip, 100));
                match kind.boundaries().get(dice.roll(kind.boundaries().len() + AT_WORK)) {
                    Some(boundary) => at(kind, *boundary),
                    None => Cut { later_ms: 5 + dice.roll(at_work_ms) as u64, ..at(kind, Boundary::Sending) },
                }
            }
        };
        // What is asked later was unknown first.
        let before = (cut.boundary == Boundary::Asked).then(|| at(cut.kind, Boundary::Performed));
        before.into_iter().chain([cut]).collect()
    }
}

/// Kinds of act in the middle of which the power goes, the commoner ones more often; and for how many milliseconds at most one is at work when
/// nothing hinders it.
const CUT: [(ActKind, usize); 8] = [
    (ActKind::Slip, 150),
    (ActKind::Slip, 600),
    (ActKind::Certificate, 300),
    (ActKind::Certificate, 1500),
    (ActKind::Case, 60),
    (ActKind::Case, 400),
    (ActKind::CardPin, 400),
    (ActKind::Question, 100),
];
/// How many boundaries being at work counts for.
const AT_WORK: usize = 4;

/// Most come with a card that can be served.
const PERSONAS: [usize; 32] =
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 9, 9, 9, 9, 10, 10, 10, 10, 12, 12, 12, 5, 6, 11];
/// Calm for a few, rough for most.
const ROUGHNESS: [Roughness; 5] = [0, 0, 8, 16, 32];
/// Pages of a visit on which something may go wrong, and those before the first errand's paper.
const PAGES: usize = 16;
const EARLY: usize = 10;

/// From this visit on each lie of a printer has one: chance may leave one out of thirty visits.
const FIRST_LIE: u64 = 11;
/// Of somebody with contributions, who gets a slip of them.
const LIED_TO: usize = 1;
/// The last page before that is printed.
const BEFORE_A_SLIP: &str = "slip-choice";

/// The lie that this visit must meet, if any; none where somebody has said where the power is to go.
fn lie(number: u64, cuts: &Cuts) -> Option<&'static Trouble> {
    let mut numbered = (FIRST_LIE..).zip(lies());
    numbered.find(|(at, _)| *at == number && matches!(cuts, Cuts::Drawn)).map(|(_, lie)| lie)
}

impl Plan {
    /// Visit `number` of this seed. `pin` is what the drawn persona's card takes now.
    ///
    /// # Errors
    /// The tables are empty.
    pub fn draw(
        seed: u64,
        number: u64,
        errands: &Errands,
        cuts: &Cuts,
        pin: impl Fn(usize) -> Result<String, String>,
    ) -> Result<Self, String> {
        let seed = seed.wrapping_mul(100_003).wrapping_add(number);
        let mut dice = Dice::new(seed);
        let lie = lie(number, cuts);
        let anybody = *dice.pick(&PERSONAS).ok_or("nobody")?;
        let persona = if lie.is_some() { LIED_TO } else { anybody };
        let old = pin(persona)?;
        let others: Vec<&str> = NEW_PINS.into_iter().filter(|new| *new != old).collect();
        let new_pin = *dice.pick(&others).ok_or("no PIN")?;
        let random = dice.roll(6) == 0 && lie.is_none();
        let trouble = if dice.roll(4) == 0 { None } else { dice.pick(TROUBLES) };
        let trouble = lie.or(trouble);
        let count = if random { 0 } else { 2 + dice.roll(4) };
        let meets = trouble.and_then(|trouble| errands.that_meets(trouble.meets?, persona, &mut dice));
        let drawn: Vec<Errand> = (0..count).filter_map(|_| errands.draw(persona, &old, new_pin, &mut dice)).collect();
        // Whoever must meet a lie is not kept from it by anything else.
        let cuts = if random || lie.is_some() { Vec::new() } else { cuts.draw(&mut dice) };
        let cut = cuts.first().and_then(|cut| errands.of(cut.kind, persona, &old, new_pin, &mut dice));
        // Whoever meets their trouble first may go before they come to the other.
        let drawn = cut.into_iter().chain(meets.filter(|_| !random)).chain(drawn);
        // A second change in one visit would begin with the first one's PIN.
        let mut changes = 0;
        let once = drawn.filter(|errand| {
            changes += usize::from(errand.changes_pin());
            !errand.changes_pin() || changes == 1
        });
        let errands = once.collect();
        Ok(Self {
            number,
            persona,
            new_pin,
            wrong_pin: dice.roll(8) == 0,
            errands,
            taps: if random { 20 + dice.roll(40) } else { 0 },
            strikes_at: dice.roll(trouble.map_or(1, |trouble| if trouble.meets.is_some() { EARLY } else { PAGES })),
            strikes_on: lie.map(|_| BEFORE_A_SLIP),
            trouble,
            patient: dice.roll(2) == 0 && lie.is_none(),
            parting: *dice
                .pick(&[Parting::Leaves, Parting::Leaves, Parting::PullsCard, Parting::FallsAsleep])
                .ok_or("no way out")?,
            cuts,
            roughness: if lie.is_some() { 0 } else { *dice.pick(&ROUGHNESS).ok_or("no weather")? },
            seed,
        })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>3}  persona {:<2}", self.number, self.persona)?;
        if self.wrong_pin {
            write!(f, " wrong PIN first,")?;
        }
        for errand in &self.errands {
            let paper = if errand.slip == Slip::No { "" } else { "+slip" };
            write!(f, " {}{paper}", errand.item)?;
        }
        if self.taps > 0 {
            write!(f, " {} taps on anything", self.taps)?;
        }
        if let Some(trouble) = self.trouble {
            let then = if self.patient { "waits" } else { "gives up" };
            match self.strikes_on {
                Some(page) => write!(f, "; {} on {page}, {then}", trouble.name)?,
                None => write!(f, "; {} on page {}, {then}", trouble.name, self.strikes_at)?,
            }
        }
        if let Some(cut) = self.cuts.last() {
            write!(f, "; power cut at {cut}")?;
        }
        let parting = match self.parting {
            Parting::Leaves => "leaves",
            Parting::PullsCard => "pulls the card",
            Parting::FallsAsleep => "falls asleep",
        };
        write!(f, "; {parting}; line {}/64", self.roughness)
    }
}
