//! What stands in the QR code of a document (证明二维码), as text. Agency and terminal read and write it here, so that they cannot differ.
//!
//! `SR1|algorithm|key id|code|issued|valid until|subject|signature`
//!
//! | Field | Form |
//! |---|---|
//! | algorithm | 1 to 32 of `a-z`, `0-9`, `-`; one that nobody knows yet may be read, too |
//! | key id | 16 lower-case hexadecimal digits, [`key_id`] |
//! | code | 验证码: 6 to 40 of `A-Z`, `0-9`, `-` |
//! | issued, valid until | `yyyy-mm-dd`; valid until is the last day that counts |
//! | subject | [`subject_digest`](crate::message::subject_digest) of code and ID number: it tells nothing without the paper |
//! | signature | 128 lower-case hexadecimal digits, over everything before the last bar |
//!
//! Every text has one form only: what is read and written again is the same text. Must never: judge a signature. That takes a key, and a
//! room that may call the crypto crates.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Date, from_hex, hex};
use crate::message::content_digest;

/// First field of every text: what the fields after it are.
const FORMAT: &str = "SR1";

/// The signer's distinguishing identifier that SM2 signs along (GB/T 32918.2: this one where nobody has agreed on another).
pub const SM2_IDENTIFIER: &str = "1234567812345678";

/// With what a document may be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum SealAlgorithm {
    /// Ed25519, RFC 8032.
    #[default]
    #[serde(rename = "ed25519")]
    Ed25519,
    /// SM2 over SM3 (GB/T 32918) with [`SM2_IDENTIFIER`], in software and outside any certified module: it stands in for one, and is called so.
    #[serde(rename = "sm2-standin")]
    Sm2StandIn,
}

impl SealAlgorithm {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ed25519, Self::Sm2StandIn];

    /// The name in texts, configurations and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Sm2StandIn => "sm2-standin",
        }
    }

    /// The algorithm of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }
}

/// What a public key is called: the first 16 hexadecimal digits of the SHA-256 of its bytes.
#[must_use]
pub fn key_id(public_key: &[u8]) -> String {
    content_digest(public_key).trim_start_matches("sha256:").chars().take(16).collect()
}

/// What a document's QR code says. Nobody has looked at its signature yet.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentSeal {
    /// Name of the algorithm; perhaps one that this program does not know.
    pub algorithm: String,
    /// [`key_id`] of the key that is said to have signed.
    pub key_id: String,
    /// 验证码.
    pub code: String,
    /// Day of issue.
    pub issued: Date,
    /// Last day on which it counts.
    pub valid_until: Date,
    /// Digest of whose document it is.
    pub subject: String,
    /// Over [`Self::signed`].
    pub signature: [u8; 64],
}

/// The algorithm and key only: what else is inside is somebody's.
impl fmt::Debug for DocumentSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentSeal({} {})", self.algorithm, self.key_id)
    }
}

impl DocumentSeal {
    /// Reads a text; `None` where it is none of this form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('|');
        let mut next = || fields.next();
        let (format, algorithm, key_id, code) = (next()?, next()?, next()?, next()?);
        let (issued, valid_until, subject, signature) = (next()?, next()?, next()?, next()?);
        let of = |text: &str, lengths: std::ops::RangeInclusive<usize>, fits: fn(u8) -> bool| {
            lengths.contains(&text.len()) && text.bytes().all(fits)
        };
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let number = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        let right = next().is_none()
            && format == FORMAT
            && of(algorithm, 1..=32, word)
            && of(key_id, 16..=16, is_hex)
            && of(code, 6..=40, number)
            && subject.strip_prefix("sha256:").is_some_and(|digest| of(digest, 64..=64, is_hex))
            && of(signature, 128..=128, is_hex);
        if !right {
            return None;
        }
        Some(Self {
            algorithm: algorithm.to_owned(),
            key_id: key_id.to_owned(),
            code: code.to_owned(),
            issued: Date::parse_iso(issued)?,
            valid_until: Date::parse_iso(valid_until)?,
            subject: subject.to_owned(),
            signature: from_hex(signature)?,
        })
    }

    /// What the signature is over.
    #[must_use]
    pub fn signed(&self) -> String {
        let Self { algorithm, key_id, code, issued, valid_until, subject, signature: _ } = self;
        format!("{FORMAT}|{algorithm}|{key_id}|{code}|{issued}|{valid_until}|{subject}")
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}|{}", self.signed(), hex(&self.signature))
    }
}

const fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> DocumentSeal {
        DocumentSeal {
            algorithm: "ed25519".to_owned(),
            key_id: key_id(&[7; 32]),
            code: "A1B2-C3D4-E5F6-0708".to_owned(),
            issued: Date::new(2026, 11, 23).unwrap(),
            valid_until: Date::new(2027, 2, 23).unwrap(),
            subject: content_digest(b"somebody"),
            signature: [0xA5; 64],
        }
    }

    #[test]
    fn agency_and_terminal_read_a_text_in_two_ways() {
        let text = seal().text();
        assert_eq!(DocumentSeal::parse(&text), Some(seal()));
        // A second form of the same text would be a second text under one signature.
        for other in [
            text.to_uppercase(),
            text.replace("ed25519", "ED25519"),
            text.replace("a5", "A5"),
            text.replace("sha256:", "SHA256:"),
            text.replace("2026-11-23", "2026-11-3"),
            text.replace("2026-11-23", "20261123"),
            text.replace("2026-11-23", "2026-02-30"),
            text.replace("A1B2", "a1b2"),
            text.replace("SR1", "SR2"),
            text.replacen('|', "||", 1),
            format!(" {text}"),
            format!("{text} "),
            format!("{text}|"),
            format!("{text}00"),
        ] {
            assert_eq!(DocumentSeal::parse(&other), None, "{other}");
        }
        // An algorithm of tomorrow can be read, so that the terminal can say that it does not know it.
        let later = text.replace("ed25519", "ml-dsa-44");
        assert_eq!(DocumentSeal::parse(&later).map(|seal| seal.algorithm), Some("ml-dsa-44".to_owned()));
    }

    #[test]
    fn a_text_is_cut_anywhere() {
        let text = seal().text();
        assert!((0..text.len()).all(|end| text.get(..end).is_some_and(|cut| DocumentSeal::parse(cut).is_none())));
    }
}
