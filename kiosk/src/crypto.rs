//! What is sealed, signed and keyed here. The only room that names the crypto crate; every result names its algorithm.
//!
//! Takes randomness from the machine; `person` keeps its key in a file. Must never hold a key that opens what it has sealed.

pub mod person;
pub mod seal;
pub mod sign;
