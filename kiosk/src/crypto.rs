//! What is sealed, signed and keyed here. And what others have signed. The only room that names the crypto crates; every result names its algorithm.
//!
//! Takes randomness from the machine; `person` keeps its key in a file. Must never hold a key that opens what it has sealed.

pub mod document;
pub mod person;
pub mod seal;
pub mod sign;
