//! The self-service terminal: the rules and the wiring.
//!
//! | Room | What stands in it |
//! |---|---|
//! | [`session`] | `step`: the one place where state changes; plain functions, no I/O, no clock |
//! | [`view`] | `view`: what a state looks like, in finished words |
//! | [`app`] | threads: receive, step, perform, show; [`app::clerk`] alone performs acts |
//! | [`agency`] | questions to the agency and how they fail; the only folder that names the HTTP crate |
//! | [`journal`] | on disk: acts ("was it printed?"), lines of the audit, what waits for the agency; the only folder that names the database crate |
//! | [`audit`] | the chain of what happened here, and its verifier |
//! | [`crypto`] | sealing, signing, pseudonyms; the only folder that calls `ring` and `sm2` |
//! | [`command`] | what the program prints when it is asked about what it has kept |
//! | [`catalogue`] | an agency's catalogue in a file, checked with the terminal's eyes |
//! | [`config`] | layers of configuration into one checked [`contract::site::Site`] |
//! | [`input_method`] | pinyin and strokes for the keyboard on the glass; the only folder that knows librime |
//! | [`devices`] | drivers from the configuration, and what `kiosk devices` lists |
//! | `cells`, `columns` | how values of a result are set, and how wide, on the glass and on paper |
//! | `hours` | when a person answers |
//! | `reading` | texts in lines and pages, counted and shown alike |
//! | [`kept`] | on disk: what the agency makes public, for a start without it |
//! | [`panic`] | of a panic its place, and a new beginning |
//! | [`events`] | the closed list of log events |
//! | [`clock`] | elapsed time and hall time; the only file that reads wall time |
//!
//! Must never: let a personal value outlive its `Visit`, say a success that no device or agency has confirmed.

pub mod agency;
pub mod app;
pub mod audit;
pub mod catalogue;
mod cells;
pub mod clock;
mod columns;
pub mod command;
pub mod config;
pub mod crypto;
pub mod devices;
pub mod events;
mod hours;
pub mod input_method;
pub mod journal;
pub mod kept;
pub mod panic;
mod reading;
pub mod session;
pub mod view;
