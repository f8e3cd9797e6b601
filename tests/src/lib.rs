//! The hall: what stands around a terminal, for tests and demonstrations. Never shipped.
//!
//! | Room | What stands in it |
//! |---|---|
//! | [`emulate`] | devices that speak their own protocols and take text lines (`insert 1`, `paper out`) |
//! | [`namespace`] | runs a program in namespaces of its own: fixed ports, no stray daemons |
//! | [`daemon`] | starts and kills real programs: pcscd |
//! | [`ground`] | all that stands around a terminal: pcscd, ippeveprinter, the reference agency, emulated devices |
//! | [`soak`] | all device classes, plugged, unplugged, broken and used at random |
//! | [`dice`] | chance that can be played again |
//! | [`terminal`] | the kiosk as a child process without a display, driven by text lines |
//! | [`journey`] | whole visits, judged by six witnesses |
//! | [`cells`] | the cells of a table, each in a program of its own |
//! | [`wipe`] | what a visit leaves behind: patterns, memory of processes, files |
//! | [`cases`] | devices behind real daemons: each way they fail |
//! | [`demo`] | the hall for a visitor: a window and a panel of buttons, or pictures |
//! | [`judges`] | programs that we did not write look at card and printer |
//! | [`pages`] | every page on every panel, drawn without a device |
//! | [`powercut`] | a visit's writes, replayed into folders that a power cut may leave |
//! | [`record`] | what a driver and its device said to each other, written down and played again |
//! | [`people`] | the invented people |
//! | [`proxy`] | between terminal and agency: loses, delays, doubles, cuts and mixes up replies |
//! | [`line`](mod@line) | a terminal's line to an agency, without the terminal |
//! | [`watcher`] | a command to a device under way, and what people do meanwhile |
//! | [`specimen`] | pages made by hand: full ones, long words, all that a page can hold |
//! | [`storm`] | a seeded storm on `step` alone, and the invariants that must hold in it |
//! | [`sim`] | `step` alone, brought to any page without a device: for the matrix, the storm and benches |

pub mod cases;
pub mod cells;
pub mod daemon;
pub mod demo;
pub mod dice;
pub mod emulate;
pub mod ground;
pub mod journey;
pub mod judges;
pub mod line;
pub mod namespace;
pub mod pages;
pub mod people;
pub mod powercut;
pub mod proxy;
pub mod record;
pub mod sim;
pub mod soak;
pub mod specimen;
pub mod storm;
pub mod terminal;
pub mod until;
pub mod watcher;
pub mod wipe;
