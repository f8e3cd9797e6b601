//! What the program `kiosk` prints when it is asked about what it has kept. Called by `main` only.

pub mod audit;
pub mod journal;
pub mod kept;
