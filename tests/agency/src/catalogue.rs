//! The items on offer (catalogue.toml), and whether a request fits one of them. Knows the catalogue's shapes, no item.

use std::collections::BTreeMap;

use contract::catalogue::{Catalogue, Field, FieldKind, Item, Kind, Value};
use contract::format::Period;
use contract::problem::ProblemCode;

/// Months a page or sheet can show (domain 1.7).
const MONTHS_MAX: u32 = 36;

/// Reads the catalogue that is built in.
pub fn read() -> Result<Catalogue, toml::de::Error> {
    toml::from_str(include_str!("../catalogue.toml"))
}

/// The item a request means, if it is of that kind and that version.
pub fn item_of<'a>(catalogue: &'a Catalogue, id: &str, version: u32, kind: Kind) -> Result<&'a Item, ProblemCode> {
    let item = catalogue.item(id).filter(|item| item.kind == kind).ok_or(ProblemCode::BadRequest)?;
    if item.version == version { Ok(item) } else { Err(ProblemCode::ItemChanged) }
}

/// Whether the answers are those the item asks for, each allowed.
pub fn check_inputs(item: &Item, inputs: &BTreeMap<String, Value>, this_month: Period) -> Result<(), ProblemCode> {
    if inputs.len() != item.inputs.len() {
        return Err(ProblemCode::BadRequest);
    }
    item.inputs.iter().try_for_each(|field| {
        let value = inputs.get(&field.key).ok_or(ProblemCode::BadRequest)?;
        check_value(field, value, this_month)
    })
}

fn check_value(field: &Field, value: &Value, this_month: Period) -> Result<(), ProblemCode> {
    match (&field.kind, value) {
        (FieldKind::Choice { options }, Value::Choice { value }) => {
            options.iter().any(|option| option.value == *value).then_some(()).ok_or(ProblemCode::BadRequest)
        }
        (FieldKind::MonthRange { .. }, Value::MonthRange { from, to }) => {
            match Period::check_range(*from, *to, this_month) {
                Ok(months) if months <= MONTHS_MAX => Ok(()),
                Ok(_) | Err(_) => Err(ProblemCode::PeriodInvalid),
            }
        }
        _ => Err(ProblemCode::BadRequest),
    }
}

/// The answer to a choice.
pub fn choice<'a>(inputs: &'a BTreeMap<String, Value>, key: &str) -> Result<&'a str, ProblemCode> {
    match inputs.get(key) {
        Some(Value::Choice { value }) => Ok(value),
        _ => Err(ProblemCode::BadRequest),
    }
}

/// The answer to a range of months.
pub fn months(inputs: &BTreeMap<String, Value>, key: &str) -> Result<(Period, Period), ProblemCode> {
    match inputs.get(key) {
        Some(Value::MonthRange { from, to }) => Ok((*from, *to)),
        _ => Err(ProblemCode::BadRequest),
    }
}

/// The words for a chosen value, in a language; the value itself where nobody has words for it.
pub fn label<'a>(catalogue: &'a Catalogue, value: &'a str, language: &str) -> &'a str {
    let fields = catalogue.items.iter().flat_map(|item| &item.inputs);
    let choices = fields.filter_map(|field| match &field.kind {
        FieldKind::Choice { options } => Some(options),
        FieldKind::MonthRange { .. } => None,
    });
    let option = choices.flatten().find(|option| option.value == value);
    option.map_or(value, |option| option.label.in_language(language))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> Value {
        Value::MonthRange { from: Period::parse(from).unwrap(), to: Period::parse(to).unwrap() }
    }

    #[test]
    fn a_period_of_the_future_or_of_four_years_is_asked_for() {
        let catalogue = read().unwrap();
        let item = item_of(&catalogue, "P01", 1, Kind::Print).unwrap();
        let now = Period::parse("202611").unwrap();
        let check = |value| check_inputs(item, &BTreeMap::from([("period".to_owned(), value)]), now);
        assert_eq!(check(range("202311", "202610")), Ok(()));
        for (from, to) in [("202310", "202610"), ("202601", "202612"), ("202602", "202601")] {
            assert_eq!(check(range(from, to)), Err(ProblemCode::PeriodInvalid));
        }
        assert_eq!(check(Value::Choice { value: "110".into() }), Err(ProblemCode::BadRequest));
    }

    #[test]
    fn an_old_or_unknown_item_is_asked_for() {
        let catalogue = read().unwrap();
        assert_eq!(item_of(&catalogue, "Q02", 2, Kind::Query).unwrap_err(), ProblemCode::ItemChanged);
        assert_eq!(item_of(&catalogue, "Q02", 1, Kind::Print).unwrap_err(), ProblemCode::BadRequest);
        assert_eq!(label(&catalogue, "210", "en"), "Unemployment insurance");
    }
}
