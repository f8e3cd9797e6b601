//! The records of a case (电子档案, GB/T 27768 clause 6.3.4): form, consent, evidence, case and log in one tar archive with a manifest, sealed to the
//! agency before it touches the disk. Made twice: with the intent, so that no filed case is ever without records, and again with the log when
//! the act has ended, and with the case where the agency has named it by then.

use std::io;

use contract::message::{Case, PARCEL_MAX_BYTES, content_digest};
use serde_json::{Value, json};

use crate::clock::Now;
use crate::crypto::seal::Recipient;
use crate::journal::outbox::Content;
use crate::session::{self, Act, ActBody};

/// Names the form of the archive.
const FORM: &str = "case-records-1";

/// What is known when a case is about to be filed. Personal; dies with its act.
pub(super) struct Filing {
    act: String,
    begun: Now,
    files: Vec<(&'static str, Value)>,
}

impl Filing {
    /// Of an act that files a case; others have no records.
    pub(super) fn of(act: &Act, terminal: &str, begun: Now) -> Option<Self> {
        let ActBody::Case(filing) = &act.body else { return None };
        let session::Filing { subject, catalogue, item_version, inputs, consent, consent_words, language, .. } =
            &**filing;
        let files = vec![
            (
                "metadata.json",
                json!({
                    "act": act.id.text, "terminal": terminal, "visit": act.visit_token, "subject": subject,
                    "begun": Now::moment(begun.unix_ms), "language": language,
                }),
            ),
            (
                "form.json",
                json!({ "item": act.item, "item_version": item_version, "catalogue": catalogue, "inputs": inputs }),
            ),
            ("consent.json", json!({ "words": consent_words, "digest": consent })),
            ("evidence.json", json!(filing.evidence)),
        ];
        Some(Self { act: act.id.text.clone(), begun, files })
    }

    /// The archive, sealed. `log` is empty with the intent; `case` is there once the agency has named it.
    ///
    /// # Errors
    /// The machine cannot seal, or the records are larger than a parcel may be.
    pub(super) fn sealed(&self, case: Option<&Case>, log: &[String], to: &Recipient) -> io::Result<Content> {
        let content = Content::sealed(to, &self.archive(case, log)?).map_err(io::Error::other)?;
        if content.bytes.len() > PARCEL_MAX_BYTES {
            return Err(io::Error::other("records larger than a parcel"));
        }
        Ok(content)
    }

    fn archive(&self, case: Option<&Case>, log: &[String]) -> io::Result<Vec<u8>> {
        let mut files: Vec<(&str, Vec<u8>)> =
            self.files.iter().map(|(name, value)| (*name, value.to_string().into_bytes())).collect();
        if let Some(case) = case {
            files.push(("case.json", serde_json::to_vec(case)?));
        }
        if !log.is_empty() {
            files.push(("log.txt", (log.join("\n") + "\n").into_bytes()));
        }
        let listed: Vec<Value> = files
            .iter()
            .map(|(name, bytes)| json!({ "name": name, "bytes": bytes.len(), "digest": content_digest(bytes) }))
            .collect();
        let manifest = json!({ "form": FORM, "act": self.act, "complete": case.is_some(), "files": listed });
        let mut archive = tar::Builder::new(Vec::new());
        self.append(&mut archive, "manifest.json", manifest.to_string().as_bytes())?;
        for (name, bytes) in &files {
            self.append(&mut archive, name, bytes)?;
        }
        archive.into_inner()
    }

    fn append(&self, archive: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.begun.unix_ms / 1000).unwrap_or(0));
        archive.append_data(&mut header, name, bytes)
    }
}
