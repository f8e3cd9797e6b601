//! Whose word something is: how an act ended, that an export is kept elsewhere, what became of a parcel.

use super::Name;

/// Who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The terminal, which performed it.
    Terminal,
    /// The agency, asked by the act id.
    Agency,
    /// The printer, asked by the job's name.
    Printer,
    /// A member of staff who has looked, by 工号.
    Staff(Name),
}

impl By {
    /// Somebody by 工号; `None` for what is no such number, or may be another number of theirs, or is the name of a machine that
    /// gives its own.
    #[must_use]
    pub fn staff(number: &str) -> Option<Self> {
        let name = Name::from(number);
        let is_machine = [Self::Terminal, Self::Agency, Self::Printer].iter().any(|by| by.to_string() == number);
        (name.0 == number && !is_machine).then_some(Self::Staff(name))
    }
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Terminal => "terminal",
            Self::Agency => "agency",
            Self::Printer => "printer",
            Self::Staff(number) => &number.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use contract::message::Outcome;

    use super::*;
    use crate::events::{Actor, Event};

    #[test]
    fn what_staff_have_entered_stands_as_the_terminals_doing() {
        let ended = |by| Event::ActEnded { act: Name::from("t-0301-1-1"), by, outcome: Outcome::Printed }.audited();
        assert_eq!(ended(By::Printer), Some(Actor::Terminal));
        assert_eq!(By::staff("A0031").map(ended), Some(Some(Actor::Staff)));
    }
}
