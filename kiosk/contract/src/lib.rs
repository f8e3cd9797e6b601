//! What kiosk, agency, hall and fleet agree on. Pure data and pure checks; imports nothing of ours.
//!
//! | Room | What stands in it |
//! |---|---|
//! | [`format`] | identity numbers, credit, item and case codes, periods, money, dates, PINs, masks, what may be somebody's number: parsing, checking, showing |
//! | [`field`] | the types of fields that an item may ask for, and their checks |
//! | [`catalogue`] | services as data: what an item asks for and what it returns |
//! | [`message`] | requests to and answers from the agency, with their paths |
//! | [`problem`] | the closed list of reasons why the agency says no |
//! | [`site`] | the terminal's configuration, with every limit and its reason |
//!
//! Must never: do I/O, read a clock, know a device or a screen.

pub mod catalogue;
pub mod field;
pub mod format;
pub mod message;
pub mod problem;
pub mod site;
