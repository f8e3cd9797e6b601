//! Who watches this terminal, and how long its audit is kept: what the configuration says of it, and why it may not say less.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Finding, Site, is_recipient};

/// The audit's reader. Without this table nothing of it is posted: it is exported and acknowledged by hand (`deploy/audit.md`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// The auditor's public key, `age1...` as `age-keygen` prints it: the terminal seals the lines of its audit to it and hands them to the
    /// agency, which keeps them and cannot read them.
    pub seal_to: String,
}

/// Why `limits.audit_keep_days` may not be less.
const LAW: &str =
    ": logs are kept for six months at least (Cybersecurity Law, art. 21(3)), and the longest six months have 184 days";

/// What stands behind the range of a limit, where the law gives it.
pub(super) fn reason(limit: &str) -> &'static str {
    if limit == "audit_keep_days" { LAW } else { "" }
}

/// What is wrong with the auditor's key.
pub(super) fn check(site: &Site) -> Option<Finding> {
    let seal_to = &site.audit.as_ref()?.seal_to;
    let right = if !is_recipient(seal_to) {
        "age1 and 58 letters and digits, as age-keygen prints it"
    } else if *seal_to == site.agency.seal_to {
        "another key than agency.seal_to: what the auditor reads is not for whoever is audited"
    } else {
        return None;
    };
    Some(Finding { key: "audit.seal_to".to_owned(), value: seal_to.clone(), right: right.to_owned() })
}
