//! The contract as an OpenAPI document, made from the calls and from the types of crate `contract`. Published under
//! deploy/agency/openapi.json; `agency openapi` prints it.

use utoipa::OpenApi;

use crate::calls;

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
            * An act id makes a repeat harmless: the same id returns the same document or the same case, or keeps the \
            same report. Filing carries it in the header `Idempotency-Key`.",
        license(name = "GPL-3.0-only", identifier = "GPL-3.0-only")
    ),
    paths(
        calls::catalogue::catalogue,
        calls::card_authority::card_authority,
        calls::sign_in::sign_in,
        calls::query::query,
        calls::documents::issue,
        calls::documents::fetch,
        calls::acts::acts,
        calls::prefill::prefill,
        calls::cases::file,
        calls::cases::find,
        calls::cases::withdraw
    ),
    components(schemas(contract::problem::Problem))
)]
struct Document;

/// The document, as JSON for people to read, without a line end.
#[must_use]
pub fn document() -> String {
    Document::openapi().to_pretty_json().unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use contract::message::path;

    #[test]
    fn the_published_contract_forgets_a_call() {
        let document: serde_json::Value = serde_json::from_str(&document()).unwrap();
        let paths = document.get("paths").unwrap().as_object().unwrap();
        let all = [
            path::CATALOGUE,
            path::CARD_AUTHORITY,
            path::SIGN_IN,
            path::QUERY,
            path::ISSUE,
            path::FETCH,
            path::ACTS,
            path::PREFILL,
            path::FILE,
            path::FIND,
            path::WITHDRAW,
        ];
        assert_eq!(paths.len(), all.len());
        for path in all {
            let call = paths.get(path).and_then(|path| path.get("post")).unwrap();
            assert!(call.get("summary").is_some() && call.pointer("/responses/200").is_some(), "{path}");
        }
    }
}
