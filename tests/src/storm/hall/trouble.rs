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
    /// What must print for somebody to meet it.
    pub meets: Option<Printer>,
}

/// A printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printer {
    /// Of slips.
    Receipt,
    /// Of documents.
    Page,
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

type Lines = &'static [&'static str];

const fn hand(name: &'static str, strike: Strike) -> Trouble {
    Trouble { name, strike, cure: &[], meets: None }
}

const fn service(name: &'static str, strike: Lines, cure: Lines) -> Trouble {
    Trouble { name, strike: Strike::Ground(strike), cure, meets: None }
}

const fn receipt(name: &'static str, strike: Lines, cure: Lines) -> Trouble {
    Trouble { name, strike: Strike::Ground(strike), cure, meets: Some(Printer::Receipt) }
}

const fn page(name: &'static str, strike: Lines, cure: Lines) -> Trouble {
    Trouble { name, strike: Strike::Ground(strike), cure, meets: Some(Printer::Page) }
}

/// Each way in which a printer says what is not true, or says it late or never.
pub fn lies() -> impl Iterator<Item = &'static Trouble> {
    let is_lie = |line: &str| line.starts_with("receipt answer ") || line.starts_with("receipt status ");
    TROUBLES.iter().filter(move |trouble| matches!(&trouble.strike, Strike::Ground([first, ..]) if is_lie(first)))
}

/// Every trouble.
pub const TROUBLES: &[Trouble] = &[
    hand("card pulled", Strike::Pull),
    hand("card pulled in a command", Strike::PullInCommand),
    hand("nobody touches it", Strike::Doze),
    hand("terminal killed", Strike::Kill),
    service("card service dies", &["pcscd kill"], &["pcscd start"]),
    service("agency goes down", &["agency down"], &["agency up"]),
    receipt("receipt paper ends", &["receipt paper out after 150"], &["receipt refill"]),
    receipt("receipt answers late", &["receipt answer late 700"], &["receipt answer in-order"]),
    receipt("receipt never answers", &["receipt answer never"], &["receipt answer in-order"]),
    receipt(
        "receipt answers falsely",
        &["receipt answer falsely", "receipt paper out after 150"],
        &["receipt answer in-order", "receipt refill"],
    ),
    receipt(
        "receipt status lies",
        &["receipt status lies", "receipt paper out after 150"],
        &["receipt status true", "receipt refill"],
    ),
    receipt("receipt answers junk", &["receipt answer junk"], &["receipt answer in-order"]),
    receipt("receipt printer goes", &["receipt offline"], &["receipt online"]),
    receipt("cover opened", &["receipt cover open"], &["receipt cover close"]),
    page("page paper ends", &["page paper out"], &["page refill"]),
    // What it reported once stays until it is switched off.
    page("page jam", &["page jam"], &["page clear", "page vanish", "page return"]),
    page("page printer aborts", &["page abort"], &["page clear"]),
    page("page printer slow", &["page slow 2500"], &["page slow 0"]),
    page("page printer goes", &["page vanish"], &["page return"]),
];
