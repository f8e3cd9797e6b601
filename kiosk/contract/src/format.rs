//! Formats: parsing, checking, showing. Pure and total; each has one file. The golden vectors judge them
//! (`tests/judging/formats.rs`).

mod code;
mod credit;
mod date;
mod hex;
mod identity;
mod mask;
mod money;
mod period;
mod pin;
mod seal;
mod somebody;

pub use code::{CaseCode, CodeError, ItemCode};
pub use credit::{CreditCode, CreditError};
pub use date::Date;
pub use hex::{from_hex, hex};
pub use identity::{IdError, IdKind, Identity};
pub use mask::{mask_bank, mask_id_own, mask_id_shared, mask_name, mask_phone};
pub use money::{AmountError, fen_to_capitals, fen_to_text, yuan_to_fen};
pub use period::{Period, PeriodError, RangeError};
pub use pin::{NEW_PIN_DIGITS, PinError, check_new_pin, stands_in};
pub use seal::{DocumentSeal, SM2_IDENTIFIER, SealAlgorithm, key_id};
pub use somebody::{holds_number, is_card_number};

/// Schema of what is written as a string of one form.
#[cfg(feature = "openapi")]
fn string_schema(pattern: &str, description: &str) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    let schema = utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .pattern(Some(pattern))
        .description(Some(description))
        .build();
    utoipa::openapi::RefOr::T(schema.into())
}
