//! What goes wrong around a visit: lines for the ground, or hands on card and mains. A table; nothing here does anything.

/// Something that goes wrong once in a visit.
#[derive(Debug, PartialEq, Eq)]
pub struct Trouble {
    /// In plans and tables.
    pub name: &'static str,
    /// What happens.
    pub strike: Strike,
    /// Lines for the ground that mend it.
    pub cure: &'static [&'static str],
}

/// How it happens.
#[derive(Debug, PartialEq, Eq)]
pub enum Strike {
    /// Lines for the ground.
    Ground(&'static [&'static str]),
    /// The card is pulled.
    Pull,
    /// The card leaves in the middle of a command.
    PullInCommand,
    /// The terminal is killed and started again.
    Kill,
    /// Nobody touches anything, until the terminal asks whether anybody is there; then somebody does.
    Doze,
}

const fn ground(name: &'static str, strike: &'static [&'static str], cure: &'static [&'static str]) -> Trouble {
    Trouble { name, strike: Strike::Ground(strike), cure }
}

const fn hand(name: &'static str, strike: Strike) -> Trouble {
    Trouble { name, strike, cure: &[] }
}

/// Every trouble. Where several stand for one part, its kinds of lies come one by one.
pub const TROUBLES: &[Trouble] = &[
    hand("card pulled", Strike::Pull),
    hand("card pulled in a command", Strike::PullInCommand),
    hand("nobody touches it", Strike::Doze),
    hand("terminal killed", Strike::Kill),
    ground("card service dies", &["pcscd kill"], &["pcscd start"]),
    ground("agency goes down", &["agency down"], &["agency up"]),
    ground("receipt paper ends", &["receipt paper out after 150"], &["receipt refill"]),
    ground("receipt answers late", &["receipt answer late 700"], &["receipt answer in-order"]),
    ground("receipt never answers", &["receipt answer never"], &["receipt answer in-order"]),
    ground(
        "receipt answers falsely",
        &["receipt answer falsely", "receipt paper out after 150"],
        &["receipt answer in-order", "receipt refill"],
    ),
    ground(
        "receipt status lies",
        &["receipt status lies", "receipt paper out after 150"],
        &["receipt status true", "receipt refill"],
    ),
    ground("receipt answers junk", &["receipt answer junk"], &["receipt answer in-order"]),
    ground("receipt printer goes", &["receipt offline"], &["receipt online"]),
    ground("cover opened", &["receipt cover open"], &["receipt cover close"]),
    ground("page paper ends", &["page paper out"], &["page refill"]),
    // What it reported once stays until it is switched off.
    ground("page jam", &["page jam"], &["page clear", "page vanish", "page return"]),
    ground("page printer aborts", &["page abort"], &["page clear"]),
    ground("page printer slow", &["page slow 2500"], &["page slow 0"]),
    ground("page printer goes", &["page vanish"], &["page return"]),
];
