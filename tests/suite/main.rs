//! The hall's tests in one binary: pure ones first, then those that run in namespaces of their own.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod agency_line;
mod asked;
mod audit;
mod card_in_and_out;
mod card_pin;
mod crash;
mod devices;
mod emulators;
mod events;
mod forms;
mod glass;
mod hall_storm;
mod identity;
mod info;
mod input_method;
mod journal;
mod journeys;
mod junk;
mod limits;
mod matrix;
mod numbers;
mod offline;
mod opinion;
mod powercut;
mod published;
mod remembered;
mod retention;
mod saboteurs;
mod shipped;
mod storm;
mod tidy;
mod transcripts;
mod wipe;
