//! What is sealed, signed and keyed here. The only room that names the crypto crate; every result names its algorithm.
//!
//! Pure but for the randomness that sealing needs. Must never hold a key that opens what it has sealed.

pub mod person;
pub mod seal;
pub mod sign;
