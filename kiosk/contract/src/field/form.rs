//! A whole form: every defect is told at once (一次告知), so that nobody is sent back twice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Field, FieldError, Value};
use crate::format::Date;

/// One thing that is wrong in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// Id of the field.
    pub field: String,
    /// What is wrong.
    pub error: FieldError,
    /// A text that would be right. Empty for a field that nobody asked for, and for a PIN: everybody would take it.
    pub example: String,
}

impl Defect {
    fn of(field: &Field, error: FieldError) -> Self {
        let example = if field.kind.leaves_the_kiosk() { field.kind.example() } else { String::new() };
        Self { field: field.id.clone(), error, example }
    }
}

/// Checks what was entered, by field id. Optional fields that were left empty are not in the result.
///
/// # Errors
/// Every defect: those of the fields in their order, then the fields that the item does not ask for.
pub fn check_form(
    fields: &[Field],
    entered: &BTreeMap<String, String>,
    today: Date,
) -> Result<BTreeMap<String, Value>, Vec<Defect>> {
    let (mut values, mut defects) = (BTreeMap::new(), Vec::new());
    for field in fields {
        match field.kind.check(entered.get(&field.id).map_or("", String::as_str), today) {
            Ok(value) => {
                values.insert(field.id.clone(), value);
            }
            Err(FieldError::Missing) if field.optional => {}
            Err(error) => defects.push(Defect::of(field, error)),
        }
    }
    let unasked = entered.keys().filter(|id| !fields.iter().any(|field| field.id == **id));
    defects.extend(unasked.map(|id| Defect { field: id.clone(), error: FieldError::Unknown, example: String::new() }));
    if defects.is_empty() { Ok(values) } else { Err(defects) }
}

/// What of a checked form goes to the agency: all but what is withheld.
#[must_use]
pub fn to_send(values: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    values.into_iter().filter(|(_, value)| *value != Value::Withheld).collect()
}

/// The agency's check of what [`to_send`] gave, by the same rules. A value that must not leave the kiosk counts as not asked for, and
/// one that is not written in its one form (another type, small letters) as [`FieldError::Form`].
///
/// # Errors
/// Every defect, as [`check_form`].
pub fn check_received(fields: &[Field], values: &BTreeMap<String, Value>, today: Date) -> Result<(), Vec<Defect>> {
    let asked: Vec<Field> = fields.iter().filter(|field| field.kind.leaves_the_kiosk()).cloned().collect();
    let texts = values.iter().map(|(id, value)| (id.clone(), value.to_text())).collect();
    let checked = check_form(&asked, &texts, today)?;
    let strange = asked.iter().filter(|field| checked.get(&field.id) != values.get(&field.id));
    let defects: Vec<_> = strange.map(|field| Defect::of(field, FieldError::Form)).collect();
    if defects.is_empty() { Ok(()) } else { Err(defects) }
}
