//! Devices of a service hall: bytes and machines.
//!
//! This crate knows no people, visits, agencies or screens. It offers one small trait per device class and
//! the drivers behind it; whoever calls brings a [`Control`] (deadline, cancel, progress) and gets exactly
//! one answer per command.
//!
//! | Room | What stands in it |
//! |---|---|
//! | [`private`] | the one box in which personal values travel |
//! | [`fault`] | common device state, fault codes, class and recommended action: one table |
//! | [`control`] | deadline, cancel and progress of a command |
//! | [`wire`] | a byte pipe with deadlines: TCP, serial, any character device |
//! | [`card`] | social security card: codecs, procedures, PC/SC |
//! | [`bridge`] | vendor bridge: drivers that live in another process; motorised card reader, security module |
//! | [`id`] | resident-ID reader: SDT, a second dialect, PC/SC |
//! | [`staff`] | reader for staff cards: PC/SC |
//! | [`face`] | a living face: what a driver would have to do; none is there |
//! | [`scanner`] | code scanner: serial |
//! | [`receipt`] | receipt printer: ESC/POS |
//! | [`page`] | page printer: IPP |
//! | [`pad`] | number pad: plain and encrypting |
//! | [`sensors`] | contacts and lights: Modbus RTU, Linux LED class |
//! | [`ups`] | power supply: NUT |
//!
//! Must never: print or log anything, know a word of a human language, wait without a deadline.

pub mod bridge;
pub mod card;
pub mod control;
mod day;
pub mod face;
pub mod fault;
pub mod id;
pub mod pad;
pub mod page;
pub mod private;
pub mod receipt;
pub mod scanner;
pub mod sensors;
pub mod staff;
pub mod ups;
pub mod wire;

pub use control::{Cancel, Control, Progress};
pub use day::Day;
pub use fault::{Action, Class, Code, DeviceState};
pub use private::Private;
