//! The contract as an OpenAPI document, made from the calls and from the types of crate `contract`. Published under
//! deploy/agency/openapi.json; `agency openapi` prints it.

use std::collections::BTreeMap;

use contract::message::REQUEST_ID;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{Content, HeaderBuilder, ObjectBuilder, OpenApi as Contract, RefOr, Required};
use utoipa::{Modify, OpenApi};

use crate::calls;

/// What a terminal could ask and what it would be answered, by path; a test plays them one after the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Example {
    pub request: Value,
    /// None for a document's bytes.
    #[serde(default)]
    pub response: Option<Value>,
}

/// The examples by path; none at all where the file that is built in cannot be read, which a test finds.
pub(crate) fn examples() -> BTreeMap<String, Example> {
    serde_json::from_str(include_str!("../examples.json")).unwrap_or_default()
}

/// Puts the id of a request to every call and to every answer.
struct RequestIds;

impl Modify for RequestIds {
    fn modify(&self, contract: &mut Contract) {
        let schema = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
        for call in contract.paths.paths.values_mut().filter_map(|path| path.post.as_mut()) {
            let parameter = ParameterBuilder::new()
                .name(REQUEST_ID)
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("32 hexadecimal digits, drawn for this request; a terminal always sends them"))
                .schema(Some(schema()))
                .build();
            call.parameters.get_or_insert_default().push(RefOr::T(parameter));
            for response in call.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    let header =
                        HeaderBuilder::new().schema(Some(schema())).description(Some("Those of the request")).build();
                    response.headers.insert(REQUEST_ID.to_owned(), RefOr::T(header));
                }
            }
        }
    }
}

/// Puts the examples where the calls are described.
struct Examples;

impl Modify for Examples {
    fn modify(&self, contract: &mut Contract) {
        let json = |content: Option<&mut RefOr<Content>>, example: Option<Value>| {
            if let Some(RefOr::T(content)) = content {
                content.example = example;
            }
        };
        for (path, example) in examples() {
            let Some(call) = contract.paths.paths.get_mut(&path).and_then(|path| path.post.as_mut()) else { continue };
            if let Some(RefOr::T(body)) = &mut call.request_body {
                json(body.content.get_mut("application/json"), Some(example.request));
            }
            if let Some(RefOr::T(answer)) = call.responses.responses.get_mut("200") {
                json(answer.content.get_mut("application/json"), example.response);
            }
        }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Agency service for self-service terminals",
        version = "1.0.0",
        description = "What an agency (社会保险经办机构) answers to a self-service terminal (自助服务终端).\n\n\
            * HTTPS with client certificates. The common name of the terminal's certificate is its id; a terminal that a \
            request names must be the same.\n\
            * `POST` throughout, JSON, at most 64 KiB a request: no personal datum ever stands in a path or query.\n\
            * Every answer with a status of 400 or more carries a `Problem`: 400 the request does not follow this \
            contract, 404 nobody or nothing of that name, 409 the state does not allow it, 422 it may not be done here, \
            500 the agency itself is at fault.\n\
            * Every answer with somebody's data carries a `Binding` to the visit and the person. The terminal compares \
            both before it shows or prints anything.\n\
            * Every request carries a `request-id` of its own, and its answer, good or not, carries the same. A terminal \
            believes no other: a line that mixes up answers has been seen.\n\
            * An act id makes a repeat harmless: the same id returns the same document or the same case, or keeps the \
            same report. Filing carries it in the header `Idempotency-Key`.",
        license(name = "GPL-3.0-only", identifier = "GPL-3.0-only")
    ),
    paths(
        calls::catalogue::catalogue,
        calls::card_authority::card_authority,
        calls::one_time::send_code,
        calls::sign_in::sign_in,
        calls::witness::challenge,
        calls::witness::witness,
        calls::query::query,
        calls::documents::issue,
        calls::documents::fetch,
        calls::acts::acts,
        calls::prefill::prefill,
        calls::cases::file,
        calls::cases::find,
        calls::cases::withdraw,
        calls::evaluations::evaluate,
        calls::questionnaires::answers,
        calls::texts::search,
        calls::texts::read,
        calls::questions::questions,
        calls::parcels::parcels,
        calls::bulletin::bulletin,
        calls::calendar::calendar
    ),
    components(schemas(contract::problem::Problem)),
    modifiers(&Examples, &RequestIds)
)]
struct Document;

/// The document, as JSON for people to read, without a line end.
#[must_use]
pub fn document() -> String {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    if let Some(schemas) = document.pointer_mut("/components/schemas") {
        name_indicators(schemas);
    }
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

/// Puts the trade's code (LD/T, `x-ldt`) to what names a person: a number, and a name beside it. Fields of items carry theirs as data.
fn name_indicators(schema: &mut Value) {
    match schema {
        Value::Object(parts) => {
            if let Some(Value::Object(properties)) = parts.get_mut("properties")
                && properties.contains_key("id_number")
            {
                for (name, code) in [("id_number", "aac002"), ("name", "aac003")] {
                    if let Some(Value::Object(property)) = properties.get_mut(name) {
                        property.insert("x-ldt".to_owned(), Value::from(code));
                    }
                }
            }
            parts.values_mut().for_each(name_indicators);
        }
        Value::Array(parts) => parts.iter_mut().for_each(name_indicators),
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    #[test]
    fn a_name_or_a_number_has_no_code_of_the_trade() {
        let document: Value = serde_json::from_str(&document()).unwrap();
        let of = |schema: &str| document.pointer(&format!("/components/schemas/{schema}/properties")).unwrap();
        for schema in ["SendCode", "Named"] {
            assert_eq!(
                (&of(schema)["id_number"]["x-ldt"], &of(schema)["name"]["x-ldt"]),
                (&"aac002".into(), &"aac003".into())
            );
        }
        assert!(of("Step")["name"].get("x-ldt").is_none(), "a step of a case is nobody's name");
    }

    #[test]
    fn the_published_contract_forgets_a_call() {
        let document: Value = serde_json::from_str(&document()).unwrap();
        let paths = document.get("paths").unwrap().as_object().unwrap();
        // Which calls there are, a test plays: every one has an example.
        assert!(paths.keys().eq(examples().keys()));
        for path in paths.keys() {
            let call = paths.get(path).and_then(|path| path.get("post")).unwrap();
            for (status, answer) in call.get("responses").and_then(Value::as_object).unwrap() {
                assert!(answer.pointer("/headers/request-id").is_some(), "{path}: {status} answers no request");
            }
            assert!(call.get("summary").is_some() && call.pointer("/responses/200").is_some(), "{path}");
            assert!(call.pointer("/requestBody/content/application~1json/example").is_some(), "{path}: no example");
            let answered = call.pointer("/responses/200/content/application~1json");
            assert!(answered.is_none_or(|json| json.get("example").is_some()), "{path}: no example of an answer");
        }
    }
}
