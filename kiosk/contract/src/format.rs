//! Formats: parsing, checking, showing. Pure and total; each has one file.

mod date;
mod identity;
mod mask;
mod money;
mod period;

pub use date::Date;
pub use identity::{IdError, IdKind, Identity};
pub use mask::{mask_id_own, mask_id_shared, mask_name, mask_phone};
pub use money::fen_to_text;
pub use period::{Period, PeriodError, RangeError};

#[cfg(test)]
mod judge;
